"""A contested sum is kept on nothing; the committee confirms it or not; a remission is decided, by two when it is large."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from portal.audit.models import JournalEntry
from portal.benefits.models import BenefitOverpayment, OverpaymentAct
from portal.benefits.small.applying import WaitingChanged
from portal.benefits.small.contesting import cancel, confirm, contest
from portal.benefits.small.overpaying import PaidBy, pay_back
from portal.benefits.small.owed import DebtRefused
from portal.benefits.small.proof import check_small_sums
from portal.benefits.small.remitting import proposal_of, refuse_remission, remit
from portal.ledger.models import Account
from portal.ledger.operations import post
from portal.letters.models import LetterJob
from tests.portal.benefits.small.owed_world import (
    AUGUST,
    JUNE,
    MAY,
    OCTOBER,
    SEPTEMBER,
    SUBJECT,
    US,
    agreed,
    books,
    last_letter,
    left,
    overpaid,
    told,
)
from tests.portal.benefits.small.world import award_of, computed, issue, lived

pytestmark = pytest.mark.django_db
WHOLE = (*US, 153_01)


def test_what_is_contested_is_kept_on_nothing_even_agreed_and_even_signed() -> None:
    debt = overpaid(90_00)
    agreed(30_00)
    run = computed(AUGUST, WHOLE)
    contest(overpayment_pk=debt.pk, told=told(JUNE))

    with pytest.raises(WaitingChanged), transaction.atomic():
        issue(run)
    assert award_of(lived(SEPTEMBER, WHOLE)) == ("PAID", 0, 0, 153_01)
    assert left() == [("CONTESTED", 0, 0)]
    assert books() == (90_00, 0)
    assert "rien n’est retenu pour cette somme" in last_letter()


def test_confirmed_it_is_to_recover_with_a_new_agreement_after_the_time_to_go_to_court() -> None:
    debt = overpaid(90_00)
    agreed(30_00)
    contest(overpayment_pk=debt.pk, told=told(JUNE))
    confirm(overpayment_pk=debt.pk, told=told(date(2026, 7, 20), day=date(2026, 7, 15)))

    debt.refresh_from_db()
    assert (debt.state, debt.deductible_from, debt.agreement) == ("TO_RECOVER", OCTOBER, None)
    assert "tribunal judiciaire" in last_letter()
    assert award_of(lived(OCTOBER, WHOLE))[2] == 0
    agreed(30_00, OCTOBER)
    assert award_of(lived(date(2026, 11, 1), WHOLE))[2] == 30_00


def test_ruled_for_the_family_nothing_is_owed_any_more() -> None:
    debt = overpaid(90_00)
    contest(overpayment_pk=debt.pk, told=told(JUNE))
    form = told(AUGUST, day=date(2026, 7, 15))
    cancel(overpayment_pk=debt.pk, told=form)

    assert cancel(overpayment_pk=debt.pk, told=form)[1]
    assert left() == [("CANCELLED", 0, 90_00)]
    assert books() == (0, 90_00)
    assert "Vous ne devez plus les" in last_letter()
    # It is never taken up with small sums of its cause.
    overpaid(12_00, AUGUST)
    assert [state for state, *_cents in left()] == ["CANCELLED", "WRITTEN_OFF"]
    entry = JournalEntry.objects.get(action="benefits.overpayment.cancelled")
    assert (entry.subject, entry.detail["from"], entry.detail["to"]) == (SUBJECT, "CONTESTED", "CANCELLED")


@pytest.mark.parametrize("act", [confirm, cancel])
def test_the_committee_decides_of_what_was_contested_alone_and_not_before(act: object) -> None:
    debt = overpaid(90_00)
    with pytest.raises(DebtRefused, match="notez d’abord sa contestation"):
        act(overpayment_pk=debt.pk, told=told(JUNE))  # type: ignore[operator]
    contest(overpayment_pk=debt.pk, told=told(JUNE))
    with pytest.raises(DebtRefused, match="avant le 01/06/2026"):
        act(overpayment_pk=debt.pk, told=told(JUNE, day=MAY))  # type: ignore[operator]
    assert left() == [("CONTESTED", 0, 0)]


def test_what_is_given_up_cannot_be_contested_and_what_is_contested_not_twice() -> None:
    small = overpaid(12_00)
    with pytest.raises(DebtRefused, match="ne peut pas devenir"):
        contest(overpayment_pk=small.pk, told=told())
    debt, form = overpaid(90_00, cause="FUND_ERROR"), told()
    assert [contest(overpayment_pk=debt.pk, told=form)[1] for _time in range(2)] == [False, True]
    with pytest.raises(DebtRefused, match="ne peut pas devenir"):
        contest(overpayment_pk=debt.pk, told=told())
    assert LetterJob.objects.filter(kind="benefits.debt_contested").count() == 1


def test_a_remission_in_part_then_of_the_rest() -> None:
    debt = overpaid(90_00)
    agreed(30_00)
    lived(AUGUST, WHOLE)
    remit(overpayment_pk=debt.pk, cents=20_00, told=told(SEPTEMBER))

    assert (left(), books()) == ([("TO_RECOVER", 30_00, 20_00)], (40_00, 20_00))
    assert "Il reste 40,00 € à rendre" in last_letter()
    remit(overpayment_pk=debt.pk, cents=40_00, told=told(SEPTEMBER))
    assert (left(), books()) == ([("REMITTED", 30_00, 60_00)], (0, 60_00))
    assert award_of(lived(OCTOBER, WHOLE))[2] == 0
    with pytest.raises(DebtRefused, match="rien à remettre"):
        remit(overpayment_pk=debt.pk, cents=1, told=told(OCTOBER))


@pytest.mark.parametrize(("cents", "state"), [(999_99, "REMITTED"), (1_000_00, "TO_RECOVER")])
def test_one_person_below_the_threshold_two_from_it_on(cents: int, state: str) -> None:
    debt = overpaid(cents)
    remit(overpayment_pk=debt.pk, cents=cents, told=told())

    assert left()[0][0] == state
    debt.refresh_from_db()
    assert (proposal_of(debt) is not None) == (state == "TO_RECOVER")


def test_who_proposed_does_not_decide_nor_another_amount() -> None:
    debt = overpaid(1_500_00)
    remit(overpayment_pk=debt.pk, cents=1_200_00, told=told())
    assert books() == (1_500_00, 0)
    with pytest.raises(DebtRefused, match="une autre personne décide"):
        remit(overpayment_pk=debt.pk, cents=1_200_00, told=told())
    with pytest.raises(DebtRefused, match="celui qui est proposé"):
        remit(overpayment_pk=debt.pk, cents=1_300_00, told=told(by="carole"))

    act, _again = remit(overpayment_pk=debt.pk, cents=1_200_00, told=told(by="carole"))
    assert (act.four_eyes, act.proposed_by, act.done_by) == (True, "nathalie", "carole")
    assert (left(), books()) == ([("TO_RECOVER", 0, 1_200_00)], (300_00, 1_200_00))


def test_a_large_remission_in_two_parts_is_still_decided_by_two() -> None:
    debt = overpaid(1_500_00)
    remit(overpayment_pk=debt.pk, cents=999_99, told=told())
    act, _again = remit(overpayment_pk=debt.pk, cents=1, told=told())

    assert act.kind == "PROPOSED"
    assert left() == [("TO_RECOVER", 0, 999_99)]


def test_refused_a_remission_says_why_and_a_second_proposal_is_possible() -> None:
    debt = overpaid(1_500_00)
    remit(overpayment_pk=debt.pk, cents=1_200_00, told=told())
    refuse_remission(overpayment_pk=debt.pk, told=told(by="carole", words="vos revenus le permettent"))

    assert "vos revenus le permettent" in last_letter()
    debt.refresh_from_db()
    assert proposal_of(debt) is None
    assert books() == (1_500_00, 0)


@pytest.mark.parametrize("cents", [0, -1, 90_01])
def test_what_cannot_be_remitted(cents: int) -> None:
    debt = overpaid(90_00)
    with pytest.raises(DebtRefused, match="au plus ce qui reste"):
        remit(overpayment_pk=debt.pk, cents=cents, told=told())


def test_what_was_remitted_and_then_came_back_from_the_bank_was_never_received() -> None:
    debt = overpaid(90_00)
    remit(overpayment_pk=debt.pk, cents=60_00, told=told())
    post(
        key="back", subject=SUBJECT, dated=JUNE, label="x", legs={Account.BANK: 80_00, Account.BENEFIT_RETURNED: -80_00}
    )
    debt = BenefitOverpayment.objects.select_for_update().get()
    assert debt.never_received_cents == 90_00
    legs = {Account.BENEFIT_RETURNED: 80_00}
    pay_back(debt=debt, key="bank:x", legs=legs, why=PaidBy.CAME_BACK, by="banque", on=JUNE)

    assert left() == [("RECOVERED", 80_00, 10_00)]
    assert books() == (0, 10_00)


def test_what_the_committee_cancelled_was_due_and_money_that_comes_back_does_not_pay_it() -> None:
    debt = overpaid(90_00)
    contest(overpayment_pk=debt.pk, told=told())
    cancel(overpayment_pk=debt.pk, told=told(JUNE))
    debt.refresh_from_db()

    assert debt.never_received_cents == 0


@pytest.mark.parametrize(
    ("sentence", "sql"),
    [
        ("sans décision", "UPDATE benefits_benefitoverpayment SET remitted_cents = 1"),
        ("elle ne va pas", "UPDATE benefits_benefitoverpayment SET state = 'CANCELLED', remitted_cents = 9000"),
    ],
)  # fmt: skip
def test_the_database_refuses_a_remission_that_nobody_decided(sentence: str, sql: str) -> None:
    overpaid(90_00)
    with pytest.raises(DatabaseError, match=sentence), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert left() == [("TO_RECOVER", 0, 0)]


@pytest.mark.parametrize("proposed_by", ["", "a"])
def test_the_database_refuses_that_one_person_alone_decides_of_much(proposed_by: str) -> None:
    debt = overpaid(90_00)
    with pytest.raises(DatabaseError, match="overpaymentact_four_eyes"), transaction.atomic():
        OverpaymentAct.objects.create(
            overpayment=debt, kind="REMITTED", amount_cents=1, words="x", told_on=MAY, four_eyes=True, proposed_by=proposed_by,
            form_key=uuid4(), done_by="a", done_on=MAY,
        )  # fmt: skip


def test_the_proof_finds_a_remission_that_its_entry_lacks() -> None:
    debt = overpaid(90_00)
    OverpaymentAct.objects.create(
        overpayment=debt, kind="REMITTED", amount_cents=10_00, words="x", told_on=MAY, form_key=uuid4(), done_by="a", done_on=MAY,
    )  # fmt: skip
    assert check_small_sums() == []
    BenefitOverpayment.objects.update(remitted_cents=10_00)

    found = check_small_sums()
    assert any("90,00" in one and "80,00" in one and "à récupérer" in one for one in found)
    assert any("abandonnées ou remises" in one and "10,00" in one for one in found)
