"""From what was decided to what moves: the difference between a run's settlements and what the ledger already carries.

A declaration number (or an invoice) has one living settlement at a time. Its position is a set of ledger legs; issuing
posts the difference between the new position and what was really booked, so a correction never pays or debits the
whole again. What is ordered from the bank is the difference too: what is booked and was never sent leaves once, what
was sent never leaves twice, and what the bank never took is not refunded.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from portal.ledger.models import Account
from portal.legislation.calendar import banking_day_from, nth_business_day

AMOUNTS = (
    "contributions_cents", "deduction_cents", "part_a_cents", "part_b_cents", "supplement_cents", "offset_cents",
    "debit_cents", "payout_cents", "withholding_tax_cents", "total_debit_cents", "salary_cents", "last_part_b_cents",
)  # fmt: skip
LEGS = {account.name: int(account) for account in Account}
# What stands between us and the family. The other accounts simply follow the new position.
FAMILY = (
    "FAMILY_DEBIT", "FAMILY_PAYOUT", "FAMILY_REFUND", "OVERPAYMENT", "UNPAID_DEBIT", "RETURNED_PAYOUT", "ADVANCE",
)  # fmt: skip
OTHERS = (
    "CONTRIBUTIONS_DUE", "STATE_DEDUCTION", "FUND_PART_A", "FUND_PART_B", "WITHHOLDING_TAX", "EMPLOYEE_SALARY",
    "SUSPENSE",
)  # fmt: skip
# What was asked of the bank so far, whole, and of it what it refused or sent back.
SENT = tuple(
    f"{what}{fate}_cents" for what in ("debits", "payouts", "refunds") for fate in ("", "_rejected", "_returned")
)
BOOKED = {
    "declaration_no": pl.String, "failed_credits": pl.String, "was_settled": pl.Boolean,
    "settled_payout_cents": pl.Int64, "repaid_cents": pl.Int64, "keepable_cents": pl.Int64,
    **dict.fromkeys((*FAMILY, *OTHERS, *SENT), pl.Int64),
}  # fmt: skip
"""Columns of what an earlier issue left: the legs of its own entries, its last settled payout, its bank movements,
what the family repaid by instalments of what it had been paid in excess, and what of it may be kept on a refund."""
UNCHANGED = ("declaration_no", "failed_credits")
OWED = ("settled_payout_cents", "repaid_cents", "keepable_cents")


def _when(condition: pl.Expr, value: pl.Expr | int) -> pl.Expr:
    return pl.when(condition).then(value).otherwise(pl.lit(0, dtype=pl.Int64))


def _at_least_zero(value: pl.Expr) -> pl.Expr:
    return pl.max_horizontal(value, pl.lit(0, dtype=pl.Int64))


def positions(settlements: pl.DataFrame) -> pl.DataFrame:
    """Adds the cents of each account of OTHERS, `due_debit_cents` and `due_payout_cents`, zero where nothing may leave.

    Needs the columns AMOUNTS, `status` and `all_in_one`. Under Pajemploi+ what is due is the salary with what is left
    of the contributions, and the aid: the single movement is their difference. Under a hold it is the salary less the
    last known part (b), never below zero: a hold pays nothing to the family.
    """
    settled, single = pl.col("status") == "SETTLED", pl.col("all_in_one")
    salary_only = (pl.col("status") == "HELD") & single
    tax, salary = pl.col("withholding_tax_cents"), pl.col("salary_cents")
    last_known = pl.min_horizontal("last_part_b_cents", "salary_cents")
    return settlements.with_columns(
        CONTRIBUTIONS_DUE=_when(settled, -pl.col("contributions_cents")),
        STATE_DEDUCTION=_when(settled, pl.min_horizontal("deduction_cents", "contributions_cents")),
        FUND_PART_A=_when(settled, pl.col("part_a_cents")),
        FUND_PART_B=_when(settled, pl.col("part_b_cents") + pl.col("supplement_cents")),
        WITHHOLDING_TAX=_when(settled | salary_only, -tax),
        EMPLOYEE_SALARY=_when(single & (settled | salary_only), tax - salary),
        SUSPENSE=_when(salary_only, last_known),
        due_debit_cents=_when(settled & ~single, pl.col("debit_cents"))
        + _when(settled & single, pl.col("total_debit_cents") + pl.col("payout_cents"))
        + _when(salary_only, salary - last_known),
        due_payout_cents=_when(settled, pl.col("payout_cents")),
    )


def differences(settlements: pl.DataFrame, booked: pl.DataFrame, *, reported: Sequence[str] = ()) -> pl.DataFrame:
    """The legs to post (columns named as `Account`, each row sums to zero) and what to ask of the bank
    (`to_debit_cents`, `to_refund_cents`, `to_pay_cents`; `presented_again_cents` is the part that came back before).

    `booked` has the columns BOOKED; of the families `reported`, who contest this month, nothing is kept on a refund. A hold
    that follows a settlement moves nothing, in either direction.
    """
    joined = positions(settlements).join(
        booked.rename({name: f"old_{name}" for name in booked.columns if name not in UNCHANGED}),
        on="declaration_no", how="left",
    )  # fmt: skip
    known = joined.with_columns(
        pl.col("old_was_settled").fill_null(value=False),
        *(pl.col(f"old_{name}").fill_null(0) for name in (*FAMILY, *OTHERS, *SENT, *OWED)),
        is_reported=pl.col("employer_no").is_in(list(reported)) if reported else pl.lit(value=False),
    ).filter(~((pl.col("status") == "HELD") & pl.col("old_was_settled")))  # fmt: skip
    moved = _ordered(_family_legs(_stuck(_moves(known))))
    return moved.with_columns((pl.col(name) - pl.col(f"old_{name}")).alias(name) for name in OTHERS)


def _moves(known: pl.DataFrame) -> pl.DataFrame:
    """`more_debit`, `less_debit`, `more_payout`, `less_payout`: how far what is due has moved.

    An upward payout first cancels what an earlier correction had left as paid in excess (`cancelled`), but what the
    family repaid of it since. A single
    movement carries the upward payout with it; an aid that falls is never debited, as without Pajemploi+.
    """
    standing = pl.sum_horizontal(pl.col(f"old_{name}") for name in FAMILY)
    payout = pl.col("due_payout_cents") - pl.col("old_settled_payout_cents")
    debit = pl.col("due_debit_cents") - standing - pl.col("old_settled_payout_cents")
    found = known.with_columns(standing=standing, payout=payout, debit=debit)
    rise = _at_least_zero(pl.col("payout"))
    still_owed = _at_least_zero(pl.col("old_OVERPAYMENT") - pl.col("old_repaid_cents"))
    found = found.with_columns(
        still_owed=still_owed,
        cancelled=pl.min_horizontal(rise, still_owed),
        less_payout=_at_least_zero(-pl.col("payout")),
    ).with_columns(rise=rise - pl.col("cancelled"))
    single = pl.col("all_in_one")
    movement = pl.col("debit") - _when(single, pl.col("rise"))
    return found.with_columns(
        more_debit=_at_least_zero(movement),
        less_debit=_at_least_zero(-movement),
        more_payout=_when(~single, pl.col("rise")),
    )


def _stuck(moves: pl.DataFrame) -> pl.DataFrame:
    """What is booked and did not really move: never sent, refused by the bank, or come back."""
    debited, paid, refunded = pl.col("old_FAMILY_DEBIT"), -pl.col("old_FAMILY_PAYOUT"), -pl.col("old_FAMILY_REFUND")
    came_back = pl.col("old_payouts_returned_cents") + pl.col("old_refunds_returned_cents")
    return moves.with_columns(
        never_debited=_at_least_zero(debited - pl.col("old_debits_cents")),
        stuck_debit=_at_least_zero(debited - pl.col("old_debits_cents") + pl.col("old_debits_rejected_cents")),
        unpaid_debit=_at_least_zero(pl.col("old_UNPAID_DEBIT") + pl.col("old_debits_returned_cents")),
        stuck_payout=_at_least_zero(paid - pl.col("old_payouts_cents") + pl.col("old_payouts_rejected_cents")),
        returned_payout=_at_least_zero(came_back - pl.col("old_RETURNED_PAYOUT")),
        collected=_at_least_zero(
            pl.col("old_debits_cents")
            - pl.col("old_debits_rejected_cents")
            - pl.col("old_debits_returned_cents")
            - pl.col("old_refunds_cents")
        ),
        stuck_refund=_at_least_zero(refunded - pl.col("old_refunds_cents") + pl.col("old_refunds_rejected_cents")),
    )


def _family_legs(stuck: pl.DataFrame) -> pl.DataFrame:
    """What falls first takes back what never moved; only the rest is refunded, or was paid in excess.

    What was paid in excess, now or by an earlier correction, is first kept on the refund, and never debited; but what
    was given up, or what the family contests, is kept on nothing. A single
    movement that rises takes back first what it had not paid; of one that falls below what was collected, the rest is
    a payment to the family.
    """
    single, fall, drop = pl.col("all_in_one"), pl.col("less_debit"), pl.col("less_payout")
    found = stuck.with_columns(
        undone_debit=pl.min_horizontal(fall, "stuck_debit"), undone_payout=pl.min_horizontal(drop, "stuck_payout")
    )
    found = found.with_columns(
        undone_unpaid=pl.min_horizontal(fall - pl.col("undone_debit"), "unpaid_debit"),
        undone_returned=pl.min_horizontal(drop - pl.col("undone_payout"), "returned_payout"),
    )
    excess = drop - pl.col("undone_payout") - pl.col("undone_returned")
    rise = _when(single, pl.col("more_debit"))
    held_back = pl.min_horizontal(rise, pl.col("stuck_payout") - pl.col("undone_payout"))
    kept_back = pl.min_horizontal(rise - held_back, pl.col("returned_payout") - pl.col("undone_returned"))
    found = found.with_columns(
        refund=fall - pl.col("undone_debit") - pl.col("undone_unpaid"),
        excess=excess,
        more_debit=pl.col("more_debit") - held_back - kept_back,
        undone_payout=pl.col("undone_payout") + held_back,
        undone_returned=pl.col("undone_returned") + kept_back,
    )
    # An aid that rises has cancelled first what nobody contests (`overpayments.take_back`).
    former = _at_least_zero(pl.min_horizontal("still_owed", "old_keepable_cents") - pl.col("cancelled"))
    owing = _when(~pl.col("is_reported"), pl.col("excess") + former)
    found = found.with_columns(kept=pl.min_horizontal(pl.col("refund"), owing))
    left = pl.col("refund") - pl.col("kept")
    paid = _when(single, _at_least_zero(left - pl.col("collected")))
    leaves = ~pl.col("payout_blocked") & (pl.col("status") != "HELD")
    again = _when(leaves, pl.col("returned_payout") - pl.col("undone_returned"))
    return found.with_columns(
        more_payout=pl.col("more_payout") + paid,
        FAMILY_DEBIT=pl.col("more_debit") - pl.col("undone_debit"),
        UNPAID_DEBIT=-pl.col("undone_unpaid"),
        FAMILY_REFUND=paid - left,
        FAMILY_PAYOUT=pl.col("undone_payout") - pl.col("more_payout") - paid - again,
        RETURNED_PAYOUT=pl.col("undone_returned") + again,
        OVERPAYMENT=pl.col("excess") - pl.col("kept") - pl.col("cancelled"),
        ADVANCE=pl.lit(0, dtype=pl.Int64),
        leaves=leaves,
        again=again,
    )


def _ordered(legs: pl.DataFrame) -> pl.DataFrame:
    """What to ask of the bank. A refused debit is not asked again by itself; what we owe is."""
    unsent = _at_least_zero(pl.col("never_debited") - pl.col("undone_debit"))
    waiting = pl.col("stuck_payout") - pl.col("undone_payout")
    refused = pl.min_horizontal(waiting, "old_payouts_rejected_cents")
    return legs.with_columns(
        to_debit_cents=pl.col("more_debit") + unsent,
        to_refund_cents=pl.col("stuck_refund") - pl.col("FAMILY_REFUND"),
        to_pay_cents=_when(pl.col("leaves"), pl.col("more_payout") + waiting + pl.col("again")),
        presented_again_cents=_when(pl.col("leaves"), refused + pl.col("again"))
        + pl.min_horizontal("stuck_refund", "old_refunds_rejected_cents"),
    )


def net(delta: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """`delta` with what is `kept` (declaration_no, netted_cents) of its payouts for advances already paid.

    The family received it before: it counts as paid, and the advance is the less.
    """
    joined = delta.join(kept, on="declaration_no", how="left").with_columns(pl.col("netted_cents").fill_null(0))
    return joined.with_columns(
        ADVANCE=-pl.col("netted_cents"),
        FAMILY_PAYOUT=pl.col("FAMILY_PAYOUT") + pl.col("netted_cents"),
        to_pay_cents=pl.col("to_pay_cents") - pl.col("netted_cents"),
    ).drop("netted_cents")


def entries(delta: pl.DataFrame, run_pk: int, ordinal: int, day: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(entries, legs) for the ledger: one entry per row of `delta` that moves, with its own `key` and `subject`."""
    accounts = [name for name in LEGS if name in delta.columns]
    moving = delta.filter(pl.any_horizontal(pl.col(name) != 0 for name in accounts))
    keyed = moving.with_columns(
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


ORDERED = (
    "declaration_no", "employer_no", "settlement_id", "received_on", "name", "iban_key", "mandate_ref",
    "mandate_signed_on", "kind", "purpose", "amount_cents", "waits_as",
)  # fmt: skip


def orders(delta: pl.DataFrame, families: pl.DataFrame, day: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(orders, lacking): the bank movements of `delta`, and those for which the family has no account to use.

    A refund of contributions never leaves in one movement with an aid. Debits fall on the second business day after
    the declaration, never before the next one after the issue; credits on the second one after the issue.
    """
    joined = delta.join(families, on="employer_no", how="left")
    held, single = pl.col("status") == "HELD", pl.col("all_in_one")
    debit = (
        pl.when(held).then(pl.lit("CMG_SALARY")).when(single).then(pl.lit("CMG_SINGLE")).otherwise(pl.lit("CMG_DEBIT"))
    )
    payout = pl.when("is_invoice").then(pl.lit("CMG_STRUCTURE")).otherwise(pl.lit("CMG_PAYOUT"))
    wanted = pl.concat(
        joined.with_columns(kind=pl.lit(kind), purpose=purpose, amount_cents=pl.col(amount)).select(ORDERED)
        for kind, purpose, amount in (
            ("DEBIT", debit, "to_debit_cents"),
            ("CREDIT", pl.lit("CMG_REFUND"), "to_refund_cents"),
            ("CREDIT", payout, "to_pay_cents"),
        )
    ).filter(pl.col("amount_cents") > 0)
    mandate = pl.col("mandate_ref").is_not_null() & pl.col("mandate_signed_on").is_not_null()
    can = pl.col("iban_key").is_not_null() & (mandate | (pl.col("kind") == "CREDIT"))
    return _dated(wanted.filter(can), day), wanted.filter(~can)


def _dated(both: pl.DataFrame, day: date) -> pl.DataFrame:
    is_debit = pl.col("kind") == "DEBIT"
    second_day = {one: banking_day_from(nth_business_day(one, 2)) for one in both["received_on"].unique()}
    tomorrow, after = (banking_day_from(nth_business_day(day, count)) for count in (1, 2))
    after_declaration = pl.col("received_on").replace_strict(second_day, return_dtype=pl.Date, default=None)
    return both.with_columns(
        pl.when(is_debit).then("mandate_ref").alias("mandate_ref"),
        pl.when(is_debit).then("mandate_signed_on").alias("mandate_signed_on"),
        due_on=pl.when(is_debit).then(pl.max_horizontal(after_declaration, pl.lit(tomorrow))).otherwise(pl.lit(after)),
        subject=pl.lit("cmg:employer:") + pl.col("employer_no"),
    ).sort("kind", "declaration_no", "purpose")
