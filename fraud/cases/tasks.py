"""The morning of the cases, by a Celery worker."""

from datetime import date

from celery import shared_task

from fraud.cases import living
from portal.accounts.permissions import today


@shared_task(acks_late=True, ignore_result=True)
def live_cases(*, until: str = "", **_later_arguments: object) -> None:
    """Live every day of the cases not lived yet, up to `until` or today; a day lived is not lived again."""
    living.live_days(until=date.fromisoformat(until) if until else today())
