"""Each movement that leaves by the fund is ordered once, with it; what the bank reads tells nobody where a parent lives."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from aripa.bank import ordering
from aripa.bank.ordering import LABELS
from aripa.bank.proof import check_bank_moves
from aripa.models import BankMove, Movement, Waits
from aripa.operations import run_days
from portal.banking.models import BankFile, PaymentOrder
from portal.ledger.models import Account
from portal.ledger.operations import balance
from portal.ledger.proof import check_ledger
from tests.aripa.bank.world import FIRST, account, banked_case, files, live, new_account, order, orders
from tests.aripa.rows import day, event_row, forced_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_the_bank(settings: Any) -> None:
    settings.PENSIONS_SINCE = FIRST


def test_a_term_is_debited_under_the_mandate_then_paid_out() -> None:
    banked_case()

    live("2026-01-13")

    assert orders() == [("DEBIT", 25000, "PREPARED"), ("PAYOUT", 25000, "PREPARED")]
    debit, payout = order("DEBIT"), order("PAYOUT")
    assert (debit.mandate_ref, debit.mandate_signed_on, debit.name) == ("M-D-C1", date(2024, 1, 1), "Paul Petit")
    assert (payout.mandate_ref, payout.mandate_signed_on, payout.name) == ("", None, "Anne Martin")
    assert (debit.iban_key, payout.iban_key) == (account("81"), account("71"))
    # The day is lived in the evening: a debit needs a banking day to reach the other bank, a transfer needs none.
    assert (debit.due_on, payout.due_on) == (date(2026, 1, 13), date(2026, 1, 13))
    assert (balance(Account.SUPPORT_DEBITS), balance(Account.SUPPORT_PAYOUTS)) == (25000, -25000)
    assert (balance(Account.BANK), check_ledger(), check_bank_moves()) == (0, [], [])


@pytest.mark.parametrize(
    ("case", "first", "ordered"),
    [
        ("nothing is asked of the bank before a day is given", None, []),
        ("the day before the portal takes over: the debit was asked elsewhere", "2026-01-13", ["PAYOUT"]),
        ("that day itself", "2026-01-12", ["DEBIT", "PAYOUT"]),
        ("years imported at once: nothing of them leaves", "2026-03-01", []),
    ],
)
def test_only_days_since_the_portal_took_over_reach_the_bank(
    settings: Any, case: str, first: str | None, ordered: list[str]
) -> None:
    settings.PENSIONS_SINCE = day(first) if first else None
    banked_case()

    live("2026-01-31")

    assert [one[0] for one in orders()] == ordered, case
    assert [one.kind for one in Movement.objects.order_by("number")] == ["DEBIT", "PAYOUT"]
    assert balance(Account.SUPPORT_HELD) == 0
    assert (check_ledger(), check_bank_moves()) == ([], [])


def test_a_debit_asked_elsewhere_that_comes_back_is_booked_against_the_bank(settings: Any) -> None:
    settings.PENSIONS_SINCE = day("2026-01-13")
    banked_case()
    event_row("2026-01-15", "DEBIT_RETURNED", month="2026-01", reason="AM04", amount_cents=25000)

    live("2026-01-31")

    assert balance(Account.BANK) == 0, "taken and given back"
    assert (balance(Account.SUPPORT_DEBITS), balance(Account.SUPPORT_PAYOUTS)) == (0, -25000)


def test_days_lived_one_by_one_or_at_once_order_the_same() -> None:
    banked_case()
    banked_case("C2")
    new_account("P-C2", "2026-01-20", "99")
    live("2026-03-31")
    at_once = [(one[0], one[1]) for one in orders()]
    accounts = list(
        PaymentOrder.objects.filter(purpose="ARIPA_PAYOUT", subject="aripa:case:C2").values_list("iban_key")
    )

    assert at_once == [("DEBIT", 25000), ("PAYOUT", 25000)] * 3
    # Lived late, January asks what it would have asked on its day.
    assert [one[0] for one in accounts] == [account("72"), account("99"), account("99")]


def test_asf_and_a_refund_are_transfers() -> None:
    forced_case("C1")
    event_row("2026-01-20", "ASF_CLAIM", reason="C1")
    event_row("2026-04-20", "PAYMENT_RECEIVED", means="TRANSFER", amount_cents=500_000)

    live("2026-05-31")

    moves = BankMove.objects.order_by("pk").values_list("kind", "party")
    assert set(moves) == {("ASF", "CREDITOR"), ("PAYOUT", "CREDITOR"), ("REFUND", "DEBTOR")}
    paid = {kind: sum(BankMove.objects.filter(kind=kind).values_list("amount_cents", flat=True)) for kind, _ in moves}
    for kind, cents in paid.items():
        assert cents == sum(Movement.objects.filter(kind=kind).values_list("amount_cents", flat=True)), kind
    assert set(PaymentOrder.objects.values_list("kind", flat=True)) == {"CREDIT"}
    assert (check_ledger(), check_bank_moves()) == ([], [])


def test_killed_in_the_middle_nothing_is_ordered_and_nothing_is_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    banked_case()

    def killed(_orders: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(ordering, "write_orders", killed)
        with pytest.raises(KeyboardInterrupt):
            live("2026-01-31")
    assert (Movement.objects.count(), BankMove.objects.count(), PaymentOrder.objects.count()) == (0, 0, 0)

    live("2026-01-31")
    assert run_days(until=day("2026-01-31")) is None
    assert orders() == [("DEBIT", 25000, "PREPARED"), ("PAYOUT", 25000, "PREPARED")]


def test_a_movement_is_never_asked_twice() -> None:
    banked_case()
    live("2026-01-13")
    first = BankMove.objects.earliest("pk")

    for change in ("UPDATE aripa_bankmove SET amount_cents = 1", "DELETE FROM aripa_bankmove"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    with pytest.raises(IntegrityError), transaction.atomic():
        BankMove.objects.create(
            case_id="C1", number=first.number, day=first.day, kind="DEBIT", party="DEBTOR", parent_no="D-C1",
            amount_cents=25000, tries=1,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("case", "cells"),
    [
        ("no account was ever given", {"iban_key": None, "iban_valid": False}),
        ("the number is not an IBAN", {"iban_valid": False}),
    ],
)
def test_without_an_account_the_order_waits_and_leaves_once_it_is_known(case: str, cells: dict[str, Any]) -> None:
    banked_case(creditor=cells)

    live("2026-01-14")

    waiting = BankMove.objects.get(waits=Waits.NO_ACCOUNT)
    assert (waiting.kind, waiting.party, waiting.amount_cents, waiting.since) == (
        "PAYOUT", "CREDITOR", 25000, date(2026, 1, 13),
    ), case  # fmt: skip
    assert [one[0] for one in orders()] == ["DEBIT"]
    assert (balance(Account.SUPPORT_PAYOUTS), check_bank_moves()) == (-25000, [])

    new_account("P-C1", "2026-01-20", "99")
    live("2026-01-19")
    assert [one[0] for one in orders()] == ["DEBIT"], "not told yet"
    live("2026-01-20")
    live("2026-01-21")

    assert [one[0] for one in orders()] == ["DEBIT", "PAYOUT"]
    sent = order("PAYOUT")
    assert (sent.iban_key, sent.amount_cents, sent.due_on) == (account("99"), 25000, date(2026, 1, 20))
    assert not BankMove.objects.exclude(waits="").exists()
    assert check_bank_moves() == []


def test_the_files_of_pensions_are_their_own_and_tell_no_place(tmp_path: Path) -> None:
    banked_case("C1", violence=True, creditor={
        "city": "Le Puy-en-Velay", "address": "3 montée du Plot", "fund": "CAF43", "usual_name": "Besson",
    })  # fmt: skip
    live("2026-01-13")

    written = files(tmp_path, "2026-01-13")

    assert sorted(path.name for path in written) == ["SNP-J20260113-P001.xml", "SNP-J20260113-V001.xml"]
    assert {one.sha256 != "" and one.count for one in BankFile.objects.all()} == {1}
    assert [one[2] for one in orders()] == ["SENT", "SENT"]
    text = "".join(path.read_text() for path in written)
    for told in ("Service national des pensions", "PENSION ALIMENTAIRE 01/2026", "<MndtId>M-D-C1</MndtId>",
                 "<DtOfSgntr>2024-01-01</DtOfSgntr>", "<SeqTp>RCUR</SeqTp>"):  # fmt: skip
        assert told in text
    for hidden in ("Puy", "montée", "CAF43", "Besson", ">C1<", "aripa:", "PAJEMPLOI", "Tom"):
        assert hidden not in text, hidden
    assert "Martin" not in (tmp_path / "SNP-J20260113-P001.xml").read_text(), (
        "the payer's bank reads no name of the other"
    )
    assert files(tmp_path, "2026-01-13") == []


def test_a_label_is_the_same_for_every_case() -> None:
    assert set(LABELS) == set(ordering.PARTY)
    assert all(label.isascii() and len(label) <= 130 for label in LABELS.values())


@pytest.mark.parametrize(
    ("case", "spoiled", "said"),
    [
        ("an order of another amount", "UPDATE banking_paymentorder SET amount_cents = 24999 WHERE kind = 'CREDIT'", 1),
        ("a movement whose order is gone", "DELETE FROM banking_paymentorder WHERE kind = 'DEBIT'", 1),
        ("a booked movement that nobody asked of the bank", "DELETE FROM aripa_bankmove WHERE kind = 'DEBIT'", 2),
        ("nothing", "SELECT 1", 0),
    ],
)
def test_the_proof_finds_an_order_that_is_not_its_movement(case: str, spoiled: str, said: int) -> None:
    banked_case()
    live("2026-01-13")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(spoiled)
        cursor.execute("SET session_replication_role = origin")

    assert len(check_bank_moves()) == said, (case, check_bank_moves())
