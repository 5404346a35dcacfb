"""Letters written by Celery workers. A message lost or doubled changes nothing: what waits is read from the rows."""

from celery import shared_task

from portal.letters.operations import write_letters


@shared_task(acks_late=True, ignore_result=True)
def write_waiting(**_later_arguments: object) -> None:
    """Write the letters that wait."""
    write_letters()
