"""What a repair would change, in euros and month by month, before anything is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db import transaction

from cmg.closing.trial import try_month
from cmg.models import Declaration, Settlement
from cmg.rules.figures import cmg_parameters
from cmg.rules.limitation import last_day_to_claim

NOTHING = {"status": "", "debit_cents": 0, "payout_cents": 0, "held_cents": 0, "codes": ""}


@dataclass(frozen=True)
class MonthEffect:
    """One month of a family before and after, in cents. `issued`: money has already moved for it."""

    month: date
    issued: bool
    status_before: str
    status_after: str
    debit_before_cents: int
    debit_after_cents: int
    payout_before_cents: int
    payout_after_cents: int
    held_before_cents: int
    held_after_cents: int
    codes_before: str
    codes_after: str

    @property
    def changes(self) -> bool:
        """Whether the month comes out different."""
        before = (self.status_before, self.debit_before_cents, self.payout_before_cents, self.codes_before)
        return before != (self.status_after, self.debit_after_cents, self.payout_after_cents, self.codes_after)


def months_of(employer_no: str, on: date) -> list[date]:
    """The care months that the family declared and may still claim (two years, CSS L. 553-1), the latest first."""
    return [month for month in _declared(employer_no) if on <= last_day_to_claim(month, cmg_parameters())]


def time_barred(employer_no: str, on: date) -> list[date]:
    """The declared months that are left out because their aid is claimed no more, the latest first."""
    return [month for month in _declared(employer_no) if on > last_day_to_claim(month, cmg_parameters())]


def _declared(employer_no: str) -> list[date]:
    found = Declaration.objects.filter(employer_no=employer_no)
    return list(found.order_by("-care_month").values_list("care_month", flat=True).distinct())


def preview(
    employer_no: str, write: Callable[[], object], *, on: date, others: Sequence[str] = (),
    months: Sequence[date] | None = None,
) -> list[MonthEffect]:  # fmt: skip
    """What each declared month (or each of `months`) gives now and would give after `write`, which is rolled back.

    Raises what `write` raises.
    """
    months = months_of(employer_no, on) if months is None else months
    families = [employer_no, *others]
    before = {month: outcome_of(month, families, employer_no, on) for month in months}
    with transaction.atomic():
        write()
        after = {month: outcome_of(month, families, employer_no, on) for month in months}
        transaction.set_rollback(True)
    issued = set(
        Settlement.objects.filter(
            employer_no=employer_no, care_month__in=months, run__state__in=("ISSUED", "RECONCILED")
        ).values_list("care_month", flat=True)
    )
    return [_effect(month, month in issued, before[month], after[month]) for month in months]


def _effect(month: date, issued: bool, before: dict, after: dict) -> MonthEffect:
    return MonthEffect(
        month, issued, before["status"], after["status"], before["debit_cents"], after["debit_cents"],
        before["payout_cents"], after["payout_cents"], before["held_cents"], after["held_cents"], before["codes"],
        after["codes"],
    )  # fmt: skip


def outcome_of(month: date, families: Sequence[str], employer_no: str, on: date) -> dict:
    """What would leave for one family in one month: cents debited and paid, held, and the codes."""
    rows = try_month(month, families, on=on).settlements.filter(
        (pl.col("employer_no") == employer_no) & pl.col("status").is_in(["SETTLED", "HELD"])
    )
    if rows.is_empty():
        return dict(NOTHING)
    leaving = rows.filter(pl.col("status") == "SETTLED")
    codes = {code for text in rows["anomaly_codes"] for code in text.split("|") if code}
    return {
        "status": "HELD" if leaving.height < rows.height else "SETTLED",
        "debit_cents": int(leaving["debit_cents"].sum()),
        "payout_cents": int(leaving.filter(~pl.col("payout_blocked"))["payout_cents"].sum()),
        "held_cents": int(rows["held_debit_cents"].sum()),
        "codes": "|".join(sorted(codes)),
    }
