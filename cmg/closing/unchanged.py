"""Whether what was approved is still what would be decided: amount by amount, never fact by fact.

People approve amounts. A number relinked, a code that goes or comes void nothing while every cent stays; one cent that
differs, or money now in doubt, voids it all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from cmg.closing.settling import MONEY
from cmg.closing.trial import try_month
from cmg.models.settled import SettlementStatus
from portal.batches.models import Run
from portal.bulk import read_frame

AMOUNTS = (*MONEY, "all_in_one", "held_debit_cents", "payout_blocked", "status")
SCHEMA = {
    "declaration_no": pl.String, **dict.fromkeys(MONEY, pl.Int64), "all_in_one": pl.Boolean,
    "held_debit_cents": pl.Int64, "payout_blocked": pl.Boolean, "status": pl.String,
}  # fmt: skip
LIVING = ("SETTLED", "HELD")


@dataclass(frozen=True)
class Said:
    """What one declaration gives. `status`: empty when it gives nothing any more."""

    status: str
    debit_cents: int
    payout_cents: int
    held_cents: int

    @property
    def words(self) -> str:
        """Its state as agents read it; none when it gives nothing any more."""
        return str(SettlementStatus(self.status).label) if self.status else "sans objet"


@dataclass(frozen=True)
class Difference:
    """One declaration whose amounts are no longer those that were approved."""

    month: date
    declaration_no: str
    before: Said
    after: Said


def changes_of(run: Run) -> list[Difference]:
    """What differs between `run`, of a few families, and what their month would give now; empty when no cent does.

    Raises NoParameterInForce.
    """
    assert run.scope is not None
    now = try_month(run.month, run.scope, on=run.day).settlements
    return _differences(run.month, _approved(run), _living(now))


def moves_something(run: Run) -> bool:
    """Whether issuing `run` would move or book a cent: a hold after a settlement moves nothing, nor does a code."""
    assert run.scope is not None
    decided = _read(run, "r.id = %(run)s AND s.status IN ('SETTLED', 'CANCELLED')")
    held = _read(run, "r.id = %(run)s AND s.status = 'HELD'")
    issued = _read(run, "r.id <> %(run)s", first="s.status = 'HELD'")
    both = [name for name in SCHEMA if name != "held_debit_cents"]
    first_hold = held.join(issued, on="declaration_no", how="anti")
    return not decided.join(issued, on=both, how="anti").is_empty() or not first_hold.is_empty()


def _approved(run: Run) -> pl.DataFrame:
    """The family's month as it is once `run` is issued: its own rows, and of the others what was issued before."""
    return _living(_read(run, "true"))


def _read(run: Run, condition: str, *, first: str = "r.id <> %(run)s") -> pl.DataFrame:
    """The last row of each declaration number of the run's families, among those issued and the run's own; rows of
    which `first` is false come before all others: the run's own, unless said otherwise."""
    columns = ", ".join(f"s.{name}" for name in SCHEMA)
    return read_frame(
        f"""
        SELECT DISTINCT ON (s.declaration_no) {columns}
        FROM cmg_settlement s JOIN batches_run r ON r.id = s.run_id
        WHERE s.employer_no = ANY (%(scope)s) AND s.care_month = %(month)s AND {condition} AND s.status <> 'SUPERSEDED'
          AND (r.id = %(run)s OR r.kind = %(kind)s AND r.state IN ('ISSUED', 'RECONCILED') AND NOT r.dry_run)
        ORDER BY s.declaration_no, {first}, r.ordinal DESC, s.version DESC
        """,
        SCHEMA,
        {"scope": list(run.scope or ()), "month": run.month, "run": run.pk, "kind": run.kind},
    )


def _living(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("status").is_in(LIVING)).select(*SCHEMA)


def _differences(month: date, before: pl.DataFrame, after: pl.DataFrame) -> list[Difference]:
    both: Sequence[str] = ("declaration_no", *AMOUNTS)
    gone, come = (one.join(other, on=both, how="anti") for one, other in ((before, after), (after, before)))
    names = sorted({*gone["declaration_no"], *come["declaration_no"]})
    was, now = ({row["declaration_no"]: row for row in frame.to_dicts()} for frame in (gone, come))
    return [Difference(month, name, _said(was.get(name)), _said(now.get(name))) for name in names]


def _said(row: dict[str, Any] | None) -> Said:
    if row is None:
        return Said("", 0, 0, 0)
    moving = row["status"] == "SETTLED"
    return Said(
        row["status"], row["debit_cents"] if moving else 0,
        row["payout_cents"] if moving and not row["payout_blocked"] else 0, row["held_debit_cents"],
    )  # fmt: skip
