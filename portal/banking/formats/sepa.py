"""pain.001.001.09 and pain.008.001.08, streamed: a national file set needs no more memory than one payment.

Text is written by hand, escaped and reduced to the SEPA Latin set; the same input gives the same bytes.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import BinaryIO
from xml.sax.saxutils import escape

CREDIT_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
DEBIT_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"
NOT_LATIN = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
# Letters that no decomposition brings to the Latin set.
NOT_DECOMPOSED = str.maketrans({
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
    "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i", "’": "'", "‘": "'",
})  # fmt: skip
PIECES = 2000


@dataclass(frozen=True, slots=True)
class Payment:
    """One movement. Amounts in cents; `mandate_ref` and `mandate_signed_on` for debits only."""

    end_to_end_id: str
    name: str
    iban: str
    amount_cents: int
    remittance: str
    due_on: date
    mandate_ref: str = ""
    mandate_signed_on: date | None = None


@dataclass(frozen=True)
class Header:
    """Who sends: message identifier, creation instant, name and account; `creditor_id` (ICS) for debits; `bic` of our bank."""

    message_id: str
    created_at: datetime
    name: str
    iban: str
    count: int
    total_cents: int
    creditor_id: str = ""
    bic: str = ""


def latin(text: str, length: int) -> str:
    """`text` in the SEPA Latin set, at most `length` characters, never empty."""
    plain = text
    if not text.isascii():
        plain = text.translate(NOT_DECOMPOSED)
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    clean = re.sub(r" +", " ", NOT_LATIN.sub(" ", plain)).strip(" /")
    return clean[:length].strip() or "-"


def amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _text(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>"


def _group_header(header: Header) -> str:
    created = header.created_at.replace(microsecond=0).isoformat()
    return (
        f"<GrpHdr>{_text('MsgId', header.message_id)}{_text('CreDtTm', created)}"
        f"{_text('NbOfTxs', str(header.count))}{_text('CtrlSum', amount(header.total_cents))}"
        f"<InitgPty>{_text('Nm', latin(header.name, 70))}</InitgPty></GrpHdr>"
    )


def _account(iban: str) -> str:
    return f"<Id>{_text('IBAN', iban)}</Id>"


def _agent(header: Header) -> str:
    return f"<FinInstnId>{_text('BICFI', header.bic)}</FinInstnId>" if header.bic else NO_AGENT


NO_AGENT = "<FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId>"


def write_credits(target: BinaryIO, header: Header, payments: Iterable[Payment]) -> None:
    """A pain.001 file. `payments` come sorted by `due_on`: each day is one group."""
    _write(target, CREDIT_NAMESPACE, "CstmrCdtTrfInitn", header, payments, _credit_group, _credit)


def write_debits(target: BinaryIO, header: Header, payments: Iterable[Payment]) -> None:
    """A pain.008 file (CORE, recurrent). `payments` come sorted by `due_on`."""
    _write(target, DEBIT_NAMESPACE, "CstmrDrctDbtInitn", header, payments, _debit_group, _debit)


def _write(target, namespace, root, header, payments, group, one) -> None:  # type: ignore[no-untyped-def]
    target.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{namespace}"><{root}>'.encode())
    target.write(_group_header(header).encode())
    for number, (day, same_day) in enumerate(groupby(payments, key=lambda payment: payment.due_on), start=1):
        target.write(f"<PmtInf>{group(header, number, day)}".encode())
        for piece in _pieces(one(payment) for payment in same_day):
            target.write(piece)
        target.write(b"</PmtInf>")
    target.write(f"</{root}></Document>\n".encode())


def _pieces(texts: Iterator[str]) -> Iterator[bytes]:
    held: list[str] = []
    for text in texts:
        held.append(text)
        if len(held) == PIECES:
            yield "".join(held).encode()
            held.clear()
    yield "".join(held).encode()


def _credit_group(header: Header, number: int, day: date) -> str:
    return (
        f"{_text('PmtInfId', f'{header.message_id}-{number}'[:35])}<PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg>"
        f"<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf><ReqdExctnDt><Dt>{day}</Dt></ReqdExctnDt>"
        f"<Dbtr>{_text('Nm', latin(header.name, 70))}</Dbtr><DbtrAcct>{_account(header.iban)}</DbtrAcct>"
        f"<DbtrAgt>{_agent(header)}</DbtrAgt><ChrgBr>SLEV</ChrgBr>"
    )


def _credit(payment: Payment) -> str:
    return (
        f"<CdtTrfTxInf><PmtId>{_text('EndToEndId', payment.end_to_end_id)}</PmtId>"
        f'<Amt><InstdAmt Ccy="EUR">{amount(payment.amount_cents)}</InstdAmt></Amt>'
        f"<Cdtr>{_text('Nm', latin(payment.name, 70))}</Cdtr><CdtrAcct>{_account(payment.iban)}</CdtrAcct>"
        f"<RmtInf>{_text('Ustrd', latin(payment.remittance, 140))}</RmtInf></CdtTrfTxInf>"
    )


def _debit_group(header: Header, number: int, day: date) -> str:
    scheme = f"<PrvtId><Othr>{_text('Id', header.creditor_id)}<SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId>"
    return (
        f"{_text('PmtInfId', f'{header.message_id}-{number}'[:35])}<PmtMtd>DD</PmtMtd><BtchBookg>true</BtchBookg>"
        f"<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>CORE</Cd></LclInstrm><SeqTp>RCUR</SeqTp></PmtTpInf>"
        f"<ReqdColltnDt>{day}</ReqdColltnDt><Cdtr>{_text('Nm', latin(header.name, 70))}</Cdtr>"
        f"<CdtrAcct>{_account(header.iban)}</CdtrAcct><CdtrAgt>{_agent(header)}</CdtrAgt><ChrgBr>SLEV</ChrgBr>"
        f"<CdtrSchmeId><Id>{scheme}</Id></CdtrSchmeId>"
    )


def _debit(payment: Payment) -> str:
    return (
        f"<DrctDbtTxInf><PmtId>{_text('EndToEndId', payment.end_to_end_id)}</PmtId>"
        f'<InstdAmt Ccy="EUR">{amount(payment.amount_cents)}</InstdAmt><DrctDbtTx><MndtRltdInf>'
        f"{_text('MndtId', latin(payment.mandate_ref, 35))}<DtOfSgntr>{payment.mandate_signed_on}</DtOfSgntr>"
        f"</MndtRltdInf></DrctDbtTx><DbtrAgt>{NO_AGENT}</DbtrAgt>"
        f"<Dbtr>{_text('Nm', latin(payment.name, 70))}</Dbtr><DbtrAcct>{_account(payment.iban)}</DbtrAcct>"
        f"<RmtInf>{_text('Ustrd', latin(payment.remittance, 140))}</RmtInf></DrctDbtTxInf>"
    )
