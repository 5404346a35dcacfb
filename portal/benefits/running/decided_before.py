"""A month falls once more: what a person remitted, what the committee cancelled or has still to judge is not undone by a file that
came and went (decision 0063)."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from portal.batches.models import Run
from portal.benefits.running.causes import FactsOf, around, between, causes_of, of_month, past_of, values_of
from portal.benefits.running.standing import OF_FAMILY
from portal.benefits.small.due_again import OF_DEBT
from portal.bulk import read_frame

DECIDED = {
    "family": pl.String, "debt": pl.Int64, "ordinal": pl.Int64, "cents": pl.Int64, "is_cancelled": pl.Boolean,
    "contested_as": pl.String, "contested_on": pl.Date,
}  # fmt: skip
# Of debts that a run found due: what had been given up by a decision, less what former falls left with the family for it (of what
# the committee cancelled, all of it, what had been withheld and was sent back included); and the family's contest, when nobody has
# answered it, of this debt nor of a later one.
BEFORE = f"""
SELECT wanted.family, d.id, r.ordinal, pool.cents - coalesce(left_since.cents, 0), coalesce(acts.is_cancelled, false),
       CASE WHEN open.contest THEN acts.words ELSE '' END, acts.told_on
FROM unnest(%(families)s::text[]) AS wanted (family)
CROSS JOIN LATERAL (SELECT * FROM benefits_benefitoverpayment x WHERE {OF_FAMILY} AND x.rests_on_id IS NULL OFFSET 0) d
JOIN batches_run r ON r.id = d.run_id
CROSS JOIN LATERAL (SELECT coalesce(sum(e.turnover_cents), 0)::bigint AS cents FROM ledger_entry e
    WHERE {OF_DEBT}) due
LEFT JOIN LATERAL (SELECT sum(s.amount_cents - s.given_again_cents)::bigint AS cents FROM benefits_benefitoverpayment s
    WHERE s.rests_on_id = d.id) left_since ON true
LEFT JOIN LATERAL (SELECT bool_or(a.kind = 'CANCELLED') AS is_cancelled, (array_agg(a.kind ORDER BY a.id DESC))[1] AS last,
           (array_agg(a.words ORDER BY a.id DESC))[1] AS words, (array_agg(a.told_on ORDER BY a.id DESC))[1] AS told_on
    FROM benefits_overpaymentact a WHERE a.overpayment_id = d.id AND a.kind IN ('CONTESTED', 'CONFIRMED', 'CANCELLED')) acts ON true
CROSS JOIN LATERAL (SELECT CASE WHEN acts.is_cancelled THEN due.cents + (
        SELECT coalesce(sum(n.amount_cents), 0) FROM benefits_deduction n WHERE n.overpayment_id = d.id)
    ELSE d.given_again_cents END::bigint AS cents) pool
CROSS JOIN LATERAL (SELECT coalesce(acts.last = 'CONTESTED', false) AND NOT EXISTS (
    SELECT 1 FROM benefits_benefitoverpayment x JOIN benefits_overpaymentact a ON a.overpayment_id = x.id
    WHERE {OF_FAMILY} AND x.id > d.id AND a.kind IN ('CONFIRMED', 'CANCELLED')) AS contest) open
WHERE due.cents > 0 AND (pool.cents > coalesce(left_since.cents, 0) OR open.contest)
ORDER BY wanted.family, acts.is_cancelled DESC NULLS LAST, d.id
"""


@dataclass(frozen=True)
class Before:
    """What was decided of a debt: the cents of it that nobody claims again; what the committee cancelled was due, and its transfer
    is sent whatever becomes of it. `contested_as` are the words of a family that waits for an answer since `contested_on`."""

    debt: int
    cents: int
    is_cancelled: bool
    contested_as: str
    contested_on: date | None


def before_of(run: Run, rows: pl.DataFrame, facts_of: FactsOf) -> dict[str, list[Before]]:
    """By family of which a run lowers the month, what was decided before of what rests on the same facts. `rows` as for
    `due_again.parts_of`."""
    falling = rows.filter(pl.col("net_cents") < pl.col("settled_cents"))["family"].to_list()
    told = read_frame(BEFORE, DECIDED, of_month(run, falling)).to_dicts()
    families = sorted({row["family"] for row in told})
    past, now = past_of(run, families), facts_of(families)
    changes = [(row["family"], *around(past[row["family"]], row["ordinal"])) for row in told]
    causes = causes_of(run, changes)
    asked = [(family, now[family]) for family in families]
    asked += [
        (family, between(now[family], before, named))
        for (family, before, _after), named in zip(changes, causes, strict=True)
    ]
    values = values_of(run, asked)
    present = dict(zip(families, values, strict=False))
    found: dict[str, list[Before]] = {}
    for row, value in zip(told, values[len(families) :], strict=True):
        # What its own facts would give more, were they what they were before the debt: nothing of another fall.
        fallen = value - present[row["family"]]
        if fallen > 0:
            cents = min(max(row["cents"], 0), fallen)
            one = Before(row["debt"], cents, row["is_cancelled"], row["contested_as"], row["contested_on"])
            found.setdefault(row["family"], []).append(one)
    return found
