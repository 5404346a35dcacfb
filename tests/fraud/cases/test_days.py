"""The mornings of the cases: each thing once, whatever is killed, and a case that forgets keeps its figures."""

from datetime import date, timedelta

import pytest

from fraud.cases import appeals, deciding, living, notifying
from fraud.cases.forgetting import kept_until
from fraud.models import CaseRecovery, ControlCase, ControlDay, Penalty
from portal.letters.models import LetterJob
from tests.fraud.cases.test_database import everything
from tests.fraud.cases.world import D3, appealed, by, decided, people, to_decide

pytestmark = pytest.mark.django_db
# The board's month ends on 1 October, the director's on 1 November.
DEEMED, ABANDONED = date(2026, 10, 2), date(2026, 11, 2)


@pytest.fixture(autouse=True)
def staff() -> None:
    people()


def state() -> str:
    return Penalty.objects.get().state


def test_an_opinion_is_deemed_given_then_the_silence_abandons_each_on_its_morning() -> None:
    appealed()
    living.live_day(day=DEEMED - timedelta(days=1))
    assert state() == "APPEALED"
    living.live_day(day=DEEMED)
    assert state() == "OPINION_GIVEN"
    living.live_day(day=ABANDONED - timedelta(days=1))
    assert state() == "OPINION_GIVEN"
    living.live_day(day=ABANDONED)
    assert state() == "ABANDONED"
    assert LetterJob.objects.filter(kind="control.penalty_ended").count() == 1


def test_days_missed_are_lived_in_order_and_none_twice() -> None:
    appealed()
    living.live_days(until=DEEMED - timedelta(days=1))
    assert len(living.live_days(until=ABANDONED)) == 32
    assert living.live_days(until=ABANDONED) == []
    assert state() == "ABANDONED"
    assert ControlDay.objects.count() == 33


class Killed(Exception):
    """The process ends there."""


@pytest.mark.parametrize("where", ["read_recoveries", "forget_due", "_end"])
def test_killed_anywhere_and_begun_again_nothing_is_doubled(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    penalty = appealed()
    appeals.deem_opinion_given(penalty_pk=penalty.pk, act=by(None, DEEMED))

    def die(*_asked: object, **_named: object) -> int:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(living, where, die)
        with pytest.raises(Killed):
            living.live_day(day=ABANDONED)
    assert not ControlDay.objects.exists()
    living.live_day(day=ABANDONED)
    assert (state(), ControlDay.objects.get().day) == ("ABANDONED", ABANDONED)
    assert LetterJob.objects.filter(kind="control.penalty_ended").count() == 1


def test_killed_inside_a_step_nothing_of_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    penalty = appealed()
    appeals.deem_opinion_given(penalty_pk=penalty.pk, act=by(None, DEEMED))

    def die(*_asked: object, **_named: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(appeals, "send_paper", die)
        with pytest.raises(Killed):
            living.live_day(day=ABANDONED)
    assert state() == "OPINION_GIVEN"
    living.live_day(day=ABANDONED)
    assert state() == "ABANDONED"


def test_a_decision_that_nobody_appeals_becomes_final() -> None:
    decided()
    living.live_day(day=date(2026, 10, 3))
    assert state() == "DECIDED"
    living.live_day(day=date(2026, 10, 4))
    assert state() == "FINAL"


def closed_without_anomaly() -> ControlCase:
    case = to_decide()
    deciding.decide_no_action(case_pk=case.pk, reason="Mme Roy a tout expliqué", act=by("sylvie", D3))
    deciding.close_case(case_pk=case.pk, reason="Clos", act=by("sylvie", D3))
    return ControlCase.objects.get(pk=case.pk)


def test_without_anomaly_a_case_forgets_after_six_months_and_keeps_its_figures() -> None:
    case = closed_without_anomaly()
    living.live_day(day=date(2026, 12, 31))
    assert ControlCase.objects.get().subject == case.subject
    living.live_day(day=date(2027, 1, 1))
    left = ControlCase.objects.get()
    assert (left.subject, left.title, left.anonymised_on) == (
        f"control:forgotten:{case.pk}", "Dossier anonymisé", date(2027, 1, 1),
    )  # fmt: skip
    assert (left.number, left.outcome, left.opened_on, left.decided_on, left.owed_by_cents) == (
        case.number, "NO_ACTION", case.opened_on, D3, 0,
    )  # fmt: skip
    assert not left.moves.exclude(reason="").exists()
    assert not left.findings.exclude(fact="effacé").exists()


def test_a_case_of_fraud_forgets_every_word_but_only_five_years_after() -> None:
    case = everything()
    notifying.send_overpayment_notice(case_pk=case.pk, act=by("sylvie", D3))
    living.live_day(day=date(2026, 10, 4))
    deciding.close_case(case_pk=case.pk, reason="Clos", act=by("sylvie", date(2026, 10, 5)))
    case = ControlCase.objects.get(pk=case.pk)
    assert kept_until(case) == date(2031, 10, 5)
    living.live_day(day=date(2031, 10, 4))
    assert ControlCase.objects.get().anonymised_on is None
    living.live_day(day=date(2031, 10, 5))
    assert ControlCase.objects.get().anonymised_on == date(2031, 10, 5)
    assert not any(bytes(reply.text) for reply in case.replies.all())


def test_a_later_recovery_keeps_the_case_longer() -> None:
    case = closed_without_anomaly()
    CaseRecovery.objects.create(case=case, received_on=date(2026, 9, 1), cents=100, reference="x")
    assert kept_until(case) == date(2027, 3, 1)
