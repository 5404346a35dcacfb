"""What of a rise the family has already: a run raises a month that another had lowered, and what was noted in excess is due after
all (decision 0063).

A debt says how much was received in excess, not for which child. It is due again by what its own facts bring: by what the month
gives once the children, or the family's situation, that had changed with the debt are as they are now, all the others being as
they were last settled. What another child brings pays nothing of it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from portal.batches.models import Run
from portal.benefits.running.by_kind import decided_again
from portal.benefits.running.kinds import kind_of
from portal.benefits.running.standing import ISSUED
from portal.bulk import read_frame

# What pays which debt: `amount_cents` of a rise are with the family already.
PARTS = {"family": pl.String, "debt": pl.Int64, "amount_cents": pl.Int64}
RISEN = {"family": pl.String, "fund": pl.String, "beneficiary_no": pl.String, "net_cents": pl.Int64,
         "settled_cents": pl.Int64, "facts": pl.String}  # fmt: skip
OWED = {"family": pl.String, "debt": pl.Int64, "ordinal": pl.Int64, "kept_cents": pl.Int64}
SAID = {"family": pl.String, "ordinal": pl.Int64, "facts": pl.String}
OF_FAMILY = """x.beneficiary_no = substr(wanted.family, strpos(wanted.family, '/') + 1)
        AND x.fund = split_part(wanted.family, '/', 1) AND x.benefit = %(benefit)s AND x.month = %(month)s"""
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
HISTORY = f"""
SELECT wanted.family, r.ordinal, a.facts::text FROM unnest(%(families)s::text[]) AS wanted (family)
CROSS JOIN LATERAL (SELECT * FROM benefits_award x WHERE {OF_FAMILY} AND x.status <> 'HELD' OFFSET 0) a
JOIN batches_run r ON r.id = a.run_id AND {ISSUED} ORDER BY wanted.family, r.ordinal
"""
Facts = dict[str, Any]
CHILDREN, SITUATION = "children", ""


@dataclass
class Owed:
    """Debts that rest on the same facts: children by their number, SITUATION for the family's own."""

    facts: set[str]
    debts: list[tuple[int, int]]


def parts_of(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    """Which debts the awards `rows` (columns RISEN) pay with how much of what they add (columns PARTS)."""
    rising = rows.filter(pl.col("net_cents") > pl.col("settled_cents"))
    values = {"benefit": kind_of(run).benefit.value, "month": run.month, "families": rising["family"].to_list()}
    debts = read_frame(DEBTS, OWED, values)
    if debts.is_empty():
        return pl.DataFrame(schema=PARTS)
    families = debts["family"].unique(maintain_order=True).to_list()
    history = read_frame(HISTORY, SAID, values | {"families": families})
    risen = {row["family"]: row for row in rising.join(debts, on="family", how="semi").to_dicts()}
    said = history.partition_by("family", as_dict=True)
    owed = {
        str(family): _grouped(some, said[family,])
        for (family,), some in debts.partition_by("family", as_dict=True).items()
    }
    brought = _brought(run, risen, owed, history)
    parts = [part for family in families for part in _shared(risen[family], owed[family], brought)]
    return pl.DataFrame(parts, schema=PARTS, orient="row")


def _grouped(debts: pl.DataFrame, history: pl.DataFrame) -> list[Owed]:
    """The debts of a family, in the order in which they end; those that share a child, or the situation, together."""
    said: list[tuple[int, Facts]] = [(row["ordinal"], json.loads(row["facts"])) for row in history.to_dicts()]
    groups: list[Owed] = []
    for row in debts.to_dicts():
        until = [facts for ordinal, facts in said if ordinal <= row["ordinal"]]
        changed = _changed(until[-2], until[-1])
        same = [group for group in groups if group.facts & changed]
        former = [debt for group in same for debt in group.debts]
        groups = [group for group in groups if group not in same]
        groups.append(
            Owed(changed.union(*(group.facts for group in same)), [*former, (row["debt"], row["kept_cents"])])
        )
    return groups


def _changed(before: Facts, after: Facts) -> set[str]:
    """What differs: the children, and SITUATION when something of the family itself does, or nothing of either."""
    former, present = _children(before), _children(after)
    found = {child for child in former | present if former.get(child) != present.get(child)}
    if not found or _situation(before) != _situation(after):
        found.add(SITUATION)
    return found


def _children(facts: Facts) -> dict[str, Any]:
    return {str(one["child_id"]): one for one in facts[CHILDREN]}


def _situation(facts: Facts) -> Facts:
    return {name: value for name, value in facts.items() if name != CHILDREN}


def _brought(
    run: Run, risen: Mapping[str, Facts], owed: Mapping[str, Sequence[Owed]], history: pl.DataFrame
) -> dict[tuple[str, int], int]:  # fmt: skip
    """By family and place of the group: what the month gives when only the facts of the group are as they are now."""
    settled = {row["family"]: json.loads(row["facts"]) for row in history.to_dicts()}
    rows, keys = [], {}
    for family, groups in owed.items():
        for place, group in enumerate(groups):
            facts = _between(settled[family], json.loads(risen[family]["facts"]), group.facts)
            name = f"{family}#{place}"
            keys[name] = (family, place)
            rows.append((name, risen[family]["fund"], risen[family]["beneficiary_no"], json.dumps(facts)))
    asked = pl.DataFrame(rows, schema=["family", "fund", "beneficiary_no", "facts"], orient="row")
    given = decided_again(run, asked).filter(pl.col("outcome") == "DUE")
    return {keys[name]: net for name, net in given.select("family", "net_cents").iter_rows()}


def _between(settled: Facts, now: Facts, named: Iterable[str]) -> Facts:
    """The facts last settled, those of `named` being as they are now."""
    chosen = set(named)
    children = _children(settled)
    for child in chosen - {SITUATION}:
        children.pop(child, None)
    children |= {child: one for child, one in _children(now).items() if child in chosen}
    situation = _situation(now if SITUATION in chosen else settled)
    return situation | {CHILDREN: [children[child] for child in sorted(children)]}


def _shared(row: Facts, groups: Sequence[Owed], brought: Mapping[tuple[str, int], int]) -> list[tuple[str, int, int]]:
    """The rise of a family over its debts: of each group no more than what its own facts bring, in all no more than the rise."""
    family, settled = row["family"], row["settled_cents"]
    left, parts = row["net_cents"] - settled, []
    for place, group in enumerate(groups):
        own = min(left, max(brought.get((family, place), 0) - settled, 0))
        for debt, kept in group.debts:
            cents = min(own, kept)
            if cents:
                parts.append((family, debt, cents))
                own, left = own - cents, left - cents
    return parts
