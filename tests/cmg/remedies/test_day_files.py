"""The bank files of a day: what moves outside any run leaves once, the same bytes however often it is written."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from cmg.demo import scenario
from cmg.models import Advance
from cmg.operations import issue_run
from cmg.remedies import advances
from cmg.remedies.daily import issue_remedies
from portal.banking import issue
from portal.banking.models import BankFile, PaymentOrder
from portal.batches.models import Run
from tests.cmg.remedies.families import DAY, closed, issued, moved_away, received
from tests.cmg.remedies.test_advances import propose

pytestmark = pytest.mark.django_db


@pytest.fixture
def granted(tmp_path: Path) -> Advance:
    received(tmp_path, moved_away)
    closed()
    return advances.grant_advance(advance_pk=propose().pk, by="nathalie", on=DAY)


def test_an_advance_leaves_in_the_file_of_the_day_once(granted: Advance, tmp_path: Path) -> None:
    (path,) = issue_remedies(tmp_path, on=DAY)

    order, file = PaymentOrder.objects.get(), BankFile.objects.get()
    assert path.name == file.name == "CMG-J20261026-V001.xml"
    assert (order.state, order.bank_file_id, file.run_id) == ("SENT", file.pk, None)
    assert (file.count, file.total_cents) == (1, granted.amount_cents)
    assert "428.70" in path.read_text()
    assert f"CMG-ADV-{granted.pk}" in path.read_text()
    assert issue_remedies(tmp_path, on=DAY) == []
    assert BankFile.objects.count() == 1


def test_a_lost_file_is_rewritten_byte_for_byte(granted: Advance, tmp_path: Path) -> None:
    (path,) = issue_remedies(tmp_path, on=DAY)
    before = path.read_bytes()
    path.unlink()

    call_command("issue_remedies", "--out", str(tmp_path), "--on", "2026-10-26", "--again")

    assert path.read_bytes() == before


def test_killed_in_the_middle_the_second_call_writes_the_same_orders(
    granted: Advance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(issue, "validate", killed)
        with pytest.raises(KeyboardInterrupt):
            issue_remedies(tmp_path, on=DAY)
    file = BankFile.objects.get()
    assert (file.sha256, PaymentOrder.objects.get().state) == ("", "PREPARED")
    assert scenario.unsent_files() == [], "the bank is not given a file that is being written"

    (path,) = issue_remedies(tmp_path, on=date(2026, 10, 27))

    assert path.name == "CMG-J20261026-V001.xml", "the file fixed on the day it was begun"
    assert PaymentOrder.objects.get().state == "SENT"
    assert [one.name for one in scenario.unsent_files()] == [path.name]


def test_the_orders_of_a_run_are_not_of_the_day(tmp_path: Path) -> None:
    received(tmp_path)
    issued(tmp_path / "out")
    PaymentOrder.objects.update(state="PREPARED", bank_file=None)

    assert issue_remedies(tmp_path, on=DAY) == []
    assert scenario.unsent_files() == [], "a run's order that waits for its file holds up the bank"


def test_an_order_that_waits_for_the_file_of_the_day_holds_up_no_other(granted: Advance, tmp_path: Path) -> None:
    issue_remedies(tmp_path, on=DAY)
    PaymentOrder.objects.create(
        id=999_999, kind="CREDIT", purpose="CMG_AID", subject="cmg:employer:E1", end_to_end_id="CMG-AID-1", name="x",
        iban_key=PaymentOrder.objects.get().iban_key, amount_cents=1, due_on=DAY, remittance="x",
    )  # fmt: skip

    assert len(scenario.unsent_files()) == 1


@pytest.mark.parametrize(
    ("case", "kind", "due_on", "day", "asked"),
    [
        ("the day itself may still be asked for a transfer", "CREDIT", "2026-10-27", "2026-10-27", "2026-10-27"),
        ("a day still to come is kept", "CREDIT", "2026-10-28", "2026-10-27", "2026-10-28"),
        ("a past day becomes today", "CREDIT", "2026-10-26", "2026-10-27", "2026-10-27"),
        ("written on a Saturday", "CREDIT", "2026-10-27", "2026-10-31", "2026-11-02"),
        ("written on Armistice Day", "CREDIT", "2026-10-27", "2026-11-11", "2026-11-12"),
        ("written on Good Friday, when no bank moves money", "CREDIT", "2026-10-27", "2027-03-26", "2027-03-30"),
        ("a debit needs a day before", "DEBIT", "2026-10-27", "2026-10-27", "2026-10-28"),
        ("a debit of tomorrow is kept", "DEBIT", "2026-10-28", "2026-10-27", "2026-10-28"),
        ("a debit written before a long week-end", "DEBIT", "2026-10-27", "2026-12-24", "2026-12-28"),
    ],
)
def test_a_file_asks_for_no_day_that_has_passed(
    granted: Advance, tmp_path: Path, case: str, kind: str, due_on: str, day: str, asked: str
) -> None:
    order = PaymentOrder.objects.values().get()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    debit = {"mandate_ref": "M1", "mandate_signed_on": DAY} if kind == "DEBIT" else {}
    PaymentOrder.objects.filter(pk=order["id"]).update(kind=kind, due_on=due_on, **debit)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")

    (path,) = issue_remedies(tmp_path, on=date.fromisoformat(day))

    assert f">{asked}<" in path.read_text(), case
    assert PaymentOrder.objects.get().due_on == date.fromisoformat(asked), case


def test_the_database_puts_off_what_waits_and_nothing_else(granted: Advance, tmp_path: Path) -> None:
    order = PaymentOrder.objects.get()
    PaymentOrder.objects.update(due_on=order.due_on + timedelta(days=1))
    for change in ({"due_on": order.due_on}, {"amount_cents": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PaymentOrder.objects.update(**change)
    issue_remedies(tmp_path, on=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentOrder.objects.update(due_on=order.due_on + timedelta(days=9))


def test_what_was_sent_keeps_its_day_however_late_it_is_rewritten(granted: Advance, tmp_path: Path) -> None:
    (path,) = issue_remedies(tmp_path, on=DAY)
    before = path.read_bytes()

    call_command("issue_remedies", "--out", str(tmp_path), "--on", "2026-10-26", "--again")
    issue_remedies(tmp_path, on=date(2026, 11, 20))

    assert path.read_bytes() == before
    assert PaymentOrder.objects.get().due_on == date(2026, 10, 27)


def test_a_run_killed_before_its_files_asks_for_no_past_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    received(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("cmg.operations.write_bank_files", killed)
        with pytest.raises(KeyboardInterrupt):
            issued(tmp_path / "out")
    run = Run.objects.get()
    assert PaymentOrder.objects.get().due_on == date(2026, 10, 28)

    issue_run(run_pk=run.pk, out=tmp_path / "out", on=date(2026, 10, 31), by="test")

    assert PaymentOrder.objects.get().due_on == date(2026, 11, 2)
    (path,) = (tmp_path / "out").glob("*.xml")
    before = path.read_bytes()
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=date(2026, 11, 20), by="test")
    assert path.read_bytes() == before
