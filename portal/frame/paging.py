"""Pages of a list by key: what comes after a row, or before it. Never an offset, so the thousandth page costs the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CharField, Model, Q, QuerySet

PAGE = 25
COUNTED = 10_000


@dataclass(frozen=True)
class Page:
    """Some rows, and the keys of the pages beside them (None at either end)."""

    rows: list[Any]
    previous: str | None
    next: str | None


def page_of(
    found: QuerySet[Any], params: Mapping[str, str], *, order: Sequence[str] = ("pk",), size: int = PAGE
) -> Page:
    """The page that `params` ask for (`after` or `before`, a key); a key that is none gives the first page.

    `order` names columns or annotations that never hold NULL, the last unique; all ascending, or a single one
    descending (``-pk``).
    """
    names = [name.removeprefix("-") for name in order]
    forwards, backwards = ("lt", "gt") if order[0].startswith("-") else ("gt", "lt")
    after, before = _key(found, names, params.get("after")), _key(found, names, params.get("before"))
    if before and not after:
        rows = list(found.filter(_beyond(names, before, backwards)).order_by(*order).reverse()[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        return Page(rows, _text(rows[0], names) if more else None, _text(rows[-1], names) if rows else None)
    if after:
        found = found.filter(_beyond(names, after, forwards))
    rows = list(found.order_by(*order)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    return Page(rows, _text(rows[0], names) if after and rows else None, _text(rows[-1], names) if more else None)


def count_up_to(found: QuerySet[Any], most: int = COUNTED) -> int:
    """How many rows; ``most + 1`` means more than `most`, not counted further."""
    return found.order_by()[: most + 1].count()


def _key(found: QuerySet[Any], names: Sequence[str], text: str | None) -> list[Any] | None:
    fields = [_field(found, name) for name in names]
    # Only a number that its sender chose (a case's) may hold the sign that parts the columns: it comes last.
    parts = (text or "").split("_", len(names) - 1 if isinstance(fields[-1], CharField) else -1)
    if len(parts) != len(names) or not all(parts):
        return None
    try:
        return [field.to_python(part) for field, part in zip(fields, parts, strict=True)]
    except (ValidationError, OverflowError):
        return None


def _field(found: QuerySet[Any], name: str) -> Any:
    if name in found.query.annotations:
        return found.query.annotations[name].output_field
    return found.model._meta.pk if name == "pk" else found.model._meta.get_field(name)


def _beyond(names: Sequence[str], key: Sequence[Any], side: str) -> Q:
    """Rows beyond `key`: on its first column, or level with it there and beyond on the rest."""
    if len(names) == 1:
        return Q(**{f"{names[0]}__{side}": key[0]})
    return Q(**{f"{names[0]}__{side}": key[0]}) | (Q(**{names[0]: key[0]}) & _beyond(names[1:], key[1:], side))


def _text(row: Model, names: Sequence[str]) -> str:
    return "_".join(str(getattr(row, name)) for name in names)
