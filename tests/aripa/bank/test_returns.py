"""What the bank answers: a debit that comes back is told once, a transfer that comes back waits and leaves again."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from aripa.bank import returns
from aripa.bank.again import NothingToSendAgain, send_file_again
from aripa.bank.proof import check_bank_moves
from aripa.exports import export_aripa
from aripa.flows.own import Numbers
from aripa.flows.own import receive as tell
from aripa.models import BankMove, Case, Event, Movement, Notice, Term, Waits
from cmg.operations import inputs_digest
from portal.banking.answers import import_messages
from portal.banking.formats.counterparty import Bank
from portal.banking.models import BankMessage, OpenItem, PaymentOrder
from portal.exchange.models import FileOrigin, ReceivedFile
from portal.ledger.models import Account
from portal.ledger.operations import balance
from portal.ledger.proof import check_ledger
from tests.aripa.agents import agent
from tests.aripa.bank.world import FIRST, account, banked_case, files, live, new_account, order, orders, receive
from tests.aripa.rows import day, event_row, parent_row
from tests.cmg.closing.issued import booking, report, statement
from tests.cmg.closing.test_bank_answers import pain002

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def by_the_bank(settings: Any) -> None:
    settings.PENSIONS_SINCE = FIRST


@pytest.fixture
def bank() -> Iterator[Bank]:
    bank = Bank.start(datetime(2026, 1, 12, 9, tzinfo=PARIS))
    yield bank
    bank.stop()


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """The debit of the 12th and the payout of the 13th are at the bank."""
    banked_case()
    live("2026-01-13")
    files(tmp_path, "2026-01-13")
    return tmp_path


def moved() -> list[tuple[str, str, int]]:
    rows = Movement.objects.order_by("day", "number")
    return [(f"{one.day:%d/%m}", one.kind, one.amount_cents) for one in rows]


def told() -> list[tuple[date, str, int]]:
    rows = Event.objects.filter(kind="DEBIT_RETURNED").order_by("event_no")
    return [(one.day, one.reason, one.amount_cents) for one in rows]


def proven() -> bool:
    return check_ledger() + check_bank_moves() == []


def test_a_debit_comes_back_after_its_payout_and_the_term_is_owed_again(bank: Bank, tmp_path: Path) -> None:
    banked_case()
    live("2026-01-12")
    for path in files(tmp_path, "2026-01-12"):
        bank.send(path)
    bank.advance(1)
    live("2026-01-13")
    for path in files(tmp_path, "2026-01-13"):
        bank.send(path)
    bank.advance(1)
    bank.refuse_collection(order("DEBIT").end_to_end_id, "AM04")
    bank.advance(1)
    received = bank.collect(tmp_path / "in")
    assert len([path for path in received if order("DEBIT").end_to_end_id in path.read_text()]) >= 4

    import_messages(received, on=day("2026-01-15"))
    import_messages(received, on=day("2026-01-16"))

    assert told() == [(date(2026, 1, 15), "AM04", 25000)], "four messages tell it, and twice: one fact"
    assert orders() == [("DEBIT", 25000, "RETURNED"), ("PAYOUT", 25000, "BOOKED")]
    assert not OpenItem.objects.filter(closed_on__isnull=True).exists(), "nobody has to do anything"
    assert ReceivedFile.objects.get().origin == "BANK"
    live("2026-01-16")
    assert moved() == [
        ("12/01", "DEBIT", 25000), ("13/01", "PAYOUT", 25000), ("15/01", "OVERPAYMENT", 25000),
        ("15/01", "DEBIT_RETURN", 25000),
    ]  # fmt: skip
    assert list(Notice.objects.filter(day__gte=FIRST).order_by("number").values_list("code", "day", "to")) == [
        ("L16", date(2026, 1, 15), "CREDITOR"), ("L08", date(2026, 1, 16), "DEBTOR"),
    ]  # fmt: skip
    assert (Case.objects.get().overpaid_cents, Term.objects.get().status) == (25000, "NOTICED")
    balances = [balance(one) for one in (Account.BANK, Account.SUPPORT_DEBITS, Account.SUPPORT_PAYOUTS)]
    assert (balances, proven()) == ([-25000, 0, 0], True), "paid out, and not collected: the fund bears it"


def test_a_transfer_comes_back_waits_and_leaves_once_for_the_new_account(
    bank: Bank, sent: Path, tmp_path: Path
) -> None:
    payout = order("PAYOUT").end_to_end_id
    bank.return_credit(payout, "AC04", days=1)
    for path in sorted(sent.glob("*.xml")):
        bank.send(path)
    bank.advance(5)
    import_messages(bank.collect(tmp_path / "in"), on=day("2026-01-16"))

    waiting = BankMove.objects.get(waits=Waits.CAME_BACK)
    assert (waiting.end_to_end_id, waiting.since, waiting.parent_no) == (payout, date(2026, 1, 16), "P-C1")
    assert [one.reason for one in OpenItem.objects.filter(closed_on__isnull=True)] == ["retour"]
    assert (balance(Account.SUPPORT_PAYOUTS), balance(Account.BANK), proven()) == (-25000, 25000, True)

    live("2026-01-20")
    assert len(orders()) == 2, "the account is still the one that the bank refused"
    new_account("P-C1", "2026-01-21", "99")
    live("2026-01-21")
    live("2026-01-22")

    assert [one[0] for one in orders()] == ["DEBIT", "PAYOUT", "PAYOUT"]
    again = order("PAYOUT")
    assert (again.end_to_end_id, again.iban_key) == (f"{payout}-2", account("99"))
    assert not OpenItem.objects.filter(closed_on__isnull=True).exists()
    receive(statement(booking_of_sent(again, tmp_path), number=50), "2026-01-22")
    assert (balance(Account.SUPPORT_PAYOUTS), balance(Account.BANK), proven()) == (0, 0, True)
    assert moved() == [("12/01", "DEBIT", 25000), ("13/01", "PAYOUT", 25000)], "the money moved once in the case"


def booking_of_sent(again: PaymentOrder, folder: Path) -> str:
    files(folder, "2026-01-21")
    again.refresh_from_db()
    assert again.state == "SENT"
    return booking(again)


def test_the_identity_of_cases_holds_while_a_payout_waits(sent: Path, tmp_path: Path) -> None:
    receive(report(order("PAYOUT"), "RJCT", "AC04"), "2026-01-14")
    live("2026-01-31")

    export_aripa(tmp_path / "out", on=None)

    header, row = (line.split(",") for line in (tmp_path / "out" / "cases.csv").read_text().splitlines())
    cells = dict(zip(header, row, strict=True))
    assert (cells["collected"], cells["paid_to_creditor"], cells["held"]) == ("250.00", "250.00", "0.00")
    assert balance(Account.SUPPORT_PAYOUTS) == -25000, "still to be paid, and said so by the books"


@pytest.mark.parametrize(
    ("case", "first", "then"),
    [
        ("refused before it was taken, then told again", "report", "report"),
        ("returned, then the statement of the day", "returned", "whole"),
        ("the statement first, then the notice", "whole", "returned"),
    ],
)
def test_a_return_told_by_two_messages_is_one_fact(sent: Path, case: str, first: str, then: str) -> None:
    debit = order("DEBIT")
    messages = {
        "report": report(debit, "RJCT", "AM04"),
        "returned": statement(booking(debit, returned="AM04"), number=8),
        "whole": statement(booking(debit), booking(debit, returned="AM04"), number=9),
    }
    receive(messages[first], "2026-01-14")
    receive(messages[then], "2026-01-15")

    assert told() == [(date(2026, 1, 14), "AM04", 25000)], case
    live("2026-01-15")
    assert [one[1] for one in moved()] == ["DEBIT", "PAYOUT", "OVERPAYMENT", "DEBIT_RETURN"]
    assert balance(Account.SUPPORT_DEBITS) == 0
    assert proven()


def test_a_return_that_a_file_told_before_the_bank_is_not_told_again(sent: Path) -> None:
    event_row("2026-01-14", "DEBIT_RETURNED", month="2026-01", reason="AM04", amount_cents=25000)

    receive(statement(booking(order("DEBIT")), booking(order("DEBIT"), returned="AM04")), "2026-01-15")

    assert told() == [(date(2026, 1, 14), "AM04", 25000)]
    live("2026-01-15")
    assert (balance(Account.SUPPORT_DEBITS), proven()) == (0, True)


def test_a_reason_that_the_law_s_table_does_not_know_is_kept_on_the_order(sent: Path) -> None:
    receive(report(order("DEBIT"), "RJCT", "RC01"), "2026-01-14")

    assert told() == [(date(2026, 1, 14), "MS03", 25000)]
    assert order("DEBIT").reason_code == "RC01"


def test_killed_while_telling_nothing_of_the_message_stays(sent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    message = report(order("DEBIT"), "RJCT", "AM04")

    def killed(*_given: object, **_said: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(returns, "receive", killed)
        with pytest.raises(KeyboardInterrupt):
            receive(message, "2026-01-14")
    assert (told(), BankMessage.objects.count(), order("DEBIT").state) == ([], 0, "SENT")

    receive(message, "2026-01-15")
    assert told() == [(date(2026, 1, 15), "AM04", 25000)]


@pytest.mark.parametrize(
    ("case", "change", "reason"),
    [
        ("a reference that is nobody's", {"end_to_end_id": "SNP-9999999999"}, "reference_inconnue"),
        ("another amount", {"amount_cents": 1}, "montant_different"),
        ("a reference that looks like a pension's", {"end_to_end_id": "SNP-x' OR 1=1"}, "reference_inconnue"),
    ],
)
def test_a_hostile_message_tells_nothing_and_lies_in_the_open_items(
    sent: Path, case: str, change: dict[str, Any], reason: str
) -> None:
    debit = order("DEBIT")
    said = PaymentOrder(kind="DEBIT", end_to_end_id=debit.end_to_end_id, amount_cents=debit.amount_cents)
    for name, value in change.items():
        setattr(said, name, value)

    receive(statement(booking(said, returned="AM04")), "2026-01-14")

    assert [one.reason for one in OpenItem.objects.filter(closed_on__isnull=True)] == [reason], case
    assert (told(), order("DEBIT").state) == ([], "SENT")


def test_an_order_that_never_left_cannot_come_back() -> None:
    banked_case()
    live("2026-01-13")

    receive(statement(booking(order("PAYOUT"), returned="AC04")), "2026-01-14")

    assert [one.reason for one in OpenItem.objects.all()] == ["ordre_jamais_envoye"]
    assert not BankMove.objects.exclude(waits="").exists()


def test_a_file_refused_whole_wrongs_no_parent_and_is_sent_again_by_a_person(sent: Path, tmp_path: Path) -> None:
    file = order("DEBIT").bank_file
    assert file is not None
    receive(pain002(file.message_id, "RJCT", reason="FF01"), "2026-01-14")

    assert told() == [], "the payer's account has nothing to do with it"
    assert [one.kind for one in BankMove.objects.filter(waits=Waits.FILE_REFUSED)] == ["DEBIT"]
    live("2026-01-15")
    assert len(orders()) == 2, "not sent again by itself"

    assert send_file_again(message_id=file.message_id, by="bruno", on=day("2026-01-15")) == 1
    with pytest.raises(NothingToSendAgain):
        send_file_again(message_id=file.message_id, by="bruno", on=day("2026-01-15"))
    with pytest.raises(CommandError, match="n’attend"):
        call_command("send_pensions_again", file.message_id, by=agent("bruno").username)

    assert [(one[0], one[2]) for one in orders()] == [("DEBIT", "REJECTED"), ("PAYOUT", "SENT"), ("DEBIT", "PREPARED")]
    assert order("DEBIT").end_to_end_id.endswith("-2")
    assert [path.name for path in files(tmp_path, "2026-01-15")] == ["SNP-J20260115-P001.xml"]
    receive(report(order("DEBIT"), "RJCT", "AC04"), "2026-01-16")
    assert told() == [(date(2026, 1, 16), "AC04", 25000)]
    assert proven()


def test_a_confirmed_account_is_tried_again_a_mere_move_is_not(sent: Path) -> None:
    receive(report(order("PAYOUT"), "RJCT", "AC06"), "2026-01-14")
    same = {"iban_key": account("71"), "birth_name": "Martin"}
    parent_row("P-C1", "2026-01-19", city="Riom", bank_statement_on=day("2025-11-01"), **same)
    live("2026-01-19")
    assert len(orders()) == 2

    parent_row("P-C1", "2026-01-20", bank_statement_on=day("2026-01-20"), **same)
    live("2026-01-20")
    assert len(orders()) == 3


@pytest.mark.parametrize(
    ("case", "named", "counts"),
    [("a pension's order", "pension", False), ("a quiet day", "", False), ("an order of the CMG", "cmg", True)],
)
def test_a_message_about_pensions_voids_no_signature_of_the_cmg(
    sent: Path, case: str, named: str, counts: bool
) -> None:
    cmg = PaymentOrder.objects.create(
        id=10**9, kind="CREDIT", purpose="CMG_ADVANCE", subject="cmg:employer:E1", end_to_end_id="CMG-ADV-1", name="x",
        iban_key=account("1"), amount_cents=100, due_on=FIRST, remittance="x", state="SENT",
    )  # fmt: skip
    before = inputs_digest(day("2026-01"))
    entries = {"pension": [booking(order("PAYOUT"))], "cmg": [booking(cmg), booking(order("PAYOUT"))], "": []}

    receive(statement(*entries[named]), "2026-01-14")

    assert (inputs_digest(day("2026-01")) != before) is counts, case


def test_an_answer_of_a_garnishee_under_the_same_row_number_hinders_no_return(sent: Path) -> None:
    """The hundredth answer and the hundredth order are two facts: one would keep the whole message out."""
    debit = order("DEBIT")
    said = {"event_no": str(Numbers.THIRD.of(debit.pk)), "day": "2026-01-13", "case_no": "C1", "kind": "GARNISHEE_ANSWER",
            "ref": "EMP1", "reason": "ACCEPTED"}  # fmt: skip
    tell([said], name="reponse.csv", sender="tiers:O-1", origin=FileOrigin.THIRD)

    receive(report(debit, "RJCT", "AM04"), "2026-01-14")

    assert told() == [(date(2026, 1, 14), "AM04", 25000)]
    assert Event.objects.filter(kind="GARNISHEE_ANSWER").count() == 1


def test_a_return_that_a_file_told_of_another_amount_is_still_told_by_the_bank(sent: Path) -> None:
    """The days hear nothing of a debit that is not theirs: the money that the bank took back would be lost."""
    event_row("2026-01-14", "DEBIT_RETURNED", month="2026-01", reason="AM04", amount_cents=24999)

    receive(statement(booking(order("DEBIT")), booking(order("DEBIT"), returned="AM04")), "2026-01-15")
    live("2026-01-16")

    assert told() == [(date(2026, 1, 14), "AM04", 24999), (date(2026, 1, 15), "AM04", 25000)]
    assert (Case.objects.get().overpaid_cents, Term.objects.get().status) == (25000, "NOTICED")
    assert (balance(Account.SUPPORT_DEBITS), proven()) == (0, True)
