"""Sums paid in excess: given up and counted below the threshold, taken up with those of their cause, told to the family."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from portal.audit.models import JournalEntry
from portal.benefits.models import BenefitOverpayment
from portal.benefits.small.overpaying import Overpaid, OverpaymentRefused, note
from portal.benefits.small.proof import check_small_sums
from portal.ledger.models import Account
from portal.ledger.operations import balance
from portal.letters.models import Letter, LetterJob
from portal.letters.operations import write_letters
from portal.people.vault import decrypt
from tests.portal.benefits.small.world import FUND, NUMBER, debts

pytestmark = pytest.mark.django_db
DAY = date(2019, 5, 10)
SUBJECT = f"family:{FUND}/{NUMBER}"


def noted(cents: int, *, on: date = DAY, key: UUID | None = None, **facts: Any) -> tuple[BenefitOverpayment, bool]:
    values = {
        "fund": FUND, "beneficiary_no": NUMBER, "benefit": "AEEH", "cause": "RIGHT_ENDED", "month": date(2019, 4, 1),
    } | facts  # fmt: skip
    what = Overpaid(amount_cents=cents, **values)  # type: ignore[arg-type]
    return note(what=what, reason="droit terminé", form_key=key or uuid4(), by="nathalie", on=on)


def test_example_23_given_up_alone_and_counted_without_a_letter() -> None:
    noted(22_00)

    assert debts() == [(22_00, 0, "WRITTEN_OFF")]
    assert balance(Account.WRITTEN_OFF, subject=SUBJECT) == 22_00
    assert balance(Account.BENEFIT_OVERPAYMENT, subject=SUBJECT) == 0
    assert balance(Account.DISABLED_CHILD_ALLOWANCE, subject=SUBJECT) == -22_00
    assert LetterJob.objects.count() == 0
    assert check_small_sums() == []


def test_example_23_two_of_the_same_cause_are_recovered() -> None:
    noted(12_00)
    last, _again = noted(12_00)

    assert debts() == [(12_00, 0, "TO_RECOVER")] * 2
    assert last.deductible_from == date(2019, 8, 1)
    assert balance(Account.BENEFIT_OVERPAYMENT, subject=SUBJECT) == 24_00
    assert balance(Account.WRITTEN_OFF, subject=SUBJECT) == 0
    assert check_small_sums() == []
    assert JournalEntry.objects.filter(action="benefits.overpayment.noted").count() == 2
    write_letters()
    text = " ".join(decrypt(Letter.objects.get().text).decode().replace("\u00a0", " ").split())
    for told in (
        "24,00 €",
        "droit terminé",
        "Rien ne sera pris sans votre accord",
        "5,00 € au moins",
        "R. 142-1",
        "L. 553-2",
    ):
        assert told in text, told
    assert "%" not in text


@pytest.mark.parametrize(
    "facts",
    [
        {"cause": "FUND_ERROR"}, {"benefit": "ARS"}, {"beneficiary_no": "0999999"}, {"fund": "CAF59"},
        {"on": date(2021, 5, 1), "month": date(2021, 4, 1)},
    ],
)  # fmt: skip
def test_another_cause_benefit_family_or_one_too_old_does_not_add_up(facts: dict[str, Any]) -> None:
    noted(12_00)
    noted(12_00, **facts)

    assert debts() == [(12_00, 0, "WRITTEN_OFF")] * 2


def test_sent_twice_it_is_noted_once() -> None:
    key = uuid4()
    first, again = noted(12_00, key=key)
    second, told = noted(12_00, key=key)

    assert (first.pk, again, told) == (second.pk, False, True)
    assert debts() == [(12_00, 0, "WRITTEN_OFF")]


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("plus de deux ans", {"month": date(2017, 4, 1)}), ("pas encore venu", {"month": date(2019, 6, 1)}),
        ("Écrivez le montant", {"cents": 0}), ("Choisissez", {"cause": "WHO_KNOWS"}), ("Choisissez", {"benefit": "CMG"}),
    ],
)  # fmt: skip
def test_what_cannot_be_claimed_is_refused_and_nothing_moves(sentence: str, facts: dict[str, Any]) -> None:
    with pytest.raises(OverpaymentRefused, match=sentence):
        noted(facts.pop("cents", 50_00), **facts)
    assert debts() == []


def test_two_years_back_is_the_last_month_that_may_be_claimed() -> None:
    assert noted(50_00, month=date(2017, 5, 1))[0].state == "TO_RECOVER"


@pytest.mark.parametrize(
    ("sentence", "sql"),
    [
        ("ne change pas", "UPDATE benefits_benefitoverpayment SET amount_cents = 24_00"),
        ("ne change pas", "UPDATE benefits_benefitoverpayment SET cause = 'FUND_ERROR'"),
        ("ne change pas", "UPDATE benefits_benefitoverpayment SET deductible_from = '2019-05-11'"),
        ("elle ne va pas", "UPDATE benefits_benefitoverpayment SET state = 'WRITTEN_OFF', deductible_from = NULL"),
        ("benefitoverpayment_bounds", "UPDATE benefits_benefitoverpayment SET recovered_cents = 2301"),
        ("", "DELETE FROM benefits_benefitoverpayment"),
    ],
)  # fmt: skip
def test_the_database_keeps_what_was_noted(sentence: str, sql: str) -> None:
    noted(23_00)

    with pytest.raises(DatabaseError, match=sentence), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.replace("_00", "00"))
    assert debts() == [(23_00, 0, "TO_RECOVER")]
