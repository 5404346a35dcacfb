"""Work of childcare done by Celery workers. Messages carry a date; what is left to do is read from the rows."""

from datetime import date

from celery import shared_task

from monenfant.duties import living
from portal.accounts.permissions import today


@shared_task(acks_late=True, ignore_result=True)
def live_duties(*, until: str = "", **_later_arguments: object) -> None:
    """Live every day of the duties not lived yet, up to `until` or today; a day lived is not lived again."""
    living.live_days(until=date.fromisoformat(until) if until else today())
