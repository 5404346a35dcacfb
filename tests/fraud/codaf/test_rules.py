"""The committee: who sits on a day in a département, and how many plenaries a year."""

from datetime import date

import pytest

from fraud.rules import codaf as rules
from portal.legislation.parameters import NoParameterInForce

FIRST, NEW = date(2010, 3, 25), date(2020, 10, 12)
TWELVE = {
    "PROSECUTOR", "PREFECTURE", "POLICE", "GENDARMERIE", "PUBLIC_FINANCES", "CUSTOMS", "LABOUR", "GENERAL_SCHEME",
    "SELF_EMPLOYED", "AGRICULTURAL", "HEALTH_INSURANCE", "POLE_EMPLOI",
}  # fmt: skip
SINCE_2020 = {"HEALTH_AGENCY", "ENVIRONMENT", "COMPETITION", "AGS", "FRANCE_TRAVAIL"}


def codes(day: date, departement: str = "63") -> set[str]:
    return {one.code for one in rules.categories_on(day, departement)}


@pytest.mark.parametrize(
    ("case", "day", "departement", "wanted"),
    [
        ("before the order, nobody", date(2010, 3, 24), "63", set()),
        ("the twelve categories, the eighth being three schemes", FIRST, "63", TWELVE),
        ("in Île-de-France the CNAV too", FIRST, "75", TWELVE | {"CNAV"}),
        ("around Paris the police prefect too", FIRST, "93", TWELVE | {"CNAV", "POLICE_PREFECT"}),
        ("the self-employed scheme to its last day", date(2019, 12, 31), "63", TWELVE),
        ("and no longer", date(2020, 1, 1), "63", TWELVE - {"SELF_EMPLOYED"}),
        ("the day before the new order", date(2020, 10, 11), "63", TWELVE - {"SELF_EMPLOYED"}),
        ("the new order", NEW, "63", (TWELVE - {"SELF_EMPLOYED", "POLE_EMPLOI"}) | SINCE_2020),
    ],
)
def test_who_may_sit(case: str, day: date, departement: str, wanted: set[str]) -> None:
    assert codes(day, departement) == wanted, case


def test_a_category_bears_its_name_of_the_day() -> None:
    before, after = rules.category_on("LABOUR", date(2021, 3, 31)), rules.category_on("LABOUR", date(2021, 4, 1))

    assert before is not None
    assert "DIRECCTE" in before.name
    assert after is not None
    assert "DREETS" in after.name
    assert rules.category_on("NOBODY", NEW) is None


def test_who_calls_and_who_is_heard() -> None:
    assert rules.may_convene("RESTRICTED", "PROSECUTOR")
    assert not rules.may_convene("RESTRICTED", "CHAIRS")
    assert rules.may_convene("PLENARY", "CHAIRS")
    assert rules.may_hear_outsiders("PLENARY")
    assert not rules.may_hear_outsiders("RESTRICTED")
    assert rules.is_quorate("RESTRICTED", frozenset({"PREFECTURE", "GENERAL_SCHEME"}))
    assert not rules.is_quorate("RESTRICTED", frozenset({"GENERAL_SCHEME"}))


@pytest.mark.parametrize(
    ("case", "held", "today", "state"),
    [
        ("two in October: the year goes on", 2, date(2026, 10, 26), "UNDER_WAY"),
        ("two on the last day of the year", 2, date(2026, 12, 31), "UNDER_WAY"),
        ("two when the year is over", 2, date(2027, 1, 1), "NOT_MET"),
        ("three, whatever the day", 3, date(2026, 10, 26), "MET"),
    ],
)
def test_plenaries_of_a_year(case: str, held: int, today: date, state: str) -> None:
    assert rules.plenaries_state(held, 2026, today) == state, case


def test_the_text_of_the_day() -> None:
    assert "2008-371" in rules.text_on(date(2020, 7, 17))
    assert "2020-872" in rules.text_on(date(2020, 7, 18))
    with pytest.raises(NoParameterInForce):
        rules.text_on(date(2008, 4, 18))
    assert rules.reference_checks() == (13_151, 2023)
