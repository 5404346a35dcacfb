"""What the bank answers, in any order, doubled, wrong or hostile: the ledger follows the money, the rest has an owner."""

from datetime import date
from pathlib import Path

import pytest

from cmg.models import Settlement
from portal.banking.answers import WHOLE_FILE, import_path
from portal.banking.formats.messages import MessageRefused
from portal.banking.models import OpenItem, PaymentOrder
from portal.banking.statements import statement_faults
from portal.ledger.models import Entry
from tests.cmg.closing.issued import CAMT, HOME, Portal, balances, booking, receive, report, statement
from tests.cmg.files import iban_with_key

NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def debit(tmp_path: Path, db: None) -> PaymentOrder:
    Portal(tmp_path, HOME).issue()
    return PaymentOrder.objects.get()


def state(order: PaymentOrder) -> str:
    order.refresh_from_db()
    return order.state


def reasons() -> list[str]:
    return list(OpenItem.objects.order_by("pk").values_list("reason", flat=True))


def pain002(message_id: str, group_status: str = "", groups: str = "", reason: str = "") -> bytes:
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    status = f"<GrpSts>{group_status}</GrpSts>{why}" if group_status else ""
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>R</MsgId>'
        f"</GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId>{status}</OrgnlGrpInfAndSts>{groups}"
        "</CstmrPmtStsRpt></Document>"
    ).encode()


def of_group(name: str, status: str) -> str:
    return (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{name}</OrgnlPmtInfId><PmtInfSts>{status}</PmtInfSts></OrgnlPmtInfAndSts>"
    )


BOOKED, BACK = 0, 1


@pytest.mark.parametrize(
    "order_of_messages",
    [
        [BOOKED, BACK],
        [BACK, BOOKED],
        [BOOKED, BACK, BOOKED],
        [BACK, BOOKED, BOOKED, BACK],
        [BOOKED, BOOKED, BACK, BACK],
    ],
)
def test_booked_and_sent_back_give_the_same_ledger_in_any_order_and_however_often(
    debit: PaymentOrder, order_of_messages: list[int]
) -> None:
    told = [booking(debit), booking(debit, returned="MD06")]

    for number, which in enumerate(order_of_messages):
        receive(statement(told[which], number=number))

    assert state(debit) == "RETURNED"
    assert Entry.objects.filter(key__startswith="bank:").count() == 2
    assert balances()["UNPAID_DEBIT"] == debit.amount_cents
    assert "BANK" not in balances()
    assert reasons() == ["retour"]


def test_a_statement_that_tells_both_at_once_after_the_notices_changes_nothing(debit: PaymentOrder) -> None:
    receive(statement(booking(debit)))
    receive(statement(booking(debit, returned="AM04"), number=2))

    receive(statement(booking(debit), booking(debit, returned="AM04"), number=3))

    assert Entry.objects.filter(key__startswith="bank:").count() == 2


def test_the_same_movement_twice_in_one_statement_is_somebody_s(debit: PaymentOrder) -> None:
    receive(statement(booking(debit), booking(debit)))

    assert state(debit) == "BOOKED"
    assert reasons() == ["deja_passe"]
    assert balances()["BANK"] == debit.amount_cents


@pytest.mark.parametrize(
    ("case", "cells", "reason"),
    [
        ("one cent more", {"cents": 1}, "montant_different"),
        ("another currency", {"currency": "USD"}, "montant_illisible"),
    ],
)
def test_a_wrong_amount_or_currency_books_nothing(debit: PaymentOrder, case: str, cells: dict, reason: str) -> None:
    if "cents" in cells:
        cells = {"cents": debit.amount_cents + 1}

    receive(statement(booking(debit, **cells)))

    assert (state(debit), reasons()) == ("SENT", [reason]), case
    assert "BANK" not in balances()
    assert OpenItem.objects.get().owner.username == "bruno"


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-1.00", "1E3", "1,00", "", "9" * 40, "1.001"])
def test_an_amount_that_is_not_one_is_an_open_item_and_not_a_crash(debit: PaymentOrder, amount: str) -> None:
    content = statement(booking(debit)).replace(f"{debit.amount_cents / 100:.2f}".encode(), amount.encode())

    assert receive(content).opened == 1
    assert (state(debit), reasons()) == ("SENT", ["montant_illisible"])


def test_a_refusal_told_after_the_booking_does_not_undo_it(debit: PaymentOrder) -> None:
    receive(statement(booking(debit)))

    receive(report(debit, "RJCT", "AC04"))

    assert (state(debit), reasons()) == ("BOOKED", ["contradiction"])
    assert balances()["BANK"] == debit.amount_cents


def test_a_file_refused_whole_refuses_its_orders_and_questions_no_family(tmp_path: Path, debit: PaymentOrder) -> None:
    receive(pain002(debit.bank_file.message_id, "RJCT", reason="AC04"))

    assert (state(debit), debit.reason_code) == ("REJECTED", WHOLE_FILE)
    assert (reasons(), OpenItem.objects.get().amount_cents) == (["fichier_refuse"], debit.amount_cents)
    assert november(tmp_path, HOME).status == "SETTLED"


@pytest.mark.parametrize(
    ("group", "status", "expected", "opened"),
    [
        ("{file}-1", "ACCP", "ACCEPTED", []),
        ("{file}-1", "RJCT", "REJECTED", ["fichier_refuse"]),
        ("{file}-2", "RJCT", "SENT", ["fichier_inconnu"]),
        ("other-1", "RJCT", "SENT", ["fichier_inconnu"]),
    ],
)
def test_the_status_of_a_group_is_that_of_its_orders(
    debit: PaymentOrder, group: str, status: str, expected: str, opened: list[str]
) -> None:
    file = debit.bank_file.message_id

    receive(pain002(file, "PART", of_group(group.format(file=file), status)))

    assert (state(debit), reasons()) == (expected, opened)


def november(folder: Path, base: dict, **account: str) -> Settlement:
    """The same family's next month, once the bank has answered for October."""
    portal = Portal.__new__(Portal)
    portal.folder, portal.files, portal.base = folder / "november", 0, base
    if account:
        portal.send("accounts", **account)
    portal.send("declarations", declaration_no="D11", care_month="2026-11", received_at="2026-11-25T10:00:00+01:00")
    return Settlement.objects.get(run=portal.issue(NOVEMBER, date(2026, 11, 26)))


@pytest.mark.parametrize(
    ("case", "reason", "account", "status"),
    [
        ("the account is closed", "AC04", {}, "HELD"),
        ("the family contested it", "MD06", {}, "HELD"),
        ("no reason was given", "", {}, "HELD"),
        ("the family gave another account", "AC04",
         {"iban": iban_with_key("7"), "updated_at": "2026-11-02T10:00:00+01:00"}, "SETTLED"),
        ("the family confirmed the same one", "AM04", {"updated_at": "2026-11-02T10:00:00+01:00"}, "SETTLED"),
        ("the bank itself was at fault", "DT01", {}, "SETTLED"),
    ],
)  # fmt: skip
def test_a_movement_sent_back_holds_the_next_month_until_the_family_answers(
    tmp_path: Path, debit: PaymentOrder, case: str, reason: str, account: dict, status: str
) -> None:
    receive(statement(booking(debit)))
    receive(statement(booking(debit, returned=reason, credit=False), number=2))

    settled = november(tmp_path, HOME, **account)

    assert settled.status == status, case
    assert ("CMG-033" in settled.anomaly_codes) == (status == "HELD"), case


@pytest.mark.django_db
def test_what_is_ours_nowhere_is_somebody_s() -> None:
    unknown = PaymentOrder(end_to_end_id="CMG-209901-1-P1", amount_cents=1, kind="DEBIT")

    receive(statement(booking(unknown)))
    receive(pain002("another file", "RJCT"))

    assert reasons() == ["reference_inconnue", "fichier_inconnu"]
    assert balances() == {}


DTD = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document><BkToCstmrStmt>&x;</BkToCstmrStmt></Document>'
LAUGHS = '<!DOCTYPE a [<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
) + "]><Document><BkToCstmrStmt>&j;</BkToCstmrStmt></Document>"  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"x", b"<a>", b"<Document/>", b"\x00\xff" * 99, DTD.encode(), LAUGHS.encode(),
                                     b"<a>" * 5000, b"<Document><Other/></Document>"])  # fmt: skip
def test_what_is_not_a_message_is_refused(content: bytes) -> None:
    with pytest.raises(MessageRefused):
        receive(content)


@pytest.mark.django_db
def test_a_file_too_big_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.xml"
    with path.open("wb") as target:
        target.truncate(50 * 2**30)

    with pytest.raises(MessageRefused, match="trop gros"):
        import_path(path, on=NOVEMBER)


def test_a_comment_before_the_message_is_not_the_message(debit: PaymentOrder) -> None:
    receive(statement(booking(debit)).replace(b"<BkToCstmrStmt>", b"<!-- bank --><BkToCstmrStmt>"))

    assert state(debit) == "BOOKED"


@pytest.mark.django_db
def test_numbers_that_begin_anew_each_year_lack_nothing() -> None:
    for number, year in ((250, 2026), (251, 2026), (1, 2027), (2, 2027)):
        dated = f"<ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>{year}-06-01T09:00:00</CreDtTm>"
        receive(statement(number=number).replace(f"<ElctrncSeqNb>{number}</ElctrncSeqNb>".encode(), dated.encode()))

    assert statement_faults() == []
    assert CAMT in statement().decode()
