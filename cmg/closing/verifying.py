"""Controls before the issue: what is stored must be what the rules give again from the stored facts."""

import hashlib

import polars as pl

from cmg.closing.figures import MonthFigures, figures_of
from cmg.closing.loading import DECLARATION_SCHEMA
from cmg.closing.slices import digest_of
from cmg.closing.structures import structures_digest
from cmg.reconciliation.controls import compare
from cmg.rules.month import settle
from portal.batches.models import Run
from portal.bulk import read_frame

FACTS = pl.Struct(
    {
        "has_right": pl.Boolean, "annual_resources": pl.Int64, "dependent_children": pl.Int64,
        "isolated_parent": pl.Boolean, "aah": pl.Boolean, "aeeh_children": pl.Int64, "prepare": pl.String,
        "territory": pl.String, "transition_supplement_cents": pl.Int64, "child_birth_dates": pl.List(pl.String),
        "child_id": pl.String, "claimed_too_late": pl.Boolean,
    }
)  # fmt: skip
STORED = {
    "declaration_id": pl.Int64, "s_declaration_no": pl.String, "s_version": pl.Int64, "care_mode": pl.String,
    "regime": pl.String, "contributions_cents": pl.Int64, "deduction_cents": pl.Int64, "part_a_cents": pl.Int64,
    "part_b_cents": pl.Int64, "supplement_cents": pl.Int64, "offset_cents": pl.Int64, "debit_cents": pl.Int64,
    "payout_cents": pl.Int64, "s_withholding_tax_cents": pl.Int64, "total_debit_cents": pl.Int64,
    "status": pl.String, "debit_effect": pl.String, "held_debit_cents": pl.Int64, "payout_blocked": pl.Boolean,
    "anomaly_codes": pl.String, "decision": pl.String, "all_in_one": pl.Boolean, "facts": pl.String,
    "s_employer_no": pl.String,
}  # fmt: skip


def _stored(condition: str, values: tuple[object, ...]) -> pl.DataFrame:
    settled = ", ".join(f"s.{name.removeprefix('s_')}" for name in STORED)
    declared = ", ".join(f"d.{name}" for name in DECLARATION_SCHEMA)
    return read_frame(
        f"SELECT {settled}, {declared} FROM cmg_settlement s JOIN cmg_declaration d ON d.id = s.declaration_id "
        f"WHERE {condition}",
        STORED | DECLARATION_SCHEMA,
        values,
    )


def stored_slice(run: Run, number: int) -> pl.DataFrame:
    """The settlements of a slice with the facts of their declarations."""
    return _stored("s.run_id = %s AND s.slice_number = %s", (run.pk, number))


def stored_family(run: Run, employer_no: str) -> pl.DataFrame:
    """The settlements of one family in a run, with the facts of their declarations."""
    return _stored("s.run_id = %s AND s.employer_no = %s", (run.pk, employer_no))


def rebuilt_facts(stored: pl.DataFrame) -> pl.DataFrame:
    """The facts of the rules, from the declaration and from what was kept of the right."""
    kept = stored.drop(*_outputs(), "child_birth_dates")
    said = kept.with_columns(pl.col("facts").str.json_decode(FACTS)).unnest("facts")
    return said.with_columns(
        child_birth_dates=pl.col("child_birth_dates").list.eval(pl.element().str.to_date("%Y-%m-%d")),
        child_id=pl.coalesce("child_id", "child_ids"),
        pool_key=pl.col("employer_no"),
    )


def run_digest(parts: list[str], structures: str) -> str:
    """What two people sign: the digests of the slices in their order, then that of the invoices when there are any."""
    return hashlib.sha256("\n".join([*parts, structures] if structures else parts).encode()).hexdigest()


def _beside(run: Run, number: int) -> pl.DataFrame:
    """What earlier runs issued for the slice's families and this run leaves as it is: they share the same maxima."""
    return _stored(
        """s.id IN (
            SELECT DISTINCT ON (p.declaration_no) p.id
            FROM cmg_settlement p JOIN batches_run r ON r.id = p.run_id
            WHERE r.kind = %s AND r.month = %s AND r.state IN ('ISSUED', 'RECONCILED') AND NOT r.dry_run
              AND p.status <> 'SUPERSEDED' AND p.care_month = r.month
              AND p.employer_no IN (SELECT employer_no FROM cmg_settlement WHERE run_id = %s AND slice_number = %s)
              AND p.declaration_no NOT IN (SELECT declaration_no FROM cmg_settlement WHERE run_id = %s AND slice_number = %s)
            ORDER BY p.declaration_no, r.ordinal DESC, p.version DESC)""",
        (run.kind, run.month, run.pk, number, run.pk, number),
    )  # fmt: skip


def recheck(run: Run) -> list[str]:
    """Codes of the settlements that are not what the rules give, one per settlement and code; empty when all is right.

    What two people signed is taken apart again first: every slice, the invoices, and the digest of them all.
    """
    figures = figures_of(run.month)
    codes: list[str] = []
    digests = []
    for part in run.slices.order_by("number"):
        stored = stored_slice(run, part.number)
        as_signed = stored.with_columns(
            declaration_no="s_declaration_no", version="s_version", withholding_tax_cents="s_withholding_tax_cents"
        )
        digests.append(digest_of(as_signed))
        live = stored.filter(_live())
        if not live.is_empty():
            codes += _wrong(run, part.number, live, figures)
    if run_digest(digests, structures_digest(run.pk)) != run.digest:
        codes.append("CMG-020")
    return codes


def _live() -> pl.Expr:
    return pl.col("status").is_in(["SETTLED", "HELD"])


def _wrong(run: Run, number: int, live: pl.DataFrame, figures: MonthFigures) -> list[str]:
    """Codes of the rows of `live` that differ from the rules, or are not of the family that declared."""
    beside = _beside(run, number).filter(_live()) if run.ordinal > 1 else live.head(0)
    facts = rebuilt_facts(pl.concat([live, beside]))
    fresh = settle(facts, care_month=run.month, parameters=figures.parameters).with_columns(
        parameters_digest=pl.lit(figures.parameters.digest()),
        hourly_cap_exceeded=pl.col("refusal").fill_null("") == "cmg.hourly_cap_exceeded",
    )
    base = pl.col("net_salary_cents") + pl.col("maintenance_allowance_cents")
    compared = live.with_columns(parameters_digest=pl.lit(run.parameters_digest), cost_base_cents=base)
    single = compared.join(fresh.select("id", movement="total_debit_cents"), on="id").filter(
        (pl.col("status") == "SETTLED") & (pl.col("total_debit_cents") != pl.col("movement"))
        | (pl.col("s_employer_no") != pl.col("employer_no"))
    )
    return [*compare(compared, fresh)["code"], *["CMG-020"] * single.height]


def _outputs() -> list[str]:
    """Stored results, which are not facts."""
    kept = {"declaration_id", "care_mode", "all_in_one", "facts"}
    return [name for name in STORED if name not in kept]
