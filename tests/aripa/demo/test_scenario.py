"""The pensions of the demonstration: the named people's stories, to the cent and to the day; the rest lives around them."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from aripa import selectors
from aripa.bank.proof import check_bank_moves
from aripa.casefile import CaseFile, read_case
from aripa.demo import scenario
from aripa.demo.stories import BESSON, FAURE, PERRIN, RENARD
from aripa.models import BankMove, Case, Event, Movement, Notice, Referent
from aripa.operations import run_days
from cmg.demo.people import create_colleagues, create_people
from portal.accounts.models import User
from portal.banking.models import PaymentOrder
from portal.ledger.models import Account
from portal.ledger.operations import balance
from portal.ledger.proof import check_ledger

DAY = date(2026, 10, 26)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """The scenario is loaded once for all these tests, and undone after the last; each undoes what it changed itself."""
    folder = tmp_path_factory.mktemp("demo")
    wanted = {"PENSIONS_SINCE": date(2026, 10, 12), "PORTAL_BANK_FOLDER": str(folder / "out")}
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(**wanted), pytest.MonkeyPatch.context() as patch:
            patch.setattr(scenario, "CASES", 30)
            create_people()
            create_colleagues()
            scenario.load(folder, DAY, lambda _text: None)
        yield wanted | {"folder": folder}
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded: dict[str, Any], monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[[str], CaseFile]:
    settings.PENSIONS_SINCE, settings.PORTAL_BANK_FOLDER = loaded["PENSIONS_SINCE"], loaded["PORTAL_BANK_FOLDER"]
    monkeypatch.setattr(scenario, "CASES", 30)
    return lambda case_no: read_case(Case.objects.get(pk=case_no), day=DAY, today=DAY)


def moves(case_no: str, since: date) -> list[tuple[str, str, int]]:
    rows = Movement.objects.filter(case_id=case_no, day__gte=since).order_by("number")
    return [(f"{one.day:%d/%m}", one.kind, one.amount_cents) for one in rows]


def test_a_returned_debit_already_paid_out(demo: Callable[[str], CaseFile]) -> None:
    file = demo(FAURE.case_no)

    assert moves(FAURE.case_no, date(2026, 10, 1)) == [
        ("12/10", "DEBIT", 25000), ("13/10", "PAYOUT", 25000), ("15/10", "OVERPAYMENT", 25000),
        ("15/10", "DEBIT_RETURN", 25000),
    ]  # fmt: skip
    letters = Notice.objects.filter(case_id=FAURE.case_no, day__gte=date(2026, 10, 1)).values_list(
        "code", "day", "received_on"
    )
    assert list(letters.order_by("number")) == [
        ("L16", date(2026, 10, 15), None), ("L08", date(2026, 10, 16), date(2026, 10, 20)),
    ]  # fmt: skip
    assert (file.next.by, file.next.article) == (date(2026, 11, 4), "CSS R. 582-8, I")
    october = next(one for one in file.calendar(2026) if one.month == date(2026, 10, 1))
    assert (october.due, october.received, october.paid_out, october.lacking) == (25000, 0, 25000, 25000)
    assert october.returned == "AM04 provision insuffisante"
    assert file.state.overpaid == 25000
    assert file.asf_coming == (date(2026, 11, 1), date(2026, 12, 7))


def test_the_return_comes_from_the_bank_and_every_order_was_answered(demo: Callable[[str], CaseFile]) -> None:
    told = Event.objects.get(case_no=FAURE.case_no, kind="DEBIT_RETURNED")
    assert (told.day, told.reason, told.file.origin) == (date(2026, 10, 15), "AM04", "BANK")
    orders = PaymentOrder.objects.filter(purpose__startswith="ARIPA_")
    assert set(orders.values_list("state", flat=True)) == {"BOOKED", "RETURNED"}
    assert balance(Account.SUPPORT_PAYOUTS) == -sum(
        BankMove.objects.exclude(waits="").values_list("amount_cents", flat=True)
    )
    assert check_bank_moves() == []


def test_400_euros_after_three_months_in_default_in_a_protected_case(demo: Callable[[str], CaseFile]) -> None:
    file = demo(BESSON.case_no)

    assert file.asf_coming is None, "October is whole: November alone would not open a right"
    assert moves(BESSON.case_no, date(2026, 9, 1)) == [
        ("07/09", "ASF", 20078), ("05/10", "ASF", 20078), ("20/10", "RECEIPT", 40000), ("20/10", "ASF_REFUND", 15000),
        ("21/10", "PAYOUT", 25000),
    ]  # fmt: skip
    assert file.is_protected
    states = {one.month.month: one.state[0] for one in file.calendar(2026)}
    assert [states[month] for month in (6, 7, 8, 9, 10)] == [
        "payé", "en recouvrement forcé", "en recouvrement forcé", "en recouvrement forcé", "recouvré",
    ]  # fmt: skip


def test_awa_has_two_notices_to_send_by_friday_30_and_is_in_charge(demo: Callable[[str], CaseFile]) -> None:
    awa = User.objects.get(username="awa")
    listed = selectors.listed(awa, DAY, DAY, "notify", {}).order_by("due", "case_no")

    assert [(one.pk, one.due) for one in listed if one.pk in (RENARD.case_no, PERRIN.case_no)] == [
        (RENARD.case_no, date(2026, 10, 30)), (PERRIN.case_no, date(2026, 10, 30)),
    ]  # fmt: skip
    assert Referent.objects.filter(user=awa).count() == 7
    counts = selectors.counts(awa, DAY, DAY)
    assert min(counts[name] for name in ("notify", "consents", "ends", "worries", "overpaid")) >= 1
    assert [one.by.username for one in selectors.disclosures_to_tell(awa)] == ["mehdi"]
    assert check_ledger() == []


def test_loading_again_changes_nothing_and_the_next_day_has_something_to_live(
    demo: Callable[[str], CaseFile], loaded: dict[str, Any]
) -> None:
    before = Movement.objects.count()
    scenario.load(loaded["folder"], DAY, pytest.fail)
    assert Movement.objects.count() == before

    run_days(until=date(2026, 10, 27))

    sent = Notice.objects.filter(day=date(2026, 10, 27), code="L08").values_list("case_id", flat=True)
    assert {RENARD.case_no, PERRIN.case_no} <= set(sent)
