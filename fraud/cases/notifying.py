"""The notice of a sum paid in excess (CSS R. 133-9-2): a letter of the case; of a family of the CMG, that of its own account.

What a family of the CMG owes is opened by the correction of its month, with its calculation (`cmg.remedies`). The case is tied
to what the months of its findings left there, and to nothing else of the account.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from cmg.models import Overpayment
from cmg.models.remedies import OverpaymentState
from cmg.remedies.overpayments import notify_overpayment, why_given_up
from cmg.remedies.telling import SUBJECT, notice_key, overpayment_draft
from fraud.cases.acting import Act, AtWork, at_work, refuse
from fraud.cases.letters import code_of, common_facts, findings_facts, send_paper
from fraud.cases.standing import papers_of
from fraud.models import CaseOverpayment, CasePaper, CaseState, ControlCase, PaperKind
from fraud.rules import delays
from fraud.rules.figures import control_parameters
from fraud.rules.recovery import claimed_indemnity_cents
from portal.letters.models import LetterJob

NOT_THERE = (
    "Le compte de la famille ne porte aucune somme versée en trop pour les mois des constats. Corrigez d’abord ces mois dans "
    "son dossier CMG : elle y naît à l’émission, avec son calcul."
)
Draft = tuple[str, dict[str, Any]]


def send_overpayment_notice(*, case_pk: int, act: Act) -> list[CasePaper]:
    """Tell the person. Of a family of the CMG, one letter a month, and again when a later correction leaves another month.

    Raises ActRefused when the family's account holds no sum in excess yet: the month is to be corrected first.
    """
    with at_work(case_pk=case_pk, act=act, action="control.overpayment_told") as work:
        if work.case.state not in (CaseState.OVERPAYMENT, CaseState.PENALTY_PROCEDURE, CaseState.COMPLAINT):
            raise refuse("control.move_not_allowed", "La notification suit la décision d’une somme versée en trop.")
        if not is_to_tell(work.case):
            raise refuse("control.told_already", "La somme versée en trop est déjà notifiée.")
        if is_of_cmg(work.case):
            return _notify_account(work)
        until = delays.rectification_until(act.on, control_parameters())
        return [send_paper(work, PaperKind.OVERPAYMENT, overpayment_facts(work.case, act.on), until=until)]


def is_of_cmg(case: ControlCase) -> bool:
    return case.benefit == "CMG" and case.subject.startswith(SUBJECT)


def is_to_tell(case: ControlCase) -> bool:
    """Nothing was told yet, or the family's account holds something more."""
    if is_of_cmg(case) and account_overpayments(case).exists():
        return True
    return not case.papers.filter(kind=PaperKind.OVERPAYMENT).exists() and not case.overpayments.exists()


def account_overpayments(case: ControlCase) -> QuerySet[Overpayment]:
    """What the account holds in excess for the months of the findings and no case is tied to: not told yet, or told by the
    benefit's own service while the case was open."""
    months = Q(pk=None)
    for one in case.findings.filter(owed_by_cents__gt=0):
        months |= Q(care_month__gte=one.since.replace(day=1), care_month__lt=one.until)
    ours = Q(state=OverpaymentState.OPENED) | Q(opened_on__gte=case.opened_on)
    found = Overpayment.objects.filter(months, ours, employer_no=case.subject.removeprefix(SUBJECT), control_case=None)
    return found.filter(advance=None).exclude(state=OverpaymentState.CANCELLED).order_by("care_month", "pk")


def _notify_account(work: AtWork) -> list[CasePaper]:
    found = list(account_overpayments(work.case).select_for_update(of=("self",)))
    if not found:
        raise refuse("control.no_account_entry", NOT_THERE)
    papers = [_notify_one(work, one) for one in found]
    return [paper for paper in papers if paper is not None]


def _notify_one(work: AtWork, one: Overpayment) -> CasePaper | None:
    """The letter of one month; None when its sum is given up: below the threshold, or too old."""
    case, act = work.case, work.act
    CaseOverpayment.objects.create(case=case, overpayment=one)
    if one.state == OverpaymentState.OPENED:
        since = claimed_since(case, act.on)
        one = notify_overpayment(overpayment_pk=one.pk, by=work.by, on=act.on, claimed_since=since)
    job = LetterJob.objects.filter(key=notice_key(one)).first()
    if job is None or one.notified_on is None:
        return None
    return CasePaper.objects.create(
        case=case, kind=PaperKind.OVERPAYMENT, sent_on=one.notified_on, until=one.rectification_until, job=job, by=work.by,
        at=act.at,
    )  # fmt: skip


def claimed_since(case: ControlCase, on: date) -> date:
    """The oldest payment that may be claimed: two years back, five once the panel saw fraud."""
    return delays.claimed_since(on, papers_of(case, on).qualification == "FRAUD", control_parameters())


def drafts(case: ControlCase, on: date) -> list[Draft]:
    """The letters as they would leave: what a caseworker reads before sending. Raises ActRefused as the sending would."""
    if not is_of_cmg(case):
        return [(code_of(PaperKind.OVERPAYMENT), common_facts(case) | overpayment_facts(case, on))]
    found = list(account_overpayments(case))
    if not found:
        raise refuse("control.no_account_entry", NOT_THERE)
    since = claimed_since(case, on)
    opened = [one for one in found if one.state == OverpaymentState.OPENED]
    return [overpayment_draft(one, on=on) for one in opened if not why_given_up(one, on, since)]


def overpayment_facts(case: ControlCase, on: date) -> dict[str, object]:
    """What the notice says: nature, dates, amounts, reasons, delays and remedies."""
    parameters = control_parameters()
    found = list(case.findings.filter(owed_by_cents__gt=0).order_by("since", "pk"))
    until, total = delays.rectification_until(on, parameters), sum(one.owed_by_cents for one in found)
    indemnity = claimed_indemnity_cents(papers_of(case, on).fraud_cents, on, parameters)
    return findings_facts(found, on) | {
        "total_cents": total, "until": until.isoformat(), "indemnity_cents": indemnity, "asked_cents": total + indemnity,
        "withheld_from": delays.retention_from(on, parameters).isoformat(),
        "appeal_until": delays.appeal_until(on, parameters).isoformat(),
        "plan_months": int(parameters.value("case.plan_months", on)),
    }  # fmt: skip


def on_account(case: ControlCase) -> Sequence[Overpayment]:
    """What the case is tied to on the family's account, as it stands there."""
    return list(Overpayment.objects.filter(control_case__case=case).order_by("care_month", "pk"))
