"""Worked example C01 from end to end, and the rules of advances: what is never netted, and the identity that holds."""

from datetime import date
from fractions import Fraction

import pytest

from cmg.rules.figures import cmg_parameters
from cmg.rules.remedies import (
    Advance,
    SettledAgain,
    convert_to_overpayment,
    is_overpayment_recovered,
    net_on_payout,
    netting_share,
    refund_of_contributions,
    regularise,
)
from tests.cmg.rules.test_worked_examples import settle_one

JULY, AUGUST, SEPTEMBER = date(2019, 7, 1), date(2019, 8, 1), date(2019, 9, 1)
HALF = Fraction(1, 2)


def late_right(month: date) -> SettledAgain:
    """The family of C01: debited as without a right, then settled again with it."""
    work = {"net_salary_cents": 50_000, "maintenance_allowance_cents": 6000, "dependent_children": 2}
    before, after = settle_one(month, **work, has_right=False), settle_one(month, **work)
    return SettledAgain(
        month, before["debit_cents"], after["debit_cents"], before["payout_cents"], after["payout_cents"]
    )


def advance(granted: int, *months: date) -> Advance:
    return Advance(granted, frozenset(months))


def is_whole(one: Advance) -> bool:
    parts = one.netted_cents + one.outstanding_cents + one.converted_cents + one.waived_cents
    return one.granted_cents == parts and one.outstanding_cents >= 0


def test_c01_a_right_received_three_months_late() -> None:
    months = [late_right(JULY), late_right(AUGUST)]
    assert [month.debited_cents for month in months] == [41_013, 41_013]

    done = regularise(months, advance(67_000, JULY, AUGUST))
    assert (done.refund_cents, done.arrears_cents, done.netted_cents) == (82_026, 59_124, 59_124)
    assert done.paid_cents == 82_026
    assert done.advance.outstanding_cents == 7_876

    payout = settle_one(SEPTEMBER, net_salary_cents=50_000, maintenance_allowance_cents=6000)["payout_cents"]
    share = netting_share(SEPTEMBER, cmg_parameters())
    left, after = net_on_payout(payout, done.advance, share)
    assert (payout, left, after.outstanding_cents) == (29_562, 21_686, 0)
    assert is_whole(done.advance)
    assert is_whole(after)


def test_the_refund_of_contributions_is_never_netted() -> None:
    month = SettledAgain(JULY, debited_cents=41_013, debit_due_cents=0, paid_cents=0, payout_due_cents=0)
    done = regularise([month], advance(67_000, JULY))

    assert (done.paid_cents, done.netted_cents, done.advance.outstanding_cents) == (41_013, 0, 67_000)


def test_arrears_of_months_that_the_advance_does_not_cover_are_paid() -> None:
    done = regularise([late_right(JULY), late_right(AUGUST)], advance(67_000, AUGUST))

    assert (done.netted_cents, done.paid_cents) == (29_562, 82_026 + 29_562)
    assert done.advance.outstanding_cents == 67_000 - 29_562


def test_without_a_month_settled_again_nothing_is_netted() -> None:
    done = regularise([], advance(67_000, JULY))

    assert (done.paid_cents, done.netted_cents, done.advance.outstanding_cents) == (0, 0, 67_000)


def test_an_advance_smaller_than_the_arrears_leaves_the_rest_to_the_family() -> None:
    done = regularise([late_right(JULY)], advance(10_000, JULY))

    assert (done.netted_cents, done.paid_cents, done.advance.outstanding_cents) == (10_000, 41_013 + 19_562, 0)


@pytest.mark.parametrize(
    ("case", "debited", "due", "refund"),
    [
        ("one cent too much", 41_014, 41_013, 1),
        ("exactly what was due", 41_013, 41_013, 0),
        ("less than what was due is no negative refund", 41_012, 41_013, 0),
    ],
)
def test_a_refund_is_what_was_debited_beyond_what_was_due(case: str, debited: int, due: int, refund: int) -> None:
    month = SettledAgain(JULY, debited_cents=debited, debit_due_cents=due, paid_cents=0, payout_due_cents=0)

    assert refund_of_contributions([month]) == refund, case


def test_a_payout_already_made_is_no_negative_arrears() -> None:
    month = SettledAgain(JULY, debited_cents=0, debit_due_cents=0, paid_cents=29_562, payout_due_cents=10_000)

    assert month.arrears_cents == 0


@pytest.mark.parametrize(
    ("case", "outstanding", "asked", "left"),
    [
        ("half of the payout at most, half a cent for the family", 50_000, "0", 14_782),
        ("one cent below the half", 14_780, "0", 14_783),
        ("exactly the half", 14_781, "0", 14_782),
        ("one cent above the half waits", 14_782, "0", 14_782),
        ("the family asks for three quarters", 50_000, "3/4", 7_391),
        ("the family asks for all of it", 50_000, "1", 0),
        ("less than the policy is not a wish it provides for", 50_000, "1/4", 14_782),
        ("never more than the payout: no debit", 50_000, "2", 0),
    ],
)
def test_a_later_payout_keeps_its_half(case: str, outstanding: int, asked: str, left: int) -> None:
    share = netting_share(SEPTEMBER, cmg_parameters(), asked=Fraction(asked))
    found, after = net_on_payout(29_563, advance(outstanding, JULY), share)

    assert found == left, case
    assert after.netted_cents == 29_563 - left
    assert is_whole(after)


def test_an_advance_without_right_becomes_an_overpayment_for_what_is_left() -> None:
    _left, netted = net_on_payout(29_562, advance(20_000, JULY), HALF)
    converted = convert_to_overpayment(netted)

    assert (converted.converted_cents, converted.outstanding_cents) == (20_000 - 14_781, 0)
    assert is_whole(converted)


@pytest.mark.parametrize(
    ("on", "threshold"),
    [
        (date(2019, 12, 31), 2_300), (date(2020, 1, 1), 2_400), (date(2022, 12, 31), 2_400), (date(2023, 1, 1), 2_500),
        (date(2023, 12, 31), 2_500), (date(2024, 1, 1), 2_700), (date(2025, 12, 31), 2_700), (date(2026, 1, 1), 2_800),
    ],
)  # fmt: skip
def test_a_small_overpayment_is_given_up(on: date, threshold: int) -> None:
    amounts = (threshold - 1, threshold, threshold + 1)

    assert [is_overpayment_recovered(cents, on, cmg_parameters()) for cents in amounts] == [False, True, True]
