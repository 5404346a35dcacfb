"""Indexation, the two scales, seizable pay and direct payment: worked examples, exact cents, each bound on both sides."""

from datetime import date
from fractions import Fraction
from math import floor

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aripa.rules.amounts import (
    DIRECT_PAYMENT_FACTS,
    DIRECT_PAYMENT_STEPS,
    INDEXATION_STEPS,
    SCALE_FACTS,
    SEIZABLE_FACTS,
    SEIZABLE_STEPS,
    UnpaidTerm,
    direct_payment_row,
    indexation_row,
    indexed_cents,
    ordered_terms,
    scale_row,
    seizable_row,
)
from aripa.rules.calendar import month_shifted
from aripa.rules.figures import DIRECT_PAYMENT, SEIZABLE, aripa_parameters
from aripa.rules.indexation import FACTS as INDEXATION_FACTS
from aripa.rules.indexation import ROUNDINGS
from aripa.rules.scales import RESIDENCES, TABLES
from aripa.rules.scales import STEPS as SCALE_STEPS
from portal.legislation.engine import compute
from portal.legislation.figures import figures_on
from portal.legislation.parameters import NoParameterInForce

ON = date(2026, 10, 1)
RSA = 65_169


def index(text: str) -> int:
    return int(Fraction(text) * 1_000_000)


@pytest.mark.parametrize(
    ("case", "initial", "base", "new", "rounding", "expected"),
    [
        ("8 the public example", 30_000, "87.07", "100.03", "CENT", 34_465),
        ("9 over 2023", 25_000, "113.23", "116.69", "CENT", 25_764),
        ("11 from the first amount, not chained", 10_001, "113.23", "116.69", "CENT", 10_307),
        ("12 the cash share alone", 20_000, "113.23", "116.69", "CENT", 20_611),
        ("prices fall", 10_000, "116.94", "116.58", "CENT", 9_969),
        ("nothing moves", 17_230, "100.03", "100.03", "EURO_UP", 17_300),
        ("an exact half cent goes up", 1, "2", "3", "CENT", 2),
        ("just under half a cent", 1, "2", "2.999999", "CENT", 1),
        ("nearest euro, exact half", 10_050, "100", "100", "EURO_NEAREST", 10_100),
        ("nearest euro, 0.49", 10_049, "100", "100", "EURO_NEAREST", 10_000),
        ("nearest euro is not rounded twice: 100.4999", 10_000, "100", "100.4999", "EURO_NEAREST", 10_000),
        ("euro above", 10_001, "100", "100", "EURO_UP", 10_100),
        ("euro above, less than a cent too much", 10_000, "100", "100.000001", "EURO_UP", 10_100),
        ("euro below", 10_099, "100", "100", "EURO_DOWN", 10_000),
        ("euro below of a whole euro", 10_100, "100", "100", "EURO_DOWN", 10_100),
    ],
)
def test_indexation(case: str, initial: int, base: str, new: str, rounding: str, expected: int) -> None:
    assert indexed_cents(initial, index(base), index(new), rounding) == expected, case


def test_11_chained_rounding_would_lose_a_cent() -> None:
    chained = 10_001
    for before, after in (("113.23", "115.33"), ("115.33", "115.77"), ("115.77", "116.69")):
        chained = indexed_cents(chained, index(before), index(after))

    assert chained == 10_306


@pytest.mark.parametrize(
    ("case", "day", "income", "children", "residence", "expected"),
    [
        ("44 two children, standard", "2026-10-01", 160_000, 2, "STANDARD", 10_902),
        ("45 the example of 2012, to the cent", "2012-06-01", 160_000, 2, "STANDARD", 12_938),
        ("at the minimum", "2026-10-01", 65_200, 1, "STANDARD", 0),
        ("below it", "2026-10-01", 65_199, 1, "STANDARD", 0),
        ("nothing earned", "2026-10-01", 0, 1, "STANDARD", 0),
        ("a cent above: nothing to pay yet", "2026-10-01", 65_201, 1, "STANDARD", 0),
        ("four cents above: 0.54 of a cent", "2026-10-01", 65_204, 1, "STANDARD", 1),
        ("few visits", "2026-10-01", 165_200, 1, "REDUCED_VISITING", 18_000),
        ("alternating", "2026-10-01", 165_200, 3, "ALTERNATING", 6_700),
        ("six children", "2026-10-01", 165_200, 6, "STANDARD", 7_200),
        ("seven keep the last row", "2026-10-01", 165_200, 7, "STANDARD", 7_200),
        ("the minimum of March 2026", "2026-03-31", 160_000, 2, "STANDARD", 10_960),
    ],
)
def test_the_table_of_justice(case: str, day: str, income: int, children: int, residence: str, expected: int) -> None:
    row = scale_row("JUSTICE", income, children, residence, date.fromisoformat(day))

    assert row["amount_per_child_cents"] == expected, case
    assert row["scale_total_cents"] == expected * children


@pytest.mark.parametrize(
    ("case", "income", "children", "residence", "euros"),
    [
        ("47 two children", 150_000, 2, "STANDARD", 177),
        ("48 the RSA stays", 70_000, 1, "STANDARD", 49),
        ("50 three children, alternating", 180_000, 3, "ALTERNATING", 123),
        ("51 capped at 5 000", 700_000, 2, "STANDARD", 590),
        ("just under the cap", 499_999, 2, "STANDARD", 590),
        ("nothing earned counts as 674: 22.31 above the RSA", 0, 1, "STANDARD", 23),
        ("673.99 counts as 674", 67_399, 1, "STANDARD", 23),
        ("675", 67_500, 1, "STANDARD", 24),
        ("two share what is above the RSA", 0, 2, "STANDARD", 12),
        ("few visits", 150_000, 1, "REDUCED_VISITING", 281),
        ("ten children", 500_000, 10, "STANDARD", 260),
        ("eleven: 0.3 point less", 500_000, 11, "STANDARD", 245),
        ("twenty-seven: 0.1 % is left", 500_000, 27, "STANDARD", 5),
        ("twenty-eight: nothing is", 500_000, 28, "STANDARD", 0),
    ],
)
def test_the_threshold_of_a_title(case: str, income: int, children: int, residence: str, euros: int) -> None:
    row = scale_row("CAF_TITLE", income, children, residence, ON)

    assert row["title_threshold_cents"] == euros * 100, case
    assert row["title_total_cents"] == euros * 100 * children


@settings(deadline=None)
@given(st.integers(0, 900_000), st.integers(1, 9), st.sampled_from(RESIDENCES))
def test_the_threshold_leaves_the_rsa_but_for_the_euro_above(income: int, children: int, residence: str) -> None:
    row = scale_row("CAF_TITLE", income, children, residence, ON)
    counted = min(max(income, 67_400), 500_000)

    assert row["title_threshold_cents"] % 100 == 0
    assert counted - (row["title_threshold_cents"] - 100) * children > RSA


@pytest.mark.parametrize(
    ("case", "pay", "dependants", "expected"),
    [
        ("38 no dependant", 160_000, 0, 26_810),
        ("39 two dependants", 160_000, 2, 19_642),
        ("nothing", 0, 0, 0),
        ("the floor", RSA, 0, 0),
        ("a cent above the floor", RSA + 1, 0, 1),
        ("the floor wins over the scale", RSA + 4_000, 0, 4_000),
        ("the scale wins", 80_000, 0, 6_858),
        ("far above the last band", 1_000_000, 0, 842_143),
    ],
)
def test_seizable_pay(case: str, pay: int, dependants: int, expected: int) -> None:
    row = seizable_row(pay, ON, dependants=dependants)

    assert row["seizable_cents"] == expected, case
    assert row["left_cents"] == pay - expected
    assert row["absolute_floor_cents"] == RSA


def scale_of_seizures(pay: int, dependants: int) -> Fraction:
    """The text of 2026, in fractions: the second opinion."""
    limits = [Fraction(limit + dependants * 1_740) * 100 for limit in (4_480, 8_730, 13_000, 17_230, 21_470, 25_810)]
    shares = [Fraction(share) for share in ("1/20", "1/10", "1/5", "1/4", "1/3", "2/3", "1")]
    year, found = Fraction(pay * 12), Fraction(0)
    for low, high, share in zip([Fraction(0), *limits], [*limits, max(year, limits[-1])], shares, strict=True):
        found += max(Fraction(0), min(high, year) - low) * share
    return Fraction(floor(found / 12 + Fraction(1, 2)))


EDGES = [
    limit * 100 // 12 + cents for limit in (4_480, 8_730, 13_000, 17_230, 21_470, 25_810) for cents in (-1, 0, 1, 2)
]


@settings(deadline=None)
@given(st.integers(0, 2_000_000) | st.sampled_from(EDGES), st.integers(0, 6))
def test_each_band_on_both_sides_of_its_limits(pay: int, dependants: int) -> None:
    row = seizable_row(pay, ON, dependants=dependants)

    assert row["scale_monthly_cents"] == scale_of_seizures(pay, dependants)
    assert row["seizable_cents"] == max(0, min(row["scale_monthly_cents"], pay - RSA))


def terms(count: int, cents: int, on: date = ON) -> list[UnpaidTerm]:
    return [UnpaidTerm(month_shifted(on, -number), cents) for number in range(1, count + 1)]


def test_30_and_36_twenty_four_terms_and_a_pay_of_1600() -> None:
    row = direct_payment_row(17_000, terms(24, 17_000), ON, debtor_income_cents=160_000)

    assert (row["months"], set(row["instalments"]), row["taken_cents"]) == (24, {17_000}, 34_000)


def test_32_seven_months_or_twelve_when_the_pay_asks_for_it() -> None:
    seven = direct_payment_row(15_545, terms(7, 15_545), ON)
    assert (seven["months"], seven["instalments"]) == (7, [15_545] * 7)

    room_for_90_68 = RSA + 15_545 + 9_068
    twelve = direct_payment_row(15_545, terms(7, 15_545), ON, debtor_income_cents=room_for_90_68)
    assert twelve["instalments"] == [9_068] * 11 + [9_067]
    assert twelve["taken_cents"] == 15_545 + 9_068


def test_33_a_small_debt_with_consent() -> None:
    at_once, six, default = [
        direct_payment_row(15_000, terms(3, 15_000), ON, agreed_months=months) for months in (1, 6, 0)
    ]

    assert (at_once["instalments"], six["instalments"]) == ([45_000], [7_500] * 6)
    assert default["months"] == 3
    assert six["small_debt_threshold_cents"] == 57_400


@pytest.mark.parametrize(("total", "months"), [(57_399, 6), (57_400, 1), (57_401, 1)])
def test_a_debt_is_small_strictly_under_574(total: int, months: int) -> None:
    """573.79 to the euro above: 573.99 is small, 574.00 is not."""
    assert direct_payment_row(0, terms(1, total), ON, agreed_months=6)["months"] == months


def test_twelve_terms_may_take_twelve_months_and_thirteen_twenty_four() -> None:
    poor = {"debtor_income_cents": RSA}
    twelve, thirteen = [direct_payment_row(10_000, terms(count, 10_000), ON, **poor) for count in (12, 13)]

    assert (twelve["months"], thirteen["months"]) == (12, 24)
    assert twelve["taken_cents"] == 0, "the RSA stays, whatever is ordered"
    assert direct_payment_row(10_000, terms(13, 10_000), ON)["months"] == 13


def test_only_the_twenty_four_months_before_are_ordered() -> None:
    before, first, last, this = [UnpaidTerm(date.fromisoformat(text), 10_000) for text in (
        "2024-09-01", "2024-10-01", "2026-09-01", "2026-10-01",
    )]  # fmt: skip

    assert ordered_terms([before, first, last, this], date(2026, 10, 31)) == [first, last]
    assert direct_payment_row(0, [before, this], ON)["instalments"] == []


@pytest.mark.parametrize(
    ("income", "taken"), [(RSA - 1, 0), (RSA, 0), (RSA + 1, 1), (RSA + 34_000, 34_000), (RSA + 34_001, 34_000)]
)
def test_the_rsa_of_one_person_is_never_taken(income: int, taken: int) -> None:
    assert direct_payment_row(17_000, terms(24, 17_000), ON, debtor_income_cents=income)["taken_cents"] == taken


def half_up(total: int, months: int) -> int:
    return floor(Fraction(total, months) + Fraction(1, 2))


@settings(deadline=None)
@given(
    st.integers(1, 24), st.integers(1, 40_000), st.integers(0, 60_000), st.none() | st.integers(0, 200_000),
    st.integers(0, 6),
)  # fmt: skip
def test_the_fewest_months_that_fit(count: int, cents: int, support: int, income: int | None, agreed: int) -> None:
    """By trying each number of months; the parts sum to the arrears, none is negative, the floor stays."""
    row = direct_payment_row(support, terms(count, cents), ON, debtor_income_cents=income, agreed_months=agreed)
    total, most = count * cents, 12 if count <= 12 else 24
    room = None if income is None else max(0, income - RSA)
    fitting = [n for n in range(count, most + 1) if room is None or support + half_up(total, n) <= room]
    expected = agreed if agreed and total < 57_400 else (fitting or [most])[0]

    assert row["months"] == expected == len(row["instalments"])
    assert sum(row["instalments"]) == total
    assert min(row["instalments"]) >= 0
    whole = support + row["instalments"][0]
    assert row["taken_cents"] == (whole if room is None else min(whole, room))


def test_no_figure_no_order() -> None:
    with pytest.raises(NoParameterInForce):
        direct_payment_row(0, [], date(2021, 5, 31))
    with pytest.raises(NoParameterInForce):
        seizable_row(0, date(2018, 12, 31))
    with pytest.raises(NoParameterInForce):
        scale_row("CAF_TITLE", 0, 1, "STANDARD", date(2018, 6, 30))


@settings(deadline=None)
@given(st.data())
def test_columns_give_the_cents_of_plain_numbers(data: st.DataObject) -> None:
    """The same steps over a column: indexation, both scales, seizable pay, direct payment."""
    money, several = st.integers(0, 9_999_999), {"min_size": 1, "max_size": 4}
    figures = aripa_parameters()
    rows = data.draw(
        st.lists(
            st.builds(indexation_row, money, st.integers(1, 10**9), st.integers(1, 10**9), st.sampled_from(ROUNDINGS)),
            **several,
        )
    )
    same(rows, INDEXATION_FACTS, INDEXATION_STEPS, {})
    rows = data.draw(st.lists(st.builds(seizable_row, money, st.just(ON), dependants=st.integers(0, 9)), **several))
    same(rows, SEIZABLE_FACTS, SEIZABLE_STEPS, figures_on(SEIZABLE, ON, figures))
    for scale, table in TABLES.items():
        rows = data.draw(
            st.lists(
                st.builds(
                    scale_row, st.just(scale), money, st.integers(1, 30), st.sampled_from(RESIDENCES), st.just(ON)
                ),
                **several,
            )
        )
        same(rows, SCALE_FACTS, SCALE_STEPS[scale], figures_on(table, ON, figures))
    rows = data.draw(
        st.lists(
            st.builds(
                direct_payment_row,
                money,
                st.integers(0, 24).map(lambda count: terms(count, 12_345)),
                st.just(ON),
                debtor_income_cents=st.none() | money,
                agreed_months=st.integers(0, 6),
            ),
            **several,
        )
    )
    same(rows, DIRECT_PAYMENT_FACTS, DIRECT_PAYMENT_STEPS, figures_on(DIRECT_PAYMENT, ON, figures))


def same(rows: list[dict], facts: tuple[str, ...], steps: dict, figures: dict) -> None:
    found = compute(pl.DataFrame([{name: row[name] for name in facts} for row in rows]), steps, figures)

    assert found.select(steps.keys()).to_dicts() == [{name: row[name] for name in steps} for row in rows]
