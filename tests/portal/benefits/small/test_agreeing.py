"""What a family agrees to is withheld: no more, not before, on nothing else, until it takes its agreement back."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from portal.audit.models import JournalEntry
from portal.benefits.models import Deduction, RepaymentAgreement
from portal.benefits.small import recording
from portal.benefits.small.agreeing import agree, schedule, withdraw
from portal.benefits.small.applying import WaitingChanged
from portal.benefits.small.causing import tell_cause
from portal.benefits.small.contesting import contest
from portal.benefits.small.owed import DebtRefused
from portal.benefits.small.recording import is_beyond_agreed
from portal.letters.models import LetterJob
from tests.portal.benefits.small.owed_world import (
    AUGUST,
    JULY,
    JUNE,
    MAY,
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    US,
    agreed,
    books,
    last_letter,
    left,
    overpaid,
    told,
)
from tests.portal.benefits.small.world import FUND, NUMBER, applied, award_of, computed, issue, lived, run_of

pytestmark = pytest.mark.django_db
WHOLE = (*US, 153_01)


def taken(run: object) -> int:
    return award_of(run)[2]  # type: ignore[arg-type]


def stop(one: RepaymentAgreement, on: date) -> None:
    withdraw(agreement_pk=one.pk, words="ne peut plus", form_key=uuid4(), by="nathalie", on=on)


def test_so_much_a_month_after_the_time_to_contest_the_oldest_first_until_nothing_is_left() -> None:
    overpaid(10_00)
    overpaid(40_00)
    agreed(30_00)

    assert [award_of(lived(month, WHOLE)) for month in (JULY, AUGUST)] == [
        ("PAID", 0, 0, 153_01), ("PAID", 0, 30_00, 123_01),
    ]  # fmt: skip
    assert left() == [("RECOVERED", 10_00, 0), ("TO_RECOVER", 20_00, 0)]
    assert taken(lived(SEPTEMBER, WHOLE)) == 20_00
    assert taken(lived(OCTOBER, WHOLE)) == 0
    assert left() == [("RECOVERED", 10_00, 0), ("RECOVERED", 40_00, 0)]
    assert list(Deduction.objects.order_by("pk").values_list("amount_cents", flat=True)) == [10_00, 20_00, 20_00]
    assert books() == (0, 0)


def test_never_more_than_the_new_award_and_nothing_of_what_waited() -> None:
    overpaid(60_00)
    agreed(50_00)
    lived(JULY, (*US, 20_00))

    assert award_of(lived(AUGUST, (*US, 12_00))) == ("PAID", 20_00, 12_00, 20_00)
    assert left() == [("TO_RECOVER", 12_00, 0)]
    assert books() == (48_00, 0)


def test_two_runs_issued_in_one_month_take_the_agreed_sum_once() -> None:
    overpaid(90_00)
    agreed(30_00)
    early, late = computed(AUGUST, WHOLE), computed(SEPTEMBER, WHOLE)
    assert (taken(early), taken(late)) == (30_00, 30_00)
    assert not is_beyond_agreed(late, late.day)
    issue(early)
    # September is paid in August as well.
    late.day = date(2026, 8, 31)

    with pytest.raises(WaitingChanged, match="des accords"), transaction.atomic():
        issue(late)
    assert is_beyond_agreed(late, late.day)
    assert left() == [("TO_RECOVER", 30_00, 0)]


def test_a_run_killed_on_its_way_withholds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    overpaid(90_00)
    agreed(30_00)
    run = computed(AUGUST, WHOLE)
    with monkeypatch.context() as broken:
        broken.setattr(recording, "_book", killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            issue(run)
    assert (left(), Deduction.objects.count()) == ([("TO_RECOVER", 0, 0)], 0)

    issue(run)
    assert left() == [("TO_RECOVER", 30_00, 0)]
    assert books() == (60_00, 0)


def killed(*_given: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(("benefit", "cents"), [("ARS", 426_87), ("AEEH", 153_01)])
def test_only_on_the_benefit_that_was_agreed_to(benefit: str, cents: int) -> None:
    overpaid(90_00, benefit="ARS")
    agreed(30_00, benefit="ARS")
    run = lived(AUGUST, (*US, cents), benefit=benefit)

    assert taken(run) == (30_00 if benefit == "ARS" else 0)


def test_the_ars_gives_the_agreed_sum_once_a_start_of_term() -> None:
    overpaid(90_00, benefit="ARS")
    agreed(30_00, benefit="ARS")
    lived(AUGUST, (*US, 200_00), benefit="ARS")
    # A later run of the same start of term, in another month: it pays what was missing, and takes nothing more.
    late = run_of(AUGUST, "ARS")
    late.day = OCTOBER
    late.save()

    assert applied(late, (*US, 226_87), benefit="ARS")["recovered_cents"].to_list() == [0]
    assert left() == [("TO_RECOVER", 30_00, 0)]


def test_a_sum_noted_after_the_agreement_is_no_part_of_it() -> None:
    overpaid(40_00)
    agreed(30_00)
    overpaid(70_00, JUNE)

    assert [taken(lived(month, WHOLE)) for month in (SEPTEMBER, OCTOBER, NOVEMBER)] == [30_00, 10_00, 0]
    assert left() == [("RECOVERED", 40_00, 0), ("TO_RECOVER", 0, 0)]


def test_a_sum_taken_up_since_the_family_spoke_is_no_part_of_what_it_agreed_to() -> None:
    overpaid(12_00, cause="FUND_ERROR")
    unknown = overpaid(20_00, cause="CORRECTED")
    overpaid(100_00)
    tell_cause(overpayment_pk=unknown.pk, cause="FUND_ERROR", told=told(AUGUST))
    asked: dict[str, Any] = {"fund": FUND, "beneficiary_no": NUMBER, "benefit": "AEEH", "each_cents": 30_00}

    with pytest.raises(DebtRefused, match="avant le 01/08/2026"):
        agree(**asked, told=told(AUGUST, day=date(2026, 7, 31)))
    assert agree(**asked, told=told(AUGUST))[0].is_live


def test_once_withdrawn_nothing_is_withheld_even_by_a_run_that_was_signed() -> None:
    overpaid(90_00)
    one, run = agreed(30_00), computed(AUGUST, WHOLE)
    stop(one, AUGUST)

    with pytest.raises(WaitingChanged), transaction.atomic():
        issue(run)
    assert is_beyond_agreed(run, run.day)
    assert taken(lived(SEPTEMBER, WHOLE)) == 0
    assert left() == [("TO_RECOVER", 0, 0)]
    assert "Rien n’est plus retenu" in last_letter()
    actions = ["benefits.repayment.agreed", "benefits.repayment.withdrawn"]
    assert (
        list(JournalEntry.objects.filter(action__in=actions).order_by("pk").values_list("action", flat=True)) == actions
    )


def test_a_new_agreement_takes_the_place_of_the_former_in_the_same_month_too() -> None:
    overpaid(90_00)
    first = agreed(30_00)
    lived(AUGUST, WHOLE)
    agreed(40_00, AUGUST)

    first.refresh_from_db()
    assert (first.is_live, first.withdrawn_words) == (False, "remplacé par un nouvel accord")
    assert applied(run_of(AUGUST), WHOLE)["recovered_cents"].to_list() == [10_00]
    assert taken(lived(SEPTEMBER, WHOLE)) == 40_00


def test_sent_twice_an_agreement_is_recorded_once_and_so_is_its_end() -> None:
    overpaid(90_00)
    form = told()
    first, again = agree(fund=FUND, beneficiary_no=NUMBER, benefit="AEEH", each_cents=30_00, told=form)
    second, told_again = agree(fund=FUND, beneficiary_no=NUMBER, benefit="AEEH", each_cents=30_00, told=form)
    assert (first.pk, again, told_again) == (second.pk, False, True)

    key = uuid4()
    withdraw(agreement_pk=first.pk, words="x", form_key=key, by="nathalie", on=MAY)
    renewed = agreed(20_00)
    assert withdraw(agreement_pk=renewed.pk, words="x", form_key=key, by="nathalie", on=MAY)[1]
    renewed.refresh_from_db()
    assert renewed.is_live
    assert LetterJob.objects.filter(kind="benefits.debt_withdrawn").count() == 1


@pytest.mark.parametrize(
    ("owed", "each", "sentence"),
    [(90_00, 4_99, "Au moins 5 €"), (90_00, 90_01, "plus que ce qui reste"), (0, 30_00, "rien à convenir")],
)
def test_what_cannot_be_agreed(owed: int, each: int, sentence: str) -> None:
    if owed:
        overpaid(owed)
    with pytest.raises(DebtRefused, match=sentence):
        agreed(each)
    assert not RepaymentAgreement.objects.exists()


def test_five_euros_are_enough_and_an_agreement_of_tomorrow_or_of_before_the_debt_is_none() -> None:
    overpaid(90_00)
    assert agreed(5_00).each_cents == 5_00
    with pytest.raises(DebtRefused, match="pas encore venue"):
        agree(fund=FUND, beneficiary_no=NUMBER, benefit="AEEH", each_cents=30_00, told=told(MAY, day=JUNE))
    with pytest.raises(DebtRefused, match="avant le 01/05/2026"):
        agree(fund=FUND, beneficiary_no=NUMBER, benefit="AEEH", each_cents=30_00, told=told(MAY, day=date(2026, 4, 30)))


@pytest.mark.parametrize(
    ("benefit", "each", "first", "times", "last", "last_cents"),
    [
        ("AEEH", 30_00, AUGUST, 4, NOVEMBER, 10_00), ("AEEH", 100_00, AUGUST, 1, AUGUST, 100_00),
        ("ARS", 50_00, AUGUST, 2, date(2027, 8, 1), 50_00),
    ],
)  # fmt: skip
def test_until_when(benefit: str, each: int, first: date, times: int, last: date, last_cents: int) -> None:
    overpaid(100_00, benefit=benefit)
    plan = schedule(fund=FUND, beneficiary_no=NUMBER, benefit=benefit, each_cents=each, on=MAY)

    assert (plan.first, plan.times, plan.last, plan.last_cents) == (first, times, last, last_cents)


def test_until_when_with_a_sum_that_may_still_be_contested_is_what_runs_then_take() -> None:
    overpaid(20_00)
    overpaid(40_00)
    overpaid(50_00, JULY)
    plan = schedule(fund=FUND, beneficiary_no=NUMBER, benefit="AEEH", each_cents=50_00, on=JULY)
    agreed(50_00, JULY)

    assert [taken(lived(month, WHOLE)) for month in (AUGUST, SEPTEMBER, OCTOBER, NOVEMBER)] == [50_00, 10_00, 50_00, 0]
    assert (plan.times, plan.last, plan.last_cents) == (3, OCTOBER, 50_00)


def test_the_letter_says_the_agreement_and_how_to_take_it_back() -> None:
    overpaid(90_00)
    agreed(30_00)

    text = last_letter()
    for words in ("90,00 €", "30,00 € par mois", "août 2026", "octobre 2026", "retirer cet accord quand vous voulez"):
        assert words in text, words


INSERT = """
INSERT INTO benefits_deduction (overpayment_id, agreement_id, run_id, period, amount_cents, withheld_on)
SELECT o.id, g.id, %s, %s, %s, %s FROM benefits_benefitoverpayment o, benefits_repaymentagreement g ORDER BY o.id, g.id DESC LIMIT 1
"""


def withheld(run: object, cents: int, on: date) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, (run.pk, on.replace(day=1), cents, on))  # type: ignore[attr-defined]


def test_the_database_refuses_what_was_not_agreed() -> None:
    overpaid(90_00)
    one, run = agreed(30_00), computed(AUGUST, WHOLE)
    other = computed(AUGUST, (*US, 426_87), benefit="ARS")

    for sentence, against, cents, on in (
        ("tant qu’elle se conteste", run, 30_00, date(2026, 7, 31)), ("jamais plus", run, 30_01, AUGUST),
        ("autre prestation", other, 30_00, AUGUST),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match=sentence):
            withheld(against, cents, on)
    withheld(run, 30_00, AUGUST)
    stop(one, AUGUST)
    with pytest.raises(DatabaseError, match="sans l’accord"):
        withheld(computed(SEPTEMBER, WHOLE), 30_00, SEPTEMBER)


@pytest.mark.parametrize(
    ("sentence", "sql"),
    [
        ("se retire une fois", "UPDATE benefits_repaymentagreement SET each_cents = 100000"),
        ("se retire une fois", "UPDATE benefits_repaymentagreement SET withdrawn_on = NULL, withdrawn_key = NULL, withdrawn_by = ''"),
        ("modifi|append|interdit|refus|change", "DELETE FROM benefits_repaymentagreement"),
        ("n’est pas le sien", "UPDATE benefits_benefitoverpayment SET agreement_id = (SELECT max(id) FROM benefits_repaymentagreement)"),
    ],
)  # fmt: skip
def test_the_database_keeps_what_was_agreed(sentence: str, sql: str) -> None:
    debt = overpaid(90_00)
    stop(agreed(30_00), MAY)
    debt.refresh_from_db()
    contest(overpayment_pk=debt.pk, told=told())

    with pytest.raises(DatabaseError, match=sentence), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
