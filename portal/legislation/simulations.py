"""Simulators by kind: each application registers its own from its `apps.py`. And how their JSON is read."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

Simulation = Callable[[Any], tuple[Any, bool]]
_kinds: dict[str, Simulation] = {}


class NotJson(ValueError):
    """The input as a whole is not JSON that can be read; the message says why, in French."""


class JsonObject(dict[str, Any]):
    """A JSON object that remembers the keys given twice: which value was meant, nobody knows."""

    repeated: tuple[str, ...] = ()


def one_by_one(answer: Callable[[Any], dict[str, Any]]) -> Simulation:
    """A simulator that answers each object for itself, an object or a list alike."""

    def simulate(facts: Any) -> tuple[Any, bool]:
        answers = [answer(one) for one in (facts if isinstance(facts, list) else [facts])]
        accepted = all("errors" not in one for one in answers)
        return answers if isinstance(facts, list) else answers[0], accepted

    return simulate


def register(kind: str, simulate: Simulation) -> None:
    """`simulate` takes one object of facts or a list, and returns (answers, whether all were accepted)."""
    _kinds[kind] = simulate


def get(kind: str) -> Simulation:
    """The simulator of `kind`. Raises KeyError."""
    return _kinds[kind]


def kinds() -> list[str]:
    return sorted(_kinds)


def read_json(content: bytes | str) -> Any:
    """Objects, lists, texts, flags and whole numbers; the same for the command and for HTTP. Raises NotJson.

    A number with a point, an exponent or hundreds of digits, NaN and Infinity are no fact of any kind: they come out
    as binary floats, which every reader of facts refuses under the name of its key.
    """
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
        return json.loads(text, object_pairs_hook=_object, parse_int=_whole)
    except UnicodeDecodeError as wrong:
        raise NotJson("L’entrée n’est pas en UTF-8.") from wrong
    except RecursionError as wrong:
        raise NotJson("L’entrée est imbriquée trop profondément.") from wrong
    except json.JSONDecodeError as wrong:
        raise NotJson(f"L’entrée n’est pas du JSON, ligne {wrong.lineno}, colonne {wrong.colno}.") from wrong


def not_json(refused: NotJson) -> dict[str, Any]:
    """The answer to an input that cannot be read at all."""
    remedy = "Envoyez un objet de faits en JSON, ou une liste d’objets."
    return {"errors": [{"key": "", "code": "not_json", "message": str(refused), "remedy": remedy}]}


def _object(pairs: list[tuple[str, Any]]) -> JsonObject:
    found = JsonObject(pairs)
    if len(found) < len(pairs):
        found.repeated = tuple(name for name, times in Counter(name for name, _value in pairs).items() if times > 1)
    return found


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= 20 else float("inf")
