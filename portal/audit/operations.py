"""Writing the chained journal, and a first proof of it; the whole proof is in `portal.audit.proving`."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from portal.audit.models import JournalEntry
from portal.audit.origin import origin
from portal.audit.reads import is_read


def journal(
    *, actor: str, action: str, subject: str, detail: Mapping[str, object] | None = None, at: datetime | None = None
) -> JournalEntry:
    """Add one act to the chain. The database fills the hashes and refuses any later change."""
    return JournalEntry.objects.create(
        actor=actor, action=action, subject=subject, detail=dict(detail or {}), at=at or timezone.now(), origin=origin()
    )


def journal_read(
    *, actor: str, action: str, subject: str, fields: Sequence[str], why: str, result: str = "SHOWN", case: str = "",
    body: str = "", designation: int | None = None, at: datetime | None = None,
) -> JournalEntry:  # fmt: skip
    """Add one read of what is about a person: which `fields`, `why` (the purpose in words, and the `case` if any), for which
    `body` and under which designation, and what came of it (``SHOWN``, ``EMPTY``, ``REFUSED``).

    Raises ValueError for an action that the journal would not know as a read: it would escape the sampling.
    """
    if not is_read(action):
        raise ValueError(f"{action} does not end as a read does (portal.audit.reads)")
    told = {
        "fields": list(fields),
        "why": why,
        "result": result,
        "case": case,
        "body": body,
        "designation": designation,
    }
    kept = {name: value for name, value in told.items() if value not in ("", None)}
    return journal(actor=actor, action=action, subject=subject, detail=kept, at=at)


def last_seal() -> str:
    """``ID:HASH`` of the last row, empty when there is none. Kept elsewhere, it proves later that no row was removed."""
    last = JournalEntry.objects.order_by("-pk").values_list("pk", "hash").first()
    return f"{last[0]}:{last[1]}" if last else ""


def verify_chain(*, seal: str = "") -> list[str]:
    """What is wrong in the journal, one French sentence each; empty when the chain is whole and protected.

    `seal` is what `last_seal` said at some time: the row must still be there, with that hash.
    """
    from portal.audit import proving

    found = [*proving.faults_of_rows(), *proving.faults_of_triggers()]
    pk, _, digest = seal.partition(":")
    if seal and not (pk.isdecimal() and JournalEntry.objects.filter(pk=int(pk), hash=digest).exists()):
        found.append(f"Journal : le sceau {seal} n’y est plus, des lignes ont été retirées ou refaites.")
    return found
