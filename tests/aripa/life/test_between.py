"""A month that one parent paid to the other: settled, nothing moves through the fund, nothing is asked or given twice."""

import pytest

from aripa.exports import case_row
from tests.aripa.life.people import World, line, parent, title

TRANSFER = [parent("P1"), parent("P2", means="TRANSFER")]


def returned_after_payout() -> World:
    """250 euros of January debited on the 12th, paid out on the 13th, returned on the 15th (scene S10)."""
    world = World().informed()
    return world.tell("2026-01-15", "DEBIT_RETURNED", month="2026-01", reason="AM04", amount=250_00)


def identity(world: World) -> tuple[str, ...]:
    """Collected, ASF, paid to the creditor, refunded ASF, management, refunded, held, overpaid."""
    return tuple(str(one) for one in case_row(world.case)[12:20])


def test_the_term_is_settled_and_nothing_is_paid_out_twice() -> None:
    world = returned_after_payout().tell("2026-01-20", "PAID_BETWEEN_PARENTS", month="2026-01", amount=250_00)
    world.live("2026-02-09")

    assert (world.term("2026-01").lacking, world.term("2026-01").status) == (0, "SETTLED")
    assert world.moved() == [
        ("2026-01-12", "DEBIT", 25000), ("2026-01-13", "PAYOUT", 25000), ("2026-01-15", "OVERPAYMENT", 25000),
        ("2026-01-15", "DEBIT_RETURN", 25000), ("2026-01-20", "BETWEEN", 25000),
    ]  # fmt: skip
    # What the fund had passed on is still to be given back: 500 euros reached the creditor.
    assert identity(world) == ("0.00", "0.00", "250.00", "0.00", "0.00", "0.00", "0.00", "250.00")


def test_without_it_the_same_month_is_forced() -> None:
    world = returned_after_payout().tell("2026-01-19", "NOTICE_RECEIVED", letter="L08", party="DEBTOR")
    assert world.live("2026-02-09").term("2026-01").status == "FORCED"

    settled = returned_after_payout().tell("2026-01-19", "NOTICE_RECEIVED", letter="L08", party="DEBTOR")
    settled.tell("2026-01-20", "PAID_BETWEEN_PARENTS", month="2026-01", amount=250_00)
    assert (settled.live("2026-02-09").term("2026-01").status, settled.case.state) == ("SETTLED", "LIVE")


@pytest.mark.parametrize(
    ("said", "settled", "worries"), [(249_99, 249_99, 0), (250_00, 250_00, 0), (250_01, 250_00, 1)]
)
def test_no_more_than_lacks_is_settled_and_the_rest_is_shown_to_a_person(said: int, settled: int, worries: int) -> None:
    world = returned_after_payout().tell("2026-01-20", "PAID_BETWEEN_PARENTS", month="2026-01", amount=said)
    world.live("2026-01-21")

    assert world.moved("BETWEEN") == [("2026-01-20", "BETWEEN", settled)]
    assert len(world.out.worries) == worries


def test_a_month_that_lacks_nothing_is_not_paid_again() -> None:
    world = World().informed().tell("2026-01-14", "PAID_BETWEEN_PARENTS", month="2026-01", amount=250_00)
    world.live("2026-01-20")

    assert world.moved("BETWEEN") == []
    assert len(world.out.worries) == 1


def test_what_the_fund_advanced_stays_the_fund_s() -> None:
    # In default in January and February: 200.78 advanced for March on 7 April; the creditor's own part is the rest.
    world = World(parents=TRANSFER).informed().tell("2026-01-12", "ASF_CLAIM", reason="C1").live("2026-05-06")
    term = world.term("2026-04")
    mine, fund = sum(one.creditor_lacks for one in term.lines), sum(one.fund_lacks for one in term.lines)
    world.tell("2026-05-07", "PAID_BETWEEN_PARENTS", month="2026-04", amount=250_00).live("2026-05-08")

    assert (mine, fund) == (49_22, 200_78)
    assert world.moved("BETWEEN") == [("2026-05-07", "BETWEEN", 4922)]
    assert (world.term("2026-04").lacking, len(world.out.worries)) == (20078, 1)


def test_children_share_it_in_proportion() -> None:
    world = World(titles=[title(lines=(line("K1", 100_00), line("K2", 200_00)))], parents=TRANSFER).informed()
    world.tell("2026-01-20", "PAID_BETWEEN_PARENTS", month="2026-01", amount=100_00).live("2026-01-21")

    assert [one.between for one in world.term("2026-01").lines] == [33_34, 66_66]


def test_an_end_told_late_refunds_nothing_that_the_fund_never_had() -> None:
    world = World(parents=TRANSFER).informed()
    for month in ("01", "02"):
        world.tell(f"2026-{month}-20", "PAID_BETWEEN_PARENTS", month=f"2026-{month}", amount=250_00)
    world.tell("2026-03-02", "DEATH", party="DEBTOR", effective_on="2026-01-16").live("2026-03-20")

    # February was not due: its term is removed, and what the parents gave each other is not the fund's to give back.
    assert [f"{one.month:%m}" for one in world.case.terms] == ["01"]
    assert world.moved("REFUND", "OVERPAYMENT") == []
