"""Appointments as calendars read them (RFC 5545): CRLF, folded lines, escaped texts, times of Paris.

The number of an event never changes, its sequence grows with each change: a calendar that already holds it updates it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
FOLDED_AT = 75
# The rules of Paris since 1996: what a calendar needs to place the hours.
TIMEZONE = """BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE""".splitlines()


@dataclass(frozen=True)
class Event:
    """One appointment; `changed_at` is when it last changed, so that the same event gives the same bytes."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""
    is_cancelled: bool = False


def calendar_file(events: Iterable[Event], name: str) -> bytes:
    """A calendar of these events, in UTF-8."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Portail//Rendez-vous//FR", "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}", *TIMEZONE]  # fmt: skip
    lines = [*head, *(line for event in events for line in _event(event)), "END:VCALENDAR"]
    return "".join(folded(line) + "\r\n" for line in lines).encode()


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{event.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;TZID=Europe/Paris:{event.starts_at.astimezone(PARIS):%Y%m%dT%H%M%S}"
    yield f"DTEND;TZID=Europe/Paris:{event.ends_at.astimezone(PARIS):%Y%m%dT%H%M%S}"
    yield f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}"
    texts = {"SUMMARY": event.summary, "LOCATION": event.location, "DESCRIPTION": event.description}
    yield from (f"{key}:{escaped(text)}" for key, text in texts.items() if text)
    if event.url:
        yield f"URL:{event.url}"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A text as a value (3.3.11): no character of the format, no bare end of line."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\")
    return plain.replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """A line of 75 octets at most, the rest on lines that begin with a space (3.1); no character is cut in two."""
    parts, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > FOLDED_AT:
            parts.append(" ")
            size = 1
        parts[-1] += letter
        size += width
    return "\r\n".join(parts)
