"""A run corrected a month and could not say why: a person says the cause, and the sum is added to those of that cause (CSS
L. 133-3)."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from portal.benefits.models import (
    BenefitOverpayment,
    OverpaymentAct,
    OverpaymentActKind,
    OverpaymentCause,
    OverpaymentState,
)
from portal.benefits.small.overpaying import Overpaid, earlier_of, is_recovered, oldest_claimed, take_up
from portal.benefits.small.owed import DebtRefused, Told, decide, first_of, locked

SAYABLE = tuple(one for one in OverpaymentCause if one != OverpaymentCause.CORRECTED)
OPEN = (OverpaymentState.WRITTEN_OFF, OverpaymentState.TO_RECOVER)


@dataclass(frozen=True)
class Said:
    """What saying the cause does: the sums given up before that it is added to, whether they reach the threshold together."""

    earlier: list[BenefitOverpayment]
    earlier_cents: int
    total_cents: int
    takes_up: bool


def weigh(debt: BenefitOverpayment, cause: str, on: date, *, hold: bool = False) -> Said:
    """What the cause would change on `on`; nothing is written, and `hold` locks what it is added to. Raises DebtRefused,
    NoParameterInForce."""
    if debt.cause != OverpaymentCause.CORRECTED:
        raise DebtRefused(f"La cause est déjà dite : {debt.get_cause_display()}.")
    if cause not in SAYABLE:
        raise DebtRefused("Choisissez la cause.")
    if debt.state not in OPEN:
        raise DebtRefused(f"Cette somme est « {debt.get_state_display()} » : sa cause ne change plus rien.")
    what = Overpaid(debt.fund, debt.beneficiary_no, debt.benefit, cause, debt.left_cents, debt.month)
    # What the law no longer lets anybody claim is added to nothing.
    is_old = debt.month < oldest_claimed(on)
    rows = earlier_of(what, on).select_for_update(of=("self",)) if hold else earlier_of(what, on)
    earlier = [] if is_old else list(rows)
    cents = sum(one.left_cents for one in earlier)
    takes_up = not is_old and (
        bool(earlier) if debt.state == OverpaymentState.TO_RECOVER else is_recovered(what, earlier, on)
    )
    return Said(earlier, cents, cents + debt.left_cents, takes_up)


def tell_cause(*, overpayment_pk: int, cause: str, told: Told) -> tuple[OverpaymentAct, bool]:
    """Say the cause, once. Reaching the threshold with others of that cause, all become to recover and the family is told. A second
    sending gives the first and True. Raises DebtRefused, NoParameterInForce."""
    with transaction.atomic():
        debt = locked(overpayment_pk)
        if (first := first_of(told.form_key)) is not None:
            return first, True
        said = weigh(debt, cause, told.on, hold=True)
        act = decide(debt, OverpaymentActKind.CAUSE_TOLD, told, cause=cause)
        if said.takes_up:
            own = [] if debt.state == OverpaymentState.TO_RECOVER else [debt]
            take_up([*said.earlier, *own], by=told.by, on=told.on)
    return act, False
