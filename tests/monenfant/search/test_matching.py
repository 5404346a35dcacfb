"""What serves a need: ages, half-days, hours, dates, distance, kinds; each boundary on both sides."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict

from monenfant.models import Childminder
from monenfant.rules.availability import age_in_months
from monenfant.rules.opening import closed_days, spans_of
from monenfant.search.hours import halves_of, is_atypical, is_open
from monenfant.search.need import Need, read_need
from monenfant.search.selectors import search, silent_around
from tests.monenfant.search.world import MONDAY, NOON, THURSDAY, childminder, creche, need, slot

pytestmark = pytest.mark.django_db
FRIDAY = THURSDAY + timedelta(days=1)


def found(asked: Need, on: date = MONDAY) -> list[str]:
    return [match.number for match in search(asked, on=on).matches]


def unconfirmed(asked: Need) -> list[str]:
    return [match.number for match in search(asked, on=MONDAY).unconfirmed]


@pytest.mark.parametrize(
    ("case", "born", "first", "served"),
    [
        ("example 23: twelve complete months on 1 February", date(2021, 1, 15), date(2022, 2, 1), True),
        ("the day before the thirteenth month is complete", date(2021, 1, 15), date(2022, 2, 14), True),
        ("the thirteenth month begins on 15 February", date(2021, 1, 15), date(2022, 2, 15), False),
    ],
)
def test_the_age_on_the_first_day_is_that_of_the_group(case: str, born: date, first: date, served: bool) -> None:
    asked = need(age_months=age_in_months(born, first))

    creche("young", slot(group="0-12"))

    assert (found(asked) == ["young"]) is served, case


@pytest.mark.parametrize(("age", "served"), [(9, False), (10, True), (36, True), (37, False)])
def test_a_place_takes_the_ages_it_says(age: int, served: bool) -> None:
    creche("S", *(slot(group=group) for group in ("0-12", "25-36", "37-72")), age_min_months=10, age_max_months=36)

    assert (found(need(age_months=age)) == ["S"]) is served


@pytest.mark.parametrize(
    ("case", "km", "served"), [("example 24, inside", 4.9, True), ("example 24, outside", 5.1, False)]
)
def test_the_circle_is_as_wide_as_asked(case: str, km: float, served: bool) -> None:
    creche("S", slot(), km=km)

    assert (found(need(radius_km=5)) == ["S"]) is served, case


@pytest.mark.parametrize("radius", [1, 2, 5, 10, 20, 50])
def test_each_radius_holds_what_lies_just_inside_it_and_no_more(radius: int) -> None:
    creche("inside", slot(), km=radius - 0.01)
    creche("outside", slot(), km=radius + 0.01)

    assert found(need(radius_km=radius)) == ["inside"]


@pytest.mark.parametrize(
    ("case", "told", "hours", "served"),
    [
        ("an afternoon for an afternoon", [slot()], (840, 1080), True),
        ("a morning for an afternoon", [slot(band="AM")], (840, 1080), False),
        ("a whole day serves the afternoon", [slot(band="FULL")], (840, 1080), True),
        ("a whole day serves the morning", [slot(band="FULL")], (540, 720), True),
        ("a whole day serves the day", [slot(band="FULL")], None, True),
        ("two halves serve the day", [slot(band="AM"), slot()], None, True),
        ("a half does not serve the day", [slot()], None, False),
        ("until one o’clock is the morning", [slot(band="AM")], (540, 780), True),
        ("a minute later is both halves", [slot(band="AM")], (540, 781), False),
        ("halves of two groups that take the child", [slot(band="AM"), slot(group="ANY")], None, True),
        ("another group does not take the child", [slot(group="0-12")], (840, 1080), False),
        ("another kind of care", [slot(kind="REGULAR")], (840, 1080), False),
        ("the day after", [slot(FRIDAY)], (840, 1080), False),
    ],
)
def test_every_half_day_asked_for_has_a_place(case: str, told: list[Any], hours: Any, served: bool) -> None:
    creche("S", *told)

    assert (found(need(hours=hours)) == ["S"]) is served, case


@pytest.mark.parametrize(
    ("case", "opening", "hours", "served"),
    [
        ("open until the minute asked for", "07:30-18:00", (840, 1080), True),
        ("closed a minute before", "07:30-17:59", (840, 1080), False),
        ("a break in the middle of the hours", "08:00-15:00|15:30-18:30", (840, 1080), False),
        ("hours within the second span", "08:00-12:00|13:30-18:30", (840, 1080), True),
        ("no hour asked for: both halves are open", "08:00-12:00|13:30-18:00", None, True),
        ("no hour asked for: closed in the afternoon", "08:00-12:00", None, False),
        ("closed that day", None, (840, 1080), False),
    ],
)
def test_opening_hours_limit_too(case: str, opening: str | None, hours: Any, served: bool) -> None:
    creche("S", slot(band="FULL"), thursday=opening)

    assert (found(need(hours=hours)) == ["S"]) is served, case


def test_a_closed_period_ends_on_the_day_of_reopening() -> None:
    creche("closed", slot(), closed_periods="2026-10-26/2026-10-30")
    creche("reopens", slot(), closed_periods="2026-10-26/2026-10-29", km=2)

    assert found(need()) == ["reopens"]


def test_several_days_are_all_served_or_the_place_is_not_there() -> None:
    creche("both", slot(), slot(FRIDAY), km=3)
    creche("one", slot(), km=1)

    assert found(need(last=FRIDAY)) == ["both"]
    assert found(need()) == ["one", "both"]


def test_days_over_two_months_are_all_served() -> None:
    last, first = date(2026, 10, 30), date(2026, 11, 2)
    creche("both", slot(last), slot(first), km=2)
    creche("october", slot(last))

    assert found(need(first=last, last=first)) == ["both"]


def test_a_weekly_need_is_ranked_by_what_is_served_of_it_then_by_distance() -> None:
    days = [date(2026, 11, 5) + timedelta(days=7 * week) for week in range(12)]
    weekly = need(kind="REGULAR", first=days[0], last=days[-1] + timedelta(days=1), weekdays=frozenset({3}))
    creche("all, far", *(slot(day, kind="REGULAR") for day in days), km=4)
    creche("half", *(slot(day, kind="REGULAR") for day in days[:6]), km=1)
    creche("less", *(slot(day, kind="REGULAR") for day in days[:5]), km=0.5)
    creche("half, farther", *(slot(day, kind="REGULAR") for day in days[6:]), km=2)

    matches = search(weekly, on=MONDAY).matches
    assert [(one.number, one.fit and one.fit.percent) for one in matches] == [
        ("all, far", 100), ("half", 50), ("half, farther", 50),
    ]  # fmt: skip


def test_a_public_holiday_and_a_closed_period_take_nothing_from_a_weekly_need() -> None:
    """11 November 2026 is a Wednesday; 23 December lies in the closed period."""
    wednesdays = [date(2026, 11, 4) + timedelta(days=7 * week) for week in range(8)]
    open_ones = [day for day in wednesdays if day not in (date(2026, 11, 11), date(2026, 12, 23))]
    weekly = need(kind="REGULAR", first=wednesdays[0], last=wednesdays[-1], weekdays=frozenset({2}))

    creche("S", *(slot(day, kind="REGULAR") for day in open_ones), closed_periods="2026-12-20/2026-12-28")

    assert [one.fit and (one.fit.served, one.fit.asked) for one in search(weekly, on=MONDAY).matches] == [(6, 6)]


def test_the_least_places_of_all_the_half_days_are_what_is_free() -> None:
    creche("S", slot(band="AM", places=3), slot(places=2), slot(group="ANY", places=1))

    assert [one.fit and one.fit.places for one in search(need(hours=None), on=MONDAY).matches] == [2]


def test_modes_limit() -> None:
    creche("S", slot())
    creche("M", slot(), type="MICRO", capacity=10, km=2)
    childminder("A", slot(group="ANY"), km=3)

    assert found(need()) == ["S", "M", "A"]
    assert found(need(modes=("MICRO",))) == ["M"]
    assert found(need(modes=("CRECHE", "CHILDMINDER"))) == ["S", "A"]


def test_disability_and_atypical_hours_keep_who_says_so() -> None:
    creche("S", slot())
    creche("early", slot(), monday="07:59-18:30", km=1.5)
    childminder("told", slot(group="ANY"), km=2)
    childminder("silent", slot(group="ANY"), km=3)
    Childminder.objects.create(number="told", welcomes_disability=True, works_atypical_hours=True, told_at=NOON)

    assert found(need(disability=True)) == ["S", "early", "told"]
    assert found(need(atypical=True)) == ["early", "told"]
    Childminder.objects.update(works_atypical_hours=False, welcomes_disability=False)
    assert found(need(disability=True, atypical=True)) == ["early"]


@pytest.mark.parametrize(
    ("hours", "days", "atypical"),
    [
        ((480, 1110), [0], False), ((479, 1110), [0], True), ((480, 1111), [0], True), ((540, 720), [4], False),
        ((540, 720), [5], True), (None, [6], True), (None, [0], False),
    ],
)  # fmt: skip
def test_atypical_is_before_eight_after_half_past_six_or_at_the_weekend(
    hours: Any, days: list[int], atypical: bool
) -> None:
    assert is_atypical(hours, days) is atypical


def test_hours_of_a_childminder_limit_when_they_are_told() -> None:
    childminder("A", slot(group="ANY"))
    assert found(need()) == ["A"]

    Childminder.objects.create(number="A", opening_hours={"thursday": "08:00-17:00"}, told_at=NOON)
    assert found(need()) == []


@pytest.mark.parametrize(
    ("case", "told", "fresh", "stale"),
    [
        ("seven days", MONDAY - timedelta(days=7), ["S"], []),
        ("eight days: to confirm", MONDAY - timedelta(days=8), [], ["S"]),
        ("twenty-one days: to confirm", MONDAY - timedelta(days=21), [], ["S"]),
        ("twenty-two days: in no list", MONDAY - timedelta(days=22), [], []),
    ],
)
def test_a_crèche_that_told_long_ago_is_to_confirm_then_hidden(
    case: str, told: date, fresh: list[str], stale: list[str]
) -> None:
    creche("S", slot(), told=told)

    assert (found(need()), unconfirmed(need())) == (fresh, stale), case
    assert silent_around(need(), on=MONDAY) == []


@pytest.mark.parametrize(("days", "fresh", "stale"), [(35, ["A"], []), (36, [], ["A"]), (150, [], ["A"])])
def test_what_a_childminder_declares_greys_and_stays(days: int, fresh: list[str], stale: list[str]) -> None:
    childminder("A", slot(group="ANY"), told=MONDAY - timedelta(days=days))

    assert (found(need()), unconfirmed(need())) == (fresh, stale)


def test_who_never_told_anything_is_in_a_list_of_its_own_by_distance() -> None:
    childminder("far", told=None, km=3)
    childminder("near", told=None, km=1)
    childminder("beyond", told=None, km=6)
    creche("too old", told=None, age_max_months=12)

    assert [one.number for one in silent_around(need(), on=MONDAY)] == ["near", "far"]
    assert (found(need()), unconfirmed(need())) == ([], [])


def test_a_place_is_found_while_it_is_published() -> None:
    place = creche("S", slot())
    for since, until, served in (
        (MONDAY, None, True), (FRIDAY, None, False), (MONDAY, THURSDAY, False), (MONDAY, FRIDAY, True), (None, None, False),
    ):  # fmt: skip
        type(place).objects.update(published_from=since, published_until=until)
        assert (found(need()) == ["S"]) is served, (since, until)


def test_what_a_place_owes_never_moves_it() -> None:
    """Nor does how it reports: the nearest is first whatever is followed of it."""
    from monenfant.models import CarePlace, DeclarationFollowUp

    childminder("near", slot(group="ANY"), km=1)
    childminder("far", slot(group="ANY"), km=2)
    before = found(need())

    near = CarePlace.objects.get(number="near")
    DeclarationFollowUp.objects.create(place=near, deadline=MONDAY, state="OVERDUE", moved_on=MONDAY)
    CarePlace.objects.filter(number="far").update(declared_mode="AUTOMATED", last_sequence=99)

    assert found(need()) == before == ["near", "far"]


def test_the_nearest_page_is_full_and_says_that_there_is_more() -> None:
    for number in range(30):
        creche(f"S{number}", slot(), km=0.1 * (number + 1))

    first = search(need(), on=MONDAY)
    assert [one.number for one in first.matches] == [f"S{number}" for number in range(20)]
    assert first.has_more
    everything = search(need(), on=MONDAY, most=40)
    assert len(everything.matches) == 30
    assert not everything.has_more


# ---- what is asked -------------------------------------------------------------------------------------------------


def read(**changes: str) -> tuple[Need | None, list[str]]:
    given = {"commune": "63300", "date_from": "2026-10-29", "age_months": "20"} | changes
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in given.items() if value})
    asked, errors = read_need(query, MONDAY)
    return asked, [error["column"] for error in errors]


@pytest.mark.parametrize(
    ("case", "changes", "wrong"),
    [
        ("as it should be", {}, []),
        ("today", {"date_from": "2026-10-26"}, []),
        ("yesterday", {"date_from": "2026-10-25"}, ["date_from"]),
        ("the thirtieth day", {"date_from": "2026-11-25"}, []),
        ("the thirty-first day", {"date_from": "2026-11-26"}, ["date_from"]),
        ("until the thirtieth day", {"date_to": "2026-11-25"}, []),
        ("until the thirty-first day", {"date_to": "2026-11-26"}, ["date_to"]),
        ("a weekly need may begin later", {"kind": "REGULAR", "date_from": "2027-04-27"}, []),
        ("but within six months", {"kind": "REGULAR", "date_from": "2027-04-28"}, ["date_from"]),
        ("six months at most", {"kind": "REGULAR", "date_to": "2027-04-29"}, []),
        ("and no day more", {"kind": "REGULAR", "date_to": "2027-04-30"}, ["date_to"]),
        ("backwards", {"date_to": "2026-10-28"}, ["date_to"]),
        ("no date", {"date_from": ""}, ["date_from"]),
        ("as people write it", {"date_from": "29/10/2026"}, []),
        ("one hour of two", {"time_from": "14:00"}, ["time_from"]),
        ("hours backwards", {"time_from": "18:00", "time_to": "14:00"}, ["time_to"]),
        ("no hour", {"time_from": "25:00", "time_to": "26:00"}, ["time_from"]),
        ("six years", {"age_months": "72"}, []),
        ("older", {"age_months": "73"}, ["age_months"]),
        ("no age", {"age_months": ""}, ["age_months"]),
        ("not born", {"age_months": "-1"}, ["age_months"]),
        ("no such commune", {"commune": "99999"}, ["where"]),
        ("another radius", {"radius_km": "7"}, ["radius_km"]),
        ("another kind", {"kind": "NIGHT"}, ["kind"]),
        ("no such day in these", {"date_to": "2026-10-30", "weekdays": "MON"}, ["weekdays"]),
        (
            "all wrong at once",
            {"commune": "", "age_months": "x", "date_from": "x"},
            ["where", "date_from", "age_months"],
        ),
    ],
)
def test_criteria_are_read_or_every_error_is_told(case: str, changes: dict[str, str], wrong: list[str]) -> None:
    asked, errors = read(**changes)

    assert errors == wrong, case
    assert (asked is None) is bool(wrong), case


def test_the_address_of_a_need_tells_it_again() -> None:
    for changes in (
        {}, {"time_from": "14:00", "time_to": "18:00"}, {"kind": "REGULAR", "weekdays": "THU", "modes": "MICRO"},
        {"date_to": "2026-11-03", "disability": "1", "atypical_hours": "1", "radius_km": "20"},
    ):  # fmt: skip
        asked, _errors = read(**changes)
        assert asked is not None
        assert read_need(asked.criteria, MONDAY)[0] == asked


def test_hours_of_the_clock_and_of_a_week() -> None:
    assert halves_of(None) == ("AM", "PM")
    assert spans_of("08:00-12:00|13:30-18:00") == [(480, 720), (810, 1080)]
    assert is_open([(480, 720)], (480, 720), ("AM",))
    assert not is_open([], None, ("AM",))
    assert closed_days(None) == set()
    assert closed_days("2026-10-26/2026-10-27|2026-10-28/2026-10-29") == {MONDAY, THURSDAY - timedelta(days=1)}
