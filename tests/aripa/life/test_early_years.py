"""The first months of intermediation, and years before any figure: a day goes on, and counts by the same rules."""

from aripa.life.facts import Kind
from tests.aripa.life.people import World, day, line, parent, title

PARENTS = [parent("P1", "2016-01-01"), parent("P2", "2016-01-01", means="TRANSFER")]


def early() -> World:
    """Live on the fifth of October 2020, on the request of both after an unpaid term; nobody pays."""
    world = World(parents=PARENTS)
    world.titles = [
        title(
            "2020-10-05", dated=day("2019-05-05"), enforceable_on=day("2019-05-10"),
            lines=(line(starts_on=day("2019-06-01")),),
        )
    ]  # fmt: skip
    return world.tell("2020-10-05", "REQUEST", party="BOTH", reason="UNPAID")


def test_a_notice_and_an_order_of_2020_have_the_delays_and_the_spread_of_2021() -> None:
    world = early().tell("2020-11-18", "NOTICE_RECEIVED", letter="L08", party="DEBTOR", effective_on="2020-11-18")
    world.tell("2020-12-18", "RECOVERY_DECISION", reason="DIRECT_PAYMENT", ref="G1", amount=1000_00).live("2021-01-31")

    assert world.letters("L08", "L11") == [
        ("2020-11-16", "L08", "DEBTOR"), ("2020-12-18", "L11", "GARNISHEE"), ("2020-12-18", "L11", "DEBTOR"),
    ]  # fmt: skip
    # Forced on the fourth of December. November alone is past; 435.22 - 250.00 leaves room for 125 a month.
    order = world.case.orders[0]
    assert (order.terms, order.arrears, order.instalments, order.capacity) == (
        1,
        250_00,
        [125_00, 125_00],
        1000_00 - 564_78,
    )


def test_arrears_of_years_gone_by_and_their_plan() -> None:
    world = early().tell("2020-11-18", "ARREARS_REQUEST", month="2018-11", child="K1", amount=100_00)
    world.tell("2020-11-20", "NOTICE_RECEIVED", letter="L09", party="DEBTOR", effective_on="2020-11-20")
    world.tell("2020-11-23", "PLAN_ACCEPTED", amount=100_00).live("2021-01-31")

    # The plan is broken on the third of December, ten days after: a notice like L08, for the arrears it names.
    assert world.letters("L09", "L10") == [
        ("2020-11-18", "L09", "DEBTOR"), ("2020-11-23", "L10", "DEBTOR"), ("2020-11-23", "L10", "CREDITOR"),
    ]  # fmt: skip
    assert ("2020-12-04", "L08", "DEBTOR") in world.letters()


def test_a_claim_of_before_any_known_amount_asks_for_a_person_and_the_days_go_on() -> None:
    orphan = title("2017-11-01", kind=Kind.NONE, dated=None, enforceable_on=None, lines=(line(cash=0),))
    world = World(titles=[orphan]).tell("2018-01-10", "ASF_CLAIM", reason="A1", effective_on="2018-01-05")
    world.live("2018-05-31")

    # April 2018 is the first month of which the amount is known.
    assert world.moved("ASF") == [("2018-05-07", "ASF", 11530)]
    assert [str(on) for _case, on, _told in world.out.worries] == ["2018-03-05", "2018-04-05"]


def test_an_order_after_the_end_is_for_what_is_left_of_before() -> None:
    world = early().tell("2020-11-18", "NOTICE_RECEIVED", letter="L08", party="DEBTOR", effective_on="2020-11-18")
    world.tell("2021-01-20", "END_REQUEST", party="BOTH")
    world.tell("2021-03-03", "RECOVERY_DECISION", reason="DIRECT_PAYMENT", ref="G1").live("2021-03-31")

    assert (world.case.shown_state, world.case.orders[0].current, world.case.orders[0].terms) == ("ENDED", 0, 3)
