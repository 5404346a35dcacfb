"""Failed tries are slowed down, then locked. The tries are counted before they are judged, so that no burst slips through."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.accounts.models import Tries

# From how many tries on, how long to wait before the next one.
WAITS = ((10, timedelta(days=1)), (5, timedelta(minutes=15)), (4, timedelta(minutes=1)), (3, timedelta(seconds=30)))
FORGOTTEN_AFTER = timedelta(days=1)


class TooManyTries(Exception):
    """The door is shut for now; `until` says when it opens again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"locked until {until.isoformat()}")
        self.until = until

    @property
    def seconds(self) -> int:
        """How long to wait, as `Retry-After` says it: never too early."""
        return max(1, int((self.until - timezone.now()).total_seconds()) + 1)


def wait_after(count: int) -> timedelta:
    """How long the door stays shut after `count` tries in a row: nothing up to two."""
    return next((wait for least, wait in WAITS if count >= least), timedelta(0))


def take_try(name: str, *, now: datetime | None = None) -> int:
    """Count one try at the door `name`, and return how many there were. `forget` it when it turns out right.

    Raises TooManyTries while the door is shut; such a try is not counted.
    """
    now = now or timezone.now()
    with transaction.atomic():
        Tries.objects.bulk_create([Tries(key=_key(name), last_at=now)], ignore_conflicts=True)
        row = Tries.objects.select_for_update(of=("self",)).get(key=_key(name))
        if row.locked_until and row.locked_until > now:
            raise TooManyTries(row.locked_until)
        row.count = 1 if row.last_at < now - FORGOTTEN_AFTER else row.count + 1
        row.last_at, wait = now, wait_after(row.count)
        row.locked_until = now + wait if wait else None
        row.save()
        return row.count


def take_turn(name: str, *, most: int, within: timedelta, now: datetime | None = None) -> int:
    """Count one use of something open to all, and return how many there were since the first of them, `within` ago at most.

    Raises TooManyTries once there were `most`, until that first one is old enough; such a use is not counted.
    """
    now = now or timezone.now()
    with transaction.atomic():
        Tries.objects.bulk_create([Tries(key=_key(name), last_at=now)], ignore_conflicts=True)
        row = Tries.objects.select_for_update(of=("self",)).get(key=_key(name))
        # Of a turn, `last_at` is the first use: what is counted began there.
        if row.last_at + within <= now:
            row.last_at, row.count = now, 0
        if row.count >= most:
            raise TooManyTries(row.last_at + within)
        row.count += 1
        row.save(update_fields=["last_at", "count"])
        return row.count


def locked_until(name: str, *, now: datetime | None = None) -> datetime | None:
    """Until when the door `name` is shut; None when it is open."""
    row = Tries.objects.filter(key=_key(name), locked_until__gt=now or timezone.now()).first()
    return row.locked_until if row else None


def forget(name: str) -> None:
    """The right answer was given, or a supervisor opened the door again."""
    Tries.objects.filter(key=_key(name)).delete()


def address_of(request: HttpRequest) -> str:
    """The visitor's address: behind our proxy, the one that it saw itself, never what the visitor says."""
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip() if settings.PORTAL_BEHIND_PROXY else ""
    return str(seen or request.META.get("REMOTE_ADDR", ""))


def _key(name: str) -> str:
    """Doors are named by what people type: only a hash is kept, with the key of the portal, for phone numbers are few."""
    return salted_hmac("portal.accounts.limits", name.lower(), algorithm="sha256").hexdigest()
