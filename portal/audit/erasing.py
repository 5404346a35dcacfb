"""Reads too old to be kept: their content goes, their hashes stay, and the chain still holds.

A sealed day is emptied at once, for one erasure, told in the journal with the digest of what was emptied. What people did
(decisions, signatures) is no read: it lives as long as the files that it is about.
"""

from datetime import date
from pathlib import Path

from django.db import connection, transaction

from portal.audit.models import JournalErasure, JournalSeal
from portal.audit.operations import journal
from portal.legislation.parameters import Parameters

FOLDER = Path(__file__).parent / "parameters"
KEPT_YEARS = "journal.reads_kept_years"
DIGEST = """
SELECT count(*), encode(sha256(coalesce(string_agg(id || ':' || hash, ',' ORDER BY id), '')::bytea), 'hex')
FROM audit_journalentry WHERE id BETWEEN %s AND %s AND erasure_id IS NULL AND portal_is_read(action)
"""
EMPTY = """
UPDATE audit_journalentry SET actor = '', subject = '', origin = '', detail = '{}', erasure_id = %s
WHERE id BETWEEN %s AND %s AND erasure_id IS NULL AND portal_is_read(action)
"""


def first_kept(on: date) -> date:
    """The first day whose reads are still kept on `on`."""
    years = int(Parameters.load(FOLDER).value(KEPT_YEARS, on))
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February
        return on.replace(year=on.year - years, day=28)


def erase_reads(*, on: date, by: str) -> int:
    """Empty the reads of every sealed day that is too old on `on`; returns how many. A second call finds nothing left."""
    old = JournalSeal.objects.filter(day__lt=first_kept(on), erasure=None, rows__gt=0).order_by("day")
    return sum(_erase(seal, on, by) for seal in old)


def _erase(seal: JournalSeal, on: date, by: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(DIGEST, [seal.first_id, seal.last_id])
        count, digest = cursor.fetchone()
        erasure = JournalErasure.objects.create(seal=seal, rows=count, digest=digest, erased_on=on)
        cursor.execute(EMPTY, [erasure.pk, seal.first_id, seal.last_id])
        journal(
            actor=by, action="journal.erased", subject=f"journal:{seal.day}",
            detail={"rows": count, "digest": digest, "until": seal.last_id},
        )  # fmt: skip
    return int(count)
