"""Disagreements that need earlier months (CMG-017, 036, 037, 040), on months really closed, signed and issued."""

from datetime import date
from pathlib import Path

import pytest

from cmg.demo.people import create_people
from cmg.models import Settlement
from cmg.operations import close_month, issue_run
from portal.batches.operations import sign
from portal.exchange.operations import import_files
from tests.cmg.files import clean_family, row, write, write_all

pytestmark = pytest.mark.django_db
HOME = {"care_mode": "HOME_EMPLOYEE", "annual_resources": "96000"}


def declared(month: int, **cells: str) -> dict[str, str]:
    return row(
        "declarations", declaration_no=f"D{month}", care_month=f"2026-{month:02d}",
        received_at=f"2026-{month:02d}-25T18:00:00+02:00", **cells,
    )  # fmt: skip


def live(folder: Path, month: int, **cells: str) -> Settlement:
    """Declare a month, close it, sign it and issue it."""
    create_people()
    import_files([write(folder / f"m{month}", "declarations", [declared(month, **cells)])])
    day = date(2026, month, 26)
    run = close_month(month=date(2026, month, 1), on=day)
    for username in ("helene", "bruno"):
        sign(run_pk=run.pk, username=username, on=day)
    issue_run(run_pk=run.pk, out=folder / f"out{month}", on=day, by="test")
    return Settlement.objects.get(run=run, declaration_no=f"D{month}")


def start(folder: Path, change: dict[str, dict[str, str]] | None = None, without: tuple[str, ...] = ()) -> None:
    files = clean_family()
    for kind, cells in (change or {}).items():
        files[kind][0] |= cells
    for kind in ("declarations", *without):
        files[kind] = []
    import_files(write_all(folder, files))


def test_first_debit_of_a_childminder_s_family_after_three_months_at_zero(tmp_path: Path) -> None:
    start(tmp_path, {kind: {"annual_resources": "94000"} for kind in ("rights_fund", "rights_pajemploi")})
    before = [live(tmp_path, month) for month in (6, 7, 8)]
    assert {one.status for one in before} == {"SETTLED"}
    assert {one.debit_cents for one in before} == {0}

    october = live(tmp_path, 9, net_salary="1300.00")

    assert "CMG-037" in october.anomaly_codes
    assert (october.status, october.debit_effect) == ("HELD", "HOLD_ALL")


def test_a_first_debit_after_two_months_only_is_left_in_peace(tmp_path: Path) -> None:
    start(tmp_path, {kind: {"annual_resources": "94000"} for kind in ("rights_fund", "rights_pajemploi")})
    for month in (6, 7):
        live(tmp_path, month)

    assert live(tmp_path, 8, net_salary="1300.00").status == "SETTLED"


@pytest.mark.parametrize(("pay", "held"), [("4000.00", True), ("900.00", False)])
def test_a_debit_far_above_the_median_is_held(tmp_path: Path, pay: str, held: bool) -> None:
    start(tmp_path, {"rights_fund": HOME, "rights_pajemploi": HOME, "employees": {"employee_kind": "HOME_EMPLOYEE"}})
    usual = [live(tmp_path, month, net_salary="500.00", hours="45") for month in (6, 7, 8)]
    assert min(one.debit_cents for one in usual) > 0

    last = live(tmp_path, 9, net_salary=pay, hours="150")

    assert (("CMG-036" in last.anomaly_codes), last.status == "HELD") == (held, held)


def test_a_blocking_disagreement_repaired_last_month_that_comes_back_goes_to_a_person(tmp_path: Path) -> None:
    start(tmp_path, without=("rights_pajemploi",))
    september = live(tmp_path, 9)
    assert (september.status, september.anomaly_codes) == ("SETTLED", "CMG-001")

    october = live(tmp_path, 10)

    assert october.anomaly_codes == "CMG-001|CMG-040"
    assert (october.status, october.debit_effect) == ("HELD", "HOLD_ALL")


def test_a_mild_disagreement_that_comes_back_is_left_in_peace(tmp_path: Path) -> None:
    start(tmp_path, {"rights_pajemploi": {"aah": "1"}})
    assert live(tmp_path, 9).anomaly_codes == "CMG-031"

    october = live(tmp_path, 10)

    assert (october.status, october.debit_effect, october.anomaly_codes) == ("SETTLED", "PROCEED", "CMG-031")


def test_a_right_that_starts_after_the_month_debited_without_it_is_left_in_peace(tmp_path: Path) -> None:
    start(tmp_path, without=("rights_fund", "rights_pajemploi"))
    import_files([write(tmp_path, "requests", [row("requests", decided_on="2026-09-10")])])
    assert live(tmp_path, 9).decision == "REQUEST_REFUSED"
    later = {
        "start": "2026-10-01",
        "received_at": "2026-10-05T09:00:00+02:00",
        "decided_at": "2026-10-02T09:00:00+02:00",
    }
    import_files(
        [write(tmp_path / "later", kind, [row(kind, **later)]) for kind in ("rights_fund", "rights_pajemploi")]
    )

    october = live(tmp_path, 10)

    assert (october.status, october.anomaly_codes, october.payout_cents) == ("SETTLED", "", 42_870)


@pytest.mark.parametrize("period", [{}, {"start": "2026-09-15"}])
def test_a_month_settled_without_the_right_that_came_later_is_pointed_out(
    tmp_path: Path, period: dict[str, str]
) -> None:
    start(tmp_path, without=("rights_fund", "rights_pajemploi"))
    import_files([write(tmp_path, "requests", [row("requests", decided_on="2026-09-10")])])
    september = live(tmp_path, 9)
    assert (september.decision, september.debit_cents) == ("REQUEST_REFUSED", 46_815)
    late = {"received_at": "2026-10-05T09:00:00+02:00", "decided_at": "2026-10-02T09:00:00+02:00"} | period
    import_files([write(tmp_path / "late", kind, [row(kind, **late)]) for kind in ("rights_fund", "rights_pajemploi")])

    october = live(tmp_path, 10)

    assert (october.status, october.debit_effect, october.anomaly_codes) == ("SETTLED", "PROCEED", "CMG-017")
    again = close_month(month=date(2026, 9, 1), on=date(2026, 10, 27))
    repaired = Settlement.objects.get(run=again)
    assert (repaired.debit_cents, repaired.payout_cents) == (0, 42_870)
