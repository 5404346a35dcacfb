"""How a case opens: the phases of the law at their very days, refusals, conditions, and who is written to."""

import pytest

from aripa.life.facts import Kind, Title
from tests.aripa.life.people import World, day, line, parent, title

BOTH = ("CREDITOR", "DEBTOR")


def received(dated: str, on: str = "2025-12-01", **said: object) -> World:
    return World(titles=[title(on, dated=day(dated), enforceable_on=day(dated), **said)])


def opened(world: World, on: str = "2025-12-01") -> list[tuple[str, str, str]]:
    return world.live(on).letters()


@pytest.mark.parametrize(
    ("dated", "said", "opens"),
    [
        ("2023-01-01", {}, True),
        ("2022-12-31", {}, False),
        ("2022-03-01", {"divorce": True}, True),
        ("2022-02-28", {"divorce": True}, False),
        ("2022-03-01", {"divorce": False}, False),
        ("2022-03-01", {"divorce": True, "kind": Kind.NOTARIAL_DEED}, False),
        ("2023-01-01", {"kind": Kind.NOTARIAL_DEED}, True),
        ("2022-12-31", {"kind": Kind.CAF_ENFORCEABLE_AGREEMENT}, False),
        ("2020-05-05", {"provides_intermediation": True}, True),
    ],
)
def test_a_title_is_automatic_from_its_phase_or_opens_when_it_says_so(dated: str, said: dict, opens: bool) -> None:
    world = received(dated, **said)

    letters = opened(world)

    assert letters == ([("2025-12-01", "L01", "CREDITOR"), ("2025-12-01", "L01", "DEBTOR")] if opens else [])
    assert bool(world.family.cases and world.case.shown_state) == opens


@pytest.mark.parametrize(("on", "opens"), [("2020-12-31", False), ("2021-01-01", True)])
def test_by_title_needs_a_title_received_from_2021_on(on: str, opens: bool) -> None:
    world = received("2020-06-01", on, provides_intermediation=True)

    assert bool(opened(world, on)) == opens


@pytest.mark.parametrize(
    ("on", "reason", "code"),
    [
        ("2020-09-30", "UNPAID", "L02"),
        ("2020-10-01", "UNPAID", "L01"),
        ("2020-10-01", "", "L02"),
        ("2020-12-31", "", "L02"),
        ("2021-01-01", "", "L01"),
    ],
)
def test_a_request_is_heard_from_its_phase_on(on: str, reason: str, code: str) -> None:
    world = received("2019-06-01", "2020-09-01").tell(on, "REQUEST", party="CREDITOR", reason=reason)

    assert opened(world, on) == [(on, code, "DEBTOR" if code == "L01" else "CREDITOR")]


def test_a_title_without_a_ground_waits_and_the_request_of_that_day_opens_it() -> None:
    world = received("2022-06-01").tell("2025-12-01", "REQUEST", party="DEBTOR")

    assert opened(world) == [("2025-12-01", "L01", "CREDITOR")]
    assert world.case.origin == "PARENT_REQUEST"


def test_both_parents_asking_is_live_the_same_day_without_l01() -> None:
    world = received("2022-06-01").tell("2025-12-01", "REQUEST", party="BOTH")

    assert opened(world) == [("2025-12-01", "L05", "CREDITOR"), ("2025-12-01", "L05", "DEBTOR")]
    # The 10th of December is nine days later: the first term is that of January.
    assert (world.case.shown_state, world.case.discharge_date) == ("LIVE", day("2026-01-10"))


def test_both_asking_without_a_mandate_is_not_live() -> None:
    world = received("2022-06-01").tell("2025-12-01", "REQUEST", party="BOTH")
    world.parents = [parent("P1"), parent("P2", reachable=False)]

    world.live("2025-12-01")

    assert (world.case.shown_state, world.letters("L05")) == ("INFO_REQUESTED", [])


def test_the_requesters_information_is_held() -> None:
    world = received("2022-06-01").tell("2025-12-01", "REQUEST", party="CREDITOR")
    world.tell("2025-12-05", "INFORMATION", party="DEBTOR", reason="FULL").live("2025-12-05")

    assert world.case.shown_state == "LIVE"


@pytest.mark.parametrize(
    ("said", "to"),
    [
        ({"refused_by_both": True}, BOTH),
        ({"excluded_by_judge": True}, BOTH),
        ({"excluded_by_judge": True, "violence": True}, BOTH),
        ({"enforceable_on": None}, BOTH),
        ({"enforceable_on": day("2025-12-02")}, BOTH),
        ({"lines": (line(cash=0),)}, BOTH),
    ],
)
def test_what_a_title_lacks_rejects_it_and_both_are_told(said: dict, to: tuple[str, ...]) -> None:
    world = World(titles=[title(**said)])

    assert opened(world) == [("2025-12-01", "L02", one) for one in to]
    assert world.case.shown_state == "REJECTED"


def test_with_violence_the_refusal_of_both_has_no_effect() -> None:
    world = World(titles=[title(refused_by_both=True, violence=True)])

    assert [one[1] for one in opened(world)] == ["L01", "L01"]


def test_enforceable_that_very_day_is_enforceable() -> None:
    world = World(titles=[title(enforceable_on=day("2025-12-01"))])

    assert [one[1] for one in opened(world)] == ["L01", "L01"]


@pytest.mark.parametrize(
    ("number", "said", "opens"),
    [
        ("P1", {"stable_residence": False}, False),
        ("P1", {"lawful_stay": False}, False),
        ("P2", {"lawful_stay": False}, True),
        ("P2", {"stable_residence": False}, False),
        ("P2", {"country": "BE", "stable_residence": False}, False),
        ("P1", {"postcode": "97600"}, False),
        ("P2", {"postcode": "98800"}, False),
        ("P2", {"postcode": "98600"}, False),
        ("P2", {"postcode": "97500"}, False),
        ("P1", {"postcode": "97400"}, True),
        ("P2", {"postcode": "97133"}, True),
    ],
)
def test_the_conditions_on_the_parents(number: str, said: dict, opens: bool) -> None:
    world = World(parents=[parent(one, **(said if one == number else {})) for one in ("P1", "P2")])

    assert {one[1] for one in opened(world)} == {"L01" if opens else "L02"}


def test_an_excluded_case_is_not_reopened_by_a_request_but_by_a_new_decision() -> None:
    world = World(titles=[title(excluded_by_judge=True)])
    world.tell("2026-01-05", "REQUEST", party="CREDITOR").live("2026-01-05")
    assert world.case.shown_state == "REJECTED"

    world.titles.append(
        title(
            "2026-02-02",
            number="T2",
            supersedes="T1",
            provides_intermediation=True,
            dated=day("2026-01-20"),
            enforceable_on=day("2026-01-25"),
        )
    )
    world.live("2026-02-02")

    assert (world.case.shown_state, world.case.origin) == ("INFO_REQUESTED", "COURT_RESTORED")
    assert world.letters("L01") == [("2026-02-02", "L01", "CREDITOR"), ("2026-02-02", "L01", "DEBTOR")]


def test_after_the_refusal_of_both_either_may_ask() -> None:
    world = World(titles=[title(refused_by_both=True)]).tell("2026-01-05", "REQUEST", party="DEBTOR")
    world.live("2026-01-05")

    assert world.letters("L01") == [("2026-01-05", "L01", "CREDITOR")]
    assert (world.case.shown_state, world.case.origin) == ("INFO_REQUESTED", "PARENT_REQUEST")


def test_a_title_that_cancels_before_live_rejects_and_both_are_told() -> None:
    world = World().live("2025-12-05")
    world.titles.append(title("2025-12-08", number="T2", supersedes="T1", cancels_support=True, lines=(line(cash=0),)))
    world.live("2025-12-08")

    assert world.letters("L02") == [("2025-12-08", "L02", "CREDITOR"), ("2025-12-08", "L02", "DEBTOR")]
    assert world.case.shown_state == "REJECTED"


def test_a_debtor_found_unable_is_rejected_but_not_for_violence() -> None:
    for reason, code in (("2a", "L02"), ("1", "L02"), ("3", "L01"), ("4", "L01")):
        world = received("2022-06-01").tell("2025-12-01", "UNABLE_TO_PAY", reason=reason)
        world.tell("2025-12-02", "REQUEST", party="CREDITOR").live("2025-12-02")

        assert [one[1] for one in world.letters("L01", "L02")] == [code], reason


def warned(receipt: str = "2026-04-03") -> World:
    world = World(titles=[title("2026-04-01")])
    world.tell("2026-04-02", "INFORMATION", party="CREDITOR", reason="FULL")
    return world.tell(receipt, "NOTICE_RECEIVED", letter="L01", party="DEBTOR", effective_on=receipt)


@pytest.mark.parametrize(("on", "state"), [("2026-04-20", "LIVE"), ("2026-04-21", "LIVE")])
def test_an_answer_of_the_last_day_or_heard_before_the_deadline_of_the_next_prevents_l03(on: str, state: str) -> None:
    world = warned().tell(on, "INFORMATION", party="DEBTOR", reason="FULL").live("2026-04-30")

    # What is told on the 21st is heard before the deadlines of the 20th are drawn.
    assert (world.case.shown_state, world.letters("L03")) == (state, [])


@pytest.mark.parametrize("reason", ["PARTIAL", "REFUSED"])
def test_an_answer_that_is_not_full_is_warned_after_the_fifteen_days(reason: str) -> None:
    world = warned().tell("2026-04-07", "INFORMATION", party="DEBTOR", reason=reason).live("2026-04-21")

    assert world.letters("L03") == [("2026-04-21", "L03", "DEBTOR")]
    assert world.case.shown_state == "PENALTY_WARNED"


def test_a_full_answer_without_a_mandate_counts_as_partial() -> None:
    world = warned().tell("2026-04-07", "INFORMATION", party="DEBTOR", reason="FULL")
    world.parents = [parent("P1"), parent("P2", reachable=False)]

    world.live("2026-04-21")

    assert world.letters("L05", "L03") == [("2026-04-21", "L03", "DEBTOR")]


def test_a_receipt_learnt_late_lets_l03_leave_that_day() -> None:
    world = World(titles=[title("2026-04-01")])
    world.tell("2026-04-02", "INFORMATION", party="CREDITOR", reason="FULL")
    world.tell("2026-04-29", "NOTICE_RECEIVED", letter="L01", party="DEBTOR", effective_on="2026-04-03")
    world.live("2026-04-30")

    assert world.letters("L03") == [("2026-04-29", "L03", "DEBTOR")]


def pronounced() -> World:
    world = warned()
    world.tell("2026-04-21", "NOTICE_RECEIVED", letter="L03", party="DEBTOR", effective_on="2026-04-21")
    return world.tell("2026-05-05", "NOTICE_RECEIVED", letter="L04", party="DEBTOR", effective_on="2026-05-05")


def test_the_information_given_in_the_eight_days_is_live_and_the_penalty_stays() -> None:
    world = pronounced().tell("2026-05-13", "INFORMATION", party="DEBTOR", reason="FULL").live("2026-05-20")

    assert (world.case.shown_state, world.case.penalty) == ("LIVE", 12000)
    # The first due day at least fourteen days after the 13th of May is the tenth of June.
    assert world.case.discharge_date == day("2026-06-10")


def test_a_silent_creditor_blocks_the_forced_set_up() -> None:
    world = pronounced()
    world.events.pop(0)
    world.live("2026-06-30")

    assert (world.case.shown_state, world.letters("L05")) == ("PENALTY_PRONOUNCED", [])
    world.tell("2026-07-01", "INFORMATION", party="CREDITOR", reason="FULL").live("2026-07-01")
    assert (world.case.shown_state, world.letters("L05")[0][0]) == ("LIVE_UNDER_FORCED_RECOVERY", "2026-07-01")


def test_observations_accepted_drop_the_penalty_and_no_deadline_runs() -> None:
    world = pronounced().tell("2026-05-06", "OBSERVATIONS_ACCEPTED").live("2026-12-31")

    assert (world.case.shown_state, world.case.penalty) == ("INFO_REQUESTED", 0)
    assert world.letters("L05") == []


def test_after_the_forced_set_up_an_unpaid_term_is_forced_at_once() -> None:
    world = pronounced()
    world.parents = [parent("P1"), parent("P2", reachable=False)]
    world.live("2026-06-14")
    assert world.term("2026-06").status not in ("FORCED", "NOTICED")
    world.live("2026-06-30")

    # Due on the tenth, not debited: unpaid on the fifteenth, without any L08.
    assert world.term("2026-06").status == "FORCED"
    assert world.letters("L08") == []


@pytest.mark.parametrize(("on", "first"), [("2025-12-27", "2026-01-10"), ("2025-12-28", "2026-02-10")])
def test_the_discharge_date_is_fourteen_days_away_at_least(on: str, first: str) -> None:
    world = World().informed(on).live("2026-02-10")

    assert world.case.discharge_date == day(first)
    assert str(world.case.terms[0].due_on) == first


@pytest.mark.parametrize(("chosen", "first"), [(1, "2026-01-01"), (10, "2026-01-10"), (15, "2026-01-15")])
def test_the_debtor_chooses_the_day_where_no_judge_fixed_it(chosen: int, first: str) -> None:
    world = World(titles=[title(kind=Kind.NOTARIAL_DEED, due_day=None)])
    world.parents = [parent("P1"), parent("P2", payment_day=chosen)]

    world.informed().live("2026-01-31")

    assert str(world.case.terms[0].due_on) == first


def later(received_on: str = "2026-02-02", **said: object) -> Title:
    dates = {"number": "T2", "supersedes": "T1", "dated": day("2026-01-20"), "enforceable_on": day("2026-01-25")}
    return title(received_on, **(dates | said))


def test_neither_a_deed_nor_the_request_that_follows_it_lifts_an_exclusion() -> None:
    world = World(titles=[title(excluded_by_judge=True), later(kind=Kind.NOTARIAL_DEED)])
    world.tell("2026-02-10", "REQUEST", party="CREDITOR").live("2026-02-10")

    assert [one[1] for one in world.letters()] == ["L02", "L02", "L02", "L02", "L02"]
    assert world.case.shown_state == "REJECTED"


def test_a_rejected_case_is_tested_again_when_its_new_title_comes() -> None:
    world = World(titles=[title(enforceable_on=None), later()]).live("2026-02-02")

    assert world.letters("L01") == [("2026-02-02", "L01", "CREDITOR"), ("2026-02-02", "L01", "DEBTOR")]
    assert (world.case.shown_state, world.case.received_on) == ("INFO_REQUESTED", day("2026-02-02"))


@pytest.mark.parametrize("said", [{"excluded_by_judge": True}, {"refused_by_both": True}, {"cancels_support": True}])
def test_a_new_title_against_it_rejects_before_live_and_ends_after(said: dict) -> None:
    new = later(lines=(line(cash=0 if "cancels_support" in said else 250_00, starts_on=day("2026-03-01")),), **said)
    before = World(titles=[title(), new]).live("2026-02-02")
    after = World(titles=[title(), new]).informed().live("2026-03-01")

    assert (before.case.shown_state, before.letters("L02")[0][0]) == ("REJECTED", "2026-02-02")
    assert (after.case.shown_state, after.case.end_date) == ("ENDED", day("2026-03-01"))
    assert after.letters("L14") == [("2026-02-02", "L14", "CREDITOR"), ("2026-02-02", "L14", "DEBTOR")]


def test_a_case_restored_is_not_ended_by_the_title_that_had_rejected_it() -> None:
    cancels = later(cancels_support=True, lines=(line(cash=0, starts_on=day("2026-02-01")),))
    again = later("2026-03-02", number="T3", supersedes="T2", lines=(line(starts_on=day("2026-03-01")),))
    world = World(titles=[title(), cancels, again])
    world.informed("2026-03-05").live("2026-04-30")

    assert (world.case.shown_state, world.case.end_date) == ("LIVE", None)
    assert world.moved("DEBIT") == [("2026-04-10", "DEBIT", 25000)]


def test_a_case_without_title_becomes_a_case_with_the_title_that_comes() -> None:
    without = title(
        "2025-10-01", number="T0", kind=Kind.NONE, debtor="", dated=None, enforceable_on=None, due_day=None,
        lines=(line(cash=0),),
    )  # fmt: skip
    world = World(titles=[without]).live("2025-11-30")
    assert (world.case.shown_state, world.case.origin, world.letters(), world.case.terms) == ("", "", [], [])
    world.titles.append(title(supersedes="T0"))

    world.informed().live("2026-01-31")

    assert (world.case.shown_state, world.case.debtor, world.case.title) == ("LIVE", "P2", "T1")
    assert world.moved("DEBIT") == [("2026-01-12", "DEBIT", 25000)]


def test_the_fund_of_a_creditor_known_after_the_title() -> None:
    world = World(parents=[parent("P1", "2025-12-05"), parent("P2")]).live("2025-12-04")
    assert world.case.fund == ""

    assert world.live("2025-12-05").case.fund == "CAF63"


def test_a_row_without_a_title_has_its_day_and_the_fund_of_the_creditor_but_no_state() -> None:
    alone = title(
        "2025-10-01", kind=Kind.NONE, debtor="", dated=None, enforceable_on=None, due_day=None, lines=(line(cash=0),)
    )
    world = World(titles=[alone], parents=[parent("P1", known="2025-10-03")]).live("2025-10-31")

    assert (world.case.state, world.case.origin) == (None, "")
    assert (world.case.received_on, world.case.fund) == (day("2025-10-01"), "CAF63")


@pytest.mark.parametrize(("on", "number"), [("2026-02-28", "T1"), ("2026-03-01", "T2")])
def test_a_title_is_the_one_of_its_case_from_its_day_on_before_live_too(on: str, number: str) -> None:
    """Nothing else happens on 1 March: the day is lived for the title alone."""
    new = later("2026-01-05", lines=(line(cash=300_00, starts_on=day("2026-03-01")),))
    world = World(titles=[title(), new]).live(on)

    assert (world.case.shown_state, world.case.title) == ("INFO_REQUESTED", number)


@pytest.mark.parametrize(("on", "origin"), [("2020-12-31", ""), ("2021-01-01", "COURT_RESTORED")])
def test_a_judge_restores_from_the_day_a_title_may_provide_for_intermediation(on: str, origin: str) -> None:
    first = title("2019-02-01", dated=day("2019-01-10"), enforceable_on=day("2019-01-10"), excluded_by_judge=True)
    new = later(on, dated=day("2020-12-01"), enforceable_on=day("2020-12-01"), provides_intermediation=True)

    world = World(titles=[first, new]).live(on)

    assert world.case.origin == origin
