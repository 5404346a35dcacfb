"""Scheduled work on dossiers, on the day of the pages: a deadline is past for both at once."""

from celery import shared_task

from portal.accounts.permissions import today
from portal.casework.handing import escalate_unanswered
from portal.casework.operations import escalate_overdue


@shared_task(acks_late=True, ignore_result=True)
def escalate(**_later_arguments: object) -> None:
    """Hand dossiers past their deadline to the team's lead."""
    escalate_overdue(on=today())


@shared_task(acks_late=True, ignore_result=True)
def escalate_hand_overs(**_later_arguments: object) -> None:
    """Hand hand-overs without an answer to the lead of the team that was asked."""
    escalate_unanswered(on=today())
