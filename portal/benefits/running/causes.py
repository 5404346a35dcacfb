"""On which facts a correction rests: the children, or the family's situation, that lowered a month from one run to another.

A month is decided once more by the rules with some facts as one run had them and others as another has: what comes out says what
those facts bring, whatever else changed beside them.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import polars as pl

from portal.batches.models import Run
from portal.benefits.running.by_kind import decided_again
from portal.benefits.running.kinds import kind_of
from portal.benefits.running.standing import ISSUED, OF_FAMILY
from portal.bulk import read_frame

Facts = dict[str, Any]
# By family, its facts in each issued run of the month that said something of it, the first run first.
Past = dict[str, list[tuple[int, Facts]]]
FactsOf = Callable[[Sequence[str]], dict[str, Facts]]
CHILDREN, SITUATION = "children", ""
SAID = {"family": pl.String, "ordinal": pl.Int64, "facts": pl.String}
HISTORY = f"""
SELECT wanted.family, r.ordinal, a.facts::text FROM unnest(%(families)s::text[]) AS wanted (family)
CROSS JOIN LATERAL (SELECT * FROM benefits_award x WHERE {OF_FAMILY} AND x.status <> 'HELD' OFFSET 0) a
JOIN batches_run r ON r.id = a.run_id AND {ISSUED} ORDER BY wanted.family, r.ordinal
"""


def of_month(run: Run, families: Sequence[str]) -> dict[str, Any]:
    """What the queries on `families` for the month of a run are asked with."""
    return {"benefit": kind_of(run).benefit.value, "month": run.month, "families": list(families)}


def past_of(run: Run, families: Sequence[str]) -> Past:
    """What earlier runs said of the families; a hold says nothing."""
    found: Past = {}
    for row in read_frame(HISTORY, SAID, of_month(run, families)).to_dicts():
        found.setdefault(row["family"], []).append((row["ordinal"], json.loads(row["facts"])))
    return found


def around(said: Sequence[tuple[int, Facts]], ordinal: int) -> tuple[Facts, Facts]:
    """The facts before the run `ordinal`, and its own."""
    until = [facts for number, facts in said if number <= ordinal]
    return until[-2], until[-1]


def causes_of(run: Run, falls: Sequence[tuple[str, Facts, Facts]]) -> list[set[str]]:
    """For each fall (family, facts before and after): the children that it rests on, and SITUATION when it rests on the family
    itself. Those are they which alone would have lowered the month; when none would, all that changed."""
    found = lowered_by(run, falls)
    return [names or _changed(before, after) for names, (_family, before, after) in zip(found, falls, strict=True)]


def lowered_by(run: Run, changes: Sequence[tuple[str, Facts, Facts]]) -> list[set[str]]:
    """For each change (family, facts before and after): what alone would have lowered the month."""
    named = [sorted(_changed(before, after)) for _family, before, after in changes]
    asked: list[tuple[str, Facts]] = []
    for (family, before, after), names in zip(changes, named, strict=True):
        asked += [(family, before), *((family, between(before, after, [name])) for name in names)]
    values = iter(values_of(run, asked))
    lowering = []
    for names in named:
        whole = next(values)
        lowering.append({name for name in names if next(values) < whole})
    return lowering


def values_of(run: Run, asked: Sequence[tuple[str, Facts]]) -> list[int]:
    """What the month gives each family by these facts, in cents, in their order; nought where nothing is due or something waits."""
    if not asked:
        return []
    rows = [
        (f"{family}#{place}", *family.split("/", 1), json.dumps(facts)) for place, (family, facts) in enumerate(asked)
    ]
    frame = pl.DataFrame(rows, schema=["family", "fund", "beneficiary_no", "facts"], orient="row")
    given = decided_again(run, frame).filter(pl.col("outcome") == "DUE").select("family", "net_cents")
    found = dict(given.iter_rows())
    return [int(found.get(name, 0)) for name, *_rest in rows]


def between(settled: Facts, now: Facts, named: Iterable[str]) -> Facts:
    """The facts last settled, those of `named` being as they are now."""
    chosen = set(named)
    children = {child: one for child, one in _children(settled).items() if child not in chosen}
    children |= {child: one for child, one in _children(now).items() if child in chosen}
    situation = _situation(now if SITUATION in chosen else settled)
    return situation | {CHILDREN: [children[child] for child in sorted(children)]}


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
