"""Bank messages in: pain.002, camt.053, camt.054, pacs.004, read without entities, network or surprises."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO

from lxml import etree

LARGEST = 200_000_000
AMOUNT = re.compile(r"\d{1,13}(\.\d{1,5})?", re.ASCII)
ACCEPTED, BOOKED, REJECTED, RETURNED, UNKNOWN = "ACCEPTED", "BOOKED", "REJECTED", "RETURNED", "UNKNOWN"
STATUSES = {"ACCP": ACCEPTED, "ACTC": ACCEPTED, "ACSP": ACCEPTED, "ACWC": ACCEPTED, "ACSC": ACCEPTED,
            "ACCC": ACCEPTED, "RJCT": REJECTED}  # fmt: skip


class MessageRefused(Exception):
    """The file is not a bank message that we read; the message says why, in French."""


@dataclass(frozen=True)
class BankLine:
    """One thing the bank says of one movement, or of a `group` of a file, or of a whole file.

    `amount_cents` is None when it is not said, and when what is said (`amount_said`) is not an amount in euros.
    """

    number: int
    end_to_end_id: str
    original_message_id: str
    status: str
    reason: str
    amount_cents: int | None
    is_credit: bool | None
    booked_on: date | None
    reference: str
    is_reversal: bool = False
    amount_said: bool = False
    group: str = ""


@dataclass(frozen=True)
class Statement:
    """What a camt.053 says of one account: booked balances at both ends and the sum of the booked entries, in cents.

    A balance is None when it is not said or not in euros; so is `number` when it is not a number.
    """

    account: str
    number: int | None
    closed_on: date | None
    opening_cents: int | None
    closing_cents: int | None
    moved_cents: int


@dataclass(frozen=True)
class Message:
    """A message: its kind (pain.002…), identifier, lines, and statements (camt.053 only)."""

    kind: str
    message_id: str
    lines: tuple[BankLine, ...]
    statements: tuple[Statement, ...] = ()


def read_message(content: bytes) -> Message:
    """The message in `content`. Raises MessageRefused."""
    if len(content) > LARGEST:
        raise MessageRefused("Le message est trop gros.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.parse(BytesIO(content), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise MessageRefused(f"Ce n’est pas du XML lisible : {error}.") from error
    if root.getroottree().docinfo.doctype:
        raise MessageRefused("Le message déclare une DTD : refusé.")
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = etree.QName(element).localname
    body = next((child for child in root if isinstance(child.tag, str)), None)
    readers = {
        "CstmrPmtStsRpt": ("pain.002", _status_report),
        "BkToCstmrStmt": ("camt.053", _statement),
        "BkToCstmrDbtCdtNtfctn": ("camt.054", _statement),
        "PmtRtr": ("pacs.004", _returns),
    }
    if body is None or body.tag not in readers:
        raise MessageRefused("Ce message n’est ni pain.002, ni camt.053, ni camt.054, ni pacs.004.")
    kind, reader = readers[body.tag]
    statements = tuple(_balances(body)) if kind == "camt.053" else ()
    return Message(kind, _text(body, "GrpHdr/MsgId"), tuple(reader(body)), statements)


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _cents(element: etree._Element | None) -> int | None:
    """Whole cents, in euros; None otherwise. An amount is digits and a dot, as the schemas say: no sign, no exponent."""
    if element is None or element.get("Ccy", "EUR") != "EUR":
        return None
    text = (element.text or "").strip()
    if not AMOUNT.fullmatch(text):
        return None
    cents = Decimal(text) * 100
    return int(cents) if cents == int(cents) else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _reason(element: etree._Element, path: str) -> str:
    return _text(element, f"{path}/Rsn/Cd") or _text(element, f"{path}/Rsn/Prtry")


def _status_report(body: etree._Element) -> Iterator[BankLine]:
    """Transactions one by one; the status of a group speaks for its own, that of the file for all, when none is said."""
    original = _text(body, "OrgnlGrpInfAndSts/OrgnlMsgId")
    number = 0
    for group in body.iterfind("OrgnlPmtInfAndSts"):
        transactions = group.findall("TxInfAndSts")
        for info in transactions:
            number += 1
            amount = info.find("OrgnlTxRef/Amt/InstdAmt")
            yield BankLine(
                number, _text(info, "OrgnlEndToEndId"), original, STATUSES.get(_text(info, "TxSts"), UNKNOWN),
                _reason(info, "StsRsnInf"), _cents(amount), None, None, _text(info, "StsId"),
                amount_said=amount is not None,
            )  # fmt: skip
        status = _text(group, "PmtInfSts")
        if status and not transactions:
            number += 1
            name = _text(group, "OrgnlPmtInfId")
            yield BankLine(
                number, "", original, STATUSES.get(status, UNKNOWN), _reason(group, "StsRsnInf"), None, None, None,
                name, group=name,
            )  # fmt: skip
    status = _text(body, "OrgnlGrpInfAndSts/GrpSts")
    if not number or status == "RJCT":
        yield BankLine(
            number + 1, "", original, STATUSES.get(status, UNKNOWN), _reason(body, "OrgnlGrpInfAndSts/StsRsnInf"), None,
            None, None, original,
        )  # fmt: skip


def _is_booked(entry: etree._Element) -> bool:
    return _text(entry, "Sts/Cd") in ("BOOK", "") and _text(entry, "Sts") in ("", "BOOK")


def _signed(element: etree._Element) -> int | None:
    cents = _cents(element.find("Amt"))
    return cents if cents is None or _text(element, "CdtDbtInd") == "CRDT" else -cents


def _balances(body: etree._Element) -> Iterator[Statement]:
    for statement in body.iterfind("Stmt"):
        balances = {_text(balance, "Tp/CdOrPrtry/Cd"): balance for balance in statement.iterfind("Bal")}
        opening = next((balances[code] for code in ("OPBD", "PRCD") if code in balances), None)
        closing = balances.get("CLBD")
        number = _text(statement, "ElctrncSeqNb") or _text(statement, "LglSeqNb")
        yield Statement(
            _text(statement, "Acct/Id/IBAN"),
            int(number) if number.isdecimal() and len(number) < 10 else None,
            _date(_text(statement, "FrToDt/ToDtTm") or _text(statement, "CreDtTm")),
            None if opening is None else _signed(opening),
            None if closing is None else _signed(closing),
            sum(_signed(entry) or 0 for entry in statement.iterfind("Ntry") if _is_booked(entry)),
        )


def _statement(body: etree._Element) -> Iterator[BankLine]:
    """Entries of statements and notifications; a batch entry gives its transactions."""
    number = 0
    for entry in body.iter("Ntry"):
        booked = _is_booked(entry)
        day = _date(_text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm"))
        credit = _text(entry, "CdtDbtInd") == "CRDT"
        reversal = _text(entry, "RvslInd") == "true"
        details = entry.findall("NtryDtls/TxDtls")
        for detail in details or [entry]:
            number += 1
            amount = detail.find("Amt")
            if amount is None:
                amount = detail.find("AmtDtls/TxAmt/Amt")
            if amount is None and len(details) <= 1:
                amount = entry.find("Amt")
            returned = _reason(detail, "RtrInf")
            status = RETURNED if returned or reversal else BOOKED if booked else UNKNOWN
            yield BankLine(
                number, _text(detail, "Refs/EndToEndId"), "", status, returned, _cents(amount), credit, day,
                _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef"), reversal, amount_said=amount is not None,
            )  # fmt: skip


def _returns(body: etree._Element) -> Iterator[BankLine]:
    for number, info in enumerate(body.iterfind("TxInf"), start=1):
        amount = info.find("RtrdIntrBkSttlmAmt")
        if amount is None:
            amount = info.find("OrgnlIntrBkSttlmAmt")
        yield BankLine(
            number, _text(info, "OrgnlEndToEndId"), _text(info, "OrgnlGrpInf/OrgnlMsgId"), RETURNED,
            _reason(info, "RtrRsnInf"), _cents(amount), None,
            _date(_text(info, "IntrBkSttlmDt") or _text(body, "GrpHdr/IntrBkSttlmDt")), _text(info, "RtrId"),
            amount_said=amount is not None,
        )  # fmt: skip
