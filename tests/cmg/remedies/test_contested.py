"""What a family contests is kept on no refund, and what was given up neither; what nobody contests still is."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from cmg.models import Overpayment
from cmg.models.remedies import Channel, Symptom
from cmg.remedies import overpayments
from cmg.remedies.proof import check_remedies
from cmg.remedies.reports import answer_report, open_report
from portal.accounts.permissions import moment_on
from portal.ledger.proof import check_ledger
from tests.cmg.closing.issued import MONTH, Portal, ordered

DAY, TOLD, LATE = date(2026, 10, 27), date(2026, 10, 28), date(2026, 11, 20)
# 428.70 paid for 560.00 of pay and 66.00 of upkeep; 250.65 are due for 300.00: 178.05 in excess. 45.00 of tax debited.
EXCESS, TAX = 17_805, 4_500
pytestmark = pytest.mark.django_db


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    portal = Portal(tmp_path, {"declarations": {"withholding_tax": "45.00"}})
    portal.issue()
    correct(portal, net_salary="300.00")
    assert ordered(portal.issue(on=DAY)) == {}
    assert Overpayment.objects.get().outstanding_cents == EXCESS
    return portal


def correct(portal: Portal, *, version: int = 2, **cells: str) -> None:
    portal.send(
        "declarations",
        version=version,
        kind="CORRECTION",
        received_at=f"2026-10-{25 + version}T10:00:00+01:00",
        **cells,
    )


def found() -> Overpayment:
    return Overpayment.objects.get()


def notified() -> None:
    overpayments.notify_overpayment(overpayment_pk=found().pk, by="nathalie", on=DAY)


def contested() -> None:
    notified()
    overpayments.contest_overpayment(overpayment_pk=found().pk, words="faux", by="E1", on=TOLD)


def answered_after_a_contest() -> None:
    contested()
    overpayments.confirm_overpayment(overpayment_pk=found().pk, reason="due", by="nathalie", on=TOLD)


def remitted() -> None:
    notified()
    overpayments.propose_remission(overpayment_pk=found().pk, by="nathalie")
    overpayments.remit_overpayment(overpayment_pk=found().pk, reason="précarité", by="thomas", on=TOLD)


def reported(symptom: Symptom, month: date = MONTH) -> int:
    notified()
    told = open_report(
        form_key=uuid4(), employer_no="E1", channel=Channel.WEB, symptom=symptom, months=[month], words="faux", by="E1",
        at=moment_on(TOLD),
    )  # fmt: skip
    return told.report.pk


def reported_and_answered() -> None:
    answer_report(report_pk=reported(Symptom.WRONG_AMOUNT), answer="C’est juste.", by="thomas", at=moment_on(TOLD))


@pytest.mark.parametrize(
    ("case", "before", "refunded"),
    [
        ("told, nobody contests it", notified, 0),
        ("contested", contested, TAX),
        ("the contest was answered: it is due", answered_after_a_contest, 0),
        ("its month is reported wrong", lambda: reported(Symptom.WRONG_AMOUNT), TAX),
        ("another month is reported", lambda: reported(Symptom.WRONG_AMOUNT, date(2026, 9, 1)), 0),
        ("« nobody answers me » contests nothing", lambda: reported(Symptom.NO_ANSWER), 0),
        ("the report was answered", reported_and_answered, 0),
        ("given up: what was forgiven is not taken back", remitted, TAX),
    ],
)
def test_what_is_kept_on_a_refund(portal: Portal, case: str, before: Callable[[], object], refunded: int) -> None:
    before()
    left = found().outstanding_cents
    correct(portal, version=3, net_salary="300.00", withholding_tax="")

    run = portal.issue(on=TOLD)

    assert ordered(run) == ({"CMG_REFUND": refunded} if refunded else {}), case
    assert found().outstanding_cents == left - (TAX - refunded)
    assert check_ledger() + check_remedies() == []


@pytest.mark.parametrize("before", [notified, contested])
def test_an_aid_that_rises_was_in_excess_by_so_much_less_contested_or_not(
    portal: Portal, before: Callable[[], object]
) -> None:
    """Nothing is taken: 339.67 are due for 430.00, and 428.70 were paid; 89.03 are left to discuss."""
    before()
    correct(portal, version=3, net_salary="430.00")

    assert ordered(portal.issue(on=TOLD)) == {}

    assert found().outstanding_cents == 8_903
    assert check_ledger() + check_remedies() == []


def test_a_new_excess_of_a_month_that_is_reported_is_not_kept_either(portal: Portal) -> None:
    reported(Symptom.OTHER)
    correct(portal, version=3, net_salary="200.00", withholding_tax="")

    assert ordered(portal.issue(on=TOLD)) == {"CMG_REFUND": TAX}

    assert [one.repaid_cents for one in Overpayment.objects.order_by("pk")] == [0, 0]
    assert check_ledger() + check_remedies() == []
