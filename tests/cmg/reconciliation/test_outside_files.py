"""Files as an outside examiner would write them: each case with the status, effect, codes and cents that the texts give.

The amounts were computed apart from the rules of the portal, from the formulas of CSS L. 531-8 and D. 531-18.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from cmg.models import Settlement
from cmg.operations import close_month
from portal.exchange.operations import import_files
from tests.cmg.files import clean_family, nir_with_key, row, write, write_all
from tests.cmg.reconciliation.test_catalogue_on_files import (
    Files,
    added,
    both,
    changed,
    close,
    second_account,
    together,
    without,
)

Change = Callable[[Files], None]
OTHER, PARTNER = nir_with_key("2840163001002"), nir_with_key("1830163001003")
CLEAN_PAYOUT, WHOLE_DEBIT = 42_870, 46_815
HOME_DEBIT, HOME_PAYOUT = 0, 51_949


def each(**cells: object) -> Change:
    """One more right on both sides."""
    return together(added("rights_fund", **cells), added("rights_pajemploi", **cells))


def on_pajemploi_s_right(number: int, **cells: object) -> Change:
    return lambda files: files["rights_pajemploi"][number].update({name: str(cell) for name, cell in cells.items()})


def born(birth: str) -> Change:
    return together(both(child_birth_date=birth), changed("declarations", child_birth_dates=birth))


no_right = without("rights_fund", "rights_pajemploi")
former = each(right_no="R0", status="CLOSED", start="2024-06-01", end="2025-01-01", sequence_no=5)
renewal = {"right_no": "R2", "start": "2026-09-01", "sequence_no": 20, "decided_at": "2026-09-01T09:00:00+02:00",
           "received_at": "2026-09-02T09:00:00+02:00"}  # fmt: skip
second_child = {"right_no": "R2", "child_id": "C2", "child_birth_date": "2022-05-01", "sequence_no": 11}
at_home = together(
    both(care_mode="HOME_EMPLOYEE", dependent_children=2),
    changed("employees", employee_kind="HOME_EMPLOYEE", licence_no="", licence_end=""),
    changed("declarations", child_ids="C1|C2", child_birth_dates="2024-03-10|2022-05-01", net_salary="1280.00",
            maintenance_allowance="", hours="100"),
)  # fmt: skip
two_at_home = together(at_home, each(**second_child, care_mode="HOME_EMPLOYEE", dependent_children=2))
annulled = {"right_no": "R3", "status": "CLOSED", "start": "2026-10-15", "end": "2026-10-15", "sequence_no": 30,
            "annual_resources": 90000, "decided_at": "2026-10-01T09:00:00+02:00"}  # fmt: skip


def newer_message_first(files: Files) -> None:
    for kind in ("rights_fund", "rights_pajemploi"):
        files[kind].insert(0, row(kind, sequence_no=40, annual_resources=20000))


def employer_numbers_crossed(files: Files) -> None:
    for right, employer_no in zip(files["rights_fund"], ("E2", "E1"), strict=True):
        right["employer_no"] = employer_no


def twin_number(files: Files) -> None:
    """A second family whose employer number is the first one's with a leading nought."""
    keys = {"employer_no": "0E1", "nir": OTHER, "beneficiary_no": "B2"}
    files["accounts"].append(row("accounts", **keys, last_name="Durand"))
    files["employees"].append(row("employees", employer_no="0E1"))
    files["declarations"].append(row("declarations", employer_no="0E1", declaration_no="D2", child_ids="C2"))
    each(**keys, right_no="R2", child_id="C2", sequence_no=11)(files)


two_households = together(
    second_account,
    added("employees", employer_no="E2"),
    added("declarations", declaration_no="D2", employer_no="E2"),
    each(right_no="R2", beneficiary_no="B2", nir=OTHER, employer_no="E2", sequence_no=11,
         decided_at="2025-01-11T09:00:00+01:00"),
)  # fmt: skip


def handed_over(day: str) -> Change:
    """The second household's right for the child begins on `day`."""

    def change(files: Files) -> None:
        for kind in ("rights_fund", "rights_pajemploi"):
            files[kind][1]["start"] = day

    return change


# case: change, status, effect, codes, debit, payout. Amounts of None are not looked at.
CASES: dict[str, tuple[Change, str, str, str, int | None, int | None]] = {
    # A right that covers no day
    "a right cancelled on its first day beside the good one": (
        each(**annulled), "SETTLED", "PROCEED", "", 0, CLEAN_PAYOUT),
    "the same for one day: two rights overlap, the latest decision counts": (
        each(**annulled | {"end": "2026-10-16", "status": "ACTIVE"}), "SETTLED", "PROCEED", "CMG-038", 0, None),
    "a cancelled right and nothing else is no decision while it says active": (
        both(start="2026-10-15", end="2026-10-15"), "HELD", "HOLD_DISPUTED", "CMG-002", None, None),
    # A former right is not the copy of the present one
    "renewed, the copy of the new right is missing": (
        together(both(status="CLOSED", end="2026-09-01"), added("rights_fund", **renewal)),
        "SETTLED", "PROCEED", "CMG-001", 0, CLEAN_PAYOUT),
    "renewed, the copy of the new right is missing and the former one was never closed": (
        together(both(end="2026-09-01"), added("rights_fund", **renewal)),
        "SETTLED", "PROCEED", "CMG-001", 0, CLEAN_PAYOUT),
    "renewed, the fund's file lacks the new right": (
        together(both(status="CLOSED", end="2026-09-01"), added("rights_pajemploi", **renewal)),
        "SETTLED", "PROCEED", "CMG-003", 0, CLEAN_PAYOUT),
    "one right, its copy ended a month too early": (
        changed("rights_pajemploi", end="2026-09-01"), "SETTLED", "PROCEED", "CMG-005", 0, CLEAN_PAYOUT),
    "renewed and known to both": (
        together(both(status="CLOSED", end="2026-09-01"), each(**renewal)), "SETTLED", "PROCEED", "", 0, CLEAN_PAYOUT),
    # A right that ended under another number says nothing of the present one
    "ended under the number that the account no longer has": (
        together(changed("accounts", beneficiary_no="B9"), both(status="CLOSED", end="2026-10-01")),
        "HELD", "HOLD_DISPUTED", "CMG-002", None, None),
    "ended in the copy of the fund that the family left": (
        together(without("rights_fund"), changed("accounts", fund="MSA63", beneficiary_no="B9"),
                 changed("rights_pajemploi", status="CLOSED", end="2026-10-01")),
        "HELD", "HOLD_DISPUTED", "CMG-002", None, None),
    "ended under the account's own number": (
        both(status="CLOSED", end="2026-10-01"), "SETTLED", "PROCEED", "", WHOLE_DEBIT, 0),
    "moved two months ago, the new fund has decided nothing": (
        together(changed("accounts", fund="MSA63", beneficiary_no="B9"), both(status="CLOSED", end="2026-09-01")),
        "HELD", "HOLD_DISPUTED", "CMG-002", None, None),
    # Past six, under twelve
    "eight years old, a request is pending, nobody knows whether the parent is alone": (
        together(born("2018-05-01"), no_right, added("requests", child_birth_date="2018-05-01")),
        "HELD", "HOLD_DISPUTED", "CMG-002", None, None),
    "eight years old, the open right does not say whether the parent is alone": (
        together(born("2018-05-01"), both(isolated_parent="")), "HELD", "HOLD_DISPUTED", "CMG-002", None, None),
    "eight years old, both sides say the parent is not alone": (
        born("2018-05-01"), "SETTLED", "PROCEED_WITH_NOTICE", "CMG-011", WHOLE_DEBIT, 0),
    "twelve years and one month, a request is pending": (
        together(born("2014-09-30"), no_right, added("requests", child_birth_date="2014-09-30")),
        "SETTLED", "PROCEED", "", WHOLE_DEBIT, 0),
    # Resources: the last ones known of the household
    "no resources on the renewal, the former right had them": (
        together(both(status="CLOSED", end="2026-09-01"), each(**renewal | {"annual_resources": ""})),
        "SETTLED", "DEBIT_AS_IF_RIGHT", "CMG-028", 0, CLEAN_PAYOUT),
    "no resources for one child, the other's right has them": (
        together(both(annual_resources=""), each(**second_child)),
        "SETTLED", "DEBIT_AS_IF_RIGHT", "CMG-028", 0, CLEAN_PAYOUT),
    "no resources anywhere": (both(annual_resources=""), "HELD", "HOLD_DISPUTED", "CMG-028", None, None),
    "resources of nought are known": (both(annual_resources=0), "SETTLED", "PROCEED", "", 0, 56_121),
    # A home employee has one row for all children
    "two children at home": (two_at_home, "SETTLED", "PROCEED", "", HOME_DEBIT, HOME_PAYOUT),
    "two children at home, declared in the other order": (
        together(two_at_home, changed("declarations", child_ids="C2|C1", child_birth_dates="2022-05-01|2024-03-10")),
        "SETTLED", "PROCEED", "", HOME_DEBIT, HOME_PAYOUT),
    "two children at home, birth dates in the other order": (
        together(two_at_home, changed("declarations", child_birth_dates="2022-05-01|2024-03-10")),
        "HELD", "HOLD_DISPUTED", "CMG-008", None, None),
    "at home with an elder past the age": (
        together(at_home, changed("declarations", child_birth_dates="2024-03-10|2017-05-01")),
        "SETTLED", "PROCEED", "", HOME_DEBIT, HOME_PAYOUT),
    "at home, the second child was refused": (
        together(at_home, added("requests", child_id="C2", child_birth_date="2022-05-01", care_mode="HOME_EMPLOYEE",
                                decided_on="2026-08-01")),
        "SETTLED", "PROCEED", "", HOME_DEBIT, HOME_PAYOUT),
    "at home, the second child is asked for": (
        together(at_home, added("requests", child_id="C2", child_birth_date="2022-05-01", care_mode="HOME_EMPLOYEE")),
        "HELD", "HOLD_DISPUTED", "CMG-002", None, None),
    "at home, the copy of the second child is suspended": (
        together(two_at_home, on_pajemploi_s_right(1, status="SUSPENDED")),
        "SETTLED", "PROCEED", "CMG-007", HOME_DEBIT, HOME_PAYOUT),
    "at home, the second child's right is for a childminder": (
        together(at_home, each(**second_child, dependent_children=2)),
        "HELD", "HOLD_DISPUTED", "CMG-035", None, None),
    # Requests
    "refused in spring, asked for again in October": (
        together(no_right, added("requests", decided_on="2026-04-01", filed_on="2026-03-01"),
                 added("requests", request_no="Q2", filed_on="2026-10-31")),
        "HELD", "HOLD_DISPUTED", "CMG-002", None, None),
    "refused for a micro-crèche, never asked for a childminder": (
        together(no_right, added("requests", decided_on="2026-04-01", care_mode="MICRO_CRECHE")),
        "HELD", "HOLD_DISPUTED", "CMG-002", None, None),
    "a right for a micro-crèche beside": (
        each(right_no="R2", care_mode="MICRO_CRECHE", sequence_no=11), "SETTLED", "PROCEED", "", 0, CLEAN_PAYOUT),
    # Keys
    "the fund's right bears the partner's NIR": (
        changed("rights_fund", nir=PARTNER), "HELD", "HOLD_ALL", "CMG-012", None, None),
    "an ended right bears the partner's NIR": (
        each(right_no="R0", nir=PARTNER, start="2024-01-01", end="2025-01-01", status="CLOSED", sequence_no=5),
        "SETTLED", "PROCEED", "", 0, CLEAN_PAYOUT),
    "the same NIR is waiting for its number on both sides": (
        together(changed("accounts", nir=nir_with_key("7840199001001")), both(nir=nir_with_key("7840199001001"))),
        "SETTLED", "PROCEED", "", 0, CLEAN_PAYOUT),
    "a waiting number on the account, the final one on the right": (
        changed("accounts", nir=nir_with_key("7840199001001")), "HELD", "HOLD_ALL", "CMG-012", None, None),
    "the fund's right alone names another family's employer number": (
        together(second_account, changed("rights_fund", employer_no="E2")), "HELD", "HOLD_ALL", "CMG-014", None, None),
    "the account has no beneficiary number, the right has its other keys": (
        changed("accounts", beneficiary_no=""), "SETTLED", "PROCEED", "", 0, CLEAN_PAYOUT),
    # Look-alikes of codes
    "006 an earlier right is suspended for ever": (
        each(right_no="R0", status="SUSPENDED", start="2024-01-01", sequence_no=5, decided_at="2024-01-02T09:00:00+01:00"),
        "SETTLED", "PROCEED", "", 0, CLEAN_PAYOUT),
    "013, 015 another family has the same bank account": (
        together(second_account, lambda files: files["accounts"][1].update(iban=files["accounts"][0]["iban"])),
        "SETTLED", "PROCEED", "", 0, CLEAN_PAYOUT),
    "015 another parent has the same name and birth date": (
        together(second_account, lambda files: files["accounts"][1].update(
            last_name="Martin", first_names="Anne", birth_date="1984-01-05")),
        "SETTLED", "PROCEED", "", 0, CLEAN_PAYOUT),
    "013 the same number at another fund": (
        together(second_account, lambda files: files["accounts"][1].update(fund="MSA63", beneficiary_no="B1")),
        "SETTLED", "PROCEED", "", 0, CLEAN_PAYOUT),
    "032 PreParE for half of the time": (both(prepare="PARTIAL_50_80"), "SETTLED", "PROCEED", "", 0, CLEAN_PAYOUT),
    "033 an older account row had no bank account": (
        added("accounts", iban="", mandate_ref="", updated_at="2023-01-01T10:00:00+01:00"),
        "SETTLED", "PROCEED", "", 0, CLEAN_PAYOUT),
    "035 a right in each mode": (
        each(right_no="R2", care_mode="HOME_EMPLOYEE", sequence_no=11), "SETTLED", "PROCEED", "", 0, CLEAN_PAYOUT),
    # The order of rows in a file is not the order of messages
    "the newer message stands first in the file": (newer_message_first, "SETTLED", "PROCEED", "", 0, 49_444),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES)
def test_each_case_gives_what_the_texts_say(tmp_path: Path, case: str) -> None:
    change, status, effect, codes, debit, payout = CASES[case]
    files = clean_family()
    change(files)

    found = close(tmp_path, files)["D1"]

    assert (found.status, found.debit_effect, found.anomaly_codes) == (status, effect, codes), (case, found.decision)
    assert debit is None or found.debit_cents == debit, case
    assert payout is None or found.payout_cents == payout, case


PLACES: dict[str, tuple[Change, dict[str, str]]] = {
    "a correction keeps its place before a copy of the original": (
        together(
            added("declarations", version=2, kind="CORRECTION", net_salary="540.00",
                  received_at="2026-10-26T18:00:00+01:00"),
            added("declarations", declaration_no="D2", received_at="2026-10-25T19:00:00+02:00")),
        {"D1 1": "SUPERSEDED ", "D1 2": "SETTLED ", "D2 1": "HELD CMG-018"}),
    "the original is cancelled: its copy is the declaration": (
        together(
            added("declarations", version=2, kind="CANCELLATION", net_salary="0", maintenance_allowance="0",
                  hours="0", days="0", received_at="2026-10-26T18:00:00+01:00"),
            added("declarations", declaration_no="D2", received_at="2026-10-25T19:00:00+02:00")),
        {"D1 1": "SUPERSEDED ", "D1 2": "CANCELLED ", "D2 1": "SETTLED "}),
    "one child at home declared again alone": (
        together(two_at_home, lambda files: files["declarations"].append(
            files["declarations"][0] | {"declaration_no": "D2", "child_ids": "C1", "child_birth_dates": "2024-03-10",
                                        "received_at": "2026-10-25T19:00:00+02:00"})),
        {"D1 1": "SETTLED ", "D2 1": "HELD CMG-018"}),
    "two families whose employer numbers the fund has crossed": (
        together(second_account, added("employees", employer_no="E2"),
                 added("declarations", declaration_no="D2", employer_no="E2", child_ids="C2"),
                 each(right_no="R2", beneficiary_no="B2", nir=OTHER, employer_no="E2", child_id="C2", sequence_no=11),
                 employer_numbers_crossed),
        {"D1 1": "HELD CMG-014", "D2 1": "HELD CMG-014"}),
    "twins of whom one has a right": (
        together(both(dependent_children=2), added("declarations", declaration_no="D2", child_ids="C2")),
        {"D1 1": "SETTLED ", "D2 1": "HELD CMG-009"}),
    "the other household's right for the child is suspended": (
        together(two_households, both(status="SUSPENDED")),
        {"D1 1": "HELD CMG-002", "D2 1": "SETTLED "}),
    "the other household's right for the child was cancelled on its first day": (
        together(two_households, both(start="2026-10-15", end="2026-10-15")),
        {"D1 1": "HELD CMG-002", "D2 1": "SETTLED "}),
    "the child changes households within the month": (
        together(two_households, both(end="2026-10-15"), handed_over("2026-10-15")),
        {"D1 1": "SETTLED ", "D2 1": "SETTLED "}),
    "the first household's right is closed a day after the second one's begins": (
        together(two_households, both(status="CLOSED", end="2026-10-16"), handed_over("2026-10-15")),
        {"D1 1": "SETTLED ", "D2 1": "HELD CMG-016"}),
    "one number with and without its leading noughts: two families": (
        twin_number, {"D1 1": "SETTLED ", "D2 1": "SETTLED "}),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("case", PLACES)
def test_each_row_of_several_has_its_own_status(tmp_path: Path, case: str) -> None:
    change, expected = PLACES[case]
    files = clean_family()
    change(files)

    close(tmp_path, files)

    found = {f"{line.declaration_no} {line.version}": f"{line.status} {line.anomaly_codes}" for line in rows_settled()}
    assert found == expected, case


def rows_settled() -> list[Settlement]:
    return list(Settlement.objects.order_by("declaration_no", "version"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "resources", "children", "codes"),
    [
        ("twice the income, in the same bracket of two children", 60_000, 2, "CMG-004"),
        ("one euro more, across the upper ceiling of one child", 53_120, 1, "CMG-004"),
        ("one euro more, the same income a month", 30_001, 1, ""),
    ],
)
def test_another_income_is_named_in_the_former_regime_too(
    tmp_path: Path, case: str, resources: int, children: int, codes: str
) -> None:
    files = clean_family()
    files["declarations"][0] |= {"care_month": "2025-08", "received_at": "2025-08-25T18:00:00+02:00"}
    both(annual_resources=53_119 if resources == 53_120 else 30_000, dependent_children=children)(files)
    changed("rights_pajemploi", annual_resources=resources)(files)

    import_files(write_all(tmp_path, files))
    run = close_month(month=date(2025, 8, 1), on=date(2025, 8, 27))
    (found,) = Settlement.objects.filter(run=run)

    assert (found.status, found.debit_effect, found.anomaly_codes) == ("SETTLED", "PROCEED", codes), case
    assert found.payout_cents == 33_942, case


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"sum_cents": 1}, {"rows": 7}, {"sha256": "0" * 64}])
def test_a_refused_lot_leaves_the_families_of_the_good_one_in_peace(tmp_path: Path, wrong: dict[str, object]) -> None:
    files = clean_family()
    twin_number(files)
    first, second = files.pop("rights_fund")
    manifest = {"kind": "rights_fund", "sender": "CAF63", "sum_cents": 3_000_000}
    good = write(tmp_path, "rights_1", [first], manifest | {"sequence_no": 1})
    refused = write(tmp_path, "rights_2", [second], manifest | {"sequence_no": 2} | wrong)
    reports = import_files([good, refused])
    assert [[refusal.code for refusal in report.refusals] for report in reports] == [[], ["CMG-027"]]

    found = close(tmp_path, files)

    assert (found["D1"].status, found["D1"].anomaly_codes, found["D1"].payout_cents) == ("SETTLED", "", CLEAN_PAYOUT)
    assert (found["D2"].status, found["D2"].debit_effect) == ("HELD", "HOLD_ALL")
    assert "CMG-027" in found["D2"].anomaly_codes
