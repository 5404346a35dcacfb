"""Work of the pensions done by Celery workers. Messages carry a date; what is left to do is read from the rows."""

from datetime import date

from celery import shared_task

from aripa.operations import run_days
from portal.accounts.permissions import today


@shared_task(acks_late=True, ignore_result=True)
def live_days(*, until: str = "", **_later_arguments: object) -> None:
    """Live every day not lived yet, up to `until` or today. A day already lived is not lived again; delivered twice, or
    taken up after a worker died, it ends the run that was left."""
    run_days(until=date.fromisoformat(until) if until else today())
