"""The file that creates a joint fund, step by step: before the reform, after it, the day before and the day."""

from datetime import date

import pytest

from portal.organisations.directory import Mission, missions
from portal.organisations.rules import creation
from portal.organisations.rules.creation import Asked, Decided, Order, State

BEFORE, REFORM = date(2019, 12, 31), date(2020, 1, 1)
SF, ALL = ("SICKNESS", "FAMILY"), ("SICKNESS", "FAMILY", "COLLECTION")


def codes(refusals):
    return [one.code for one in refusals]


@pytest.mark.parametrize(
    ("case", "asked", "expected"),
    [
        ("Hautes-Alpes, December 2018, some outside rural zones", Asked("05", SF, date(2018, 12, 12), 12), ["joint.outside_rural_zone"]),
        ("one municipality outside is one too many", Asked("05", SF, BEFORE, 1), ["joint.outside_rural_zone"]),
        ("every municipality inside", Asked("05", SF, BEFORE, 0), []),
        ("nobody counted", Asked("05", SF, BEFORE), ["joint.rural_zone_unknown"]),
        ("the same département, the day of the reform", Asked("05", SF, REFORM, 1), []),
        ("nobody needs to count any more", Asked("05", SF, REFORM), []),
        ("the first day of the first law", Asked("15", SF, date(2006, 12, 23), 0), []),
        ("the day before it", Asked("15", SF, date(2006, 12, 22), 0), ["no_parameter"]),
        ("one branch joins nobody", Asked("15", ("FAMILY",), REFORM), ["joint.branches"]),
        ("no branch", Asked("15", (), REFORM), ["joint.branches"]),
        ("a branch that is none", Asked("15", ("FAMILY", "PENSIONS"), REFORM), ["joint.branches"]),
        ("three branches", Asked("15", ALL, REFORM), []),
        ("Lozère has hers", Asked("48", SF, REFORM), ["joint.already_live"]),
        ("Mayotte has one fund", Asked("976", SF, REFORM), ["joint.one_fund_already"]),
        *((f"any département: {number}", Asked(number, SF, REFORM), []) for number in ("971", "972", "973", "974")),
        ("overseas before the reform, as elsewhere", Asked("974", SF, BEFORE, 1), ["joint.outside_rural_zone"]),
        ("a CGSS has both already", Asked("974", ("SICKNESS", "COLLECTION"), REFORM), ["joint.one_body"]),
        ("no département: Guadeloupe's Caf", Asked("978", SF, REFORM), ["joint.not_a_departement"]),
        ("no département, and its own body", Asked("975", SF, REFORM), ["joint.unknown_body"]),
        ("a département that is none", Asked("20", SF, REFORM), ["joint.unknown_departement"]),
        ("a Cpam that the directory lacks", Asked("59", SF, REFORM), ["joint.unknown_body"]),
    ],
)  # fmt: skip
def test_what_boards_may_propose(case, asked, expected):
    found = creation.opening_refusals(asked, missions())

    assert codes(found) == expected, case
    for one in found:
        assert one.sentence.endswith("."), one
        assert one.article in one.words


def test_one_more_branch_may_join_a_fund_that_lives():
    held = [Mission("CCSS15", "C", one, "15", "", date(2027, 1, 1), None) for one in SF]

    assert creation.opening_refusals(Asked("15", ("COLLECTION",), date(2027, 6, 1)), held) == []
    assert codes(creation.opening_refusals(Asked("15", ("COLLECTION",), date(2026, 12, 31)), held)) == [
        "joint.branches"
    ]


def test_whose_boards_vote_and_who_gives_an_opinion():
    concerned = creation.bodies_concerned(Asked("15", ALL, date(2026, 6, 1)), missions())

    assert [one.code for one in concerned] == ["URSSAF63", "CAF15", "CPAM15"]
    assert creation.bodies_consulted(ALL) == ["CNAF", "CNAM", "URSSAF-CN"]
    assert creation.bodies_consulted(SF) == ["CNAF", "CNAM"]


def test_overseas_the_caf_and_the_cgss_vote_and_the_cgss_once():
    concerned = creation.bodies_concerned(Asked("974", ALL, date(2026, 6, 1)), missions())

    assert [one.code for one in concerned] == ["CGSS974", "CAF974"]


def test_a_branch_of_the_cgss_may_join_a_fund_that_lives():
    held = [Mission("CCSS974", "C", one, "974", "", date(2027, 1, 1), None) for one in SF]

    assert creation.opening_refusals(Asked("974", ("COLLECTION",), date(2027, 6, 1)), held) == []


@pytest.mark.parametrize(
    ("case", "votes", "expected"),
    [
        ("one board against", {"CAF15": True, "CPAM15": False}, ["joint.vote_against"]),
        ("all favourable", {"CAF15": True, "CPAM15": True}, []),
        ("one has not voted", {"CAF15": True}, ["joint.vote_missing"]),
        ("nobody has", {}, ["joint.vote_missing", "joint.vote_missing"]),
        ("a board that is not concerned counts for nothing", {"CAF15": True, "CAF43": True}, ["joint.vote_missing"]),
        ("nor against", {"CAF15": True, "CPAM15": True, "CAF43": False}, []),
    ],
)
def test_one_favourable_vote_a_body(case, votes, expected):
    given = [Decided(body, date(2026, 9, 1), way) for body, way in votes.items()]
    assert codes(creation.vote_refusals(("CAF15", "CPAM15"), given)) == expected, case


def test_an_unfavourable_opinion_is_an_opinion():
    opinions = [Decided("CNAF", date(2026, 9, 1), False)]

    assert codes(creation.opinion_refusals(["CNAF", "CNAM"], opinions)) == ["joint.opinion_missing"]
    assert creation.opinion_refusals(["CNAF"], opinions) == []


LAST = [Decided("CAF15", date(2026, 9, 1), True), Decided("CNAF", date(2026, 10, 1), True)]
TODAY = date(2026, 10, 26)


@pytest.mark.parametrize(
    ("case", "order", "expected"),
    [
        ("signed after everything, begins later", Order(date(2026, 10, 20), date(2027, 1, 1)), []),
        ("signed the day of the last opinion", Order(date(2026, 10, 1), date(2027, 1, 1)), []),
        ("signed the day before it", Order(date(2026, 9, 30), date(2027, 1, 1)), ["joint.order_too_early"]),
        ("begins the day of its signature", Order(date(2026, 10, 20), date(2026, 10, 20)), []),
        ("begins the day before", Order(date(2026, 10, 20), date(2026, 10, 19)), ["joint.order_after_start"]),
        ("signed today", Order(TODAY, date(2027, 1, 1)), []),
        ("signed tomorrow", Order(date(2026, 10, 27), date(2027, 1, 1)), ["joint.order_to_come"]),
    ],
)
def test_the_order_comes_after_everything_and_before_the_first_day(case, order, expected):
    asked = Asked("15", SF, date(2026, 6, 1))
    assert codes(creation.order_refusals(order, asked, LAST, missions(), on=TODAY)) == expected, case


def test_two_funds_never_hold_a_branch_on_one_day():
    ending = Mission("CCSS99", "C", "FAMILY", "15", "", date(2020, 1, 1), date(2027, 1, 1))
    asked = Asked("15", SF, date(2026, 6, 1))

    def told(starts_on):
        return codes(creation.order_refusals(Order(date(2026, 10, 20), starts_on), asked, LAST, [ending], on=TODAY))

    assert told(date(2026, 12, 31)) == ["joint.already_live"]
    assert told(date(2027, 1, 1)) == []


@pytest.mark.parametrize(
    ("case", "signed_on", "starts_on", "end"),
    [
        ("an experiment of five years", date(2008, 12, 1), date(2009, 1, 1), date(2014, 1, 1)),
        ("the last order of the first law", BEFORE, date(2020, 2, 29), date(2025, 2, 28)),
        ("for good", REFORM, date(2020, 2, 29), None),
    ],
)
def test_how_long_a_fund_is_created_for(case, signed_on, starts_on, end):
    assert creation.mission_end(Order(signed_on, starts_on)) == end, case


def test_a_fund_begins_on_its_day():
    assert codes(creation.start_refusals(date(2027, 1, 1), date(2026, 12, 31))) == ["joint.not_its_day"]
    assert creation.start_refusals(date(2027, 1, 1), date(2027, 1, 1)) == []
    assert creation.start_refusals(date(2027, 1, 1), date(2027, 1, 3)) == []


def test_the_preview_of_every_branch_and_scheme():
    planned = Mission("CCSS15", "Caisse commune du Cantal", "", "15", "", None, None)
    lines = creation.routing(Asked("15", SF, date(2026, 6, 1)), planned, missions(), date(2027, 1, 1))

    assert [(one.branch, one.scheme, one.before.code, one.after.code) for one in lines] == [
        ("SICKNESS", "GENERAL", "CPAM15", "CCSS15"),
        ("FAMILY", "GENERAL", "CAF15", "CCSS15"),
        ("COLLECTION", "GENERAL", "URSSAF63", "URSSAF63"),
        ("SICKNESS", "AGRICULTURAL", "MSA63", "MSA63"),
        ("FAMILY", "AGRICULTURAL", "MSA63", "MSA63"),
        ("COLLECTION", "AGRICULTURAL", "MSA63", "MSA63"),
    ]
    assert [one.changes for one in lines] == [True, True, False, False, False, False]


def test_overseas_both_schemes_follow_the_joint_fund():
    planned = Mission("CCSS974", "Caisse commune de La Réunion", "", "974", "", None, None)
    lines = creation.routing(Asked("974", SF, date(2026, 6, 1)), planned, missions(), date(2027, 1, 1))

    assert [(one.branch, one.scheme, one.before.code, one.after.code) for one in lines] == [
        ("SICKNESS", "GENERAL", "CGSS974", "CCSS974"),
        ("FAMILY", "GENERAL", "CAF974", "CCSS974"),
        ("COLLECTION", "GENERAL", "CGSS974", "CGSS974"),
        ("SICKNESS", "AGRICULTURAL", "CGSS974", "CCSS974"),
        ("FAMILY", "AGRICULTURAL", "CAF974", "CCSS974"),
        ("COLLECTION", "AGRICULTURAL", "CGSS974", "CGSS974"),
    ]


@pytest.mark.parametrize(
    ("branches", "seats"), [(("COLLECTION",), 16), (SF, 22), (("SICKNESS",), 20), (("FAMILY",), 18), (ALL, 22)]
)
def test_the_council_grows_with_the_branches(branches, seats):
    found = creation.council_on(TODAY, branches)

    assert sum(one.seats for one in found) == seats
    assert not any(one.is_sure for one in found), "the names come from an older wording: they are said uncertain"


def test_no_state_is_skipped_and_a_fund_that_works_only_ends():
    assert creation.MOVES[State.PROPOSED] == {State.NATIONAL_OPINIONS, State.WITHDRAWN}
    assert creation.MOVES[State.NATIONAL_OPINIONS] == {State.ORDER_SIGNED, State.WITHDRAWN}
    assert creation.MOVES[State.ORDER_SIGNED] == {State.LIVE, State.WITHDRAWN}
    assert creation.MOVES[State.LIVE] == {State.WITHDRAWN}
    assert not creation.MOVES[State.WITHDRAWN]


def test_social_action_names_a_guideline_in_a_fund_of_the_family_branch():
    good = "Accès aux vacances des familles, orientation 2026"

    assert creation.social_action_refusals(TODAY, SF, good) == []
    assert codes(creation.social_action_refusals(TODAY, ("SICKNESS",), good)) == ["joint.no_family_branch"]
    assert codes(creation.social_action_refusals(TODAY, SF, "")) == ["joint.no_guideline"]
    assert "s’accorde" in creation.social_action_refusals(REFORM, SF, "")[0].sentence
    assert "tient compte" in creation.social_action_refusals(BEFORE, SF, "")[0].sentence
