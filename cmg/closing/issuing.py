"""Issue of a signed run: ledger entries, payment orders and messages to the funds, in one transaction."""

from collections.abc import Iterator
from datetime import date, datetime

import polars as pl
from django.db import transaction

from cmg.closing import movements
from cmg.closing.booked import booked_declarations, booked_invoices, booked_of_family
from cmg.closing.structures import invoices_to_issue
from cmg.models import Settlement
from cmg.remedies.giving_back import carry_returned, note_refunds, tell_what_is_kept
from cmg.remedies.hold_letters import ask_hold_letters
from cmg.remedies.netting import Payout, kept_if_issued, net_payouts
from cmg.remedies.overpayments import open_overpayments
from cmg.remedies.reports import contesting
from portal.banking.open_items import close_presented_again, close_without_account, open_without_account
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
        ORDER BY pd.child_ids = d.child_ids DESC, p.care_month DESC, pr.ordinal DESC LIMIT 1), 0) ELSE 0 END,
    (d.received_at AT TIME ZONE 'Europe/Paris')::date
"""
FAMILIES = {
    "employer_no": pl.String, "name": pl.String, "iban_key": pl.String, "mandate_ref": pl.String,
    "mandate_signed_on": pl.Date,
}  # fmt: skip
LEAVING = {
    "kind": pl.String, "purpose": pl.String, "amount_cents": pl.Int64, "due_on": pl.Date, "declaration_no": pl.String,
    "kept_cents": pl.Int64,
}  # fmt: skip
WORDS = {
    "CMG_DEBIT": "COTISATIONS PAJEMPLOI",
    "CMG_PAYOUT": "CMG",
    "CMG_REFUND": "REMBOURSEMENT COTISATIONS PAJEMPLOI",
    "CMG_SINGLE": "PAJEMPLOI+",
    "CMG_SALARY": "PAJEMPLOI+ SALAIRE",
    "CMG_STRUCTURE": "CMG STRUCTURE",
}
# The letter of our reference: what was asked for one settlement is found again by it, whatever became of it.
LETTERS = {
    "CMG_DEBIT": "P", "CMG_SINGLE": "P", "CMG_SALARY": "P", "CMG_PAYOUT": "V", "CMG_REFUND": "R", "CMG_STRUCTURE": "S",
}  # fmt: skip


def _slices(run: Run) -> Iterator[int]:
    numbers = Settlement.objects.filter(run=run).order_by("slice_number").values_list("slice_number", flat=True)
    yield from numbers.distinct()


def _living(run: Run, number: int | None = None, *, employer_no: str = "") -> pl.DataFrame:
    """What a slice, or one family's part of it, decided for each declaration number's last version.

    What replaces nothing is left out.
    """
    found = read_frame(
        f"""
        SELECT {COLUMNS} FROM cmg_settlement s JOIN cmg_declaration d ON d.id = s.declaration_id
        WHERE s.run_id = %s AND {"s.employer_no" if employer_no else "s.slice_number"} = %s
          AND (s.status IN ('SETTLED', 'CANCELLED') OR (s.status = 'HELD' AND s.all_in_one))
        """,
        MOVED,
        (run.pk, employer_no or number),
    )
    return found.with_columns(
        key=pl.format("cmg:decl:{}:v{}:run{}", "declaration_no", "version", pl.lit(run.pk)),
        subject=pl.lit("cmg:employer:") + pl.col("employer_no"),
        waits_as=pl.format("{} {}", "employer_no", "declaration_no"),
        is_invoice=pl.lit(value=False),
    )


def _families(employers: pl.Series) -> pl.DataFrame:
    """Whom to pay and debit; the bank reads seventy characters of a name."""
    return read_frame(
        """
        SELECT a.employer_no, left(a.last_name || ' ' || a.first_names, 140), CASE WHEN a.iban_valid THEN a.iban_key END,
               a.mandate_ref, a.mandate_signed_on
        FROM cmg_account a WHERE a.known_until IS NULL AND a.employer_no = ANY(%s)
        """,
        FAMILIES,
        (employers.drop_nulls().unique().to_list(),),
    )


def issue_movements(run: Run, day: date, at: datetime) -> dict[str, int]:
    """Post and order everything that `run` moves, in one transaction. Returns counts and cents by purpose.

    What should leave and has no account to go to, or come from, becomes an open item with an owner. Nothing is called
    outside: bank files are written afterwards from the orders. Raises what the database refuses.
    """
    done: dict[str, int] = {}
    with transaction.atomic():
        for number in _slices(run):
            _move(run, _living(run, number), booked_declarations(run, number), day, done)
        _move(run, invoices_to_issue(run, MOVED), booked_invoices(run), day, done)
        ask_hold_letters(run, on=day)
        _tell_the_funds(run, at)
    return done


def leaving_of(run: Run, employer_no: str, day: date) -> pl.DataFrame:
    """The bank movements that `run` would order for one family if it were issued on `day`, as its issue computes them.

    Columns kind, purpose, amount_cents, due_on, declaration_no, kept_cents (of a payout, for an advance already paid).
    Writes nothing. Movements for which the family has no account are among them, without date.
    """
    decided = _living(run, employer_no=employer_no)
    if decided.is_empty():
        return pl.DataFrame(schema=LEAVING)
    booked = booked_of_family(run, employer_no)
    delta = movements.differences(decided, booked, reported=contesting(run.month))
    kept = kept_if_issued(run, _payouts(delta), on=day)
    delta = movements.net(delta, kept)
    orders, lacking = movements.orders(delta, _families(delta["employer_no"]), day)
    both = pl.concat([orders, lacking.with_columns(due_on=pl.lit(None, dtype=pl.Date))], how="diagonal")
    found = both.join(kept, on="declaration_no", how="left").with_columns(
        kept_cents=pl.when(pl.col("purpose") == "CMG_PAYOUT").then(pl.col("netted_cents").fill_null(0)).otherwise(0)
    )
    return found.select(*LEAVING)


def _move(run: Run, decided: pl.DataFrame, booked: pl.DataFrame, day: date, done: dict[str, int]) -> None:
    """Book and order the difference between what was `decided` and what was `booked`; adds to the counts `done`."""
    if decided.is_empty():
        return
    delta = movements.differences(decided, booked, reported=contesting(run.month))
    delta = movements.net(delta, _kept_for_advances(run, delta, day))
    open_overpayments(run, delta, on=day)
    post_many(*movements.entries(delta, run.pk, run.ordinal, day))
    orders, lacking = movements.orders(delta, _families(delta["employer_no"]), day)
    named = _named(orders, run)
    prepare_orders(named)
    note_refunds(run, delta, named, on=day)
    tell_what_is_kept(run, delta, on=day)
    again = delta.filter(pl.col("presented_again_cents") > 0).join(orders, on="declaration_no", how="semi")
    payouts = named.filter(pl.col("purpose") == "CMG_PAYOUT").select("settlement_id", "end_to_end_id")
    carry_returned(run, again.join(payouts, on="settlement_id"))
    failed = again["failed_credits"].str.split("|").explode()
    close_presented_again(failed.to_list(), on=day, note=f"Représenté par l’arrêté {run.pk}")
    close_without_account(delta["waits_as"], on=day, note=f"Décidé à nouveau par l’arrêté {run.pk}")
    open_without_account(lacking.select("waits_as", "amount_cents"), on=day)
    for row in orders.group_by("purpose").agg(count=pl.len(), cents=pl.col("amount_cents").sum()).to_dicts():
        done[f"{row['purpose']}_count"] = done.get(f"{row['purpose']}_count", 0) + row["count"]
        done[f"{row['purpose']}_cents"] = done.get(f"{row['purpose']}_cents", 0) + row["cents"]


def _kept_for_advances(run: Run, delta: pl.DataFrame, day: date) -> pl.DataFrame:
    """What is kept of the payouts about to leave for advances already paid."""
    return net_payouts(run, _payouts(delta), by="portail", on=day)


def _payouts(delta: pl.DataFrame) -> list[Payout]:
    """The aids about to leave; an invoice of a structure pays no advance back, and neither do contributions given back
    whose transfer had returned."""
    refund_again = pl.min_horizontal("again", "old_refunds_returned_cents")
    leaving = delta.with_columns(of_aid=pl.col("to_pay_cents") - refund_again)
    leaving = leaving.filter((pl.col("of_aid") > 0) & ~pl.col("is_invoice"))
    return [Payout(*row) for row in leaving.select("declaration_no", "employer_no", "of_aid").iter_rows()]


def _named(orders: pl.DataFrame, run: Run) -> pl.DataFrame:
    """Orders with our reference, made before the call, and the words on the family's bank statement."""
    prefix = f"CMG-{run.month:%Y%m}-{run.ordinal}"
    return orders.with_columns(
        end_to_end_id=pl.format(
            "{}-{}{}",
            pl.lit(prefix),
            pl.col("purpose").replace_strict(LETTERS, return_dtype=pl.String),
            "settlement_id",
        ),
        remittance=pl.format(
            "{} {}", pl.col("purpose").replace_strict(WORDS, return_dtype=pl.String), pl.lit(f"{run.month:%m/%Y}")
        ),
        run_id=pl.lit(run.pk),
        # A structure's settlement is of another table than the one that the gate reads.
        settlement_id=pl.when(pl.col("purpose") != "CMG_STRUCTURE").then("settlement_id"),
    ).drop("declaration_no", "employer_no", "received_on", "waits_as")


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
