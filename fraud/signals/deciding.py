"""Deciding a lead: put it aside with a reason, or keep it. One person decides, once; no payment is touched from here.

Every door refuses a person who declared a link, reading included (`fraud.guarding`): the attempt stays in the journal.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from fraud.access import leads_of
from fraud.cases.opening import CaseAlreadyOpen, WordOfBlame, lately_checked, open_case
from fraud.guarding import refuse_linked
from fraud.models import CaseSource, CaseState, ControlCase, Lead, LeadState, RuleState, RuleVersion
from fraud.rules.figures import control_parameters
from fraud.signals.handing import hand_over
from fraud.signals.measuring import suspend_if_too_imprecise
from fraud.signals.people import closed_subjects, people_of
from fraud.signals.publishing import found_by_a_suspended_rule, published_rule
from fraud.signals.refusals import AlreadyDecided, DecisionRefused
from portal.accounts.models import User
from portal.accounts.permissions import may
from portal.accounts.rights import Right
from portal.audit.operations import journal
from portal.legislation.calendar import nth_business_day

LEAST, MOST = 5, 300
# Late rights looked for at once: one is enough to come first.
OLDEST = 200


@dataclass(frozen=True, slots=True)
class Decided:
    """The lead as it stands; `again` for the same form sent twice; `suspended` when its rule was by this decision."""

    lead: Lead
    again: bool = False
    suspended: bool = False


def read_lead(*, user: User, lead_pk: int, on: date) -> Lead:
    """The lead, its reading journaled. Raises Lead.DoesNotExist or LinkedToThem."""
    lead = leads_of(user, on).get(pk=lead_pk)
    _refuse_linked(user, lead, on, "lire un signal")
    journal(
        actor=user.get_username(), action="control.lead_read", subject=lead.subject or f"rule:{lead.rule_code}",
        detail={"lead": lead.pk, "rule": lead.rule_code},
    )  # fmt: skip
    return lead


def reject_lead(
    *, lead_pk: int, reason_code: str, line: str, by_pk: int, on: date, at: datetime, form_key: UUID
) -> Decided:  # fmt: skip
    """Put a lead aside, for a reason of its rule and in one line. The rule is measured at once, and may be suspended.

    Raises Lead.DoesNotExist, LinkedToThem, DecisionRefused, or AlreadyDecided; the same form again gives its first receipt.
    """
    user = _decider(by_pk, lead_pk, on, "écarter un signal")
    with transaction.atomic():
        lead = _locked(user, lead_pk, on)
        if lead.form_key == form_key:
            return Decided(lead, again=True)
        errors = _line_errors(line, "line")
        if reason_code not in reasons_of(lead):
            errors["reason_code"] = "Choisissez un motif de la liste."
        _check(lead, user, on, errors)
        _decide(lead, LeadState.REJECTED, user, at, form_key, reason_code, line)
        suspended = not lead.is_sample and suspend_if_too_imprecise(
            code=lead.rule_code, version=lead.rule_version, on=on, at=at
        )
        _tell(lead, user, at, {"reason": reason_code})
    return Decided(lead, suspended=suspended)


def accept_lead(
    *, lead_pk: int, line: str, new_fact: str, by_pk: int, on: date, at: datetime, form_key: UUID
) -> Decided:
    """Keep a lead: a control case opens under the person's name, or what is owed is handed to the caseworkers.

    A family is checked whole once in twelve months, unless a new fact is told. Raises what `reject_lead` raises.
    """
    user = _decider(by_pk, lead_pk, on, "retenir un signal")
    with transaction.atomic():
        lead = _locked(user, lead_pk, on)
        if lead.form_key == form_key:
            return Decided(lead, again=True)
        told = new_fact.strip()[:500]
        errors = _line_errors(line, "line")
        if not lead.in_favour and len(told) < LEAST and (last := last_check(lead, on)):
            errors["new_fact"] = (
                f"Cette famille a eu une vérification complète, ouverte le {last[0].opened_on:%d/%m/%Y} : pas de seconde avant "
                f"le {last[1]:%d/%m/%Y}, sauf fait nouveau, à écrire ici."
            )
        _check(lead, user, on, errors)
        lead.new_fact = told
        if lead.in_favour:
            hand_over(lead, user, on=on, at=at, line=line)
        else:
            lead.case = _case_for(lead, user, on, at)
        _decide(lead, LeadState.ACCEPTED, user, at, form_key, "KEPT", line)
        suspended = not lead.is_sample and suspend_if_too_imprecise(
            code=lead.rule_code, version=lead.rule_version, on=on, at=at
        )
        _tell(lead, user, at, {"case": lead.case.number if lead.case else "", "new_fact": bool(told)})
    return Decided(lead, suspended=suspended)


def reasons_of(lead: Lead) -> dict[str, str]:
    """The closed list of reasons to put this lead aside: those of the version that found it."""
    return published_rule(version_of(lead)).reasons


def version_of(lead: Lead) -> RuleVersion:
    return RuleVersion.objects.get(code=lead.rule_code, version=lead.rule_version)


def last_check(lead: Lead, on: date) -> tuple[ControlCase, date] | None:
    """The whole check of the file that still forbids another one, and the day from which it may open."""
    return lately_checked(fund=lead.fund, subject=lead.subject, on=on)


def overdue_in_favour(user: User, fund: str, on: date) -> QuerySet[Lead]:
    """What families of the fund are owed and nobody looked at in time: nothing else is decided there before. What a declared
    link closes to this person is somebody else's to treat, and blocks them not."""
    days = int(control_parameters().value("signals.in_favour_business_days", on))
    found = leads_of(user, on).filter(fund=fund, in_favour=True, state=LeadState.TO_READ, found_on__lt=on)
    found = found.filter(~found_by_a_suspended_rule())
    waiting = list(found.order_by("found_on", "pk").values_list("pk", "found_on", "subject")[:OLDEST])
    shut = closed_subjects(user, on, (subject for _pk, _found_on, subject in waiting))
    late = [pk for pk, found_on, subject in waiting if subject not in shut and nth_business_day(found_on, days) < on]
    return found.filter(pk__in=late)


def _decider(by_pk: int, lead_pk: int, on: date, action: str) -> User:
    """Who decides, once the right and the links are checked: outside the transaction, so that a refusal stays told."""
    user = User.objects.get(pk=by_pk)
    if not may(user, Right.TREAT_CONTROL, on):
        raise Lead.DoesNotExist
    _refuse_linked(user, leads_of(user, on).get(pk=lead_pk), on, action)
    return user


def _refuse_linked(user: User, lead: Lead, on: date, action: str) -> None:
    refuse_linked(user=user, day=on, action=action, subject=lead.subject, people=people_of(lead.subject))


def _locked(user: User, lead_pk: int, on: date) -> Lead:
    return leads_of(user, on).select_for_update(of=("self",)).get(pk=lead_pk)


def _line_errors(line: str, field: str) -> dict[str, str]:
    if LEAST <= len(line.strip()) <= MOST:
        return {}
    return {field: f"Écrivez pourquoi, en une ligne ({LEAST} à {MOST} signes)."}


def _check(lead: Lead, user: User, on: date, errors: dict[str, str]) -> None:
    """Raises AlreadyDecided, then DecisionRefused with everything that is wrong."""
    if lead.state != LeadState.TO_READ:
        raise AlreadyDecided(lead)
    if lead.purged_on or version_of(lead).moves.filter(to_state=RuleState.SUSPENDED).exists():
        errors["first"] = "La règle qui a levé ce signal est suspendue : il ne se lit plus, et ne mène à rien."
    elif not lead.in_favour and (first := overdue_in_favour(user, lead.fund, on).first()):
        errors["first"] = (
            f"Un droit manquant attend depuis le {first.found_on:%d/%m/%Y} dans cette caisse : il se traite avant ce signal."
        )
    if errors:
        raise DecisionRefused(errors)


def _case_for(lead: Lead, user: User, on: date, at: datetime) -> ControlCase:
    """The case that the lead opens, or the one already open on the file."""
    rule = published_rule(version_of(lead))
    source = CaseSource.RANDOM_SAMPLE if lead.is_sample else CaseSource.DATA_MATCH
    try:
        return open_case(
            fund=lead.fund, subject=lead.subject, title=lead.title[:160], source=source, legal_basis=rule.legal_basis[:80],
            purpose=rule.purpose[:300], benefit=rule.benefit, officer_pk=user.pk, on=on, at=at, by=user.get_username(),
            new_fact=lead.new_fact,
        )  # fmt: skip
    except WordOfBlame as blamed:
        raise DecisionRefused({"first": str(blamed)}) from blamed
    except CaseAlreadyOpen:
        return ControlCase.objects.exclude(state=CaseState.CLOSED).get(fund=lead.fund, subject=lead.subject)


def _decide(
    lead: Lead, state: LeadState, user: User, at: datetime, form_key: UUID, reason_code: str, line: str
) -> None:  # fmt: skip
    lead.state, lead.decided_by, lead.decided_at, lead.form_key = state, user, at, form_key
    lead.reason_code, lead.reason = reason_code, line.strip()
    lead.save(
        update_fields=["state", "decided_by", "decided_at", "form_key", "reason_code", "reason", "case", "new_fact"]
    )


def _tell(lead: Lead, user: User, at: datetime, detail: dict[str, object]) -> None:
    journal(
        actor=user.get_username(), action=f"control.lead_{lead.state.lower()}", subject=lead.subject,
        detail={"lead": lead.pk, "rule": lead.rule_code, "version": lead.rule_version, **detail}, at=at,
    )  # fmt: skip
