"""A body as a message: every key known, every value of its form, every error at once. No key could hold a child."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from monenfant.rules.availability import AGE_GROUPS, BANDS, KINDS
from monenfant.transmission.codes import Problem, problem
from portal.legislation.facts import REQUIRED, Error, Fact, choice, count, matched, read_day, read_object, read_objects

SCHEMA, BODY_MEGABYTES = "1.0", 1
SLOTS_MOST, PLACES_LARGEST = 5_000, 1_000_000
SEQUENCE_LARGEST = 2**53
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
HOUR = r"([01]\d|2[0-3]):[0-5]\d|24:00"
INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)"
EMAIL = r"[^@\s\x00-\x1f\ud800-\udfff]{1,64}@[A-Za-z0-9.-]{1,189}"
PHONE = r"\+?[0-9][0-9 .-]{3,23}"


@dataclass(frozen=True)
class SentSlot:
    """One slot as it was sent: a date, or weekdays from a date."""

    on: date | None
    weekdays: frozenset[int]
    since: date | None
    band: str
    age_group: str
    kind: str
    places: int


@dataclass(frozen=True)
class Message:
    """A message of the right form. The window's `last` day is inside it."""

    cnaf_id: str
    siret: str | None
    sequence: int
    first: date
    last: date
    slots: tuple[SentSlot, ...]


def read_message(said: Any) -> tuple[Message | None, list[Problem]]:
    """The message, or why it has not the form that is asked."""
    values, errors = read_object(said, WHOLE, "Envoyez un objet JSON, avec une fenêtre et des créneaux.")
    structure, wrong = _inner(values, "structure", STRUCTURE)
    window, more = _inner(values, "window", WINDOW)
    slots, bad = read_objects(values, "slots", SLOT, "Un créneau est un objet.")
    errors += wrong + more + bad + _inner(values, "contact", CONTACT)[1]
    patterns = [_inner(one, "pattern", PATTERN, under=f"slots[{place}].") for place, one in enumerate(slots)]
    for place, (one, (_pattern, inside)) in enumerate(zip(slots, patterns, strict=True)):
        errors += inside + _slot_errors(one, f"slots[{place}]", values["slots"][place])
    if errors:
        return None, [_as_problem(one) for one in errors]
    sent = tuple(_slot(one, pattern) for one, (pattern, _wrong) in zip(slots, patterns, strict=True))
    return Message(structure["cnaf_id"], structure["siret"], values["sequence"], window["from"], window["to"], sent), []


def _inner(values: dict[str, Any], key: str, facts: Mapping[str, Fact], under: str = "") -> tuple[dict, list[Error]]:
    given = values.get(key)
    return read_object(given, facts, "Un objet est attendu.", under=f"{under}{key}.") if given is not None else ({}, [])


def _slot_errors(values: dict[str, Any], path: str, given: Any) -> list[Error]:
    if not isinstance(given, dict):
        return []
    errors = []
    if (given.get("date") is None) == (given.get("pattern") is None):
        errors.append({"key": path, "code": "date_or_pattern", "message": "Il faut « date » ou « pattern », pas les deux.",
                       "remedy": "Donnez une date, ou des jours de la semaine."})  # fmt: skip
    begins, ends = values.get("from"), values.get("to")
    if begins and ends and begins >= ends:
        errors.append({"key": f"{path}.to", "code": "hours", "message": "L’heure de fin n’est pas après celle du début.",
                       "remedy": "Donnez deux heures qui se suivent."})  # fmt: skip
    return errors


def _slot(values: dict[str, Any], pattern: dict[str, Any]) -> SentSlot:
    return SentSlot(
        values["date"], pattern.get("weekdays", frozenset()), pattern.get("from"), values["half_day"], values["age_group"],
        values["kind"], values["places"],
    )  # fmt: skip


def _as_problem(one: Error) -> Problem:
    """What is asked of places has a code of its own; anything else is the form."""
    is_places = one["key"].startswith("slots[") and one["key"].endswith("].places") and one["code"] == "bad_value"
    if is_places:
        return problem("E026_NEGATIVE", one["key"])
    message = one["message"].replace("Ce fait", "Cette clé").replace("connu.", "connue.").replace("donné ", "donnée ")
    return problem("E001_SCHEMA", one["key"], message, one["remedy"])


def optional(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`null` is the same as no key."""
    return lambda value: None if value is None else read(value)


def text_like(pattern: str) -> Callable[[Any], str]:
    return lambda value: matched(value, pattern)


def read_date(value: Any) -> date:
    """A date of this century: another one is a slip of the hand."""
    found = read_day(value)
    if not 2000 <= found.year < 2100:
        raise ValueError
    return found


def read_instant(value: Any) -> datetime:
    return datetime.fromisoformat(matched(value, INSTANT))


def read_weekdays(value: Any) -> frozenset[int]:
    if not isinstance(value, list) or not 1 <= len(value) <= len(WEEKDAYS):
        raise ValueError
    return frozenset(WEEKDAYS.index(choice(*WEEKDAYS)(one)) for one in value)


def an_object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError
    return value


def read_slots(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > SLOTS_MOST:
        raise ValueError
    return value


def kept_path(path: str) -> str:
    """The path of an error as it is kept: a key that is not ours may be anything, also the name of a child."""
    parts = path.split(".") if path else []
    known = list(takewhile(lambda part: re.sub(r"\[\d+\]$", "", part) in NAMES, parts))
    return path if known == parts else ".".join([*known, UNKNOWN_KEY])


A_DATE, AN_HOUR = "une date AAAA-MM-JJ", "une heure HH:MM"
WHOLE = {
    "schema": Fact(choice(SCHEMA), f'"{SCHEMA}"'),
    "structure": Fact(an_object, "un objet avec cnaf_id et siret"),
    "generated_at": Fact(read_instant, "un instant avec son décalage, par exemple 2026-10-26T05:10:00+01:00"),
    "sequence": Fact(count(1, SEQUENCE_LARGEST), "un nombre entier qui augmente à chaque message"),
    "window": Fact(an_object, "un objet avec from et to"),
    "slots": Fact(read_slots, f"une liste de 0 à {SLOTS_MOST} créneaux"),
    "contact": Fact(optional(an_object), "un objet avec email et phone, ou null", None),
}
STRUCTURE = {
    "cnaf_id": Fact(
        text_like(r"[^\x00-\x1f\ud800-\udfff]{1,40}"), "le numéro Cnaf de la structure, celui de l’adresse"
    ),
    "siret": Fact(optional(text_like(r"\d{14}")), "14 chiffres en texte, ou null", None),
    "finess": Fact(optional(text_like(r"[0-9AB]{9}")), "9 chiffres en texte, ou null", None),
}
WINDOW = {"from": Fact(read_date, A_DATE), "to": Fact(read_date, A_DATE)}
SLOT = {
    "date": Fact(optional(read_date), A_DATE, None),
    "pattern": Fact(optional(an_object), "un objet avec weekdays et from", None),
    "half_day": Fact(choice(*BANDS), "l’un de " + ", ".join(BANDS)),
    "from": Fact(optional(text_like(HOUR)), AN_HOUR, None),
    "to": Fact(optional(text_like(HOUR)), AN_HOUR, None),
    "age_group": Fact(choice(*AGE_GROUPS), "l’un de " + ", ".join(AGE_GROUPS)),
    "kind": Fact(choice(*KINDS), "l’un de " + ", ".join(KINDS)),
    "places": Fact(count(0, PLACES_LARGEST), "un nombre entier à partir de 0", REQUIRED),
}
PATTERN = {
    "weekdays": Fact(read_weekdays, "une liste de jours parmi " + ", ".join(WEEKDAYS)),
    "from": Fact(read_date, A_DATE),
}
CONTACT = {
    "email": Fact(optional(text_like(EMAIL)), "une adresse électronique, ou null", None),
    "phone": Fact(optional(text_like(PHONE)), "un téléphone, ou null", None),
}
NAMES = {"Idempotency-Key", *WHOLE, *STRUCTURE, *WINDOW, *SLOT, *PATTERN, *CONTACT}
UNKNOWN_KEY = "clé inconnue"
