"""One state change of one row: checked against its table of moves, saved, and written in the journal."""

from datetime import datetime

from django.db.models import Model
from django.utils import timezone

from portal.audit.operations import journal


class MoveNotAllowed(Exception):
    """The row cannot go from its present state to the one asked for; the message says so in French."""


def move(row: Model, to: str, *, by: str, reason: str, at: datetime | None = None, **changes: object) -> None:
    """Bring a locked `row` to the state `to`, with `changes` to other fields, in the caller's transaction.

    The row's class has MOVES (state → states that may follow) and SUBJECT (its name in the journal). Raises
    MoveNotAllowed, and nothing is changed then.
    """
    former = str(row.state)  # type: ignore[attr-defined]
    if to not in row.MOVES[former]:  # type: ignore[attr-defined]
        labels = dict(row._meta.get_field("state").flatchoices)
        raise MoveNotAllowed(f"C’est « {labels[former]} » : cela ne peut pas devenir « {labels[to]} ».")
    for name, value in changes.items():
        setattr(row, name, value)
    row.state = to  # type: ignore[attr-defined]
    row.save(update_fields=["state", *changes])
    journal(
        actor=by, action=f"{row.SUBJECT}.moved", subject=f"{row.SUBJECT}:{row.pk}",  # type: ignore[attr-defined]
        detail={"from": former, "to": to, "reason": reason}, at=at or timezone.now(),
    )  # fmt: skip
