"""The journal: chained, sealed, protected; what is changed or removed behind the triggers is found."""

import pytest
from django.db import DatabaseError, connection, transaction

from portal.audit.models import JournalEntry
from portal.audit.operations import journal, last_seal, verify_chain

OFF = "SET session_replication_role = replica"
ON = "SET session_replication_role = origin"


def write(count: int) -> None:
    for number in range(count):
        journal(actor="camille", action="dossier.read", subject=f"dossier:{number}", detail={"page": number})


def behind_the_triggers(change: str) -> None:
    with connection.cursor() as cursor:
        for statement in (OFF, change, ON):
            cursor.execute(statement)


@pytest.mark.django_db
def test_a_whole_journal_has_nothing_wrong_and_a_seal_that_it_holds() -> None:
    assert (last_seal(), verify_chain()) == ("", [])
    write(2)
    seal = last_seal()
    write(1)

    assert verify_chain(seal=seal) == []
    assert last_seal() != seal


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["UPDATE audit_journalentry SET actor = 'x'", "DELETE FROM audit_journalentry",
                                    "TRUNCATE audit_journalentry"])  # fmt: skip
def test_the_database_refuses_any_change(change: str) -> None:
    write(1)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert verify_chain() == []


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "said"), [
    ("UPDATE audit_journalentry SET actor = 'x' WHERE subject = 'dossier:1'", "elle a été modifiée"),
    ("UPDATE audit_journalentry SET detail = '{}' WHERE subject = 'dossier:1'", "elle a été modifiée"),
    ("DELETE FROM audit_journalentry WHERE subject = 'dossier:1'", "la chaîne est rompue"),
    ("DELETE FROM audit_journalentry WHERE subject = 'dossier:0'", "la chaîne est rompue"),
])  # fmt: skip
def test_a_row_altered_or_taken_out_is_found(change: str, said: str) -> None:
    write(3)
    behind_the_triggers(change)

    assert [said in sentence for sentence in verify_chain()] == [True]


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["DELETE FROM audit_journalentry WHERE subject = 'dossier:2'",
                                    "DELETE FROM audit_journalentry"])  # fmt: skip
def test_only_the_seal_tells_that_the_last_rows_were_taken_out(change: str) -> None:
    write(3)
    seal = last_seal()
    behind_the_triggers(change)

    assert verify_chain() == []
    assert ["le sceau" in sentence for sentence in verify_chain(seal=seal)] == [True]


@pytest.mark.django_db
def test_a_journal_written_anew_does_not_hold_the_former_seal() -> None:
    write(1)
    row, seal = JournalEntry.objects.get(), last_seal()
    behind_the_triggers("DELETE FROM audit_journalentry")
    write(1)
    behind_the_triggers(f"UPDATE audit_journalentry SET id = {row.pk}")

    assert verify_chain() == []
    assert len(verify_chain(seal=seal)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("seal", ["12", "x:y", "1:" + "0" * 64, "0:", "²:x"])
def test_a_seal_that_was_never_given_is_refused(seal: str) -> None:
    assert len(verify_chain(seal=seal)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "name"), [
    ("ALTER TABLE audit_journalentry DISABLE TRIGGER chain", "chain"),
    ("DROP TRIGGER protect ON audit_journalentry", "protect"),
    ("ALTER TABLE audit_journalentry ENABLE REPLICA TRIGGER protect_all", "protect_all"),
])  # fmt: skip
def test_a_trigger_put_aside_is_named(change: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(change)

    assert verify_chain() == [f"Journal : le déclencheur {name} est absent ou désactivé."]
