"""ASF of each opening case, its first and last months, the default and the top-up, to the cent.

199.18 a month until March 2026, 200.78 from April; 265.50 and 267.62 for a child without parents.
"""

import pytest

from aripa.life.facts import Kind, Title
from tests.aripa.life.people import World, day, line, parent, title

TRANSFER = [parent("P1"), parent("P2", means="TRANSFER"), parent("P3", means="TRANSFER")]


def without_title(**said: object) -> Title:
    values = {"kind": Kind.NONE, "dated": None, "enforceable_on": None, "due_day": None, "debtor": "",
              "lines": (line(cash=0),)}  # fmt: skip
    return title(**(values | said))


def claimed(code: str, on: str, opens: str, **said: object) -> World:
    return World(titles=[without_title(**said)]).tell(on, "ASF_CLAIM", reason=code, effective_on=opens)


def months(world: World, case: str = "C1") -> list[str]:
    return [f"{one.month:%Y-%m}" for one in world.family.cases[case].asf if one.counted]


def unpaid(cash: int = 250_00, code: str = "C1", **said: object) -> World:
    """A debtor who pays nothing by himself; the first term is that of January."""
    world = World(titles=[title(lines=(line(cash=cash),))], parents=TRANSFER, **said).informed()  # type: ignore[arg-type]
    return world.tell("2026-01-12", "ASF_CLAIM", reason=code)


def paid(world: World, on: str, amount: int, **said: object) -> World:
    return world.tell(on, "PAYMENT_RECEIVED", means="TRANSFER", amount=amount, **said)


# ---- cases without support ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["A1", "B1", "B2", "C2", "C3"])
@pytest.mark.parametrize(
    ("claimed_on", "opens", "first"),
    [
        ("2026-01-31", "2026-01-20", "2026-02"),
        ("2026-02-28", "2026-01-31", "2026-02"),
        ("2026-03-01", "2026-01-20", "2026-03"),
        ("2026-02-10", "2026-02-01", "2026-03"),
    ],
)
def test_from_the_month_after_what_opens_the_right_and_never_before_the_claim(
    code: str, claimed_on: str, opens: str, first: str
) -> None:
    world = claimed(code, claimed_on, opens).live("2026-04-30")

    assert months(world)[0] == first
    row = world.case.asf[0]
    assert (row.kind, row.code, row.amount, row.recoverable, row.surplus) == (
        "NON_RECOVERABLE",
        code,
        199_18,
        0,
        199_18,
    )
    assert world.moved("ASF")[-1] == ("2026-04-07", "ASF", 19918)


def test_an_orphan_born_after_the_death_opens_from_the_month_after_the_birth() -> None:
    world = claimed("A1", "2026-03-15", "2026-01-20", lines=(line(cash=0, born_on=day("2026-03-10")),))

    assert months(world.live("2026-06-30")) == ["2026-04", "2026-05"]


def test_a_child_without_parents_has_the_higher_amount_and_whoever_takes_it_in_need_not_be_alone() -> None:
    world = claimed("A2", "2026-01-25", "2026-01-20")
    world.tell("2026-01-25", "LONE_PARENT", reason="COUPLE", effective_on="2020-01-01").live("2026-05-31")

    assert world.moved("ASF") == [
        ("2026-03-05", "ASF", 26550),
        ("2026-04-07", "ASF", 26550),
        ("2026-05-05", "ASF", 26762),
    ]


def test_without_a_title_four_payments_and_a_reminder_with_the_second() -> None:
    world = claimed("C3", "2026-01-05", "2025-12-20").live("2026-12-31")

    assert months(world) == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert world.letters("L23") == [("2026-03-05", "L23", "CREDITOR")]


@pytest.mark.parametrize("fact", [{"kind": "JUDGE_APPLIED"}, {"kind": "UNABLE_TO_PAY", "reason": "2a"}])
def test_the_judge_asked_or_the_debtor_unable_the_payments_go_on(fact: dict) -> None:
    world = claimed("C3", "2026-01-05", "2025-12-20").tell("2026-07-02", **fact).live("2026-08-31")

    # June's day, the sixth of July, comes after the fact: May is lost.
    assert months(world) == ["2026-01", "2026-02", "2026-03", "2026-04", "2026-06", "2026-07"]


def test_a_case_without_title_has_no_state_and_no_term() -> None:
    world = claimed("C3", "2026-01-05", "2025-12-20").live("2026-06-30")

    assert (world.case.shown_state, world.case.origin, world.case.terms) == ("", "", [])


# ---- alone, of age, dead ------------------------------------------------------------------------------------------


def test_a_couple_stops_from_the_first_of_its_month_and_alone_again_resumes_the_month_after() -> None:
    world = claimed("B1", "2026-01-05", "2025-12-20")
    world.tell("2026-06-15", "LONE_PARENT", reason="COUPLE", effective_on="2026-06-12")
    world.tell("2026-08-20", "LONE_PARENT", reason="ALONE", effective_on="2026-08-12").live("2026-11-30")

    assert months(world) == [f"2026-{one:02d}" for one in (1, 2, 3, 4, 5, 9, 10)]


@pytest.mark.parametrize(
    ("born", "last"), [("2006-05-01", "2026-04"), ("2006-05-31", "2026-04"), ("2006-06-01", "2026-05")]
)
def test_the_last_month_is_the_one_before_the_twentieth_birthdays(born: str, last: str) -> None:
    world = claimed("B1", "2026-01-05", "2025-12-20", lines=(line(cash=0, born_on=day(born)),)).live("2026-12-31")

    assert months(world)[-1] == last


def test_the_month_of_the_creditors_death_is_still_paid() -> None:
    world = unpaid().tell("2026-03-20", "DEATH", party="CREDITOR", effective_on="2026-03-16").live("2026-06-30")

    assert months(world) == ["2026-02", "2026-03"]


# ---- default ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cash", "received", "kind", "amount", "recoverable", "surplus", "owed"),
    [
        (250_00, 0, "ADVANCE", 200_78, 200_78, 0, 49_22),
        (150_00, 0, "ADVANCE", 200_78, 150_00, 50_78, 0),
        (250_00, 120_00, "PARTIAL_ADVANCE", 80_78, 80_78, 0, 49_22),
        (150_00, 120_00, "PARTIAL_ADVANCE", 80_78, 30_00, 50_78, 0),
    ],
)
def test_total_and_partial_default(
    cash: int, received: int, kind: str, amount: int, recoverable: int, surplus: int, owed: int
) -> None:
    world = unpaid(cash)
    if received:
        paid(world, "2026-05-20", received)
    row = world.live("2026-06-30").case.asf[-1]

    assert (str(row.month), row.kind, row.amount, row.counted, str(row.paid_on)) == (
        "2026-05-01", kind, amount, amount, "2026-06-05",
    )  # fmt: skip
    assert (row.recoverable, row.surplus, row.still_owed, row.received) == (recoverable, surplus, owed, received)
    assert world.term("2026-05").lines[0].advanced == recoverable


def test_what_was_received_reaches_the_asf_so_the_month_has_no_row() -> None:
    world = paid(unpaid(), "2026-05-20", 220_00).live("2026-06-30")

    assert "2026-05-01" not in [str(one.month) for one in world.case.asf]


@pytest.mark.parametrize(("received", "counted", "advanced"), [(185_78, 15_00, 15_00), (185_79, 0, 0)])
def test_under_fifteen_euros_nothing_is_paid_and_nothing_recoverable(
    received: int, counted: int, advanced: int
) -> None:
    world = paid(unpaid(), "2026-05-20", received).live("2026-06-30")
    row = world.case.asf[-1]

    assert (str(row.month), row.amount, row.counted, row.recoverable) == (
        "2026-05-01",
        200_78 - received,
        counted,
        advanced,
    )
    assert (row.paid_on is None, world.term("2026-05").lines[0].advanced) == (counted == 0, advanced)


def test_a_claim_covers_its_month_and_the_first_month_of_a_default_gives_nothing() -> None:
    late = World(parents=TRANSFER).informed().tell("2026-03-31", "ASF_CLAIM", reason="D").live("2026-05-31")

    assert months(unpaid().live("2026-04-30")) == ["2026-02", "2026-03"]
    assert months(late) == ["2026-03", "2026-04"]


def test_a_month_is_judged_on_its_own_day_whatever_comes_later() -> None:
    """January lacked on the fifth of February, then was paid: February is in default since the month before."""
    since = paid(unpaid(), "2026-02-06", 250_00, month="2026-01").live("2026-03-31")
    """January was paid on its day and came back later: February is the first month of the default."""
    back = World().informed().tell("2026-01-12", "ASF_CLAIM", reason="C1")
    back.tell("2026-02-09", "DEBIT_RETURNED", month="2026-01", reason="AC04", amount=250_00).live("2026-04-30")

    assert months(since) == ["2026-02"]
    assert months(back) == ["2026-03"]


@pytest.mark.parametrize(("on", "kind"), [("2026-03-05", None), ("2026-03-06", "ADVANCE")])
def test_money_of_the_day_itself_counts_and_money_of_the_next_day_goes_first_to_the_fund(
    on: str, kind: str | None
) -> None:
    world = paid(unpaid(), on, 300_00).live("2026-03-09")

    rows = [one.kind for one in world.case.asf if str(one.month) == "2026-02-01"]
    assert rows == ([kind] if kind else [])
    # Of February, 199.18 go to the fund that advanced them and 50.82 to the creditor; fifty are left for January.
    assert world.moved("ASF_REFUND") == ([(on, "ASF_REFUND", 19918)] if kind else [])
    assert [(one.creditor, one.asf) for term in world.case.terms[:2] for one in term.lines] == (
        [(5000, 0), (5082, 19918)] if kind else [(5000, 0), (25000, 0)]
    )


def test_months_of_a_suspension_are_paid_whole_and_never_recovered() -> None:
    world = World().informed().tell("2026-01-12", "ASF_CLAIM", reason="C1")
    world.tell("2026-02-20", "UNABLE_TO_PAY", reason="2a").live("2026-05-31")

    rows = [(str(one.month), one.kind, one.code, one.due, one.amount, one.recoverable) for one in world.case.asf]
    assert rows == [
        ("2026-03-01", "NON_RECOVERABLE", "C1", 250_00, 199_18, 0),
        ("2026-04-01", "NON_RECOVERABLE", "C1", 250_00, 200_78, 0),
    ]


# ---- top-up -------------------------------------------------------------------------------------------------------


def topped_up(cash: int = 120_00) -> World:
    world = World(titles=[title(lines=(line(cash=cash),))]).informed()
    return world.tell("2026-01-12", "ASF_CLAIM", reason="D")


def test_a_top_up_stays_under_the_minimum_alone_and_is_paid_with_that_of_another_case() -> None:
    alone = topped_up(189_00).live("2026-07-31")
    both = topped_up(189_00)
    both.titles.append(title(number="T2", case="C2", debtor="P3", lines=(line("K2", 189_00),)))
    both.parents = [parent("P1"), parent("P2"), parent("P3")]
    both.tell("2025-12-10", "INFORMATION", case="C2", party="BOTH", reason="FULL")
    both.tell("2026-01-12", "ASF_CLAIM", case="C2", reason="D").live("2026-07-31")

    # 199.18 - 189 = 10.18 and 200.78 - 189 = 11.78 a child: under fifteen euros alone, above together.
    assert (alone.moved("ASF_TOP_UP"), {one.counted for one in alone.case.asf}) == ([], {0})
    assert {one.amount for one in alone.case.asf} == {1018, 1178}
    assert months(both) == months(both, "C2") == [f"2026-0{one}" for one in (2, 3, 4, 5, 6)]


def test_the_top_ups_of_a_quarter_are_paid_although_the_right_stopped_within_it() -> None:
    couple = (
        topped_up().tell("2026-03-03", "LONE_PARENT", reason="COUPLE", effective_on="2026-03-02").live("2026-04-30")
    )
    ended = topped_up().tell("2026-02-20", "END_REQUEST", party="BOTH").live("2026-04-30")

    for world in (couple, ended):
        assert world.moved("ASF_TOP_UP") == [("2026-04-07", "ASF_TOP_UP", 7918)]
        assert [(f"{one.month:%m}", str(one.paid_on)) for one in world.case.asf] == [("02", "2026-04-07")]


def test_a_default_after_months_paid_gives_nothing_its_first_month_then_the_advance() -> None:
    world = topped_up().tell("2026-04-14", "DEBIT_RETURNED", month="2026-04", reason="AC04", amount=120_00)
    world.live("2026-06-30")

    rows = [(f"{one.month:%m}", one.kind, one.counted) for one in world.case.asf]
    assert rows == [("02", "TOP_UP", 7918), ("03", "TOP_UP", 7918), ("05", "ADVANCE", 20078)]


def test_a_claim_for_one_child_is_for_that_child() -> None:
    world = World(titles=[title(lines=(line("K1"), line("K2")))], parents=TRANSFER).informed()
    world.tell("2026-01-12", "ASF_CLAIM", reason="C1", child="K2").live("2026-03-31")

    assert [(one.child, one.counted) for one in world.case.asf] == [("K2", 19918)]


def test_a_title_that_comes_puts_an_end_to_the_payments_without_one() -> None:
    world = claimed("C3", "2026-01-05", "2025-12-20", number="T0").tell("2026-01-10", "JUDGE_APPLIED")
    world.titles.append(title("2026-02-02", supersedes="T0", lines=(line(starts_on=day("2026-02-01")),)))
    world.tell("2026-02-05", "INFORMATION", party="BOTH", reason="FULL").live("2026-05-31")

    # Paid by debit from the tenth of March on: nothing is missing any more.
    assert months(world) == ["2026-01", "2026-02"]
