"""From a term that lacks to forced recovery, and back: R. 582-8, CPCE R. 213-11 and R. 213-12, `domain` 4.4 to 6.3."""

from datetime import date

from aripa.life.facts import Event
from aripa.life.living import CREDITOR, DEBTOR, Life
from aripa.life.opening import is_calm
from aripa.life.state import LIVING, Line, Notice, Order, Plan, State, Term
from aripa.life.terms import month_of, monthly_support
from aripa.rules.amounts import UnpaidTerm, direct_payment_row, ordered_terms
from aripa.rules.calendar import (
    arrears_answer_by,
    day_it_is_unpaid,
    is_within_lookback,
    plan_instalment_by,
    settle_by,
)
from aripa.rules.figures import first_day_of, number_on
from aripa.rules.plan import is_plan_admissible
from portal.legislation.calendar import is_business_day

RELEASE_TERMS = 6
DELAYS = {"L08": settle_by, "L09": arrears_answer_by}


# ---- unpaid terms -------------------------------------------------------------------------------------------------


def find_unpaid(life: Life) -> None:
    """A term that could not be debited, or is paid otherwise, is unpaid five days after its due day."""
    for term in life.case.terms:
        waits = term.unpaid_on is None and term.lacking and not term.suspended and not term.arrears
        if waits and life.day >= day_it_is_unpaid(term.due_on):
            term.unpaid_on = life.day


def notify_unpaid(life: Life) -> None:
    """L08 on the first working day after the term became unpaid; under forced recovery, forced at once instead."""
    case = life.case
    if case.state not in LIVING or is_calm(life):
        return
    for term in case.terms:
        if (
            term.unpaid_on is None
            or not term.lacking
            or term.notice
            or term.forced_on
            or term.suspended
            or term.arrears
        ):
            continue
        if case.state == State.FORCED:
            term.forced_on = life.day
        elif life.day > term.unpaid_on and is_business_day(life.day):
            term.notice = Notice(code="L08", sent_on=life.day)
            life.write("L08", DEBTOR, month=term.month)


def note_receipt(life: Life, event: Event, received_on: date) -> bool:
    """L08 and L09: the debtor's days run from the receipt. Without a month, the oldest such letter not yet received.

    False when no such letter waits. One letter L09, or one L08 after a broken plan, is for all the arrears it names.
    """
    waiting = [(term, term.notice) for term in life.case.terms if term.notice and term.notice.code == event.letter]
    waiting = [one for one in waiting if one[1].received_on is None]
    named = [one for one in waiting if event.letter == "L09" or event.month in (None, one[0].month)]
    if not named:
        return False
    first, letter = min(named, key=lambda one: (one[1].sent_on, one[0].due_on, one[0].month))
    for term, notice in waiting:
        if term is first or (term.arrears and first.arrears and notice.sent_on == letter.sent_on):
            notice.received_on, notice.deadline = received_on, DELAYS[event.letter](received_on)
    return True


def force_late(life: Life) -> None:
    """The day after the delay of a notice: what is not settled is forced, and so is the case."""
    case = life.case
    if is_calm(life) or case.state == State.SUSPENDED:
        return
    for term in case.terms:
        passed = term.notice and term.notice.deadline and life.day > term.notice.deadline
        if passed and term.lacking and not term.forced_on and not (term.arrears and case.plan):
            term.forced_on = life.day
            case.forced_since = case.forced_since or life.day
            if case.state == State.LIVE:
                life.become(State.FORCED)


# ---- arrears of before --------------------------------------------------------------------------------------------


def ask_arrears(life: Life, event: Event) -> None:
    """A past term asked for by the creditor: within the window, due on the first of its month, L09 once a day."""
    case, month = life.case, event.month
    if month is None or not event.amount or case.calls_from is None or not _is_within(life, month):
        life.worry("Demande d’arriéré hors de la période qui peut être réclamée.")
        return
    term = next((one for one in case.terms if one.arrears and one.month == month), None)
    if term is None:
        term = Term(month=month, due_on=month, title=case.title, arrears=True, lines=[])
        case.terms.append(term)
        case.terms.sort(key=lambda one: (one.due_on, one.month))
    if event.child in [line.child for line in term.lines]:
        return
    term.lines.append(Line(child=event.child, due=event.amount))
    term.lines.sort(key=lambda line: line.child)
    if not any(one.notice and (one.notice.code, one.notice.sent_on) == ("L09", life.day) for one in case.terms):
        life.write("L09", DEBTOR)
    term.unpaid_on, term.notice = life.day, Notice(code="L09", sent_on=life.day)


def _is_within(life: Life, month: date) -> bool:
    case = life.case
    window = number_on("arrears_lookback_months", life.day)
    current = [term.month for term in case.terms if not term.arrears]
    before_calls = case.discharge_date is not None and month < month_of(case.discharge_date)
    return before_calls and month not in current and is_within_lookback(month, life.day, window)


def accept_plan(life: Life, event: Event) -> None:
    """A plan for what L09 asks, if it is large and short enough (R. 582-8 II): L10 to the debtor, copy to the creditor."""
    case = life.case
    arrears = [term for term in case.terms if term.arrears and term.lacking]
    total = sum(term.lacking for term in arrears)
    offered = {"total_cents": total, "monthly_cents": event.amount or 0, "unpaid_terms": len(arrears)}
    support = monthly_support(life)
    on = max(life.day, first_day_of("arrears_plan_min_share_of_pension", "direct_payment_spread_short_months_caf"))
    if not arrears or not is_plan_admissible(monthly_support_cents=support, on=on, **offered):
        life.worry("Plan refusé : échéances trop faibles ou trop nombreuses.")
        return
    case.plan = Plan(since=life.day, monthly=event.amount or 0)
    life.write("L10", DEBTOR, CREDITOR)


def follow_plan(life: Life) -> None:
    """An instalment missed ends the plan: a notice like L08, then forced recovery."""
    case, plan = life.case, life.case.plan
    if plan is None or is_calm(life):
        return
    owed = [term for term in case.terms if term.arrears and term.lacking]
    if not owed:
        case.plan = None
        return
    expected = plan.monthly * instalments_due(plan, life.day)
    if plan.paid < expected:
        case.plan = None
        for term in owed:
            term.notice = Notice(code="L08", sent_on=life.day)
        life.write("L08", DEBTOR, month=owed[0].month)


def instalments_due(plan: Plan, day: date) -> int:
    """How many instalments had to be paid before `day`."""
    fallen = 0
    while plan_instalment_by(plan.since, fallen) < day:
        fallen += 1
    return fallen


# ---- decisions ----------------------------------------------------------------------------------------------------


def decide(life: Life, event: Event) -> None:
    """A person decides a tool of recovery; the figures of the order are those of the day."""
    case = life.case
    if not case.is_forced or is_calm(life):
        life.worry("Décision de recouvrement sans recouvrement forcé, ou pendant une réclamation.")
        return
    order = _order(life, event)
    case.orders.append(order)
    if order.tool == "DIRECT_PAYMENT":
        life.write("L11", "GARNISHEE", DEBTOR)
    elif order.tool == "PUBLIC_RECOVERY":
        life.write("L19", DEBTOR, CREDITOR)


def _order(life: Life, event: Event) -> Order:
    """The figures of the order: the terms lacking within the window, spread as CPCE R. 213-11 wants."""
    owed = [UnpaidTerm(term.month, term.lacking) for term in life.case.terms if not term.suspended]
    # Once intermediation has ended nothing is called any more: the order is for what is left of before.
    support = 0 if life.case.state == State.ENDED else monthly_support(life)
    past = ordered_terms(owed, life.day, early=True)
    figures = direct_payment_row(support, past, life.day, debtor_income_cents=event.amount, early=True)
    return Order(
        number=len(life.case.orders) + 1, tool=event.reason, ref=event.ref, decided_on=life.day, current=support,
        terms=len(past), arrears=sum(one.amount_cents for one in past), instalments=figures["instalments"],
        capacity=None if event.amount is None else figures["capacity_cents"],
    )  # fmt: skip


def hear_garnishee(life: Life, event: Event) -> None:
    """The garnishee holds money, holds none, or holds none any more."""
    open_orders = [one for one in life.case.orders if one.ref == event.ref and one.state in ("SENT", "ACCEPTED")]
    if not open_orders:
        life.worry("Réponse d’un tiers à qui rien n’a été demandé.")
        return
    order = open_orders[-1]
    order.state = {"ACCEPTED": "ACCEPTED", "NOT_HELD": "REFUSED", "ENDED": "CLOSED"}[event.reason]
    order.closed_on = None if order.state == "ACCEPTED" else life.day


def release(life: Life) -> None:
    """R. 582-8 I, 4: the last six terms, all due since forced recovery began, lack nothing, and nothing else is owed."""
    case = life.case
    if case.state != State.FORCED or case.forced_since is None:
        return
    fallen = [term for term in case.terms if not term.suspended and term.due_on <= life.day]
    last = [term for term in fallen if term.due_on >= case.forced_since][-RELEASE_TERMS:]
    if len(last) < RELEASE_TERMS or any(term.lacking for term in fallen):
        life.worry("Mainlevée demandée avant six termes payés, ou avec un reste dû.")
        return
    open_orders = [one for one in case.orders if one.state in ("SENT", "ACCEPTED")]
    for order in open_orders:
        order.state, order.closed_on = "CLOSED", life.day
    if any(order.ref for order in open_orders):
        life.write("L12", "GARNISHEE")
    life.write("L12", DEBTOR)
    life.become(State.LIVE)
    case.forced_since = None


def complain(life: Life, *, closed: bool) -> None:
    """Between a complaint and its close no step of forced recovery is taken; delays take effect the day after."""
    life.case.complaint = not closed
    if closed:
        life.case.calm_until = life.day
