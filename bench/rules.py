"""Column rules against OpenFisca-France: the gross maximum of regime A of the same families: bench.rules [families ...].

Each side is a process of its own and times only the computing, on facts already in memory, after one family has warmed
it up. OpenFisca is right on this figure but for known differences (strict bounds, person alone, half rates, 31 August,
birthdays on the 1st or the 2nd, two children of one age band): they are in the families on purpose, counted by name,
and any other difference, of one cent, ends with status 1.
"""

import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from bench.common import output_of, peak_mib, peer_python
from cmg.rules.eligibility import month_number
from cmg.rules.figures import cmg_parameters
from cmg.rules.month import NUMBERS, STEPS_BEFORE_POOL, figures_for, settle
from portal.legislation.engine import Step, compute

# The first sizes also walk through the years; the last month serves the others.
MONTHS = (date(2019, 6, 1), date(2020, 11, 1), date(2022, 7, 1), date(2025, 8, 1), date(2023, 5, 1))
SIZES = (10_000, 100_000)
NONE = ""
WANTED = ("right_refusal", "gross_maximum_cents")


def families(count: int, month: date) -> Iterator[dict[str, object]]:
    """Children of `count` families, one row each: ages around each threshold, resources around each ceiling."""
    draw, figures = random.Random(7), figures_for(month, cmg_parameters())
    for family in range(count):
        siblings = draw.choices((0, 1, 2, 3), (45, 38, 12, 5))[0]
        ages = [draw.randint(1, 80)] + [draw.randint(1, 190) for _sibling in range(siblings)]
        resources = draw.randint(8_000, 75_000)
        if draw.random() < 0.06:
            level = draw.choice(("lower", "upper"))
            more = int(figures[f"{level}_two"]) + (siblings - 1) * int(figures[f"{level}_extra"])
            ceiling = more if siblings else int(figures[f"{level}_one"])
            resources = ceiling + draw.choice((-1, 0, 1))
        common = {
            "family": family, "annual_resources": resources, "dependent_children": len(ages),
            "isolated_parent": draw.random() < 0.08, "aah": draw.random() < 0.03,
        }  # fmt: skip
        for age in ages:
            year, number = divmod(month_number(month) - age, 12)
            yield common | {"birth": date(year, number + 1, 1 if draw.random() < 0.06 else draw.randint(2, 28))}


def facts_of(children: pl.DataFrame) -> pl.DataFrame:
    """The facts of our rules: one childminder's declaration for each child."""
    return children.with_columns(
        *(pl.lit(0, dtype=pl.Int64).alias(name) for name in NUMBERS if name not in children.columns),
        declaration_no=pl.int_range(pl.len()).cast(pl.String),
        care_mode=pl.lit("CHILDMINDER"),
        child_id=pl.int_range(pl.len()).cast(pl.String),
        child_birth_dates=pl.concat_list("birth"),
        birth_month=pl.col("birth").dt.year().cast(pl.Int64) * 12 + pl.col("birth").dt.month().cast(pl.Int64) - 1,
        has_right=pl.lit(True),
        prepare=pl.lit("NONE"),
        territory=pl.lit("METROPOLE"),
        all_in_one=pl.lit(False),
        pool_key=pl.lit(None, dtype=pl.String),
    )


def needed(steps: dict[str, Step], *names: str) -> dict[str, Step]:
    """The steps that `names` rest on."""
    found: dict[str, Step] = {}
    left = list(names)
    while left:
        one = steps.get(left.pop())
        if one and one.name not in found:
            found[one.name] = one
            left += one.needs
    return found


def ours(path: Path, month: date, amounts: Path) -> None:
    """Our side: says seconds (the gross maximum alone, and the whole settlement) and MiB, as JSON."""
    facts, parameters = facts_of(pl.read_csv(path, try_parse_dates=True)), cmg_parameters()
    steps, figures = needed(STEPS_BEFORE_POOL, *WANTED), figures_for(month, parameters)
    compute(facts.head(1), steps, figures)
    settle(facts.head(1), care_month=month, parameters=parameters)
    start = time.perf_counter()
    found = compute(facts, steps, figures)
    maximum = time.perf_counter()
    settle(facts, care_month=month, parameters=parameters)
    said = {"maximum": maximum - start, "whole": time.perf_counter() - maximum, "peak": peak_mib()}
    found.drop("child_birth_dates").write_csv(amounts)
    print(json.dumps(said))


def compare(found: pl.DataFrame, theirs: pl.Series, month: date) -> dict[str, tuple[int, int]]:
    """Families with the same cents and with others, by the reason why OpenFisca is known to differ."""
    eligible = pl.col("right_refusal").is_null()
    full = pl.col("is_full_amount")
    past_three = pl.col("age_in_months") > 36
    reasons = {
        "a person alone": pl.col("isolated_parent"),
        "exactly at a ceiling": pl.col("at_ceiling"),
        "half of the middle rate": eligible & ~full & (pl.col("bracket_index") == 1),
        "kept until 31 August": eligible & full & past_three,
        "birthday on the 1st or the 2nd": (pl.col("birth").dt.day() <= 2) & pl.col("age_in_months").is_in((36, 72)),
        "two children of one age band": (eligible & full).sum().over("family").gt(1)
        | (eligible & ~full).sum().over("family").gt(1),
    }  # fmt: skip
    named = pl.coalesce(pl.when(test).then(pl.lit(name)) for name, test in reasons.items())
    summed = (
        found.with_columns(at_ceiling=at_ceiling(month))
        .with_columns(reason=named)
        .group_by("family")
        .agg(
            cents=pl.col("gross_maximum_cents").filter(eligible).sum(),
            reason=pl.col("reason").drop_nulls().first().fill_null(NONE),
        )
        .sort("family")
        .with_columns(theirs=(theirs * 100).round(0, mode="half_away_from_zero").cast(pl.Int64))
    )
    same = pl.col("cents") == pl.col("theirs")
    counted = summed.group_by("reason").agg(equal=same.sum(), different=(~same).sum()).sort("reason")
    return {reason: (equal, different) for reason, equal, different in counted.iter_rows()}


def at_ceiling(month: date) -> pl.Expr:
    """Whether the resources are one of the ceilings of the month, to the euro."""
    figures, extra = figures_for(month, cmg_parameters()), pl.col("dependent_children") - 2
    tests = [
        pl.col("annual_resources")
        == pl.when(extra < 0)
        .then(int(figures[f"{level}_one"]))
        .otherwise(int(figures[f"{level}_two"]) + extra * int(figures[f"{level}_extra"]))
        for level in ("lower", "upper")
    ]
    return pl.any_horizontal(tests)


def one(count: int, month: date) -> bool:
    """Measure and compare; returns whether nothing differs without a known reason."""
    with TemporaryDirectory() as folder:
        path, mine, peers = (Path(folder) / name for name in ("families.csv", "ours.csv", "theirs.csv"))
        pl.DataFrame(list(families(count, month))).write_csv(path)
        we = json.loads(output_of([sys.executable, "-m", "bench.rules", "ours", path, month, mine]))
        command = [peer_python("openfisca"), Path(__file__).parent / "peers" / "with_openfisca.py"]
        they = json.loads(output_of([*command, path, f"{month:%Y-%m}", peers]))
        theirs = pl.read_csv(peers, has_header=False, schema={"amount": pl.Float64})["amount"]
        counts = compare(pl.read_csv(mine, try_parse_dates=True), theirs, month)
    print(
        f"{month:%Y-%m}, {count} families: gross maximum, ours {we['maximum']:.3f} s; OpenFisca {they['alone']:.2f} s: "
        f"{they['alone'] / we['maximum']:.0f} times; told who is independent {they['told']:.3f} s: "
        f"{they['told'] / we['maximum']:.1f} times"
    )
    print(
        f"  our whole settlement (contributions, both parts, debit, payout) {we['whole']:.3f} s: OpenFisca's maximum "
        f"takes {they['alone'] / we['whole']:.0f} times that; peaks {we['peak']} MiB and {they['peak']} MiB"
    )
    equal, different = counts.pop(NONE)
    print(f"  where OpenFisca is right: {equal} equal, {different} different")
    for reason, (same, other) in counts.items():
        print(f"  where it is known to differ: {reason}: {same} equal, {other} different")
    return different == 0


def main(sizes: list[int]) -> int:
    work = [(sizes[0], month) for month in MONTHS] + [(size, MONTHS[-1]) for size in sizes[1:]]
    return 0 if all(one(size, month) for size, month in work) else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["ours"]:
        ours(Path(sys.argv[2]), date.fromisoformat(sys.argv[3]), Path(sys.argv[4]))
    else:
        sys.exit(main([int(text) for text in sys.argv[1:]] or list(SIZES)))
