"""What a slice reads of the tables that hold everybody: its own families, however many the others are."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.db import connection

from portal.benefits.running.issuing import _stored, accounts_of
from portal.benefits.running.kinds import ARS
from portal.benefits.running.loading import ars_children, ars_families
from portal.benefits.running.standing import settled_of, standing_of
from portal.exchange.buckets import BUCKETS
from portal.ledger.models import Account
from portal.ledger.operations import post_many
from tests.portal.benefits.running.world import PRIMARY_NET, World

pytestmark = pytest.mark.django_db
OTHERS, SEVEN = 3_000, "2019-05-14"
# Indexes still bear the family as former tests took it back: the others are what must not be read.
FEW = OTHERS // 10
ALL = (0, BUCKETS)
AWARDS_OF_OTHERS = """
INSERT INTO benefits_award (run_id, slice_number, benefit, fund, beneficiary_no, territory, month, status, refusal, children,
    gross_cents, crds_cents, net_cents, exceptional_cents, is_differential, released_cents, recovered_cents, paid_cents,
    already_cents, due_again_cents, facts)
SELECT run_id, 7, benefit, fund, 'other-' || number, territory, month, status, refusal, children, gross_cents, crds_cents,
    net_cents, 0, false, 0, 0, paid_cents, 0, 0, facts FROM benefits_award, generate_series(1, %s) AS number
"""


LOOKED_AT = """
SELECT sum(pg_stat_get_xact_tuples_returned(one))::bigint
FROM (SELECT %s::regclass::oid UNION SELECT indexrelid FROM pg_index WHERE indrelid = %s::regclass) AS known (one)
"""


def rows_read(table: str, read: Callable[[], object]) -> int:
    """How many rows of `table`, or entries of its indexes, are looked at while `read` reads."""
    before = _looked_at(table)
    read()
    return _looked_at(table) - before


def _looked_at(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(LOOKED_AT, [table, table])
        return int(cursor.fetchone()[0])


def test_awards_of_other_families_are_not_read(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.family("101")
    run = world.ars()
    with connection.cursor() as cursor:
        cursor.execute(AWARDS_OF_OTHERS, [OTHERS])
        cursor.execute("ANALYZE benefits_award")
    children = ars_children(2026, ALL)

    assert rows_read("benefits_award", lambda: ars_families(2026, ALL, children)) < FEW
    assert rows_read("benefits_award", lambda: _stored(run, 0)) < FEW
    assert _stored(run, 7).height == OTHERS
    asked = ["CAF63/101", *(f"CAF63/nobody-{number}" for number in range(OTHERS))]
    assert rows_read("benefits_award", lambda: settled_of(ARS, run.month, asked)) < FEW


def test_a_family_that_nothing_else_brings_in_is_read_for_its_award(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.family("101", [SEVEN])
    world.ars()
    world.send(
        "benefit-children", beneficiary_no="101", child_id="101-1", birth_date=SEVEN, dependent_from=SEVEN,
        dependent_until="2026-07-01",
    )  # fmt: skip
    none = ars_children(2026, ALL)

    assert none.is_empty()
    assert ars_families(2026, ALL, none)["beneficiary_no"].to_list() == ["101"]
    assert ars_families(2018, ALL, none).is_empty()


def test_entries_of_other_families_are_not_read(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.family("101")
    world.issue(world.ars())
    # As in an issue: the slices before have just been booked, and nothing counts them for the planner yet.
    _book_others()
    asked = ["CAF63/101", *(f"CAF63/nobody-{number}" for number in range(OTHERS))]

    assert 0 < rows_read("ledger_entry", lambda: standing_of(ARS, asked)) < FEW
    # The transfer has left: nothing waits to be sent.
    assert standing_of(ARS, ["CAF63/101", "CAF63/other-1", "CAF63/nobody"]).sort("family").rows() == [
        ("CAF63/101", 0, 0),
        ("CAF63/other-1", PRIMARY_NET, 0),
    ]


def _book_others() -> None:
    keyed = pl.DataFrame({"number": range(1, OTHERS + 1)}).select(
        key=pl.format("benefit:ARS:2026-08:CAF63/other-{}:1", "number"),
        subject=pl.format("family:CAF63/other-{}", "number"),
        dated=pl.lit(date(2026, 8, 10)),
        label=pl.lit("ARS"),
        run_id=pl.lit(None, dtype=pl.Int64),
    )
    sides = ((ARS.charge, PRIMARY_NET), (Account.BENEFIT_PAYOUTS, -PRIMARY_NET))
    legs = [keyed.select("key", account=pl.lit(int(account)), amount_cents=pl.lit(cents)) for account, cents in sides]
    post_many(keyed, pl.concat(legs))


def test_accounts_are_found_in_their_buckets_alone(tmp_path: Path) -> None:
    World(tmp_path).family("101")
    families = pl.Series(["CAF63/101"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT bucket FROM benefits_familyfile")
        (bucket,) = cursor.fetchone()

    assert accounts_of(families, (bucket, bucket + 1)).height == accounts_of(families).height == 1
    assert accounts_of(families, (bucket + 1, BUCKETS)).is_empty()


def test_a_run_leaves_statistics_of_what_it_reads(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.family("101", ["2018-05-14", "2014-03-02"])
    world.ars()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'benefits_familychild'")
        assert cursor.fetchone() == (2,)
