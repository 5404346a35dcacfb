"""One slice of a month, written: settlements, anomalies and dossiers, in the transaction that marks the slice done."""

import hashlib
from datetime import date, datetime

import polars as pl
from django.db import connection
from django.utils import timezone

from cmg.closing.ending import RETURNED
from cmg.closing.families import Families
from cmg.closing.figures import MonthFigures, figures_of
from cmg.closing.settling import MONEY, RESULT, Outcome, compute_slice
from cmg.models import Settlement
from cmg.reconciliation.catalogue import HOLDING, catalogue
from portal.batches.models import Run, Slice
from portal.batches.operations import SliceResult
from portal.batches.slicing import buckets_of
from portal.bulk import copy_in, read_frame
from portal.casework.operations import open_dossiers, resolve_dossiers
from portal.legislation.calendar import nth_business_day

SUBJECT = "cmg:employer:"
DIGESTED = (
    "declaration_no",
    "version",
    *MONEY,
    "status",
    "debit_effect",
    "held_debit_cents",
    "payout_blocked",
    "anomaly_codes",
)


def families_of(part: Slice) -> Families:
    """The families of a slice: whole buckets, or those that its run names."""
    run = part.run
    if run.scope is not None:
        return Families.named(run.scope)
    return Families(*buckets_of(part))


def close_slice(part: Slice) -> SliceResult:
    """Compute and write one slice. Repeatable: what a former attempt wrote for it is replaced."""
    run = part.run
    figures = figures_of(run.month)
    families = families_of(part)
    outcome = compute_slice(run, families, figures)
    changed = only_changed(outcome.settlements, run, families)
    Settlement.objects.filter(run=run, slice_number=part.number).delete()
    _delete_anomalies(run, families)
    copy_in(
        changed.with_columns(run_id=pl.lit(run.pk), slice_number=pl.lit(part.number)),
        "cmg_settlement",
        ("run_id", "slice_number", *RESULT),
    )
    anomalies = _anomaly_rows(outcome, changed, run)
    copy_in(anomalies, "cmg_anomaly")
    if not run.dry_run:
        _keep_dossiers(outcome, run, figures)
    return SliceResult(
        rows_done=outcome.settlements.height, digest=digest_of(changed), totals=totals_of(changed, anomalies)
    )


def digest_of(settlements: pl.DataFrame) -> str:
    """SHA-256 of the decided figures, in the order of declaration numbers and versions."""
    content = settlements.select(DIGESTED).sort("declaration_no", "version").write_csv()
    return hashlib.sha256(content.encode()).hexdigest()


def only_changed(settlements: pl.DataFrame, run: Run, families: Families) -> pl.DataFrame:
    """For a run after an issued one: the declarations whose result differs from the last issued."""
    if run.ordinal == 1:
        return settlements
    schema = {"declaration_id": pl.Int64} | {
        name: pl.Boolean if name == "payout_blocked" else pl.String if name in ("status", "debit_effect") else pl.Int64
        for name in (*MONEY, "status", "debit_effect", "held_debit_cents", "payout_blocked")
    }
    issued = read_frame(
        f"""
        SELECT DISTINCT ON (s.declaration_id) {", ".join(f"s.{name}" for name in schema)}
        FROM cmg_settlement s JOIN batches_run r ON r.id = s.run_id
        JOIN cmg_declaration d ON d.id = s.declaration_id
        WHERE r.kind = %s AND r.month = %s AND r.state IN ('ISSUED', 'RECONCILED') AND NOT r.dry_run
          AND {families.where("d")}
        ORDER BY s.declaration_id, r.ordinal DESC
        """,
        schema,
        (run.kind, run.month),
    )
    return settlements.join(issued, on=list(schema), how="anti", nulls_equal=True).sort("declaration_no", "version")


def _delete_anomalies(run: Run, families: Families) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM cmg_anomaly n USING cmg_declaration d "
            f"WHERE n.run_id = %s AND d.id = n.declaration_id AND {families.where('d')}",
            (run.pk,),
        )


def _anomaly_rows(outcome: Outcome, changed: pl.DataFrame, run: Run) -> pl.DataFrame:
    """One row per declaration, child and code; a repaired one is already resolved."""
    lines = pl.DataFrame(
        [
            {"code": line.code, "severity": line.severity, "resolution": line.resolution, "explanation": line.rule,
             "catalogue_effect": line.effect}
            for line in catalogue().values()
        ]
    )  # fmt: skip
    now = timezone.now()
    declared = changed.select(id="declaration_id", declaration_no="declaration_no", status="status")
    repaired = (pl.col("effect") == "PROCEED") & (pl.col("catalogue_effect") != "PROCEED")
    return (
        outcome.anomalies.join(declared, on="id")
        .join(lines, on="code")
        .with_columns(
            run_id=pl.lit(run.pk),
            declaration_id=pl.col("id"),
            debit_effect=pl.col("effect"),
            state=pl.when(repaired)
            .then(pl.lit("RESOLVED"))
            .when(pl.col("effect").is_in(HOLDING))
            .then(pl.lit("ASSIGNED"))
            .otherwise(pl.lit("DETECTED")),
            detected_at=pl.lit(now.isoformat()),
            resolved_at=pl.when(repaired).then(pl.lit(now.isoformat())),
        )
        .select(
            "run_id", "code", "declaration_id", "declaration_no", "employer_no", "child_id", "severity", "resolution",
            "debit_effect", "state", "detected_at", "resolved_at", "explanation",
        )
    )  # fmt: skip


def totals_of(settlements: pl.DataFrame, anomalies: pl.DataFrame) -> dict[str, object]:
    """Counts and cents of a slice, as they add up over a run."""
    settled = settlements.filter(pl.col("status") == "SETTLED")
    held = settlements.filter(pl.col("status") == "HELD")
    sums = {name: int(settled[name].sum()) for name in MONEY}
    statuses = {str(key): int(value) for key, value in settlements.group_by("status").len().iter_rows()}
    by_code = (
        anomalies.group_by("code")
        .agg(
            families=pl.col("employer_no").n_unique(),
            repaired=pl.col("employer_no").filter(pl.col("state") == "RESOLVED").n_unique(),
            held=pl.col("employer_no").filter(pl.col("debit_effect").is_in(HOLDING)).n_unique(),
        )
        .sort("code")
    )
    return {
        "declarations": settlements.height,
        "statuses": statuses,
        "sums": sums,
        "debits": int((settled["debit_cents"] > 0).sum()),
        "payouts": int(((settled["payout_cents"] > 0) & ~settled["payout_blocked"]).sum()),
        "blocked_payout_cents": int(settled.filter(pl.col("payout_blocked"))["payout_cents"].sum()),
        "held_families": held["employer_no"].n_unique(),
        "held_debit_cents": int(held["held_debit_cents"].sum()),
        "families_with_anomaly": anomalies["employer_no"].n_unique(),
        "codes": {row["code"]: {k: row[k] for k in ("families", "repaired", "held")} for row in by_code.to_dicts()},
    }


def _keep_dossiers(outcome: Outcome, run: Run, figures: MonthFigures) -> None:
    """A dossier for each held family; repaired are those whose family is no longer held.

    A run of named families is a proposal: until it is executed the dossier stays with its owner.
    """
    held = (
        outcome.settlements.filter(pl.col("status") == "HELD")
        .group_by("employer_no")
        .agg(
            held_cents=pl.col("held_debit_cents").sum(),
            reasons=pl.col("anomaly_codes").str.split("|").explode().unique().sort().str.join("|"),
            effect=pl.col("debit_effect").sort().first(),
        )
        .join(outcome.names, on="employer_no", how="left")
    )
    desks = {line.code: line.desk for line in catalogue().values()}
    first_code = pl.col("reasons").str.split("|").list.first()
    deadline = nth_business_day(run.day, figures.hold_business_days)
    open_dossiers(
        held.with_columns(
            subject=pl.lit(SUBJECT) + pl.col("employer_no"),
            title=pl.coalesce("name", pl.lit("Compte ") + pl.col("employer_no")).str.head(160),
            fund=pl.col("fund").fill_null(""),
            body=first_code.replace_strict(desks, default="PAJEMPLOI", return_dtype=pl.String),
            reasons=pl.col("reasons").str.head(200),
        ).select("subject", "title", "fund", "body", "reasons", "effect", "held_cents"),
        opened_on=run.day,
        deadline=deadline,
        at=_instant(run.day),
    )
    if run.scope is not None:
        return
    clean = outcome.settlements.filter(pl.col("status") == "SETTLED").join(held, on="employer_no", how="anti")
    settled = set(clean["employer_no"]) - _still_waiting(run, clean["employer_no"].unique().to_list())
    resolve_dossiers([f"{SUBJECT}{number}" for number in sorted(settled)], at=_instant(run.day))


# A family has one dossier for all its months: it is repaired when the last word on each of its declarations is not a
# hold, when no correction waits to be executed, no transfer came back, and when each report has its answer.
STILL_WAITING = f"""
SELECT s.employer_no
FROM casework_dossier d
JOIN cmg_settlement s ON s.employer_no = substr(d.subject, %s) AND s.care_month <> %s AND s.status = 'HELD'
JOIN batches_run r ON r.id = s.run_id AND NOT r.dry_run AND r.state <> 'SUPERSEDED'
WHERE d.state IN ('OPEN', 'ESCALATED') AND d.subject = ANY (%s) AND NOT EXISTS (
    SELECT 1 FROM cmg_settlement later JOIN batches_run l ON l.id = later.run_id
    WHERE later.employer_no = s.employer_no AND later.care_month = s.care_month
      AND later.declaration_no = s.declaration_no AND l.ordinal > r.ordinal AND NOT l.dry_run
      AND l.state <> 'SUPERSEDED')
UNION SELECT employer_no FROM cmg_regularisation WHERE state IN ('PROPOSED', 'APPROVED') AND employer_no = ANY (%s)
UNION SELECT e.employer_no FROM unnest(%s::text[]) AS e (employer_no) WHERE EXISTS ({RETURNED.format(number="e.employer_no")})
UNION SELECT employer_no FROM cmg_report WHERE state IN ('OPEN', 'LINKED', 'NEW_ANOMALY') AND employer_no = ANY (%s)
"""


def _still_waiting(run: Run, families: list[str]) -> set[str]:
    """Those of `families` whose dossier goes on, although nothing of the run's month is held."""
    subjects = [SUBJECT + number for number in families]
    asked = (len(SUBJECT) + 1, run.month, subjects, families, families, families)
    found = read_frame(STILL_WAITING, {"employer_no": pl.String}, asked)
    return set(found["employer_no"])


def _instant(day: date) -> datetime:
    return (
        timezone.now()
        if day == timezone.localdate()
        else timezone.make_aware(datetime.combine(day, datetime.min.time()))
    )
