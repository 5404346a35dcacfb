"""A simulated population lived ten years: proven every month, and a day at a time gives what months at a time gave."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from aripa.days import loading
from aripa.exports import case_row, export_aripa
from aripa.life.day import live_day
from aripa.life.living import Outcome
from aripa.life.state import Case, Family
from aripa.models import Household, Movement
from aripa.operations import run_days
from aripa.population import generate
from portal.exchange.operations import import_files
from portal.ledger.proof import check_ledger

FIRST, LAST = date(2019, 1, 1), date(2028, 12, 31)
CASES, SEED = 40, 7
pytestmark = pytest.mark.django_db


def month_ends() -> Iterator[date]:
    for number in range(FIRST.year * 12, LAST.year * 12 + 12):
        yield date((number + 1) // 12, (number + 1) % 12 + 1, 1) - timedelta(days=1)


def check_case(case: Case) -> None:
    """The identity of `cases.csv`, and nobody given more than was collected plus the ASF that is due."""
    collected, asf, to_creditor, to_asf, management, refunded, held, overpaid = map(Decimal, case_row(case)[12:20])  # type: ignore[arg-type]

    assert collected + asf + overpaid == to_creditor + to_asf + management + refunded + held, case.number
    assert held >= 0, case.number
    assert to_creditor - overpaid <= collected + asf, case.number
    assert to_creditor - asf + to_asf + management <= collected + overpaid, case.number
    assert asf == Decimal(sum(one.counted for one in case.asf if one.paid_on)) / 100
    for term in case.terms:
        assert all(0 <= one.asf <= one.advanced and one.creditor >= 0 and one.lacking >= 0 for one in term.lines)


@pytest.fixture
def lived(tmp_path: Path) -> Path:
    summary = generate(CASES, SEED, tmp_path / "flow", first=FIRST, last=LAST)
    import_files(list(summary.files))
    for day in month_ends():
        run_days(until=day)
        assert check_ledger() == [], day
        for family in loading.families(list(Household.objects.values_list("pk", flat=True))).values():
            for case in family.cases.values():
                check_case(case)
    return tmp_path


def test_ten_years_are_proven_every_month_and_a_day_at_a_time_gives_the_same(lived: Path) -> None:
    kinds = Counter(Movement.objects.values_list("kind", flat=True))
    # The population is rich enough for what is proven to mean something.
    assert min(kinds[one] for one in ("DEBIT", "DEBIT_RETURN", "RECEIPT", "PAYOUT", "ASF", "ASF_REFUND", "REFUND")) > 0

    moved = Movement.objects.values_list("case_id", "number", "day", "kind", "amount_cents", "month")
    assert sorted(day_by_day()) == sorted(moved)
    check_totals(lived)


def day_by_day() -> list[tuple[object, ...]]:
    creditors = list(Household.objects.values_list("pk", flat=True))
    books = loading.books(creditors, loading.prices(LAST))
    told = loading.events(creditors, last=None, until=LAST)
    out = Outcome()
    for creditor in creditors:
        live_every_day(creditor, books[creditor], told.get(creditor, []), out)
    return [(one.case, one.number, one.day, one.kind, one.amount, one.month) for one in out.movements]


def live_every_day(creditor: str, book: loading.Book, events: list, out: Outcome) -> None:
    by_day: dict[date, list] = {}
    for one in events:
        by_day.setdefault(one.day, []).append(one)
    family, day = Family(creditor=creditor), min([*book.fact_days(), *by_day])
    while day <= LAST:
        live_day(family, book, by_day.get(day, []), day, out)
        day += timedelta(days=1)


def check_totals(folder: Path) -> None:
    """The files agree with one another: movements with cases, terms with movements."""
    export_aripa(folder / "out")
    rows = {
        name: list(csv.DictReader((folder / "out" / f"{name}.csv").open()))
        for name in ("cases", "movements", "terms", "asf")
    }
    moved: Counter[tuple[str, str]] = Counter()
    for one in rows["movements"]:
        moved[one["case_no"], one["kind"]] += int(Decimal(one["amount"]) * 100)
    for case in rows["cases"]:
        number = case["case_no"]
        into = moved[number, "DEBIT"] + moved[number, "RECEIPT"] - moved[number, "DEBIT_RETURN"]
        assert Decimal(case["collected"]) == Decimal(into) / 100
        assert Decimal(case["asf_paid"]) == sum(
            Decimal(one["paid"]) for one in rows["asf"] if one["case_no"] == number and one["paid_on"]
        )
    for one in rows["terms"]:
        assert Decimal(one["lacking"]) == Decimal(one["amount_due"]) - Decimal(one["to_creditor"]) - Decimal(
            one["to_asf"]
        )
