"""Whatever is decided again and again, and whatever the bank does, each cent between us and the family is explained."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date

import polars as pl
import pytest

from cmg.closing.movements import AMOUNTS, BOOKED, FAMILY, OTHERS, differences

KINDS = ("debits", "payouts", "refunds")
ASKED = ("to_debit_cents", "to_pay_cents", "to_refund_cents")
FATES = ("_taken", "_taken", "_rejected", "_returned")


class Family:
    """One declaration through its runs: the legs that its issues posted, and what the bank did of what was asked."""

    def __init__(self, *, single: bool, draw: random.Random, fates: Sequence[str] = FATES) -> None:
        self.single, self.draw, self.fates = single, draw, fates
        self.legs: Counter[str] = Counter()
        self.sent: Counter[str] = Counter()
        self.settled, self.payout = False, 0

    def decide(self) -> dict[str, object]:
        draw = self.draw
        status = draw.choice(["SETTLED"] * 5 + ["HELD", "CANCELLED"])
        salary, tax, aid = draw.randrange(0, 900), draw.randrange(0, 50), draw.randrange(0, 600)
        left = draw.choice([0, draw.randrange(0, 500)])
        offset = min(aid, left)
        row = dict.fromkeys(AMOUNTS, 0) | {
            "contributions_cents": left + 100, "part_a_cents": 100, "part_b_cents": aid, "offset_cents": offset,
            "withholding_tax_cents": tax, "debit_cents": left - offset + tax, "payout_cents": aid - offset,
            "salary_cents": salary + tax, "total_debit_cents": salary + tax + left - aid,
            "last_part_b_cents": draw.randrange(0, 900),
        }  # fmt: skip
        cancelled = status == "CANCELLED"
        return (dict.fromkeys(AMOUNTS, 0) if cancelled else row) | {
            "declaration_no": "D", "status": status, "all_in_one": self.single and not cancelled,
            "payout_blocked": status == "SETTLED" and draw.random() < 0.3, "care_month": date(2026, 10, 1),
        }  # fmt: skip

    def booked(self) -> pl.DataFrame:
        values = {name: self.legs[name] for name in (*FAMILY, *OTHERS)} | {
            f"{kind}{fate}_cents": self.sent[kind + fate] for kind in KINDS for fate in ("", "_rejected", "_returned")
        }
        head = {"declaration_no": "D", "failed_credits": "", "was_settled": self.settled,
                "settled_payout_cents": self.payout, "keepable_cents": max(0, self.legs["OVERPAYMENT"])}  # fmt: skip
        return pl.DataFrame([head | values], schema=BOOKED)

    def issue(self, row: dict[str, object]) -> dict[str, int] | None:
        """Post and send; None when nothing may move. The bank takes, refuses or sends back what it was asked."""
        if row["status"] == "HELD" and not self.single:
            return None
        delta = differences(pl.DataFrame([row], infer_schema_length=None), self.booked())
        if delta.is_empty():
            return None
        moved = delta.row(0, named=True)
        assert sum(moved[name] for name in (*FAMILY, *OTHERS)) == 0, row
        self.legs.update({name: moved[name] for name in (*FAMILY, *OTHERS)})
        for kind, column in zip(KINDS, ASKED, strict=True):
            self.sent[kind] += moved[column]
            self.sent[kind + self.draw.choice(self.fates)] += moved[column]
        if row["status"] != "HELD":
            self.settled, self.payout = row["status"] == "SETTLED", moved["due_payout_cents"]
        return moved

    def taken(self, kind: str) -> int:
        return self.sent[kind + "_taken"]


@pytest.mark.parametrize("single", [False, True])
def test_every_cent_is_due_taken_paid_owed_or_paid_in_excess(single: bool) -> None:
    draw = random.Random(2019)
    for _family in range(150):
        family = Family(single=single, draw=draw)
        for _run in range(8):
            moved = family.issue(family.decide())
            if moved is None:
                continue
            legs, sent = family.legs, family.sent
            uncollected = legs["FAMILY_DEBIT"] - family.taken("debits") - sent["debits_returned"]
            unpaid = legs["UNPAID_DEBIT"] + sent["debits_returned"]
            to_refund = -legs["FAMILY_REFUND"] - family.taken("refunds") - sent["refunds_returned"]
            to_pay = -legs["FAMILY_PAYOUT"] - family.taken("payouts") - sent["payouts_returned"]
            came_back = sent["payouts_returned"] + sent["refunds_returned"] - legs["RETURNED_PAYOUT"]
            money = family.taken("debits") - family.taken("refunds") - family.taken("payouts")
            owed = to_refund + to_pay + came_back
            due = moved["due_debit_cents"] - moved["due_payout_cents"]

            assert money + uncollected + unpaid - owed + legs["OVERPAYMENT"] == due
            for amount in (uncollected, unpaid, to_refund, to_pay, came_back, legs["OVERPAYMENT"]):
                assert amount >= 0
            assert family.taken("refunds") <= family.taken("debits"), "nobody is given back what was not taken"
            assert min(moved[name] for name in ASKED) >= 0


@pytest.mark.parametrize("single", [False, True])
def test_the_same_decision_again_asks_nothing_of_a_bank_that_did_its_part(single: bool) -> None:
    draw = random.Random(2020)
    for _family in range(300):
        family = Family(single=single, draw=draw, fates=["_taken"])
        row = family.decide()
        family.issue(row)

        moved = family.issue(row) or {}

        assert not any(moved.get(name, 0) for name in (*FAMILY, *OTHERS, *ASKED)), row
