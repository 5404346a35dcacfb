"""Twelve whole months, then a small sum is given up: the day before and the day, what is left alone, the family's letter."""

from datetime import date
from uuid import uuid4

import pytest

from portal.accounts.permissions import moment_on
from portal.audit.models import JournalEntry
from portal.benefits.models import DeferredSum, SumState
from portal.benefits.small.deciding import decide_policy
from portal.benefits.small.ending import GivenUp, give_up_old
from portal.benefits.small.proof import check_small_sums
from portal.benefits.small.tasks import give_up
from portal.ledger.models import Account
from portal.ledger.operations import balance
from portal.legislation.parameters import NoParameterInForce
from portal.letters.models import Letter
from portal.letters.operations import write_letters
from portal.people.vault import decrypt
from tests.portal.benefits.small.world import FUND, NUMBER, computed, issue, lived, states

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2025, 10, 1), date(2025, 11, 1)
US, SUBJECT = (FUND, NUMBER), f"family:{FUND}/{NUMBER}"
LAST_DAY, DAY = date(2026, 10, 31), date(2026, 11, 1)


def test_the_day_before_nothing_and_the_day_itself_once() -> None:
    lived(OCTOBER, (*US, 12_00))
    lived(NOVEMBER, (*US, 5_00))

    assert give_up_old(on=LAST_DAY) == GivenUp(0, 0)
    assert give_up_old(on=DAY) == GivenUp(1, 12_00)
    assert give_up_old(on=DAY) == GivenUp(0, 0)

    assert states() == [(12_00, "WAIVED"), (5_00, "WAITING")]
    assert DeferredSum.objects.get(state=SumState.WAIVED).ended_on == DAY
    assert balance(Account.BENEFIT_DEFERRED, subject=SUBJECT) == -5_00
    assert balance(Account.WRITTEN_OFF, subject=SUBJECT) == -12_00
    assert check_small_sums() == []
    entry = JournalEntry.objects.get(action="benefits.small.waived")
    assert entry.detail == {"sums": [DeferredSum.objects.order_by("pk").first().pk], "cents": 12_00}  # type: ignore[union-attr]


def test_before_the_threshold_of_a_year_is_published_nothing_is_given_up() -> None:
    lived(date(2025, 9, 1), (*US, 12_00))

    with pytest.raises(NoParameterInForce):
        give_up_old(on=date(2027, 1, 1))
    assert states() == [(12_00, "WAITING")]


def test_the_family_is_told_the_sum_since_when_and_the_article() -> None:
    lived(date(2025, 9, 1), (*US, 7_00))
    lived(OCTOBER, (*US, 5_00))
    give_up(day=DAY.isoformat())

    assert write_letters() == 1
    letter = Letter.objects.get(subject=SUBJECT)
    text = " ".join(decrypt(letter.text).decode().replace("\u00a0", " ").split())
    assert letter.title == "Une petite somme ne vous sera pas versée"
    for told in (
        "12,00 €",
        "depuis septembre 2025",
        "28,00 €",
        "12 mois",
        "octobre 2025 : 5,00 €",
        "L. 133-3",
        "R. 142-1",
    ):
        assert told in text, told


def test_what_a_computed_run_counts_on_is_left_to_it() -> None:
    lived(OCTOBER, (*US, 12_00))
    run = computed(date(2026, 9, 1), (*US, 20_00))

    assert give_up_old(on=DAY) == GivenUp(0, 0)
    issue(run)
    assert states() == [(12_00, "PAID")]


def test_a_fund_that_now_pays_gives_up_nothing_and_another_does() -> None:
    lived(OCTOBER, (*US, 12_00), ("CAF59", NUMBER, 12_00))
    decide_policy(
        fund=FUND, policy="PAY", from_day=DAY, reason="décidé en conseil", form_key=uuid4(), by="helene",
        at=moment_on(DAY), on=DAY,
    )  # fmt: skip

    assert give_up_old(on=DAY) == GivenUp(1, 12_00)
    assert DeferredSum.objects.get(fund=FUND).state == SumState.WAITING


def test_sums_that_reach_the_threshold_together_are_owed_and_never_given_up() -> None:
    first, second = computed(OCTOBER, (*US, 20_00)), computed(NOVEMBER, (*US, 20_00))
    issue(first)
    issue(second)

    assert give_up_old(on=date(2026, 12, 1)) == GivenUp(0, 0)
    lived(date(2026, 9, 1), (*US, 1))
    assert [state for _cents, state in states()] == ["PAID", "PAID"]


def test_many_are_done_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.benefits.small.ending.AT_ONCE", 2)
    lived(OCTOBER, *((FUND, f"0{number}", 1_00) for number in range(5)))

    assert give_up_old(on=DAY) == GivenUp(5, 5_00)
    assert JournalEntry.objects.filter(action="benefits.small.waived").count() == 3
