"""Work of childcare done by Celery workers. Messages carry a date; what is left to do is read from the rows."""

from datetime import date

from celery import shared_task

from monenfant.duties import living
from monenfant.figures.counting import count_childcare
from monenfant.models import FigureDay
from portal.accounts.permissions import today


@shared_task(acks_late=True, ignore_result=True)
def count(*, day: str = "", **_later_arguments: object) -> None:
    """The public figures of `day` or today, unless they were counted: delivered twice, they are counted once."""
    on = date.fromisoformat(day) if day else today()
    if not FigureDay.objects.filter(counted_on=on).exists():
        count_childcare(on=on)


@shared_task(acks_late=True, ignore_result=True)
def live_duties(*, until: str = "", **_later_arguments: object) -> None:
    """Live every day of the duties not lived yet, up to `until` or today; a day lived is not lived again."""
    living.live_days(until=date.fromisoformat(until) if until else today())
