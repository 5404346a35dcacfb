"""Money in and out of a case: debits, receipts, returns, payouts, refunds (CSS R. 582-6 to R. 582-11, `domain` 5)."""

from datetime import date, timedelta

from aripa.life.facts import Event
from aripa.life.living import CHARGED, CREDITOR, DEBTOR, Life
from aripa.life.opening import is_calm
from aripa.life.state import LIVING, Case, Debit, Line, Payable, Refund, State, Term
from aripa.life.terms import due_on, is_due_after_the_end, is_last_month_due, month_of, next_month
from aripa.rules.calendar import debit_day, is_excess_kept
from aripa.rules.imputation import Allocation, Owed, OwedLine, Part, Receipt, Served, fee_of, impute, shared
from portal.legislation.calendar import is_bank_day

# After these, no debit until new bank details come: the account or the mandate itself is at fault.
UNUSABLE = ("AC01", "AC04", "AC06", "AG01", "MD01", "MD06", "MD07")
OF_THE_DEBTOR = ("TRANSFER", "CARD", "CHEQUE", "BENEFIT_CONSENT", "BENEFIT_FORCED")


# ---- debits -------------------------------------------------------------------------------------------------------


def debit_due(life: Life) -> None:
    """One debit a term, on its due day or the next bank day, for what it lacks; it counts as received that day."""
    for term in reversed(life.case.terms):
        if term.arrears:
            continue
        if debit_day(term.due_on) < life.day:
            break
        if debit_day(term.due_on) == life.day and can_debit(life, term):
            _debit(life, term)


def can_debit(life: Life, term: Term) -> bool:
    case, debtor = life.case, life.parent(DEBTOR)
    if term.debit or term.suspended or not term.lacking or case.debits_blocked or DEBTOR in case.dead:
        return False
    if any(order.tool == "DIRECT_PAYMENT" and order.state == "ACCEPTED" for order in case.orders):
        return False
    return debtor is not None and debtor.means in ("", "DIRECT_DEBIT") and debtor.reachable


def _debit(life: Life, term: Term) -> None:
    parts = {line.child: line.lacking for line in term.lines}
    term.debit = Debit(day=life.day, amount=sum(parts.values()), parts=parts)
    for line in term.lines:
        line.creditor += parts[line.child]
    life.move("DEBIT", term.debit.amount, term.month)
    life.case.payables.append(Payable(month=term.month, amount=term.debit.amount, received_on=life.day, by_debit=True))


def return_debit(life: Life, event: Event) -> None:
    """The bank gives a debit back: undone if it is still here, else the creditor received too much (R. 582-11)."""
    case = life.case
    if event.reason in UNUSABLE:
        case.debits_blocked = True
    term = next((one for one in case.terms if one.month == event.month and not one.arrears), None)
    if term is None:
        _return_of_removed(life, event)
        return
    if term.debit is None or term.debit.returned or event.amount != term.debit.amount:
        life.worry("Retour d’un prélèvement que ce dossier ne connaît pas.")
        return
    gone = term.debit.amount - sum(term.debit.parts.get(line.child, 0) for line in term.lines)
    if gone > _awaiting_refund(life, term.month):
        life.worry("Prélèvement revenu après le remboursement d’une part qui n’était plus due.")
        return
    term.debit.returned = event.reason or "?"
    for line in term.lines:
        line.creditor -= term.debit.parts.get(line.child, 0)
    _instead_of_refund(life, term.month, gone)
    _take_back(life, term.month, term.debit.amount - gone)
    # Under forced recovery what is unpaid is forced at once, without another notice.
    is_forced = case.state == State.FORCED and not is_calm(life)
    term.unpaid_on, term.notice, term.forced_on = life.day, None, life.day if is_forced else None


def _take_back(life: Life, month: date, amount: int) -> None:
    """Give a debit back to the bank: from what has not left, then from the fund, to whom the creditor owes it."""
    case = life.case
    here = next((one for one in case.payables if one.by_debit and one.month == month), None)
    left = amount - (here.amount if here else 0)
    if here:
        case.payables.remove(here)
    over_paid(life, left, month)
    life.move("DEBIT_RETURN", amount, month)


def over_paid(life: Life, amount: int, month: date) -> None:
    """The creditor received what was not due: the fund covers it and asks for it, L16."""
    if amount:
        life.case.overpaid += amount
        life.move("OVERPAYMENT", amount, month)
        life.write("L16", CREDITOR, month=month)


def _return_of_removed(life: Life, event: Event) -> None:
    """The debit of a term removed by an end comes back before its refund left: it takes the refund's place."""
    month, amount = event.month, event.amount or 0
    if month is None or not 0 < amount <= _awaiting_refund(life, month):
        life.worry("Retour d’un prélèvement que ce dossier ne connaît pas.")
    else:
        _instead_of_refund(life, month, amount)


def _awaiting_refund(life: Life, month: date) -> int:
    return sum(one.amount for one in life.case.refunds if one.month == month)


def _instead_of_refund(life: Life, month: date, amount: int) -> None:
    left = amount
    for refund in life.case.refunds:
        if refund.month == month:
            part = min(left, refund.amount)
            refund.amount -= part
            left -= part
    life.case.refunds = [one for one in life.case.refunds if one.amount]
    life.move("DEBIT_RETURN", amount, month)


# ---- receipts -----------------------------------------------------------------------------------------------------


def receive(life: Life, event: Event) -> None:
    """A payment that is not the term's own debit, imputed in the order of `domain` 5.6."""
    case = life.case
    receipt = Receipt(
        received_on=life.day, amount_cents=event.amount or 0, means=event.means, is_forced=case.is_forced,
        month=event.month and month_of(event.month),
    )  # fmt: skip
    life.move("RECEIPT", receipt.amount_cents, payer=DEBTOR if event.means in OF_THE_DEBTOR else "GARNISHEE")
    found = impute(receipt, _owed(case))
    life.charge("FEE", fee_of(receipt, found))
    for one in found:
        _apply(life, one)


def _owed(case: Case) -> Owed:
    lines = [
        OwedLine(term.month, term.due_on, line.child, line.creditor_lacks, line.fund_lacks)
        for term in case.terms
        if not term.suspended
        for line in term.lines
    ]
    return Owed(tuple(lines), costs_cents=case.costs, fees_cents=case.fees, penalty_cents=case.penalty)


def _apply(life: Life, one: Allocation) -> None:
    case = life.case
    if one.month is not None:
        term = next(term for term in case.terms if term.month == one.month)
        _give(life, term, one.child_id, one.amount_cents, to_fund=one.part is Part.FUND, received_on=life.day)
    elif one.served is Served.EXCESS:
        _keep_or_refund(life, one.amount_cents)
    else:
        name = CHARGED[one.served]
        setattr(case, name, getattr(case, name) - one.amount_cents)
        life.move(one.served, one.amount_cents)


def _give(life: Life, term: Term, child: str, amount: int, *, to_fund: bool, received_on: date) -> None:
    """Give money to one child's line of a term: the fund is refunded at once, the creditor is paid on a bank day."""
    line = next(line for line in term.lines if line.child == child)
    if to_fund:
        line.asf += amount
        life.move("ASF_REFUND", amount, term.month)
        return
    line.creditor += amount
    life.case.payables.append(Payable(month=term.month, amount=amount, received_on=received_on))
    if life.case.plan and term.arrears:
        life.case.plan.paid += amount


def settle_between(life: Life, event: Event) -> None:
    """A month that one parent paid to the other, who confirmed it: settled, and no money moves through the fund (4.6).

    Only the creditor's own part: what the fund advanced is not the creditor's to receive.
    """
    left = event.amount or 0
    for term in [one for one in life.case.terms if one.month == event.month and not one.suspended]:
        left -= _settle(life, term, left)
    life.move("BETWEEN", (event.amount or 0) - left, event.month)
    if left:
        life.worry("Payé entre parents au-delà de ce qui manque au parent qui reçoit : le reste est à regarder.")


def _settle(life: Life, term: Term, amount: int) -> int:
    parts = shared(amount, [line.creditor_lacks for line in term.lines])
    for line, part in zip(term.lines, parts, strict=True):
        line.creditor += part
        line.between += part
    if life.case.plan and term.arrears:
        life.case.plan.paid += sum(parts)
    return sum(parts)


def _keep_or_refund(life: Life, amount: int) -> None:
    """What is too much waits for the next term when it is due within thirty days, else it goes back."""
    if not amount:
        return
    upcoming = next_due(life)
    if upcoming and is_excess_kept(life.day, upcoming):
        life.case.kept.append((life.day, amount))
    else:
        life.case.refunds.append(Refund(amount=amount, since=life.day))


def next_due(life: Life) -> date | None:
    """When the next term is called, None when none will be."""
    case = life.case
    if case.calls_from is None or not (case.state in LIVING or is_last_month_due(life)):
        return None
    month = month_of(life.day)
    if (case.called_to and case.called_to >= month) or life.day >= due_on(life, month):
        month = next_month(month)
    found = max(due_on(life, month), case.calls_from)
    is_called = case.end_date is None or found < case.end_date or is_due_after_the_end(case, found)
    return found if is_called else None


def give_kept(life: Life, term: Term | None) -> None:
    """Money kept for the term that falls due today is given to it; kept for a term that never came, it goes back."""
    case = life.case
    if term is not None and not term.suspended:
        kept, case.kept = case.kept, []
        for received_on, amount in kept:
            _keep_or_refund(life, amount - _fill(life, term, amount, received_on))
    elif case.kept and next_due(life) is None:
        case.refunds += [Refund(amount=amount, since=life.day - timedelta(days=1)) for _day, amount in case.kept]
        case.kept = []


def _fill(life: Life, term: Term, amount: int, received_on: date) -> int:
    """What of `amount` the term takes, shared between its children."""
    parts = shared(amount, [line.lacking for line in term.lines])
    for line, part in zip(term.lines, parts, strict=True):
        if part:
            _give(life, term, line.child, part, to_fund=False, received_on=received_on)
    return sum(parts)


# ---- money out ----------------------------------------------------------------------------------------------------


def pay_out(life: Life) -> None:
    """What fell to the creditor on an earlier day leaves, a row a month; with consent an overpayment is kept first."""
    case = life.case
    if not is_bank_day(life.day):
        return
    leaving = [one for one in case.payables if one.received_on < life.day]
    case.payables = [one for one in case.payables if one.received_on >= life.day]
    months: dict[date, int] = {}
    for one in leaving:
        months[one.month] = months.get(one.month, 0) + one.amount
    for month, amount in sorted(months.items()):
        kept = min(amount, case.overpaid) if case.offsets else 0
        case.overpaid -= kept
        life.move("OFFSET", kept, month)
        life.move("PAYOUT", amount - kept, month)


def give_back(life: Life) -> None:
    """Refunds of the debtor leave on the first bank day after they were owed."""
    if is_bank_day(life.day):
        for one in [one for one in life.case.refunds if one.since < life.day]:
            life.case.refunds.remove(one)
            life.move("REFUND", one.amount)


def repay(life: Life, event: Event) -> None:
    """The creditor gives back; never more than what is owed is taken."""
    taken = min(event.amount or 0, life.case.overpaid)
    life.case.overpaid -= taken
    life.move("REPAYMENT", taken)


def remove_after(life: Life, end: date, children: tuple[str, ...] = ()) -> None:
    """Terms called for months that were not due any more are removed: all lines, or those of `children`.

    What was passed on is an overpayment; the debtor is refunded on the next bank day.
    """
    for term in [one for one in life.case.terms if not one.arrears and one.due_on >= end]:
        gone = [line for line in term.lines if not children or line.child in children]
        if gone:
            _remove(life, term, gone)
    life.case.terms = [term for term in life.case.terms if term.lines]


def _remove(life: Life, term: Term, gone: list[Line]) -> None:
    case = life.case
    to_creditor, to_fund = sum(line.creditor - line.between for line in gone), sum(line.asf for line in gone)
    term.lines = [line for line in term.lines if line not in gone]
    here = 0
    for payable in [one for one in case.payables if one.month == term.month]:
        part = min(payable.amount, to_creditor - here)
        payable.amount -= part
        here += part
    case.payables = [one for one in case.payables if one.amount]
    over_paid(life, to_creditor - here + to_fund, term.month)
    if to_creditor + to_fund:
        case.refunds.append(Refund(amount=to_creditor + to_fund, since=life.day, month=term.month))
