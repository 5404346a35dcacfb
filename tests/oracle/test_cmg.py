"""`simulate cmg` beside the reference: thousands of facts on the edges, and every month since June 2019, to the cent."""

from random import Random
from typing import Any

import pytest

from cmg.simulation import simulate
from tests.oracle.cmg import euros, expected, maximum, refusals
from tests.oracle.drawing import MONTHS, drawn
from tests.oracle.tables import PUBLISHED_NET, on

DRAWN = 5_000
LATEST = "2026-12"
RICHER = ("10000", "40000", "200000")


def differences(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The facts whose answer is not that of the reference: an amount, a refusal too many, too few or of another name."""
    answers, ok = simulate(asked)
    assert ok
    return [
        {"facts": facts, "given": answer["result"], "text": text, "refusals": answer["refusals"]}
        for facts, answer, text in zip(asked, answers, map(expected, asked), strict=True)
        if answer["result"] != text or not is_refused_alike(answer["refusals"], refusals(facts))
    ]


def is_refused_alike(given: list[dict[str, str]], reasons: list[str]) -> bool:
    """The first reason is told; which one comes first is no rule."""
    return len(given) == min(1, len(reasons)) and all(one["code"] in reasons for one in given)


@pytest.mark.parametrize("seed", [2019, 2025])
def test_thousands_of_facts_give_what_the_text_gives(seed: int) -> None:
    random = Random(seed)

    assert differences([drawn(random) for _ in range(DRAWN // 2)])[:3] == []


def test_the_facts_that_are_drawn_reach_every_refusal_and_both_regimes() -> None:
    """A reference that is never asked the hard questions proves nothing."""
    random = Random(1)
    asked = [drawn(random) for _ in range(2_000)]
    reached = {code for facts in asked for code in refusals(facts)}

    assert reached >= {
        "cmg.mayotte", "cmg.activity_condition", "cmg.age_limit_passed", "cmg.full_parental_leave", "cmg.fnas_funded",
        "cmg.tariff_above_cap", "cmg.too_few_hours", "cmg.missing_hours", "cmg.missing_days", "cmg.daily_cap_exceeded",
    }  # fmt: skip
    assert {(facts["care_mode"], facts["care_month"]) for facts in asked} > {("CHILDMINDER", "2019-11")}


def ordinary(month: str, mode: str, **changes: Any) -> dict[str, Any]:
    """A child of one, 800 € of pay or invoice, in any month."""
    born = f"{int(month[:4]) - 1}{month[4:]}-15"
    return {
        "care_month": month, "care_mode": mode, "child_birth_date": [born], "dependent_children": 1, "hours": "120",
        "annual_resources": "40000", "days": 22, "net_salary": "800.00", "invoice_amount": "800.00",
        "hourly_tariff": "9.00",
    } | changes  # fmt: skip


def test_no_month_since_june_2019_is_missing() -> None:
    assert (MONTHS[0], MONTHS[-1], len(MONTHS)) == ("2019-06", LATEST, 91)


@pytest.mark.parametrize(
    "mode", ["CHILDMINDER", "HOME_EMPLOYEE", "STRUCTURE_CHILDMINDER", "STRUCTURE_HOME", "MICRO_CRECHE"]
)
def test_every_month_gives_the_cents_of_the_text_in_every_bracket(mode: str) -> None:
    asked = [
        ordinary(month, mode, annual_resources=resources, dependent_children=children)
        for month in MONTHS
        for resources in RICHER
        for children in (1, 4)
    ]

    assert differences(asked)[:3] == []
    assert all(expected(facts)["part_b"] > "0.00" for facts in asked if facts["annual_resources"] != RICHER[-1])


@pytest.mark.parametrize("month", [month for month in MONTHS if month < "2025-09"])
def test_the_reference_itself_gives_the_published_maxima(month: str) -> None:
    """Six figures a month that somebody else printed: without them two programs could be wrong together."""
    four = f"{int(month[:4]) - 4}{month[4:]}-15"
    asked = [ordinary(month, "CHILDMINDER", annual_resources=resources) for resources in RICHER]
    asked += [facts | {"child_birth_date": [four]} for facts in asked]

    assert [euros(maximum(facts)) for facts in asked] == on(PUBLISHED_NET, month).split()
