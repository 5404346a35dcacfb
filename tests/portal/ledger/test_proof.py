"""check_ledger finds whatever is done behind the triggers, and says nothing of a sound ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from portal.audit.operations import journal
from portal.ledger.models import Account, Entry
from portal.ledger.operations import post
from portal.ledger.proof import check_ledger

DAY = date(2026, 10, 26)
OFF = "SET session_replication_role = replica"
ON = "SET session_replication_role = origin"


@contextmanager
def triggers_off() -> Iterator[None]:
    """What only the owner of the database can do."""
    with connection.cursor() as cursor:
        cursor.execute(OFF)
        try:
            yield
        finally:
            cursor.execute(ON)


@pytest.fixture
def _booked(db: None) -> None:
    for number, key in enumerate(("first", "second"), start=1):
        post(key=key, subject="s", dated=DAY, label="l",
             legs={Account.BANK: number * 100, Account.FAMILY_DEBIT: -number * 100})  # fmt: skip


FIRST = "(SELECT id FROM ledger_entry WHERE key = 'first')"


@pytest.mark.django_db
@pytest.mark.usefixtures("_booked")
@pytest.mark.parametrize(("case", "change", "said"), [
    ("one leg changed", f"UPDATE ledger_leg SET amount_cents = 101 WHERE account = 9 AND entry_id = {FIRST}",
     "l’écriture first ne balance pas"),
    ("both legs changed", f"UPDATE ledger_leg SET amount_cents = amount_cents * 2 WHERE entry_id = {FIRST}",
     "l’écriture first ne balance pas"),
    ("a leg removed", f"DELETE FROM ledger_leg WHERE account = 9 AND entry_id = {FIRST}", "l’écriture first"),
    ("an entry gone, not its legs", "DELETE FROM ledger_entry WHERE key = 'first'", "des lignes sans écriture"),
    ("an entry gone with its legs", f"DELETE FROM ledger_leg WHERE entry_id = {FIRST}; "
     "DELETE FROM ledger_entry WHERE key = 'first'", "1 écritures et 2 lignes, pour 2 et 4 postées"),
    ("a leg moved to another account", f"UPDATE ledger_leg SET account = 12 WHERE account = 9 AND entry_id = {FIRST}",
     "2 écritures et 4 lignes, pour 2 et 4 postées, dont certaines ont changé"),
    ("two amounts exchanged", "UPDATE ledger_leg SET amount_cents = 300 * sign(amount_cents) - amount_cents; "
     "UPDATE ledger_entry SET turnover_cents = 300 - turnover_cents", "dont certaines ont changé"),
    ("an entry given to another family", "UPDATE ledger_entry SET subject = 't' WHERE key = 'first'",
     "dont certaines ont changé"),
    ("an entry dated otherwise", "UPDATE ledger_entry SET dated = '2026-10-27' WHERE key = 'first'",
     "dont certaines ont changé"),
    ("a control total altered", "UPDATE ledger_control SET entries = entries + 1", "écritures et 4 lignes, pour"),
    ("a control total gone", "DELETE FROM ledger_control WHERE id = (SELECT min(id) FROM ledger_control)",
     "2 écritures et 4 lignes, pour 1 et 2 postées"),
    ("an entry made behind the triggers", "INSERT INTO ledger_entry SELECT -1, 'x', subject, dated, label, legs_count, "
     "turnover_cents, created_at, corrects_id, run_id FROM ledger_entry WHERE key = 'first'", "x ne balance pas"),
])  # fmt: skip
def test_what_is_altered_behind_the_triggers_is_found(case: str, change: str, said: str) -> None:
    assert check_ledger() == []
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(change)

    found = check_ledger()

    assert any(said in sentence for sentence in found), (case, found)


@pytest.mark.django_db
@pytest.mark.usefixtures("_booked")
@pytest.mark.parametrize(("change", "said"), [
    ("ALTER TABLE ledger_leg DISABLE TRIGGER balance", "balance de ledger_leg"),
    ("ALTER TABLE ledger_entry DISABLE TRIGGER USER", "protect de ledger_entry"),
    ("ALTER TABLE ledger_entry ENABLE REPLICA TRIGGER protect_all", "protect_all de ledger_entry"),
    ("DROP TRIGGER protect ON ledger_leg", "protect de ledger_leg"),
])  # fmt: skip
def test_a_trigger_put_aside_is_named(change: str, said: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(change)

    assert f"le déclencheur {said} est absent ou désactivé" in check_ledger()


@pytest.mark.django_db
@pytest.mark.usefixtures("_booked")
@pytest.mark.parametrize(("function", "accepted"), [
    ("ledger_check_balance", ["une ligne ajoutée à une écriture"]),
    ("portal_refuse_change", ["la modification d’une ligne", "la suppression d’une ligne",
                              "la modification d’une écriture", "la suppression d’une écriture"]),
])  # fmt: skip
def test_a_trigger_in_its_place_that_does_nothing_is_found(function: str, accepted: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN coalesce(NEW, OLD); END $$"
        )

    found = check_ledger()

    assert [f"la base accepte {name}" for name in accepted] == [line for line in found if "accepte" in line]
    assert not Entry.objects.filter(key="check_ledger").exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("_booked")
def test_any_trigger_put_aside_in_the_database_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE banking_paymentorder DISABLE TRIGGER cmg_gate")

    assert check_ledger() == ["le déclencheur cmg_gate de banking_paymentorder est absent ou désactivé"]


@pytest.mark.django_db
@pytest.mark.usefixtures("_booked")
def test_the_command_proves_and_prints_balances_and_the_journal_s_seal() -> None:
    sealed = journal(actor="a", action="b", subject="c")
    out = StringIO()

    call_command("check_ledger", stdout=out)

    sealed.refresh_from_db()
    assert "Banque : 3.00" in out.getvalue()
    assert "2 écritures, 0 erreur(s)" in out.getvalue()
    assert f"Sceau du journal : {sealed.pk}:{sealed.hash}" in out.getvalue()
    call_command("check_ledger", seal=f"{sealed.pk}:{sealed.hash}", stdout=out)


@pytest.mark.django_db
@pytest.mark.usefixtures("_booked")
def test_the_command_ends_with_1_and_a_list_when_something_was_altered() -> None:
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_leg SET amount_cents = 101 WHERE account = 9")
    errors = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("check_ledger", stdout=StringIO(), stderr=errors)

    assert ended.value.code == 1
    assert "l’écriture first" in errors.getvalue()


@pytest.mark.django_db
def test_a_seal_that_the_journal_no_longer_holds_is_an_error() -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("check_ledger", seal=f"1:{'0' * 64}", stdout=StringIO(), stderr=StringIO())

    assert ended.value.code == 1
