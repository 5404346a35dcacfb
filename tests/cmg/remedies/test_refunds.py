"""Refunds of contributions: one for a declaration and a reason, verified against the month computed again."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.db import IntegrityError, transaction

from cmg.models import Refund, Settlement
from cmg.remedies import refunds
from cmg.remedies.giving_back import tell_what_is_kept
from cmg.remedies.limits import RemedyRefused
from portal.batches.models import Run
from portal.casework.moves import MoveNotAllowed
from portal.letters.models import Letter, LetterJob
from portal.letters.operations import write_letters
from portal.people.vault import decrypt
from tests.cmg.remedies.families import DAY, MONTH, debited_home, issued, received


def ask() -> list[Refund]:
    return refunds.request_refund(employer_no="E1", month=MONTH, words="je ne dois rien", by="E1", on=DAY)


@pytest.fixture
def debited(tmp_path: Path) -> Settlement:
    received(tmp_path, debited_home)
    issued(tmp_path / "out")
    return Settlement.objects.get()


@pytest.mark.django_db
def test_what_was_debited_may_be_asked_for_once(debited: Settlement) -> None:
    first, second = ask(), ask()

    assert [one.pk for one in first] == [one.pk for one in second]
    assert (first[0].debited_cents, first[0].state) == (debited.debit_cents, "REQUESTED")
    assert first[0].deadline == date(2026, 11, 2)


@pytest.mark.django_db
def test_nothing_debited_nothing_to_ask(tmp_path: Path) -> None:
    received(tmp_path)
    issued(tmp_path / "out")

    with pytest.raises(RemedyRefused, match="Rien n’a été prélevé"):
        ask()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("due", "state", "back"), [(0, "VERIFIED", None), (-1, "VERIFIED", 1), (None, "REJECTED", 0), (1, "REJECTED", 0)]
)
def test_it_gives_back_the_difference_or_says_why_not(
    debited: Settlement, due: int | None, state: str, back: int | None
) -> None:
    whole = debited.debit_cents
    due_cents = {0: 0, -1: whole - 1, None: whole, 1: whole + 1}[due]

    found = refunds.verify_refund(refund_pk=ask()[0].pk, due_cents=due_cents, by="thomas")

    assert (found.state, found.amount_cents) == (state, whole if back is None else back)
    assert bool(found.refusal) is (state == "REJECTED")


@pytest.mark.django_db
def test_a_refund_is_never_more_than_the_debit(debited: Settlement) -> None:
    found = ask()[0]

    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=found.pk).update(amount_cents=found.debited_cents + 1)


@pytest.mark.django_db
def test_a_refusal_has_its_reason_and_ends_it(debited: Settlement) -> None:
    found = ask()[0]
    with pytest.raises(RemedyRefused):
        refunds.reject_refund(refund_pk=found.pk, refusal="", by="thomas")

    refunds.reject_refund(refund_pk=found.pk, refusal="Ce mois était dû.", by="thomas")

    with pytest.raises(MoveNotAllowed):
        refunds.verify_refund(refund_pk=found.pk, due_cents=0, by="thomas")


@pytest.mark.django_db
def test_what_is_kept_on_a_refund_is_told_in_one_letter_with_its_amount(debited: Settlement) -> None:
    assert not LetterJob.objects.filter(kind="cmg.kept").exists(), "nothing is kept, nothing is said"
    delta = pl.DataFrame({
        "employer_no": ["E1", "E1", "E2"], "kept": [1_000, 234, 0], "refund": [1_500, 234, 900],
        "is_invoice": [False, False, False],
    })  # fmt: skip

    assert tell_what_is_kept(Run.objects.get(), delta, on=DAY) == 1

    assert write_letters() >= 1
    text = decrypt(Letter.objects.get(kind="cmg.kept").text).decode()
    assert 'garde <span class="amount">12,34' in text
    assert "reste 5,00" in text
