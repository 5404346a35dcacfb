"""Issue of a signed run: ledger entries, payment orders and messages to the funds, in one transaction."""

from collections.abc import Iterator
from datetime import date, datetime

import polars as pl
from django.db import transaction

from cmg.closing import movements
from cmg.models import Settlement
from portal.banking.operations import prepare_orders
from portal.batches.models import Run
from portal.bulk import copy_in, read_frame
from portal.ledger.operations import post_many

MOVED = {
    "settlement_id": pl.Int64, "declaration_no": pl.String, "version": pl.Int64, "employer_no": pl.String,
    "fund": pl.String, "care_month": pl.Date, "status": pl.String, "all_in_one": pl.Boolean,
    "payout_blocked": pl.Boolean, "contributions_cents": pl.Int64, "deduction_cents": pl.Int64,
    "part_a_cents": pl.Int64, "part_b_cents": pl.Int64, "supplement_cents": pl.Int64, "offset_cents": pl.Int64,
    "debit_cents": pl.Int64, "payout_cents": pl.Int64, "withholding_tax_cents": pl.Int64,
    "total_debit_cents": pl.Int64, "salary_cents": pl.Int64, "last_part_b_cents": pl.Int64, "received_on": pl.Date,
}  # fmt: skip
COLUMNS = """
    s.id, s.declaration_no, s.version, s.employer_no, s.fund, s.care_month, s.status, s.all_in_one, s.payout_blocked,
    s.contributions_cents, s.deduction_cents, s.part_a_cents, s.part_b_cents, s.supplement_cents, s.offset_cents,
    s.debit_cents, s.payout_cents, s.withholding_tax_cents, s.total_debit_cents,
    d.net_salary_cents + d.maintenance_allowance_cents + d.meal_allowance_cents,
    CASE WHEN s.status = 'HELD' AND s.all_in_one THEN coalesce((
        SELECT p.part_b_cents + p.supplement_cents
        FROM cmg_settlement p JOIN batches_run pr ON pr.id = p.run_id JOIN cmg_declaration pd ON pd.id = p.declaration_id
        WHERE p.employer_no = s.employer_no AND pd.employee_no = d.employee_no AND p.status = 'SETTLED'
          AND p.care_month >= s.care_month - interval '3 months' AND p.care_month < s.care_month
          AND pr.state IN ('ISSUED', 'RECONCILED') AND NOT pr.dry_run
        ORDER BY p.care_month DESC, pr.ordinal DESC LIMIT 1), 0) ELSE 0 END,
    (d.received_at AT TIME ZONE 'Europe/Paris')::date
"""
FAMILIES = {
    "employer_no": pl.String, "name": pl.String, "iban_key": pl.String, "mandate_ref": pl.String,
    "mandate_signed_on": pl.Date,
}  # fmt: skip


def _slices(run: Run) -> Iterator[int]:
    numbers = Settlement.objects.filter(run=run).order_by("slice_number").values_list("slice_number", flat=True)
    yield from numbers.distinct()


def _living(run: Run, number: int) -> pl.DataFrame:
    """What the slice decided for each declaration number's last version; what replaces nothing is left out."""
    return read_frame(
        f"""
        SELECT {COLUMNS} FROM cmg_settlement s JOIN cmg_declaration d ON d.id = s.declaration_id
        WHERE s.run_id = %s AND s.slice_number = %s
          AND (s.status IN ('SETTLED', 'CANCELLED') OR (s.status = 'HELD' AND s.all_in_one))
        """,
        MOVED,
        (run.pk, number),
    )


def _issued_before(run: Run, number: int) -> pl.DataFrame:
    """The position last issued for the declaration numbers of the slice."""
    if run.ordinal == 1:
        return pl.DataFrame(schema=MOVED)
    return read_frame(
        f"""
        SELECT DISTINCT ON (s.declaration_no) {COLUMNS}
        FROM cmg_settlement s JOIN batches_run r ON r.id = s.run_id JOIN cmg_declaration d ON d.id = s.declaration_id
        WHERE r.kind = %s AND r.month = %s AND r.state IN ('ISSUED', 'RECONCILED') AND NOT r.dry_run
          AND (s.status = 'SETTLED' OR s.status = 'CANCELLED' OR (s.status = 'HELD' AND s.all_in_one))
          AND s.declaration_no IN (SELECT declaration_no FROM cmg_settlement WHERE run_id = %s AND slice_number = %s)
        ORDER BY s.declaration_no, r.ordinal DESC, s.version DESC
        """,
        MOVED,
        (run.kind, run.month, run.pk, number),
    )


def _families(run: Run, number: int) -> pl.DataFrame:
    return read_frame(
        """
        SELECT a.employer_no, left(a.last_name || ' ' || a.first_names, 140), CASE WHEN a.iban_valid THEN a.iban_key END,
               a.mandate_ref, a.mandate_signed_on
        FROM cmg_account a
        WHERE a.known_until IS NULL AND a.employer_no IN (
            SELECT employer_no FROM cmg_settlement WHERE run_id = %s AND slice_number = %s)
        """,
        FAMILIES,
        (run.pk, number),
    )


def issue_movements(run: Run, day: date, at: datetime) -> dict[str, int]:
    """Post and order everything that `run` moves, in one transaction. Returns counts and cents by purpose.

    Nothing is called outside: bank files are written afterwards from the orders. Raises what the database refuses.
    """
    done: dict[str, int] = {}
    with transaction.atomic():
        for number in _slices(run):
            settlements, issued = _living(run, number), _issued_before(run, number)
            delta = movements.differences(settlements, issued)
            entries, legs = movements.entries(delta, run.pk, run.ordinal, day)
            post_many(entries, legs)
            orders = movements.orders(delta, _families(run, number), issued, day)
            prepare_orders(_named(orders, run))
            for row in orders.group_by("purpose").agg(count=pl.len(), cents=pl.col("amount_cents").sum()).to_dicts():
                done[f"{row['purpose']}_count"] = done.get(f"{row['purpose']}_count", 0) + row["count"]
                done[f"{row['purpose']}_cents"] = done.get(f"{row['purpose']}_cents", 0) + row["cents"]
        _tell_the_funds(run, at)
    return done


def _named(orders: pl.DataFrame, run: Run) -> pl.DataFrame:
    """Orders with our reference, made before the call, and the words on the family's bank statement."""
    prefix = f"CMG-{run.month:%Y%m}-{run.ordinal}"
    letter = pl.col("kind").replace_strict({"DEBIT": "P", "CREDIT": "V"}, return_dtype=pl.String)
    words = {
        "CMG_DEBIT": "COTISATIONS PAJEMPLOI",
        "CMG_PAYOUT": "CMG",
        "CMG_REFUND": "REMBOURSEMENT COTISATIONS PAJEMPLOI",
        "CMG_SINGLE": "PAJEMPLOI+",
        "CMG_SALARY": "PAJEMPLOI+ SALAIRE",
    }
    return orders.with_columns(
        end_to_end_id=pl.format("{}-{}{}", pl.lit(prefix), letter, pl.col("settlement_id")),
        remittance=pl.format(
            "{} {}", pl.col("purpose").replace_strict(words, return_dtype=pl.String), pl.lit(f"{run.month:%m/%Y}")
        ),
        run_id=pl.lit(run.pk),
    ).drop("declaration_no", "employer_no", "received_on")


def _tell_the_funds(run: Run, at: datetime) -> None:
    """One message per fund: what was settled for its families (CSS L. 531-8, al. 4)."""
    messages = read_frame(
        """
        SELECT 'cmg:run:' || s.run_id || ':' || s.fund, 'cmg.return',
               json_build_object('run', s.run_id, 'month', s.care_month, 'fund', s.fund, 'declarations', count(*),
                                 'part_a_cents', sum(s.part_a_cents), 'part_b_cents', sum(s.part_b_cents))::text
        FROM cmg_settlement s WHERE s.run_id = %s AND s.status = 'SETTLED' AND s.fund <> ''
        GROUP BY s.run_id, s.care_month, s.fund
        """,
        {"key": pl.String, "topic": pl.String, "payload": pl.String},
        (run.pk,),
    )
    copy_in(
        messages.with_columns(created_at=pl.lit(at.isoformat()), attempts=pl.lit(0), last_error=pl.lit("")),
        "exchange_outboxmessage",
    )
