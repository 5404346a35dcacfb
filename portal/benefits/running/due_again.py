"""What of a rise the family has already: a run raises a month that another had lowered, and what was noted in excess is due after
all (decision 0063).

A debt says how much was received in excess, not for which child. It is due again by what its own facts bring: by what the month
gives once those that it rests on are as they are now, all the others being as they were last settled. What another child brings pays
nothing of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from portal.batches.models import Run
from portal.benefits.running.causes import (
    OF_FAMILY,
    SITUATION,
    Facts,
    FactsOf,
    around,
    between,
    causes_of,
    of_month,
    past_of,
    values_of,
)
from portal.bulk import read_frame

# What pays which debt: `amount_cents` of a rise are with the family already.
PARTS = {"family": pl.String, "debt": pl.Int64, "amount_cents": pl.Int64}
OWED = {"family": pl.String, "debt": pl.Int64, "ordinal": pl.Int64, "kept_cents": pl.Int64}
# In whatever state a debt is: given up, remitted, cancelled or too old, its money is with the family. What nobody contests ends
# first, then what is contested, then what is asked of nobody. What a person noted by hand rests on something that no award says.
DEBTS = f"""
SELECT wanted.family, d.id, r.ordinal, d.amount_cents - d.recovered_cents
FROM unnest(%(families)s::text[]) AS wanted (family)
CROSS JOIN LATERAL (SELECT * FROM benefits_benefitoverpayment x WHERE {OF_FAMILY} OFFSET 0) d
JOIN batches_run r ON r.id = d.run_id
WHERE d.recovered_cents < d.amount_cents
ORDER BY wanted.family, CASE d.state WHEN 'TO_RECOVER' THEN 0 WHEN 'CONTESTED' THEN 1 ELSE 2 END, d.id
"""
Debt = tuple[int, int]


@dataclass(frozen=True)
class Owed:
    """Debts (key, cents) that rest on the same facts."""

    causes: frozenset[str]
    debts: list[Debt]


def parts_of(run: Run, rows: pl.DataFrame, facts_of: FactsOf) -> pl.DataFrame:
    """Which debts awards pay with how much of what they add (columns PARTS). `rows` has the families with `net_cents`, what the
    run decided, and `settled_cents`, what earlier ones settled; `facts_of` gives the facts of the run, of those it is asked."""
    rising = {row["family"]: row for row in rows.filter(pl.col("net_cents") > pl.col("settled_cents")).to_dicts()}
    debts = read_frame(DEBTS, OWED, of_month(run, list(rising)))
    if debts.is_empty():
        return pl.DataFrame(schema=PARTS)
    families = debts["family"].unique(maintain_order=True).to_list()
    past, now = past_of(run, families), facts_of(families)
    told = debts.to_dicts()
    causes = causes_of(run, [(row["family"], *around(past[row["family"]], row["ordinal"])) for row in told])
    owed: dict[str, list[Owed]] = {family: [] for family in families}
    for row, named in zip(told, causes, strict=True):
        owed[row["family"]] = _with(owed[row["family"]], named, (row["debt"], row["kept_cents"]))
    asked: list[tuple[str, Facts]] = []
    for family in families:
        settled, present = past[family][-1][1], now[family]
        asked += [(family, settled), (family, between(settled, present, _all(owed[family])))]
        asked += [(family, between(settled, present, group.causes)) for group in owed[family]]
    values = iter(values_of(run, asked))
    parts = []
    for family in families:
        settled_value, together = next(values), next(values)
        each = [next(values) for _group in owed[family]]
        net, settled_cents = rising[family]["net_cents"], rising[family]["settled_cents"]
        shared = _shared(net - settled_cents, settled_cents, settled_value, owed[family], together, each)
        parts += [(family, debt, cents) for debt, cents in shared]
    return pl.DataFrame(parts, schema=PARTS, orient="row")


def _with(groups: list[Owed], named: set[str], debt: Debt) -> list[Owed]:
    """The groups with one debt more; those that share a cause with it become one."""
    same = [group for group in groups if group.causes & named]
    others = [group for group in groups if group not in same]
    former = [one for group in same for one in group.debts]
    return [*others, Owed(frozenset(named).union(*(group.causes for group in same)), [*former, debt])]


def _all(groups: Sequence[Owed]) -> frozenset[str]:
    return frozenset().union(*(group.causes for group in groups))


def _shared(
    rise: int, settled_cents: int, settled_value: int, groups: Sequence[Owed], together: int, each: Sequence[int]
) -> list[Debt]:  # fmt: skip
    """The rise of a family over its debts: of each group no more than what its own facts bring, then what they bring only
    together (a child whose right an income hid); in all no more than the rise."""

    def brought(value: int, causes: frozenset[str]) -> int:
        # What a figure gives otherwise than when it was settled is nobody's fact, but those that rest on the family itself.
        return max(value - (settled_cents if SITUATION in causes else settled_value), 0)

    own = [brought(value, group.causes) for value, group in zip(each, groups, strict=True)]
    beyond = max(brought(together, _all(groups)) - sum(own), 0)
    paid: dict[int, int] = {}
    for most, debts in [
        *zip(own, (group.debts for group in groups), strict=True),
        (beyond, sum((one.debts for one in groups), [])),
    ]:
        for debt, kept in debts:
            cents = min(most, rise, kept - paid.get(debt, 0))
            most, rise = most - cents, rise - cents
            paid[debt] = paid.get(debt, 0) + cents
    return [(debt, cents) for debt, cents in paid.items() if cents]
