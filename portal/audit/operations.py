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


def verify_chain() -> list[str]:
    """What is wrong in the chain, one French sentence per broken row; empty when it is whole."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM (
                SELECT id, hash, previous_hash, lag(hash, 1, '') OVER (ORDER BY id) AS expected_previous,
                       portal_journal_hash(previous_hash, at, actor, action, subject, detail) AS expected_hash
                FROM audit_journalentry) chain
            WHERE hash <> expected_hash OR previous_hash <> expected_previous ORDER BY id LIMIT 100
            """
        )
        broken = [row[0] for row in cursor.fetchall()]
    return [f"Journal, ligne {pk} : la chaîne est rompue." for pk in broken]
