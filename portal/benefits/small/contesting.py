"""A family contests a sum paid in excess: nothing of it is withheld until the committee of amicable appeal has decided (CSS
R. 142-1). It confirms the sum, or rules for the family, and nothing is owed any more."""

from datetime import date

from django.db import transaction

from portal.benefits.models import OverpaymentAct, OverpaymentActKind, OverpaymentState
from portal.benefits.small.debt_letters import tell_cancelled, tell_confirmed, tell_contested
from portal.benefits.small.overpaying import BY_RUNS, deductible_from
from portal.benefits.small.owed import DebtRefused, Told, check_day, decide, first_of, give_up, locked

LABEL = "Versé en trop : annulé par la commission de recours amiable"


def contest(*, overpayment_pk: int, told: Told) -> tuple[OverpaymentAct, bool]:
    """The family says that it is wrong, on `told.told_on`: late or not is the committee's to say, and nothing is withheld meanwhile.
    Its agreement no longer counts for this sum. A second sending gives the first and True. Raises DebtRefused."""
    with transaction.atomic():
        debt = locked(overpayment_pk)
        if (first := first_of(told.form_key)) is not None:
            return first, True
        # What a run notes again was contested before.
        check_day(told, since=None if told.by == BY_RUNS else debt.noted_on)
        act = decide(debt, OverpaymentActKind.CONTESTED, told, to=OverpaymentState.CONTESTED, agreement=None)
        tell_contested(debt, act)
    return act, False


def confirm(*, overpayment_pk: int, told: Told) -> tuple[OverpaymentAct, bool]:
    """The committee decided on `told.told_on` that the sum is due: it is to recover again, by an agreement to be made anew, and
    not before the family's time to go to court is over. A second sending gives the first and True. Raises DebtRefused."""
    with transaction.atomic():
        debt = locked(overpayment_pk)
        if (first := first_of(told.form_key)) is not None:
            return first, True
        check_day(told, since=contested_on(overpayment_pk))
        assert debt.deductible_from is not None
        later = max(debt.deductible_from, deductible_from(told.on))
        act = decide(debt, OverpaymentActKind.CONFIRMED, told, to=OverpaymentState.TO_RECOVER, deductible_from=later)
        tell_confirmed(debt, act)
    return act, False


def cancel(*, overpayment_pk: int, told: Told) -> tuple[OverpaymentAct, bool]:
    """The committee decided on `told.told_on` for the family: nothing more is asked. A second sending gives the first and True.
    Raises DebtRefused."""
    with transaction.atomic():
        debt = locked(overpayment_pk)
        if (first := first_of(told.form_key)) is not None:
            return first, True
        check_day(told, since=contested_on(overpayment_pk))
        cents = debt.left_cents
        act = decide(
            debt, OverpaymentActKind.CANCELLED, told, to=OverpaymentState.CANCELLED, cents=cents,
            remitted_cents=debt.remitted_cents + cents,
        )  # fmt: skip
        give_up(debt, act, LABEL)
        tell_cancelled(debt, act)
    return act, False


def contested_on(overpayment_pk: int) -> date:
    """The day of the last contest. Raises DebtRefused for a sum that was never contested."""
    last = OverpaymentAct.objects.filter(overpayment=overpayment_pk, kind=OverpaymentActKind.CONTESTED).last()
    if last is None:
        raise DebtRefused("La famille n’a pas contesté cette somme : notez d’abord sa contestation.")
    return last.told_on
