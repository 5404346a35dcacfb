"""The gate and the signatures, tried by raw SQL: no debit leaves but the one that was decided and signed twice."""

from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from cmg.closing.issuing import issue_movements
from cmg.models import Settlement
from cmg.operations import RunNotIssuable, close_month, issue_run
from portal.banking.models import PaymentOrder
from portal.batches.models import Run
from portal.batches.operations import sign
from tests.cmg.closing.issued import DAY, HOME, MONTH, Portal
from tests.cmg.test_month import load


def run_sql(change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(change)


def refused(change: str, why: str = "") -> None:
    with pytest.raises(DatabaseError, match=why), transaction.atomic():
        run_sql(change)


@pytest.fixture
def signed(tmp_path: Path, db: None) -> Run:
    portal = Portal(tmp_path, HOME)
    run = close_month(month=MONTH, on=DAY)
    for username in ("helene", "bruno"):
        sign(run_pk=run.pk, username=username, on=DAY)
    run.refresh_from_db()
    assert portal.files
    return run


def order(**cells: object) -> PaymentOrder:
    settlement = Settlement.objects.get()
    return PaymentOrder(**{
        "id": 10**9, "run_id": settlement.run_id, "kind": "DEBIT", "purpose": "CMG_DEBIT",
        "subject": "cmg:employer:E1", "end_to_end_id": f"CMG-202610-1-P{settlement.pk}", "name": "x",
        "iban_key": "0" * 32, "amount_cents": settlement.debit_cents, "due_on": DAY, "remittance": "x",
        "settlement_id": settlement.pk,
    } | cells)  # fmt: skip


def test_the_debit_that_was_decided_passes(signed: Run) -> None:
    order().save()
    order(id=2, kind="CREDIT", purpose="CMG_REFUND", end_to_end_id="X", settlement_id=None).save()
    order(id=3, purpose="ASF_DEBIT", subject="aripa:1", end_to_end_id="Y", settlement_id=None).save()


@pytest.mark.parametrize(
    ("case", "cells"),
    [
        ("a cent more", {"amount_cents": 49_022}),
        ("another purpose", {"purpose": "OTHER"}),
        ("no purpose of ours, whoever it is", {"purpose": "CMG_OTHER", "subject": "x"}),
        ("the salary of nobody", {"purpose": "CMG_SALARY"}),
        ("a single movement without Pajemploi+", {"purpose": "CMG_SINGLE"}),
        ("another family", {"subject": "cmg:employer:E2"}),
        ("no settlement", {"settlement_id": None}),
        ("a second one for the same settlement", {"end_to_end_id": "CMG-202610-1-P999"}),
        ("no run", {"run_id": None}),
    ],
)
def test_any_other_debit_is_refused(signed: Run, case: str, cells: dict[str, object]) -> None:
    assert Settlement.objects.get().debit_cents == 49_021
    with pytest.raises(DatabaseError, match="sans décision positive"), transaction.atomic():
        order(**cells).save(force_insert=True)


@pytest.mark.django_db
def test_nothing_is_ordered_for_a_run_that_nobody_signed(tmp_path: Path) -> None:
    Portal(tmp_path, HOME)
    run = close_month(month=MONTH, on=DAY)

    with pytest.raises(DatabaseError, match="sans décision positive"), transaction.atomic():
        issue_movements(run, DAY, run.finished_at)
    assert not PaymentOrder.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE banking_paymentorder SET amount_cents = amount_cents + 1",
        "UPDATE banking_paymentorder SET kind = 'CREDIT'",
        "UPDATE banking_paymentorder SET iban_key = gen_random_uuid()",
        "UPDATE banking_paymentorder SET end_to_end_id = 'x'",
        "UPDATE banking_paymentorder SET subject = 'cmg:employer:E2'",
        "UPDATE banking_paymentorder SET due_on = due_on - 1",
        "DELETE FROM banking_paymentorder",
        "TRUNCATE banking_paymentorder CASCADE",
        "TRUNCATE cmg_settlement CASCADE",
        "TRUNCATE cmg_declaration CASCADE",
        "UPDATE cmg_settlement SET debit_cents = 0",
        "DELETE FROM cmg_settlement",
        "INSERT INTO cmg_settlement SELECT (jsonb_populate_record(s, '{\"id\": 987654}')).* FROM cmg_settlement s",
        "UPDATE batches_run SET dry_run = true",
        "UPDATE batches_run SET ordinal = 7",
        "UPDATE batches_run SET state = 'SIGNED'",
        "UPDATE batches_run SET issued_at = now()",
    ],
)
def test_what_was_issued_stays_as_it_was(signed: Run, tmp_path: Path, change: str) -> None:
    issue_run(run_pk=signed.pk, out=tmp_path / "out", on=DAY, by="test")

    refused(change)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["ISSUED", "RECONCILED"])
def test_no_run_is_issued_without_two_signatures_whatever_the_way(tmp_path: Path, state: str) -> None:
    load(tmp_path)
    run = close_month(month=MONTH, on=DAY)

    refused(f"UPDATE batches_run SET state = '{state}' WHERE id = {run.pk}", "deux signatures")
    refused(
        "INSERT INTO batches_run SELECT (jsonb_populate_record(r, "
        f'\'{{"id": 98765, "ordinal": 9, "state": "{state}"}}\')).* FROM batches_run r',
        "commence par son calcul",
    )


@pytest.mark.parametrize(
    ("case", "change"),
    [
        ("another family is debited", "UPDATE cmg_settlement SET employer_no = 'E2'"),
        ("the salary too", "UPDATE cmg_settlement SET all_in_one = true"),
        ("a single movement of any amount", "UPDATE cmg_settlement SET all_in_one = true, total_debit_cents = 1"),
        ("nothing is left of a slice", "DELETE FROM cmg_anomaly; DELETE FROM cmg_settlement"),
        (
            "row and slice together",
            "UPDATE cmg_settlement SET payout_blocked = true; UPDATE batches_slice SET digest = 'x'",
        ),
    ],
)
def test_what_changed_between_signature_and_issue_never_leaves(
    signed: Run, tmp_path: Path, case: str, change: str
) -> None:
    run_sql(change)

    with pytest.raises(RunNotIssuable, match="CMG-020"):
        issue_run(run_pk=signed.pk, out=tmp_path / "out", on=DAY, by="test")
    assert not PaymentOrder.objects.exists(), case
