"""Work on transmissions done by Celery workers."""

from celery import shared_task
from django.utils import timezone

from monenfant.transmission.keeping import forget_old


@shared_task(acks_late=True, ignore_result=True)
def forget(**_later_arguments: object) -> None:
    """Forget what is no longer to be kept: real time, whatever day the pages are on. What is forgotten is not found again."""
    forget_old(now=timezone.now())
