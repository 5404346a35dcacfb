"""The hours of the demonstration's days."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def at_hour(day: date, hour: int, minute: int = 0) -> datetime:
    """That moment of the day; minutes beyond the hour go on."""
    return timezone.make_aware(datetime.combine(day, time()) + timedelta(hours=hour, minutes=minute))
