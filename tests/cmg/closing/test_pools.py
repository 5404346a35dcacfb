"""A month of regime A in which a family uses several modes: the maxima of its children, from files to issue."""

from datetime import date
from pathlib import Path

import pytest

from cmg.closing.verifying import recheck
from cmg.explaining import explain
from cmg.models import Settlement
from cmg.operations import close_month
from portal.exchange.operations import import_files
from tests.cmg.files import clean_family, row, write_all

AUGUST, DAY = date(2025, 8, 1), date(2025, 8, 28)
BIRTHS = {"C1": "2024-03-10", "C2": "2021-02-01"}


def rights(flow: str) -> list[dict[str, str]]:
    """C1 with a childminder and at home, C2 at home."""
    held = (("C1", "CHILDMINDER"), ("C1", "HOME_EMPLOYEE"), ("C2", "HOME_EMPLOYEE"))
    return [
        row(flow, right_no=f"R{number}", child_id=child, child_birth_date=BIRTHS[child], care_mode=mode,
            dependent_children=2, sequence_no=10 + number)
        for number, (child, mode) in enumerate(held)
    ]  # fmt: skip


def several_modes(order: str) -> dict[str, list[dict[str, str]]]:
    """`order` names the children of the home employee's declaration: its files may write them in any order."""
    august = {"care_month": "2025-08", "received_at": "2025-08-26T18:00:00+02:00"}
    births = "|".join(BIRTHS[child] for child in order.split("|"))
    at_home = row("declarations", declaration_no="D2", employee_no="S2", child_ids=order, child_birth_dates=births,
                  net_salary="600.00", maintenance_allowance="", days="", **august)  # fmt: skip
    return clean_family() | {
        "rights_fund": rights("rights_fund"),
        "rights_pajemploi": rights("rights_pajemploi"),
        "employees": [row("employees"), row("employees", employee_no="S2", employee_kind="HOME_EMPLOYEE")],
        "declarations": [row("declarations", **august), at_home],
    }


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["C1|C2", "C2|C1"])
def test_each_child_adds_the_maximum_of_its_own_age(tmp_path: Path, order: str) -> None:
    """339.42 under three and 169.73 from three: 509.15, of which the childminder's declaration comes first."""
    import_files(write_all(tmp_path, several_modes(order)))
    run = close_month(month=AUGUST, on=DAY)

    found = list(Settlement.objects.order_by("declaration_no").values_list("status", "anomaly_codes", "part_b_cents"))
    assert found == [("SETTLED", "", 50_915), ("SETTLED", "", 0)]
    assert recheck(run) == []
    assert all(explain(settlement).agrees for settlement in Settlement.objects.all())
