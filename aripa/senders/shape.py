"""The JSON of a call as rows of `titles`: the facts of the title once, its children as a list. What is not of that shape
is told with its path, and nothing of the call is taken in."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from aripa.flows.kinds import TITLES
from aripa.flows.titles import FACTS_OF_TITLE
from portal.exchange.cells import Column
from portal.exchange.reading import LINE
from portal.legislation.facts import Error, error

TITLES_MOST, CHILDREN_MOST = 100, 20
# The day of receipt is the portal's, never the sender's.
STAMPED = "received_at"
OF_TITLE = {one.name: one for one in TITLES.columns if one.name in ("title_no", *FACTS_OF_TITLE)}
OF_CHILD = {one.name: one for one in TITLES.columns if one.name not in OF_TITLE and one.name != STAMPED}
SHOWN = 40


@dataclass(frozen=True)
class Sent:
    """One title as it was sent: its place in the call, its cells and those of each child, all as texts."""

    path: str
    facts: dict[str, str]
    children: list[dict[str, str]]

    @property
    def number(self) -> str:
        return self.facts.get("title_no", "")

    @property
    def digest(self) -> str:
        """What the title says, whatever the order of its keys."""
        told = json.dumps([self.facts, self.children], sort_keys=True).encode()
        return hashlib.sha256(told).hexdigest()

    def key_of(self, column: str, child: int) -> str:
        """The path of a cell: ``titles[0].children[1].cash_share``."""
        inside = f"children[{child}].{column}" if column in OF_CHILD else column
        return f"{self.path}.{inside}" if self.path else inside


@dataclass
class Shape:
    """The titles of a call, or every error of its shape."""

    titles: list[Sent] = field(default_factory=list)
    errors: list[Error] = field(default_factory=list)


def shape_of(content: Any) -> Shape:
    """One title (with its `children`), or ``{"titles": [...]}``."""
    found = Shape()
    if not isinstance(content, dict):
        found.errors.append(
            error("", "bad_type", "L’entrée n’est pas un objet.", 'Envoyer un titre, ou {"titles": [...]}.')
        )
        return found
    if "titles" not in content:
        _read_title("", content, found)
        return found
    _refuse_keys("", content, {"titles"}, found)
    many = content["titles"]
    if not isinstance(many, list) or not 1 <= len(many) <= TITLES_MOST:
        found.errors.append(
            error("titles", "bad_value", f"Il faut une liste de 1 à {TITLES_MOST} titres.", "Découper l’envoi.")
        )
        return found
    for place, one in enumerate(many):
        _read_title(f"titles[{place}]", one, found)
    _refuse_doubles([one.number for one in found.titles], [one.key_of("title_no", 0) for one in found.titles], found)
    return found


def _read_title(path: str, content: Any, found: Shape) -> None:
    if not isinstance(content, dict):
        found.errors.append(error(path, "bad_type", "Un titre est un objet.", "Envoyer ses faits et ses enfants."))
        return
    before = len(found.errors)
    _refuse_keys(path, content, {*OF_TITLE, "children"}, found)
    facts = dict(_cells(path, content, OF_TITLE, found))
    children, here = content.get("children"), _at(path, "children")
    if not isinstance(children, list) or not 1 <= len(children) <= CHILDREN_MOST:
        found.errors.append(
            error(
                here,
                "bad_value",
                f"Il faut une liste de 1 à {CHILDREN_MOST} enfants.",
                "Nommer chaque enfant du titre.",
            )
        )
        return
    read = [_read_child(f"{here}[{place}]", one, found) for place, one in enumerate(children)]
    _refuse_doubles(
        [one.get("child_id", "") for one in read], [f"{here}[{place}].child_id" for place in range(len(read))], found
    )
    if len(found.errors) == before:
        found.titles.append(Sent(path, facts, read))


def _read_child(path: str, content: Any, found: Shape) -> dict[str, str]:
    if not isinstance(content, dict):
        found.errors.append(error(path, "bad_type", "Un enfant est un objet.", "Envoyer ses faits."))
        return {}
    _refuse_keys(path, content, set(OF_CHILD), found)
    return dict(_cells(path, content, OF_CHILD, found))


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _refuse_keys(path: str, content: Mapping[str, Any], known: set[str], found: Shape) -> None:
    for name in content:
        if name == STAMPED:
            found.errors.append(
                error(
                    _at(path, name), "not_expected", "Le jour de réception est celui du portail.", "Retirer cette clé."
                )
            )
        elif name not in known:
            found.errors.append(
                error(
                    _at(path, _shown(name)),
                    "unknown_key",
                    "Cette clé n’est pas connue.",
                    "La retirer, ou corriger son nom.",
                )
            )
    for name in getattr(content, "repeated", ()):
        found.errors.append(
            error(_at(path, _shown(name)), "repeated_key", "Cette clé figure deux fois.", "N’en garder qu’une.")
        )


def _shown(name: str) -> str:
    """A key as an answer may repeat it, whatever was sent."""
    return "".join(one if one.isprintable() else "?" for one in name[:SHOWN]).encode("utf-8", "replace").decode()


def _cells(
    path: str, content: Mapping[str, Any], columns: Mapping[str, Column], found: Shape
) -> Iterator[tuple[str, str]]:
    """What is known, as a file would write it; an absent key, null and an empty text are not known."""
    for name, column in columns.items():
        value = content.get(name)
        if value is None or value == "":
            continue
        try:
            yield name, _text(value, column)
        except ValueError:
            expected = EXPECTED.get(column.kind, "un texte")
            found.errors.append(
                error(_at(path, name), "bad_type", f"Attendu : {expected}.", "Corriger le type de la valeur.")
            )


EXPECTED = {"flag": "true ou false", "count": "un nombre entier", "amount": 'un montant en texte, "250.00"'}


def _text(value: Any, column: Column) -> str:
    """Raises ValueError for a value of another type, and for a text that is none (half of a character)."""
    if column.kind == "flag":
        return _of_type(value, bool, {True: "1", False: "0"}.get)
    if column.kind == "count" and not isinstance(value, bool):
        return _of_type(value, int, str)
    if column.kind in ("flag", "count") or not isinstance(value, str):
        raise ValueError
    value.encode()
    return value


def _of_type(value: Any, wanted: type, written: Any) -> str:
    if not isinstance(value, wanted):
        raise ValueError
    return str(written(value))


def _refuse_doubles(values: list[str], paths: list[str], found: Shape) -> None:
    seen: set[str] = set()
    for value, path in zip(values, paths, strict=True):
        if value and value in seen:
            found.errors.append(
                error(path, "given_twice", "Ce numéro figure deux fois dans l’envoi.", "N’en garder qu’un.")
            )
        seen.add(value)


def rows_of(titles: list[Sent], on: date) -> pl.DataFrame:
    """A row a child, numbered from 1, the facts of the title on each, received today."""
    rows = [
        {one.name: (title.facts | child).get(one.name) for one in TITLES.columns} | {STAMPED: on.isoformat()}
        for title in titles
        for child in title.children
    ]
    frame = pl.DataFrame(rows, schema={one.name: pl.String for one in TITLES.columns})
    return frame.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(LINE))
