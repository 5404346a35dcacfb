"""The demonstration: done again without harm, taken up where it was left, and a failure never told as a success."""

import fcntl
import signal
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cmg.demo import scenario
from cmg.management.commands.run_demo import Command, what_is_wrong
from portal.banking.models import BankMessage, OpenItem, OrderState, PaymentOrder
from portal.batches.models import Run, RunState
from portal.batches.operations import sign
from portal.embedded.attach import locked
from portal.ledger.models import Entry

pytestmark = pytest.mark.django_db
CLOSED = "les totaux de contrôle concordent, le grand livre est prouvé"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings) -> Iterator[Path]:  # type: ignore[no-untyped-def]
    """A demonstration of its own, with a small region; the handlers of the signals are put back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    settings.PORTAL_DEMO, settings.PENSIONS_SINCE = True, date(2026, 10, 12)
    monkeypatch.setenv("PORTAL_HOME", str(tmp_path))
    monkeypatch.setattr(scenario, "FAMILIES", 150)
    monkeypatch.setattr("aripa.demo.scenario.CASES", 12)
    monkeypatch.setattr("monenfant.demo.scenario.STRUCTURE_COUNT", 12)
    monkeypatch.setattr("monenfant.demo.scenario.CHILDMINDER_COUNT", 120)
    yield tmp_path
    for number, handler in kept.items():
        signal.signal(number, handler)


def run_once() -> str:
    out = StringIO()
    call_command("run_demo", "--once", stdout=out)
    return out.getvalue()


def test_what_was_signed_is_kept_the_second_time_opens_no_empty_run_and_what_is_wrong_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario.load(home / "demo", print)
    # Before the month is closed, as the demonstration does: the story of a lead brings a family with its declaration.
    Command(stdout=StringIO())._load_others(home)
    run = scenario.close(print)
    sign(run_pk=run.pk, username="helene", on=scenario.DAY)
    signed_at = run.signatures.get().signed_at

    first = run_once()
    booked = Entry.objects.count(), PaymentOrder.objects.count(), BankMessage.objects.count()
    second = run_once()

    assert CLOSED in first
    assert CLOSED in second
    assert [(one.ordinal, one.state) for one in Run.objects.filter(kind=scenario.KIND, month=scenario.MONTH)] == [
        (1, RunState.ISSUED)
    ]
    assert run.signatures.count() == 2
    assert run.signatures.get(user__username="helene").signed_at == signed_at
    assert (Entry.objects.count(), PaymentOrder.objects.count(), BankMessage.objects.count()) == booked
    run.refresh_from_db()
    a_cent_nowhere_a_ledger_unproved_or_a_month_left_open_is_a_failure(run, monkeypatch)


def a_cent_nowhere_a_ledger_unproved_or_a_month_left_open_is_a_failure(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert what_is_wrong(run) == []

    with monkeypatch.context() as patch:
        patch.setattr("cmg.management.commands.run_demo.check_ledger", lambda: ["L’écriture 1 ne s’équilibre pas."])
        assert what_is_wrong(run) == ["L’écriture 1 ne s’équilibre pas."]
    run.state = RunState.TO_SIGN
    assert what_is_wrong(run) == [f"Le mois n’est pas clos : l’arrêté {run.pk} est « À signer »."]
    run.state = RunState.ISSUED
    run.totals["sums"]["debit_cents"] += 1
    with connection.cursor() as cursor:
        # The database lets nobody change an issued run; its trigger is put aside to spoil this one.
        cursor.execute("SET LOCAL session_replication_role = replica")
        run.save()
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(CommandError, match="ne concordent pas : −0,01") as failed:
        run_once()
    assert failed.value.returncode == 1


def test_a_bank_day_that_was_interrupted_is_done_again_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = scenario.import_messages

    def interrupted(paths: list[Path], **options: object) -> list[object]:
        whole(paths[:3], **options)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(scenario, "import_messages", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_once()
    assert set(PaymentOrder.objects.filter(run__month=scenario.MONTH).values_list("state", flat=True)) == {
        OrderState.SENT
    }

    monkeypatch.setattr(scenario, "import_messages", whole)
    assert CLOSED in run_once()
    assert OpenItem.objects.filter(order__run__month=scenario.MONTH).count() == 2
    assert not PaymentOrder.objects.filter(state=OrderState.SENT).exists()


def test_the_same_instance_is_not_started_twice_and_says_where_it_is(home: Path) -> None:
    (home / "demo.lock").write_text(" : http://127.0.0.1:8000/")
    with (
        locked(home / "demo.lock", fcntl.LOCK_EX),
        pytest.raises(CommandError, match="tourne déjà : http://127.0.0.1:8000/") as refused,
    ):
        run_once()
    assert refused.value.returncode == 2


def test_told_to_end_it_does_not_end_as_if_it_had_succeeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenario, "load", lambda *_: signal.raise_signal(signal.SIGTERM))
    with pytest.raises(SystemExit) as ended:
        run_once()
    assert ended.value.code == 128 + signal.SIGTERM


def test_a_database_of_ones_own_without_its_broker_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BROKER_URL")
    with pytest.raises(CommandError, match="BROKER_URL") as refused:
        run_once()
    assert refused.value.returncode == 2
