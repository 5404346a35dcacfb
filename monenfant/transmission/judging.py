"""What a message would do, slot by slot: patterns laid out, days and ages judged, the whole weighed against the capacity."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from monenfant.rules.availability import (
    AGE_GROUPS,
    LAST_MONTHS,
    PLACES_MOST,
    WINDOW_DAYS_MOST,
    AboveCapacity,
    Slot,
    check_capacity,
)
from monenfant.rules.structures import is_siret_valid
from monenfant.transmission.codes import Problem, problem
from monenfant.transmission.register import Register
from monenfant.transmission.shape import Message, SentSlot

TOLD_BEFORE_DAYS = 3
# A choice of the site: what lies farther ahead is a slip of the hand.
AHEAD_DAYS_MOST = 366
DAY = timedelta(days=1)
BAND_WORDS = {"AM": "matin", "PM": "après-midi", "FULL": "journée"}
Cell = tuple[date, str, str, str]


@dataclass
class Verdict:
    """What a message would do: why it is refused as a whole, else what is published and what is said of each slot."""

    problems: list[Problem] = field(default_factory=list)
    published: list[Slot] = field(default_factory=list)
    slots: list[dict[str, Any]] = field(default_factory=list)

    def counted(self, *states: str) -> int:
        return sum(one["state"] in states for one in self.slots)

    @property
    def is_flagged(self) -> bool:
        return any(one["flags"] for one in self.slots)

    @property
    def counts(self) -> dict[str, int]:
        """Slots as they were sent: `late` ones are among the accepted; a pattern published in part is accepted."""
        rejected = self.counted("REJECTED")
        late = sum(one["state"] != "REJECTED" and _is_flagged(one, "E021_LATE_SLOT") for one in self.slots)
        return {"accepted": len(self.slots) - rejected, "rejected": rejected, "late": late}


def _is_flagged(slot: dict[str, Any], code: str) -> bool:
    return any(flag["code"] == code for flag in slot["flags"])


def judge(message: Message, register: Register, day: date) -> Verdict:
    """The verdict on a message received on `day`; every reason to refuse it at once."""
    verdict = Verdict(problems=[*_whole_problems(message, register, day)])
    if any(one["code"] == "E020_WINDOW" for one in verdict.problems):
        return verdict
    told: dict[Cell, int] = {}
    for index, sent in enumerate(message.slots):
        _judge_slot(verdict, told, index, sent, message, register, day)
    verdict.problems += _overlaps(told, message)
    try:
        check_capacity(verdict.published, min(register.capacity, PLACES_MOST))
    except AboveCapacity as above:
        verdict.problems += _above(above, register)
    return verdict


def _whole_problems(message: Message, register: Register, day: date) -> Iterator[Problem]:
    if not register.is_listed:
        yield problem("E011_NOT_LISTED", "structure.cnaf_id")
    if message.siret is not None and message.siret != register.siret:
        wrong_key = "" if is_siret_valid(message.siret) else "La clé de ce SIRET est fausse : un chiffre a changé."
        yield problem("E012_SIRET_MISMATCH", "structure.siret", wrong_key)
    if wrong := _window_wrong(message, day):
        yield problem("E020_WINDOW", "window", wrong)


def _window_wrong(message: Message, day: date) -> str:
    if message.last < message.first:
        return "La fenêtre finit avant de commencer."
    if (message.last - message.first).days >= WINDOW_DAYS_MOST:
        return f"La fenêtre dépasse {WINDOW_DAYS_MOST} jours."
    if message.last < day:
        return "Cette fenêtre est déjà finie : elle ne dit rien des jours à venir."
    if message.last > day + timedelta(days=AHEAD_DAYS_MOST):
        return "Cette fenêtre finit dans plus d’un an."
    return ""


def _judge_slot(
    verdict: Verdict, told: dict[Cell, int], index: int, sent: SentSlot, message: Message, register: Register, day: date
) -> None:  # fmt: skip
    flags: dict[str, list[date]] = {}
    published = 0
    for on in _days(sent, message):
        cell = (on, sent.band, sent.age_group, sent.kind)
        if cell in told:
            verdict.problems.append(_twice(index, told[cell], on))
            break
        told[cell] = index
        refusal = _refusal(on, sent, register, day)
        if refusal or on < day + TOLD_BEFORE_DAYS * DAY:
            flags.setdefault(refusal or "E021_LATE_SLOT", []).append(on)
        if not refusal:
            published += 1
            verdict.published.append(Slot(on, sent.band, sent.age_group, sent.kind, sent.places))
    if sent.on and not message.first <= sent.on <= message.last:
        verdict.problems.append(problem("E020_WINDOW", f"slots[{index}].date", "Cette date est hors de la fenêtre."))
    verdict.slots.append(_told(index, published, flags))


def _days(sent: SentSlot, message: Message) -> Iterator[date]:
    """The dates of a slot inside the window: its own, or its weekdays to the window's end."""
    if sent.on:
        if message.first <= sent.on <= message.last:
            yield sent.on
        return
    assert sent.since
    on = max(sent.since, message.first)
    while on <= message.last:
        if on.weekday() in sent.weekdays:
            yield on
        on += DAY


def _refusal(on: date, sent: SentSlot, register: Register, day: date) -> str:
    """Why a slot of that day is not published; empty when it is."""
    if on < day:
        return "E022_PAST_SLOT"
    if on in register.shut:
        return "E023_CLOSED_DAY"
    return "" if _is_received(sent.age_group, register) else "E025_AGE_RANGE"


def _is_received(group: str, register: Register) -> bool:
    """Whether some months of the group are among the ages that the structure receives."""
    if group == "ANY":
        return True
    place = AGE_GROUPS.index(group)
    youngest = LAST_MONTHS[place - 1] + 1 if place else 0
    return youngest <= register.age_max_months and register.age_min_months <= LAST_MONTHS[place]


def _told(index: int, published: int, flags: dict[str, list[date]]) -> dict[str, Any]:
    refused = flags.keys() - {"E021_LATE_SLOT"}
    state = "REJECTED" if refused and not published else "PARTLY" if refused else "LATE" if flags else "ACCEPTED"
    said = [
        {"code": code, "dates": [one.isoformat() for one in dates], **_words(code)} for code, dates in flags.items()
    ]
    return {"slot": index, "state": state, "dates": published, "flags": said}


def _words(code: str) -> dict[str, str]:
    said = problem(code)
    return {"message": said["message"], "remedy": said["remedy"]}


def _twice(index: int, first: int, on: date) -> Problem:
    where = f"Déjà dit par slots[{first}] pour le {on.isoformat()}."
    return problem("E027_OVERLAP", f"slots[{index}]", where)


def _overlaps(told: dict[Cell, int], message: Message) -> Iterator[Problem]:
    """A whole day with places, and a half of it with places."""
    said = set()
    for (on, band, group, kind), index in told.items():
        whole = told.get((on, "FULL", group, kind))
        if band == "FULL" or whole is None or not (message.slots[index].places and message.slots[whole].places):
            continue
        later = max(index, whole)
        if later not in said:
            said.add(later)
            yield _twice(later, min(index, whole), on)


def _above(above: AboveCapacity, register: Register) -> Iterator[Problem]:
    most = min(register.capacity, PLACES_MOST)
    for on, band, _kind in above.above[:20]:
        yield problem("E024_CAPACITY", "slots", f"Le {on.isoformat()} ({BAND_WORDS[band]}) : plus de {most} places.")
