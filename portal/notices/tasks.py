"""Notices sent by Celery workers: one task an e-mail. What waits is read from the rows, never from the message."""

from celery import shared_task
from django.utils import timezone

from portal.notices import operations


@shared_task(acks_late=True, ignore_result=True)
def send_waiting(**_later_arguments: object) -> None:
    """Call the workers to each notice whose turn has come."""
    for pk in operations.waiting(timezone.now()):
        send_notice.delay(notice_pk=pk)


@shared_task(acks_late=True, ignore_result=True)
def send_notice(*, notice_pk: int, **_later_arguments: object) -> None:
    """Send one; delivered twice, it leaves once."""
    operations.send(notice_pk=notice_pk)
