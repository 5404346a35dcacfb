"""Writing and proving the chained journal."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection
from django.utils import timezone

from portal.audit.models import JournalEntry


def journal(
    *, actor: str, action: str, subject: str, detail: Mapping[str, object] | None = None, at: datetime | None = None
) -> JournalEntry:
    """Add one act to the chain. The database fills the hashes and refuses any later change."""
    return JournalEntry.objects.create(
        actor=actor, action=action, subject=subject, detail=dict(detail or {}), at=at or timezone.now()
    )


def last_seal() -> str:
    """``ID:HASH`` of the last row, empty when there is none. Kept elsewhere, it proves later that no row was removed."""
    last = JournalEntry.objects.order_by("-pk").values_list("pk", "hash").first()
    return f"{last[0]}:{last[1]}" if last else ""


BROKEN = """
SELECT id FROM (
    SELECT id, hash, previous_hash, lag(hash, 1, '') OVER (ORDER BY id) AS expected_previous,
           portal_journal_hash(previous_hash, at, actor, action, subject, detail) AS expected_hash
    FROM audit_journalentry) chain
WHERE hash <> expected_hash OR previous_hash <> expected_previous ORDER BY id LIMIT 100
"""
TRIGGERS = ("chain", "protect", "protect_all")


def verify_chain(*, seal: str = "") -> list[str]:
    """What is wrong in the journal, one French sentence each; empty when the chain is whole and protected.

    `seal` is what `last_seal` said at some time: the row must still be there, with that hash.
    """
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        found = [f"Journal, ligne {row[0]} : la chaîne est rompue." for row in cursor.fetchall()]
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) name WHERE NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgname = name"
            " AND t.tgrelid = 'audit_journalentry'::regclass AND t.tgenabled IN ('O', 'A'))",
            (list(TRIGGERS),),
        )
        found += [f"Journal : le déclencheur {row[0]} est absent ou désactivé." for row in cursor.fetchall()]
    pk, _, digest = seal.partition(":")
    if seal and not (pk.isdecimal() and JournalEntry.objects.filter(pk=int(pk), hash=digest).exists()):
        found.append(f"Journal : le sceau {seal} n’y est plus, des lignes ont été retirées ou refaites.")
    return found
