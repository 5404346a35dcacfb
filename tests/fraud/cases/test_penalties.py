"""The procedure of a penalty by its operations: two people, a month to answer, an opinion, and silence in favour of the person."""

from datetime import date

import pytest

from fraud.cases import appeals, deciding, notifying, penalties
from fraud.cases.acting import ActRefused
from fraud.models import ControlCase, PenaltyMove
from portal.letters.models import LetterJob
from tests.fraud.cases.test_steps import refusal
from tests.fraud.cases.world import (
    APPEALED_ON,
    D3,
    DECIDED_ON,
    appealed,
    by,
    decided,
    people,
    proposal,
    proposed,
    qualified,
    received,
    to_decide,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def staff() -> None:
    people()


def test_proposed_by_one_signed_by_another_told_then_decided() -> None:
    penalty = decided()
    assert [move.to_state for move in PenaltyMove.objects.order_by("pk")] == ["PROPOSED", "NOTIFIED", "DECIDED"]
    assert (penalty.minimum_cents, penalty.maximum_cents, penalty.decided_cents) == (13_083, 3_140_000, 150_000)
    assert penalty.appeal_until == date(2026, 10, 3)
    assert ControlCase.objects.get().outcome == "PENALTY"
    assert LetterJob.objects.filter(kind__startswith="control.penalty").count() == 2


def test_no_penalty_without_the_panel_nor_on_good_faith() -> None:
    case = to_decide()
    begin = {"case_pk": case.pk, "reason": "x", "act": by("sylvie", D3)}
    assert refusal(deciding.begin_penalty, **begin) == "control.panel_missing"
    other = qualified("GOOD_FAITH", "cmg:employer:7")
    begin = {"case_pk": other.pk, "reason": "x", "act": by("sylvie", D3)}
    assert refusal(deciding.begin_penalty, **begin) == "control.not_qualified"


@pytest.mark.parametrize(
    ("outcome", "amount", "code"),
    [
        ("FRAUD", 10_000, "control.penalty_below_minimum"),
        ("FRAUD", 3_140_001, "control.penalty_above_maximum"),
        ("FAULT", 1_570_001, "control.penalty_above_maximum"),
    ],
)
def test_an_amount_out_of_the_scale_is_not_proposed(outcome: str, amount: int, code: str) -> None:
    case = qualified(outcome)
    deciding.begin_penalty(case_pk=case.pk, reason="x", act=by("sylvie", D3))
    asked = {"case_pk": case.pk, "proposed": proposal(amount), "act": by("sylvie", D3)}
    assert refusal(penalties.propose_penalty, **asked) == code


def test_who_proposes_does_not_sign_even_as_director() -> None:
    from portal.accounts.models import Posting, Role, User

    sylvie = User.objects.get(username="sylvie")
    Posting.objects.create(user=sylvie, role=Role.AUTHORISING_OFFICER, starts_on=date(2020, 1, 1))
    penalty = proposed()
    signing = {"penalty_pk": penalty.pk, "act": by("sylvie", D3)}
    assert refusal(penalties.sign_notification, **signing) == "control.signed_by_proposer"
    assert refusal(penalties.sign_notification, penalty_pk=penalty.pk, act=by("hakim", D3)) == "control.not_theirs"


@pytest.mark.parametrize(("day", "is_over"), [(date(2026, 8, 1), False), (date(2026, 8, 2), True)])
def test_one_month_to_answer_before_any_decision(day: date, is_over: bool) -> None:
    penalty = proposed()
    penalties.sign_notification(penalty_pk=penalty.pk, act=by("helene", D3))
    received(penalty, D3)
    asked = {"penalty_pk": penalty.pk, "amount_cents": 150_000, "reason": "x", "act": by("helene", day)}
    if is_over:
        penalties.decide_penalty(**asked)
    else:
        assert refusal(penalties.decide_penalty, **asked) == "control.penalty_month"


def test_more_than_what_was_told_is_never_decided() -> None:
    penalty = proposed()
    penalties.sign_notification(penalty_pk=penalty.pk, act=by("helene", D3))
    received(penalty, D3)
    asked = {"penalty_pk": penalty.pk, "reason": "x", "act": by("helene", DECIDED_ON)}
    assert refusal(penalties.decide_penalty, amount_cents=200_001, **asked) == "control.penalty_amount"
    assert refusal(penalties.decide_penalty, amount_cents=13_082, **asked) == "control.penalty_amount"


def test_no_decision_before_the_hearing_that_was_fixed() -> None:
    penalty = proposed()
    penalties.sign_notification(penalty_pk=penalty.pk, act=by("helene", D3))
    received(penalty, D3)
    penalties.note_hearing(penalty_pk=penalty.pk, heard_on=date(2026, 8, 10), act=by("sylvie", D3))
    asked = {"penalty_pk": penalty.pk, "amount_cents": 150_000, "reason": "x"}
    assert refusal(penalties.decide_penalty, act=by("helene", DECIDED_ON), **asked) == "control.penalty_hearing"
    penalties.decide_penalty(act=by("helene", date(2026, 8, 10)), **asked)


def test_a_warning_instead_of_money() -> None:
    penalty = proposed(amount=None)
    penalties.sign_notification(penalty_pk=penalty.pk, act=by("helene", D3))
    received(penalty, D3)
    penalty = penalties.warn(penalty_pk=penalty.pk, reason="Premier écart", act=by("helene", DECIDED_ON))
    assert (penalty.state, penalty.decided_cents) == ("WARNED", None)


def test_an_appeal_within_two_months() -> None:
    penalty = decided()
    late = {"penalty_pk": penalty.pk, "appealed_on": date(2026, 10, 4), "act": by("sylvie", date(2026, 10, 5))}
    assert refusal(appeals.note_appeal, **late) == "control.appeal_late"
    on_time = {"penalty_pk": penalty.pk, "appealed_on": date(2026, 10, 3), "act": by("sylvie", date(2026, 10, 5))}
    assert appeals.note_appeal(**on_time).opinion_until == date(2026, 11, 3)


def test_silence_of_the_director_a_month_and_a_day_after_the_opinion_abandons() -> None:
    """Worked example 7."""
    penalty = appealed()
    day = date(2026, 9, 10)
    assert appeals.give_opinion(
        penalty_pk=penalty.pk, sense="REDUCE", text="Première fois", act=by("gerard", day)
    ).director_until == (date(2026, 10, 10))
    early = {"penalty_pk": penalty.pk, "act": by(None, date(2026, 10, 10))}
    assert refusal(appeals.abandon_penalty, **early) == "control.director_in_time"
    late = {"penalty_pk": penalty.pk, "amount_cents": 100_000, "reason": "x", "act": by("helene", date(2026, 10, 11))}
    assert refusal(appeals.decide_after_opinion, **late) == "control.director_late"
    assert appeals.abandon_penalty(penalty_pk=penalty.pk, act=by(None, date(2026, 10, 11))).state == "ABANDONED"
    assert ControlCase.objects.get().outcome == "OVERPAYMENT"
    assert LetterJob.objects.filter(kind="control.penalty_ended").count() == 1


def test_the_opinion_is_deemed_given_the_day_after_its_delay_and_the_month_runs_from_its_end() -> None:
    penalty = appealed()
    early = {"penalty_pk": penalty.pk, "act": by(None, date(2026, 10, 1))}
    assert refusal(appeals.deem_opinion_given, **early) == "control.opinion_wrong"
    penalty = appeals.deem_opinion_given(penalty_pk=penalty.pk, act=by(None, date(2026, 10, 2)))
    assert (penalty.opinion_on, penalty.director_until) == (date(2026, 10, 1), date(2026, 11, 1))


def test_an_appeal_never_makes_it_worse_and_a_penalty_may_be_taken_back() -> None:
    penalty = appealed()
    appeals.ask_more(penalty_pk=penalty.pk, act=by("gerard", APPEALED_ON))
    assert refusal(appeals.ask_more, penalty_pk=penalty.pk, act=by("gerard", APPEALED_ON)) == "control.opinion_wrong"
    appeals.give_opinion(penalty_pk=penalty.pk, sense="CANCEL", text="Doute", act=by("gerard", APPEALED_ON))
    asked = {"penalty_pk": penalty.pk, "reason": "Doute", "act": by("helene", APPEALED_ON)}
    assert refusal(appeals.decide_after_opinion, amount_cents=150_001, **asked) == "control.penalty_amount"
    assert appeals.decide_after_opinion(amount_cents=None, **asked).state == "CANCELLED"
    assert ControlCase.objects.get().outcome == "OVERPAYMENT"


def test_annulled_on_the_merits_the_penalty_falls_and_another_is_refused() -> None:
    penalty = decided()
    case = penalty.case
    deciding.annul_decision(case_pk=case.pk, reason="Tribunal", act=by("helene", APPEALED_ON))
    penalty.refresh_from_db()
    assert (penalty.state, ControlCase.objects.get().annulled_on) == ("ANNULLED", APPEALED_ON)
    asked = {"case_pk": case.pk, "proposed": proposal(), "act": by("sylvie", APPEALED_ON)}
    assert refusal(penalties.propose_penalty, **asked) == "control.penalty_annulled"


def test_a_case_closes_only_when_its_penalty_is_over() -> None:
    penalty = decided()
    case_pk = penalty.case_id
    notifying.send_overpayment_notice(case_pk=case_pk, act=by("sylvie", DECIDED_ON))
    closing = {"case_pk": case_pk, "reason": "x"}
    assert refusal(deciding.close_case, act=by("sylvie", DECIDED_ON), **closing) == "control.penalty_pending"
    with pytest.raises(ActRefused, match="court encore"):
        appeals.make_final(penalty_pk=penalty.pk, act=by(None, date(2026, 10, 3)))
    appeals.make_final(penalty_pk=penalty.pk, act=by(None, date(2026, 10, 4)))
    deciding.close_case(act=by("sylvie", date(2026, 10, 5)), **closing)
    assert ControlCase.objects.get().outcome == "PENALTY"


def test_a_court_keeps_or_annuls() -> None:
    penalty = decided()
    appeals.go_to_court(penalty_pk=penalty.pk, reason="", act=by("sylvie", APPEALED_ON))
    penalty = appeals.note_judgment(
        penalty_pk=penalty.pk, is_kept=False, reason="Annulée", act=by("sylvie", APPEALED_ON)
    )
    assert penalty.state == "ANNULLED"
