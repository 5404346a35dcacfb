"""The journal read again, by Celery workers. A message lost or doubled changes nothing: everything is read from the rows."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from fraud.journal.alarms import watch_reads
from fraud.journal.sampling import SampleTooEarly, draw_sample
from portal.accounts.permissions import moment_on, today


@shared_task(acks_late=True, ignore_result=True)
def watch(**_later_arguments: object) -> None:
    """Raise the alarms of the day. The rows of the journal bear the real instant, whatever the day of the pages."""
    watch_reads(now=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def draw(**_later_arguments: object) -> None:
    """Draw the month that is over, once it is sealed; drawn already, nothing is left to do."""
    day = today()
    month = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    try:
        draw_sample(month=month, by="portail", on=day, at=moment_on(day))
    except SampleTooEarly:
        return
