"""What people say against a lead: noted by one person, answered by another; upheld, it counts against the rule."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from fraud.access import leads_of
from fraud.guarding import refuse_linked
from fraud.models import ContestState, Lead, LeadContest
from fraud.rules.figures import control_parameters
from fraud.signals.measuring import suspend_if_too_imprecise
from fraud.signals.people import people_of
from fraud.signals.refusals import DecisionRefused
from portal.accounts.models import User
from portal.accounts.permissions import may
from portal.accounts.rights import Right
from portal.audit.operations import journal
from portal.legislation.calendar import months_later

LEAST, MOST = 10, 1000


def note_contest(
    *, lead_pk: int, received_on: date | None, said: str, by_pk: int, on: date, at: datetime, form_key: UUID
) -> tuple[LeadContest, bool]:  # fmt: skip
    """Note what the person says of a kept lead; with whether this form was noted already.

    Raises Lead.DoesNotExist, LinkedToThem or DecisionRefused.
    """
    user, lead = _person(by_pk, lead_pk, on, "noter une contestation")
    earlier = LeadContest.objects.filter(form_key=form_key, lead=lead).first()
    if earlier is not None:
        return earlier, True
    text = said.strip()
    received = _checked(lead, received_on, text, on)
    try:
        with transaction.atomic():
            contest = LeadContest.objects.create(
                lead=lead, received_on=received, said=text, noted_by=user, form_key=form_key
            )
            _tell(user, lead, "control.contest_noted", at, contest)
    except IntegrityError as error:
        if "contest_one_open" not in str(error):
            raise
        raise DecisionRefused({"said": "Une contestation de ce signal attend déjà sa réponse."}) from error
    return contest, False


def answer_contest(*, contest_pk: int, upheld: bool, answer: str, by_pk: int, on: date, at: datetime) -> bool:
    """Answer a contest: never who noted it, nor who decided the lead. Returns whether the rule was suspended by it.

    Raises LeadContest.DoesNotExist, LinkedToThem or DecisionRefused (also for a second answer).
    """
    contest = LeadContest.objects.get(pk=contest_pk)
    user, lead = _person(by_pk, contest.lead_id, on, "répondre à une contestation")
    text = answer.strip()
    if not LEAST <= len(text) <= MOST:
        raise DecisionRefused({"answer": f"Écrivez la réponse donnée à la personne, en {LEAST} à {MOST} signes."})
    if user.pk in (contest.noted_by_id, lead.decided_by_id):
        raise DecisionRefused(
            {"answer": "La réponse est donnée par une autre personne que celle qui a décidé ou noté."}
        )
    with transaction.atomic():
        contest = LeadContest.objects.select_for_update(of=("self",)).get(pk=contest_pk)
        if contest.state != ContestState.OPEN:
            raise DecisionRefused({"answer": "Cette contestation a déjà reçu sa réponse."})
        contest.state = ContestState.UPHELD if upheld else ContestState.DISMISSED
        contest.answered_on, contest.answered_by, contest.answer = on, user, text
        contest.save(update_fields=["state", "answered_on", "answered_by", "answer"])
        _tell(user, lead, f"control.contest_{contest.state.lower()}", at, contest)
        if not upheld:
            return False
        Lead.objects.filter(pk=lead.pk).update(proved=False)
        return not lead.is_sample and suspend_if_too_imprecise(
            code=lead.rule_code, version=lead.rule_version, on=on, at=at
        )


def _person(by_pk: int, lead_pk: int, on: date, action: str) -> tuple[User, Lead]:
    user = User.objects.get(pk=by_pk)
    lead = leads_of(user, on).get(pk=lead_pk)
    if not may(user, Right.TREAT_CONTROL, on):
        raise Lead.DoesNotExist
    refuse_linked(user=user, day=on, action=action, subject=lead.subject, people=people_of(lead.subject))
    return user, lead


def _checked(lead: Lead, received_on: date | None, text: str, on: date) -> date:
    """The day on which it was received, once all that was typed is right. Raises DecisionRefused."""
    errors = {}
    months = int(control_parameters().value("signals.contest_months", on))
    if lead.state != "ACCEPTED" or lead.decided_at is None:
        errors["said"] = "Seul un signal retenu se conteste : celui-ci n’a rien changé pour personne."
    elif received_on is None or received_on > on:
        errors["received_on"] = "Écrivez le jour où la contestation a été reçue, aujourd’hui au plus tard."
    elif received_on > months_later(timezone.localdate(lead.decided_at), months):
        errors["received_on"] = f"Une contestation se reçoit dans les {months} mois du signal retenu."
    if not LEAST <= len(text) <= MOST:
        errors["said"] = errors.get("said") or f"Écrivez ce que dit la personne, en {LEAST} à {MOST} signes."
    if errors or received_on is None:
        raise DecisionRefused(errors)
    return received_on


def _tell(user: User, lead: Lead, action: str, at: datetime, contest: LeadContest) -> None:
    journal(
        actor=user.get_username(), action=action, subject=lead.subject,
        detail={"lead": lead.pk, "rule": lead.rule_code, "contest": contest.pk}, at=at,
    )  # fmt: skip
