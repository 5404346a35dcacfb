"""What each parent reads of a month: due, received or paid, when, and what is left. One reading for each side."""

from dataclasses import dataclass
from datetime import date

from aripa.life.living import DEBTOR
from aripa.life.money import can_debit, next_due
from aripa.life.state import Term
from aripa.life.terms import due_lines, month_of, next_month
from aripa.own.standing import Standing, waiting_notice
from aripa.rules.calendar import asf_day, debit_day, payout_day

RETURNS = {
    "AM04": "provision insuffisante", "AC04": "ce compte est fermé", "AC01": "le numéro du compte est faux",
    "AC06": "ce compte est bloqué", "AG01": "ce compte n’accepte pas les prélèvements",
    "MD01": "la banque n’a pas trouvé de mandat", "MD06": "le remboursement lui a été demandé",
    "MD07": "le titulaire du compte est décédé", "MS02": "refus sans motif", "MS03": "refus sans motif",
    "SL01": "les prélèvements sont bloqués à votre demande",
}  # fmt: skip
NEW_ACCOUNT = ("AC01", "AC04", "AC06", "AG01", "MD01", "MD06", "MD07")
STATES = {
    "SCHEDULED": ("à payer", ""), "PAID": ("réglé", "ok"), "SETTLED": ("réglé", "ok"), "RECOVERED": ("réglé", "ok"),
    "RETURNED": ("refusé par la banque", "stop"), "PARTIAL": ("payé en partie", "wait"), "UNPAID": ("non payé", "stop"),
    "NOTICED": ("dernier rappel envoyé", "stop"), "FORCED": ("recouvrement", "stop"),
    "SUSPENDED": ("non appelé", ""),
}  # fmt: skip


@dataclass(frozen=True)
class Month:
    """One month of the table. Cents; `received` is what fell to the creditor, `aid` the ASF paid for the month."""

    month: date
    due_on: date
    due: int
    received: int
    aid: int
    left: int
    label: str
    tone: str
    is_arrears: bool = False


def months_of(found: Standing) -> list[Month]:
    """Every month called, the last first; arrears of before after them."""
    terms = found.current_terms() + [term for term in reversed(found.case.terms) if term.arrears]
    return [_month(found, term) for term in terms]


def _month(found: Standing, term: Term) -> Month:
    label, tone = STATES[term.status]
    received = sum(line.creditor for line in term.lines)
    paid_back = sum(line.asf for line in term.lines)
    left = sum(line.creditor_lacks for line in term.lines) if found.is_creditor else term.lacking
    return Month(
        term.month, term.due_on, 0 if term.suspended else term.due,
        received if found.is_creditor else received + paid_back, _aid(found, term) if found.is_creditor else 0,
        0 if term.suspended else left, label, tone, term.arrears,
    )  # fmt: skip


def _aid(found: Standing, term: Term) -> int:
    return sum(one.counted for one in found.case.asf if one.month == term.month and one.paid_on and not term.arrears)


@dataclass(frozen=True)
class Present:
    """The month one is in. `paid_on`: the day money left for the creditor, or came from the debtor; `between`: what one
    paid to the other without the service."""

    month: date
    due_on: date
    due: int
    received: int
    left: int
    is_called: bool
    paid_on: date | None = None
    pay_out_by: date | None = None
    debit_on: date | None = None
    returned: str = ""
    returned_on: date | None = None
    returned_cents: int = 0
    needs_account: bool = False
    settle_by: date | None = None
    is_noticed: bool = False
    is_forced: bool = False
    is_suspended: bool = False
    between: int = 0
    aid_from: date | None = None
    aid_paid_on: date | None = None


def present(found: Standing) -> Present | None:
    """The last term called; before the first one, the term to come; None when there is none."""
    terms = found.current_terms()
    if terms and (terms[0].month >= month_of(found.lived) or next_due(found.life) is None):
        return _called(found, terms[0])
    return coming(found) or (_called(found, terms[0]) if terms else None)


def coming(found: Standing) -> Present | None:
    """The next term, not called yet; None when none will be."""
    on = next_due(found.life)
    lines = due_lines(found.life, month_of(on)) if on else []
    if on is None or not lines:
        return None
    due = sum(line.due for line in lines)
    return Present(month_of(on), on, due, 0, due, is_called=False, debit_on=_coming_debit(found, on))


def _coming_debit(found: Standing, on: date) -> date | None:
    """When the next term is debited; None for another means, or while no debit can leave."""
    debtor = found.life.parent(DEBTOR)
    usable = debtor is not None and debtor.means in ("", "DIRECT_DEBIT") and debtor.reachable
    return debit_day(on) if usable and found.paid_by_third is None and not found.case.debits_blocked else None


def _called(found: Standing, term: Term) -> Present:
    notice, debit = waiting_notice(term), term.debit
    paid, month = _paid_on(found, term), _month(found, term)
    waiting = [one for one in found.case.payables if one.month == term.month]
    returned = debit.returned if debit and term.lacking else ""
    return Present(
        term.month, term.due_on, month.due, month.received, month.left, is_called=True, paid_on=paid,
        pay_out_by=payout_day(waiting[-1].received_on) if waiting else None,
        debit_on=debit.day if debit else (debit_day(term.due_on) if can_debit(found.life, term) else None),
        returned=RETURNS.get(returned, "refus sans motif") if returned else "",
        returned_on=_returned_on(found, term) if returned else None, returned_cents=debit.amount if debit else 0,
        needs_account=returned in NEW_ACCOUNT, settle_by=notice.deadline if notice else None,
        is_noticed=notice is not None, is_forced=term.forced_on is not None and term.lacking > 0,
        is_suspended=term.suspended,
        between=sum(line.between for line in term.lines), aid_from=next_month(term.month), aid_paid_on=asf_day(next_month(term.month)),
    )  # fmt: skip


def _paid_on(found: Standing, term: Term) -> date | None:
    kinds = ("PAYOUT", "OFFSET") if found.is_creditor else ("DEBIT", "RECEIPT")
    days = [one.day for one in found.movements if one.kind in kinds and one.month == term.month]
    return days[-1] if days else None


def _returned_on(found: Standing, term: Term) -> date | None:
    days = [one.day for one in found.movements if one.kind == "DEBIT_RETURN" and one.month == term.month]
    return days[-1] if days else None


def returned_after_payout(found: Standing) -> list[date]:
    """The days on which money that had been passed on came undone: what the sum paid in excess is made of."""
    return [one.day for one in found.movements if one.kind == "OVERPAYMENT"]
