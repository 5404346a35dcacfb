"""The bank files of a day: what moves outside any run leaves once, the same bytes however often it is written."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from cmg.demo import scenario
from cmg.models import Advance
from cmg.remedies import advances
from cmg.remedies.daily import issue_remedies
from portal.banking import issue
from portal.banking.models import BankFile, PaymentOrder
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
