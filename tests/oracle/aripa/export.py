"""Section 4: cases, terms, movements, ASF, letters, recovery, as rows of text."""

from collections import Counter
from datetime import date

from tests.oracle.aripa.calendar import name_of
from tests.oracle.aripa.case import Case
from tests.oracle.aripa.flow import Title, euros
from tests.oracle.aripa.life import World


def text(value) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def state_of(world: World, case: Case) -> str:
    if case.ended:
        return "ENDED"
    if not case.discharge:
        return case.state
    if case.consent_pending or (case.end_reason == "CONSENT" and case.end_date and case.asked_by):
        return "ENDING_CONSENT_PENDING"
    if world.is_suspended(case):
        return "SUSPENDED"
    return "LIVE_UNDER_FORCED_RECOVERY" if case.forced else "LIVE"


def last_title(world: World, case: Case) -> Title:
    """The title of the day; one that ends intermediation from its day on, or since it ended the case."""
    if case.is_link:
        return case.titles[0]
    title, newest = world.title_on(case, world.day), case.titles[-1]
    stops = newest.has("cancels_support") or world.ends_intermediation(case, newest)
    return newest if stops and (newest.effective <= world.day or case.end_reason == "NEW_TITLE") else title


def cases(world: World):
    for case in sorted(world.cases.values(), key=lambda c: c.number):
        if not case.state and not case.is_link:
            continue
        moved = Counter()
        for number, _day, kind, _source, _target, amount, _month in world.movements:
            moved[kind] += amount if number == case.number else 0
        collected = moved["DEBIT"] + moved["RECEIPT"] - moved["DEBIT_RETURN"]
        asf = moved["ASF"] + moved["ASF_TOP_UP"]
        paid = moved["PAYOUT"] + asf - moved["REPAYMENT"]
        management = moved["COST"] + moved["FEE"] + moved["PENALTY"]
        refunded_asf, refunded = moved["ASF_REFUND"], moved["REFUND"]
        held = collected + asf + case.overpaid - paid - refunded_asf - management - refunded
        assert held == case.pot + sum(w.amount for w in case.payouts + case.refunds), case.number
        money = (
            collected,
            asf,
            paid,
            refunded_asf,
            management,
            refunded,
            held,
            case.overpaid,
            case.costs + case.fees,
            case.penalty,
        )
        title = last_title(world, case).title_no
        yield dict(zip(CASES, [
            case.number, title, case.origin, state_of(world, case), "01"[case.violence], case.creditor, case.debtor,
            case.fund, text(case.received_on), text(case.discharge), text(case.end_date), case.end_reason, *map(euros, money),
        ], strict=True))  # fmt: skip


CASES = [
    "case_no",
    "title_no",
    "origin",
    "state",
    "violence",
    "creditor_no",
    "debtor_no",
    "fund",
    "received_on",
    "discharge_date",
    "end_date",
    "end_reason",
    "collected",
    "asf_paid",
    "paid_to_creditor",
    "refunded_asf",
    "management",
    "refunded",
    "held",
    "overpaid",
    "fees_due",
    "penalty_due",
]
TERMS = [
    "case_no",
    "month",
    "child_id",
    "due_on",
    "title_no",
    "amount_due",
    "to_creditor",
    "to_asf",
    "advanced",
    "lacking",
    "status",
    "kind",
]
ASF = [
    "case_no",
    "child_id",
    "month",
    "kind",
    "opening_case",
    "net_amount",
    "support_due",
    "support_received",
    "amount",
    "recoverable",
    "surplus",
    "still_owed",
    "paid",
    "paid_on",
]


def terms(world: World):
    for case in world.cases.values():
        for term in case.terms:
            for line in term.lines:
                money = (line.due, line.creditor, line.asf, line.advanced, line.lacking)
                yield dict(zip(TERMS, [
                    case.number, name_of(term.month), line.child, text(term.due_on), term.title_no, *map(euros, money),
                    term.status, term.kind,
                ], strict=True))  # fmt: skip


def asf(world: World):
    for case in world.cases.values():
        for row in case.asf:
            owed = max(0, row.due - row.received - row.recoverable)
            money = (
                row.net,
                row.due,
                row.received,
                row.amount,
                row.recoverable,
                max(0, row.paid - row.recoverable),
                owed,
                row.paid,
            )
            yield dict(zip(ASF, [
                case.number, row.child, name_of(row.month), row.kind, row.opening, *map(euros, money), text(row.paid_on),
            ], strict=True))  # fmt: skip


def movements(world: World):
    for number, day, kind, source, target, amount, month in world.movements:
        yield {"case_no": number, "day": text(day), "kind": kind, "from": source, "to": target, "amount": euros(amount),
               "month": name_of(month) if month is not None else ""}  # fmt: skip


def letters(world: World):
    for case in world.cases.values():
        for letter in case.letters:
            yield {"case_no": case.number, "code": letter.code, "to": letter.to, "day": text(letter.day),
                   "month": name_of(letter.month) if letter.month is not None else "",
                   "received_on": text(letter.received_on)}  # fmt: skip


def recovery(world: World):
    for case in world.cases.values():
        for order in case.orders:
            yield {
                "case_no": case.number, "order_no": str(order.number), "tool": order.tool, "ref": order.ref,
                "decided_on": text(order.decided_on), "current_amount": euros(order.current), "terms": str(order.terms),
                "arrears": euros(order.arrears), "months": str(order.months),
                "instalment": "" if order.instalment is None else euros(order.instalment),
                "last_instalment": "" if order.last is None else euros(order.last),
                "capacity": "" if order.capacity is None else euros(order.capacity),
                "state": "PAUSED" if case.complaint and order.state in ("SENT", "ACCEPTED") else order.state,
                "closed_on": text(order.closed_on),
            }  # fmt: skip


EXPORTS = {"cases": cases, "terms": terms, "movements": movements, "asf": asf, "letters": letters, "recovery": recovery}
