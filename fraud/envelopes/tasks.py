"""Envelopes delivered by Celery workers: one task each. What waits is read from the rows, never from the message."""

from celery import shared_task
from django.utils import timezone

from fraud.envelopes import sending


@shared_task(acks_late=True, ignore_result=True)
def deliver_waiting(**_later_arguments: object) -> None:
    """Call the workers to each envelope whose turn has come."""
    for pk in sending.left(timezone.now()).values_list("pk", flat=True)[: sending.AT_ONCE]:
        deliver.delay(envelope_pk=pk)


@shared_task(acks_late=True, ignore_result=True)
def deliver(*, envelope_pk: int, **_later_arguments: object) -> None:
    """Hand one over; called twice, it is taken once."""
    sending.deliver(envelope_pk=envelope_pk)
