"""What of a rise the family has already: a run raises a month that another had lowered, and what was noted in excess is due after
all (decision 0063).

A debt says how much was received in excess, not for which child. It is due again by what its own facts bring: by what the month
gives once those that it rests on are as they are now, all the others being as they were last settled. What another child brings pays
nothing of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from portal.batches.models import Run
from portal.benefits.running.causes import (
    SITUATION,
    Facts,
    FactsOf,
    Past,
    around,
    between,
    causes_of,
    lowered_by,
    of_month,
    past_of,
    values_of,
)
from portal.benefits.running.standing import OF_FAMILY
from portal.benefits.small.due_again import OF_DEBT
from portal.bulk import read_frame

# What pays which debt: `amount_cents` of a rise are with the family already.
PARTS = {"family": pl.String, "debt": pl.Int64, "amount_cents": pl.Int64}
OWED = {"family": pl.String, "debt": pl.Int64, "ordinal": pl.Int64, "kept_cents": pl.Int64,
        "is_noted": pl.Boolean}  # fmt: skip
# In whatever state a debt is: given up, remitted, cancelled or too old, its money is with the family. What nobody contests ends
# first, then what is contested, then what is asked of nobody. What a person noted by hand rests on something that no award says.
# A debt rests on what lowered the month in the run that noted it; and in those that paid a part of it, where another fall hid in
# the rise: they come as rows of their own.
DEBTS = f"""
SELECT wanted.family, d.id, r.ordinal, d.amount_cents - d.recovered_cents, r.id = d.run_id
FROM unnest(%(families)s::text[]) AS wanted (family)
CROSS JOIN LATERAL (SELECT * FROM benefits_benefitoverpayment x WHERE {OF_FAMILY} OFFSET 0) d
CROSS JOIN LATERAL (SELECT d.run_id AS id UNION
    SELECT e.run_id FROM ledger_entry e WHERE {OF_DEBT}) looked
JOIN batches_run r ON r.id = looked.id
WHERE d.run_id IS NOT NULL AND d.recovered_cents < d.amount_cents
ORDER BY wanted.family, CASE d.state WHEN 'TO_RECOVER' THEN 0 WHEN 'CONTESTED' THEN 1 ELSE 2 END, d.id, r.ordinal
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
    if run.ordinal == 1:
        # A first run corrects nothing, and everything rises.
        return pl.DataFrame(schema=PARTS)
    rising = {row["family"]: row for row in rows.filter(pl.col("net_cents") > pl.col("settled_cents")).to_dicts()}
    debts = read_frame(DEBTS, OWED, of_month(run, list(rising)))
    if debts.is_empty():
        return pl.DataFrame(schema=PARTS)
    families = debts["family"].unique(maintain_order=True).to_list()
    past, now = past_of(run, families), facts_of(families)
    owed = _owed(run, debts.to_dicts(), past)
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


def _owed(run: Run, rows: list[dict[str, Any]], past: Past) -> dict[str, list[Owed]]:
    """By family, its debts in the order in which they end, grouped by what they rest on."""
    noted, paid = [row for row in rows if row["is_noted"]], [row for row in rows if not row["is_noted"]]
    causes = dict(zip((row["debt"] for row in noted), causes_of(run, _changes(noted, past)), strict=True))
    for row, hidden in zip(paid, lowered_by(run, _changes(paid, past)), strict=True):
        causes[row["debt"]] |= hidden
    owed: dict[str, list[Owed]] = {}
    for row in noted:
        debt = row["debt"], row["kept_cents"]
        owed[row["family"]] = _with(owed.get(row["family"], []), causes[row["debt"]], debt)
    return owed


def _changes(rows: Sequence[Mapping[str, Any]], past: Past) -> list[tuple[str, Facts, Facts]]:
    return [(row["family"], *around(past[row["family"]], row["ordinal"])) for row in rows]


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
    shares = [(cents, group.debts) for cents, group in zip(own, groups, strict=True)]
    shares.append((beyond, [debt for group in groups for debt in group.debts]))
    for most, debts in shares:
        for debt, kept in debts:
            cents = min(most, rise, kept - paid.get(debt, 0))
            most, rise = most - cents, rise - cents
            paid[debt] = paid.get(debt, 0) + cents
    return [(debt, cents) for debt, cents in paid.items() if cents]
