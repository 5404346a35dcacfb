"""Structures that report no more: the message to the manager, the adviser's call, what ends it; never a sanction."""

from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from monenfant.duties.acting import ActRefused, note_call
from monenfant.duties.silences import missed_of
from monenfant.models import CarePlace, DutyDay, StructureSilence
from monenfant.publishing import publish_offer
from monenfant.reporting.stops import stop
from monenfant.reporting.writing import Who
from portal.accounts.models import Posting, Role, User
from portal.notices.models import Notice
from tests.monenfant.duties.world import STRUCTURES, at, live
from tests.monenfant.files import HOUSE, MICRO, row, take_in

pytestmark = pytest.mark.django_db
LISTED = "2021-09-01T08:00:00+02:00"
START = date(2022, 1, 3)


@pytest.fixture(autouse=True)
def the_site_is_there_since_september() -> None:
    DutyDay.objects.create(day=date(2021, 9, 1), counts={}, ended_at=at(date(2021, 9, 1)))


def structure(folder: Path, number: str = "S1", **cells: str) -> None:
    folder.mkdir(exist_ok=True)
    take_in(folder, STRUCTURES, row(STRUCTURES, cnaf_id=number, **{"updated_at": LISTED, "closed_periods": ""} | cells))


def reported(number: str, on: date, mode: str = "MANUAL") -> None:
    CarePlace.objects.filter(number=number).update(declared_at=at(on, 0), declared_mode=mode)


def silences() -> list[tuple[str, date, date | None, date | None]]:
    found = StructureSilence.objects.order_by("pk")
    return list(found.values_list("place__number", "mailed_on", "task_on", "ended_on"))


def adviser(name: str, fund: str = "CAF63") -> User:
    user = User.objects.create(username=name)
    Posting.objects.create(user=user, role=Role.FUND_CASEWORKER, fund=fund, starts_on=date(2020, 1, 1))
    return user


@pytest.mark.parametrize(
    ("mode", "last_quiet", "mailed", "called"),
    [
        # Due on day 7 and day 14: both are missed from the next first hour on.
        ("MANUAL", 14, 15, 22),
        # Every 56 hours: the second is due in the fifth day, the third on the seventh at midnight.
        ("AUTOMATED", 4, 5, 8),
    ],
)
def test_two_reports_missed_lead_to_a_message_then_a_third_to_a_call(
    tmp_path: Path, mode: str, last_quiet: int, mailed: int, called: int
) -> None:
    structure(tmp_path)
    nathalie = adviser("nathalie")
    adviser("elsewhere", "CAF03")
    live(START)
    StructureSilence.objects.all().delete()
    Notice.objects.all().delete()
    reported("S1", START, mode)

    for days, expected in (
        (last_quiet, []), (mailed, [("S1", START + timedelta(mailed), None, None)]),
        (called - 1, [("S1", START + timedelta(mailed), None, None)]),
        (called, [("S1", START + timedelta(mailed), START + timedelta(called), None)]),
    ):  # fmt: skip
        live(START + timedelta(days))
        assert silences() == expected, days
    assert Notice.objects.filter(kind="monenfant.silence").count() == 1
    assert StructureSilence.objects.get().adviser == nathalie


def test_a_report_ends_it_and_a_later_silence_is_another(tmp_path: Path) -> None:
    structure(tmp_path)
    live(START)
    reported("S1", START)
    live(START + timedelta(1))
    assert [one[3] for one in silences()] == [START + timedelta(1)]

    live(START + timedelta(15))

    assert [one[3] for one in silences()] == [START + timedelta(1), None]


def test_example_22_a_micro_creche_paid_by_families_owes_nothing_before_april_2022(tmp_path: Path) -> None:
    structure(tmp_path / "a", "S1", **MICRO, funding="MICRO_CMG")
    structure(tmp_path / "b", "S2", **MICRO)
    live(date(2022, 3, 31))
    assert [one[0] for one in silences()] == ["S2"]

    live(date(2022, 4, 15))
    assert [one[0] for one in silences()] == ["S2"], "its first two weeks"
    live(date(2022, 4, 16))
    assert [one[0] for one in silences()] == ["S2", "S1"]


@pytest.mark.parametrize(
    "cells", [HOUSE, {"listing_status": "DRAFT"}, {"closed_periods": "2021-12-20/2022-01-04"}, {"updated_at": "2021-12-25T08:00:00+01:00"}]
)  # fmt: skip
def test_who_is_not_awaited(tmp_path: Path, cells: dict[str, str]) -> None:
    structure(tmp_path, **cells)
    live(START)

    assert silences() == []


def test_after_a_closure_the_clock_begins_again(tmp_path: Path) -> None:
    structure(tmp_path, closed_periods="2021-12-20/2022-01-04")
    reopened = date(2022, 1, 4)
    live(reopened, reopened + timedelta(14))
    assert silences() == []

    live(reopened + timedelta(15))
    assert len(silences()) == 1


def test_a_stop_told_by_the_manager_holds_the_clock(tmp_path: Path) -> None:
    structure(tmp_path)
    publish_offer(on=START)
    place, back = CarePlace.objects.get(), START + timedelta(20)
    reported("S1", START)
    stop(
        place_pk=place.pk, key=uuid4(), start=START + timedelta(1), end=back, is_final=False, who=Who("yann"), on=START,
        now=at(START, 9),
    )  # fmt: skip
    live(back, back + timedelta(14))
    assert silences() == []
    assert [missed_of(place, back + timedelta(days)) for days in (-1, 6, 8, 15)] == [0, 0, 1, 2]

    live(back + timedelta(15))
    assert len(silences()) == 1


def test_on_its_first_morning_the_site_writes_to_nobody(tmp_path: Path) -> None:
    """Structures listed for years could tell nothing to a site that was not there."""
    DutyDay.objects.all().delete()
    structure(tmp_path)

    live(START, START + timedelta(14))
    assert silences() == []

    live(START + timedelta(15))
    assert len(silences()) == 1


def test_calls_are_shared_and_nobody_is_named_where_the_fund_has_nobody(tmp_path: Path) -> None:
    for number in range(4):
        structure(tmp_path / str(number), f"S{number}")
    for name in ("nathalie", "ines"):
        adviser(name)
    structure(tmp_path / "z", "S9", insee_code="03185", postcode="03100", lat="46.34", lon="2.60", fund="CAF03")
    live(START)
    assert not StructureSilence.objects.filter(task_on__isnull=False).exists(), "the message has its week first"
    live(START + timedelta(6))
    assert not StructureSilence.objects.filter(task_on__isnull=False).exists()
    live(START + timedelta(7))

    told = dict(StructureSilence.objects.values_list("place__number", "adviser__username"))
    assert sorted(name for number, name in told.items() if number != "S9") == ["ines", "ines", "nathalie", "nathalie"]
    assert told["S9"] is None


def test_what_was_said_on_the_telephone_is_noted(tmp_path: Path) -> None:
    structure(tmp_path)
    live(START)
    silence, agent = StructureSilence.objects.get(), User.objects.create(username="agent")
    with pytest.raises(ActRefused):
        note_call(silence_pk=silence.pk, said="  vu", by_pk=agent.pk, on=START, now=at(START))

    note_call(silence_pk=silence.pk, said="Logiciel en panne, retour lundi", by_pk=agent.pk, on=START, now=at(START))

    silence.refresh_from_db()
    assert (silence.called_on, silence.ended_on) == (START, None)
