"""The amounts of one child before and after a new BMAF, to the cent, beside the published tables."""

from datetime import date
from fractions import Fraction

import pytest

from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.uprating.amounts import Sides
from portal.benefits.uprating.scale import scale_of
from portal.legislation.parameters import DatedValue


def line(day: date, value: str) -> DatedValue:
    return DatedValue(day, Fraction(value), "unverified", "test")


def amounts(sides: Sides) -> dict[str, tuple[int | None, int | None]]:
    return {one.label: (one.before_cents, one.after_cents) for one in scale_of(sides)}


# April 2022 by a calculator (422.28), July 2022 as published (439.17).
JULY_2022 = {
    "AEEH, base": (13513, 14053),
    "AEEH, complément 1": (10135, 10540),
    "AEEH, complément 2": (27448, 28546),
    "AEEH, complément 3": (38850, 40404),
    "AEEH, complément 4": (60204, 62612),
    "AEEH, complément 5": (76944, 80021),
    "AEEH, parent isolé, complément 2": (5490, 5709),
    "AEEH, parent isolé, complément 3": (7601, 7905),
    "AEEH, parent isolé, complément 4": (24070, 25033),
    "AEEH, parent isolé, complément 5": (30826, 32059),
    "AEEH, parent isolé, complément 6": (45184, 46991),
    "ARS, 6 à 10 ans, après CRDS": (37698, 39205),
    "ARS, 11 à 14 ans, après CRDS": (39778, 41369),
    "ARS, 15 à 18 ans, après CRDS": (41156, 42802),
}


def test_the_jump_of_july_2022_is_that_of_the_published_tables() -> None:
    day = date(2022, 7, 1)
    before = benefit_parameters().until("bmaf", day)

    found = amounts(Sides(day, before, before.with_line("bmaf", line(day, "439.17"))))

    assert {name: found[name] for name in JULY_2022} == JULY_2022


def test_the_preview_is_the_very_file_once_the_line_is_there() -> None:
    day = date(2022, 7, 1)
    before = benefit_parameters().until("bmaf", day)
    cut = before.figures["bmaf"].values[-1]
    assert cut.since == date(2022, 4, 1)

    seen = amounts(Sides(day, before, before.with_line("bmaf", line(day, "439.17"))))
    then = amounts(Sides(day, benefit_parameters(), benefit_parameters()))

    assert {name: after for name, (_before, after) in seen.items()} == {
        name: after for name, (_b, after) in then.items()
    }


def test_a_fictive_value_after_april_2026() -> None:
    day = date(2026, 11, 1)
    known = benefit_parameters()

    found = amounts(Sides(day, known, known.with_line("bmaf", line(day, "488.20"))))

    assert found["AEEH, base"] == (15301, 15622)
    assert found["AEEH, complément 3"] == (43991, 44914)
    assert found["AEEH, parent isolé, complément 4"] == (27255, 27827)


def test_the_amount_of_category_6_is_unknown_on_both_sides_until_somebody_finds_it() -> None:
    day = date(2027, 4, 1)
    known = benefit_parameters()

    by_bmaf = amounts(Sides(day, known, known.with_line("bmaf", line(day, "488.20"))))
    march = date(2027, 3, 1)
    by_itself = amounts(Sides(march, known, known.with_line("aeeh.complement_6_amount", line(march, "1305.10"))))

    assert by_bmaf["AEEH, complément 6"] == (None, None)
    assert by_bmaf["AEEH, parent isolé, complément 6"] == (None, 52237)
    assert by_itself["AEEH, complément 6"] == (None, 130510)


def test_a_line_cannot_be_written_over_the_files() -> None:
    with pytest.raises(ValueError, match="dates must rise"):
        benefit_parameters().with_line("bmaf", line(date(2026, 4, 1), "480.00"))


def test_what_nobody_knows_of_2027_is_named() -> None:
    day = date(2027, 4, 1)
    known, ceiling = benefit_parameters(), "social_security_ceiling.monthly"
    announced = Sides(day, known.until("bmaf", day), known.with_line("bmaf", line(day, "488.20")))

    assert Sides(day, known, known).missing() == {"AEEH": "bmaf", "ARS": "bmaf", "SMALL": ceiling}
    assert announced.missing() == {"ARS": "ars.ceiling_base", "SMALL": ceiling}
    assert Sides(date(2026, 4, 1), benefit_parameters(), benefit_parameters()).missing() == {}


@pytest.mark.parametrize(
    ("month", "year"), [(date(2026, 8, 1), 2026), (date(2026, 9, 1), 2027), (date(2027, 1, 1), 2027)]
)
def test_the_start_of_term_is_the_next_one_that_is_paid(month: date, year: int) -> None:
    assert Sides(month, benefit_parameters(), benefit_parameters()).term.school_year == year
