"""What waits for a person."""

from datetime import date

from django.db.models import QuerySet

from fraud.models import RncpsAlert, RncpsOrder, RncpsOrderState
from portal.accounts.models import User
from portal.frame.paging import count_up_to


def alerts_to_read() -> QuerySet[RncpsAlert]:
    return RncpsAlert.objects.filter(verdict="")


def lists_to_read() -> QuerySet[RncpsOrder]:
    """Those that data protection has not read yet."""
    return RncpsOrder.objects.filter(state=RncpsOrderState.TO_VISA)


def count_to_read(_user: User, _day: date) -> int:
    """What the menu says behind the entry of those who watch."""
    return count_up_to(alerts_to_read(), 100) + count_up_to(lists_to_read(), 100)
