"""The day of a dossier's answer: what every operation writes, what the migration fills, what the dashboard counts of it."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest
from django.db import connection
from django.utils import timezone

from cmg.piloting.figures import Line, figures, open_by_age
from cmg.piloting.scope import Scope
from portal.casework.models import Dossier, DossierState
from portal.casework.operations import move_dossier, open_dossiers, resolve_dossiers
from tests.cmg.closing.test_ending import issue
from tests.cmg.remedies.families import closed, moved_away, received
from tests.cmg.repairs.test_repairs import do

DAY, DEADLINE = date(2026, 10, 26), date(2026, 10, 26)
pytestmark = pytest.mark.django_db


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def dossier(number: int = 1, opened_on: date = date(2026, 10, 12), fund: str = "CAF63") -> Dossier:
    subject = f"cmg:employer:D{number}"
    held = pl.DataFrame({"subject": [subject], "title": ["x"], "fund": [fund], "body": ["FUND"], "reasons": ["CMG-013"],
                         "effect": ["HOLD"], "held_cents": [100]})  # fmt: skip
    open_dossiers(held, opened_on=opened_on, deadline=DEADLINE, at=at(opened_on))
    return Dossier.objects.get(subject=subject)


def told_by_timelines() -> dict[int, date | None]:
    """The first day that each timeline tells of a repair or a closing."""
    return {
        one.pk: min(
            (timezone.localdate(event.at) for event in one.events.all()
             if event.kind == "RESOLVED" or event.detail.get("to") in ("RESOLVED", "CLOSED")), default=None,
        ) for one in Dossier.objects.all()
    }  # fmt: skip


def kept() -> dict[int, date | None]:
    return dict(Dossier.objects.values_list("pk", "answered_on"))


def total(day: date = DAY, funds: list[str] | None = None) -> Line:
    return figures(Scope(day, funds)).total


def close(one: Dossier, day: date) -> None:
    move_dossier(dossier_pk=one.pk, to=DossierState.CLOSED, by="thomas", reason="réglé", on=day, at=at(day))


def test_the_first_answer_stays_and_a_dossier_open_again_is_not_answered() -> None:
    one = dossier()
    assert kept() == {one.pk: None}
    # Half past eleven at night, Paris time, then half past midnight: the day is the one of Paris.
    resolve_dossiers([one.subject], at=datetime(2026, 10, 20, 21, 30, tzinfo=UTC))
    assert kept() == {one.pk: date(2026, 10, 20)}
    assert (total().due_dossiers, total().in_time_dossiers, total().open_dossiers) == (1, 1, 0)

    dossier()
    assert Dossier.objects.get().state == "OPEN"
    assert (total().due_dossiers, total().in_time_dossiers, total().open_dossiers) == (0, 0, 1)
    resolve_dossiers([one.subject], at=datetime(2026, 10, 24, 22, 30, tzinfo=UTC))
    close(one, date(2026, 11, 20))

    assert kept() == told_by_timelines() == {one.pk: date(2026, 10, 20)}


@pytest.mark.parametrize(("day", "in_time"), [(DEADLINE, 1), (DEADLINE + timedelta(days=1), 0)])
def test_answered_on_its_deadline_is_in_time_and_the_day_after_is_not(day: date, in_time: int) -> None:
    close(dossier(), day)

    found = total(DEADLINE + timedelta(days=3))

    assert (found.due_dossiers, found.in_time_dossiers) == (1, in_time)
    assert kept() == told_by_timelines()


def test_a_month_s_issue_that_closes_dossiers_keeps_the_day_of_the_repair(tmp_path: Path) -> None:
    received(tmp_path / "files", moved_away)
    closed()
    do("RELINK_NUMBER")
    run = closed()
    repaired = kept()
    assert None not in repaired.values()
    issue(run, tmp_path / "out", on=DAY + timedelta(days=1))

    assert Dossier.objects.get().state == "CLOSED"
    assert kept() == told_by_timelines() == repaired


def test_the_migration_reads_the_same_days_from_the_timelines() -> None:
    answered, again, waits = (dossier(number) for number in (1, 2, 3))
    resolve_dossiers([answered.subject, again.subject], at=at(date(2026, 10, 20)))
    dossier(2)
    close(answered, date(2026, 10, 23))
    before = kept()
    Dossier.objects.update(answered_on=None)

    import_module("portal.casework.migrations.0006_answers_from_timelines").fill(None, connection.schema_editor())

    assert kept() == before == told_by_timelines()
    assert before == {answered.pk: date(2026, 10, 20), again.pk: date(2026, 10, 20), waits.pk: None}


def test_ages_at_the_end_of_each_month_are_those_of_the_dossiers_of_that_day() -> None:
    september = date(2026, 9, 30)
    for number, (opened_on, answered_on) in enumerate([
        (september, None), (september - timedelta(days=7), september + timedelta(days=1)),
        (september - timedelta(days=8), None), (september - timedelta(days=14), september),
        (september - timedelta(days=15), DAY), (september - timedelta(days=30), september + timedelta(days=9)),
        (september - timedelta(days=31), september + timedelta(days=1)), (DAY, None),
    ]):  # fmt: skip
        one = dossier(number, opened_on)
        if answered_on:
            close(one, answered_on)
    elsewhere = dossier(99, september, fund="CAF43")

    ages = dict(open_by_age(Scope(DAY, ["CAF63"])))

    assert ages[september] == [2, 1, 2, 1]
    assert ages[DAY] == [1, 0, 1, 1]
    assert ages[date(2026, 8, 31)] == [2, 0, 0, 0]
    assert ages[date(2026, 7, 31)] == [0, 0, 0, 0]
    assert dict(open_by_age(Scope(DAY, None)))[september] == [3, 1, 2, 1]
    assert elsewhere.fund == "CAF43"


def test_what_still_waits_from_before_the_twelve_months_counts_and_what_was_answered_then_does_not() -> None:
    old = date(2025, 3, 3)
    dossier(1, old)
    close(dossier(2, old), old + timedelta(days=2))
    close(dossier(3, date(2025, 11, 1)), date(2025, 11, 2))
    close(dossier(4, date(2025, 10, 31)), date(2025, 11, 2))

    found = figures(Scope(DAY, None))

    assert (found.total.open_dossiers, found.total.due_dossiers, found.total.oldest) == (1, 1, old)
    assert [line.due_dossiers for line in found.months if line.key == date(2025, 11, 1)] == [1]
    assert figures(Scope(DAY, None, date(2025, 12, 1))).total.due_dossiers == 0
