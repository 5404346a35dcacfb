"""Scheduled work on dossiers."""

from celery import shared_task
from django.utils import timezone

from portal.casework.handing import escalate_unanswered
from portal.casework.operations import escalate_overdue


@shared_task(acks_late=True, ignore_result=True)
def escalate(**_later_arguments: object) -> None:
    """Hand dossiers past their deadline to the team's lead."""
    escalate_overdue(on=timezone.localdate())


@shared_task(acks_late=True, ignore_result=True)
def escalate_hand_overs(**_later_arguments: object) -> None:
    """Hand hand-overs without an answer to the lead of the team that was asked."""
    escalate_unanswered(on=timezone.localdate())
