"""One family whose October is held, or debited and issued: what remedies start from."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from cmg.demo.people import create_people
from cmg.operations import close_month, issue_run
from portal.batches.models import Run
from portal.batches.operations import sign
from portal.exchange.operations import import_files
from tests.cmg.files import clean_family, row, write_all

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
# 626.00 × (1 − 2 500 × 0.0619 % ÷ 4.91): what the rules give the clean family in October 2026.
PAYOUT = 42_870
Files = dict[str, list[dict[str, str]]]


def received(folder: Path, change: Callable[[Files], None] | None = None) -> None:
    files = clean_family()
    if change:
        change(files)
    import_files(write_all(folder, files))


def moved_away(files: Files) -> None:
    """The fund knows the family under another number: CMG-013 holds the month."""
    files["accounts"][0]["beneficiary_no"] = "B9"
    files["rights_pajemploi"][0]["beneficiary_no"] = "B9"


def no_account(files: Files) -> None:
    files["accounts"][0]["iban"] = ""


def debited_home(files: Files) -> None:
    """A home employee with means enough to be debited."""
    for kind in ("rights_fund", "rights_pajemploi"):
        files[kind][0] |= {"care_mode": "HOME_EMPLOYEE", "annual_resources": "96000"}
    files["employees"][0]["employee_kind"] = "HOME_EMPLOYEE"
    files["declarations"][0] |= {"net_salary": "1600.00", "hours": "130", "maintenance_allowance": ""}


def c01(files: Files) -> None:
    """One child, two dependent children, July and August 2019 declared, and a fund that closed the right: debited."""
    work = {"net_salary": "500.00", "maintenance_allowance": "60.00", "hours": "100", "child_birth_dates": "2018-05-10"}
    files["declarations"] = [
        row("declarations", declaration_no="J", care_month="2019-07", received_at="2019-07-26T10:00:00+02:00", **work),
        row("declarations", declaration_no="A", care_month="2019-08", received_at="2019-08-26T10:00:00+02:00", **work),
    ]
    closed_right = {
        "child_birth_date": "2018-05-10", "start": "2018-06-01", "end": "2019-07-01", "status": "CLOSED",
        "dependent_children": "2", "decided_at": "2019-06-10T09:00:00+02:00", "received_at": "2019-06-11T09:00:00+02:00",
    }  # fmt: skip
    for kind in ("rights_fund", "rights_pajemploi"):
        files[kind][0] |= closed_right
    files["accounts"][0]["updated_at"] = "2019-01-01T10:00:00+01:00"


def closed(month: date = MONTH, day: date = DAY) -> Run:
    create_people()
    return close_month(month=month, on=day)


def issued(folder: Path, month: date = MONTH, day: date = DAY) -> Run:
    run = closed(month, day)
    sign(run_pk=run.pk, username="helene", on=day)
    sign(run_pk=run.pk, username="bruno", on=day)
    issue_run(run_pk=run.pk, out=folder, on=day, by="test")
    run.refresh_from_db()
    return run
