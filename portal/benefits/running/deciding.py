"""What both benefits' deciders give: a row a family, from the facts alone, kept as JSON beside the cents that they gave.

`outcome` says what the rules say, before the run looks at what was paid already: DUE, NOT_PAID, REFUSED or HELD. With DUE,
`refusal` is what still waits for one of the children, if anything.
"""

from collections.abc import Callable, Sequence

import polars as pl

from portal.benefits.running.reasons import BELOW_MINIMUM, FAMILY_UNKNOWN, NO_PARAMETER, WAITING
from portal.legislation.parameters import NoParameterInForce

DECIDED = {
    "family": pl.String, "fund": pl.String, "beneficiary_no": pl.String, "territory": pl.String, "outcome": pl.String,
    "refusal": pl.String, "children": pl.Int64, "gross_cents": pl.Int64, "crds_cents": pl.Int64, "net_cents": pl.Int64,
    "exceptional_cents": pl.Int64, "is_differential": pl.Boolean, "facts": pl.String,
}  # fmt: skip
CENTS = ("gross_cents", "crds_cents", "net_cents", "exceptional_cents")
NOTHING = {name: pl.lit(0, dtype=pl.Int64) for name in ("children", *CENTS)} | {"is_differential": pl.lit(value=False)}
OUTCOMES = ("DUE", "NOT_PAID", "REFUSED", "HELD")
Rows = pl.DataFrame
Compute = Callable[[str, Rows, Rows], Rows]


def by_territory(families: Rows, children: Rows, compute: Compute) -> Rows:
    """Each territory by its own figures; where one of them is not known the territory's families wait, and only those.

    `compute` gives the columns of DECIDED, but those of `families`, for the families that have a file.
    """
    parts = [
        _of_territory(str(place), known, children.join(known, on="family", how="semi"), compute)
        for (place,), known in families.filter("has_file").group_by("territory", maintain_order=True)
    ]
    unknown = waiting(families.filter(~pl.col("has_file")), FAMILY_UNKNOWN)
    found = pl.concat([one.select(DECIDED.keys()) for one in [*parts, unknown]], how="vertical_relaxed")
    return found.cast(DECIDED).sort("fund", "beneficiary_no")  # type: ignore[arg-type]


def _of_territory(place: str, families: Rows, children: Rows, compute: Compute) -> Rows:
    try:
        return compute(place, families, children)
    except NoParameterInForce:
        return waiting(families, NO_PARAMETER)


def waiting(families: Rows, code: str) -> Rows:
    """Families that wait for the same thing, with nothing decided."""
    return families.with_columns(outcome=pl.lit("HELD"), refusal=pl.lit(code), **NOTHING)


def outcome_of(refusal: pl.Expr, *, pays: pl.Expr) -> pl.Expr:
    """From the family's own reason and whether anything is due."""
    waits = refusal.is_in(sorted(WAITING))
    unpaid = pl.when(waits).then(pl.lit("HELD")).when(refusal == BELOW_MINIMUM).then(pl.lit("NOT_PAID"))
    return pl.when(pays).then(pl.lit("DUE")).otherwise(unpaid.otherwise(pl.lit("REFUSED")))


def first_waiting(children: Rows, reason: str) -> Rows:
    """For each family (`family`, `waits`): the reason of the first of its children that waits for something."""
    kept = children.filter(pl.col(reason).is_in(sorted(WAITING)))
    return kept.group_by("family", maintain_order=True).agg(waits=pl.col(reason).first())


def as_json(families: Rows, children: Rows, *, family: Sequence[str], child: Sequence[str]) -> Rows:
    """`families` with `facts`: its own columns and its children's, as JSON; dates as text."""
    told = children.select("family", pl.struct(_texts(children, child)).alias("one"))
    lists = told.group_by("family", maintain_order=True).agg(children="one")
    joined = families.join(lists.rename({"children": "told"}), on="family", how="left", maintain_order="left")
    empty = pl.col("told").fill_null(pl.lit([], dtype=joined.schema["told"]))
    return joined.with_columns(
        facts=pl.struct(*_texts(families, family), empty.alias("children")).struct.json_encode()
    ).drop("told")


def _texts(frame: Rows, names: Sequence[str]) -> list[pl.Expr]:
    return [pl.col(name).cast(pl.String) if frame.schema[name] == pl.Date else pl.col(name) for name in names]


def from_json(awards: Rows, *, family: dict[str, pl.DataType], child: dict[str, pl.DataType]) -> tuple[Rows, Rows]:
    """(families, children) as `as_json` was given them; `awards` has `family` and `facts`."""
    texts = {name: pl.String() if kind == pl.Date else kind for name, kind in child.items()}
    kind = pl.Struct({**family, "children": pl.List(pl.Struct(texts))})
    told = awards.with_columns(pl.col("facts").str.json_decode(kind)).unnest("facts")
    families = told.drop("children")
    exploded = told.select("family", one="children").explode("one").drop_nulls("one").unnest("one")
    dates = [pl.col(name).str.to_date("%Y-%m-%d") for name, kind in child.items() if kind == pl.Date]
    return families, exploded.with_columns(dates)
