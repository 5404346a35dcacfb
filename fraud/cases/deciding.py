"""Decisions: nothing, a right put straight, a sum paid in excess, a complaint; the end of a case; what a judge undoes.

Money is never moved here; the notice of a sum paid in excess is in `fraud.cases.notifying`.
"""

from datetime import date

from fraud.cases.acting import Act, AtWork, at_work, refuse
from fraud.cases.letters import findings_facts, send_paper
from fraud.cases.penalty_moves import move_penalty, outcome_without_penalty
from fraud.cases.standing import papers_of
from fraud.models import (
    PENALTY_FALLEN,
    Acquittal,
    CaseOutcome,
    CasePaper,
    CaseRecovery,
    CaseState,
    Complaint,
    ControlCase,
    Finding,
    PaperKind,
    Penalty,
    PenaltyState,
)
from fraud.rules import delays
from fraud.rules.figures import control_parameters
from portal.accounts.rights import Right
from portal.legislation.words import day_in_words

RESULTS = {
    CaseState.NO_ACTION: "Nous n’avons trouvé aucune anomalie. Votre dossier est en ordre et vos droits ne changent pas.",
    CaseState.ADJUSTED: "Vous aviez droit à plus que ce que vous avez reçu. Nous corrigeons votre dossier.",
}


def decide_no_action(*, case_pk: int, reason: str, act: Act) -> CasePaper:
    """Nothing is wrong, or nothing is kept against the person: they are told."""
    with at_work(case_pk=case_pk, act=act, action="control.decided", detail={"outcome": "NO_ACTION"}) as work:
        work.move(
            CaseState.NO_ACTION, reason, outcome=CaseOutcome.NO_ACTION, decided_on=act.on, owed_by_cents=0, owed_to_cents=0,
            fraud_cents=0, avoided_cents=0,
        )  # fmt: skip
        return _tell_result(work, CaseState.NO_ACTION, 0, act.on)


def decide_adjusted(*, case_pk: int, reason: str, act: Act) -> CasePaper:
    """The family is owed money: what the findings say, and nothing is asked of it."""
    with at_work(case_pk=case_pk, act=act, action="control.decided", detail={"outcome": "ADJUSTED"}) as work:
        owed_to = papers_of(work.case, act.on).owed_to_cents
        work.move(
            CaseState.ADJUSTED, reason, outcome=CaseOutcome.ADJUSTED, decided_on=act.on, owed_by_cents=0,
            owed_to_cents=owed_to, fraud_cents=0, avoided_cents=0,
        )  # fmt: skip
        return _tell_result(work, CaseState.ADJUSTED, owed_to, act.on)


def decide_overpayment(*, case_pk: int, avoided_cents: int, reason: str, act: Act) -> None:
    """Sums paid in excess: what the findings say, within the time bar. The notice comes next, and nothing is withheld before
    its twenty days."""
    if avoided_cents < 0:
        raise refuse("control.amount_wrong", "Un montant évité n’est jamais négatif.")
    with at_work(case_pk=case_pk, act=act, action="control.decided", detail={"outcome": "OVERPAYMENT"}) as work:
        papers = papers_of(work.case, act.on)
        _check_time_bar(work, is_fraud=papers.qualification == "FRAUD")
        work.move(
            CaseState.OVERPAYMENT, reason, outcome=CaseOutcome.OVERPAYMENT, decided_on=act.on,
            owed_by_cents=papers.owed_by_cents, owed_to_cents=papers.owed_to_cents, fraud_cents=papers.fraud_cents,
            avoided_cents=avoided_cents,
        )  # fmt: skip


def _check_time_bar(work: AtWork, *, is_fraud: bool) -> None:
    first = delays.claimed_since(work.act.on, is_fraud, control_parameters())
    late = work.case.findings.filter(owed_by_cents__gt=0, since__lt=first).order_by("since").first()
    if late is not None:
        raise refuse(
            "control.time_barred",
            f"Le constat « {late.fact[:60]} » commence le {day_in_words(late.since)} : ce qui a été versé avant le "
            f"{day_in_words(first)} est prescrit. Rien de ce dossier ne peut être réclamé ainsi.",
        )


def begin_penalty(*, case_pk: int, reason: str, act: Act) -> None:
    """Go towards a penalty or a warning: only what a panel qualified."""
    with at_work(case_pk=case_pk, act=act, action="control.penalty_begun") as work:
        papers, case = papers_of(work.case, act.on), work.case
        first: dict[str, object] = {"fraud_cents": papers.fraud_cents}
        if case.decided_on is None:
            first |= {
                "decided_on": act.on,
                "owed_by_cents": papers.owed_by_cents,
                "owed_to_cents": papers.owed_to_cents,
            }
        work.move(CaseState.PENALTY_PROCEDURE, reason, **first)


def file_complaint(*, case_pk: int, court: str, reference: str, reason: str, act: Act) -> Complaint:
    """The director files a complaint as civil party, on a fraud that the panel qualified (CSS L. 114-9)."""
    if not court.strip():
        raise refuse("control.complaint_incomplete", "Dites à quel tribunal la plainte est adressée.")
    with at_work(
        case_pk=case_pk, act=act, action="control.complained", right=Right.DIRECT_CONTROL, detail={"court": court}
    ) as work:
        work.check_table(CaseState.COMPLAINT)
        case, papers = work.case, papers_of(work.case, act.on)
        began = papers.facts_since or case.opened_on
        complaint = Complaint.objects.create(
            case=case, filed_on=act.on, court=court.strip()[:160], reference=reference.strip()[:60],
            prejudice_cents=papers.fraud_cents, signed_by=work.person, at=act.at,
            threshold_cents=delays.complaint_threshold_cents(began, control_parameters()),
        )  # fmt: skip
        first: dict[str, object] = {"outcome": CaseOutcome.COMPLAINT, "fraud_cents": papers.fraud_cents}
        if case.decided_on is None:
            first |= {
                "decided_on": act.on,
                "owed_by_cents": papers.owed_by_cents,
                "owed_to_cents": papers.owed_to_cents,
            }
        work.move(CaseState.COMPLAINT, reason, **first)
    return complaint


def close_case(*, case_pk: int, reason: str, act: Act) -> None:
    """End a case, once what its decision asked for is done."""
    with at_work(case_pk=case_pk, act=act, action="control.closed") as work:
        changes: dict[str, object] = {"closed_on": act.on}
        if not work.case.outcome:
            changes["outcome"] = outcome_without_penalty(work.case)
        work.move(CaseState.CLOSED, reason, **changes)


def annul_decision(*, case_pk: int, reason: str, act: Act) -> None:
    """An internal review or a court annulled the decision on the merits: the penalty falls with it."""
    with at_work(case_pk=case_pk, act=act, action="control.annulled", right=Right.DIRECT_CONTROL) as work:
        if work.case.decided_on is None or work.case.annulled_on is not None:
            raise refuse("control.move_not_allowed", "Il n’y a pas de décision à annuler, ou elle l’est déjà.")
        _let_penalties_fall(work, "la somme réclamée a été annulée au fond")
        work.change(annulled_on=act.on)


def note_acquittal(*, case_pk: int, ruled_on: date, court: str, reference: str, act: Act) -> Acquittal:
    """The criminal judge finally acquitted the person of these facts: no penalty is proposed any more, and one that was falls."""
    if not court.strip() or not reference.strip() or ruled_on > act.on:
        raise refuse(
            "control.acquittal_incomplete", "Dites quel tribunal, quelle décision, et un jour qui n’est pas à venir."
        )
    with at_work(case_pk=case_pk, act=act, action="control.acquitted") as work:
        if Acquittal.objects.filter(case=work.case).exists():
            raise refuse("control.acquitted_already", "La relaxe est déjà notée.")
        made = Acquittal.objects.create(
            case=work.case, ruled_on=ruled_on, court=court.strip()[:160], reference=reference.strip()[:60], by=work.by,
            at=act.at,
        )  # fmt: skip
        _let_penalties_fall(work, "le juge pénal a relaxé la personne pour ces faits")
    return made


def _let_penalties_fall(work: AtWork, reason: str) -> None:
    for penalty in Penalty.objects.select_for_update(of=("self",)).filter(case=work.case):
        if penalty.state in PENALTY_FALLEN:
            continue
        early = penalty.state in (PenaltyState.PROPOSED, PenaltyState.NOTIFIED)
        move_penalty(penalty, PenaltyState.DROPPED if early else PenaltyState.ANNULLED, work, reason)


def note_recovery(*, case_pk: int, received_on: date, cents: int, reference: str, act: Act) -> CaseRecovery:
    """Money that came back for the case, as the accounts say; negative for what the bank sent back."""
    if not cents or not reference.strip() or received_on > act.on:
        raise refuse("control.recovery_incomplete", "Une somme recouvrée a un montant, un jour passé et une référence.")
    with at_work(case_pk=case_pk, act=act, action="control.recovered", detail={"cents": cents}) as work:
        return CaseRecovery.objects.create(
            case=work.case, received_on=received_on, cents=cents, reference=reference.strip()[:80]
        )


def _tell_result(work: AtWork, to: CaseState, owed_to_cents: int, on: date) -> CasePaper:
    return send_paper(work, PaperKind.RESULT, result_facts(work.case, to, owed_to_cents, on))


def result_facts(case: ControlCase, to: CaseState, owed_to_cents: int, on: date) -> dict[str, object]:
    findings: list[Finding] = list(case.findings.filter(owed_to_cents__gt=0).order_by("since", "pk"))
    shown = findings if to == CaseState.ADJUSTED else []
    return {
        "sentence": RESULTS[to], "owed_to_cents": owed_to_cents,
        "findings": findings_facts(shown, on)["findings"],
        "appeal_until": delays.appeal_until(on, control_parameters()).isoformat(),
    }  # fmt: skip
