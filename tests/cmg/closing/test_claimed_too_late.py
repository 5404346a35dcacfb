"""A month declared too late: no aid after two years (L. 553-1), no contribution after three (L. 244-3)."""

from datetime import date
from pathlib import Path

import pytest

from cmg import explaining
from cmg.closing.verifying import recheck
from cmg.models import Settlement
from cmg.operations import issue_run
from cmg.remedies.limits import RemedyRefused
from cmg.repairs.deciding import release
from portal.accounts.permissions import moment_on
from portal.banking.models import PaymentOrder
from portal.batches.operations import sign
from tests.cmg.remedies.families import Files, closed, received

# Last day to declare September 2026: 5 October 2026; the aid is claimed until 5 October 2028, contributions until the
# end of 2029.
SEPTEMBER = date(2026, 9, 1)
pytestmark = pytest.mark.django_db


def declared_at(text: str, **right: str) -> object:
    def change(files: Files) -> None:
        files["declarations"][0] |= {"care_month": "2026-09", "received_at": text}
        for kind in ("rights_fund", "rights_pajemploi"):
            files[kind][0] |= right

    return change


def settled(folder: Path, text: str, **right: str) -> Settlement:
    received(folder, declared_at(text, **right))  # type: ignore[arg-type]
    run = closed(SEPTEMBER, date.fromisoformat(text[:10]))
    assert recheck(run) == []
    return Settlement.objects.get()


def test_on_the_last_day_the_aid_is_paid(tmp_path: Path) -> None:
    found = settled(tmp_path, "2028-10-05T23:59:00+02:00")

    assert (found.status, found.decision, found.payout_cents, found.debit_cents) == ("SETTLED", "RIGHT", 42_870, 0)
    assert found.refusal == ""


def test_the_day_after_there_is_no_aid_and_nothing_leaves_without_a_persons_decision(tmp_path: Path) -> None:
    found = settled(tmp_path, "2028-10-06T00:00:00+02:00")

    assert (found.status, found.decision, found.refusal) == ("HELD", "", "cmg.time_barred")
    assert (found.part_a_cents, found.part_b_cents, found.payout_cents) == (0, 0, 0)
    assert found.anomaly_codes == "CMG-002"
    explained = explaining.explain(found)
    assert explained is not None
    said = str(explained)
    assert "l’aide ne peut plus être demandée" in said
    assert "L. 553-1" in said


def test_a_person_releases_the_contributions_alone(tmp_path: Path) -> None:
    held = settled(tmp_path, "2028-10-06T00:00:00+02:00")
    day = date(2028, 10, 9)
    release(
        employer_no="E1",
        month=SEPTEMBER,
        reason="cotisations dues",
        by="thomas",
        at=moment_on(date(2028, 10, 9)),
    )

    run = closed(SEPTEMBER, day)
    found = Settlement.objects.get(run=run)
    assert (found.status, found.decision, found.debit_cents) == ("SETTLED", "RELEASED", held.held_debit_cents)
    for username in ("helene", "bruno"):
        sign(run_pk=run.pk, username=username, on=day)
    issue_run(run_pk=run.pk, out=tmp_path / "out", on=day, by="test")
    assert [(one.kind, one.amount_cents) for one in PaymentOrder.objects.all()] == [("DEBIT", held.held_debit_cents)]


@pytest.mark.parametrize(
    ("received_at", "status"), [("2029-12-31T23:59:00+01:00", "SETTLED"), ("2030-01-01T00:00:00+01:00", "HELD")]
)
def test_a_right_that_ended_lets_contributions_leave_until_the_end_of_the_third_year(
    tmp_path: Path, received_at: str, status: str
) -> None:
    found = settled(tmp_path, received_at, status="CLOSED", end="2026-08-01")

    assert found.status == status
    if status == "HELD":
        with pytest.raises(RemedyRefused, match="L. 244-3"):
            release(
                employer_no="E1",
                month=SEPTEMBER,
                reason="x",
                by="thomas",
                at=moment_on(date(2030, 1, 2)),
            )
