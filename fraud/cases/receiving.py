"""A letter reached the person on a certain day: the delay that it opens runs from that day, not from its sending."""

from datetime import date

from cmg.remedies.overpayments import note_notice_received
from cmg.remedies.telling import notice_key
from fraud.cases.acting import Act, at_work, refuse
from fraud.cases.notifying import on_account
from fraud.cases.standing import last_paper
from fraud.models import CasePaper, DeliveryWay, PaperDelivery, PaperKind, Penalty, PenaltyState
from fraud.rules import delays, recovery
from fraud.rules.figures import control_parameters

HEARD = (PaperKind.FINDINGS, PaperKind.NOTICE, PaperKind.COPIES)
APPEALED = (PaperKind.PENALTY_DECIDED, PaperKind.PENALTY_WARNING, PaperKind.PENALTY_REVIEWED)
OPEN_TO_APPEAL = (PenaltyState.DECIDED, PenaltyState.WARNED, PenaltyState.UPHELD)
# Letters whose receipt is worth a date.
CERTAIN = (
    *HEARD, *APPEALED, PaperKind.OVERPAYMENT, PaperKind.PENALTY_NOTIFIED, PaperKind.PENALTY_DEMAND, PaperKind.CONTRAINTE,
)  # fmt: skip


def note_receipt(*, paper_pk: int, way: str, received_on: date, proof: str, act: Act) -> PaperDelivery:
    """Keep how and when a letter was received, once; the last day to act moves with it. Raises ActRefused."""
    seen = CasePaper.objects.get(pk=paper_pk)
    if way not in DeliveryWay.values or not proof.strip():
        raise refuse("control.receipt_incomplete", "Dites comment le courrier a été remis, et le numéro de la preuve.")
    if not seen.sent_on <= received_on <= act.on:
        raise refuse("control.receipt_wrong", "Un courrier se reçoit entre son envoi et aujourd’hui.")
    with at_work(case_pk=seen.case_id, act=act, action="control.received", detail={"paper": paper_pk}) as work:
        if seen.kind not in CERTAIN or PaperDelivery.objects.filter(paper=seen).exists():
            raise refuse(
                "control.received_already", "La réception de ce courrier est déjà notée, ou n’ouvre aucun délai."
            )
        until = last_day(PaperKind(seen.kind), received_on)
        made = PaperDelivery.objects.create(
            paper=seen, way=way, received_on=received_on, proof=proof.strip()[:80], until=until, by=work.by, at=act.at
        )
        if seen.kind == PaperKind.OVERPAYMENT:
            _account_follows(seen, received_on, work.by)
        elif last_paper(work.case, PaperKind(seen.kind)) == seen:
            _follow(seen, until)
    return made


def last_day(kind: PaperKind, received_on: date) -> date:
    """The last day to act after a letter of that kind was received."""
    parameters = control_parameters()
    if kind in HEARD:
        return delays.reply_until(received_on, parameters)
    if kind in APPEALED:
        return delays.appeal_until(received_on, parameters)
    rule = {
        PaperKind.OVERPAYMENT: delays.rectification_until, PaperKind.PENALTY_NOTIFIED: delays.penalty_reply_until,
        PaperKind.PENALTY_DEMAND: recovery.demand_until, PaperKind.CONTRAINTE: recovery.opposition_until,
    }[kind]  # fmt: skip
    return rule(received_on, parameters)


def awaited(case_pk: int) -> list[CasePaper]:
    """Letters of a case whose receipt nobody has noted, the oldest first."""
    return list(CasePaper.objects.filter(case_id=case_pk, kind__in=CERTAIN, delivery=None).order_by("pk")[:50])


def _account_follows(paper: CasePaper, received_on: date, by: str) -> None:
    """The sum on the family's account waits as long: each month's notice is received by itself."""
    for one in on_account(paper.case):
        if notice_key(one) == paper.job.key:
            note_notice_received(overpayment_pk=one.pk, received_on=received_on, by=by)


def _follow(paper: CasePaper, until: date) -> None:
    """The penalty waits until the day that runs from the receipt."""
    found = Penalty.objects.select_for_update(of=("self",)).filter(case_id=paper.case_id)
    if paper.kind == PaperKind.PENALTY_NOTIFIED:
        found.filter(state=PenaltyState.NOTIFIED).update(reply_until=until)
    elif paper.kind in APPEALED:
        found.filter(state__in=OPEN_TO_APPEAL).update(appeal_until=until)
