"""A correction whose cause nobody said is added to nothing; said by a person, the sum joins those of its cause."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from portal.benefits.models import BenefitOverpayment
from portal.benefits.small.causing import tell_cause, weigh
from portal.benefits.small.owed import DebtRefused
from portal.letters.models import LetterJob
from tests.portal.benefits.small.owed_world import AUGUST, MAY, books, last_letter, left, overpaid, told

pytestmark = pytest.mark.django_db


def corrected(cents: int, on: date = MAY) -> BenefitOverpayment:
    return overpaid(cents, on, cause="CORRECTED")


def states() -> list[str]:
    return [state for state, *_cents in left()]


def test_two_corrections_are_not_of_the_same_cause_and_each_is_tested_alone() -> None:
    corrected(20_00)
    corrected(20_00)

    assert states() == ["WRITTEN_OFF"] * 2
    assert books() == (0, 40_00)
    assert not LetterJob.objects.exists()


def test_alone_at_the_threshold_it_is_to_recover_and_the_letter_makes_no_cause_up() -> None:
    corrected(28_00)

    assert states() == ["TO_RECOVER"]
    text = last_letter()
    assert "Demandez-nous pourquoi" in text
    assert "La raison" not in text


def test_the_cause_said_it_joins_the_sums_of_that_cause_with_a_preview() -> None:
    first, second, other = corrected(20_00), corrected(7_99), corrected(20_00)
    assert not weigh(first, "RIGHT_ENDED", MAY).takes_up
    tell_cause(overpayment_pk=first.pk, cause="RIGHT_ENDED", told=told())
    assert states() == ["WRITTEN_OFF"] * 3

    # One cent under the threshold of 28 euros.
    assert (weigh(second, "RIGHT_ENDED", MAY).total_cents, weigh(second, "RIGHT_ENDED", MAY).takes_up) == (27_99, False)
    said = weigh(other, "RIGHT_ENDED", MAY)
    assert (said.earlier, said.total_cents, said.takes_up) == ([first], 40_00, True)
    assert not weigh(other, "TOLD_LATE", MAY).takes_up

    form = told()
    assert [tell_cause(overpayment_pk=other.pk, cause="RIGHT_ENDED", told=form)[1] for _time in range(2)] == [
        False,
        True,
    ]
    assert states() == ["TO_RECOVER", "WRITTEN_OFF", "TO_RECOVER"]
    assert books() == (40_00, 7_99)
    assert LetterJob.objects.count() == 1
    text = last_letter()
    assert "La raison : droit terminé" in text
    assert "40,00 €" in text


def test_a_sum_already_to_recover_takes_up_those_of_its_cause_and_only_these_are_told() -> None:
    small = overpaid(12_00)
    large = corrected(50_00)
    tell_cause(overpayment_pk=large.pk, cause="RIGHT_ENDED", told=told(AUGUST))

    assert states() == ["TO_RECOVER"] * 2
    small.refresh_from_db()
    assert small.deductible_from == date(2026, 11, 1)
    text = last_letter()
    assert "12,00 €" in text
    assert "50,00 €" not in text


def test_past_two_years_it_is_added_to_nothing() -> None:
    overpaid(20_00)
    old = corrected(20_00)

    assert weigh(old, "RIGHT_ENDED", MAY).takes_up
    late = weigh(old, "RIGHT_ENDED", date(2028, 6, 1))
    assert (late.earlier, late.takes_up) == ([], False)


@pytest.mark.parametrize(
    ("cause", "sentence"), [("", "Choisissez"), ("CORRECTED", "Choisissez"), ("WHO_KNOWS", "Choisissez")]
)
def test_what_is_no_cause(cause: str, sentence: str) -> None:
    debt = corrected(20_00)
    with pytest.raises(DebtRefused, match=sentence):
        tell_cause(overpayment_pk=debt.pk, cause=cause, told=told())


def test_a_cause_is_said_once() -> None:
    debt = corrected(20_00)
    tell_cause(overpayment_pk=debt.pk, cause="TOLD_LATE", told=told())
    with pytest.raises(DebtRefused, match="déjà dite"):
        tell_cause(overpayment_pk=debt.pk, cause="RIGHT_ENDED", told=told())
    with pytest.raises(DatabaseError, match="ne change pas"), transaction.atomic():
        BenefitOverpayment.objects.update(cause="FUND_ERROR")
