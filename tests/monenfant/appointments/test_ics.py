"""Calendar files, read back by the rules of RFC 5545: lines, escapes, hours of Paris, an entry that is updated."""

from datetime import UTC, date, datetime

import pytest

from monenfant.appointments.calendars import desk_calendar, family_calendar
from monenfant.appointments.ics import Event, calendar_file, escaped, folded
from monenfant.models import AppointmentRequest
from tests.monenfant.appointments.world import adviser, at, desk, fixed, offered

AT = datetime(2026, 10, 26, 8, tzinfo=UTC)


def parsed(content: bytes) -> list[tuple[str, str]]:
    """Name (with its parameters) and value of each line, unfolded and unescaped."""
    text = content.decode()
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = text.removesuffix("\r\n").replace("\r\n ", "").split("\r\n")
    return [(name, unescaped(value)) for name, _, value in (line.partition(":") for line in lines)]


def unescaped(value: str) -> str:
    out, letters = "", iter(value)
    for letter in letters:
        out += {"n": "\n"}.get(after := next(letters), after) if letter == "\\" else letter
    return out


def event(**changes: object) -> Event:
    facts = {
        "uid": "appointment-1@x",
        "sequence": 1,
        "changed_at": AT,
        "starts_at": AT,
        "ends_at": AT,
        "summary": "Rendez-vous",
    }
    return Event(**facts | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["a, b; c\\d", "ligne\nautre", "Ÿ" * 60, "é" * 200, "fin\\", "a\r\nb", "\\n", "x" * 75, "x" * 76, "🙂" * 40]
)
def test_every_text_comes_back_as_it_was(text: str) -> None:
    found = dict(parsed(calendar_file([event(summary=text)], "Agenda")))

    assert found["SUMMARY"] == text.replace("\r\n", "\n")


def test_a_line_is_folded_at_its_seventy_fifth_octet() -> None:
    assert folded("x" * 75) == "x" * 75
    assert folded("x" * 76) == "x" * 75 + "\r\n x"
    assert folded("é" * 38) == "é" * 37 + "\r\n é"
    assert escaped("a\nb") == "a\\nb"


def test_a_calendar_holds_what_it_must_and_says_the_hour_of_paris() -> None:
    lines = parsed(calendar_file([event(starts_at=datetime(2026, 10, 26, 9, tzinfo=UTC))], "Agenda"))

    assert lines[:3] == [("BEGIN", "VCALENDAR"), ("VERSION", "2.0"), ("PRODID", "-//Portail//Rendez-vous//FR")]
    assert ("DTSTART;TZID=Europe/Paris", "20261026T100000") in lines
    assert ("DTSTAMP", "20261026T080000Z") in lines
    assert ("TZID", "Europe/Paris") in lines
    assert lines[-2:] == [("END", "VEVENT"), ("END", "VCALENDAR")]


@pytest.mark.django_db
def test_a_moved_appointment_updates_the_entry_that_a_calendar_holds() -> None:
    place, celine = desk(), adviser()
    found = fixed(celine, at(date(2026, 10, 28), 10))
    before = dict(parsed(family_calendar(found, place, "Relais R1")))

    moved = offered(celine, at(date(2026, 10, 29), 14), of=found)
    during = dict(parsed(family_calendar(moved, place, "Relais R1")))

    assert before["UID"] == during["UID"] == f"appointment-{found.pk}@localhost"
    assert (before["SEQUENCE"], before["STATUS"]) == ("1", "CONFIRMED")
    assert (during["SEQUENCE"], during["STATUS"]) == ("2", "CANCELLED")
    assert before["LOCATION"] == "Relais R1, 3 place de la Fédération, 63200 Riom"
    assert family_calendar(moved, place, "Relais R1") == family_calendar(moved, place, "Relais R1")


@pytest.mark.django_db
def test_the_agenda_of_a_desk_says_nothing_of_its_families() -> None:
    desk()
    found = fixed(adviser(), at(date(2026, 10, 28), 10))

    content = desk_calendar([AppointmentRequest.objects.get()], "Relais R1").decode()

    assert f"SUMMARY:Rendez-vous {found.number}" in content
    for secret in ("Claire", "Fournier", "exemple.fr", "06 39", "quatre jours"):
        assert secret not in content.replace("\r\n ", "")
