"""What may be kept each month for a sum paid in excess (CSS D. 553-1), each band below, at and above its bound."""

from datetime import date
from decimal import Decimal

import pytest

from portal.legislation.parameters import COMMON, NoParameterInForce, Parameters
from portal.legislation.withholding import Household, income_per_share, monthly_withholding

# The only year whose figures are known.
DAY = date(2022, 10, 26)
SHARED = Parameters.load(COMMON)
PLENTY = 1_000_000


def alone(income: int | None, *, benefits: int = 0, housing: int | None = 0) -> Household:
    """One person without children: one share and a half."""
    return Household(income, benefits, housing, is_couple=False, dependent_children=0)


@pytest.mark.parametrize(
    ("case", "per_share", "expected"),
    [
        ("nothing at all", "0.00", "45.00"),
        ("at the first bound", "231.00", "45.00"),
        ("a euro above it", "232.00", "45.25"),
        ("at the second bound", "345.00", "73.50"),
        ("a euro above it", "346.00", "73.85"),
        ("at the third bound", "516.00", "133.35"),
        ("a euro above it", "517.00", "133.80"),
        ("at the fourth bound", "690.00", "211.65"),
        ("a euro above it", "691.00", "212.25"),
        ("income unknown", "1096.00", "455.25"),
    ],
)
def test_bands_of_the_decree(case: str, per_share: str, expected: str) -> None:
    cents = int(Decimal(per_share) * 100)
    household = alone(cents * 3 // 2) if cents != 109_600 else alone(None)
    rich = Household(household.income_cents, PLENTY, PLENTY, is_couple=False, dependent_children=0)

    assert monthly_withholding(rich, DAY, SHARED) == int(Decimal(expected) * 100), case


def test_shares_and_unknown_housing() -> None:
    couple = Household(200_000, 50_000, None, is_couple=True, dependent_children=2)

    assert couple.shares == 3
    assert income_per_share(couple, DAY, SHARED) == (250_000 - 62_500) / 3


def test_never_more_than_what_is_paid() -> None:
    assert monthly_withholding(alone(0, benefits=3_000), DAY, SHARED) == 3_000


def test_no_figure_no_guess() -> None:
    with pytest.raises(NoParameterInForce):
        monthly_withholding(alone(0, benefits=PLENTY), date(2021, 12, 31), SHARED)


@pytest.mark.parametrize(("on", "known"), [(date(2022, 12, 31), True), (date(2023, 1, 1), False)])
def test_figures_that_nobody_found_are_never_guessed(on: date, known: bool) -> None:
    """They rise each 1 January: those of 2022 would take more than the law lets."""
    if known:
        assert monthly_withholding(alone(0, benefits=3_000), on, SHARED) == 3_000
    else:
        with pytest.raises(NoParameterInForce):
            monthly_withholding(alone(0, benefits=PLENTY), on, SHARED)
