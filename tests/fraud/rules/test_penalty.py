"""The penalty of CSS L. 114-17: exact cents by the date of the facts, each refusal and its look-alike."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from fraud.rules.figures import control_parameters
from fraud.rules.penalty import PenaltyFacts, PenaltyGround, Sanction, penalty_scale, refuse_penalty
from portal.legislation.parameters import DatedValue, NoParameterInForce, Parameters

FACTS = PenaltyFacts(
    PenaltyGround.WRONG_DECLARATION, since=date(2025, 3, 1), until=date(2025, 9, 1), has_intent=True
)  # fmt: skip
TABLE = control_parameters()


def on(day: date, **changed: object) -> PenaltyFacts:
    return replace(FACTS, since=day, until=date(day.year + 1, day.month, day.day), **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts_said", "day", "general", "intent_min", "intent_max", "gang"),
    [
        ("June 2019",                    date(2019, 6, 1),   675_400, 11_257, 1_350_800, 2_701_600),
        ("2020, the day before the act", date(2020, 12, 15), 685_600, 11_427, 1_371_200, 2_742_400),
        ("2020, the day of the act",     date(2020, 12, 16), 1_371_200, 11_427, 2_742_400, 5_484_800),
        ("2022",                         date(2022, 12, 31), 1_371_200, 11_427, 2_742_400, 5_484_800),
        ("2023",                         date(2023, 1, 1),   1_466_400, 12_220, 2_932_800, 5_865_600),
        ("2025",                         date(2025, 1, 1),   1_570_000, 13_083, 3_140_000, 6_280_000),
        ("2026",                         date(2026, 1, 1),   1_602_000, 13_350, 3_204_000, 6_408_000),
    ],
)  # fmt: skip
def test_the_scale_of_each_day(
    facts_said: str, day: date, general: int, intent_min: int, intent_max: int, gang: int
) -> None:
    plain = penalty_scale(on(day, has_intent=False), TABLE)
    meant = penalty_scale(on(day), TABLE)
    organised = penalty_scale(on(day, is_organised_gang=True), TABLE)
    assert (plain.minimum_cents, plain.maximum_cents) == (0, general), facts_said
    assert (meant.minimum_cents, meant.maximum_cents) == (intent_min, intent_max), facts_said
    assert organised.maximum_cents == gang, facts_said


def earlier(final_on: date | None, ground: PenaltyGround = PenaltyGround.WRONG_DECLARATION) -> tuple[Sanction, ...]:
    return (Sanction(ground, date(2020, 1, 1), date(2020, 6, 1), final_on),)


@pytest.mark.parametrize(
    ("said", "sanctions", "maximum"),
    [
        ("final three years before to the day", earlier(date(2022, 3, 1)), 1_570_000),
        ("one day less than three years",        earlier(date(2022, 3, 2)), 3_140_000),
        ("final on the very day",                earlier(date(2025, 3, 1)), 3_140_000),
        ("final the day after the facts began",  earlier(date(2025, 3, 2)), 1_570_000),
        ("not final yet",                        earlier(None), 1_570_000),
        ("for other facts", earlier(date(2024, 1, 1), PenaltyGround.OBSTRUCTION), 1_570_000),
    ],
)  # fmt: skip
def test_a_repeat_within_three_years_doubles_the_general_maximum(
    said: str, sanctions: tuple[Sanction, ...], maximum: int
) -> None:
    facts = replace(FACTS, has_intent=False, earlier=sanctions)
    assert penalty_scale(facts, TABLE).maximum_cents == maximum, said


@pytest.mark.parametrize(
    ("said", "facts", "amount", "code"),
    [
        ("example 1: 100 EUR in 2025 is too little", FACTS, 10_000, "control.penalty_below_minimum"),
        ("a cent under the minimum",  FACTS, 13_082, "control.penalty_below_minimum"),
        ("the minimum",               FACTS, 13_083, None),
        ("the maximum",               FACTS, 3_140_000, None),
        ("a cent above it",           FACTS, 3_140_001, "control.penalty_above_maximum"),
        ("nothing at all",            replace(FACTS, has_intent=False), 0, "control.penalty_below_minimum"),
        ("a cent without intent",     replace(FACTS, has_intent=False), 1, None),
        ("example 2: 7 000 in 2019",  on(date(2019, 6, 1), has_intent=False), 700_000, "control.penalty_above_maximum"),
        ("6 754 in 2019",             on(date(2019, 6, 1), has_intent=False), 675_400, None),
        ("example 3: good faith on a late change",
         replace(FACTS, ground=PenaltyGround.UNDECLARED_CHANGE, is_good_faith=True, has_intent=False), 50_000,
         "control.penalty_good_faith"),
        ("good faith does not excuse an obstacle",
         replace(FACTS, ground=PenaltyGround.OBSTRUCTION, is_good_faith=True, has_intent=False), 50_000, None),
        ("acquitted",                 replace(FACTS, is_acquitted=True), 50_000, "control.penalty_acquitted"),
        ("annulled on the merits",    replace(FACTS, is_overpayment_annulled=True), 50_000, "control.penalty_annulled"),
        ("sanctioned for the last day of it",
         replace(FACTS, earlier=(Sanction(PenaltyGround.WRONG_DECLARATION, date(2025, 8, 31), date(2025, 9, 2), None),)),
         50_000, "control.penalty_twice"),
        ("sanctioned for the day after it",
         replace(FACTS, earlier=(Sanction(PenaltyGround.WRONG_DECLARATION, date(2025, 9, 1), date(2025, 9, 2), None),)),
         50_000, None),
        ("other facts of the same period",
         replace(FACTS, earlier=(Sanction(PenaltyGround.OBSTRUCTION, date(2025, 3, 1), date(2025, 9, 1), None),)),
         50_000, None),
    ],
)  # fmt: skip
def test_each_refusal_and_its_look_alike(said: str, facts: PenaltyFacts, amount: int, code: str | None) -> None:
    refused = refuse_penalty(facts, amount, TABLE)
    assert (refused.code if refused else None) == code, said
    assert refused is None or refused.sentence.endswith((".", "cents"))


def test_no_finer_scale_comes_with_the_portal() -> None:
    assert penalty_scale(replace(FACTS, overpayment_cents=400_000), TABLE).bracket is None
    assert TABLE.figures["penalty.scale"].values[0].status == "uncertain"


def with_scale(*lines: tuple[str, str, str], since: date = date(2025, 1, 1)) -> Parameters:
    """What a body would write in its own file."""
    told = tuple(
        {"from": Fraction(low), "least": Fraction(least), "most": Fraction(most)} for low, least, most in lines
    )
    figure = replace(TABLE.figures["penalty.scale"], values=(DatedValue(since, told, "verified", "CSS R. 114-14"),))
    return Parameters(TABLE.figures | {"penalty.scale": figure})


SCALE = with_scale(("0", "1/30", "1/10"), ("1000", "1/10", "1/2"), ("20000", "1", "20"))


@pytest.mark.parametrize(
    ("said", "owed", "amount", "code"),
    [
        ("first line, its most",                  99_999, 39_250, None),
        ("first line, a cent more",               99_999, 39_251, "control.penalty_above_maximum"),
        ("second line from its first cent",      100_000, 39_251, None),
        ("second line, a cent under its least",  100_000, 39_249, "control.penalty_below_minimum"),
        ("second line, its most",                100_000, 196_250, None),
        ("second line, a cent more",             100_000, 196_251, "control.penalty_above_maximum"),
        ("a line above the law widens nothing", 2_000_000, 3_140_001, "control.penalty_above_maximum"),
        ("no sum, no line",                            0, 3_140_000, None),
    ],
)  # fmt: skip
def test_a_finer_scale_narrows_the_limits_of_the_law(said: str, owed: int, amount: int, code: str | None) -> None:
    refused = refuse_penalty(replace(FACTS, overpayment_cents=owed), amount, SCALE)
    assert (refused.code if refused else None) == code, said
    assert refused is None or "CSS R. 114-14" in refused.sentence


def test_a_finer_scale_of_later_says_nothing_of_these_facts() -> None:
    later = with_scale(("0", "1/30", "1/10"), since=date(2025, 3, 2))
    assert refuse_penalty(replace(FACTS, overpayment_cents=99_999), 39_251, later) is None


def test_the_minimum_is_told_as_people_write_it() -> None:
    refused = refuse_penalty(FACTS, 10_000, TABLE)
    assert refused is not None
    assert refused.sentence == "Le minimum est de 130,83\u00a0€ pour des faits du 1er mars 2025."


def test_facts_older_than_the_figures_are_not_guessed() -> None:
    with pytest.raises(NoParameterInForce):
        penalty_scale(on(date(2017, 12, 31)), TABLE)


def test_every_month_since_the_figures_begin_has_a_scale() -> None:
    for year in range(2018, 2027):
        for month in range(1, 13):
            scale = penalty_scale(on(date(year, month, 1)), TABLE)
            assert 0 < scale.minimum_cents < scale.maximum_cents
