"""Work of the directory done by Celery workers. What is left to do is read from the rows."""

from datetime import date

from celery import shared_task

from fraud.rncps.connector import configured_directory
from fraud.rncps.following import follow_day
from portal.accounts.permissions import moment_on, today


@shared_task(acks_late=True, ignore_result=True)
def follow(*, day: str = "", **_later_arguments: object) -> None:
    """One morning; delivered twice, it finds everything said."""
    on = date.fromisoformat(day) if day else today()
    follow_day(on=on, at=moment_on(on), directory=configured_directory())
