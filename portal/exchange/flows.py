"""A kind of flow file, as data; each application registers its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from portal.exchange.cells import Column
from portal.exchange.reading import Refusal


@dataclass(frozen=True)
class RowRule:
    """A rule between cells: `broken` is true where it does not hold (null counts as holding)."""

    broken: pl.Expr
    column: str
    code: str
    message: str


@dataclass(frozen=True)
class Agreement:
    """What all the rows that name one thing (`of`) say alike, in the file and with what is held: the row that differs
    is in error. `facts` are columns of the file and those of the table; with `unknown_agrees`, an empty cell says nothing.
    """

    of: str
    facts: Mapping[str, str]
    message: str
    remedy: str
    unknown_agrees: bool = False


@dataclass(frozen=True)
class FlowKind:
    """How files of one kind are read and where their rows go.

    `derive` turns parsed rows into the columns of `table`; `key` names one thing, `order` says which version of it is
    newer (later file when equal). An `immutable` kind never replaces a version: the same key with another content is
    an error. `constant` are columns with one value for the kind (the side of a right). `identified` columns hold
    identifiers of the vault (column: kind): `derive` finds them compact, their look-up key beside them (``nir_key``).
    Files of a kind are for the agents of its `benefit`.
    `whole` is asked about the table's rows of a file beside the keys that are held, and may refuse the file.
    `conflict` is what is said of an immutable row known with another content, and what to do.
    `together` names the column of a thing whose rows enter all or none: a wrong one keeps the others out.
    """

    name: str
    table: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    derive: Callable[[pl.DataFrame], pl.DataFrame]
    order: tuple[str, ...] = ()
    money: str = ""
    fund: str = ""
    rules: tuple[RowRule, ...] = ()
    immutable: bool = False
    constant: dict[str, str] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    identified: dict[str, str] = field(default_factory=dict)
    benefit: str = "cmg"
    agreements: tuple[Agreement, ...] = ()
    together: str = ""
    whole: Callable[[pl.DataFrame, pl.DataFrame], list[Refusal]] | None = None
    conflict: tuple[str, str] = (
        "Ce numéro et cette version sont déjà connus avec un autre contenu.",
        "Une correction garde son numéro et augmente sa version de un ; renvoyer la ligne ainsi.",
    )

    @property
    def required_columns(self) -> set[str]:
        return {column.name for column in self.columns} - set(self.optional)


_kinds: dict[str, FlowKind] = {}


def register(kind: FlowKind) -> None:
    _kinds[kind.name] = kind


def kind_named(name: str) -> FlowKind:
    """Raises KeyError."""
    return _kinds[name]


def kinds_of_others(benefit: str) -> list[str]:
    """The kinds of every other benefit."""
    return [kind.name for kind in _kinds.values() if kind.benefit != benefit]


def nearest_kind(header: list[str]) -> tuple[FlowKind, list[str]] | None:
    """The kind that shares most of its columns with the header, at least half of them, and those that lack."""
    best = max(_kinds.values(), key=lambda kind: len(kind.required_columns & set(header)) / len(kind.required_columns))
    missing = sorted(best.required_columns - set(header))
    return (best, missing) if 2 * len(missing) <= len(best.required_columns) else None


def kind_for(header: list[str], file_name: str) -> FlowKind | None:
    """The kind whose columns the header holds; the file's name decides between two that share them."""
    fitting = [kind for kind in _kinds.values() if kind.required_columns <= set(header)]
    if len(fitting) > 1:
        widest = max(len(kind.required_columns) for kind in fitting)
        fitting = [kind for kind in fitting if len(kind.required_columns) == widest]
    if len(fitting) > 1:
        fitting = [kind for kind in fitting if kind.name in file_name.lower()]
    return fitting[0] if len(fitting) == 1 else None
