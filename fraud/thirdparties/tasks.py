"""Work of the requests to third parties done by Celery workers: what is left to do is read from the rows."""

from celery import shared_task

from fraud.thirdparties.forgetting import forget_due
from fraud.thirdparties.living import live_day
from portal.accounts.permissions import moment_on, today


@shared_task(acks_late=True, ignore_result=True)
def follow_requests(**_later_arguments: object) -> None:
    """Remind third parties, say which stayed silent, erase what goes with its case."""
    day = today()
    live_day(day=day, at=moment_on(day))
    forget_due(on=day, at=moment_on(day))
