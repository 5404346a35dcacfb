"""Lives told by flow files and read back in the exports: import, days, export, as whoever holds the contract does it."""

import csv
from itertools import count
from pathlib import Path

import pytest
from django.core.management import call_command

from portal.ledger.proof import check_ledger
from tests.aripa.files import event, row
from tests.cmg.files import iban_with_key, nir_with_key, write

pytestmark = pytest.mark.django_db
Rows = list[dict[str, str]]

CREDITOR = row(
    "parents", usual_name="Montferrand", address="3 rue des Forges", city="Chamalières", postcode="63400",
    phone="+33 6 12 34 56 78", email="anne.secrete@exemple.fr", employer_no="EMP-77", fund="CAF63",
)  # fmt: skip
DEBTOR = row(
    "parents", parent_no="P2", nir=nir_with_key("1840163001002"), birth_name="Durand", usual_name="Durand-Roche",
    first_names="Paul", address="9 impasse du Puits", city="Thiers", postcode="63300", phone="+33 6 98 76 54 32",
    email="paul.discret@exemple.fr", employer_no="EMP-88", fund="CAF43", payment_means="DIRECT_DEBIT", payment_day="10",
    iban=iban_with_key("2"), mandate_ref="MANDAT-2", mandate_signed_on="2025-11-20",
)  # fmt: skip


def told(*events: tuple[str, str, dict[str, str]]) -> Rows:
    numbers = count(1)
    return [event(kind, day=on, event_no=next(numbers), **said) for on, kind, said in events]


def take_in(folder: Path, **files: Rows) -> None:
    call_command("import_flow", *[str(write(folder, name, rows)) for name, rows in files.items()])


def export(folder: Path, on: str = "") -> dict[str, Rows]:
    call_command("export_aripa", "--out", str(folder), *(["--on", on] if on else []))
    return {
        str(one.relative_to(folder).with_suffix("")): list(csv.DictReader(one.open())) for one in folder.rglob("*.csv")
    }


def cells(rows: Rows, *names: str) -> list[str]:
    return [" ".join(one[name] for name in names) for one in rows]


DEFAULT = told(
    ("2025-12-10", "INFORMATION", {"party": "BOTH", "reason": "FULL"}),
    ("2026-01-12", "ASF_CLAIM", {"reason": "C1"}),
    ("2026-02-12", "DEBIT_RETURNED", {"month": "2026-02", "reason": "AC04", "amount": "250.00"}),
    ("2026-02-16", "NOTICE_RECEIVED", {"letter": "L08", "party": "DEBTOR", "effective_on": "2026-02-16"}),
    ("2026-04-08", "RECOVERY_DECISION", {"reason": "DIRECT_PAYMENT", "ref": "G1", "amount": "1600.00"}),
    ("2026-04-09", "GARNISHEE_ANSWER", {"ref": "G1", "reason": "ACCEPTED"}),
    ("2026-04-20", "PAYMENT_RECEIVED", {"means": "GARNISHEE", "amount": "500.00"}),
)


@pytest.fixture
def default(tmp_path: Path) -> Path:
    """A debit returned, forced recovery, an advance, and five hundred euros from the employer."""
    take_in(
        tmp_path / "flow", parents=[CREDITOR, DEBTOR], titles=[row("titles", indexation="EXCLUDED", violence="1")],
        events=DEFAULT,
    )  # fmt: skip
    call_command("run_aripa_day", "2025-12-01", "--until", "2026-04-30")
    return tmp_path


def test_the_case_to_the_cent(default: Path) -> None:
    found = export(default / "out")

    (case,) = found["cases"]
    assert " ".join(f"{name}={value}" for name, value in case.items()) == (
        "case_no=C1 title_no=T1 origin=TITLE_AUTOMATIC state=LIVE_UNDER_FORCED_RECOVERY violence=1 creditor_no=P1 "
        "debtor_no=P2 fund=CAF63 received_on=2025-12-01 discharge_date=2026-01-10 end_date= end_reason= "
        "collected=750.00 asf_paid=199.18 paid_to_creditor=1000.00 refunded_asf=199.18 management=0.00 refunded=0.00 "
        "held=0.00 overpaid=250.00 fees_due=50.00 penalty_due=0.00"
    )
    amounts = ("month", "amount_due", "to_creditor", "to_asf", "advanced", "lacking", "status", "kind")
    assert cells(found["terms"], *amounts) == [
        "2026-01 250.00 250.00 0.00 0.00 0.00 PAID CURRENT",
        "2026-02 250.00 50.82 0.00 0.00 199.18 FORCED CURRENT",
        "2026-03 250.00 0.00 199.18 199.18 50.82 FORCED CURRENT",
        "2026-04 250.00 250.00 0.00 0.00 0.00 RECOVERED CURRENT",
    ]
    assert check_ledger() == []


def test_every_movement_letter_asf_and_order_of_the_case(default: Path) -> None:
    found = export(default / "out")

    assert cells(found["movements"], "day", "kind", "from", "to", "amount", "month") == [
        "2026-01-12 DEBIT DEBTOR HELD 250.00 2026-01",
        "2026-01-13 PAYOUT HELD CREDITOR 250.00 2026-01",
        "2026-02-10 DEBIT DEBTOR HELD 250.00 2026-02",
        "2026-02-11 PAYOUT HELD CREDITOR 250.00 2026-02",
        "2026-02-12 OVERPAYMENT OVERPAYMENT HELD 250.00 2026-02",
        "2026-02-12 DEBIT_RETURN HELD DEBTOR 250.00 2026-02",
        "2026-04-07 ASF ASF CREDITOR 199.18 2026-03",
        "2026-04-20 RECEIPT GARNISHEE HELD 500.00 ",
        "2026-04-20 ASF_REFUND HELD ASF 199.18 2026-03",
        "2026-04-21 PAYOUT HELD CREDITOR 50.82 2026-02",
        "2026-04-21 PAYOUT HELD CREDITOR 250.00 2026-04",
    ]
    assert cells(found["letters"], "day", "code", "to", "month", "received_on") == [
        "2025-12-01 L01 CREDITOR  ", "2025-12-01 L01 DEBTOR  ", "2025-12-10 L05 CREDITOR  ", "2025-12-10 L05 DEBTOR  ",
        "2026-02-12 L16 CREDITOR 2026-02 ", "2026-02-13 L08 DEBTOR 2026-02 2026-02-16",
        "2026-04-07 L21 CREDITOR 2026-03 ", "2026-04-08 L11 GARNISHEE  ", "2026-04-08 L11 DEBTOR  ",
    ]  # fmt: skip
    assert [list(one.values()) for one in found["asf"]] == [
        ["C1", "K1", "2026-03", "ADVANCE", "C1", "199.18", "250.00", "0.00", "199.18", "199.18", "0.00", "50.82", "199.18",
         "2026-04-07"],
    ]  # fmt: skip
    assert [list(one.values()) for one in found["recovery"]] == [
        ["C1", "1", "DIRECT_PAYMENT", "G1", "2026-04-08", "250.00", "2", "500.00", "2", "250.00", "250.00", "948.31",
         "ACCEPTED", ""],
    ]  # fmt: skip


def test_what_each_parent_reads_adds_up_to_what_is_owed(default: Path) -> None:
    found = export(default / "out")

    # February and March lack 199.18 and 50.82; the debtor owes fifty euros of fees besides.
    assert found["statements/CREDITOR/C1"][-1]["balance"] == "250.00"
    assert found["statements/DEBTOR/C1"][-1]["balance"] == "300.00"
    assert list(found["statements/DEBTOR/C1"][0]) == ["day", "label", "month", "due", "paid", "balance"]


HIDDEN = (
    "nir", "usual_name", "first_names", "birth_name", "birth_place", "fund", "address", "postcode", "city", "phone",
    "email", "employer_no", "iban", "mandate_ref", "parent_no",
)  # fmt: skip


def test_nothing_of_a_parent_is_in_any_file_of_the_other(default: Path) -> None:
    export(default / "out")

    for party, other in (("DEBTOR", CREDITOR), ("CREDITOR", DEBTOR)):
        files = list((default / "out" / "statements" / party).iterdir())
        assert files
        read = b"".join(one.name.encode() + one.read_bytes() for one in files).lower()
        shown = [name for name in HIDDEN if other[name] and other[name].lower().encode() in read]
        assert shown == []
        # And what a garnishee, a child or a school would give away.
        assert [one for one in (b"g1", b"k1", "léa".encode(), b"emp-", b"ecole") if one in read] == []


def test_nothing_changes_twice_and_a_day_gone_by_reads_as_it_did(default: Path) -> None:
    first = export(default / "first")
    call_command("run_aripa_day", "2026-04-30")
    take_in(default / "again", parents=[CREDITOR, DEBTOR], events=DEFAULT)
    call_command("run_aripa_day", "2026-04-01", "--until", "2026-04-30")
    assert export(default / "second") == first

    call_command("run_aripa_day", "2026-06-30")
    assert export(default / "past", "2026-04-30") == first
    assert export(default / "now") != first


def test_an_index_that_lacks_leaves_exit_status_1(tmp_path: Path) -> None:
    take_in(tmp_path / "flow", parents=[CREDITOR, DEBTOR], titles=[row("titles")],
            events=told(("2025-12-10", "INFORMATION", {"party": "BOTH", "reason": "FULL"})))  # fmt: skip
    call_command("run_aripa_day", "2025-12-01", "--until", "2026-11-13")

    with pytest.raises(SystemExit) as left:
        call_command("run_aripa_day", "2026-11-14")

    assert left.value.code == 1
    call_command("run_aripa_day", "2026-12-31")
    assert {one["amount_due"] for one in export(tmp_path / "out")["terms"]} == {"250.00"}


def test_a_year_with_its_indices_is_imported_at_once_and_each_day_waits_for_its_facts(tmp_path: Path) -> None:
    first, last = ("2025-10", "100.00", "2025-11-14"), ("2026-09", "102.00", "2026-10-15")
    between = [
        (f"{one // 12}-{one % 12 + 1:02d}", "101.00", "2026-10-01") for one in range(2025 * 12 + 10, 2026 * 12 + 8)
    ]
    prices = [
        row("prices", month=month, value=value, published_on=out) for month, value, out in (first, *between, last)
    ]
    take_in(tmp_path / "flow", parents=[CREDITOR, DEBTOR], titles=[row("titles")], prices=prices,
            events=told(("2025-12-10", "INFORMATION", {"party": "BOTH", "reason": "FULL"})))  # fmt: skip

    call_command("run_aripa_day", "2025-12-01", "--until", "2026-12-31")

    found = export(tmp_path / "out")
    due = {one["month"]: one["amount_due"] for one in found["terms"]}
    assert (due["2026-11"], due["2026-12"]) == ("250.00", "255.00")
    assert [one["day"] for one in found["letters"] if one["code"] == "L07"] == ["2026-11-14"] * 2


def test_a_case_without_title_and_a_title_that_waits(tmp_path: Path) -> None:
    without = row("titles", title_no="T0", case_no="C0", kind="NONE", divorce="", title_date="", enforceable_on="",
                  debtor_no="", due_day="", monthly_total="", cash_share="", effective_on="", end_condition="",
                  provides_intermediation="", indexation="", issuer="", minute_no="")  # fmt: skip
    waits = row(
        "titles", title_no="T9", case_no="C9", title_date="2022-05-05", divorce="0", provides_intermediation="0"
    )
    take_in(tmp_path / "flow", parents=[CREDITOR, DEBTOR], titles=[without, waits],
            events=told(("2026-01-05", "ASF_CLAIM", {"case_no": "C0", "reason": "C3", "effective_on": "2025-12-20"})))  # fmt: skip

    call_command("run_aripa_day", "2025-12-01", "--until", "2026-03-31")

    found = export(tmp_path / "out")
    assert cells(found["cases"], "case_no", "title_no", "origin", "state", "debtor_no", "asf_paid") == [
        "C0 T0    398.36"
    ]
    assert found["terms"] == []
    assert cells(found["letters"], "case_no", "code", "day") == ["C0 L21 2026-02-05", "C0 L23 2026-03-05"]
    assert [one for one in found if one.startswith("statements")] == []
