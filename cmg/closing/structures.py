"""Structure invoices of a month: what the fund pays on each, decided from the fund's own rights.

No debit is at stake: without an open right the invoice is refused when the fund decided so, and waits otherwise. The
fund pays the family: the portal orders it on the account that the family has with us; without one the payout is owed,
and somebody is told which account is missing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from cmg.closing.figures import MonthFigures
from cmg.models import StructureSettlement
from cmg.reconciliation.sides import STATE_RANK, with_state
from cmg.rules.shared_maxima import DIRECT
from cmg.rules.structure import settle_structures
from portal.batches.models import Run
from portal.bulk import copy_in, read_frame

INVOICE = {
    "invoice_id": pl.Int64, "invoice_no": pl.String, "fund": pl.String, "beneficiary_no": pl.String,
    "child_id": pl.String, "care_mode": pl.String, "hours_hundredths": pl.Int64, "invoice_amount_cents": pl.Int64,
    "hourly_tariff_cents": pl.Int64, "fnas_funded": pl.Boolean,
}  # fmt: skip
RIGHT = {
    "id": pl.Int64, "fund": pl.String, "beneficiary_no": pl.String, "child_id": pl.String, "care_mode": pl.String,
    "status": pl.String, "starts_on": pl.Date, "ends_on": pl.Date, "birth_date": pl.Date, "resources_cents": pl.Int64,
    "dependent_children": pl.Int64, "isolated_parent": pl.Boolean, "aah": pl.Boolean, "aeeh_children": pl.Int64,
    "prepare": pl.String, "decided_at": pl.Datetime("us", "UTC"),
}  # fmt: skip
DECIDED = {
    "invoice_id": pl.Int64, "part_b_cents": pl.Int64, "payout_cents": pl.Int64, "status": pl.String,
    "refusal": pl.String,
}  # fmt: skip
KEY = ["fund", "beneficiary_no", "child_id", "care_mode"]


@dataclass(frozen=True)
class StructureTotals:
    """How many invoices, the cents the funds pay on them, and the digest of it (empty without any invoice)."""

    invoices: int
    payout_cents: int
    digest: str


def _invoices(month: date) -> pl.DataFrame:
    return read_frame(
        """
        SELECT id, invoice_no, fund, beneficiary_no, child_id, care_mode, hours_hundredths, amount_cents,
               hourly_tariff_cents, fnas_funded
        FROM cmg_structureinvoice WHERE care_month = %s AND known_until IS NULL
        """,
        INVOICE,
        (month,),
    )


def _rights(month: date) -> pl.DataFrame:
    """For each (fund, number, child, mode) with an invoice, the right that counts: open first, latest decision."""
    rights = read_frame(
        """
        SELECT r.id, r.fund, r.beneficiary_no, r.child_id, r.care_mode, r.status, r.starts_on, r.ends_on,
               r.child_birth_date, r.annual_resources_cents, r.dependent_children, r.isolated_parent, r.aah,
               r.aeeh_children, r.prepare, r.decided_at
        FROM cmg_right r
        WHERE r.known_until IS NULL AND r.side = 'F' AND (r.fund, r.beneficiary_no, r.child_id, r.care_mode) IN (
            SELECT fund, beneficiary_no, child_id, care_mode FROM cmg_structureinvoice
            WHERE care_month = %s AND known_until IS NULL)
        """,
        RIGHT,
        (month,),
    )
    ranked = with_state(rights, month).with_columns(
        rank=pl.col("state").replace_strict(STATE_RANK, return_dtype=pl.Int8)
    )
    ordered = ranked.sort(["rank", "decided_at", "id"], descending=[False, True, True], nulls_last=True)
    return ordered.unique(KEY, keep="first", maintain_order=True).drop("rank", "status", "starts_on", "ends_on")


def _direct(run: Run) -> pl.DataFrame:
    """What direct employment already gives the household for the month: it is computed first (CSS D. 531-22).

    A run after an issued one holds what changed only: each declaration counts by the latest of the two.
    """
    declared = read_frame(
        """
        WITH family AS (
            SELECT DISTINCT a.employer_no, i.fund, i.beneficiary_no FROM cmg_structureinvoice i
            JOIN cmg_account a ON a.fund = i.fund AND a.beneficiary_no = i.beneficiary_no AND a.known_until IS NULL
            WHERE i.care_month = %(month)s AND i.known_until IS NULL
        ), latest AS (
            SELECT DISTINCT ON (s.declaration_no) f.fund, f.beneficiary_no, s.status, s.refusal, s.care_mode,
                   s.part_b_cents, s.facts::json AS facts, d.child_ids
            FROM family f
            JOIN cmg_settlement s ON s.employer_no = f.employer_no AND s.care_month = %(month)s
            JOIN cmg_declaration d ON d.id = s.declaration_id
            JOIN batches_run r ON r.id = s.run_id
            WHERE (r.id = %(run)s OR (r.kind = %(kind)s AND NOT r.dry_run AND r.state IN ('ISSUED', 'RECONCILED')))
              AND s.status <> 'SUPERSEDED'
            ORDER BY s.declaration_no, r.ordinal DESC, s.version DESC
        )
        SELECT fund || '/' || beneficiary_no, COALESCE(facts->>'child_id', child_ids),
               COALESCE(facts->>'child_birth_dates', '[]'), care_mode, part_b_cents
        FROM latest WHERE status IN ('SETTLED', 'HELD') AND refusal = ''
        """,
        {"household": pl.String, "child_id": pl.String, "births": pl.String, "care_mode": pl.String,
         "part_b_cents": pl.Int64},
        {"month": run.month, "run": run.pk, "kind": run.kind},
    )  # fmt: skip
    return _per_child(declared).select(*DIRECT)


def _per_child(declared: pl.DataFrame) -> pl.DataFrame:
    """One row per child of a declaration, the amount on the first: dates and numbers are in the same order."""
    births = pl.col("births").str.json_decode(pl.List(pl.String))
    numbers = pl.col("child_id").str.split("|").list.head(births.list.len())
    place = pl.int_range(pl.len()).over("declaration")
    return (
        declared.with_row_index("declaration")
        .with_columns(birth_date=births, child_id=numbers)
        .explode("child_id", "birth_date")
        .with_columns(
            birth_date=pl.col("birth_date").str.to_date("%Y-%m-%d"),
            part_b_cents=pl.when(place == 0).then(pl.col("part_b_cents")).otherwise(0),
        )
    )


def _issued(run: Run) -> pl.DataFrame:
    """What the runs issued before decided last for each invoice of the month."""
    return read_frame(
        """
        SELECT DISTINCT ON (s.invoice_id) s.invoice_id, s.part_b_cents, s.payout_cents, s.status, s.refusal
        FROM cmg_structuresettlement s JOIN batches_run r ON r.id = s.run_id
        WHERE r.kind = %s AND r.month = %s AND NOT r.dry_run AND r.state IN ('ISSUED', 'RECONCILED')
        ORDER BY s.invoice_id, r.ordinal DESC
        """,
        DECIDED,
        (run.kind, run.month),
    )


# What was decided and never left, though the family now has one account with us that can be paid.
NOW_PAYABLE = """
SELECT DISTINCT i.id FROM cmg_structureinvoice i
JOIN banking_openitem o ON o.reference = i.fund || ' ' || i.beneficiary_no || ' ' || i.invoice_no
     AND o.reason = 'compte_absent' AND o.closed_on IS NULL
JOIN cmg_account a ON a.fund = i.fund AND a.beneficiary_no = i.beneficiary_no AND a.known_until IS NULL AND a.iban_valid
WHERE i.care_month = %s AND i.known_until IS NULL
"""


def settle_invoices(run: Run, figures: MonthFigures) -> StructureTotals:
    """Write the structure settlements of `run` that differ from those issued before, or that can be paid at last.

    A former attempt is replaced.
    """
    StructureSettlement.objects.filter(run=run).delete()
    invoices = _invoices(run.month)
    if invoices.is_empty():
        return StructureTotals(0, 0, "")
    rows = _decided(invoices, run, figures)
    payable = read_frame(NOW_PAYABLE, {"invoice_id": pl.Int64}, (run.month,))
    new = rows.join(_issued(run), on=list(DECIDED), how="anti")
    waiting = rows.join(payable, on="invoice_id", how="semi").join(new, on="invoice_id", how="anti")
    changed = pl.concat([new, waiting])
    copy_in(changed, "cmg_structuresettlement")
    return StructureTotals(changed.height, int(changed["payout_cents"].sum()), structures_digest(run.pk))


def _decided(invoices: pl.DataFrame, run: Run, figures: MonthFigures) -> pl.DataFrame:
    facts = invoices.join(_rights(run.month), on=KEY, how="left").with_columns(
        household=pl.concat_str("fund", pl.lit("/"), "beneficiary_no"),
        has_right=(pl.col("state") == "OPEN").fill_null(value=False),
        annual_resources=pl.col("resources_cents") // 100,
        isolated_parent=pl.col("isolated_parent").fill_null(value=False),
        aah=pl.col("aah").fill_null(value=False),
        aeeh_children=pl.col("aeeh_children").fill_null(0),
        prepare=pl.col("prepare").fill_null("NONE"),
        territory=figures.territory(pl.col("fund")),
        child_birth_dates=pl.concat_list(pl.coalesce("birth_date", pl.lit(run.month))),
    )
    settled = settle_structures(facts, care_month=run.month, parameters=figures.parameters, direct=_direct(run))
    unknown = pl.col("has_right") & pl.col("refusal").fill_null("").str.starts_with("cmg.missing_")
    undecided = (pl.col("state").is_null() | pl.col("state").is_in(["SUSPENDED", "FUTURE"])) | unknown
    return settled.select(
        run_id=pl.lit(run.pk),
        invoice_id="invoice_id",
        right_id="id",
        part_b_cents="part_b_cents",
        payout_cents=pl.when(undecided).then(0).otherwise(pl.col("payout_cents")),
        status=pl.when(undecided).then(pl.lit("HELD")).otherwise(pl.lit("SETTLED")),
        anomaly_codes=pl.when(undecided).then(pl.lit("CMG-002")).otherwise(pl.lit("")),
        refusal=pl.col("refusal").fill_null(""),
    )


STORED = {
    "fund": pl.String, "invoice_no": pl.String, "part_b_cents": pl.Int64, "payout_cents": pl.Int64,
    "status": pl.String, "anomaly_codes": pl.String,
}  # fmt: skip


def structures_digest(run_pk: int) -> str:
    """SHA-256 of what the run decided on invoices, in the order of funds and numbers; empty without any."""
    stored = read_frame(
        """
        SELECT i.fund, i.invoice_no, s.part_b_cents, s.payout_cents, s.status, s.anomaly_codes
        FROM cmg_structuresettlement s JOIN cmg_structureinvoice i ON i.id = s.invoice_id WHERE s.run_id = %s
        """,
        STORED,
        (run_pk,),
    )
    content = stored.sort("fund", "invoice_no").write_csv()
    return "" if stored.is_empty() else hashlib.sha256(content.encode()).hexdigest()


TO_ISSUE = {
    "settlement_id": pl.Int64, "declaration_no": pl.String, "employer_no": pl.String, "fund": pl.String,
    "beneficiary_no": pl.String, "invoice_no": pl.String, "care_month": pl.Date, "status": pl.String,
    "part_b_cents": pl.Int64, "payout_cents": pl.Int64, "received_on": pl.Date,
}  # fmt: skip


def invoices_to_issue(run: Run, columns: Mapping[str, Any]) -> pl.DataFrame:
    """The invoices settled by `run`, with the `columns` of settlements; `employer_no` is the family's one account.

    Null when the family has none with us under the number of the invoice, or several.
    """
    found = read_frame(
        """
        SELECT s.id, i.fund || ':' || i.invoice_no, a.employer_no, i.fund, i.beneficiary_no, i.invoice_no, i.care_month,
               s.status, s.part_b_cents, s.payout_cents, r.day
        FROM cmg_structuresettlement s JOIN cmg_structureinvoice i ON i.id = s.invoice_id
        JOIN batches_run r ON r.id = s.run_id
        LEFT JOIN LATERAL (
            SELECT min(employer_no) AS employer_no FROM cmg_account
            WHERE fund = i.fund AND beneficiary_no = i.beneficiary_no AND known_until IS NULL HAVING count(*) = 1
        ) a ON true
        WHERE s.run_id = %s AND s.status = 'SETTLED'
        """,
        TO_ISSUE,
        (run.pk,),
    )
    missing = {name: kind for name, kind in columns.items() if name not in found.columns}
    return found.with_columns(
        *(pl.lit(0 if kind == pl.Int64 else False, dtype=kind).alias(name) for name, kind in missing.items()),
        key=pl.format("cmg:invoice:{}:{}:run{}", "fund", "invoice_no", pl.lit(run.pk)),
        subject=pl.coalesce(
            pl.lit("cmg:employer:") + pl.col("employer_no"),
            pl.format("cmg:beneficiary:{}:{}", "fund", "beneficiary_no"),
        ),
        is_invoice=pl.lit(value=True),
        waits_as=pl.format("{} {} {}", "fund", "beneficiary_no", "invoice_no"),
    )
