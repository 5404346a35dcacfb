"""Corrections, cancellations and late rights settled by difference: worked examples C01, C02 and C03, leg by leg."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from cmg.closing.movements import BOOKED, LEGS, differences
from cmg.rules.figures import cmg_parameters
from cmg.rules.remedies import is_overpayment_recovered
from tests.cmg.rules.test_worked_examples import HOME, JUNE_2019, cents, settle_one

A01 = {"annual_resources": 20_000, "maintenance_allowance_cents": 6_000, "days": 18}
JANUARY_2020 = A01 | {"month": date(2020, 1, 1)}
A16 = HOME | {"net_salary_cents": 120_000, "hours_hundredths": 12_000}
C01 = {"net_salary_cents": 50_000, "maintenance_allowance_cents": 6_000}


def settled(status: str = "SETTLED", month: date = JUNE_2019, **changes: Any) -> dict[str, Any]:
    """What the rules give for one declaration, as a settlement that is issued."""
    found = settle_one(month, **changes)
    salary = sum(found[f"{name}_cents"] for name in ("net_salary", "maintenance_allowance", "meal_allowance"))
    return found | {"status": status, "payout_blocked": False, "salary_cents": salary, "last_part_b_cents": 0}


NOTHING = pl.DataFrame(schema=BOOKED)


def moved(new: dict[str, Any], old: dict[str, Any] | None) -> dict[str, int]:
    """The legs that are not zero when `new` replaces `old`, issued and sent; they always sum to zero."""
    frame = pl.DataFrame([new], infer_schema_length=None)
    booked = left_by(pl.DataFrame([old], infer_schema_length=None)) if old else NOTHING
    row = differences(frame, booked).row(0, named=True)
    legs = {name: row[name] for name in LEGS if row.get(name)}
    assert sum(legs.values()) == 0
    return legs


def left_by(old: pl.DataFrame) -> pl.DataFrame:
    """What the first issue of `old` leaves in the ledger and at the bank."""
    row = differences(old, NOTHING).row(0, named=True)
    found = dict.fromkeys(BOOKED, 0) | {name: row[name] for name in LEGS if name in row and name in BOOKED} | {
        "declaration_no": row["declaration_no"], "failed_credits": "", "was_settled": row["status"] == "SETTLED",
        "settled_payout_cents": row["due_payout_cents"], "debits_cents": row["to_debit_cents"],
        "payouts_cents": row["to_pay_cents"], "refunds_cents": row["to_refund_cents"],
    }  # fmt: skip
    return pl.DataFrame([found], schema=BOOKED)


def euros(**legs: str) -> dict[str, int]:
    return {name: -cents(text[1:]) if text.startswith("-") else cents(text) for name, text in legs.items()}


@pytest.mark.parametrize(
    ("case", "new", "old", "legs"),
    [
        ("A01 first settled", A01, None,
         {"CONTRIBUTIONS_DUE": "-492.16", "FUND_PART_A": "492.16", "FUND_PART_B": "468.82",
          "FAMILY_PAYOUT": "-468.82"}),
        ("the same again moves nothing", A01, A01, {}),
        ("C02 from 600 to 500: part of (a) goes back to the fund, nothing for the family",
         A01 | {"net_salary_cents": 50_000}, A01, {"CONTRIBUTIONS_DUE": "82.03", "FUND_PART_A": "-82.03"}),
        ("C03 to 400 and 40 of upkeep: the payout is reclaimed, never debited",
         A01 | {"net_salary_cents": 40_000, "maintenance_allowance_cents": 4_000}, A01,
         {"CONTRIBUTIONS_DUE": "164.05", "FUND_PART_A": "-164.05", "FUND_PART_B": "-94.82", "OVERPAYMENT": "94.82"}),
        ("corrected upwards, only the difference is paid", A01,
         A01 | {"net_salary_cents": 40_000, "maintenance_allowance_cents": 4_000},
         {"CONTRIBUTIONS_DUE": "-164.05", "FUND_PART_A": "164.05", "FUND_PART_B": "94.82",
          "FAMILY_PAYOUT": "-94.82"}),
        ("C01 a late right: the debit is refunded whole, part (b) is paid", C01, C01 | {"has_right": False},
         {"FUND_PART_A": "410.13", "FUND_PART_B": "295.62", "FAMILY_PAYOUT": "-295.62", "FAMILY_REFUND": "-410.13"}),
        ("at home a late part (b) first removes the wrong debit", A16, A16 | {"has_right": False},
         {"FUND_PART_A": "378.59", "FUND_PART_B": "295.62", "FAMILY_REFUND": "-674.21"}),
        ("what was paid in excess is first kept on what is refunded",
         JANUARY_2020 | {"net_salary_cents": 40_000, "maintenance_allowance_cents": 4_000},
         JANUARY_2020 | {"withholding_tax_cents": 2_000},
         {"CONTRIBUTIONS_DUE": "164.05", "FUND_PART_A": "-164.05", "FUND_PART_B": "-94.82",
          "WITHHOLDING_TAX": "20.00", "OVERPAYMENT": "74.82"}),
    ],
)  # fmt: skip
def test_only_the_difference_moves(
    case: str, new: dict[str, Any], old: dict[str, Any] | None, legs: dict[str, str]
) -> None:
    assert moved(settled(**new), old and settled(**old)) == euros(**legs), case


@pytest.mark.parametrize(
    ("case", "declared", "legs"),
    [
        ("a childminder: (a) back to the fund, the payout reclaimed", A01,
         {"CONTRIBUTIONS_DUE": "492.16", "FUND_PART_A": "-492.16", "FUND_PART_B": "-468.82",
          "OVERPAYMENT": "468.82"}),
        ("a home employee: the debit refunded", A16,
         {"CONTRIBUTIONS_DUE": "997.18", "STATE_DEDUCTION": "-240.00", "FUND_PART_A": "-378.59",
          "FUND_PART_B": "-295.62", "FAMILY_REFUND": "-82.97"}),
    ],
)  # fmt: skip
def test_a_cancellation_reverses_every_leg(case: str, declared: dict[str, Any], legs: dict[str, str]) -> None:
    assert moved(settled("CANCELLED", **declared), settled(**declared)) == euros(**legs), case


def test_c03_is_above_the_sum_below_which_nothing_is_recovered() -> None:
    assert is_overpayment_recovered(cents("94.82"), JUNE_2019, cmg_parameters())
