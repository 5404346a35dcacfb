"""Daily seals and the whole proof: what an owner of the database does with the triggers off is found, and named."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from portal.audit.erasing import erase_reads, first_kept
from portal.audit.models import JournalEntry, JournalErasure, JournalSeal
from portal.audit.operations import journal, journal_read
from portal.audit.persons import index_of
from portal.audit.proving import prove
from portal.audit.reads import is_read, is_refused_look
from portal.audit.sealing import SealsUnreadable, read_seals, seal_journal, write_seals
from portal.audit.tasks import seal as seal_task
from tests.portal.audit.test_journal import behind_the_triggers, write

pytestmark = pytest.mark.django_db
DAY, NEXT, LATER = date(2026, 10, 23), date(2026, 10, 24), date(2026, 10, 25)
TODAY = date(2026, 10, 26)
# What somebody who owns the database does to hide an edit: the hashes are made again, to the last row.
REMADE = """
DO $$ DECLARE r record; before text := ''; BEGIN
FOR r IN SELECT * FROM audit_journalentry ORDER BY id LOOP
    UPDATE audit_journalentry SET previous_hash = before,
        hash = portal_journal_hash(before, r.at, r.actor, r.action, r.subject, r.detail, r.origin) WHERE id = r.id;
    SELECT hash INTO before FROM audit_journalentry WHERE id = r.id;
END LOOP; END $$
"""


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """Three days of three rows each, sealed, with the file of their seals kept elsewhere."""
    for day in (DAY, NEXT, LATER):
        write(3)
        seal_journal(day=day)
    path = tmp_path / "seals.jsonl"
    assert write_seals(path, JournalSeal.objects.order_by("day")) == 3
    return path


def faults(path: Path | None = None, since: date | None = None, on: date = TODAY) -> list[str]:
    return prove(today=on, since=since, seals=read_seals(path) if path else []).faults


def test_a_sealed_journal_is_proved_with_its_file_and_since_a_day(sealed: Path) -> None:
    write(1)
    whole, part = prove(today=TODAY, seals=read_seals(sealed)), prove(today=TODAY, since=LATER)

    assert (whole.faults, whole.rows, whole.seals) == ([], 10, 3)
    assert (part.faults, part.rows) == ([], 4)


def test_a_day_is_sealed_once_and_a_day_without_rows_too() -> None:
    assert seal_journal(day=DAY).rows == 0
    write(2)
    first, again, earlier = seal_journal(day=LATER), seal_journal(day=LATER), seal_journal(day=NEXT)

    assert first.pk == again.pk == earlier.pk
    assert (first.rows, first.last_id - first.first_id) == (2, JournalEntry.objects.latest("pk").pk - first.first_id)
    assert seal_journal(day=TODAY).rows == 0
    assert faults() == []


LAST = "(SELECT id FROM audit_journalentry ORDER BY id OFFSET 4 LIMIT 1)"


@pytest.mark.parametrize(("change", "said"), [
    (f"UPDATE audit_journalentry SET actor = 'x' WHERE id = {LAST}", "elle a été modifiée"),
    (f"UPDATE audit_journalentry SET origin = '10.0.0.1' WHERE id = {LAST}", "elle a été modifiée"),
    (f"DELETE FROM audit_journalentry WHERE id = {LAST}", "la chaîne est rompue"),
    (f"UPDATE audit_journalentry SET detail = '{{}}', actor = '', subject = '', erasure_id = 1 WHERE id = {LAST}",
     "Journal"),
    ("DELETE FROM audit_journalentry WHERE id > (SELECT last_id FROM audit_journalseal ORDER BY day LIMIT 1)",
     "Sceau du 24/10/2026 : la ligne"),
    ("UPDATE audit_journalentry SET actor = 'x' WHERE subject = 'dossier:1'; " + REMADE,
     "Sceau du 23/10/2026 : la ligne"),
    ("DELETE FROM audit_journalseal WHERE day = '2026-10-24'", "Sceau du 25/10/2026 : un sceau a été retiré"),
    ("UPDATE audit_journalseal SET rows = 2 WHERE day = '2026-10-24'", "Sceau du 24/10/2026 : il a été réécrit"),
    ("UPDATE audit_journalseal SET signature = repeat('0', 64) WHERE day = '2026-10-24'", "aucune clé du portail"),
    ("UPDATE audit_journalseal SET key_id = 'none' WHERE day = '2026-10-24'", "aucune clé du portail"),
])  # fmt: skip
def test_what_is_done_behind_the_triggers_is_found_without_any_file(sealed: Path, change: str, said: str) -> None:
    if "erasure_id = 1" in change:
        behind_the_triggers(
            "INSERT INTO audit_journalerasure (id, seal_id, rows, digest, erased_on)"
            " SELECT 1, min(id), 0, '', '2026-10-26' FROM audit_journalseal"
        )
    behind_the_triggers(change)

    assert any(said in sentence for sentence in faults()), faults()


def test_the_last_seals_taken_away_are_found_by_the_file_and_by_the_silence(sealed: Path) -> None:
    behind_the_triggers("DELETE FROM audit_journalseal WHERE day > '2026-10-23'")

    assert faults(on=LATER) == []
    assert ["Aucun sceau depuis le 23/10/2026" in one for one in faults()] == [True]
    assert sum("gardé ailleurs : il n’est plus dans la base" in one for one in faults(sealed, on=LATER)) == 2


def test_seals_made_again_by_somebody_who_has_the_key_are_found_by_the_file(sealed: Path) -> None:
    behind_the_triggers("UPDATE audit_journalentry SET actor = 'x' WHERE subject = 'dossier:1'; " + REMADE)
    behind_the_triggers("DELETE FROM audit_journalseal")
    seal_journal(day=LATER)

    assert faults() == []
    assert any("celui de la base est différent" in one for one in faults(sealed))


def test_a_key_taken_out_of_the_settings_is_said_and_one_added_serves(sealed: Path) -> None:
    with override_settings(JOURNAL_SEAL_KEYS=["new"]):
        assert sum("aucune clé du portail" in one for one in faults()) == 3
    behind_the_triggers("DELETE FROM audit_journalseal")
    with override_settings(JOURNAL_SEAL_KEYS=["old"]):
        seal_journal(day=NEXT)
    with override_settings(JOURNAL_SEAL_KEYS=["new", "old"]):
        seal_journal(day=LATER)
        assert faults() == []


@pytest.mark.parametrize("change", [
    "UPDATE audit_journalseal SET rows = 0", "DELETE FROM audit_journalseal", "TRUNCATE audit_journalseal CASCADE",
    "INSERT INTO audit_journalseal (day, rows, first_id, last_id, last_hash, previous, digest, key_id, signature, sealed_at)"
    " VALUES ('2026-10-26', 0, 100000000, 0, '', 'not the last', '', '', '', now())",
    "INSERT INTO audit_journalerasure (seal_id, rows, digest, erased_on) SELECT id, 0, '', '2029-10-26'"
    " FROM audit_journalseal LIMIT 1",
])  # fmt: skip
def test_the_database_refuses_to_change_seals_or_to_erase_what_is_young(sealed: Path, change: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def old_days() -> None:
    """A read and a decision of three years ago, then a read of a day later, sealed in their time."""
    for day, action in ((date(2023, 10, 25), "cmg.family.read"), (date(2023, 10, 26), "cmg.family.read")):
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        journal(actor="nathalie", action=action, subject="cmg:employer:1", at=at)
        journal(actor="nathalie", action="cmg.repair", subject="cmg:employer:1", at=at)
        seal_journal(day=day, at=at)
    seal_journal(day=LATER)


def test_old_reads_lose_their_content_and_the_chain_still_holds() -> None:
    old_days()

    assert erase_reads(on=TODAY, by="portail") == 1
    assert erase_reads(on=TODAY, by="portail") == 0
    first, decision, kept = JournalEntry.objects.order_by("pk")[:3]
    assert (first.actor, first.subject, first.detail, first.action) == ("", "", {}, "cmg.family.read")
    assert (decision.actor, kept.actor) == ("nathalie", "nathalie")
    proof = prove(today=TODAY)
    assert (proof.faults, proof.erased) == ([], 1)


@pytest.mark.parametrize(("on", "kept"), [
    (date(2026, 10, 26), date(2023, 10, 26)), (date(2028, 2, 29), date(2025, 2, 28)),
])  # fmt: skip
def test_reads_are_kept_three_years(on: date, kept: date) -> None:
    assert first_kept(on) == kept


def test_more_emptied_than_was_told_is_found() -> None:
    old_days()
    erase_reads(on=TODAY, by="portail")
    behind_the_triggers(
        "UPDATE audit_journalentry SET actor = '', subject = '', detail = '{}',"
        " erasure_id = (SELECT max(id) FROM audit_journalerasure) WHERE action = 'cmg.repair' AND id = (SELECT min(id)"
        " FROM audit_journalentry WHERE action = 'cmg.repair')"
    )

    assert faults() == ["Journal du 25/10/2023 : ce qui a été effacé n’est pas ce qui a été dit."]


@pytest.mark.parametrize("change", [
    # A decision, a row of another day, a content that stays: none is emptied by the way of erasures.
    "UPDATE audit_journalentry SET actor = '', subject = '', detail = '{}', erasure_id = %s WHERE action = 'cmg.repair'",
    "UPDATE audit_journalentry SET actor = '', subject = '', detail = '{}', erasure_id = %s WHERE actor <> ''"
    " AND action = 'cmg.family.read'",
    "UPDATE audit_journalentry SET actor = 'x', erasure_id = %s WHERE actor <> '' AND action = 'cmg.family.read'",
])  # fmt: skip
def test_the_way_of_erasures_empties_nothing_else(change: str) -> None:
    old_days()
    erase_reads(on=TODAY, by="portail")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, [JournalErasure.objects.get().pk])


ACTIONS = ("cmg.family.read", "letter.read", "flow.row_read", "aripa.cases.exported", "aripa.search", "control.linked_refused",
           "control.rncps.consulted", "journal.revealed", "aripa.bank_file.fetched", "already", "cmg.spread", "flow.refused",
           "run.signed", "account.sign_in_refused", "journal.erased", "control.opened", "readings", "cmg.read.x")  # fmt: skip


def test_the_database_and_the_code_agree_on_what_is_a_read() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT action FROM unnest(%s::text[]) action WHERE portal_is_read(action)", [list(ACTIONS)])
        found = {row[0] for row in cursor.fetchall()}

    assert found == {action for action in ACTIONS if is_read(action)} == set(ACTIONS[:9])
    assert [action for action in ACTIONS if is_refused_look(action)] == ["control.linked_refused"]


def test_a_read_says_what_why_and_with_what_result_and_never_escapes_the_sampling() -> None:
    row = journal_read(
        actor="sylvie", action="control.case.read", subject="cmg:employer:1", fields=["identity", "amounts"],
        why="instruction", case="C-2026-1", body="CAF63", designation=4,
    )  # fmt: skip
    assert row.detail == {
        "fields": ["identity", "amounts"], "why": "instruction", "result": "SHOWN", "case": "C-2026-1", "body": "CAF63",
        "designation": 4,
    }  # fmt: skip
    with pytest.raises(ValueError, match="does not end as a read"):
        journal_read(actor="x", action="control.case.opened", subject="x", fields=[], why="x")


def test_the_index_of_a_person_is_the_same_for_one_and_not_for_another() -> None:
    assert index_of("cmg:employer:1") == index_of("cmg:employer:1") != index_of("cmg:employer:2")
    assert "employer" not in index_of("cmg:employer:1")


def test_where_an_agent_was_is_kept_and_where_a_family_was_is_not(rf: object) -> None:
    from django.http import HttpResponse

    from portal.audit.origin import Origin, origin

    seen: list[str] = []
    answer: Callable = Origin(lambda request: seen.append(origin()) or HttpResponse())
    for path in ("/agent/dossiers/", "/famille/"):
        answer(rf.get(path, REMOTE_ADDR="10.1.2.3"))  # type: ignore[attr-defined]

    assert seen == ["10.1.2.3", ""]
    assert origin() == ""


def test_the_command_says_what_is_wrong_and_stops_with_one(
    sealed: Path, capsys: pytest.CaptureFixture[str], settings: object
) -> None:
    settings.PORTAL_DAY = TODAY  # type: ignore[attr-defined]
    call_command("verify_journal", seals=sealed)
    assert "9 lignes et 3 sceaux relus" in capsys.readouterr().out
    behind_the_triggers(f"DELETE FROM audit_journalentry WHERE id = {LAST}")
    with pytest.raises(SystemExit):
        call_command("verify_journal", seals=sealed)
    assert "la chaîne est rompue" in capsys.readouterr().err


def test_a_file_that_is_none_of_seals_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("{}")
    with pytest.raises(SealsUnreadable):
        read_seals(path)


def test_the_morning_seals_yesterday_and_the_file_follows(tmp_path: Path, settings: object) -> None:
    settings.PORTAL_DAY, settings.JOURNAL_SEALS_FILE = TODAY, str(tmp_path / "seals")  # type: ignore[attr-defined]
    write(1)
    seal_task()
    seal_task()

    assert [one.day for one in read_seals(tmp_path / "seals")] == [str(LATER)]


def test_many_readers_find_the_same_as_one(sealed: Path) -> None:
    from portal.audit.proving import _faults_of_piece, _pieces

    behind_the_triggers(f"UPDATE audit_journalentry SET actor = 'x' WHERE id = {LAST}")
    pieces = _pieces(0, "", 3)
    assert len(pieces) == 3
    assert len([fault for piece in pieces for fault in _faults_of_piece(piece)]) == 1
