"""camt.053: a statement that lacks, does not add up or does not follow is said; what follows well is not."""

from datetime import date

import pytest

from portal.banking.answers import import_message
from portal.banking.statements import statement_faults

DAY = date(2026, 10, 30)
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def entry(cents: int, status: str = "BOOK") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{abs(cents) / 100:.2f}</Amt><CdtDbtInd>{"CRDT" if cents > 0 else "DBIT"}</CdtDbtInd>'
        f"<Sts><Cd>{status}</Cd></Sts><AcctSvcrRef>R</AcctSvcrRef></Ntry>"
    )


def balance(code: str, cents: int, currency: str = "EUR") -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{abs(cents) / 100:.2f}</Amt>'
        f"<CdtDbtInd>{'CRDT' if cents >= 0 else 'DBIT'}</CdtDbtInd></Bal>"
    )


def statement(
    number: object, opening: int, closing: int, *entries: str, account: str = "FR7630006000011234567890189",
    currency: str = "EUR",
) -> bytes:  # fmt: skip
    return (
        f'<Document xmlns="{NAMESPACE}"><BkToCstmrStmt><GrpHdr><MsgId>S{number}</MsgId></GrpHdr><Stmt>'
        f"<ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>2026-10-30T09:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{account}</IBAN></Id></Acct>{balance('OPBD', opening, currency)}"
        f"{balance('CLBD', closing, currency)}{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def faults(*contents: bytes) -> list[str]:
    for number, content in enumerate(contents):
        import_message(content, name=f"{number}.xml", on=DAY)
    return statement_faults()


@pytest.mark.django_db
def test_statements_that_follow_each_other_raise_nothing_whatever_the_order_of_arrival() -> None:
    assert faults(
        statement(2, 150, -50, entry(-200)),
        statement(1, 100, 150, entry(70), entry(-20)),
        statement(3, -50, -50, entry(999, status="PDNG")),
        statement(8, 0, 0, account="FR1420041010050500013M02606"),
    ) == []  # fmt: skip


@pytest.mark.django_db
def test_one_cent_that_the_entries_do_not_explain_is_said() -> None:
    (fault,) = faults(statement(1, 100, 151, entry(50)))
    assert "ses mouvements font 0,50\u00a0€, ses soldes 0,51\u00a0€" in fault


@pytest.mark.django_db
def test_a_number_that_lacks_is_asked_for_until_it_comes() -> None:
    first, third = statement(1, 0, 0), statement(4, 0, 0)
    (fault,) = faults(first, third)
    assert "n° 2 à 3" in fault
    (fault,) = faults(statement(2, 0, 0))
    assert "n° 3 du" in fault
    assert faults(statement(3, 0, 0)) == []


@pytest.mark.django_db
def test_a_statement_begins_where_the_former_ended() -> None:
    (fault,) = faults(statement(1, 0, 0), statement(2, 1, 1))
    assert "il s’ouvre à 0,01\u00a0€" in fault


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [statement(2, 7, 9, currency="USD"), statement("n/a", 0, 0), statement("9" * 40, 0, 0)]
)
def test_what_is_not_said_in_euros_or_has_no_number_is_not_compared(content: bytes) -> None:
    assert faults(statement(1, 0, 0), content) == []
