"""What is left behind by sign-ins: sessions that are over, tries that no longer count."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from portal.accounts.limits import FORGOTTEN_AFTER
from portal.accounts.models import Tries


@shared_task(ignore_result=True)
def tidy(**_later_arguments: object) -> None:
    """Remove what no longer serves."""
    now = timezone.now()
    Tries.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).exclude(locked_until__gt=now).delete()
    call_command("clearsessions")
