"""One letter to write: the life of its case on its day, its family, and the rows of who reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from aripa.life.living import Life
from aripa.life.state import Family, Letter, Movement
from aripa.models import Parent
from aripa.models import Title as TitleRow
from aripa.rules.figures import number_on

Facts = dict[str, Any]


@dataclass
class People:
    """Who the parents are, and the children's first names: rows as received, by number and by case."""

    parents: Mapping[str, list[Parent]] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    titles: Mapping[str, TitleRow] = field(default_factory=dict)

    def parent(self, number: str, day: date) -> Parent | None:
        """The parent as known on the day; else as first known."""
        rows = self.parents.get(number, [])
        known = [one for one in rows if one.updated_on <= day]
        return known[-1] if known else (rows[0] if rows else None)


@dataclass
class Told:
    """One letter to write, with the life of its case on its day and what moved in it then."""

    life: Life
    family: Family
    letter: Letter
    people: People
    moved: Iterable[Movement] = ()

    @property
    def day(self) -> date:
        return self.letter.day

    def name(self, child: str) -> str:
        return self.people.names.get(self.life.case.number, {}).get(child, "") or "votre enfant"

    def days(self, key: str) -> int:
        return number_on(key, self.day)
