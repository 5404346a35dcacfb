"""Ledger posting, in bulk and one by one, against the bare COPY of the same legs: bench.ledger [entries]."""

import sys
from datetime import date

from bench.common import portal, timed


def main(count: int) -> None:
    times: dict[str, float] = {}
    with portal():
        import polars as pl
        from django.db import connection, transaction

        from portal.bulk import copy_in
        from portal.ledger.models import Account
        from portal.ledger.operations import check_ledger, post, post_many

        keys = pl.DataFrame({"key": [f"bench:{number}" for number in range(count)]})
        entries = keys.with_columns(
            subject=pl.lit("bench"),
            dated=pl.lit(date(2026, 10, 26)),
            label=pl.lit("bench"),
            run_id=pl.lit(None, dtype=pl.Int64),
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
        singles = 2000
        with timed("single", times):
            for number in range(singles):
                post(key=f"one:{number}", subject="s", dated=date(2026, 10, 26), label="l", legs=amounts)
        assert check_ledger() == []
    ratio = times["bulk"] / times["bare"]
    print(f"bulk: {count / times['bulk']:,.0f} entries a second ({4 * count} legs in {times['bulk']:.1f} s)")
    print(f"bare COPY of the legs alone: {times['bare']:.1f} s, ratio {ratio:.1f}")
    print(f"one by one: {singles / times['single']:,.0f} entries a second")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
