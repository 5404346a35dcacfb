"""Posting to the ledger, one entry or a million, and reading it."""

from collections.abc import Mapping
from datetime import date

import polars as pl
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from portal.bulk import copy_in, read_frame
from portal.ledger.models import Account, Entry, Leg


class EntryConflict(Exception):
    """The key already names another entry: the same money is not booked twice under two meanings."""


class EmptyEntry(Exception):
    """An entry that moves nothing, or lines whose entry is not there: nothing is booked."""


# One statement for the entry and its legs; no row when the key is taken.
BOOK = """
WITH booked AS (
    INSERT INTO ledger_entry
        (key, subject, dated, label, run_id, corrects_id, legs_count, turnover_cents, created_at)
    VALUES (%(key)s, %(subject)s, %(dated)s, %(label)s, %(run)s, %(corrects)s,
            cardinality(%(accounts)s::smallint[]), %(turnover)s, %(now)s)
    ON CONFLICT (key) DO NOTHING RETURNING *
), lines AS (
    INSERT INTO ledger_leg (entry_id, account, amount_cents)
    SELECT booked.id, line.account, line.cents
    FROM booked, unnest(%(accounts)s::smallint[], %(amounts)s::bigint[]) AS line (account, cents)
)
SELECT * FROM booked
"""


def post(
    *,
    key: str,
    subject: str,
    dated: date,
    label: str,
    legs: Mapping[Account, int],
    run_pk: int | None = None,
    corrects_pk: int | None = None,
) -> Entry:
    """Book one entry; legs of zero are dropped. A second call with the same arguments returns the first entry.

    Raises EmptyEntry without any leg, EntryConflict when the key names another subject, day or legs, and the database's
    error when the legs do not balance.
    """
    wanted = {int(account): cents for account, cents in legs.items() if cents}
    if not wanted:
        raise EmptyEntry(f"{key} n’a aucune ligne")
    values = {
        "key": key, "subject": subject, "dated": dated, "label": label, "run": run_pk, "corrects": corrects_pk,
        "turnover": sum(cents for cents in wanted.values() if cents > 0), "now": timezone.now(),
        "accounts": list(wanted), "amounts": list(wanted.values()),
    }  # fmt: skip
    for booked in Entry.objects.raw(BOOK, values):
        return booked
    entry = Entry.objects.get(key=key)
    if (entry.subject, entry.dated, _amounts(entry)) != (subject, dated, wanted):
        raise EntryConflict(f"{key} est déjà écrite, pour une autre personne, un autre jour ou d’autres montants")
    return entry


def _amounts(entry: Entry) -> dict[int, int]:
    return dict(entry.legs.values_list("account", "amount_cents"))


def post_many(entries: pl.DataFrame, legs: pl.DataFrame) -> int:
    """Book many entries by COPY, all or none; returns how many. Legs of zero are dropped.

    `entries`: key, subject, dated, label, run_id. `legs`: key, account, amount_cents. Raises EmptyEntry for an entry
    without legs or legs without entry, IntegrityError for a key booked before or legs that do not balance.
    """
    if entries.is_empty() and legs.is_empty():
        return 0
    moving = legs.filter(pl.col("amount_cents") != 0)
    control = moving.group_by("key").agg(
        legs_count=pl.len(), turnover_cents=pl.col("amount_cents").filter(pl.col("amount_cents") > 0).sum()
    )
    numbered = entries.hstack(_new_ids(entries.height)).join(control, on="key")
    of_entries = (
        moving.join(numbered.select("key", entry_id="id"), on="key")
        .select("entry_id", "account", "amount_cents")
        .sort("entry_id")
    )
    if numbered.height < entries.height or of_entries.height < moving.height:
        raise EmptyEntry("Des écritures n’ont aucune ligne, ou des lignes n’ont pas leur écriture")
    with transaction.atomic():
        copy_in(numbered.with_columns(created_at=pl.lit(timezone.now().isoformat())), "ledger_entry")
        # One statement: the trigger must see every leg of an entry at once.
        copy_in(of_entries, "ledger_leg", rows=max(1, of_entries.height))
    return numbered.height


def _new_ids(count: int) -> pl.DataFrame:
    # The name of the sequence is looked up once, in a subquery, not for each row.
    sequence = "(SELECT pg_get_serial_sequence('ledger_entry', 'id'))::regclass"
    return read_frame(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", {"id": pl.Int64}, (count,))


def balance(account: Account, *, subject: str | None = None) -> int:
    """Sum of the legs of `account` in cents, for one subject or all."""
    found = Leg.objects.filter(account=account)
    if subject is not None:
        found = found.filter(entry__subject=subject)
    return int(found.aggregate(total=Sum("amount_cents", default=0))["total"])


def statement(subject: str, count: int = 100) -> list[tuple[Entry, list[Leg]]]:
    """The last entries of a subject with their legs, the latest first; two queries."""
    found = list(Entry.objects.filter(subject=subject).prefetch_related("legs").order_by("-dated", "-pk")[:count])
    return [(entry, sorted(entry.legs.all(), key=lambda leg: leg.account)) for entry in found]
