"""How long money may be claimed: the last day, and the day after it."""

from datetime import date

import pytest

from cmg.rules.figures import cmg_parameters
from cmg.rules.limitation import last_day_for_contributions, last_day_to_claim, last_day_to_recover


@pytest.mark.parametrize(
    ("care_month", "last"),
    [
        (date(2024, 10, 1), date(2026, 11, 5)),
        (date(2024, 12, 1), date(2027, 1, 5)),
        (date(2019, 6, 1), date(2021, 7, 5)),
    ],
)
def test_an_aid_is_claimed_for_two_years_from_the_last_day_to_declare(care_month: date, last: date) -> None:
    assert last_day_to_claim(care_month, cmg_parameters()) == last


@pytest.mark.parametrize(
    ("paid_on", "last"), [(date(2024, 10, 26), date(2026, 10, 26)), (date(2024, 2, 29), date(2026, 2, 28))]
)
def test_what_was_paid_in_excess_is_asked_within_two_years_of_its_payment(paid_on: date, last: date) -> None:
    assert last_day_to_recover(paid_on, cmg_parameters()) == last


@pytest.mark.parametrize(
    ("care_month", "last"), [(date(2023, 1, 1), date(2026, 12, 31)), (date(2023, 12, 1), date(2026, 12, 31))]
)
def test_contributions_are_owed_three_years_after_the_end_of_their_year(care_month: date, last: date) -> None:
    assert last_day_for_contributions(care_month, cmg_parameters()) == last
