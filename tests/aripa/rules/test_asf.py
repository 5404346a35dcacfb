"""The ASF of a month: the worked examples, the table of what is paid, recovered and owed, and each bound on both sides."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aripa.rules.asf import CASES, STEPS, AsfChild, asf_columns, asf_of_month, rows_of_month

APRIL_2026, NOVEMBER_2022, JUNE_2019 = date(2026, 4, 1), date(2022, 11, 1), date(2019, 6, 1)
A = 20_078
# From, BMAF aside: gross and net, one parent missing; gross and net, both missing.
TABLE = (
    ("2018-04", 11_587, 11_530, 15_447, 15_370), ("2019-04", 11_622, 11_564, 15_493, 15_416),
    ("2020-04", 11_657, 11_599, 15_540, 15_463), ("2021-04", 11_669, 11_611, 15_555, 15_478),
    ("2022-04", 11_879, 11_820, 15_835, 15_756), ("2022-07", 12_354, 12_293, 16_469, 16_387),
    ("2022-11", 18_533, 18_441, 24_703, 24_580), ("2023-04", 18_818, 18_724, 25_084, 24_959),
    ("2024-04", 19_684, 19_586, 26_237, 26_106), ("2025-04", 20_018, 19_918, 26_683, 26_550),
    ("2026-04", 20_178, 20_078, 26_896, 26_762),
)  # fmt: skip
MONTHS = [date(2018 + number // 12, number % 12 + 1, 1) for number in range(3, 12 * 9)]


def one(child: AsfChild, day: date = APRIL_2026, **family: Any) -> Any:
    (line,) = asf_of_month([child], day, **family)
    return line


def amounts(line: Any) -> tuple[int, int, int, int]:
    """Paid, recoverable, kept by the creditor, still owed to the creditor."""
    return line.paid_cents, line.recoverable_cents, line.surplus_cents, line.still_owed_cents


@pytest.mark.parametrize("month", MONTHS)
def test_every_month_since_april_2018_has_the_amounts_of_the_table(month: date) -> None:
    row = [line for line in TABLE if line[0] <= f"{month:%Y-%m}"][-1]
    last_day = date(month.year, month.month, 28)
    rows = rows_of_month([AsfChild("A1"), AsfChild("A2")], last_day, is_lone=True, is_mayotte=False)

    assert [rows[0][name] for name in ("gross_cents", "net_cents")] == list(row[1:3])
    assert [rows[1][name] for name in ("gross_cents", "net_cents")] == list(row[3:5])


@pytest.mark.parametrize(
    ("case", "day", "child", "expected"),
    [
        ("1 orphan of one parent, 2019", JUNE_2019, AsfChild("A1"), (11_564, 0, 11_564, 0)),
        ("2 orphan of both, 2019", JUNE_2019, AsfChild("A2"), (15_416, 0, 15_416, 0)),
        ("3 November 2022", NOVEMBER_2022, AsfChild("A1"), (18_441, 0, 18_441, 0)),
        ("13 top-up of a support of 120.00", APRIL_2026, AsfChild("D", 12_000, 12_000), (8_078, 0, 8_078, 0)),
        ("13 in case D what was received need not be told", APRIL_2026, AsfChild("D", 12_000), (8_078, 0, 8_078, 0)),
        ("14 top-up of 10.78: under the minimum", APRIL_2026, AsfChild("D", 19_000, 19_000), (0, 0, 0, 0)),
        ("18 total default, support above the ASF", APRIL_2026, AsfChild("C1", 25_000), (A, A, 0, 4_922)),
        ("19 total default, support below the ASF", APRIL_2026, AsfChild("C1", 15_000), (A, 15_000, 5_078, 0)),
        ("20 partial default", APRIL_2026, AsfChild("C1", 25_000, 12_000), (8_078, 8_078, 0, 4_922)),
        ("partial default, support below", APRIL_2026, AsfChild("C1", 15_000, 12_000), (8_078, 3_000, 5_078, 0)),
        ("partial default, ASF reached", APRIL_2026, AsfChild("C1", 30_000, A), (0, 0, 0, 30_000 - A)),
        ("no default, support below: a top-up", APRIL_2026, AsfChild("C1", 12_000, 12_000), (8_078, 0, 8_078, 0)),
        ("no default, support above", APRIL_2026, AsfChild("C1", 25_000, 25_000), (0, 0, 0, 0)),
        ("default of one cent", APRIL_2026, AsfChild("C1", 12_000, 11_999), (8_079, 1, 8_078, 0)),
        ("unable to pay: the title stays", APRIL_2026, AsfChild("C1", 25_000, 0, debtor_unable=True), (A, 0, A, 25_000)),
        ("C2 is always unable", APRIL_2026, AsfChild("C2", 25_000), (A, 0, A, 25_000)),
        ("no title: support is not a fact", APRIL_2026, AsfChild("C3", 25_000), (A, 0, A, 0)),
        ("filiation of one parent: likewise", APRIL_2026, AsfChild("B1", 25_000, 25_000), (A, 0, A, 0)),
        ("a top-up does not know unable debtors", APRIL_2026, AsfChild("D", 12_000, debtor_unable=True), (8_078, 0, 8_078, 0)),
    ],
)  # fmt: skip
def test_what_is_paid_recovered_and_owed(case: str, day: date, child: AsfChild, expected: tuple[int, ...]) -> None:
    assert amounts(one(child, day)) == expected, case


def test_17_each_child_has_its_own_difference() -> None:
    lines = asf_of_month([AsfChild("D", 15_000), AsfChild("D", 25_000)], APRIL_2026)

    assert [line.paid_cents for line in lines] == [5_078, 0]
    assert lines[1].refusal == "aripa.support_reaches_asf"


@pytest.mark.parametrize(
    ("support", "total"),
    [(A - 1_499, 0), (A - 1_500, 1_500), (A - 1_501, 1_501)],
)
def test_the_minimum_of_fifteen_euros_is_strict(support: int, total: int) -> None:
    assert one(AsfChild("D", support)).paid_cents == total


def test_the_minimum_is_tested_on_the_total_of_the_family() -> None:
    small = AsfChild("D", A - 750)

    assert [line.paid_cents for line in asf_of_month([small, small], APRIL_2026)] == [750, 750]
    assert [line.paid_cents for line in asf_of_month([small, AsfChild("D", A - 749)], APRIL_2026)] == [0, 0]


def test_what_is_not_paid_is_not_recoverable() -> None:
    """R = 190.00 of 250.00: 10.78 of ASF is not paid, so the debtor owes the whole 60.00 to the creditor."""
    line = one(AsfChild("C1", 25_000, 19_000))

    assert line.amount_cents == 1_078
    assert amounts(line) == (0, 0, 0, 6_000)


def test_there_was_no_minimum_before_july_2018() -> None:
    """Net ASF 115.30 in both months, 14.99 short of it."""
    child = AsfChild("D", 11_530 - 1_499)

    assert one(child, date(2018, 6, 30)).paid_cents == 1_499
    assert one(child, date(2018, 7, 1)).paid_cents == 0


@pytest.mark.parametrize(
    ("case", "birth", "day", "paid"),
    [
        ("the month before the twentieth birthday", "2006-05-01", "2026-04-30", A),
        ("the month of the birthday, even before it", "2006-04-30", "2026-04-01", 0),
        ("23 aged twenty", "2006-03-31", "2026-04-30", 0),
        ("born this month", "2026-04-30", "2026-04-01", A),
    ],
)
def test_the_child_is_under_twenty(case: str, birth: str, day: str, paid: int) -> None:
    line = one(AsfChild("A1", birth_date=date.fromisoformat(birth)), date.fromisoformat(day))

    assert line.paid_cents == paid, case
    assert line.refusal == (None if paid else "aripa.child_too_old")


def test_a_couple_and_mayotte_have_no_asf_but_the_debt_stays() -> None:
    child = AsfChild("C1", 25_000)

    assert amounts(one(child, is_lone=False)) == (0, 0, 0, 25_000)
    assert one(child, is_lone=False).refusal == "aripa.not_lone"
    assert one(child, is_mayotte=True).refusal == "aripa.mayotte"
    assert one(AsfChild("A2"), is_lone=False).paid_cents == 26_762, "who takes in an orphan of both need not be alone"
    assert one(AsfChild("A1"), is_lone=False).paid_cents == 0


def test_the_four_kinds() -> None:
    children = [
        AsfChild("C1", 25_000), AsfChild("C1", 25_000, 12_000), AsfChild("D", 12_000), AsfChild("A1"), AsfChild("D", A)
    ]  # fmt: skip
    kinds = [line.kind for line in asf_of_month(children, APRIL_2026)]

    assert kinds == ["ADVANCE", "PARTIAL_ADVANCE", "TOP_UP", "NON_RECOVERABLE", None]


children = st.builds(
    AsfChild,
    kind_of_case=st.sampled_from(CASES),
    support_due_cents=st.integers(0, 60_000),
    support_received_cents=st.integers(0, 60_000),
    debtor_unable=st.booleans(),
    birth_date=st.none() | st.dates(date(2000, 1, 1), date(2018, 1, 1)),
)
families = st.lists(children, min_size=1, max_size=4)


@settings(deadline=None)
@given(families, st.sampled_from(MONTHS), st.booleans())
def test_nothing_is_negative_and_every_cent_has_one_owner(family: list[AsfChild], month: date, is_lone: bool) -> None:
    for child, line in zip(family, asf_of_month(family, month, is_lone=is_lone), strict=True):
        assert min(amounts(line)) >= 0
        assert line.paid_cents == line.recoverable_cents + line.surplus_cents
        assert line.paid_cents in (0, line.amount_cents)
        if child.kind_of_case == "C1":
            lacking = max(0, child.support_due_cents - child.support_received_cents)
            assert line.recoverable_cents + line.still_owed_cents == lacking


@settings(deadline=None)
@given(st.lists(st.tuples(families, st.booleans(), st.booleans()), min_size=1, max_size=5), st.sampled_from(MONTHS))
def test_columns_give_the_cents_of_one_family_at_a_time(drawn: list, month: date) -> None:
    rows, expected = [], []
    for number, (family, is_lone, is_mayotte) in enumerate(drawn):
        alone = rows_of_month(family, month, is_lone=is_lone, is_mayotte=is_mayotte)
        rows += [{name: row[name] for name in FACTS} | {"family": number} for row in alone]
        expected += [{name: row[name] for name in STEPS} for row in alone]

    found = asf_columns(pl.DataFrame(rows), month)

    assert found.select(STEPS.keys()).to_dicts() == expected


FACTS = (
    "kind_of_case", "is_lone", "is_mayotte", "age_months", "debtor_unable", "support_due_cents", "support_received_cents",
)  # fmt: skip
