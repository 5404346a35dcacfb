"""A benefit waits for a paper: proposed by who treats the case, decided by the director, never by one person and never by itself.

Only after a reminder and its thirty days, while no document came since, and never before the person knows what others said. It
stops nothing: the benefit's own service applies the decision and lifts it.
"""

from datetime import date
from typing import Any

from fraud.cases.acting import Act, AtWork, at_work, check_words, refuse
from fraud.cases.informing import DOCUMENTS_CAME, OPEN_TO_FINDINGS
from fraud.cases.letters import send_paper
from fraud.cases.standing import last_paper, papers_of
from fraud.models import (
    CasePaper,
    ControlCase,
    PaperKind,
    PaymentSuspension,
    SuspensionAnswer,
    SuspensionProposal,
)
from fraud.rules import delays
from fraud.rules.figures import control_parameters
from fraud.rules.procedure import missing_notice
from portal.accounts.rights import Right
from portal.legislation.words import day_in_words


def propose_suspension(*, case_pk: int, missing: str, reason: str, act: Act) -> SuspensionProposal:
    """Ask the director for it, with its reasons. Raises ActRefused with what is missing. The person is told nothing yet: a
    proposal changes nothing for them."""
    if not missing.strip() or not reason.strip():
        raise refuse("control.suspension_incomplete", "Dites quels documents manquent, et pourquoi le droit en dépend.")
    check_words(missing, reason)
    with at_work(case_pk=case_pk, act=act, action="control.suspension_proposed") as work:
        if open_proposal(work.case) is not None:
            raise refuse("control.suspension_proposed_already", "Une suspension est déjà proposée à la direction.")
        reminder, _until = _check_ready(work)
        return SuspensionProposal.objects.create(
            case=work.case, reminder=reminder, missing=missing.strip()[:500], reason=reason.strip()[:1000],
            proposed_on=act.on, proposed_by=work.person,
        )  # fmt: skip


def decide_suspension(*, proposal_pk: int, act: Act) -> PaymentSuspension:
    """The director decides what another proposed, in its words: its letter leaves. All is checked again on that day."""
    seen = _not_ones_own(proposal_pk, act)
    with at_work(case_pk=seen.case_id, act=act, action="control.suspended", right=Right.DIRECT_CONTROL) as work:
        proposal = _still_open(proposal_pk)
        reminder, until = _check_ready(work)
        paper = send_paper(work, PaperKind.SUSPENSION, suspension_facts(proposal.missing, proposal.reason, act.on))
        made = PaymentSuspension.objects.create(
            case=work.case, proposal=proposal, reminder=reminder, paper=paper, missing=proposal.missing,
            reason=proposal.reason, earliest_on=until, decided_on=act.on, decided_by=work.person,
        )  # fmt: skip
        _answer(proposal, work, SuspensionAnswer.DECIDED, "")
    return made


def decline_suspension(*, proposal_pk: int, reason: str, act: Act) -> SuspensionProposal:
    """The director does not follow, and says why: the benefit goes on as it was."""
    if not reason.strip():
        raise refuse("control.suspension_incomplete", "Dites pourquoi vous ne suivez pas la proposition.")
    seen = _not_ones_own(proposal_pk, act)
    right = Right.DIRECT_CONTROL
    with at_work(case_pk=seen.case_id, act=act, action="control.suspension_declined", right=right) as work:
        return _answer(_still_open(proposal_pk), work, SuspensionAnswer.DECLINED, reason.strip()[:500])


def lift_suspension(*, suspension_pk: int, act: Act) -> PaymentSuspension:
    """The paper came: the benefit goes on, arrears included, and its service is told by the case."""
    seen = PaymentSuspension.objects.get(pk=suspension_pk)
    with at_work(case_pk=seen.case_id, act=act, action="control.suspension_lifted"):
        found = PaymentSuspension.objects.select_for_update(of=("self",)).get(pk=suspension_pk)
        if found.lifted_on is not None:
            raise refuse("control.lifted_already", "La suspension est déjà levée.")
        found.lifted_on = act.on
        found.save(update_fields=["lifted_on"])
    return found


def open_suspension(case: ControlCase) -> PaymentSuspension | None:
    return case.suspensions.filter(lifted_on=None).first()


def is_reminded(case: ControlCase) -> bool:
    """Documents were asked for again, and no suspension holds: there may be something to propose."""
    return last_paper(case, PaperKind.DOCUMENTS) is not None and open_suspension(case) is None


def open_proposal(case: ControlCase) -> SuspensionProposal | None:
    return case.suspension_proposals.filter(answer="").select_related("reminder", "proposed_by").first()


def last_proposal(case: ControlCase) -> SuspensionProposal | None:
    """The one that the page tells, answered or not."""
    found = case.suspension_proposals.select_related("reminder", "proposed_by", "answered_by")
    return found.order_by("-pk").first()


def suspension_facts(missing: str, reason: str, on: date) -> dict[str, Any]:
    return {
        "missing": missing.strip(), "reason": reason.strip(),
        "appeal_until": delays.appeal_until(on, control_parameters()).isoformat(),
    }  # fmt: skip


def _check_ready(work: AtWork) -> tuple[CasePaper, date]:
    """The reminder that a suspension of that day rests on, and the first day that it leaves for one. Raises ActRefused."""
    case, on, reminder = work.case, work.act.on, last_paper(work.case, PaperKind.DOCUMENTS)
    if case.state not in OPEN_TO_FINDINGS:
        raise refuse("control.move_not_allowed", "Une suspension pour une pièce se décide pendant la vérification.")
    if case.suspensions.filter(lifted_on=None).exists():
        raise refuse("control.suspended_already", "Une suspension est déjà décidée.")
    if gaps := missing_notice(papers_of(case, on)):
        raise refuse(gaps[0].code, " ".join(one.sentence for one in gaps))
    if reminder is None or reminder.until is None:
        raise refuse("control.reminder_missing", "Aucun rappel n’a été envoyé : redemandez d’abord les documents.")
    if case.acts.filter(action=DOCUMENTS_CAME, at__gte=reminder.at).exists():
        raise refuse(
            "control.documents_came",
            "Des documents sont arrivés depuis le rappel. S’il en manque encore, redemandez-les : le délai recommence.",
        )
    if on < reminder.until:
        words = f"Le rappel laisse trente jours : pas de suspension avant le {day_in_words(reminder.until)}."
        raise refuse("control.reminder_too_recent", words)
    return reminder, reminder.until


def _not_ones_own(proposal_pk: int, act: Act) -> SuspensionProposal:
    seen = SuspensionProposal.objects.get(pk=proposal_pk)
    if act.by_pk == seen.proposed_by_id:
        raise refuse("control.decided_by_proposer", "Vous l’avez proposée : une autre personne la décide.")
    return seen


def _still_open(proposal_pk: int) -> SuspensionProposal:
    found = SuspensionProposal.objects.select_for_update(of=("self",)).get(pk=proposal_pk)
    if found.answer:
        raise refuse("control.proposal_answered", "Cette proposition a déjà une réponse.")
    return found


def _answer(proposal: SuspensionProposal, work: AtWork, answer: SuspensionAnswer, reason: str) -> SuspensionProposal:
    proposal.answer, proposal.answer_reason = answer, reason
    proposal.answered_on, proposal.answered_by = work.act.on, work.person
    proposal.save(update_fields=["answer", "answer_reason", "answered_on", "answered_by"])
    return proposal
