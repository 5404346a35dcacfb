"""A month falls once more: what a person remitted, what the committee cancelled or has still to judge is not undone by a file that
came and went (decision 0063)."""

from dataclasses import dataclass

import polars as pl

from portal.batches.models import Run
from portal.benefits.running.causes import OF_FAMILY, FactsOf, around, causes_of, of_month, past_of
from portal.bulk import read_frame

DECIDED = {
    "family": pl.String, "debt": pl.Int64, "ordinal": pl.Int64, "cents": pl.Int64, "is_cancelled": pl.Boolean,
    "contested_as": pl.String,
}  # fmt: skip
# Of debts that a run then found due: what had been given up by a decision, less what former falls left with the family for it;
# and the family's words, when it had contested and nobody had answered.
BEFORE = f"""
SELECT wanted.family, d.id, r.ordinal, d.given_again_cents - coalesce(left_since.cents, 0),
       coalesce(acts.is_cancelled, false), CASE WHEN d.state = 'RECOVERED' AND acts.last = 'CONTESTED' THEN acts.words ELSE '' END
FROM unnest(%(families)s::text[]) AS wanted (family)
CROSS JOIN LATERAL (SELECT * FROM benefits_benefitoverpayment x WHERE {OF_FAMILY} AND x.rests_on_id IS NULL OFFSET 0) d
JOIN batches_run r ON r.id = d.run_id
LEFT JOIN LATERAL (SELECT sum(s.amount_cents - s.given_again_cents)::bigint AS cents FROM benefits_benefitoverpayment s
    WHERE s.rests_on_id = d.id) left_since ON true
LEFT JOIN LATERAL (SELECT bool_or(a.kind = 'CANCELLED') AS is_cancelled, (array_agg(a.kind ORDER BY a.id DESC))[1] AS last,
           (array_agg(a.words ORDER BY a.id DESC))[1] AS words
    FROM benefits_overpaymentact a WHERE a.overpayment_id = d.id AND a.kind IN ('CONTESTED', 'CONFIRMED', 'CANCELLED')) acts ON true
WHERE d.given_again_cents > coalesce(left_since.cents, 0) OR (d.state = 'RECOVERED' AND acts.last = 'CONTESTED')
ORDER BY wanted.family, acts.is_cancelled DESC NULLS LAST, d.id
"""


@dataclass(frozen=True)
class Before:
    """What was decided of a debt: the cents of it that nobody claims again; what the committee cancelled was due, and its transfer
    is sent whatever becomes of it. `contested_as` are the words of a family that waits for an answer."""

    debt: int
    cents: int
    is_cancelled: bool
    contested_as: str


def before_of(run: Run, rows: pl.DataFrame, facts_of: FactsOf) -> dict[str, list[Before]]:
    """By family of which a run lowers the month, what was decided before of what rests on the same facts. `rows` as for
    `due_again.parts_of`."""
    falling = rows.filter(pl.col("net_cents") < pl.col("settled_cents"))["family"].to_list()
    told = read_frame(BEFORE, DECIDED, of_month(run, falling)).to_dicts()
    families = sorted({row["family"] for row in told})
    past, now = past_of(run, families), facts_of(families)
    own = dict(zip(families, causes_of(run, [(one, past[one][-1][1], now[one]) for one in families]), strict=True))
    causes = causes_of(run, [(row["family"], *around(past[row["family"]], row["ordinal"])) for row in told])
    found: dict[str, list[Before]] = {}
    for row, named in zip(told, causes, strict=True):
        if named & own[row["family"]]:
            one = Before(row["debt"], max(row["cents"], 0), row["is_cancelled"], row["contested_as"])
            found.setdefault(row["family"], []).append(one)
    return found
