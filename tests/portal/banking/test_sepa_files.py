"""SEPA files out: valid against their schemas, whatever the names and amounts; the same bytes each time."""

import io
from datetime import UTC, date, datetime

import pytest
from django.conf import settings

from portal.banking.formats.schema import NotValid, validate
from portal.banking.formats.sepa import Header, Payment, amount, latin, write_credits, write_debits

IBAN = "FR1420041010050500013M02606"
LARGEST = 99_999_999_999


def payment(**cells: object) -> Payment:
    return Payment(**{
        "end_to_end_id": "CMG-202610-1-P1", "name": "MARTIN ANNE", "iban": IBAN, "amount_cents": 1,
        "remittance": "CMG 10/2026", "due_on": date(2026, 11, 2), "mandate_ref": "M1",
        "mandate_signed_on": date(2020, 1, 1),
    } | cells)  # fmt: skip


def written(kind: str, *payments: Payment) -> bytes:
    header = Header(
        "CMG-202610-1-P001", datetime(2026, 10, 30, 16, 0, tzinfo=UTC), "Urssaf, caisse nationale", IBAN, len(payments),
        sum(one.amount_cents for one in payments), settings.BANK_CREDITOR_ID,
    )  # fmt: skip
    target = io.BytesIO()
    (write_debits if kind == "DEBIT" else write_credits)(target, header, payments)
    validate(io.BytesIO(target.getvalue()), kind)
    return target.getvalue()


@pytest.mark.parametrize("kind", ["DEBIT", "CREDIT"])
@pytest.mark.parametrize("cents", [1, 99, 100, 46_882, LARGEST])
def test_amounts_from_a_cent_to_the_largest_are_written_exactly(kind: str, cents: int) -> None:
    content = written(kind, payment(amount_cents=cents), payment(end_to_end_id="b", amount_cents=cents))

    assert content.count(f'<InstdAmt Ccy="EUR">{amount(cents)}</InstdAmt>'.encode()) == 2
    assert f"<CtrlSum>{amount(2 * cents)}</CtrlSum>".encode() in content
    assert content == written(kind, payment(amount_cents=cents), payment(end_to_end_id="b", amount_cents=cents)), (
        "same bytes"
    )


@pytest.mark.parametrize("kind", ["DEBIT", "CREDIT"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Lefèvre-Dœ Zoé Noël", "Lefevre-Doe Zoe Noel"),
        ("D’Été & Fils <b>", "D'Ete Fils b"),
        ("É" * 140, "E" * 70),
        ("Œ" * 60, "OE" * 35),
        ("Łukasz Đorđe Strauß Ødegård", "Lukasz Dorde Strauss Odegard"),
        ("//", "-"),
        ("中文", "-"),
        ("MARTIN\u00a0ANNE\t\n", "MARTIN ANNE"),
    ],
)
def test_names_are_in_the_latin_set_and_fit(kind: str, name: str, expected: str) -> None:
    assert latin(name, 70) == expected
    assert f"<Nm>{expected.replace('&', '&amp;')}</Nm>".encode() in written(kind, payment(name=name))


def test_each_day_is_a_group_of_its_own() -> None:
    content = written("DEBIT", payment(), payment(end_to_end_id="b", due_on=date(2026, 11, 3)))

    assert content.count(b"<PmtInf>") == 2
    assert b"<ReqdColltnDt>2026-11-02</ReqdColltnDt>" in content
    assert b"<PmtInfId>CMG-202610-1-P001-2</PmtInfId>" in content


def test_what_the_schema_refuses_is_never_handed_over() -> None:
    with pytest.raises(NotValid):
        written("DEBIT", payment(end_to_end_id="x" * 36))
