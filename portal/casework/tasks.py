"""Scheduled work on dossiers."""

from celery import shared_task
from django.utils import timezone

from portal.casework.operations import escalate_overdue


@shared_task(acks_late=True, ignore_result=True)
def escalate(**_later_arguments: object) -> None:
    """Hand dossiers past their deadline to the team's lead."""
    escalate_overdue(on=timezone.localdate())
