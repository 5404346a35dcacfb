"""The figures of ARIPA: the computed tables as published, the sides of each date, and figures that nobody knows."""

from datetime import date

import pytest

from aripa.rules.amounts import direct_payment_row
from aripa.rules.asf import AsfChild, rows_of_month
from aripa.rules.figures import aripa_parameters, cents_on, number_on
from aripa.rules.penalty import penalty_cents
from portal.legislation.parameters import NoParameterInForce

PUBLISHED = {
    key: aripa_parameters().figures[key].values
    for key in (
        "asf_gross_one_parent", "asf_net_one_parent", "asf_gross_two_parents", "asf_net_two_parents",
        "information_penalty_amount", "small_debt_threshold",
    )
}  # fmt: skip


def computed(key: str, day: date) -> int:
    """What the rules give for a published figure."""
    if key == "information_penalty_amount":
        return penalty_cents(day)
    if key == "small_debt_threshold":
        return direct_payment_row(0, [], day)["small_debt_threshold_cents"]
    (row,) = rows_of_month([AsfChild("A2" if "two" in key else "A1")], day, is_lone=True, is_mayotte=False)
    return row["gross_cents" if "gross" in key else "net_cents"]


@pytest.mark.parametrize(("key", "values"), PUBLISHED.items())
def test_a_published_amount_is_what_the_rule_gives(key: str, values: tuple) -> None:
    assert len(values) > 5
    for value in values:
        assert computed(key, value.since) == value.value * 100, (key, value.since)


def test_shared_figures_are_read_where_they_stand() -> None:
    assert cents_on("bmaf", date(2026, 4, 1)) == 47_816
    assert cents_on("rsa_base_amount", date(2026, 3, 31)) == 64_652
    assert cents_on("rsa_base_amount", date(2026, 4, 1)) == 65_169


@pytest.mark.parametrize(
    ("key", "day", "months"),
    [
        ("arrears_lookback_months", "2026-03-31", 24),
        ("arrears_lookback_months", "2026-04-01", 60),
        ("direct_payment_lookback_months_caf", "2026-04-01", 24),
        ("asf_default_waiting_months", "2016-04-01", 1),
    ],
)
def test_both_sides_of_a_date(key: str, day: str, months: int) -> None:
    assert number_on(key, date.fromisoformat(day)) == months


@pytest.mark.parametrize(
    ("key", "day"),
    [
        ("asf_default_waiting_months", "2016-03-31"), ("unpaid_notice_max_days", "2021-05-31"),
        ("information_deadline_days", "2020-09-30"), ("bmaf", "2018-03-31"),
    ],
)  # fmt: skip
def test_nothing_is_guessed_before_the_first_value(key: str, day: str) -> None:
    with pytest.raises(NoParameterInForce):
        number_on(key, date.fromisoformat(day)) if key != "bmaf" else cents_on(key, date.fromisoformat(day))


def test_lists_and_phases_are_read() -> None:
    parameters = aripa_parameters()
    assert parameters.value("debtor_payment_days", date(2026, 10, 1)) == (1, 10, 15)
    assert parameters.value("ifpa_phase", date(2022, 12, 31)) == "AUTOMATIC_JUDGE_DIVORCE"
    assert parameters.value("ifpa_phase", date(2023, 1, 1)) == "AUTOMATIC_ALL_TITLES"
    assert len(parameters.digest()) == 64
