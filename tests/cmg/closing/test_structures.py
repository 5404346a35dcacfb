"""Structure invoices beside direct employment, from files to what the fund pays."""

from datetime import date
from pathlib import Path

import pytest

from cmg.models import StructureSettlement
from cmg.operations import close_month
from portal.exchange.operations import import_files
from tests.cmg.files import clean_family, nir_with_key, row, write_all

OCTOBER, DAY = date(2026, 10, 1), date(2026, 10, 26)


def invoiced(child: str, birth: str) -> dict[str, list[dict[str, str]]]:
    """The clean family, whose child C1 is with a childminder (461.53 of part (b)), and a micro-crèche for `child`."""
    right = {"right_no": "R2", "child_id": child, "child_birth_date": birth, "care_mode": "MICRO_CRECHE",
             "sequence_no": 11, "dependent_children": 2}  # fmt: skip
    two = {"dependent_children": 2}
    return clean_family() | {
        "rights_fund": [row("rights_fund", **two), row("rights_fund", **right)],
        "rights_pajemploi": [row("rights_pajemploi", **two), row("rights_pajemploi", **right)],
        "structure_invoices": [{
            "invoice_no": "I1", "fund": "CAF63", "beneficiary_no": "B1", "child_id": child, "care_mode": "MICRO_CRECHE",
            "care_month": "2026-10", "hours": "100", "amount": "1100.00", "hourly_tariff": "10.00",
            "fnas_funded": "0", "paid_on": "2026-10-20",
        }],
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "child", "birth", "cents"),
    [
        ("the same child: 684.21 less 461.53 given by direct employment", "C1", "2024-03-10", 22_268),
        ("its sister: two maxima, the whole 855.25 of a micro-crèche", "C2", "2025-02-10", 85_525),
    ],
)
def test_direct_employment_and_a_structure_stay_within_the_maxima_of_the_children(
    tmp_path: Path, case: str, child: str, birth: str, cents: int
) -> None:
    import_files(write_all(tmp_path, invoiced(child, birth)))
    close_month(month=OCTOBER, on=DAY)

    found = StructureSettlement.objects.values_list("status", "part_b_cents", "payout_cents")
    assert list(found) == [("SETTLED", cents, cents)], case


@pytest.mark.django_db
def test_a_household_without_employee_has_the_whole_maximum(tmp_path: Path) -> None:
    """Nobody of this month's structures is known to Pajemploi."""
    files = invoiced("C9", "2024-03-10")
    for flow in ("rights_fund", "rights_pajemploi"):
        files[flow][1] |= {"beneficiary_no": "B9", "nir": nir_with_key("2850163001009"), "employer_no": ""}
    files["structure_invoices"][0]["beneficiary_no"] = "B9"
    import_files(write_all(tmp_path, files))
    close_month(month=OCTOBER, on=DAY)

    assert list(StructureSettlement.objects.values_list("status", "part_b_cents")) == [("SETTLED", 85_525)]
