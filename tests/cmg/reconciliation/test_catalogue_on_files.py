"""Each disagreement that files can show: one input that fires it, a look-alike that must not, and what the debit does."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cmg.models import Settlement
from cmg.operations import close_month
from cmg.reconciliation.catalogue import catalogue
from portal.exchange.operations import import_files
from tests.cmg.files import clean_family, iban_with_key, nir_with_key, row, write, write_all

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
Files = dict[str, list[dict[str, str]]]
OTHER = nir_with_key("2840163001002")


def close(folder: Path, files: Files) -> dict[str, Settlement]:
    reports = import_files(write_all(folder, files))
    assert not [report for report in reports if report.refusals or report.rejected]
    run = close_month(month=MONTH, on=DAY)
    return {row.declaration_no: row for row in Settlement.objects.filter(run=run)}


def changed(kind: str, **cells: Any) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        files[kind][0] |= {name: str(value) for name, value in cells.items()}

    return change


def both(**cells: Any) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        changed("rights_fund", **cells)(files)
        changed("rights_pajemploi", **cells)(files)

    return change


def without(*kinds: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        for kind in kinds:
            files[kind] = []

    return change


def together(*changes: Callable[[Files], None]) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        for one in changes:
            one(files)

    return change


def added(kind: str, /, **cells: Any) -> Callable[[Files], None]:
    return lambda files: files[kind].append(row(kind, **cells))


second_child = together(
    added("declarations", declaration_no="D2", child_ids="C2", child_birth_dates="2022-05-01"),
    both(dependent_children=2),
)
second_account = added(
    "accounts", employer_no="E2", nir=OTHER, last_name="Durand", first_names="Luc", birth_date="1980-02-02",
    iban=iban_with_key("2"), mandate_ref="M2", beneficiary_no="B2", updated_at="2026-01-01T10:00:00+01:00",
)  # fmt: skip
other_household = together(
    second_account,
    added("rights_fund", right_no="R2", beneficiary_no="B2", nir=OTHER, employer_no="E2", sequence_no=11,
          decided_at="2025-03-01T09:00:00+01:00"),
    added("rights_pajemploi", right_no="R2", beneficiary_no="B2", nir=OTHER, employer_no="E2", sequence_no=11,
          decided_at="2025-03-01T09:00:00+01:00"),
    added("employees", employer_no="E2"),
    added("declarations", declaration_no="D2", employer_no="E2"),
)  # fmt: skip
moved = together(
    changed("accounts", fund="MSA63", beneficiary_no="B9"),
    both(status="CLOSED", end="2026-10-01"),
)

SETTLED, HELD = "SETTLED", "HELD"
FIRES = [
    ("CMG-001", without("rights_pajemploi"), "D1", SETTLED, "PROCEED", False),
    ("CMG-002", together(without("rights_fund", "rights_pajemploi"), added("requests")), "D1", HELD, "HOLD_DISPUTED", False),
    ("CMG-002", both(status="SUSPENDED"), "D1", HELD, "HOLD_DISPUTED", False),
    ("CMG-002", both(start="2026-11-01"), "D1", HELD, "HOLD_DISPUTED", False),
    ("CMG-003", without("rights_fund"), "D1", SETTLED, "PROCEED", True),
    ("CMG-004", changed("rights_pajemploi", annual_resources="31000"), "D1", SETTLED, "PROCEED", False),
    ("CMG-005", changed("rights_pajemploi", start="2026-11-01"), "D1", SETTLED, "PROCEED", False),
    ("CMG-005", changed("rights_fund", end="2026-10-01"), "D1", HELD, "HOLD_DISPUTED", False),
    ("CMG-006", changed("rights_fund", status="SUSPENDED"), "D1", SETTLED, "PROCEED_WITH_NOTICE", True),
    ("CMG-006", changed("rights_fund", status="CLOSED"), "D1", SETTLED, "PROCEED_WITH_NOTICE", True),
    ("CMG-007", changed("rights_pajemploi", status="SUSPENDED"), "D1", SETTLED, "PROCEED", False),
    ("CMG-008", changed("declarations", child_ids="C9"), "D1", HELD, "HOLD_DISPUTED", False),
    ("CMG-008", changed("declarations", child_birth_dates="2024-03-11"), "D1", HELD, "HOLD_DISPUTED", False),
    ("CMG-009", second_child, "D2", HELD, "HOLD_DISPUTED", False),
    ("CMG-011", together(both(child_birth_date="2020-09-30"), changed("declarations", child_birth_dates="2020-09-30")),
     "D1", SETTLED, "PROCEED_WITH_NOTICE", False),
    ("CMG-012", changed("accounts", nir=OTHER), "D1", HELD, "HOLD_ALL", False),
    ("CMG-012", together(changed("accounts", nir=OTHER[:13] + "00"), both(nir=OTHER[:13] + "00")), "D1", HELD,
     "HOLD_ALL", False),
    ("CMG-013", changed("rights_fund", beneficiary_no="B7"), "D1", HELD, "HOLD_ALL", False),
    ("CMG-013", together(second_account, lambda files: files["accounts"][1].update(beneficiary_no="B1"),
                         added("rights_fund", right_no="R2", nir=OTHER, employer_no="E2", child_id="C2", sequence_no=11)),
     "D1", HELD, "HOLD_ALL", False),
    ("CMG-014", both(employer_no="1"), "D1", HELD, "HOLD_ALL", False),
    ("CMG-015", together(second_account, lambda files: files["accounts"][1].update(
        nir=files["accounts"][0]["nir"], iban=files["accounts"][0]["iban"]),
        added("employees", employer_no="E2"), added("declarations", declaration_no="D2", employer_no="E2")),
     "D2", HELD, "HOLD_ALL", False),
    ("CMG-016", other_household, "D2", HELD, "HOLD_DISPUTED", False),
    ("CMG-018", added("declarations", declaration_no="D2", received_at="2026-10-25T19:00:00+02:00"), "D2", "REJECTED",
     "HOLD_ALL", False),
    ("CMG-018", added("declarations", declaration_no="D2", net_salary="561.00",
                      received_at="2026-10-25T19:00:00+02:00"), "D2", HELD, "HOLD_ALL", False),
    ("CMG-025", changed("rights_pajemploi", received_at="2025-01-20T09:00:00+01:00"), "D1", SETTLED, "PROCEED", False),
    ("CMG-028", changed("rights_fund", annual_resources=""), "D1", SETTLED, "DEBIT_AS_IF_RIGHT", False),
    ("CMG-028", both(annual_resources=""), "D1", HELD, "HOLD_DISPUTED", False),
    ("CMG-031", changed("rights_pajemploi", aah=1), "D1", SETTLED, "PROCEED", False),
    ("CMG-032", both(prepare="FULL"), "D1", SETTLED, "PROCEED_WITH_NOTICE", True),
    ("CMG-033", changed("accounts", iban=""), "D1", HELD, "HOLD_ALL", True),
    ("CMG-033", changed("accounts", iban="FR7612345678901234567890123"), "D1", HELD, "HOLD_ALL", True),
    ("CMG-033", changed("accounts", mandate_ref=""), "D1", HELD, "HOLD_ALL", True),
    ("CMG-034", without("employees"), "D1", HELD, "HOLD_DISPUTED", False),
    ("CMG-034", changed("employees", licence_end="2026-09-30"), "D1", HELD, "HOLD_DISPUTED", False),
    ("CMG-035", changed("employees", employee_kind="HOME_EMPLOYEE"), "D1", HELD, "HOLD_DISPUTED", False),
    ("CMG-038", added("rights_fund", right_no="R2", sequence_no=11), "D1", SETTLED, "PROCEED", False),
    ("CMG-039", moved, "D1", SETTLED, "DEBIT_AS_IF_RIGHT", False),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "change", "number", "status", "effect", "blocked"), FIRES)
def test_a_disagreement_is_found_and_the_debit_does_what_the_catalogue_says(
    tmp_path: Path, code: str, change: Callable[[Files], None], number: str, status: str, effect: str, blocked: bool
) -> None:
    files = clean_family()
    change(files)

    settlement = close(tmp_path, files)[number]

    assert code in settlement.anomaly_codes.split("|")
    assert (settlement.status, settlement.debit_effect) == (status, effect)
    assert settlement.payout_blocked == blocked
    if status == HELD:
        assert settlement.held_debit_cents == settlement.contributions_cents - settlement.deduction_cents


LOOK_ALIKES = [
    ("both sides agree", lambda files: None, "D1"),
    ("005 dates differ outside the month", changed("rights_pajemploi", start="2025-02-01"), "D1"),
    ("005 closed later, on both sides", both(status="CLOSED", end="2026-11-01"), "D1"),
    ("004 another income, the same euro a month", changed("rights_pajemploi", annual_resources="30001"), "D1"),
    ("011 the month of the sixth birthday", together(both(child_birth_date="2020-10-31"),
                                                     changed("declarations", child_birth_dates="2020-10-31")), "D1"),
    ("012 the account's NIR is not known", changed("accounts", nir=""), "D1"),
    ("014 the fund does not know the employer number", both(employer_no=""), "D1"),
    ("016 shared residence recognised by both", together(other_household, lambda files: [
        right.update(shared_residence="1") for kind in ("rights_fund", "rights_pajemploi") for right in files[kind]]), "D2"),
    ("018 another employee", together(added("employees", employee_no="S2"),
                                      added("declarations", declaration_no="D2", employee_no="S2")), "D2"),
    ("025 received on the fifth business day", changed("rights_pajemploi", received_at="2025-01-17T23:00:00+01:00"), "D1"),
    ("034 the licence ends within the month", changed("employees", licence_end="2026-10-01"), "D1"),
    ("038 the former right ended before", together(
        added("rights_fund", right_no="R0", start="2024-09-01", end="2025-01-01", sequence_no=5),
        added("rights_pajemploi", right_no="R0", start="2024-09-01", end="2025-01-01", sequence_no=5)), "D1"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("case", "change", "number"), LOOK_ALIKES)
def test_a_look_alike_is_left_in_peace(tmp_path: Path, case: str, change: Callable[[Files], None], number: str) -> None:
    files = clean_family()
    change(files)

    settlement = close(tmp_path, files)[number]

    assert (settlement.anomaly_codes, settlement.status, settlement.decision) == ("", SETTLED, "RIGHT"), case
    assert settlement.payout_cents > 0


POSITIVE = [
    ("right closed on both sides", both(status="CLOSED"), "RIGHT_ENDED"),
    ("right ended on both sides", both(end="2026-10-01"), "RIGHT_ENDED"),
    ("request decided without a right",
     together(without("rights_fund", "rights_pajemploi"), added("requests", decided_on="2026-10-01")), "REQUEST_REFUSED"),
    ("no beneficiary number",
     together(without("rights_fund", "rights_pajemploi"), changed("accounts", beneficiary_no="")), "NO_BENEFICIARY"),
    ("child past the age", together(without("rights_fund", "rights_pajemploi"),
                                    changed("declarations", child_birth_dates="2020-09-30")), "AGE_PASSED"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("case", "change", "decision"), POSITIVE)
def test_a_contribution_leaves_whole_only_on_a_positive_decision(
    tmp_path: Path, case: str, change: Callable[[Files], None], decision: str
) -> None:
    files = clean_family()
    change(files)

    settlement = close(tmp_path, files)["D1"]

    assert (settlement.status, settlement.decision) == (SETTLED, decision), case
    assert settlement.debit_cents == settlement.contributions_cents == 46_815


@pytest.mark.django_db
def test_a_missing_lot_holds_only_the_families_no_applied_file_confirms(tmp_path: Path) -> None:
    files = clean_family()
    other_household(files)
    second = files["rights_fund"].pop()
    files["rights_pajemploi"].pop()
    files["declarations"][1] |= {"child_ids": "C5", "child_birth_dates": "2023-01-01"}
    manifest = {"kind": "rights_fund", "sender": "CAF63", "sum_cents": 3_000_000}
    write(tmp_path, "rights_1", files.pop("rights_fund"), manifest | {"sequence_no": 1})
    write(tmp_path, "rights_3", [second | {"right_no": "R8", "child_id": "C8", "nir": nir_with_key("2840163001009"),
                                           "beneficiary_no": "B8", "employer_no": ""}], manifest | {"sequence_no": 3})  # fmt: skip
    import_files([tmp_path / "rights_1.csv", tmp_path / "rights_3.csv"])

    found = close(tmp_path, files)

    assert found["D1"].status == SETTLED
    assert found["D2"].status == HELD
    assert "CMG-026" in found["D2"].anomaly_codes


@pytest.mark.django_db
def test_a_refused_lot_holds_only_the_families_no_applied_file_confirms(tmp_path: Path) -> None:
    files = clean_family()
    rights = files.pop("rights_fund")
    files["rights_pajemploi"] = []
    wrong = write(tmp_path, "rights_fund", rights, {"kind": "rights_fund", "sender": "CAF63", "sequence_no": 1,
                                                    "sum_cents": 1})  # fmt: skip
    (report,) = import_files([wrong])
    assert [refusal.code for refusal in report.refusals] == ["CMG-027"]

    found = close(tmp_path, files)

    assert (found["D1"].status, found["D1"].debit_effect) == (HELD, "HOLD_ALL")
    assert "CMG-027" in found["D1"].anomaly_codes


@pytest.mark.django_db
def test_a_lost_message_inside_the_range_is_repaired_by_the_fund_s_own_file(tmp_path: Path) -> None:
    files = clean_family()
    files["rights_fund"][0]["sequence_no"] = "11"
    files["rights_pajemploi"][0]["sequence_no"] = "10"
    other_household(files)
    for kind, number in (("rights_fund", "12"), ("rights_pajemploi", "12")):
        files[kind][1] |= {"sequence_no": number, "child_id": "C2"}
    files["declarations"][1]["child_ids"] = "C2"

    found = close(tmp_path, files)

    assert (found["D1"].status, found["D1"].anomaly_codes) == (SETTLED, "CMG-026")
    assert found["D2"].anomaly_codes == ""


def test_the_catalogue_is_whole() -> None:
    assert list(catalogue()) == [f"CMG-{number:03d}" for number in range(1, 41)]
    assert all(line.family.endswith((".", "?")) for line in catalogue().values())
