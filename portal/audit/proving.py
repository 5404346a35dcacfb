"""The whole proof of the journal: every row, every seal, every erasure, and the seals that were kept elsewhere.

Each fault is one French sentence that names the row or the day.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from django.db import connection
from django.utils import timezone

from portal.audit.models import JournalEntry, JournalErasure, JournalSeal
from portal.audit.sealing import Kept, digest_of, is_signed, kept

FAULTS_MOST = 100
FAULTS = """
SELECT id, before, hash <> expected_hash AND erasure_id IS NULL, previous_hash <> expected_previous FROM (
    SELECT id, hash, previous_hash, erasure_id,
           lag(hash, 1, %(hash)s) OVER (ORDER BY id) AS expected_previous, lag(id, 1, %(after)s) OVER (ORDER BY id) AS before,
           portal_journal_hash(previous_hash, at, actor, action, subject, detail, origin) AS expected_hash
    FROM audit_journalentry WHERE id > %(after)s AND id <= %(until)s) chain
WHERE (hash <> expected_hash AND erasure_id IS NULL) OR previous_hash <> expected_previous
ORDER BY id LIMIT %(most)s
"""
TRIGGERS = {
    "audit_journalentry": ("chain", "protect", "protect_all"),
    "audit_journalseal": ("chain", "protect", "protect_all"),
    "audit_journalerasure": ("old_enough", "protect", "protect_all"),
}
ERASED = """
SELECT coalesce(e.id, 0), coalesce(e.rows, 0), coalesce(e.digest, ''), s.day, count(j.id),
       encode(sha256(coalesce(string_agg(j.id || ':' || j.hash, ',' ORDER BY j.id), '')::bytea), 'hex'),
       coalesce(bool_and(j.id BETWEEN s.first_id AND s.last_id AND portal_is_read(j.action)), true)
FROM audit_journalerasure e JOIN audit_journalseal s ON s.id = e.seal_id
LEFT JOIN audit_journalentry j ON j.erasure_id = e.id
GROUP BY e.id, s.day ORDER BY s.day
"""
# As many days without a seal are a service that stopped, or seals taken away from the end.
SILENT_DAYS = 2


@dataclass(frozen=True)
class Proof:
    """What was looked at, and what is wrong."""

    rows: int
    seals: int
    erased: int
    last: JournalSeal | None
    faults: list[str] = field(default_factory=list)


def prove(*, today: date, since: date | None = None, seals: Sequence[Kept] = (), workers: int = 1) -> Proof:
    """Everything, or the rows written after the last seal before `since`: what that seal holds is then taken as it was
    proved before."""
    start = JournalSeal.objects.filter(day__lt=since).order_by("-day").first() if since else None
    known = list(JournalSeal.objects.order_by("day"))
    after, first_hash = (start.last_id, start.last_hash) if start else (0, "")
    faults = [
        *faults_of_rows(after=after, before_hash=first_hash, workers=workers),
        *faults_of_seals(known),
        *faults_of_counts(known, after),
        *_faults_of_silence(known, today),
        *faults_against(known, seals),
        *faults_of_erasures(),
        *faults_of_triggers(),
    ]
    erased = sum(JournalErasure.objects.values_list("rows", flat=True))
    rows = JournalEntry.objects.filter(pk__gt=after).count()
    return Proof(rows, len(known), erased, known[-1] if known else None, faults)


def faults_of_rows(*, after: int = 0, before_hash: str = "", workers: int = 1) -> list[str]:
    """Rows whose content is not that of their hash, and places where the chain is cut, in the order of the rows."""
    pieces = _pieces(after, before_hash, workers)
    if len(pieces) == 1:
        return _faults_of_piece(pieces[0])
    with ThreadPoolExecutor(workers) as pool:
        found = pool.map(_faults_apart, pieces)
        return [fault for some in found for fault in some][:FAULTS_MOST]


def _pieces(after: int, before_hash: str, workers: int) -> list[dict[str, Any]]:
    """Where each worker begins, with the hash of the row before it."""
    ids = JournalEntry.objects.filter(pk__gt=after).values_list("pk", flat=True)
    first, last = ids.order_by("pk").first() or after, ids.order_by("-pk").first() or after
    step = (last - first + 1) // max(workers, 1)
    bounds = [(after, before_hash)]
    for wanted in range(1, workers):
        row = JournalEntry.objects.filter(pk__gt=bounds[-1][0], pk__lt=first + wanted * step).order_by("-pk")
        if (found := row.values_list("pk", "hash").first()) is not None:
            bounds.append(found)
    ends = [*(start for start, _hash in bounds[1:]), last]
    return [
        {"after": start, "hash": digest, "until": end, "most": FAULTS_MOST}
        for (start, digest), end in zip(bounds, ends, strict=True)
    ]


def _faults_apart(piece: dict[str, Any]) -> list[str]:
    try:
        return _faults_of_piece(piece)
    finally:
        connection.close()


def _faults_of_piece(piece: dict[str, Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(FAULTS, piece)
        return [sentence for row in cursor.fetchall() for sentence in _row_faults(*row)]


def _row_faults(pk: int, before: int, is_edited: bool, is_cut: bool) -> Iterator[str]:
    if is_edited:
        yield f"Journal, ligne {pk} : son contenu n’est plus celui de son empreinte, elle a été modifiée."
    if is_cut:
        whom = f"entre les lignes {before} et {pk}" if before else f"avant la ligne {pk}"
        yield f"Journal, {whom} : la chaîne est rompue, des lignes ont été retirées ou refaites."


def faults_of_seals(seals: Sequence[JournalSeal]) -> list[str]:
    """Seals that are not what they say, that do not follow each other, or that no key of ours signed."""
    found = []
    for before, seal in pairwise([None, *seals]):
        assert seal is not None
        day = f"Sceau du {seal.day:%d/%m/%Y}"
        if digest_of(seal) != seal.digest:
            found.append(f"{day} : il a été réécrit, son empreinte ne correspond pas.")
        elif not is_signed(seal):
            found.append(f"{day} : aucune clé du portail ne l’a signé, il a été refait ou sa clé n’est plus là.")
        if seal.previous != (before.digest if before else ""):
            found.append(f"{day} : un sceau a été retiré ou refait avant lui.")
    return found[:FAULTS_MOST]


COUNTED = """
SELECT s.day, s.rows, s.last_id, s.last_hash, count(j.id),
       coalesce((SELECT hash FROM audit_journalentry WHERE id = s.last_id), '')
FROM audit_journalseal s LEFT JOIN audit_journalentry j ON j.id BETWEEN s.first_id AND s.last_id
WHERE s.last_id >= %s GROUP BY s.id ORDER BY s.day
"""


def faults_of_counts(seals: Sequence[JournalSeal], after: int) -> list[str]:
    """Days of which the journal no longer holds what their seal saw."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [after])
        rows = cursor.fetchall()
    found = []
    for day, sealed, last_id, last_hash, count, present in rows:
        if last_id and last_hash and present != last_hash:
            found.append(f"Sceau du {day:%d/%m/%Y} : la ligne {last_id} n’y est plus telle qu’elle a été scellée.")
        elif count != sealed and last_id > after:
            found.append(f"Sceau du {day:%d/%m/%Y} : {sealed} lignes scellées, {count} trouvées.")
    return found[:FAULTS_MOST]


def _faults_of_silence(seals: Sequence[JournalSeal], today: date) -> list[str]:
    if not seals or (today - seals[-1].day).days <= SILENT_DAYS:
        return []
    return [
        f"Aucun sceau depuis le {seals[-1].day:%d/%m/%Y} : la tâche du matin ne tourne plus, ou des sceaux ont été retirés."
    ]


def faults_against(seals: Sequence[JournalSeal], file: Sequence[Kept]) -> list[str]:
    """What the seals kept elsewhere do not find here."""
    here = {one.day.isoformat(): kept(one) for one in seals}
    found = []
    for one in file:
        day = f"Sceau du {date.fromisoformat(one.day):%d/%m/%Y}, gardé ailleurs"
        if one.day not in here:
            found.append(f"{day} : il n’est plus dans la base, il a été retiré.")
        elif (here[one.day].digest, here[one.day].signature) != (one.digest, one.signature):
            found.append(f"{day} : celui de la base est différent, il a été réécrit.")
    return found[:FAULTS_MOST]


def faults_of_erasures() -> list[str]:
    """Days emptied of more, of less or of other rows than was told; told in the chain itself, where nothing changes."""
    with connection.cursor() as cursor:
        cursor.execute(ERASED)
        rows = cursor.fetchall()
    told = dict(JournalEntry.objects.filter(action="journal.erased").values_list("subject", "detail"))
    found = []
    for _pk, count, digest, day, empty, present, is_right in rows:
        said = told.get(f"journal:{day}", {})
        if (
            (count, digest) != (empty, present)
            or not is_right
            or (said.get("rows"), said.get("digest")) != (count, digest)
        ):
            found.append(f"Journal du {day:%d/%m/%Y} : ce qui a été effacé n’est pas ce qui a été dit.")
    return found[:FAULTS_MOST]


def faults_of_triggers() -> list[str]:
    wanted = [(table, name) for table, names in TRIGGERS.items() for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t, name FROM unnest(%s::text[], %s::text[]) w (t, name) WHERE NOT EXISTS (SELECT 1 FROM pg_trigger g"
            " WHERE g.tgname = name AND g.tgrelid = t::regclass AND g.tgenabled IN ('O', 'A')) ORDER BY 1, 2",
            [[table for table, _name in wanted], [name for _table, name in wanted]],
        )
        rows = cursor.fetchall()
    where = {"audit_journalentry": "Journal", "audit_journalseal": "Sceaux", "audit_journalerasure": "Effacements"}
    return [f"{where[table]} : le déclencheur {name} est absent ou désactivé." for table, name in rows]


def moment_of(seal: JournalSeal) -> str:
    return f"{timezone.localtime(seal.sealed_at):%d/%m/%Y %H:%M}"
