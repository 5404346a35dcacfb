"""One seal a day: what the chain held, chained to the seal before, signed with a key that the database does not hold.

Kept in a table, and in a file to be put elsewhere: one line a seal, JSON.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest, new
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.audit.models import JournalEntry, JournalSeal
from portal.turns import one_at_a_time

SALT = "portal.audit.seal"


@dataclass(frozen=True)
class Kept:
    """One seal as a file keeps it."""

    day: str
    rows: int
    first_id: int
    last_id: int
    last_hash: str
    previous: str
    sealed_at: str
    digest: str
    key_id: str
    signature: str


class SealsUnreadable(Exception):
    """The file given is none of seals."""


def seal_journal(*, day: date, at: datetime | None = None) -> JournalSeal:
    """Seal everything that the chain holds as the end of `day`. A day sealed already, or an earlier one, gives the last seal.

    Rows come one after the other under a lock: what is seen here is everything up to the last.
    """
    with transaction.atomic():
        one_at_a_time("audit_journalseal")
        last = JournalSeal.objects.order_by("-day").first()
        if last is not None and last.day >= day:
            return last
        return _seal(day, last, at or timezone.now())


def _seal(day: date, last: JournalSeal | None, at: datetime) -> JournalSeal:
    since = last.last_id if last else 0
    tip = JournalEntry.objects.filter(pk__gt=since).order_by("-pk").values_list("pk", "hash").first()
    last_id, last_hash = tip or (since, last.last_hash if last else "")
    found = JournalSeal(
        day=day, rows=JournalEntry.objects.filter(pk__gt=since, pk__lte=last_id).count(), first_id=since + 1,
        last_id=last_id, last_hash=last_hash, previous=last.digest if last else "", sealed_at=at,
    )  # fmt: skip
    found.digest = digest_of(found)
    found.key_id, found.signature = signed(found.digest)
    found.save()
    return found


def digest_of(seal: JournalSeal) -> str:
    told = (
        seal.previous, seal.day.isoformat(), seal.rows, seal.first_id, seal.last_id, seal.last_hash,
        int(seal.sealed_at.timestamp()),
    )  # fmt: skip
    return sha256("|".join(map(str, told)).encode()).hexdigest()


def keys() -> dict[str, bytes]:
    """The keys of seals by their identifier, the one that signs first; without any of its own, one made of the vault's."""
    texts = settings.JOURNAL_SEAL_KEYS or [sha256(f"{SALT}:{settings.VAULT_LOOKUP_KEY}".encode()).hexdigest()]
    return {sha256(text.encode()).hexdigest()[:16]: text.encode() for text in texts}


def signed(digest: str) -> tuple[str, str]:
    """The identifier of the key that signs, and the signature."""
    key_id, key = next(iter(keys().items()))
    return key_id, new(key, digest.encode(), sha256).hexdigest()


def is_signed(seal: JournalSeal) -> bool:
    """Whether one of our keys signed this digest."""
    key = keys().get(seal.key_id)
    return key is not None and compare_digest(new(key, seal.digest.encode(), sha256).hexdigest(), seal.signature)


def kept(seal: JournalSeal) -> Kept:
    return Kept(
        seal.day.isoformat(), seal.rows, seal.first_id, seal.last_id, seal.last_hash, seal.previous,
        seal.sealed_at.isoformat(), seal.digest, seal.key_id, seal.signature,
    )  # fmt: skip


def write_seals(path: Path, seals: Iterable[JournalSeal]) -> int:
    """Add to the file the seals that it does not hold yet; returns how many. Raises SealsUnreadable."""
    known = {one.day for one in read_seals(path)} if path.exists() else set()
    fresh = [one for one in seals if one.day.isoformat() not in known]
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(kept(one))) + "\n" for one in fresh)
    return len(fresh)


def read_seals(path: Path) -> list[Kept]:
    """The seals of a file. Raises SealsUnreadable."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [Kept(**json.loads(line)) for line in lines if line.strip()]
    except (OSError, UnicodeDecodeError, ValueError, TypeError) as error:
        raise SealsUnreadable(f"Le fichier de sceaux {path} ne se lit pas.") from error


def eve(day: date) -> date:
    """The day that is over on the morning of `day`."""
    return day - timedelta(days=1)
