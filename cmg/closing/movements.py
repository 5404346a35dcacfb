"""From what was decided to what moves: the difference between a run's settlements and what was issued before.

A declaration number has one living settlement at a time. Its position is a set of ledger legs; issuing posts the
difference between the new position and the one issued before, so a correction never pays or debits the whole again.
"""

from datetime import date

import polars as pl

from cmg.rules.calendar import nth_business_day
from portal.ledger.models import Account

AMOUNTS = (
    "contributions_cents", "deduction_cents", "part_a_cents", "part_b_cents", "supplement_cents", "offset_cents",
    "debit_cents", "payout_cents", "withholding_tax_cents", "total_debit_cents", "salary_cents", "last_part_b_cents",
)  # fmt: skip
LEGS = {account.name: int(account) for account in Account}


def positions(settlements: pl.DataFrame) -> pl.DataFrame:
    """Adds one column of cents per ledger account (named as `Account`), all zero where nothing may leave.

    Needs the columns AMOUNTS, `status`, `all_in_one` and `payout_blocked`. Each row sums to zero.
    """
    settled = pl.col("status") == "SETTLED"
    single = pl.col("all_in_one")
    salary_only = (pl.col("status") == "HELD") & single
    benefit = pl.col("part_b_cents") + pl.col("supplement_cents")
    tax = pl.col("withholding_tax_cents")
    zero = pl.lit(0, dtype=pl.Int64)

    def when(condition: pl.Expr, value: pl.Expr) -> pl.Expr:
        return pl.when(condition).then(value).otherwise(zero)

    deduction = pl.min_horizontal("deduction_cents", "contributions_cents")
    held_total = pl.col("salary_cents") - pl.col("last_part_b_cents")
    legs = {
        "CONTRIBUTIONS_DUE": when(settled, -pl.col("contributions_cents")),
        "STATE_DEDUCTION": when(settled, deduction),
        "FUND_PART_A": when(settled, pl.col("part_a_cents")),
        "FUND_PART_B": when(settled, benefit),
        "WITHHOLDING_TAX": when(settled | salary_only, -tax),
        "FAMILY_DEBIT": when(settled & ~single, pl.col("debit_cents"))
        + when(settled & single, pl.col("total_debit_cents"))
        + when(salary_only, held_total),
        "FAMILY_PAYOUT": when(settled & ~single, -pl.col("payout_cents")),
        "EMPLOYEE_SALARY": when(single & (settled | salary_only), tax - pl.col("salary_cents")),
        "SUSPENSE": when(salary_only, pl.col("last_part_b_cents")),
    }
    return settlements.with_columns(**legs)


def differences(settlements: pl.DataFrame, issued: pl.DataFrame) -> pl.DataFrame:
    """The legs to post: new position less the position issued before for the same declaration number.

    A debit that falls below what was taken is a refund owed to the family; a payout that falls below what was paid
    is a sum paid in excess, first kept on that refund, and never debited.
    """
    names = [name for name in LEGS if name in positions(settlements.head(0)).columns]
    new, old = positions(settlements), positions(issued).select("declaration_no", pl.col(names).name.prefix("old_"))
    joined = new.join(old, on="declaration_no", how="left")
    delta = joined.with_columns((pl.col(name) - pl.col(f"old_{name}").fill_null(0)).alias(name) for name in names)
    refund = pl.when(pl.col("FAMILY_DEBIT") < 0).then(pl.col("FAMILY_DEBIT")).otherwise(0)
    excess = pl.when(pl.col("FAMILY_PAYOUT") > 0).then(pl.col("FAMILY_PAYOUT")).otherwise(0)
    # A negative single movement, first issued, is a payment to the family like any other.
    paid_by_single = pl.col("all_in_one") & (pl.col("old_FAMILY_DEBIT").fill_null(0) == 0)
    kept = pl.min_horizontal(-refund, excess)
    return delta.with_columns(
        FAMILY_DEBIT=pl.col("FAMILY_DEBIT") - refund,
        FAMILY_PAYOUT=pl.col("FAMILY_PAYOUT") - excess + pl.when(paid_by_single).then(refund).otherwise(0),
        FAMILY_REFUND=pl.when(paid_by_single).then(0).otherwise(refund + kept),
        OVERPAYMENT=excess - kept,
    )


def entries(delta: pl.DataFrame, run_pk: int, ordinal: int, day: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(entries, legs) for the ledger: one entry per declaration that moves, keyed by number, version and run."""
    accounts = [name for name in LEGS if name in delta.columns]
    moving = delta.filter(pl.any_horizontal(pl.col(name) != 0 for name in accounts))
    keyed = moving.with_columns(
        key=pl.format("cmg:decl:{}:v{}:run{}", "declaration_no", "version", pl.lit(run_pk)),
        subject=pl.lit("cmg:employer:") + pl.col("employer_no"),
        dated=pl.lit(day),
        label=pl.format("CMG {}, arrêté {}", pl.col("care_month").dt.to_string("%m/%Y"), pl.lit(ordinal)),
        run_id=pl.lit(run_pk),
    )
    legs = (
        keyed.select("key", *accounts)
        .unpivot(accounts, index="key", variable_name="name", value_name="amount_cents")
        .filter(pl.col("amount_cents") != 0)
        .with_columns(account=pl.col("name").replace_strict(LEGS, return_dtype=pl.Int16))
        .drop("name")
    )
    return keyed.select("key", "subject", "dated", "label", "run_id"), legs


def orders(delta: pl.DataFrame, families: pl.DataFrame, issued: pl.DataFrame, day: date) -> pl.DataFrame:
    """The bank movements of `delta`: at most one debit and one credit per declaration.

    A payout that is blocked is booked and does not leave; once unblocked it leaves whole. Nothing leaves for a family
    without a valid account. Debits fall on the second business day after the declaration, never before the next one
    after the issue; credits on the second one after the issue.
    """
    before = issued.select("declaration_no", was_blocked="payout_blocked", held_back="payout_cents")
    joined = delta.join(before, on="declaration_no", how="left").join(families, on="employer_no", how="left")
    released = pl.when(pl.col("was_blocked").fill_null(value=False) & ~pl.col("payout_blocked")).then(
        pl.col("held_back").fill_null(0)
    )
    to_pay = pl.when(pl.col("payout_blocked")).then(0).otherwise(-pl.col("FAMILY_PAYOUT") + released.fill_null(0))
    salary = pl.col("all_in_one")
    held = pl.col("status") == "HELD"
    debit = joined.select(
        "declaration_no", "employer_no", "settlement_id", "received_on", "name", "iban_key", "mandate_ref",
        "mandate_signed_on", kind=pl.lit("DEBIT"), amount_cents=pl.col("FAMILY_DEBIT"),
        purpose=pl.when(held).then(pl.lit("CMG_SALARY")).when(salary).then(pl.lit("CMG_SINGLE"))
        .otherwise(pl.lit("CMG_DEBIT")),
    ).filter(pl.col("mandate_ref").is_not_null() & pl.col("mandate_signed_on").is_not_null())  # fmt: skip
    credit = joined.select(
        "declaration_no", "employer_no", "settlement_id", "received_on", "name", "iban_key",
        mandate_ref=pl.lit(None, dtype=pl.String), mandate_signed_on=pl.lit(None, dtype=pl.Date),
        kind=pl.lit("CREDIT"), amount_cents=to_pay - pl.col("FAMILY_REFUND"),
        purpose=pl.when(pl.col("FAMILY_REFUND") < 0).then(pl.lit("CMG_REFUND")).otherwise(pl.lit("CMG_PAYOUT")),
    )  # fmt: skip
    both = pl.concat([debit, credit]).filter((pl.col("amount_cents") > 0) & pl.col("iban_key").is_not_null())
    second_day = {received: nth_business_day(received, 2) for received in both["received_on"].unique()}
    tomorrow, after = nth_business_day(day, 1), nth_business_day(day, 2)
    after_declaration = pl.col("received_on").replace_strict(second_day, return_dtype=pl.Date, default=None)
    return both.with_columns(
        due_on=pl.when(pl.col("kind") == "DEBIT")
        .then(pl.max_horizontal(after_declaration, pl.lit(tomorrow)))
        .otherwise(pl.lit(after)),
        subject=pl.lit("cmg:employer:") + pl.col("employer_no"),
    ).sort("kind", "declaration_no")
