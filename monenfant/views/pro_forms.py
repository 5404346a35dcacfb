"""Reading the forms of a week: squares, children present, the week itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.http import HttpRequest

from monenfant.models.reporting import CHILDREN_PRESENT_MOST
from monenfant.reporting.held import Held
from monenfant.reporting.squares import HALVES, Square, week_of
from monenfant.reporting.windows import WEEK, monday_of
from monenfant.rules.availability import PLACES_MOST

WEEKS_AHEAD = 60


@dataclass
class Typed:
    """What a form said; `errors` by the name of the field."""

    monday: date
    squares: dict[Square, int]
    present: dict[tuple[int, str], int]
    seen: int
    errors: dict[str, str] = field(default_factory=dict)


def monday_asked(text: str, on: date) -> date:
    """The week of a day written ``2026-10-26``, not before this one and not too far; else this one."""
    try:
        asked = monday_of(date.fromisoformat(text))
    except ValueError:
        return monday_of(on)
    return min(max(asked, monday_of(on)), monday_of(on) + WEEKS_AHEAD * WEEK)


def stands(held: Held, monday: date) -> Typed:
    """The form of a week as it stands."""
    squares = week_of(held.stored, monday, held.lines)
    return Typed(monday, squares, dict(held.received.present) if held.received else {}, held.last_message)


def typed_of(request: HttpRequest, held: Held, on: date) -> Typed:
    """What was sent; a square that the form did not hold stays as it stands."""
    sent = request.POST
    typed = stands(held, monday_asked(sent.get("monday", ""), on))
    seen = sent.get("seen", "")
    typed.seen = int(seen) if re.fullmatch(r"\d{1,18}", seen, re.ASCII) else -1
    for square in typed.squares:
        name = f"n-{square.name}"
        if name in sent:
            typed.squares[square] = _places(sent, square, name, typed)
    if held.received is not None:
        for weekday in range(7):
            for band in HALVES:
                _present(sent, weekday, band, typed)
    return typed


def _places(sent: Mapping[str, str], square: Square, name: str, typed: Typed) -> int:
    """A square that is not ticked is taken, whatever its number says."""
    if f"boxed-{square.name}" in sent and f"free-{square.name}" not in sent:
        return 0
    number = _whole(sent[name], PLACES_MOST)
    if number is None:
        typed.errors[name] = "Écrivez un nombre de places, par exemple 1."
        return typed.squares[square]
    return number


def _present(sent: Mapping[str, str], weekday: int, band: str, typed: Typed) -> None:
    name = f"p-{weekday}-{band}"
    text = sent.get(name, "").strip()
    if not text:
        # Emptied, nobody is there any more; never told, it stays untold.
        if name in sent and (weekday, band) in typed.present:
            typed.present[weekday, band] = 0
        return
    number = _whole(text, CHILDREN_PRESENT_MOST)
    if number is None:
        typed.errors[name] = f"Écrivez un nombre d’enfants, de 0 à {CHILDREN_PRESENT_MOST}."
        return
    typed.present[weekday, band] = number


def _whole(text: str, most: int) -> int | None:
    found = re.fullmatch(r"\d{1,3}", text.strip(), re.ASCII)
    return int(text) if found and int(text) <= most else None
