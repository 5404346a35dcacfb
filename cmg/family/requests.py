"""What a family asks for: reports, advances, refunds, the emergency board; each with a number, an owner and dates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Model
from django.utils import timezone

from cmg.family.household import Household
from cmg.family.months import standing_in, takes_money
from cmg.family.people import Owner
from cmg.models import Advance, BoardCase, Overpayment, Refund, Report, Settlement
from cmg.models.remedies import AdvanceState, BoardState, OverpaymentState, RefundState, ReportState
from cmg.remedies.limits import answer_day, count_on
from cmg.remedies.reports import OPEN_REPORTS
from portal.frame.templatetags.portal import hour, long_day, money, month_name

SHOWN_MOST = 50
PREFIXES: dict[str, type[Model]] = {"A": Advance, "R": Refund, "U": BoardCase, "T": Overpayment}


@dataclass(frozen=True)
class Step:
    """One step of what happens next; `text` bears its date and its actor."""

    text: str
    done: bool


@dataclass(frozen=True)
class Asked:
    """One request as its page and the list show it. `answer` is the decision with its reason; `is_over` when it is."""

    number: str
    title: str
    state: str
    tone: str
    day: date
    sentence: str
    steps: list[Step] = field(default_factory=list)
    answer: str = ""
    is_over: bool = False
    row: object = None


class NotYours(LookupError):
    """No such request of this family; the page says what it says of any page that is not there."""


def get_asked(home: Household, number: str, owner: Owner) -> Asked:
    """One request of the family by its number. Raises NotYours, for another family's as for none."""
    prefix, _, pk = number.partition("-")
    if prefix in PREFIXES and pk.isdecimal() and len(pk) < 12:
        row = PREFIXES[prefix]._default_manager.filter(employer_no=home.employer_no, pk=int(pk)).first()
        row = None if isinstance(row, Overpayment) and not _is_told(row) else row
    else:
        row = Report.objects.filter(employer_no=home.employer_no, number=number[:12]).first()
    if row is None:
        raise NotYours(number)
    return asked_of(row, owner)


def list_asked(home: Household, owner: Owner) -> list[Asked]:
    """Everything the family asked for, the latest first. Six queries."""
    rows: list[object] = []
    boards = BoardCase.objects.select_related("session")
    for found in (Report.objects, Advance.objects, Refund.objects, boards, Overpayment.objects):
        rows += list(found.filter(employer_no=home.employer_no).order_by("-pk")[:SHOWN_MOST])
    told = [row for row in rows if not isinstance(row, Overpayment) or _is_told(row)]
    months = [month for row in rows if isinstance(row, Report) for month in row.months]
    standing = standing_in(home.employer_no, months) if months else []
    return sorted((asked_of(row, owner, standing) for row in told), key=lambda one: one.day, reverse=True)


def asked_of(row: object, owner: Owner, standing: Sequence[Settlement] | None = None) -> Asked:
    """The words of one request; `standing`: what counts now of the reported months, when it is known already."""
    if isinstance(row, Report):
        return _report(row, owner, standing)
    if isinstance(row, Advance):
        return _advance(row, owner)
    if isinstance(row, Refund):
        return _refund(row)
    if isinstance(row, BoardCase):
        return _board(row)
    assert isinstance(row, Overpayment)
    return _overpayment(row)


def _is_told(row: Overpayment) -> bool:
    """A sum paid in excess exists for the family from its letter on."""
    return row.notified_on is not None


def may_reopen(report: Report, at: datetime) -> bool:
    """Within thirty days of the answer."""
    days = timedelta(days=count_on("policy.report_reopen_days", timezone.localdate(at)))
    return report.answered_at is not None and report.state not in OPEN_REPORTS and at - report.answered_at <= days


def report_done(report: Report, known: Sequence[Settlement] | None = None) -> str:
    """What a report did at once: what is stopped, or when the money comes back if it was an error."""
    if report.stops_debit:
        return "Ce prélèvement ne part pas."
    if report.symptom == "NO_ANSWER":
        return "Une personne reprend votre dossier."
    counts = standing_in(report.employer_no, report.months) if known is None else known
    standing = [row for row in counts if row.care_month in report.months]
    if not any(takes_money(row) for row in standing):
        held = any(row.status == "HELD" for row in standing)
        return (
            "Rien n’est parti pour ce mois : l’arrêt continue."
            if held
            else "Rien n’est prélevé pour ce mois : il n’y a rien à arrêter."
        )
    back = answer_day("policy.refund_business_days", timezone.localdate(report.opened_at))
    return f"Ce prélèvement est déjà à la banque. Si c’est une erreur, l’argent revient avant le {long_day(back)}."


def _report(row: Report, owner: Owner, standing: Sequence[Settlement] | None) -> Asked:
    over = row.state in (ReportState.ANSWERED, ReportState.CLOSED)
    opened = timezone.localdate(row.opened_at)
    control = f"Contrôle de votre dossier : {control_words(row)}"
    deadline = owner.deadline or answer_day("policy.report_escalation_business_days", opened)
    steps = [
        Step(f"Signalement reçu le {long_day(row.opened_at)} à {hour(row.opened_at)}.", True),
        Step(control, bool(row.controlled_at or row.codes)),
        Step(f"{owner.name} vous répond avant le {long_day(row.first_answer_by)}.", over),
        Step(f"Tout est réglé avant le {long_day(deadline)}, ou la direction de l’équipe reprend.", over),
    ]
    months = ", ".join(month_name(month) for month in sorted(row.months))
    return Asked(
        row.number, f"Signalement : {row.get_symptom_display().lower()}", row.get_state_display(),
        "ok" if over else "wait", opened, f"Pour {months}. {report_done(row, standing)}", steps, row.answer, over, row,
    )  # fmt: skip


def control_words(report: Report) -> str:
    """What the control of the family's months found so far."""
    if report.codes:
        return "un désaccord entre la Caf et Pajemploi est trouvé, il est à réparer."
    if report.controlled_at is None:
        return "en cours, aujourd’hui même."
    return f"fait le {long_day(report.controlled_at)} à {hour(report.controlled_at)}, aucun désaccord trouvé."


ADVANCE_WORDS = {
    AdvanceState.PROPOSED: ("demandée", "wait"), AdvanceState.GRANTED: ("accordée", "ok"),
    AdvanceState.PAID: ("versée", "ok"), AdvanceState.PARTLY_NETTED: ("déduite en partie", "ok"),
    AdvanceState.NETTED: ("déduite en entier", "ok"), AdvanceState.REFUSED: ("refusée", "stop"),
    AdvanceState.CANCELLED: ("annulée", ""), AdvanceState.CONVERTED_TO_OVERPAYMENT: ("à rendre", "wait"),
    AdvanceState.WAIVED: ("abandonnée, rien à rendre", "ok"),
}  # fmt: skip


def _advance(row: Advance, owner: Owner) -> Asked:
    words, tone = ADVANCE_WORDS[AdvanceState(row.state)]
    decided = row.decided_on is not None
    answer_by = answer_day("policy.report_answer_business_days", row.proposed_on)
    steps = [
        Step(f"Demande reçue le {long_day(row.proposed_on)}.", True),
        Step(f"{owner.name} répond avant le {long_day(answer_by)}.", decided),
    ]
    answer = ""
    if row.state == AdvanceState.REFUSED:
        answer = f"Nous ne pouvons pas verser d’avance : {row.refusal}"
    elif row.state == AdvanceState.CANCELLED:
        answer = f"Cette avance est annulée, rien n’en sera déduit : {row.refusal}"
    else:
        arrives = answer_day("policy.report_answer_business_days", row.decided_on or answer_by)
        steps.append(Step(f"{money(row.amount_cents)} arrivent sur votre compte avant le {long_day(arrives)}.",
                          row.state not in (AdvanceState.PROPOSED, AdvanceState.GRANTED)))  # fmt: skip
        steps.append(Step(f"L’avance est déduite de votre aide, quand le dossier est réglé : {money(row.netted_cents)} "
                          f"déduits, {money(row.outstanding_cents)} à déduire.", row.outstanding_cents == 0))  # fmt: skip
        if row.waits_for_account:
            answer = "Nous n’avons pas tenu notre délai : l’avance est prête. Il nous manque un compte bancaire en votre nom."
        if decided and row.state == AdvanceState.GRANTED:
            answer = f"Avance accordée : {money(row.amount_cents)}. Elle arrive sur votre compte avant le {long_day(arrives)}."
    over = row.state not in (AdvanceState.PROPOSED, AdvanceState.GRANTED, AdvanceState.PAID, AdvanceState.PARTLY_NETTED)
    return Asked(
        f"A-{row.pk}", "Avance", words, tone, row.proposed_on, f"{money(row.amount_cents)}, {words}.", steps, answer,
        over, row,
    )  # fmt: skip


REFUND_WORDS = {
    RefundState.REQUESTED: ("demandé", "wait"), RefundState.DETECTED: ("trouvé par nous", "wait"),
    RefundState.VERIFIED: ("vérifié", "wait"), RefundState.ORDERED: ("envoyé à la banque", "wait"),
    RefundState.PAID: ("versé", "ok"), RefundState.CLOSED: ("versé", "ok"), RefundState.REJECTED: ("refusé", "stop"),
    RefundState.RETURNED: ("renvoyé par votre banque", "stop"),
}  # fmt: skip


def _refund(row: Refund) -> Asked:
    words, tone = REFUND_WORDS[RefundState(row.state)]
    paid = row.state in (RefundState.PAID, RefundState.CLOSED)
    sent = paid or row.state == RefundState.ORDERED
    steps = [
        Step(f"{'Demande reçue' if row.reason == 'FAMILY' else 'Erreur trouvée'} le {long_day(row.opened_on)}.", True),
        Step("Le mois est refait : nous comparons ce qui a été prélevé et ce qui était dû.", row.due_cents is not None),
    ]
    if row.state != RefundState.REJECTED:
        what = money(row.amount_cents) if row.amount_cents else "La somme"
        steps.append(Step(f"{what} arrive sur votre compte avant le {long_day(row.deadline)}.", paid))
    sentence = f"{month_name(row.care_month).capitalize()} : {money(row.debited_cents)} prélevés."
    if sent and row.reason != "FAMILY":
        sentence = (
            f"C’est notre erreur. Vous avez payé {money(row.amount_cents)} de trop en {month_name(row.care_month)}. "
            "Nous vous les rendons sans demande de votre part."
        )
    return Asked(
        f"R-{row.pk}", "Remboursement", words, tone, row.opened_on, sentence, steps,
        f"Remboursement refusé : {row.refusal}" if row.refusal else "", paid or row.state == RefundState.REJECTED, row,
    )  # fmt: skip


def _board(row: BoardCase) -> Asked:
    over = row.state in (BoardState.PAID, BoardState.REFUSED, BoardState.CLOSED)
    day = row.session.held_on if row.session_id and row.session else None
    answer_by = answer_day("policy.report_answer_business_days", row.referred_on)
    decided = row.state not in (BoardState.REFERRED, BoardState.COMPLETE, BoardState.SCHEDULED)
    meets = (
        f"La commission se réunit le {long_day(day)}."
        if day
        else "La commission se réunit : date donnée à l’étape d’avant."
    )
    steps = [
        Step(f"Demande reçue le {long_day(row.referred_on)}.", True),
        Step(f"Une personne vous appelle ou vous écrit avant le {long_day(answer_by)}, et vous donne la date.",
             row.state != BoardState.REFERRED),
        Step(meets, decided),
        Step("Deux personnes décident ; l’aide accordée part le jour même. Elle n’est jamais à rendre.", over),
    ]  # fmt: skip
    answer = ""
    if decided:
        granted = f"Aide accordée : {money(row.amount_cents)}." if row.amount_cents else "Aide refusée."
        answer = f"{granted} {row.decision_words}".strip()
    tone = "ok" if row.amount_cents else "stop" if decided else "wait"
    return Asked(
        f"U-{row.pk}", "Commission d’urgence", row.get_state_display().lower(), tone, row.referred_on, row.hardship,
        steps, answer, over, row,
    )  # fmt: skip


def _overpayment(row: Overpayment) -> Asked:
    over = row.state in (
        OverpaymentState.SETTLED, OverpaymentState.ABANDONED, OverpaymentState.REMITTED, OverpaymentState.CANCELLED,
    )  # fmt: skip
    assert row.notified_on is not None
    sentence = (
        f"Nous vous avons versé {money(row.amount_cents)} de trop : {month_name(row.care_month)}, "
        f"{money(row.paid_cents)} versés, {money(row.due_cents)} dus."
    )
    until = long_day(row.rectification_until)
    steps = [
        Step(f"Courrier du {long_day(row.notified_on)}.", True),
        Step(f"Vous avez jusqu’au {until} pour nous dire si c’est faux. Rien n’est retenu avant.",
             row.state != OverpaymentState.NOTIFIED),
        Step(f"Il reste {money(row.outstanding_cents)}.", over),
    ]  # fmt: skip
    answer = (
        f"Vous nous avez dit que c’est faux : « {row.contest_words} ». Tout attend la réponse."
        if row.contest_words
        else ""
    )
    return Asked(
        f"T-{row.pk}", "Somme versée en trop", row.get_state_display().lower(), "ok" if over else "wait",
        row.notified_on, sentence, steps, answer, over, row,
    )  # fmt: skip
