"""Controls before the issue: what is stored must be what the rules give again from the stored facts."""

from collections.abc import Iterator

import polars as pl

from cmg.closing.figures import figures_of
from cmg.closing.loading import DECLARATION_SCHEMA
from cmg.closing.slices import digest_of
from cmg.models import Settlement
from cmg.reconciliation.controls import compare
from cmg.rules.month import settle
from portal.batches.models import Run
from portal.bulk import read_frame

FACTS = pl.Struct(
    {
        "has_right": pl.Boolean, "annual_resources": pl.Int64, "dependent_children": pl.Int64,
        "isolated_parent": pl.Boolean, "aah": pl.Boolean, "aeeh_children": pl.Int64, "prepare": pl.String,
        "territory": pl.String, "transition_supplement_cents": pl.Int64, "child_birth_dates": pl.List(pl.String),
        "child_id": pl.String,
    }
)  # fmt: skip
STORED = {
    "declaration_id": pl.Int64, "s_declaration_no": pl.String, "s_version": pl.Int64, "care_mode": pl.String,
    "regime": pl.String, "contributions_cents": pl.Int64, "deduction_cents": pl.Int64, "part_a_cents": pl.Int64,
    "part_b_cents": pl.Int64, "supplement_cents": pl.Int64, "offset_cents": pl.Int64, "debit_cents": pl.Int64,
    "payout_cents": pl.Int64, "s_withholding_tax_cents": pl.Int64, "total_debit_cents": pl.Int64,
    "status": pl.String, "debit_effect": pl.String, "held_debit_cents": pl.Int64, "payout_blocked": pl.Boolean,
    "anomaly_codes": pl.String, "decision": pl.String, "all_in_one": pl.Boolean, "facts": pl.String,
}  # fmt: skip


def _stored(condition: str, values: tuple[object, ...]) -> pl.DataFrame:
    settled = ", ".join(f"s.{name.removeprefix('s_')}" for name in STORED)
    declared = ", ".join(f"d.{name}" for name in DECLARATION_SCHEMA)
    return read_frame(
        f"SELECT {settled}, {declared} FROM cmg_settlement s JOIN cmg_declaration d ON d.id = s.declaration_id "
        f"WHERE s.run_id = %s AND {condition}",
        STORED | DECLARATION_SCHEMA,
        values,
    )


def stored_slice(run: Run, number: int) -> pl.DataFrame:
    """The settlements of a slice with the facts of their declarations."""
    return _stored("s.slice_number = %s", (run.pk, number))


def stored_family(run: Run, employer_no: str) -> pl.DataFrame:
    """The settlements of one family in a run, with the facts of their declarations."""
    return _stored("s.employer_no = %s", (run.pk, employer_no))


def rebuilt_facts(stored: pl.DataFrame) -> pl.DataFrame:
    """The facts of the rules, from the declaration and from what was kept of the right."""
    kept = stored.drop(*_outputs(), "child_birth_dates")
    said = kept.with_columns(pl.col("facts").str.json_decode(FACTS)).unnest("facts")
    return said.with_columns(
        child_birth_dates=pl.col("child_birth_dates").list.eval(pl.element().str.to_date("%Y-%m-%d")),
        child_id=pl.coalesce("child_id", "child_ids"),
        pool_key=pl.col("employer_no"),
    )


def _numbers(run: Run) -> Iterator[int]:
    found = Settlement.objects.filter(run=run).order_by("slice_number")
    yield from found.values_list("slice_number", flat=True).distinct()


def recheck(run: Run) -> list[str]:
    """Codes of the settlements that are not what the rules give, one per settlement and code; empty when all is right.

    Pools need every declaration of a family: a run after an issued one holds some of them only, and its pooled
    families are compared on their own contributions.
    """
    figures = figures_of(run.month)
    codes: list[str] = []
    for number in _numbers(run):
        stored = stored_slice(run, number)
        part = run.slices.get(number=number)
        as_signed = stored.with_columns(
            declaration_no="s_declaration_no", version="s_version", withholding_tax_cents="s_withholding_tax_cents"
        )
        if digest_of(as_signed) != part.digest:
            codes.append("CMG-020")
        live = stored.filter(pl.col("status").is_in(["SETTLED", "HELD"]))
        if live.is_empty():
            continue
        fresh = settle(rebuilt_facts(live), care_month=run.month, parameters=figures.parameters)
        fresh = fresh.with_columns(
            parameters_digest=pl.lit(figures.parameters.digest()),
            hourly_cap_exceeded=pl.col("refusal").fill_null("") == "cmg.hourly_cap_exceeded",
        )
        base = pl.col("net_salary_cents") + pl.col("maintenance_allowance_cents")
        compared = live.with_columns(parameters_digest=pl.lit(run.parameters_digest), cost_base_cents=base)
        if run.ordinal == 1 or figures.regime == "B":
            codes += compare(compared, fresh)["code"].to_list()
    return codes


def _outputs() -> list[str]:
    """Stored results, which are not facts."""
    kept = {"declaration_id", "care_mode", "all_in_one", "facts"}
    return [name for name in STORED if name not in kept]
