"""Work of the pensions done by Celery workers. Messages carry a date; what is left to do is read from the rows."""

import logging
from datetime import date

from celery import shared_task

from aripa.agreements.deciding import end_delays
from aripa.operations import has_begun, run_days
from portal.accounts.permissions import moment_on, today

logger = logging.getLogger(__name__)


@shared_task(acks_late=True, ignore_result=True)
def live_days(*, until: str = "", **_later_arguments: object) -> None:
    """Live every day not lived yet, up to `until` or today. A day already lived is not lived again; delivered twice, or
    taken up after a worker died, it ends the run that was left. The very first day is a person's to name."""
    if not has_begun():
        logger.warning("No day of the pensions was ever lived: run_aripa_day DATE begins.")
        return
    run_days(until=date.fromisoformat(until) if until else today())


@shared_task(acks_late=True, ignore_result=True)
def end_agreement_delays(*, day: str = "", **_later_arguments: object) -> None:
    """Agreements whose four months were over before `day` or today are accepted by silence; drafts too old lapse. What
    is done is not done again."""
    on = date.fromisoformat(day) if day else today()
    end_delays(on=on, at=moment_on(on))
