"""The reference amount of an agreement, to the cent: every worked example of the scale of titles and of the indicative table."""

from datetime import date
from typing import Any

import pytest

from aripa.agreements.questions import departement_of, fund_at
from aripa.agreements.reference import Reference, reference_of
from aripa.agreements.writing import competent_fund
from aripa.models import Agreement
from portal.accounts.models import User

APRIL, DAY = date(2026, 4, 1), date(2026, 10, 26)


def shared(income: str, stays: list[str], **more: str) -> dict[str, str]:
    found = {"own_annual": income} | more
    for number, stay in enumerate(stays, start=1):
        found |= {f"name_{number}": f"E{number}", f"born_{number}": "2018-01-01", f"stay_{number}": stay}
    return found


def of(income: str, stays: list[str], day: date = APRIL, **more: str) -> Reference:
    found = reference_of(shared(income, stays, **more), day)
    assert found is not None
    return found


@pytest.mark.parametrize(("case", "income", "stays", "least"), [
    ("47: 1 500 a month, 2 children", "18000", ["STANDARD"] * 2, 177_00),
    ("48: 700 a month, 1 child: what exceeds the RSA", "8400", ["STANDARD"], 49_00),
    ("50: 1 800 a month, 3 children, alternating", "21600", ["ALTERNATING"] * 3, 123_00),
    ("51: 7 000 a month is counted for 5 000", "84000", ["STANDARD"] * 2, 590_00),
    ("no income: the floor of 674, of which the RSA is left", "0", ["STANDARD"], 23_00),
    ("few visits", "18000", ["REDUCED_VISITING"] * 2, 236_00),
])  # fmt: skip
def test_the_least_of_a_title(case: str, income: str, stays: list[str], least: int) -> None:
    assert {one.least_cents for one in of(income, stays).children} == {least}, case


def test_the_indicative_table_44_and_45() -> None:
    assert [one.indicative_cents for one in of("19200", ["STANDARD"] * 2).children] == [109_02, 109_02]


def test_one_cent_below_the_threshold_and_at_it() -> None:
    amounts = {"amount_1": "176,99", "amount_2": "177"}
    found = of("18000", ["STANDARD"] * 2, **amounts)
    assert [one.is_enough for one in found.children] == [False, True]
    assert not found.is_enough


def test_each_child_has_the_rate_of_their_own_stay() -> None:
    found = of("18000", ["STANDARD", "ALTERNATING"])
    assert [one.least_cents for one in found.children] == [177_00, 119_00]


def test_the_others_in_charge_lower_the_rate_and_a_grown_one_who_does_not_count_does_not() -> None:
    other = {"other_name_1": "X", "other_born_1": "2019-01-01", "other_charge_1": "MINOR"}
    assert of("18000", ["STANDARD"] * 2, **other).children[0].least_cents == 153_00
    too_old = other | {"other_born_1": "2000-01-01", "other_charge_1": "SEEKER"}
    assert of("18000", ["STANDARD"] * 2, **too_old).children[0].least_cents == 177_00


def test_joint_income_counts_for_half() -> None:
    assert of("16800", ["STANDARD"] * 2, joint_annual="2400").resources_cents == 1_500_00


def test_steps_give_every_figure_with_its_article() -> None:
    found = of("8400", ["STANDARD"])
    told = [(one.label, one.value.replace("\u00a0", " ")) for one in found.children[0].steps]
    assert ("Ressources les plus basses à retenir", "674,00 €") in told
    assert ("Taux par enfant", "14 %") in told
    assert ("Moins que le RSA resterait au parent débiteur", "oui") in told
    assert all(one.article for one in [*found.steps, *found.children[0].steps, *found.children[0].indicative_steps])


def test_nothing_is_guessed_without_children_or_resources() -> None:
    assert reference_of({"own_annual": "18000"}, DAY) is None
    assert reference_of(shared("", ["STANDARD"]), DAY) is None


@pytest.mark.parametrize(("postcode", "fund"), [
    ("63000", "CAF63"), ("20000", "CAF2A"), ("20200", "CAF2B"), ("97400", "CAF974"), ("6300", ""), ("63000x", ""), ("", ""),
    ("٦٣٠٠٠", ""), ("99000", ""),
])  # fmt: skip
def test_the_fund_of_a_postcode(postcode: str, fund: str) -> None:
    assert fund_at("CAF", postcode) == fund


def test_a_body_that_is_none_has_no_fund() -> None:
    assert fund_at("URSSAF", "63000") == ""
    assert departement_of("63 000") == "63"


HERS: dict[str, Any] = {"body": "CAF", "postcode": "63000", "recipient": "non"}
HIS: dict[str, Any] = {"body": "MSA", "postcode": "15000", "recipient": "non"}


@pytest.mark.parametrize(("case", "hers", "his", "fund"), [
    ("nobody receives benefits: home of who receives the support", {}, {}, "CAF63"),
    ("she receives benefits", {"recipient": "oui"}, {}, "CAF63"),
    ("he alone receives benefits", {}, {"recipient": "oui"}, "MSA63"),
    ("both: home of who receives the support", {"recipient": "oui"}, {"recipient": "oui"}, "CAF63"),
])  # fmt: skip
def test_the_competent_fund(case: str, hers: dict[str, Any], his: dict[str, Any], fund: str) -> None:
    one = Agreement(
        first=User(pk=1), second=User(pk=2), shared={"party": "CREDITOR"}, first_own=HERS | hers, second_own=HIS | his
    )
    assert competent_fund(one) == fund, case
