"""The conditions shown are those that the admission tests: one that fails is named, and then the case is refused."""

from datetime import date

import pytest

from aripa.admission import conditions
from aripa.casefile import read_case
from aripa.life.opening import refusal
from aripa.models import Case
from aripa.operations import run_days
from tests.aripa.agents import LIVED
from tests.aripa.rows import day, live_case, parent_row, title_row

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("creditor", "debtor", "title", "failing"),
    [
        ({}, {}, {}, []),
        ({"country": "BE"}, {}, {}, ["parent qui reçoit : résidence stable et séjour régulier"]),
        ({"lawful_stay": False}, {}, {}, ["parent qui reçoit : résidence stable et séjour régulier"]),
        ({}, {"country": "BE"}, {}, ["parent qui paie : résidence stable"]),
        ({}, {"lawful_stay": False}, {}, []),
        ({"stable_residence": None}, {}, {}, []),
        ({}, {}, {"enforceable_on": None}, ["titre exécutoire"]),
        ({}, {}, {"enforceable_on": day("2026-03-01")}, ["titre exécutoire"]),
        ({}, {}, {"cash_share_cents": 0}, ["part de la pension en argent"]),
    ],
)
def test_what_fails_is_named_first(creditor: dict, debtor: dict, title: dict, failing: list[str]) -> None:
    parent_row("P-C1", **creditor)
    parent_row("D-C1", **debtor)
    title_row("C1", **title)
    run_days(until=LIVED)
    file = read_case(Case.objects.get(), day=LIVED, today=LIVED)

    shown = conditions(file.life)

    assert [one.label for one in shown if not one.is_met] == failing
    assert bool(refusal(file.life, file.life.title())) == bool(failing) == (file.state.state == "REJECTED")
    assert [one.is_met for one in shown] == sorted(one.is_met for one in shown)


def test_a_case_in_place_meets_them_all() -> None:
    live_case("C1")
    run_days(until=date(2026, 2, 20))

    file = read_case(Case.objects.get(), day=LIVED, today=LIVED)

    assert all(one.is_met for one in conditions(file.life))
