"""What a family pays by itself to the person who looks after the child, and what is left to it once the aid is there."""

from dataclasses import dataclass

from cmg.family.months import OwnMonth
from cmg.models import Declaration, Settlement


@dataclass(frozen=True)
class Costs:
    """`by_oneself`: paid from hand to hand; `left` is None while an amount of the month is not known."""

    by_oneself: int
    left: int | None
    planned: bool


def pay_cents(declaration: Declaration) -> int:
    """Pay and allowances; the tax withheld is taken by bank debit, not given to the employee (CSS D. 133-13-18)."""
    return (
        declaration.net_salary_cents + declaration.maintenance_allowance_cents + declaration.meal_allowance_cents
        + declaration.mileage_cents - declaration.withholding_tax_cents
    )  # fmt: skip


def costs_of(one: OwnMonth) -> Costs | None:
    """What the month costs; None when nothing counts yet."""
    if not one.rows:
        return None
    unknown = one.held and (one.awaited_cents is None or one.due_cents is None)
    by_oneself = sum(
        row.declaration.mileage_cents if row.all_in_one else pay_cents(row.declaration) for row in one.rows
    )
    left = None if unknown else by_oneself + sum(_moved(row) for row in one.rows)
    return Costs(by_oneself, left, bool(one.held))


def _moved(row: Settlement) -> int:
    """Debited less paid, by bank. Under Pajemploi+ a held row will give its single movement once settled."""
    declared = row.declaration
    if not row.all_in_one:
        return row.debit_cents - row.payout_cents
    salary = declared.net_salary_cents + declared.maintenance_allowance_cents + declared.meal_allowance_cents
    # The tax is inside the salary: the single movement counts it once.
    return salary + row.debit_cents - row.withholding_tax_cents - row.payout_cents
