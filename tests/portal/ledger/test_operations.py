"""Posting: balanced, whole, once; one or many; by two at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import polars as pl
import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from portal.ledger.models import Account, Entry, Leg
from portal.ledger.operations import EmptyEntry, EntryConflict, balance, post, post_many, statement
from portal.ledger.proof import check_ledger

DAY = date(2026, 10, 26)
GOOD = {Account.BANK: 12_345, Account.FAMILY_DEBIT: -12_345}


def booked(**changed: object) -> Entry:
    return post(**({"key": "k", "subject": "s", "dated": DAY, "label": "l", "legs": GOOD} | changed))  # type: ignore[arg-type]


def frames(keys: dict[str, dict[Account, int]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    entries = pl.DataFrame(
        {"key": list(keys), "subject": "s", "dated": DAY, "label": "l", "run_id": None},
        schema_overrides={"run_id": pl.Int64},
    )
    legs = [
        {"key": key, "account": int(account), "amount_cents": cents}
        for key, of_key in keys.items()
        for account, cents in of_key.items()
    ]
    return entries, pl.DataFrame(legs, schema={"key": pl.String, "account": pl.Int16, "amount_cents": pl.Int64})


@pytest.mark.django_db
def test_an_entry_is_booked_with_its_legs_but_not_those_of_zero() -> None:
    entry = booked(legs=GOOD | {Account.SUSPENSE: 0})

    assert {leg.account: leg.amount_cents for leg in entry.legs.all()} == {9: 12_345, 5: -12_345}
    assert (entry.legs_count, entry.turnover_cents) == (2, 12_345)
    assert check_ledger() == []


@pytest.mark.django_db
@pytest.mark.parametrize(("case", "legs", "refused"), [
    ("a cent too much", {Account.BANK: 100, Account.SUSPENSE: -99}, IntegrityError),
    ("a cent too little", {Account.BANK: 100, Account.SUSPENSE: -101}, IntegrityError),
    ("one leg alone", {Account.BANK: 100}, IntegrityError),
    ("all credits", {Account.BANK: -1, Account.SUSPENSE: -1}, IntegrityError),
    ("no leg", {}, EmptyEntry),
    ("only zeros", {Account.BANK: 0, Account.SUSPENSE: 0}, EmptyEntry),
])  # fmt: skip
def test_what_does_not_balance_is_refused_and_nothing_is_kept(
    case: str, legs: dict[Account, int], refused: type[Exception]
) -> None:
    with pytest.raises(refused), transaction.atomic():
        booked(legs=legs)

    assert (Entry.objects.count(), Leg.objects.count()) == (0, 0), case


@pytest.mark.django_db
def test_a_second_call_gives_the_first_entry() -> None:
    assert booked().pk == booked(label="un autre libellé").pk
    assert Leg.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [
    {"legs": {Account.BANK: 12_344, Account.FAMILY_DEBIT: -12_344}},
    {"legs": {Account.BANK: 12_345, Account.FAMILY_PAYOUT: -12_345}},
    {"subject": "another family"},
    {"dated": date(2026, 10, 27)},
])  # fmt: skip
def test_a_key_never_names_two_things(changed: dict[str, object]) -> None:
    booked()

    with pytest.raises(EntryConflict, match="k est déjà écrite"):
        booked(**changed)
    assert balance(Account.BANK) == 12_345


@pytest.mark.django_db
def test_a_correction_points_to_the_entry_it_corrects() -> None:
    first = booked()
    second = booked(key="k:undone", legs={account: -cents for account, cents in GOOD.items()}, corrects_pk=first.pk)

    assert second.corrects_id == first.pk
    assert balance(Account.BANK) == 0


@pytest.mark.django_db(transaction=True)
def test_eight_threads_booking_one_key_book_it_once() -> None:
    def book(_number: int) -> int:
        try:
            return booked().pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(book, range(8)))) == 1
    assert (Entry.objects.count(), Leg.objects.count()) == (1, 2)
    assert check_ledger() == []


@pytest.mark.django_db
def test_many_entries_are_booked_whole() -> None:
    entries, legs = frames({"a": GOOD | {Account.SUSPENSE: 0}, "b": {Account.BANK: -5, Account.FAMILY_PAYOUT: 5}})

    assert post_many(entries, legs) == 2
    assert balance(Account.BANK) == 12_340
    assert Entry.objects.get(key="b").turnover_cents == 5
    assert check_ledger() == []


@pytest.mark.django_db
def test_a_posting_reads_its_own_entries_only_whatever_the_statistics_say() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_entry")

    assert _entries_read(booked) <= 10
    assert _entries_read(lambda: post_many(*frames({f"bulk:{number}": GOOD for number in range(3_000)}))) <= 3_010
    assert _entries_read(lambda: booked(key="after")) <= 10


def _entries_read(act: Callable[[], object]) -> int:
    """Entries that `act` reads, in the table as a whole or by the index of their numbers."""
    query = (
        "SELECT pg_stat_get_xact_tuples_returned('ledger_entry'::regclass)"
        " + pg_stat_get_xact_tuples_returned('ledger_entry_pkey'::regclass)"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        before = cursor.fetchone()[0]
        act()
        cursor.execute(query)
        return int(cursor.fetchone()[0] - before)


@pytest.mark.django_db
@pytest.mark.parametrize(("case", "keys", "change", "refused"), [
    ("an entry without legs", {"a": GOOD, "b": {}}, None, EmptyEntry),
    ("an entry of zeros", {"a": GOOD, "b": {Account.BANK: 0}}, None, EmptyEntry),
    ("a leg without entry", {"a": GOOD, "b": GOOD}, lambda entries: entries.head(1), EmptyEntry),
    ("one does not balance", {"a": GOOD, "b": GOOD | {Account.BANK: 1}}, None, IntegrityError),
    ("the same key twice", {"a": GOOD}, lambda entries: pl.concat([entries, entries]), IntegrityError),
])  # fmt: skip
def test_a_fault_anywhere_keeps_nothing_of_a_bulk_posting(
    case: str,
    keys: dict[str, dict[Account, int]],
    change: Callable[[pl.DataFrame], pl.DataFrame] | None,
    refused: type[Exception],
) -> None:
    entries, legs = frames(keys)

    with pytest.raises(refused), transaction.atomic():
        post_many(change(entries) if change else entries, legs)
    assert (Entry.objects.count(), Leg.objects.count()) == (0, 0), case


@pytest.mark.django_db
def test_a_bulk_key_booked_before_is_refused() -> None:
    post_many(*frames({"a": GOOD}))

    with pytest.raises(IntegrityError), transaction.atomic():
        post_many(*frames({"a": GOOD, "b": GOOD}))
    assert Entry.objects.count() == 1
    assert post_many(*frames({})) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("change", [
    "UPDATE ledger_leg SET amount_cents = 1", "DELETE FROM ledger_leg", "TRUNCATE ledger_leg",
    "UPDATE ledger_entry SET label = 'x'", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry CASCADE",
    "INSERT INTO ledger_leg (entry_id, account, amount_cents) SELECT id, 12, 7 FROM ledger_entry",
    "INSERT INTO ledger_leg (entry_id, account, amount_cents) SELECT id, n + 11, n * 2 - 3 FROM ledger_entry, "
    "generate_series(1, 2) n",
    "INSERT INTO ledger_leg (entry_id, account, amount_cents) VALUES (0, 11, 1), (0, 12, -1)",
])  # fmt: skip
def test_what_is_booked_stays_as_it_is(change: str) -> None:
    booked()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert check_ledger() == []
    assert balance(Account.BANK) == 12_345


@pytest.mark.django_db
def test_balances_are_sums_by_subject() -> None:
    booked()
    booked(key="k2", subject="other")

    assert balance(Account.BANK) == 24_690
    assert balance(Account.BANK, subject="s") == 12_345
    assert balance(Account.SUSPENSE) == 0


@pytest.mark.django_db
def test_a_statement_shows_the_latest_first_and_only_one_subject() -> None:
    booked()
    booked(key="later", dated=date(2026, 10, 27))
    booked(key="other", subject="other")

    lines = statement("s")

    assert [entry.key for entry, _legs in lines] == ["later", "k"]
    assert [leg.account for leg in lines[0][1]] == [Account.FAMILY_DEBIT, Account.BANK]
