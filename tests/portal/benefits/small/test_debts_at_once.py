"""Two people on one sum, a run beside a family that changes its mind: real threads, real connections."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import transaction

from portal.benefits.models import Deduction, OverpaymentAct, RepaymentAgreement
from portal.benefits.small.agreeing import agree, withdraw
from portal.benefits.small.applying import WaitingChanged
from portal.benefits.small.contesting import contest
from portal.benefits.small.owed import DebtRefused
from portal.benefits.small.remitting import remit
from tests.portal.benefits.running.test_runs_at_once import at_once
from tests.portal.benefits.small.owed_world import AUGUST, US, agreed, books, left, overpaid, told
from tests.portal.benefits.small.world import FUND, NUMBER, computed, issue

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], object]) -> None:
    """Each at the same moment as the others; what is refused is refused."""
    turns = iter(acts)
    others = iter([lambda: None] * 4)

    def one() -> None:
        with suppress(DebtRefused, WaitingChanged):
            next(turns, next(others))()

    at_once(one)


def test_whatever_is_done_at_once_to_a_debt_is_done_once() -> None:
    debt = overpaid(90_00)
    form = told()
    at_once(lambda: remit(overpayment_pk=debt.pk, cents=20_00, told=form))
    assert (left(), books()) == ([("TO_RECOVER", 0, 20_00)], (70_00, 20_00))
    assert OverpaymentAct.objects.count() == 1

    at_once(lambda: agree(fund=FUND, beneficiary_no=NUMBER, benefit="AEEH", each_cents=30_00, told=told()))
    assert RepaymentAgreement.objects.filter(withdrawn_on__isnull=True).count() == 1

    run, living = computed(AUGUST, (*US, 153_01)), RepaymentAgreement.objects.get(withdrawn_on__isnull=True)

    def issued() -> None:
        with transaction.atomic():
            issue(run)

    together(
        issued,
        lambda: withdraw(agreement_pk=living.pk, words="x", form_key=told().form_key, by="nathalie", on=AUGUST),
        lambda: contest(overpayment_pk=debt.pk, told=told(AUGUST)),
    )
    # Whichever was first: withheld while it was agreed to, or not at all; contested, it is withheld no more.
    withheld = sum(Deduction.objects.values_list("amount_cents", flat=True))
    assert withheld in (0, 30_00)
    assert left() == [("CONTESTED", withheld, 20_00)]
    assert books() == (70_00 - withheld, 20_00)


def test_two_agreements_and_a_contest_leave_nothing_agreed_of_what_is_contested() -> None:
    debt = overpaid(90_00)
    together(
        lambda: agreed(30_00), lambda: contest(overpayment_pk=debt.pk, told=told()), lambda: agreed(20_00),
        lambda: remit(overpayment_pk=debt.pk, cents=90_00, told=told()),
    )  # fmt: skip
    debt.refresh_from_db()
    assert debt.state in ("CONTESTED", "REMITTED")
    books()
