"""What is stored must be what the rules give again from the facts stored beside it: all of it before the issue, one award
on its page."""

from typing import Any

import polars as pl

from portal.batches.models import Run
from portal.benefits.models import Award
from portal.benefits.running.awards import DIGESTED, digest_of, with_holds
from portal.benefits.running.by_kind import decided_again
from portal.benefits.running.closing import run_digest
from portal.benefits.running.deciding import CENTS
from portal.bulk import read_frame

COMPARED = (*CENTS, "children", "refusal", "is_differential")
TYPES: dict[str, Any] = {
    "fund": pl.String, "beneficiary_no": pl.String, "status": pl.String, "refusal": pl.String, "is_differential": pl.Boolean,
}  # fmt: skip
STORED = {name: TYPES.get(name, pl.Int64) for name in DIGESTED} | {"family": pl.String, "facts": pl.String}


def _stored(condition: str, values: tuple[object, ...]) -> pl.DataFrame:
    columns = ", ".join(f"a.{name}" for name in DIGESTED)
    return read_frame(
        f"SELECT {columns}, a.fund || '/' || a.beneficiary_no, a.facts FROM benefits_award a WHERE {condition}",
        STORED,
        values,
    )


def wrong_awards(run: Run) -> list[str]:
    """Families whose award is not what the rules give, and « empreinte » when what was signed is no longer what is stored;
    empty when all is right."""
    found, prints = [], []
    for part in run.slices.order_by("number"):
        stored = _stored("a.run_id = %s AND a.slice_number = %s", (run.pk, part.number))
        prints.append(digest_of(stored))
        found += differing(run, stored)
    return found + (["empreinte"] if run_digest(run, prints) != run.digest else [])


def differing(run: Run, stored: pl.DataFrame) -> list[str]:
    """The families of `stored` whose cents, children or reason the facts do not give again."""
    if stored.is_empty():
        return []
    given = decided_again(run, stored.select("family", "fund", "beneficiary_no", "facts"))
    beside = with_holds(given.join(stored.select("family", "already_cents"), on="family"), run.day)
    same = beside.select("family", *COMPARED, is_held=pl.col("outcome") == "HELD")
    kept = stored.with_columns(is_held=pl.col("status") == "HELD")
    return sorted(kept.join(same, on=["family", *COMPARED, "is_held"], how="anti")["family"].to_list())


def agrees(award: Award) -> bool:
    """Whether one award is what its facts give at this moment."""
    return not differing(award.run, _stored("a.id = %s", (award.pk,)))
