"""Work of exchanges done by Celery workers. What is left to do is read from the rows."""

from celery import shared_task

from fraud.exchanges import ending, unheld
from portal.accounts.permissions import moment_on, today


@shared_task(acks_late=True, ignore_result=True)
def end_exchanges(**_later_arguments: object) -> None:
    """Requests whose last day is over expire; what is no longer to be kept is emptied. Delivered twice, done once."""
    on = today()
    ending.expire_due(on=on, at=moment_on(on))
    ending.purge_due(on=on, at=moment_on(on))
    unheld.forget_unheld(on=on)
    unheld.purge_refused(on=on)
