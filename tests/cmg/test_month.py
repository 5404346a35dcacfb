"""A month closed, signed, issued, corrected and issued again: the good path, each refusal, and what does not move."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction

from cmg.demo.people import create_people
from cmg.models import Anomaly, Settlement
from cmg.operations import RunNotIssuable, close_month, issue_run, unexplained_cents
from portal.audit.operations import verify_chain
from portal.banking.models import PaymentOrder
from portal.batches.models import Run, Signature
from portal.batches.operations import SignatureRefused, sign
from portal.casework.models import Dossier
from portal.exchange.operations import import_files
from portal.ledger.models import Account, Entry, Leg
from portal.ledger.operations import balance, post, post_many
from portal.ledger.proof import check_ledger
from tests.cmg.files import clean_family, row, write, write_all

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
HOME = {
    "employees": {"employee_kind": "HOME_EMPLOYEE"},
    "rights_fund": {"care_mode": "HOME_EMPLOYEE", "annual_resources": "96000"},
    "rights_pajemploi": {"care_mode": "HOME_EMPLOYEE", "annual_resources": "96000"},
    "declarations": {"net_salary": "1600.00", "hours": "130", "maintenance_allowance": ""},
}


def load(folder: Path, change: Callable[[dict[str, list[dict[str, str]]]], None] | None = None) -> None:
    files = clean_family()
    if change:
        change(files)
    import_files(write_all(folder, files))


def home(files: dict[str, list[dict[str, str]]]) -> None:
    for kind, cells in HOME.items():
        files[kind][0] |= cells


def signed_run() -> Run:
    create_people()
    run = close_month(month=MONTH, on=DAY)
    sign(run_pk=run.pk, username="helene", on=DAY)
    sign(run_pk=run.pk, username="bruno", on=DAY)
    return run


@pytest.mark.django_db
def test_a_signed_month_is_issued_once_and_every_cent_is_somewhere(tmp_path: Path) -> None:
    load(tmp_path, home)
    run = signed_run()

    first = issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")
    content = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    second = issue_run(run_pk=run.pk, out=tmp_path / "again", on=DAY, by="test")

    settlement = Settlement.objects.get()
    assert first == second == {"CMG_DEBIT_count": 1, "CMG_DEBIT_cents": settlement.debit_cents}
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()} == content
    assert Entry.objects.count() == 1
    assert balance(Account.FAMILY_DEBIT) == settlement.debit_cents > 0
    assert check_ledger() == []
    assert verify_chain() == []
    assert unexplained_cents(run.totals) == 0


@pytest.mark.django_db
def test_a_family_whose_names_are_very_long_does_not_hold_up_the_issue(tmp_path: Path) -> None:
    long = {"last_name": "Œ" * 100, "first_names": "A" * 100}
    load(tmp_path, lambda files: files["accounts"][0].update(long))

    done = issue_run(run_pk=signed_run().pk, out=tmp_path / "out", on=DAY, by="test")

    assert sum(value for key, value in done.items() if key.endswith("_count")) == 1
    assert len(PaymentOrder.objects.get().name) == 140


@pytest.mark.django_db
def test_signatures_are_two_people_in_order_on_the_present_digest(tmp_path: Path) -> None:
    load(tmp_path)
    create_people()
    run = close_month(month=MONTH, on=DAY)

    for username in ("bruno", "nathalie", "unknown"):
        with pytest.raises(SignatureRefused):
            sign(run_pk=run.pk, username=username, on=DAY)
    sign(run_pk=run.pk, username="helene", on=DAY)
    with pytest.raises(SignatureRefused, match="déjà signé"):
        sign(run_pk=run.pk, username="helene", on=DAY)
    with pytest.raises(RunNotIssuable):
        issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")
    assert not PaymentOrder.objects.exists()


@pytest.mark.django_db
def test_the_database_refuses_a_signature_the_code_would_have_let_through(tmp_path: Path) -> None:
    load(tmp_path)
    create_people()
    run = close_month(month=MONTH, on=DAY)
    signature = sign(run_pk=run.pk, username="helene", on=DAY)

    wrong_role = {"run": run, "user": signature.user, "role": "ACCOUNTING_OFFICER", "digest": run.digest}
    for cells in (wrong_role, wrong_role | {"role": "AUTHORISING_OFFICER", "digest": "0" * 64}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Signature.objects.create(**cells, signed_at=signature.signed_at)
    with pytest.raises(DatabaseError), transaction.atomic():
        signature.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(state="ISSUED")


@pytest.mark.django_db(transaction=True)
def test_eight_people_pressing_at_once_give_one_signature_each(tmp_path: Path) -> None:
    load(tmp_path)
    create_people()
    run = close_month(month=MONTH, on=DAY)

    def press(username: str) -> str:
        try:
            sign(run_pk=run.pk, username=username, on=DAY)
        except SignatureRefused:
            return "refused"
        finally:
            connections.close_all()
        return username

    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(press, ["helene"] * 8))
        second = list(pool.map(press, ["bruno"] * 8))

    assert sorted(first) == ["helene"] + ["refused"] * 7
    assert sorted(second) == ["bruno"] + ["refused"] * 7
    run.refresh_from_db()
    assert run.state == "SIGNED"


@pytest.mark.django_db
def test_a_late_file_voids_the_signatures_when_the_digest_changes(tmp_path: Path) -> None:
    load(tmp_path)
    run = signed_run()
    former = run.digest
    import_files(
        [write(tmp_path / "late", "declarations", [row("declarations", declaration_no="D9", employee_no="S9")])]
    )

    with pytest.raises(RunNotIssuable, match="fichiers sont arrivés"):
        issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")
    again = close_month(month=MONTH, on=DAY)

    assert (again.pk, again.state) == (run.pk, "TO_SIGN")
    assert again.digest != former
    assert Signature.objects.filter(voided_at__isnull=True).count() == 0
    assert not PaymentOrder.objects.exists()


@pytest.mark.django_db
def test_closing_twice_changes_nothing(tmp_path: Path) -> None:
    load(tmp_path)

    first, second = close_month(month=MONTH, on=DAY), close_month(month=MONTH, on=DAY)

    assert (first.pk, first.digest) == (second.pk, second.digest)
    assert Settlement.objects.count() == 1


@pytest.mark.django_db
def test_a_dry_run_binds_nothing(tmp_path: Path) -> None:
    load(tmp_path)
    create_people()

    dry = close_month(month=MONTH, on=DAY, dry_run=True)

    with pytest.raises(SignatureRefused):
        sign(run_pk=dry.pk, username="helene", on=DAY)
    assert not Dossier.objects.exists()
    real = close_month(month=MONTH, on=DAY)
    assert real.pk != dry.pk
    assert real.digest == dry.digest


@pytest.mark.django_db
def test_a_correction_after_the_issue_moves_the_difference_only(tmp_path: Path) -> None:
    load(tmp_path, home)
    run = signed_run()
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")
    before = Settlement.objects.get()
    lower = row("declarations", **HOME["declarations"], version=2, kind="CORRECTION")
    lower["net_salary"] = "1500.00"
    import_files([write(tmp_path / "late", "declarations", [lower])])

    second = signed_run()
    issue_run(run_pk=second.pk, out=tmp_path / "second", on=DAY, by="test")

    after = Settlement.objects.get(run=second, status="SETTLED")
    assert second.ordinal == 2
    assert {row.status for row in Settlement.objects.filter(run=second)} == {"SETTLED", "SUPERSEDED"}
    orders = {(order.purpose, order.kind): order.amount_cents for order in PaymentOrder.objects.filter(run=second)}
    assert orders == {("CMG_REFUND", "CREDIT"): before.debit_cents - after.debit_cents}
    assert check_ledger() == []
    assert balance(Account.CONTRIBUTIONS_DUE) == -after.contributions_cents


@pytest.mark.django_db
def test_a_payout_corrected_downwards_is_never_debited(tmp_path: Path) -> None:
    load(tmp_path)
    run = signed_run()
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")
    import_files([write(tmp_path / "late", "declarations",
                        [row("declarations", version=2, kind="CORRECTION", net_salary="300.00")])])  # fmt: skip

    second = signed_run()
    issue_run(run_pk=second.pk, out=tmp_path / "second", on=DAY, by="test")

    assert not PaymentOrder.objects.filter(run=second).exists()
    assert balance(Account.OVERPAYMENT) > 0
    assert check_ledger() == []


@pytest.mark.django_db
def test_a_cancellation_reverses_everything(tmp_path: Path) -> None:
    load(tmp_path, home)
    run = signed_run()
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")
    taken = Settlement.objects.get().debit_cents
    cancelled = row("declarations", **HOME["declarations"], version=2, kind="CANCELLATION")
    import_files([write(tmp_path / "late", "declarations", [cancelled])])

    second = signed_run()
    issue_run(run_pk=second.pk, out=tmp_path / "second", on=DAY, by="test")

    assert PaymentOrder.objects.get(run=second, purpose="CMG_REFUND").amount_cents == taken
    assert balance(Account.CONTRIBUTIONS_DUE) == balance(Account.FUND_PART_A) == 0


@pytest.mark.django_db
def test_a_held_family_pays_nothing_and_has_a_name_and_a_date(tmp_path: Path) -> None:
    create_people()
    load(tmp_path, lambda files: files["rights_fund"][0].update(beneficiary_no="B7"))

    run = signed_run()
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")

    assert not PaymentOrder.objects.exists()
    assert not Entry.objects.exists()
    dossier = Dossier.objects.get()
    assert (dossier.owner.username, dossier.deadline) == ("thomas", date(2026, 11, 9))
    assert dossier.held_cents == 46_815
    assert Anomaly.objects.get().state == "ASSIGNED"


@pytest.mark.django_db
def test_a_repaired_family_leaves_its_dossier(tmp_path: Path) -> None:
    load(tmp_path, lambda files: files["rights_fund"][0].update(beneficiary_no="B7"))
    close_month(month=MONTH, on=DAY)
    import_files([write(tmp_path / "late", "rights_fund", [row("rights_fund", sequence_no=20)])])

    close_month(month=MONTH, on=DAY)

    assert Settlement.objects.get().status == "SETTLED"
    assert Dossier.objects.get().state == "RESOLVED"


@pytest.mark.django_db
def test_no_debit_order_without_a_positive_decision_for_that_month(tmp_path: Path) -> None:
    load(tmp_path, lambda files: files["rights_fund"][0].update(beneficiary_no="B7"))
    run = close_month(month=MONTH, on=DAY)
    held = Settlement.objects.get()
    order = {
        "id": 10**9, "run": run, "kind": "DEBIT", "purpose": "CMG_DEBIT", "subject": "cmg:employer:E1",
        "end_to_end_id": "X", "name": "x", "iban_key": "0" * 32, "amount_cents": 1, "due_on": DAY, "remittance": "x",
        "settlement_id": held.pk,
    }  # fmt: skip

    with pytest.raises(DatabaseError, match="sans décision positive"), transaction.atomic():
        PaymentOrder.objects.create(**order)
    with pytest.raises(DatabaseError, match="no_debit_without_decision"), transaction.atomic():
        Settlement.objects.filter(pk=held.pk).update(status="SETTLED")
    with pytest.raises(DatabaseError, match="no_debit_without_decision"), transaction.atomic():
        Settlement.objects.filter(pk=held.pk).update(
            status="SETTLED", decision="RIGHT", decision_month=date(2026, 9, 1)
        )


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "code"), [
    ("part_a_cents = 0, debit_cents = 46815", "CMG-019"), ("debit_cents = debit_cents + 1", "CMG-020"),
    ("regime = 'A'", "CMG-030"),
])  # fmt: skip
def test_a_settlement_altered_behind_our_back_is_never_issued(tmp_path: Path, change: str, code: str) -> None:
    load(tmp_path)
    run = signed_run()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE cmg_settlement SET {change}")

    with pytest.raises(RunNotIssuable, match=code):
        issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")
    assert not PaymentOrder.objects.exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.django_db
def test_the_export_has_one_row_for_each_version(tmp_path: Path) -> None:
    load(tmp_path)
    import_files([write(tmp_path / "late", "declarations",
                        [row("declarations", version=2, kind="CORRECTION", net_salary="570.00")])])  # fmt: skip
    close_month(month=MONTH, on=DAY)

    call_command("export_cmg_month", "2026-10", "--out", str(tmp_path / "out"))

    rows = pl.read_csv(tmp_path / "out" / "settlements.csv", infer_schema=False)
    assert rows.columns == [
        "declaration_no", "version", "employer_no", "care_month", "regime", "contributions", "deduction", "part_a",
        "part_b", "supplement", "offset", "debit", "payout", "withholding_tax", "status", "debit_effect", "held_debit",
        "payout_blocked", "anomaly_codes",
    ]  # fmt: skip
    assert rows["status"].to_list() == ["SUPERSEDED", "SETTLED"]
    assert rows["part_b"].to_list() == ["0.00", "435.55"]


@pytest.mark.django_db
def test_pajemploi_plus_under_a_hold_pays_the_employee_and_not_the_contributions(tmp_path: Path) -> None:
    def disputed(files: dict[str, list[dict[str, str]]]) -> None:
        files["accounts"][0]["all_in_one"] = "1"
        files["rights_fund"][0]["beneficiary_no"] = "B7"

    load(tmp_path, disputed)
    run = signed_run()
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")

    order = PaymentOrder.objects.get()
    assert (order.purpose, order.amount_cents) == ("CMG_SALARY", 62_600)
    assert balance(Account.EMPLOYEE_SALARY) == -62_600
    assert balance(Account.CONTRIBUTIONS_DUE) == 0


@pytest.mark.django_db
def test_a_blocked_payout_is_booked_and_does_not_leave(tmp_path: Path) -> None:
    load(tmp_path, lambda files: files["rights_fund"][0].update(status="SUSPENDED"))
    run = signed_run()
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=DAY, by="test")

    assert not PaymentOrder.objects.exists()
    assert balance(Account.FAMILY_PAYOUT) < 0


@pytest.mark.django_db
def test_the_ledger_refuses_what_does_not_balance_and_keeps_what_is_booked() -> None:
    good = {Account.BANK: 100, Account.SUSPENSE: -100}
    entry = post(key="k", subject="s", dated=DAY, label="l", legs=good)

    assert post(key="k", subject="s", dated=DAY, label="l", legs=good).pk == entry.pk
    with pytest.raises(DatabaseError), transaction.atomic():
        post(key="bad", subject="s", dated=DAY, label="l", legs={Account.BANK: 100, Account.SUSPENSE: -99})
    for change in ("UPDATE ledger_leg SET amount_cents = 1", "DELETE FROM ledger_leg", "TRUNCATE ledger_entry CASCADE",
                   "DELETE FROM ledger_entry"):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    assert check_ledger() == []


@pytest.mark.django_db
def test_many_entries_are_posted_whole_however_many_legs_they_have() -> None:
    keys = pl.DataFrame({"key": [f"bulk:{number}" for number in range(60_000)]})
    entries = keys.with_columns(
        subject=pl.lit("s"), dated=pl.lit(DAY), label=pl.lit("l"), run_id=pl.lit(None, dtype=pl.Int64)
    )
    legs = pl.concat(
        keys.with_columns(account=pl.lit(int(account), dtype=pl.Int16), amount_cents=pl.lit(cents))
        for account, cents in ((Account.BANK, 5), (Account.SUSPENSE, -5))
    )

    assert post_many(entries, legs) == 60_000
    assert check_ledger() == []
    with pytest.raises(DatabaseError), transaction.atomic():
        post_many(entries.head(1), legs.filter(pl.col("key") == "bulk:0"))


@pytest.mark.django_db(transaction=True)
def test_check_ledger_finds_a_leg_altered_behind_the_triggers() -> None:
    post(key="k", subject="s", dated=DAY, label="l", legs={Account.BANK: 100, Account.SUSPENSE: -100})
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_leg DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_leg SET amount_cents = amount_cents * 2")
        found = check_ledger()
        cursor.execute("UPDATE ledger_leg SET amount_cents = amount_cents / 2")
        cursor.execute("ALTER TABLE ledger_leg ENABLE TRIGGER USER")

    assert any("k ne balance pas" in sentence for sentence in found)
    assert any("déclencheur" in sentence for sentence in found)
    assert check_ledger() == []
    assert Leg.objects.count() == 2
