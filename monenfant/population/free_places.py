"""Free places for an offer that does not exist: what a search, a page or a bench may find, the same for the same seed.

Each place follows one of a few weekly patterns, drawn by its number; a share of the places reported nothing. Written by
the database from the patterns, so that the country takes no longer to tell than to write.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any

from django.db import connection, transaction

from monenfant.models import Provider
from monenfant.rules.availability import Slot, free_days, packed

PATTERNS, MONTHS_AHEAD = 48, 7
# Of a thousand: structures and childminders that reported; how many days ago at most.
REPORTED_PER_MILLE = {Provider.STRUCTURE: 850, Provider.CHILDMINDER: 165}
REPORTED_DAYS = {Provider.STRUCTURE: 12, Provider.CHILDMINDER: 60}
GROUPS = {Provider.STRUCTURE: ("0-12", "13-24", "25-36"), Provider.CHILDMINDER: ("ANY",)}
TELL = """
INSERT INTO monenfant_availabilitymonth (place_id, cell, month, kind, age_group, free_days, places)
SELECT p.id, p.cell, t.month, t.kind, t.age_group, t.free_days, t.places
  FROM monenfant_careplace p JOIN told_pattern t ON t.pattern = {drawn} %% %(patterns)s
 WHERE p.provider = %(provider)s AND p.published_from IS NOT NULL AND p.declared_at IS NULL AND {chosen}
"""
DATE = """
UPDATE monenfant_careplace p
   SET declared_at = %(now)s - make_interval(days => ({drawn} %% %(days)s)::int),
       declared_mode = %(mode)s, last_sequence = 1
 WHERE p.provider = %(provider)s AND p.published_from IS NOT NULL AND p.declared_at IS NULL AND {chosen}
"""
DRAWN = "(hashtextextended(p.number, %(seed)s) & 1048575)"
CHOSEN = f"({DRAWN} / 1024) %% 1000 < %(share)s"


def tell_free_places(*, on: date, seed: int) -> int:
    """Say what is free from `on`, for a drawn share of the published places that said nothing yet; how many did."""
    told = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for provider in Provider:
            values: dict[str, Any] = {
                "provider": provider.value, "seed": seed, "patterns": PATTERNS, "share": REPORTED_PER_MILLE[provider],
                "days": REPORTED_DAYS[provider], "now": on, "mode": "AUTOMATED" if provider == Provider.STRUCTURE else "MANUAL",
            }  # fmt: skip
            cursor.execute(
                "CREATE TEMP TABLE told_pattern (pattern bigint, month date, kind text, age_group text, free_days bigint, "
                "places bytea) ON COMMIT DROP"
            )
            cursor.executemany(
                "INSERT INTO told_pattern VALUES (%s, %s, %s, %s, %s, %s)", list(_patterns(provider, on, seed))
            )
            cursor.execute(TELL.format(drawn=DRAWN, chosen=CHOSEN), values)
            cursor.execute(DATE.format(drawn=DRAWN, chosen=CHOSEN), values)
            told += cursor.rowcount
            cursor.execute("DROP TABLE told_pattern")
    return told


def _patterns(provider: Provider, on: date, seed: int) -> Iterator[tuple[int, date, str, str, int, bytes]]:
    for pattern in range(PATTERNS):
        slots = [slot for kind in ("REGULAR", "OCCASIONAL") for slot in _slots(provider, pattern, kind, on, seed)]
        for (month, kind, group), row in packed(slots).items():
            yield pattern, month, kind, group, free_days(row), row


def _slots(provider: Provider, pattern: int, kind: str, on: date, seed: int) -> Iterator[Slot]:
    """Half-days from Monday to Friday: about a third are free; one place or two, one alone at a childminder's."""
    drawn = (0, 0, 0, 0, 1, 2 if provider == Provider.STRUCTURE else 1)
    for group in GROUPS[provider]:
        week = blake2b(f"{seed}:{provider}:{pattern}:{kind}:{group}".encode(), digest_size=10).digest()
        for ahead in range(30 * MONTHS_AHEAD):
            day = on + timedelta(days=ahead)
            if day.weekday() < 5:
                for half, band in enumerate(("AM", "PM")):
                    places = drawn[week[2 * day.weekday() + half] % len(drawn)]
                    if places:
                        yield Slot(day, band, group, kind, places)
