"""Structure invoices: the fund owes the family, on the account it has with us; otherwise somebody asks for one."""

from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from cmg.operations import RunNotIssuable, close_month, issue_run
from portal.banking.models import OpenItem, PaymentOrder
from portal.batches.operations import sign
from portal.exchange.operations import import_files
from portal.ledger.models import Entry
from tests.cmg.closing.issued import DAY, MONTH, Portal, balances, booking, ordered, receive, statement
from tests.cmg.files import nir_with_key, write

MICRO = {
    "right_no": "R9",
    "child_id": "C9",
    "care_mode": "MICRO_CRECHE",
    "child_birth_date": "2024-05-10",
    "sequence_no": "40",
}
INVOICE = {
    "invoice_no": "F1", "fund": "CAF63", "beneficiary_no": "B1", "child_id": "C9", "care_mode": "MICRO_CRECHE",
    "care_month": "2026-10", "hours": "100", "amount": "400.00", "hourly_tariff": "5.00", "fnas_funded": "0",
    "paid_on": "2026-10-20",
}  # fmt: skip


OTHER = nir_with_key("2850163001001")


def invoiced(folder: Path, **cells: str) -> Portal:
    portal = Portal(folder)
    portal.send("rights_fund", **MICRO | ({"beneficiary_no": "B9", "employer_no": "", "nir": OTHER} if cells else {}))
    send_invoice(portal, **cells)
    return portal


def send_invoice(portal: Portal, **cells: str) -> None:
    portal.files += 1
    import_files([write(portal.folder / str(portal.files), "structure_invoices", [INVOICE | cells])])


@pytest.mark.django_db
def test_an_invoice_is_booked_against_the_fund_and_paid_on_the_family_s_account(tmp_path: Path) -> None:
    portal = invoiced(tmp_path)

    run = portal.issue()

    assert ordered(run) == {"CMG_PAYOUT": 42_870, "CMG_STRUCTURE": 34_000}
    order = PaymentOrder.objects.get(purpose="CMG_STRUCTURE")
    assert (order.subject, order.kind, order.settlement_id) == ("cmg:employer:E1", "CREDIT", None)
    assert Entry.objects.get(key=f"cmg:invoice:CAF63:F1:run{run.pk}").turnover_cents == 34_000
    for sent in PaymentOrder.objects.all():
        receive(statement(booking(sent), number=sent.pk))
    assert balances()["FUND_PART_B"] == 42_870 + 34_000 == -balances()["BANK"]
    assert "FAMILY_PAYOUT" not in balances()


@pytest.mark.django_db
def test_a_corrected_invoice_moves_the_difference_and_the_same_one_nothing(tmp_path: Path) -> None:
    portal = invoiced(tmp_path)
    portal.issue()
    send_invoice(portal, paid_on="2026-10-21")
    assert ordered(portal.issue()) == {}
    send_invoice(portal, amount="420.00")
    assert ordered(portal.issue()) == {"CMG_STRUCTURE": 1_700}
    send_invoice(portal, paid_on="2026-10-22")

    assert ordered(portal.issue()) == {}
    assert balances()["OVERPAYMENT"] == 1_700


@pytest.mark.django_db
def test_an_invoice_sent_again_for_another_month_is_not_paid_twice(tmp_path: Path) -> None:
    portal = invoiced(tmp_path)
    portal.send("declarations", declaration_no="D8", care_month="2026-09", received_at="2026-09-25T10:00:00+02:00")
    portal.issue()
    send_invoice(portal, care_month="2026-09")

    assert "CMG_STRUCTURE" not in ordered(portal.issue(MONTH.replace(month=9)))


@pytest.mark.django_db
def test_a_family_without_an_account_with_us_is_asked_for_one_then_paid_once(tmp_path: Path) -> None:
    portal = invoiced(tmp_path, beneficiary_no="B9")

    first = portal.issue()

    assert "CMG_STRUCTURE" not in ordered(first)
    assert Entry.objects.filter(subject="cmg:beneficiary:CAF63:B9").count() == 1
    item = OpenItem.objects.get()
    assert (item.reason, item.reference, item.amount_cents) == ("compte_absent", "CAF63 B9 F1", 34_000)
    assert item.owner.username == "bruno"
    nothing = portal.issue()
    assert ordered(nothing) == {}
    assert OpenItem.objects.get().closed_on is None
    portal.send("accounts", employer_no="E9", beneficiary_no="B9", nir=OTHER,
                iban="FR1420041010050500013M02606", mandate_ref="M9", last_name="Petit")  # fmt: skip

    paid, again = portal.issue(), portal.issue()

    assert (ordered(paid), ordered(again)) == ({"CMG_STRUCTURE": 34_000}, {})
    assert OpenItem.objects.get().closed_on == DAY
    assert balances()["FUND_PART_B"] == 42_870 + 34_000


@pytest.mark.django_db
def test_what_is_paid_on_invoices_is_signed_and_cannot_be_altered(tmp_path: Path) -> None:
    portal = invoiced(tmp_path)
    run = close_month(month=MONTH, on=DAY)
    former = run.digest
    send_invoice(portal, amount="420.00")
    run = close_month(month=MONTH, on=DAY)
    assert run.digest != former
    for username in ("helene", "bruno"):
        sign(run_pk=run.pk, username=username, on=DAY)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cmg_structuresettlement SET payout_cents = payout_cents + 1")

    with pytest.raises(RunNotIssuable, match="CMG-020"):
        issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cmg_structuresettlement SET payout_cents = payout_cents - 1")
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")
    for change in ("UPDATE cmg_structuresettlement SET payout_cents = 1", "DELETE FROM cmg_structuresettlement",
                   "TRUNCATE cmg_structuresettlement"):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
