"""From what was detected to what happens: one verdict per declaration, with the facts its settlement uses.

A hold never ends here into a debit: without a positive decision on every declared child the declaration is held.
"""

import polars as pl

from cmg.reconciliation.catalogue import EFFECTS, HOLDING, PAYOUT_STOPPED, ROOTS, SYMPTOMS_OF_ROOTS, catalogue
from cmg.reconciliation.detections import (
    F_OPEN,
    FUND_FACTS_MISSING,
    P_OPEN,
    PAJEMPLOI_FACTS_MISSING,
    UNDECIDED,
    Scale,
    detections,
    with_judgement,
)

# The right's facts as the rules name them, from the column of either side.
FACTS = {
    "annual_resources": "resources",
    "dependent_children": "dependent_children",
    "isolated_parent": "isolated_parent",
    "aah": "aah",
    "aeeh_children": "aeeh_children",
    "prepare": "prepare",
    "transition_supplement_cents": "supplement_cents",
    "right_fund": "fund",
    "right_mode": "care_mode",
    "right_id": "id",
}
LAST_KNOWN = ("resources", "dependent_children")


def _repaired() -> dict[str, pl.Expr]:
    """When the automatic repair of a code succeeds while the month closes: the fund's applied file carries the right."""
    always = pl.lit(value=True)
    return {
        "CMG-001": F_OPEN,
        "CMG-004": F_OPEN,
        "CMG-005": F_OPEN,
        "CMG-007": F_OPEN,
        "CMG-013": ~pl.col("number_differs") & pl.col("number_confirmed"),
        "CMG-017": always,
        "CMG-025": always,
        "CMG-026": pl.col("found_026") & (pl.col("f_state") != "NONE"),
        "CMG-028": ~FUND_FACTS_MISSING & PAJEMPLOI_FACTS_MISSING & F_OPEN,
        "CMG-031": always,
        "CMG-038": always,
    }


def _effect(code: str) -> pl.Expr:
    """The effect of `code` on a declared child, once automatic repairs were tried."""
    effect = pl.lit(catalogue()[code].effect)
    if code == "CMG-028":
        nothing_known = (
            pl.coalesce("f_resources", "p_resources", "known_resources").is_null()
            | pl.coalesce("f_dependent_children", "p_dependent_children", "known_dependent_children").is_null()
        )
        effect = pl.when(nothing_known).then(pl.lit("HOLD_DISPUTED")).otherwise(effect)
    repaired = _repaired().get(code)
    return effect if repaired is None else pl.when(repaired).then(pl.lit("PROCEED")).otherwise(effect)


def detected(pairs: pl.DataFrame, scale: Scale) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The judged pairs, and one row per (row, code, effect): roots hide their symptoms."""
    judged = with_judgement(pairs, scale)
    found = judged.with_columns(expression.alias(code) for code, expression in detections(scale).items())
    has_root = pl.any_horizontal(ROOTS)
    # A number confirmed by the fund hides nothing: the family's other disagreements are real.
    root_stands = has_root & (pl.any_horizontal("CMG-012", "CMG-014", "CMG-015") | ~_repaired()["CMG-013"])
    found = found.with_columns((pl.col(code) & ~root_stands).alias(code) for code in SYMPTOMS_OF_ROOTS)
    found = found.with_columns(
        (pl.col("CMG-001") & ~pl.col("CMG-008")).alias("CMG-001"),
        (pl.col("CMG-009") & ~pl.col("CMG-008") & ~pl.col("CMG-001") & ~pl.col("CMG-002")).alias("CMG-009"),
    )
    parts = [
        found.filter(pl.col(code)).select("row", code=pl.lit(code), effect=_effect(code)) for code in detections(scale)
    ]
    undecided = found.filter(UNDECIDED & ~pl.any_horizontal(list(detections(scale)))).select(
        "row", code=pl.lit("CMG-002"), effect=pl.lit("HOLD_DISPUTED")
    )
    return judged, pl.concat([*parts, undecided])


def _chosen(judged: pl.DataFrame, held: pl.Expr) -> pl.DataFrame:
    """Each declared child with the facts of the right that counts, and whether there is one.

    Open at the fund: the fund's facts, completed by Pajemploi's where the fund's are missing. Else the open copy, or
    the right being bridged. On a held row without an open right: the best-known one. Resources that neither side of
    the right gives are the last ones known of the household.
    """
    known = (pl.col("f_state") != "NONE") | (pl.col("p_state") != "NONE") | pl.col("o_id").is_not_null()
    best_known = held & UNDECIDED & known
    has_right = ~pl.col("past_age") & ~pl.col("mayotte") & (F_OPEN | P_OPEN | pl.col("bridged") | best_known)
    return with_facts(judged, has_right)


def with_facts(judged: pl.DataFrame, has_right: pl.Expr) -> pl.DataFrame:
    """Each declared child with `has_right` and the facts of the right that counts (see `_chosen`)."""
    first = (
        pl.when(F_OPEN)
        .then(pl.lit("F"))
        .when(P_OPEN)
        .then(pl.lit("P"))
        .when(pl.col("f_state") != "NONE")
        .then(pl.lit("F"))
        .when(pl.col("p_state") != "NONE")
        .then(pl.lit("P"))
        .when(~F_OPEN & ~P_OPEN & pl.col("o_id").is_not_null())
        .then(pl.lit("O"))
    )
    facts = []
    for name, column in FACTS.items():
        last_known = [f"known_{column}"] if column in LAST_KNOWN else []
        facts.append(
            pl.when(pl.col("chosen_side") == "F")
            .then(pl.coalesce(f"f_{column}", f"p_{column}", *last_known))
            .when(pl.col("chosen_side") == "P")
            .then(pl.coalesce(f"p_{column}", f"f_{column}", *last_known))
            .when(pl.col("chosen_side") == "O")
            .then(pl.col(f"o_{column}"))
            .alias(name)
        )
    return judged.with_columns(has_right=has_right, chosen_side=first).with_columns(facts)


def per_declaration(chosen: pl.DataFrame) -> pl.DataFrame:
    """The facts of each declaration: those of its youngest child with a right (the only child, for a childminder)."""
    ordered = chosen.sort(["id", "has_right", "birth_date"], descending=[False, True, True])
    with_right = pl.col("has_right")
    decisions = (
        pl.when((pl.col("positive") == "RIGHT").any()).then(pl.lit("RIGHT")).otherwise(pl.col("positive").first())
    )
    return ordered.group_by("id", maintain_order=True).agg(
        *(pl.col(name).first() for name in FACTS),
        has_right=with_right.any(),
        child_birth_dates_with_right=pl.col("birth_date").filter(with_right),
        child_ids_with_right=pl.col("child_id").filter(with_right).str.join("|"),
        all_birth_dates=pl.col("birth_date"),
        right_ids=pl.col("right_id").filter(with_right).cast(pl.String).str.join("|"),
        undecided=pl.col("positive").is_null().any(),
        decision=decisions,
        care_mode_declared=pl.col("care_mode").first(),
        account_fund=pl.col("a_fund").first(),
    )


def without(found: pl.DataFrame, set_aside: pl.DataFrame) -> pl.DataFrame:
    """`found` (employer_no, code, child_id, …) less what people set aside, for one child or for all."""
    if set_aside.is_empty():
        return found
    whole = set_aside.filter(pl.col("child_id") == "").drop("child_id")
    one = set_aside.filter(pl.col("child_id") != "")
    return found.join(whole, on=["employer_no", "code"], how="anti").join(
        one, on=["employer_no", "code", "child_id"], how="anti", nulls_equal=True
    )


def judge(pairs: pl.DataFrame, scale: Scale, set_aside: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Verdicts and anomalies, less those that people `set_aside` (employer_no, code, child_id).

    Returns (verdicts, anomalies). Verdicts, one row per declaration `id`: `codes`, `effect`, `held`, `rejected`,
    `payout_blocked`, `decision`, and the facts for the rules. Anomalies: id, child_id, code, effect.
    """
    judged, found = detected(pairs, scale)
    named = found.join(judged.select("row", "id", "child_id", "employer_no", "duplicate"), on="row")
    anomalies = without(named, set_aside)
    exact_copy = (pl.col("code") == "CMG-018") & (pl.col("duplicate") == "EXACT")
    strict = pl.col("effect").replace_strict({name: rank for rank, name in enumerate(EFFECTS)}, return_dtype=pl.Int8)
    codes = anomalies.group_by("id").agg(
        codes=pl.col("code").unique().sort().str.join("|"),
        rank=strict.min(),
        payout_blocked=(pl.col("code").is_in(PAYOUT_STOPPED) & (pl.col("effect") != "HOLD_ALL")).any()
        | ((pl.col("code") == "CMG-033").any()),
        rejected=exact_copy.any(),
    )
    summary = judged.select("id").unique().join(codes, on="id", how="left")
    held = summary.select("id", held_by_code=(pl.col("rank") < len(HOLDING)).fill_null(value=False))
    chosen = _chosen(judged.join(held, on="id"), pl.col("held_by_code"))
    verdicts = (
        per_declaration(chosen)
        .join(summary, on="id")
        .with_columns(
            pl.col("codes").fill_null(""),
            pl.col("rank").fill_null(len(EFFECTS) - 1),
            pl.col("payout_blocked", "rejected").fill_null(value=False),
        )
        .with_columns(
            held=(pl.col("rank") < len(HOLDING)),
            effect=pl.col("rank").replace_strict(dict(enumerate(EFFECTS)), return_dtype=pl.String),
        )
        .drop("rank")
    )
    return verdicts, anomalies.drop("row", "duplicate")
