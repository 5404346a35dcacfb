"""The facts of a simulation: how each key of a JSON object is read, and every error at once, with its remedy."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

REQUIRED = object()
TERRITORIES = ("METROPOLE", "OVERSEAS", "MAYOTTE")
AMOUNT = 'un montant en texte, avec un point et deux décimales au plus, de "0" à "999999.99", par exemple "606.25"'

Error = dict[str, str]


@dataclass(frozen=True)
class Fact:
    """One key of the input: how it is read, and its default (REQUIRED when it has none)."""

    read: Callable[[Any], Any]
    expected: str
    default: Any = REQUIRED


def error(key: str, code: str, message: str, remedy: str) -> Error:
    return {"key": key, "code": code, "message": message, "remedy": remedy}


def matched(value: Any, pattern: str) -> str:
    """`value` if it is a text of that form. Digits are 0 to 9 alone: Python's own readers take those of every script."""
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        raise ValueError
    return value


def hundredths(largest: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        whole, _, rest = matched(value, r"\d{1,8}(\.\d{1,2})?").partition(".")
        number = int(whole) * 100 + int(rest.ljust(2, "0"))
        if number > largest:
            raise ValueError
        return number

    return read


def count(low: int, high: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    return read


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def choice(*allowed: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError
        return str(value)

    return read


def read_month(value: Any) -> date:
    return date.fromisoformat(matched(value, r"(19|20)\d\d-\d\d") + "-01")


def read_day(value: Any) -> date:
    return date.fromisoformat(matched(value, r"\d{4}-\d\d-\d\d"))


def read_whole_euros(value: Any) -> int:
    return int(matched(value, r"\d{1,8}"))


def read_days(value: Any) -> list[date]:
    """A list of dates, one at least."""
    if not isinstance(value, list) or not 1 <= len(value) <= 20:
        raise ValueError
    return [read_day(one) for one in value]


def an_amount(default: Any = REQUIRED) -> Fact:
    return Fact(hundredths(99_999_999), AMOUNT, default)


def a_count(low: int, high: int, default: Any = REQUIRED) -> Fact:
    return Fact(count(low, high), f"un nombre entier de {low} à {high}", default)


def one_of(*allowed: str, default: Any = REQUIRED) -> Fact:
    return Fact(choice(*allowed), "l’un de " + ", ".join(allowed), default)


def a_flag() -> Fact:
    return Fact(flag, "true ou false", default=False)


def required_flag() -> Fact:
    return Fact(flag, "true ou false")


def a_month() -> Fact:
    return Fact(read_month, "un mois AAAA-MM")


def a_date(default: Any = REQUIRED) -> Fact:
    return Fact(read_day, "une date AAAA-MM-JJ", default)


def whole_euros(default: Any = REQUIRED) -> Fact:
    return Fact(read_whole_euros, 'des euros entiers en texte, de "0" à "99999999", par exemple "36000"', default)


def some_dates() -> Fact:
    return Fact(read_days, "une liste de dates AAAA-MM-JJ")


def hours_of_month(default: Any = REQUIRED) -> Fact:
    return Fact(
        hundredths(744_00), 'des heures en texte, avec un point et deux décimales au plus, de "0" à "744"', default
    )


def a_list(longest: int, what: str, *, shortest: int = 1) -> Fact:
    """A list of objects, each to be read by `read_objects`."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list) or not shortest <= len(value) <= longest:
            raise ValueError
        return value

    return Fact(read, f"une liste de {shortest} à {longest} {what}")


def read_objects(
    values: dict[str, Any], key: str, facts: Mapping[str, "Fact"], example: str
) -> tuple[list[dict[str, Any]], list[Error]]:
    """The objects of the list at `key`, as `read_object` reads them; their errors are named ``key[0].fact``."""
    found, errors = [], []
    for place, given in enumerate(values.get(key) or []):
        inner, wrong = read_object(given, facts, example, under=f"{key}[{place}].")
        found.append(inner)
        errors += wrong
    return found, errors


def read_object(
    given: Any, facts: Mapping[str, Fact], example: str, *, under: str = ""
) -> tuple[dict[str, Any], list[Error]]:
    """The values of one object, defaults included, and every error of its keys; no value at all when it is no object.

    A value that could not be read is None. `under` is the place of the object inside another one.
    """
    if not isinstance(given, dict):
        return {}, [error(under.rstrip("."), "not_an_object", "Un objet de faits est attendu.", example)]
    errors = [error(under + _named(key), "unknown_key", "Ce fait n’est pas connu.", "Retirez-le.")
              for key in given if key not in facts]  # fmt: skip
    errors += [error(under + _named(key), "duplicate_key", "Ce fait est donné deux fois.", "Gardez une seule valeur.")
               for key in getattr(given, "repeated", ())]  # fmt: skip
    values = {key: _value(given, key, fact, under, errors) for key, fact in facts.items()}
    return values, errors


def _named(key: Any) -> str:
    """A key that came from outside, as it can be written back: half a surrogate pair has no UTF-8."""
    return str(key)[:60].encode("utf-8", "backslashreplace").decode()


def _value(given: dict[str, Any], key: str, fact: Fact, under: str, errors: list[Error]) -> Any:
    """The value of `key`, its default, or None with an error more."""
    if key in given:
        try:
            return fact.read(given[key])
        except (ValueError, TypeError):
            errors.append(
                error(under + key, "bad_value", "Cette valeur n’est pas possible.", f"Donnez {fact.expected}.")
            )
            return None
    if fact.default is REQUIRED:
        errors.append(error(under + key, "required", "Ce fait manque.", f"Donnez {fact.expected}."))
        return None
    return fact.default
