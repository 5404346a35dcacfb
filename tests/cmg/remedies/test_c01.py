"""Worked example C01 from end to end: the refund whole, the arrears kept on the advance, the rest on half a payout."""

from datetime import date
from pathlib import Path

import pytest

from cmg.models import Advance, AdvanceNetting, Refund
from cmg.models.remedies import Origin
from cmg.operations import close_month
from cmg.remedies import advances, following
from cmg.remedies.daily import issue_remedies
from cmg.remedies.proof import check_remedies
from cmg.repairs import regularising
from portal.banking.models import OrderState, PaymentOrder
from portal.exchange.operations import import_files
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import balance
from portal.ledger.proof import check_ledger
from portal.letters.models import LetterJob
from tests.cmg.files import row, write
from tests.cmg.remedies.families import issued, received
from tests.cmg.repairs.test_regularising import AUGUST, JULY, c01
from tests.cmg.repairs.test_repairs import do

SUBJECT = "cmg:employer:E1"
SEPTEMBER = date(2019, 9, 1)
SOLVED, LATER = date(2019, 9, 30), date(2019, 10, 28)


def bank_books() -> None:
    PaymentOrder.objects.filter(state=OrderState.SENT).update(state=OrderState.BOOKED)


def amounts(**found: object) -> list[int]:
    return sorted(PaymentOrder.objects.filter(**found).values_list("amount_cents", flat=True))


@pytest.fixture
def advanced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Advance:
    """July and August debited without a right; 670.00 advanced and arrived, then the right comes."""
    received(tmp_path, c01)
    issued(tmp_path / "july", JULY, date(2019, 7, 26))
    issued(tmp_path / "august", AUGUST, date(2019, 8, 26))
    # Before the right is known nothing of it can be computed: the caseworker's own estimate stands for it.
    monkeypatch.setattr(advances, "estimate", lambda _number, _months, **_on: 67_000)
    advance = advances.propose_advance(
        employer_no="E1", months=[JULY, AUGUST], amount_cents=67_000, origin=Origin.ASKED, reason="droit absent",
        by="nathalie", on=date(2019, 8, 20),
    )  # fmt: skip
    advances.grant_advance(advance_pk=advance.pk, by="nathalie", on=date(2019, 8, 20))
    issue_remedies(tmp_path / "advance", on=date(2019, 8, 20))
    bank_books()
    assert following.follow_orders(on=date(2019, 8, 22)) == 1
    do("CHANGE_RIGHT", by="nathalie", status="ACTIVE", ends_on=None)
    return advance


def solve(folder: Path) -> None:
    found = regularising.propose_regularisation(employer_no="E1", reason="droit rouvert", by="nathalie", on=SOLVED)
    assert found is not None
    regularising.approve_regularisation(regularisation_pk=found.pk, by="thomas", on=SOLVED)
    for _twice in range(2):
        regularising.execute_regularisation(regularisation_pk=found.pk, out=folder, by="thomas", on=SOLVED)


@pytest.mark.django_db
def test_c01_to_the_cent(advanced: Advance, tmp_path: Path) -> None:
    assert AdvanceNetting.objects.count() == 0, "nothing is taken back before the case is solved"
    solve(tmp_path / "solved")

    assert amounts(purpose="CMG_REFUND") == [41_013, 41_013]
    assert amounts(purpose="CMG_PAYOUT") == [], "591.24 of arrears are all kept"
    advanced.refresh_from_db()
    assert (advanced.netted_cents, advanced.outstanding_cents, advanced.state) == (59_124, 7_876, "PARTLY_NETTED")
    assert balance(Ledger.ADVANCE, subject=SUBJECT) == 7_876
    assert balance(Ledger.FAMILY_PAYOUT, subject=SUBJECT) == -67_000, "only the advance was ordered to the family"
    written = "".join(path.read_text() for path in sorted((tmp_path / "solved").glob("*.xml")))
    assert written.count("410.13") >= 2
    assert "295.62" not in written
    assert check_ledger() + check_remedies() == []

    declared = row(
        "declarations", declaration_no="S", care_month="2019-09", received_at="2019-10-25T10:00:00+02:00", hours="100",
        net_salary="500.00", maintenance_allowance="60.00", child_birth_dates="2018-05-10",
    )  # fmt: skip
    import_files([write(tmp_path / "later", "declarations", [declared])])
    issued(tmp_path / "september", SEPTEMBER, LATER)

    assert amounts(purpose="CMG_PAYOUT") == [21_686]
    assert "216.86" in "".join(path.read_text() for path in (tmp_path / "september").glob("*.xml"))
    advanced.refresh_from_db()
    assert (advanced.outstanding_cents, advanced.state) == (0, "NETTED")
    assert [one.netted_cents for one in AdvanceNetting.objects.order_by("pk")] == [29_562, 29_562, 7_876]
    assert check_ledger() + check_remedies() == []


@pytest.mark.django_db
def test_the_kept_part_is_not_paid_by_a_later_run(advanced: Advance, tmp_path: Path) -> None:
    solve(tmp_path / "solved")
    other = row(
        "declarations", declaration_no="O", employer_no="E9", employee_no="S9", child_ids="C9", care_month="2019-07"
    )
    import_files([write(tmp_path / "late", "declarations", [other])])

    issued(tmp_path / "again", JULY, LATER)

    assert close_month(month=JULY, on=LATER).ordinal >= 3
    assert amounts(purpose="CMG_PAYOUT", subject=SUBJECT) == []
    assert amounts(purpose="CMG_REFUND", subject=SUBJECT) == [41_013, 41_013]
    assert check_remedies() == []


@pytest.mark.django_db
def test_each_refund_has_its_row_followed_to_the_bank_and_its_letter(advanced: Advance, tmp_path: Path) -> None:
    from cmg.remedies.refunds import request_refund

    request_refund(employer_no="E1", month=JULY, words="je ne devais rien", by="E1", on=SOLVED)
    solve(tmp_path / "solved")

    found = list(Refund.objects.order_by("care_month"))
    assert [(one.care_month, one.debited_cents, one.due_cents, one.amount_cents) for one in found] == [
        (JULY, 41_013, 0, 41_013), (AUGUST, 41_013, 0, 41_013),
    ]  # fmt: skip
    assert [one.state for one in found] == ["ORDERED", "ORDERED"]
    assert found[0].reason == "FAMILY", "what the family had asked for is answered, not doubled"
    assert found[1].reason.startswith("RUN-")
    assert LetterJob.objects.filter(kind="cmg.refund").count() == 2
    bank_books()
    assert following.follow_orders(on=LATER) == 2
    assert set(Refund.objects.values_list("state", flat=True)) == {"PAID"}
