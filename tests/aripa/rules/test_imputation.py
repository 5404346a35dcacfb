"""Which debt a receipt pays: example 24, each order and its look-alike, and what holds for every receipt."""

from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aripa.rules.imputation import Allocation, Owed, OwedLine, Part, Receipt, Served, fee_of, impute, shared

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
ON = date(2026, 4, 15)


def line(month: date, creditor: int, fund: int = 0, child: str = "a") -> OwedLine:
    return OwedLine(month, month.replace(day=10), child, creditor, fund)


def told(found: list[Allocation]) -> list[tuple]:
    return [(one.served, one.part, one.month, one.child_id, one.amount_cents) for one in found]


def received(cents: int, means: str = "TRANSFER", *, forced: bool = True, month: date | None = None) -> Receipt:
    return Receipt(ON, cents, means, forced, month)


THREE_MONTHS = (line(JAN, 4_922, 20_078), line(FEB, 4_922, 20_078), line(MAR, 4_922, 20_078))


def test_24_the_last_term_then_the_oldest_advance() -> None:
    """400.00 € while three months of 250.00 are in default, ASF advanced, and the fourth has just fallen due."""
    found = impute(received(40_000), Owed((*THREE_MONTHS, line(APR, 25_000))))

    assert told(found) == [
        (Served.LAST_TERM, Part.CREDITOR, APR, "a", 25_000),
        (Served.ADVANCE, Part.FUND, JAN, "a", 15_000),
    ]


def test_advances_go_before_the_arrears_of_any_month() -> None:
    """850.00 €: 250.00, then three advances of 200.78 (602.34 is more than what is left: 600.00)."""
    found = impute(received(85_000), Owed((*THREE_MONTHS, line(APR, 25_000))))
    assert sum(one.amount_cents for one in found if one.part is Part.FUND) == 60_000
    assert not [one for one in found if one.served is Served.ARREARS]

    more = impute(received(86_000), Owed((*THREE_MONTHS, line(APR, 25_000))))
    assert told(more)[4:] == [(Served.ARREARS, Part.CREDITOR, JAN, "a", 766)]


def test_the_month_that_was_advanced_gives_the_fund_its_part_first() -> None:
    found = impute(received(21_000), Owed((line(MAR, 4_922, 20_078),)))

    assert told(found) == [
        (Served.LAST_TERM, Part.FUND, MAR, "a", 20_078),
        (Served.LAST_TERM, Part.CREDITOR, MAR, "a", 922),
    ]


def test_a_last_term_that_lacks_nothing_still_is_the_last() -> None:
    """April is paid: what comes goes to the oldest advance, not to March as « the last term that lacks something »."""
    found = impute(received(1_000), Owed((*THREE_MONTHS, line(APR, 0))))
    assert told(found) == [(Served.ADVANCE, Part.FUND, JAN, "a", 1_000)]

    without_april = impute(received(1_000), Owed(THREE_MONTHS))
    assert told(without_april) == [(Served.LAST_TERM, Part.FUND, MAR, "a", 1_000)]


def test_a_term_to_come_is_not_paid_in_advance() -> None:
    later = OwedLine(date(2026, 5, 1), date(2026, 5, 10), "a", 25_000)

    assert told(impute(received(1_000), Owed((later,)))) == [(Served.EXCESS, Part.HELD, None, "", 1_000)]
    assert told(impute(received(1_000, forced=False, month=later.month), Owed((later,))))[0][0] is Served.EXCESS
    due_today = OwedLine(APR, ON, "a", 25_000)
    assert impute(received(1_000), Owed((due_today,)))[0].served is Served.LAST_TERM


@pytest.mark.parametrize(("forced", "first"), [(False, (Served.NAMED_TERM, FEB)), (True, (Served.LAST_TERM, APR))])
def test_the_named_month_comes_first_outside_forced_recovery_only(forced: bool, first: tuple) -> None:
    owed = Owed((line(JAN, 25_000), line(FEB, 25_000), line(APR, 25_000)))
    found = impute(received(30_000, forced=forced, month=FEB), owed)

    assert (found[0].served, found[0].month) == first
    assert [one.amount_cents for one in found] == [25_000, 5_000]
    assert found[1].month == (APR if not forced else JAN)


def test_the_named_last_term_is_served_once() -> None:
    found = impute(received(30_000, forced=False, month=APR), Owed((line(APR, 25_000),)))

    assert told(found) == [
        (Served.NAMED_TERM, Part.CREDITOR, APR, "a", 25_000), (Served.EXCESS, Part.HELD, None, "", 5_000)
    ]  # fmt: skip


def test_costs_fees_and_penalty_come_last_in_that_order() -> None:
    owed = Owed((line(APR, 10_000),), costs_cents=3_000, fees_cents=500, penalty_cents=12_000)
    found = impute(received(20_000), owed)

    assert [(one.served, one.amount_cents) for one in found] == [
        (Served.LAST_TERM, 10_000), (Served.COST, 3_000), (Served.FEE, 500), (Served.PENALTY, 6_500)
    ]  # fmt: skip


def test_26_the_fee_of_a_receipt_is_collected_from_what_is_left_of_it() -> None:
    owed = Owed((line(APR, 40_000),), penalty_cents=12_000)

    exact = received(40_000, "GARNISHEE")
    found = impute(exact, owed)
    assert (len(found), fee_of(exact, found)) == (1, 4_000), "charged on top, nothing left to collect it from"

    more = received(45_000, "GARNISHEE")
    found = impute(more, owed)
    assert [(one.served, one.amount_cents) for one in found[1:]] == [(Served.FEE, 4_000), (Served.PENALTY, 1_000)]
    assert fee_of(more, found) == 4_000, "on steps 1 to 3 alone"

    assert fee_of(received(40_000), impute(received(40_000), owed)) == 0


@pytest.mark.parametrize(
    ("amount", "lacking", "expected"),
    [
        (100, [100, 100, 100], [34, 33, 33]),
        (101, [100, 100, 100], [34, 34, 33]),
        (10, [1, 99], [1, 9]),
        (1, [0, 50, 50], [0, 1, 0]),
        (100, [50, 50], [50, 50]),
        (500, [50, 50], [50, 50]),
        (0, [50, 50], [0, 0]),
        (99, [50, 50], [50, 49]),
    ],
)
def test_children_share_in_proportion_and_cents_go_one_by_one(
    amount: int, lacking: list[int], expected: list[int]
) -> None:
    assert shared(amount, lacking) == expected


def test_the_cent_left_goes_to_the_first_child_number_not_to_the_smallest_debt() -> None:
    """200.00 on 200.00 and 100.00: 133.33 and 66.66, and a cent for « a »."""
    found = impute(received(20_000), Owed((line(APR, 10_000, 0, "b"), line(APR, 20_000, 0, "a"))))

    assert [(one.child_id, one.amount_cents) for one in found] == [("a", 13_334), ("b", 6_666)]


def test_children_share_each_part_in_the_order_of_their_numbers() -> None:
    lines = (line(APR, 10_000, 0, "z"), line(APR, 5_000, 20_000, "b"), line(APR, 10_000, 0, "c"))
    found = impute(received(20_001), Owed(lines))

    assert told(found) == [
        (Served.LAST_TERM, Part.FUND, APR, "b", 20_000),
        (Served.LAST_TERM, Part.CREDITOR, APR, "b", 1),
    ]


lines = st.builds(
    OwedLine,
    month=st.sampled_from((JAN, FEB, MAR, APR)),
    due_on=st.just(APR),
    child_id=st.sampled_from("abc"),
    creditor_cents=st.integers(0, 30_000),
    fund_cents=st.integers(0, 25_000),
).map(lambda one: OwedLine(one.month, one.month.replace(day=10), one.child_id, one.creditor_cents, one.fund_cents))
debts = st.builds(
    Owed,
    lines=st.lists(lines, max_size=8, unique_by=lambda one: (one.month, one.child_id)).map(tuple),
    costs_cents=st.integers(0, 5_000), fees_cents=st.integers(0, 5_000), penalty_cents=st.integers(0, 12_000),
)  # fmt: skip
receipts = st.builds(
    Receipt,
    received_on=st.just(ON), amount_cents=st.integers(0, 200_000),
    means=st.sampled_from(("TRANSFER", "GARNISHEE", "OFFICER", "BENEFIT_FORCED")), is_forced=st.booleans(),
    month=st.none() | st.sampled_from((JAN, FEB, MAR, APR, date(2026, 5, 1))),
)  # fmt: skip


@settings(deadline=None)
@given(receipts, debts)
def test_every_cent_goes_once_and_nobody_gets_more_than_what_lacks(receipt: Receipt, owed: Owed) -> None:
    found = impute(receipt, owed)

    assert sum(one.amount_cents for one in found) == receipt.amount_cents
    assert all(one.amount_cents > 0 for one in found)
    given_to: dict[tuple, int] = defaultdict(int)
    for one in found:
        given_to[one.month, one.child_id, one.part] += one.amount_cents
    for one in owed.lines:
        assert given_to[one.month, one.child_id, Part.CREDITOR] <= one.creditor_cents
        assert given_to[one.month, one.child_id, Part.FUND] <= one.fund_cents
    management = owed.costs_cents + owed.fees_cents + owed.penalty_cents + fee_of(receipt, found)
    assert given_to[None, "", Part.MANAGEMENT] <= management
    lacking = sum(one.creditor_cents + one.fund_cents for one in owed.lines)
    assert given_to[None, "", Part.HELD] == max(0, receipt.amount_cents - lacking - management)


@settings(deadline=None)
@given(receipts, debts)
def test_a_later_step_is_served_only_when_the_earlier_ones_lack_nothing(receipt: Receipt, owed: Owed) -> None:
    found = impute(receipt, owed)
    order = list(Served)

    assert [order.index(one.served) for one in found] == sorted(order.index(one.served) for one in found)
    if any(one.served is Served.ARREARS for one in found):
        cleared = sum(one.amount_cents for one in found if one.part is Part.FUND)
        assert cleared == sum(one.fund_cents for one in owed.lines)
    if any(one.part in (Part.MANAGEMENT, Part.HELD) for one in found):
        paid = sum(one.amount_cents for one in found if one.month)
        assert paid == sum(one.creditor_cents + one.fund_cents for one in owed.lines)


@settings(deadline=None)
@given(receipts, debts, st.randoms())
def test_the_order_in_which_lines_are_given_does_not_matter(receipt: Receipt, owed: Owed, random: object) -> None:
    mixed = list(owed.lines)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    again = Owed(tuple(mixed), owed.costs_cents, owed.fees_cents, owed.penalty_cents)

    assert impute(receipt, again) == impute(receipt, owed)
