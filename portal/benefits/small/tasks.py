"""Work on small sums done by Celery workers. What is left to do is read from the rows, never from the message."""

import logging
from datetime import date

from celery import shared_task

from portal.accounts.permissions import today
from portal.benefits.rules.figures import missing_words
from portal.benefits.small.ending import give_up_old
from portal.legislation.parameters import NoParameterInForce

logger = logging.getLogger(__name__)


@shared_task(acks_late=True, ignore_result=True)
def give_up(*, day: str = "", **_later_arguments: object) -> None:
    """Give up the sums that waited twelve whole months before `day` or today. What is done is not done again; while
    the threshold of the month is not written, nothing is given up and the next call finds the same sums."""
    try:
        done = give_up_old(on=date.fromisoformat(day) if day else today())
    except NoParameterInForce as missing:
        logger.warning("small sums: nothing is given up, the sums wait. %s", missing_words(missing))
        return
    logger.info("small sums given up: %s, %s cents", done.sums, done.cents)
