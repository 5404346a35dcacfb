"""Numbers, sizes and obligation of structures, each threshold on both sides."""

from datetime import date

import pytest

from monenfant.rules.structures import is_siret_valid, obligation_start


@pytest.mark.parametrize(
    ("siret", "valid"),
    [
        ("21750001600019", True),
        ("21750001600018", False),
        ("12750001600019", False),
        # La Poste: its head office has the usual key, its offices a sum that is a multiple of five.
        ("35600000000048", True),
        ("35600000049837", True),
        ("35600000049838", False),
        ("2175000160001", False),
        ("217500016000190", False),
        ("2175000160001A", False),
        ("٢1750001600019", False),
        ("", False),
    ],
)
def test_the_key_of_a_siret(siret: str, valid: bool) -> None:
    assert is_siret_valid(siret) is valid


@pytest.mark.parametrize(
    ("kind", "funding", "day"),
    [
        ("COLLECTIVE", "PSU", date(2021, 9, 1)),
        ("MICRO", "PSU", date(2021, 9, 1)),
        ("MICRO", "MICRO_CMG", date(2022, 4, 1)),
        ("CHILDMINDER_HOUSE", "OTHER", None),
    ],
)
def test_the_day_from_which_places_are_reported(kind: str, funding: str, day: date | None) -> None:
    assert obligation_start(kind, funding) == day
