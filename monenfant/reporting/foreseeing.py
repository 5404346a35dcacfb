"""What a gesture would publish: the slots of its window, what changes, and what passes the approval. Nothing is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from monenfant.models import Gesture
from monenfant.reporting.held import Held, last_pattern
from monenfant.reporting.squares import Change, Week, changes, kept, slots_between
from monenfant.reporting.windows import WEEK, days_between, monday_of, period_end
from monenfant.rules.availability import Slot, packed
from monenfant.rules.childminders import Excess, excesses, lowered

Wanted = Callable[[date], Week | None]
Present = Mapping[tuple[int, str], int]


class NothingTold(Exception):
    """Nothing was told before: there is nothing that could go on."""


class PastWeek(Exception):
    """Every day of the week is past."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A gesture as it was asked for: the week shown and its squares, and the children present when they were told."""

    gesture: str
    monday: date
    squares: Week
    present: Present | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """`end` is the first day not covered. `lower`: places that children told present leave no room for, elsewhere."""

    gesture: str
    first: date
    end: date
    slots: list[Slot]
    before: list[Slot]
    changes: list[Change]
    excesses: list[Excess]
    full: list[Excess]
    lower: int
    present: Present | None

    @property
    def free_half_days(self) -> int:
        halves = {
            (slot.date, half) for slot in self.slots for half in (("AM", "PM") if slot.band == "FULL" else (slot.band,))
        }
        return len(halves)


def foresee(held: Held, wish: Wish, on: date) -> Foreseen:
    """Raises NothingTold, PastWeek."""
    held = held.with_present(wish.present)
    first, end, wanted = _window(held, wish, on)
    lasting = wish.gesture != Gesture.WEEK
    told = slots_between(held.stored, first, end, wanted, held.shut.__contains__, lasting=lasting)
    # Children told present count in every week: what stands after the window gives way to them.
    last = max(end, held.told_until or end) if wish.present is not None else end
    after = [slot for day in days_between(end, last) for slot in kept(held.stored, day)]
    room = lowered(after, held.received) if held.received else after
    slots, last = (told + room, last) if room != after else (told, end)
    return _foreseen(held, wish, first, last, slots, lower=len(after) - len(room) if last != end else 0)


def _window(held: Held, wish: Wish, on: date) -> tuple[date, date, Wanted]:
    if wish.gesture == Gesture.SAME:
        return on, max(period_end(on), held.told_until or on), _as_before(held)
    first = max(on, wish.monday)
    end = wish.monday + WEEK if wish.gesture == Gesture.WEEK else max(period_end(on), wish.monday + WEEK)
    if first >= end:
        raise PastWeek
    return first, end, lambda _day: wish.squares


def _as_before(held: Held) -> Wanted:
    """What was told stands; then the pattern of the last week told, without what was for a day only."""
    found = last_pattern(held)
    if found is None or held.told_until is None:
        raise NothingTold
    until, pattern = held.told_until, _with_room(held, found[1])
    return lambda day: pattern if day >= until else None


def _with_room(held: Held, pattern: Week) -> Week:
    if held.received is None:
        return pattern
    monday = monday_of(held.told_until or date.min)
    room = held.received
    return {
        square: min(places, room.left(date.fromordinal(monday.toordinal() + square.weekday), square.band))
        for square, places in pattern.items()
    }


def _foreseen(held: Held, wish: Wish, first: date, end: date, slots: list[Slot], *, lower: int) -> Foreseen:
    before = [slot for day in days_between(first, end) for slot in kept(held.stored, day)]
    beside = held.received
    return Foreseen(
        gesture=wish.gesture, first=first, end=end, slots=slots, before=before,
        changes=changes(held.stored, packed(slots), days_between(first, end), held.lines, held.is_told),
        excesses=excesses(slots, beside) if beside else [],
        full=_full(slots, held), lower=lower, present=wish.present,
    )  # fmt: skip


def _full(slots: list[Slot], held: Held) -> list[Excess]:
    """The half-days of an ordinary week that these places fill: the approval leaves nothing beside them."""
    if held.received is None:
        return []
    found: dict[tuple[int, str], Excess] = {}
    for slot in slots:
        if slot.places == held.received.left(slot.date, slot.band):
            there = held.received.there(slot.date, slot.band)
            found.setdefault((slot.date.weekday(), slot.band), Excess(slot.date, slot.band, there, slot.places))
    return [found[half] for half in sorted(found)]
