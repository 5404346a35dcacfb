"""The last month of a family in a few figures: what does not leave, what would be debited and paid, which codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cmg.models import Settlement


@dataclass(frozen=True)
class FamilyMonth:
    """`debit_cents` and `payout_cents` are of what is settled; `held_cents` and `awaited_cents` of what is held."""

    month: date
    held_cents: int
    awaited_cents: int
    debit_cents: int
    payout_cents: int
    codes: list[str]
    declared: dict[str, str]

    @property
    def is_held(self) -> bool:
        return bool(self.held_cents or self.awaited_cents)


def month_of_family(settlements: Sequence[Settlement]) -> FamilyMonth | None:
    """From the family's settlements, the latest month and run first; None without any."""
    if not settlements:
        return None
    month = settlements[0].care_month
    seen: dict[str, Settlement] = {}
    for row in settlements:
        if row.care_month == month:
            # A later run, or version, speaks for its declaration.
            held = seen.get(row.declaration_no)
            if held is None or (row.run_id, row.version) > (held.run_id, held.version):
                seen[row.declaration_no] = row
    rows = list(seen.values())
    settled, held_rows = ([row for row in rows if row.status == status] for status in ("SETTLED", "HELD"))
    return FamilyMonth(
        month,
        held_cents=sum(row.held_debit_cents for row in held_rows),
        awaited_cents=sum(row.payout_cents for row in held_rows),
        debit_cents=sum(row.debit_cents for row in settled),
        payout_cents=sum(row.payout_cents for row in settled),
        codes=sorted({code for row in rows for code in row.anomaly_codes.split("|") if code}),
        declared={
            child: born
            for row in rows
            for child, born in zip(
                row.declaration.child_ids.split("|"), row.declaration.child_birth_dates.split("|"), strict=False
            )
        },
    )
