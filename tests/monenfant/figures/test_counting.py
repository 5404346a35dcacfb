"""What is counted on a day: who is there, who reported, what is free next week, hours and children."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from monenfant.figures import counting
from monenfant.figures.counting import count_childcare
from monenfant.models import AreaFigures, FigureDay
from monenfant.tasks import count
from portal.audit.models import JournalEntry
from tests.monenfant.figures.offer import (
    CLERMONT,
    DAY,
    MONDAY,
    MOULINS,
    RIOM,
    childminder,
    children,
    free,
    hours,
    receive,
    structure,
    tell,
)
from tests.monenfant.files import HOUSE, take_in

pytestmark = pytest.mark.django_db


def area(number: str) -> AreaFigures:
    return AreaFigures.objects.get(
        day__counted_on=DAY, departement=number[:2], commune=number if len(number) > 2 else ""
    )


def test_places_are_counted_where_they_are_while_they_are_shown(tmp_path: Path) -> None:
    receive(
        tmp_path,
        [
            structure("S1", CLERMONT), structure("S2", RIOM, capacity="12", type="MICRO"),
            structure("S3", CLERMONT, listing_status="DRAFT"), structure("S4", CLERMONT, **HOUSE),
            structure("S5", MOULINS),
        ],
        [
            childminder("M1", CLERMONT), childminder("M2", CLERMONT, max_children="2", stopped_on="2026-11-25"),
            childminder("M3", CLERMONT, max_children="2", stopped_on="2026-11-26"),
        ],
    )  # fmt: skip
    day = count_childcare(on=DAY)

    assert (area("63").structures, area("63").structure_places) == (2, 42)
    assert (area("63").childminders, area("63").childminder_places) == (2, 6)
    assert (area(CLERMONT).structures, area(CLERMONT).structure_places) == (1, 30)
    assert (area("03").structures, area("03").childminders) == (1, 0)
    assert day.volumes == {"COLLECTIVE": 2, "MICRO": 1, "CHILDMINDER_HOUSE": 1, "CHILDMINDER": 2}


@pytest.mark.parametrize(
    ("days_ago", "reporting", "heard"), [(0, 1, 1), (7, 1, 1), (8, 0, 1), (21, 0, 1), (22, 0, 0), (60, 0, 0)]
)
def test_a_structure_reports_within_a_week_and_is_heard_for_three(
    tmp_path: Path, days_ago: int, reporting: int, heard: int
) -> None:
    receive(tmp_path, [structure("S1", CLERMONT)], [])
    tell("S1", days_ago, free(0, "AM", 4))
    count_childcare(on=DAY)

    assert (area("63").structures_reporting, area("63").structures_heard) == (reporting, heard)
    assert area("63").structure_free[0] == 4 * heard


@pytest.mark.parametrize(
    ("days_ago", "reporting"),
    # The campaign of 1 June 2026 opened on 17 April, 222 days before the day.
    [(0, 1), (222, 1), (223, 0)],
)
def test_a_childminder_reports_for_a_window_of_six_months(tmp_path: Path, days_ago: int, reporting: int) -> None:
    receive(tmp_path, [], [childminder("M1", CLERMONT)])
    tell("M1", days_ago, free(1, "PM"))
    count_childcare(on=DAY)

    assert (area("63").childminders_reporting, area("63").childminders_heard) == (reporting, 1)
    assert area("63").childminder_free == [0, 0, 0, 1] + [0] * 10


def test_free_places_are_those_of_the_coming_week_for_regular_care(tmp_path: Path) -> None:
    """A month that ends on Monday: both its months are read. A whole day counts in both its halves."""
    receive(tmp_path, [structure("S1", CLERMONT), structure("S2", RIOM)], [])
    occasional = free(4, "AM", 9, group="25-36", kind="OCCASIONAL")
    tell("S1", 0, free(0, "AM", 2, group="0-12"), free(0, "AM", 3, group="13-24"), free(1, "FULL", 5, group="0-12"),
         free(7, "PM", 8, group="0-12"), occasional)  # fmt: skip
    tell("S2", 0, free(6, "PM", 1, group="0-12"))
    day = count_childcare(on=DAY)

    assert day.week == MONDAY
    assert area("63").structure_free == [5, 0, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert area(RIOM).structure_free == [0] * 13 + [1]


def test_hours_are_those_of_the_last_whole_year_and_what_cannot_be_is_left_out(tmp_path: Path) -> None:
    receive(tmp_path, [structure(f"S{number}", CLERMONT) for number in range(1, 5)], [])
    sent = [
        hours("S1", 50_000, 60_000, 80_000), hours("S2", 40_000, 50_000), hours("S3", 999_999, 10), hours("S9", 1, 1, 2),
        hours("S1", 7, 7, 7, year=2026), hours("S2", 1, 1, 2, year=2024),
    ]  # fmt: skip
    take_in(tmp_path, "structure-hours", *sent)
    day = count_childcare(on=DAY)
    found = area(CLERMONT)

    assert day.hours_year == 2025
    assert (found.hours_structures, found.hours_places) == (2, 60)
    # Thirty places, 261 days of eleven hours; its closing lies in 2026.
    assert (found.presence_hours, found.billed_hours, found.theoretical_hours) == (
        90_000,
        110_000,
        80_000 + 30 * 261 * 11,
    )
    assert JournalEntry.objects.get(action="childcare.counted").detail["hours_left_out"] == 1


def test_a_year_that_few_have_sent_waits(tmp_path: Path) -> None:
    receive(tmp_path, [structure(f"S{number}", CLERMONT) for number in range(1, 5)], [])
    old = [hours(f"S{number}", 1, 1, 2, year=2024) for number in range(1, 5)]
    take_in(tmp_path, "structure-hours", *old, hours("S1", 1, 1, 2))
    assert count_childcare(on=DAY).hours_year == 2024

    take_in(tmp_path, "structure-hours", hours("S2", 1, 1, 2))
    assert count_childcare(on=DAY).hours_year == 2025


def test_children_are_those_of_the_last_year_told(tmp_path: Path) -> None:
    receive(tmp_path, [structure("S1", CLERMONT), structure("S5", MOULINS)], [])
    for year, born in ((2024, 18_000), (2025, 17_500), (2027, 1)):
        children(tmp_path, "63", born, year)
    children(tmp_path, CLERMONT, 4_200)
    count_childcare(on=DAY)

    assert (area("63").children_under_3, area("63").population_year) == (17_500, 2025)
    assert (area(CLERMONT).children_under_3, area(CLERMONT).population_source) == (4_200, "Insee, recensement")
    assert area("03").children_under_3 is None


def test_counted_twice_a_day_is_counted_once_and_communes_are_kept_for_the_last_day(tmp_path: Path) -> None:
    receive(tmp_path, [structure("S1", CLERMONT)], [])
    count_childcare(on=DAY - timedelta(days=1))
    call_command("count_childcare", day=DAY)
    call_command("count_childcare", day=DAY)

    assert FigureDay.objects.count() == 2
    kept = AreaFigures.objects.order_by("day__counted_on", "commune").values_list("day__counted_on", "commune")
    assert list(kept) == [(DAY - timedelta(days=1), ""), (DAY, ""), (DAY, CLERMONT)]


def test_nothing_received_is_counted_as_nothing() -> None:
    day = count_childcare(on=DAY)

    assert (day.hours_year, day.volumes, day.areas.count()) == (None, {}, 0)


def test_the_night_counts_a_day_once(tmp_path: Path) -> None:
    receive(tmp_path, [structure("S1", CLERMONT)], [])
    count(day=DAY.isoformat())
    first = FigureDay.objects.get()
    count(day=DAY.isoformat())

    assert FigureDay.objects.get().pk == first.pk


def test_killed_in_the_middle_nothing_is_counted_and_the_next_one_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(tmp_path, [structure("S1", CLERMONT)], [])
    with monkeypatch.context() as patch:
        patch.setattr(counting, "journal", lambda **_words: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            count_childcare(on=DAY)
    assert not FigureDay.objects.exists()

    count(day=DAY.isoformat())
    assert area("63").structures == 1
