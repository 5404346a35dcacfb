"""What the next days would do with an act: the family lived in memory, with it and without it. Nothing is written."""

import copy
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from aripa.casefile import CaseFile
from aripa.life.day import live_through
from aripa.life.facts import Event
from aripa.life.living import Outcome
from aripa.models import Event as EventRow
from aripa.selectors import not_lived
from aripa.words import LETTERS, MOVEMENTS, READERS, STATES
from portal.legislation.words import month_in_words

HORIZON = timedelta(days=14)
LAST_NUMBER = 10**15


@dataclass(frozen=True)
class Effect:
    """One thing that the act adds, or takes away."""

    day: date
    what: str
    amount: int | None = None
    is_gone: bool = False


@dataclass(frozen=True)
class Preview:
    """`heard_on`: the day that hears the act; what changes until `until`; the state then, without and with it."""

    heard_on: date
    until: date
    effects: list[Effect]
    state_before: str
    state_after: str
    worries: list[str]


def preview(file: CaseFile, values: dict[str, Any]) -> Preview:
    """Live the next fortnight of the family twice, on copies: with the facts already waiting, then with the act too."""
    heard = max(file.day + timedelta(days=1), values["day"])
    until = heard + HORIZON
    waiting = [_event(one, heard) for one in _waiting(file, until)]
    without, before = _lived(file, waiting, until)
    act = _fact(values, heard, LAST_NUMBER)
    with_it, after = _lived(file, [*waiting, act], until)
    worries = [told for case, _day, told in with_it.worries if case == file.row.pk]
    known = [told for case, _day, told in without.worries if case == file.row.pk]
    return Preview(
        heard,
        until,
        _differences(without, with_it, file.row.pk),
        before,
        after,
        list((Counter(worries) - Counter(known)).elements()),
    )


def _waiting(file: CaseFile, until: date) -> Iterable[EventRow]:
    """Facts of the family entered and not lived yet, known today: what the next day will hear anyway."""
    rows = EventRow.objects.filter(case_no__in=list(file.family.cases)).filter(not_lived(file.day))
    return rows.filter(day__lte=file.known_until).order_by("event_no")


def _event(row: EventRow, heard: date) -> Event:
    return _fact({name: getattr(row, name) for name in COLUMNS}, max(row.day, heard), row.event_no)


COLUMNS = (
    "case_no", "kind", "party", "child_id", "letter", "month", "means", "reason", "amount_cents", "effective_on", "ref",
)  # fmt: skip


def _fact(values: dict[str, Any], on: date, number: int) -> Event:
    return Event(
        number=number, day=on, case=values["case_no"], kind=values["kind"], party=values["party"] or "",
        child=values["child_id"] or "", letter=values["letter"] or "", month=values["month"], means=values["means"] or "",
        reason=values["reason"] or "", amount=values["amount_cents"], effective_on=values["effective_on"],
        ref=values["ref"] or "",
    )  # fmt: skip


def _lived(file: CaseFile, events: list[Event], until: date) -> tuple[Outcome, str]:
    family = copy.deepcopy(file.family)
    family.lived_until = file.day
    out = live_through(family, file.book, events, until=until)
    return out, STATES[family.cases[file.row.pk].shown_state][0]


def _differences(without: Outcome, with_it: Outcome, own: str) -> list[Effect]:
    before, after = Counter(_told(without, own)), Counter(_told(with_it, own))
    added = [Effect(*one) for one in (after - before).elements()]
    gone = [Effect(*one, is_gone=True) for one in (before - after).elements()]
    return sorted(added + gone, key=lambda one: (one.day, one.is_gone, one.what))


def _told(out: Outcome, own: str) -> Iterable[tuple[date, str, int | None]]:
    for one in out.movements:
        yield (one.day, f"{MOVEMENTS[one.kind]}{_month(one.month)}{_elsewhere(one.case, own)}", one.amount)
    for letter in out.letters:
        words = f"Courrier {letter.code} {LETTERS[letter.code]}, {READERS[letter.to]}{_month(letter.month)}"
        yield (letter.day, words + _elsewhere(letter.case, own), None)


def _month(month: date | None) -> str:
    return f", {month_in_words(month)}" if month else ""


def _elsewhere(case: str, own: str) -> str:
    """ASF looks at all the cases of a parent together: an act may move another one's."""
    return "" if case == own else ", dans un autre dossier de la famille"
