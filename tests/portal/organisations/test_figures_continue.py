"""Figures of CMG, pensions and control go on with a joint fund, and after it: the same series before and after the day, for the
direction of the whole country and for who worked at the former fund."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aripa.operations import run_days
from aripa.piloting import facts
from aripa.piloting.scope import scope_of as pension_scope
from cmg.operations import close_month
from cmg.piloting.dashboard import families_by_fund
from cmg.piloting.figures import figures
from cmg.piloting.scope import scope_of
from cmg.population import generate
from fraud.programme.figures import figures_of
from fraud.views.case_acts import _colleagues
from portal.accounts.models import Role, User
from portal.accounts.permissions import moment_on
from portal.benefits.models import DeferredSum
from portal.benefits.small.ending import give_up_old
from portal.exchange.operations import import_files
from portal.letters.models import LetterJob
from portal.organisations.joint.returning import go_back
from portal.organisations.joint.running import return_open_files
from portal.people.vault import decrypt
from tests.aripa.agents import agent, on_day
from tests.aripa.rows import forced_case
from tests.fraud.programme.world import case, in_progress
from tests.portal.benefits.small.world import run_of as run_of_month
from tests.portal.organisations.test_ending import ENDS, confirmed, working
from tests.portal.organisations.test_moving import agent as posted
from tests.portal.organisations.world import NAME, director, ordered

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
pytestmark = pytest.mark.django_db


def read(user: User, day: date, months: tuple[str, str] = ("2026-09", "2026-10")) -> tuple[Any, ...]:
    """What the pages of figures count for somebody on a day."""
    cmg = scope_of(user, day, {"fund": "CAF15", "month": "2026-10"})
    told = figures(cmg)
    pensions = facts.figures(pension_scope(user, day, date(2026, 2, 20), {"fund": "CAF15"}))
    return told, families_by_fund(cmg), pensions


def test_the_series_of_the_former_fund_go_on(settings: Any, tmp_path: Path) -> None:
    on_day(settings, DAY)
    import_files(generate(200, 3, tmp_path, care_month=MONTH, region=["CAF15", "CAF43"]).files)
    close_month(month=MONTH, on=DAY)
    forced_case("C15", fund="CAF15")
    run_days(until=date(2026, 2, 20))
    steering = agent("adjointe", "CAF15", role=Role.SUPERVISOR)
    national = User.objects.get(pk=director().user_pk)
    before = [read(user, DAY) for user in (steering, national)]
    assert before[0] == before[1]
    assert before[0][1]["CAF15"] > 0
    working(ordered(starts_on=DAY), DAY)
    assert [read(user, DAY) for user in (steering, national)] == before


def test_programmes_of_control_count_the_same_cases_and_say_the_new_name(settings: Any) -> None:
    on_day(settings, DAY)
    programme = in_progress(body="CAF15")
    decided, fresh = (
        case(fund="CAF15", owed_by_cents=10_000, owed_to_cents=0, fraud_cents=0),
        case(fund="CAF15", decided=None),
    )
    before = figures_of(programme, as_of=DAY)
    controller = agent("controleur", "CAF15", role=Role.CONTROLLER)
    agent("voisin", "CAF43", role=Role.CONTROLLER)
    fresh_there = posted("nouveau", "CCSS15", Role.CONTROLLER, "FAMILY")
    posted(posted("parti", "CAF15", Role.CONTROLLER, until=date(2026, 6, 1)).username, "CAF43", Role.CONTROLLER)
    working(ordered(starts_on=DAY), DAY)
    assert figures_of(programme, as_of=DAY) == before
    assert decided.fund == fresh.fund == "CAF15"
    (field,) = _colleagues(fresh, DAY)
    there = {str(controller.pk), str(fresh_there.pk)}
    assert {pk for pk, _name in field.choices} == there, "a case is handed over to who works at the joint fund"


def test_who_gives_up_a_small_sum_signs_with_the_name_of_the_day(settings: Any) -> None:
    on_day(settings, DAY)
    month = date(2025, 5, 1)
    run = run_of_month(month)
    for fund in ("CAF15", "CAF43"):
        DeferredSum.objects.create(
            fund=fund, beneficiary_no="0000001", benefit="AEEH", run=run, amount_cents=500, month=month
        )
    working(ordered(starts_on=DAY), DAY)
    assert give_up_old(on=DAY) == (2, 1000)
    assert sorted(json.loads(decrypt(job.facts))["sender"] for job in LetterJob.objects.all()) == [
        "Caf de la Haute-Loire",
        NAME,
    ]


def test_deadlines_and_series_stand_after_the_end_too(settings: Any, tmp_path: Path) -> None:
    import_files(generate(100, 3, tmp_path, care_month=MONTH, region=["CAF15"]).files)
    on_day(settings, DAY)
    close_month(month=MONTH, on=DAY)
    steering = agent("adjointe", "CAF15", role=Role.SUPERVISOR)
    before = families_by_fund(scope_of(steering, DAY, {}))
    working(ordered())
    confirmed()
    return_open_files(return_pk=go_back(body="CCSS15", ends_on=ENDS, by="portail", on=ENDS, at=moment_on(ENDS)).pk)
    assert families_by_fund(scope_of(steering, ENDS, {})) == before
