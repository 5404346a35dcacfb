"""`simulate creche` and `simulate childcare_comparison` beside the reference: families on the edges, to the cent."""

from random import Random
from typing import Any

import pytest

from monenfant.simulations import comparison, creche
from tests.oracle import childcare
from tests.oracle.drawing_childcare import KINDS, MONTHS, drawn_comparison, drawn_creche

DRAWN_CRECHES, DRAWN_FAMILIES = 1_000, 50


def creches_that_differ(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answers, accepted = creche.simulate(asked)
    assert accepted
    return [
        {"facts": facts, "given": answer["result"], "text": text}
        for facts, answer, text in zip(asked, answers, map(childcare.expected_creche, asked), strict=True)
        if answer["result"] != text
    ]


def families_that_differ(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The modes whose amounts are not those of the reference, a month or a year, or whose age is refused otherwise."""
    answers, accepted = comparison.simulate(asked)
    assert accepted, next(answer for answer in answers if "errors" in answer)
    return [
        {"facts": facts, "mode": mode, "given": given, "text": childcare.compared(facts, mode), "codes": codes}
        for facts, answer in zip(asked, answers, strict=True)
        for place, (mode, given) in enumerate(zip(facts["modes"], answer["result"]["modes"], strict=True))
        if (codes := ages_refused(answer, place)) != childcare.refused_by_age(facts, mode)
        or given != childcare.compared(facts, mode)
    ]


def ages_refused(answer: dict[str, Any], place: int) -> set[str]:
    return {one["code"] for one in answer["refusals"] if one["mode"] == place and one["code"].startswith("monenfant.")}


def test_creches_on_the_edges_cost_what_the_text_says() -> None:
    random = Random(2018)

    assert creches_that_differ([drawn_creche(random) for _ in range(DRAWN_CRECHES)])[:3] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_month_since_2018_costs_what_the_text_says(kind: str) -> None:
    asked = [
        {"care_month": month, "annual_resources": resources, "dependent_children": children, "care_kind": kind,
         "hours_month": "100.50"}
        for month in MONTHS for resources, children in (("30000", 1), ("30000", 6))
    ]  # fmt: skip

    assert creches_that_differ(asked)[:3] == []


def test_families_on_the_edges_keep_what_the_text_says() -> None:
    random = Random(2026)

    assert families_that_differ([drawn_comparison(random) for _ in range(DRAWN_FAMILIES)])[:3] == []
