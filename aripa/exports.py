"""The published exports of ARIPA, as things stood at the end of a day. Amounts in euros with two decimals.

Today's come from what the days left; those of a day gone by from the facts heard until then, lived again: the same code,
so the same figures.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from aripa.days import loading
from aripa.life.day import live_through
from aripa.life.living import Outcome, in_hand
from aripa.life.state import AsfMonth, Case, Family, Letter, Line, Movement, Order, Term
from aripa.models import Household, Notice
from aripa.models import Movement as MovementRow
from aripa.operations import last_day
from aripa.statements import Lived, creditor_rows, debtor_rows
from portal.legislation.trace import euros

FAMILIES_AT_ONCE = 2000
PLACES = {
    "DEBIT": ("DEBTOR", "HELD"), "DEBIT_RETURN": ("HELD", "DEBTOR"), "PAYOUT": ("HELD", "CREDITOR"),
    "ASF_REFUND": ("HELD", "ASF"), "COST": ("HELD", "MANAGEMENT"), "FEE": ("HELD", "MANAGEMENT"),
    "PENALTY": ("HELD", "MANAGEMENT"), "REFUND": ("HELD", "DEBTOR"), "ASF": ("ASF", "CREDITOR"),
    "ASF_TOP_UP": ("ASF", "CREDITOR"), "OVERPAYMENT": ("OVERPAYMENT", "HELD"), "OFFSET": ("HELD", "OVERPAYMENT"),
    "REPAYMENT": ("CREDITOR", "OVERPAYMENT"), "BETWEEN": ("DEBTOR", "CREDITOR"),
}  # fmt: skip
HEADERS = {
    "cases": (
        "case_no", "title_no", "origin", "state", "violence", "creditor_no", "debtor_no", "fund", "received_on",
        "discharge_date", "end_date", "end_reason", "collected", "asf_paid", "paid_to_creditor", "refunded_asf",
        "management", "refunded", "held", "overpaid", "fees_due", "penalty_due",
    ),
    "terms": (
        "case_no", "month", "child_id", "due_on", "title_no", "amount_due", "to_creditor", "to_asf", "advanced",
        "lacking", "status", "kind",
    ),
    "movements": ("movement_no", "case_no", "day", "kind", "from", "to", "amount", "month"),
    "asf": (
        "case_no", "child_id", "month", "kind", "opening_case", "net_amount", "support_due", "support_received",
        "amount", "recoverable", "surplus", "still_owed", "paid", "paid_on",
    ),
    "letters": ("letter_no", "case_no", "code", "to", "day", "month", "received_on"),
    "recovery": (
        "case_no", "order_no", "tool", "ref", "decided_on", "current_amount", "terms", "arrears", "months",
        "instalment", "last_instalment", "capacity", "state", "closed_on",
    ),
}  # fmt: skip
STATEMENT = ("day", "label", "month", "due", "paid", "balance")
Row = Sequence[object]


@dataclass
class Picture:
    """Some families as they stood, with all that moved and left by then; `received` by (case, letter number)."""

    families: list[Family]
    movements: list[Movement] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    received: dict[tuple[str, int], date] = field(default_factory=dict)

    def cases(self) -> Iterator[Case]:
        for family in self.families:
            yield from (family.cases[number] for number in sorted(family.cases))


def export_aripa(out: Path, *, on: date | None = None) -> list[Path]:
    """Write the files of section 4 into `out`; returns them. The default day is the last one lived."""
    out.mkdir(parents=True, exist_ok=True)
    paths = [out / f"{name}.csv" for name in HEADERS]
    numbers = {"movements": count(1), "letters": count(1)}
    with ExitStack() as open_files:
        writers = {}
        for name, path in zip(HEADERS, paths, strict=True):
            handle = open_files.enter_context(path.open("w", encoding="utf-8", newline=""))
            writers[name] = csv.writer(handle)
            writers[name].writerow(HEADERS[name])
        for picture in pictures(on):
            for name, rows in _rows(picture, numbers).items():
                writers[name].writerows(rows)
            paths += _statements(picture, out)
    return paths


def pictures(on: date | None) -> Iterator[Picture]:
    """Every family, some at a time, in the order of their creditors."""
    last = last_day()
    day = on or last
    if last is None or day is None:
        return
    creditors = list(Household.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(creditors), FAMILIES_AT_ONCE):
        some = creditors[start : start + FAMILIES_AT_ONCE]
        yield _today(some) if day >= last else _lived_again(some, day)


def _today(creditors: list[str]) -> Picture:
    families = list(loading.families(creditors).values())
    cases = [number for family in families for number in family.cases]
    moved = MovementRow.objects.filter(case_id__in=cases).order_by("case_id", "number")
    left = list(Notice.objects.filter(case_id__in=cases).order_by("case_id", "number"))
    return Picture(
        families,
        [Movement(case=one.case_id, number=one.number, day=one.day, kind=one.kind, amount=one.amount_cents,
                  month=one.month, payer=one.payer) for one in moved],
        [Letter(case=one.case_id, number=one.number, code=one.code, to=one.to, day=one.day, month=one.month)
         for one in left],
        {(one.case_id, one.number): one.received_on for one in left if one.received_on},
    )  # fmt: skip


def _lived_again(creditors: list[str], day: date) -> Picture:
    """What the facts heard by `day` give: the lives of these families from their first day."""
    books = loading.books(creditors, loading.prices(day))
    told = loading.events(creditors, last=None, until=day)
    lived = dict(Household.objects.filter(pk__in=creditors).values_list("pk", "lived_until"))
    picture, whole = Picture([]), Outcome()
    for creditor in creditors:
        family, until = Family(creditor=creditor), min(day, lived[creditor])
        whole.add(live_through(family, books[creditor], told.get(creditor, []), until=until))
        picture.families.append(family)
    picture.movements = sorted(whole.movements, key=lambda one: (one.case, one.number))
    picture.letters = sorted(whole.letters, key=lambda one: (one.case, one.number))
    picture.received = _received(whole)
    return picture


def _received(out: Outcome) -> dict[tuple[str, int], date]:
    """Each receipt, given to the first letter it fits that was not received yet."""
    found: dict[tuple[str, int], date] = {}
    letters = sorted(out.letters, key=lambda one: one.number)
    for receipt in out.receipts:
        for letter in letters:
            same = (letter.case, letter.code) == (receipt.case, receipt.code) and receipt.to in ("", letter.to)
            if same and receipt.month in (None, letter.month) and (letter.case, letter.number) not in found:
                found[letter.case, letter.number] = receipt.received_on
                break
    return found


def _rows(picture: Picture, numbers: dict[str, Any]) -> dict[str, Iterable[Row]]:
    cases = list(picture.cases())
    return {
        "cases": [case_row(one) for one in cases if one.state or one.without_title or one.totals],
        "terms": [_term(one, term, line) for one in cases for term in _ordered(one) for line in term.lines],
        "movements": [_movement(one, next(numbers["movements"])) for one in picture.movements],
        "asf": [_asf(one, row) for one in cases for row in one.asf],
        "letters": [_letter(one, next(numbers["letters"]), picture.received) for one in picture.letters],
        "recovery": [_order(one, order) for one in cases for order in one.orders],
    }


def _ordered(case: Case) -> list[Term]:
    return sorted(case.terms, key=lambda term: (term.month, term.arrears))


def case_row(case: Case) -> Row:
    moved: Callable[[str], int] = lambda kind: case.totals.get(kind, 0)  # noqa: E731
    collected = moved("DEBIT") + moved("RECEIPT") - moved("DEBIT_RETURN")
    asf = moved("ASF") + moved("ASF_TOP_UP")
    amounts = (
        collected, asf, moved("PAYOUT") + asf - moved("REPAYMENT"), moved("ASF_REFUND"),
        moved("COST") + moved("FEE") + moved("PENALTY"), moved("REFUND"), in_hand(case), case.overpaid,
        case.costs + case.fees, case.penalty,
    )  # fmt: skip
    return (
        case.number, case.title, case.origin, case.shown_state, _flag(case.violence), case.creditor, case.debtor,
        case.fund, _day(case.received_on), _day(case.discharge_date), _day(case.end_date), case.end_reason,
        *(euros(one) for one in amounts),
    )  # fmt: skip


def _term(case: Case, term: Term, line: Line) -> Row:
    amounts = (line.due, line.creditor, line.asf, line.advanced, line.lacking)
    return (
        case.number, _month(term.month), line.child, _day(term.due_on), term.title, *(euros(one) for one in amounts),
        term.status, "ARREARS" if term.arrears else "CURRENT",
    )  # fmt: skip


def _movement(one: Movement, number: int) -> Row:
    source, target = (one.payer, "HELD") if one.kind == "RECEIPT" else PLACES[one.kind]
    return (number, one.case, _day(one.day), one.kind, source, target, euros(one.amount), _month(one.month))


def _asf(case: Case, one: AsfMonth) -> Row:
    amounts = (one.net, one.due, one.received, one.amount, one.recoverable, one.surplus, one.still_owed, one.counted)
    return (
        case.number, one.child, _month(one.month), one.kind, one.code, *(euros(cents) for cents in amounts),
        _day(one.paid_on),
    )  # fmt: skip


def _letter(one: Letter, number: int, received: dict[tuple[str, int], date]) -> Row:
    return (
        number, one.case, one.code, one.to, _day(one.day), _month(one.month), _day(received.get((one.case, one.number))),
    )  # fmt: skip


def _order(case: Case, order: Order) -> Row:
    parts = order.instalments
    paused = case.complaint and order.state in ("SENT", "ACCEPTED")
    return (
        case.number, order.number, order.tool, order.ref, _day(order.decided_on), euros(order.current), order.terms,
        euros(order.arrears), len(parts), euros(parts[0]) if parts else "", euros(parts[-1]) if parts else "",
        "" if order.capacity is None else euros(order.capacity), "PAUSED" if paused else order.state,
        _day(order.closed_on),
    )  # fmt: skip


def _statements(picture: Picture, out: Path) -> list[Path]:
    moved: dict[str, list[Movement]] = {}
    for one in picture.movements:
        moved.setdefault(one.case, []).append(one)
    written = []
    for case in picture.cases():
        lived = Lived(case, moved.get(case.number, []))
        for party, rows in (("CREDITOR", creditor_rows(lived)), ("DEBTOR", debtor_rows(lived))):
            if case.state is not None:
                written.append(_statement(out / "statements" / party / f"{_file_name(case.number)}.csv", rows))
    return written


def _statement(path: Path, rows: Iterable[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(STATEMENT)
        for one in rows:
            amounts = (one.due, one.paid, one.balance)
            writer.writerow([_day(one.day), one.label, _month(one.month), *(euros(cents) for cents in amounts)])
    return path


def _file_name(number: str) -> str:
    """Case numbers are opaque: whatever a path would read in one is replaced."""
    return "".join(one if one.isalnum() or one in "-_." else "_" for one in number).lstrip(".") or "_"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _month(month: date | None) -> str:
    return f"{month:%Y-%m}" if month else ""


def _flag(value: bool) -> str:  # noqa: FBT001
    return "1" if value else "0"
