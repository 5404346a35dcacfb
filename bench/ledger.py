"""Ledger posting against the bare COPY of the same legs and against django-hordak: bench.ledger [entries].

Every entry has four legs, and each posting one by one is a durable transaction of its own, on both sides. Both ledgers
are on the same server, each in its database, hordak in an environment of its own.
"""

import json
import os
import sys
from datetime import date
from pathlib import Path

from bench.common import FOLDER, output_of, peak_mib, peer_python, portal, timed

DAY = date(2026, 10, 26)
SINGLES, PEER_SINGLES, PEER_MANY = 2_000, 1_000, 5_000


def hordak(python: Path) -> dict[str, float]:
    """Hordak's seconds, in a database of its own on the portal's server."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE hordak")
    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/hordak"
    command = [python, FOLDER / "peers" / "with_hordak.py", PEER_SINGLES, PEER_MANY]
    return json.loads(output_of(command, DATABASE_URL=url))


def ours(count: int, times: dict[str, float]) -> None:
    import polars as pl
    from django.db import connection, transaction

    from portal.batches.operations import start_run
    from portal.bulk import copy_in
    from portal.ledger.models import Account
    from portal.ledger.operations import post, post_many
    from portal.ledger.proof import check_ledger

    run = start_run(
        kind="bench", month=DAY.replace(day=1), ordinal=1, day=DAY, dry_run=False, slices=1, rows_total=count,
        inputs_digest="", rule_version="", parameters_digest="",
    )  # fmt: skip
    keys = pl.DataFrame({"key": [f"bench:{number}" for number in range(count)]})
    entries = keys.with_columns(
        subject=pl.lit("bench"), dated=pl.lit(DAY), label=pl.lit("bench"), run_id=pl.lit(run.pk)
    )
    amounts = {
        Account.CONTRIBUTIONS_DUE: -300,
        Account.FUND_PART_A: 300,
        Account.FUND_PART_B: 200,
        Account.FAMILY_PAYOUT: -200,
    }
    legs = pl.concat(
        keys.with_columns(account=pl.lit(int(account), dtype=pl.Int16), amount_cents=pl.lit(cents))
        for account, cents in amounts.items()
    )
    with timed("bulk", times), transaction.atomic():
        post_many(entries, legs)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bare_leg (entry_id bigint, account smallint, amount_cents bigint, PRIMARY KEY (entry_id, account))"
        )
    numbered = legs.with_columns(entry_id=pl.int_range(pl.len()) % count)
    with timed("bare", times):
        copy_in(numbered.select("entry_id", "account", "amount_cents"), "bare_leg")
    with timed("single", times):
        for number in range(SINGLES):
            post(key=f"one:{number}", subject="s", dated=DAY, label="l", legs=amounts, run_pk=run.pk)
    assert check_ledger() == []


def main(count: int) -> None:
    times: dict[str, float] = {}
    python = peer_python("hordak")
    with portal():
        ours(count, times)
        peer = hordak(python)
    bulk, single = count / times["bulk"], SINGLES / times["single"]
    one_by_one, many = PEER_SINGLES / peer["single"], PEER_MANY / peer["many"]
    print(f"bulk: {bulk:,.0f} entries a second ({4 * count} legs in {times['bulk']:.1f} s), peak {peak_mib()} MiB")
    print(f"bare COPY of the legs alone: {times['bare']:.1f} s, ratio {times['bulk'] / times['bare']:.1f}")
    print(f"one by one: {single:,.0f} entries a second")
    print(f"hordak one by one: {one_by_one:,.0f} entries a second: ours in bulk {bulk / one_by_one:.0f} times, "
          f"one by one {single / one_by_one:.1f} times")  # fmt: skip
    print(f"hordak's tables by bulk_create: {many:,.0f} entries a second: ours in bulk {bulk / many:.1f} times")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
