"""What counts as a wrong debit, to the cent: settled again lower, a right that came after; and what does not."""

from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache

from cmg.piloting.figures import figures
from cmg.piloting.scope import Scope
from cmg.piloting.wrong import GIVEN_BACK, OWED, TO_SETTLE, Counted, count_wrong, wrong_debits, wrong_page
from cmg.repairs import regularising
from portal.banking.models import OrderState, PaymentOrder
from portal.exchange.operations import import_files
from tests.cmg.closing.issued import booking, receive, statement
from tests.cmg.files import row, write
from tests.cmg.remedies.families import DAY, MONTH, debited_home, issued, received
from tests.cmg.repairs.test_regularising import AUGUST, JULY, c01
from tests.cmg.repairs.test_repairs import do

ON = date(2019, 9, 30)
pytestmark = pytest.mark.django_db


def found(funds: list[str] | None = None, month: date | None = None, day: date = ON) -> list[tuple]:
    scope = Scope(day, funds, month)
    return [(one.care_month, one.state, one.taken_cents, one.excess_cents) for one in wrong_debits(scope)]


@pytest.fixture
def debited(tmp_path: Path) -> None:
    """July and August 2019, 410.13 debited twice on a right that had ended."""
    received(tmp_path, c01)
    issued(tmp_path / "july", JULY, date(2019, 7, 26))
    issued(tmp_path / "august", AUGUST, date(2019, 8, 26))


def test_a_debit_on_a_decision_that_stands_is_not_wrong(debited: None) -> None:
    assert found() == []


def test_a_right_that_comes_after_then_the_correction_then_the_money(debited: None, tmp_path: Path) -> None:
    do("CHANGE_RIGHT", by="nathalie", status="ACTIVE", ends_on=None)
    assert found() == [(JULY, TO_SETTLE, 41_013, None), (AUGUST, TO_SETTLE, 41_013, None)]

    asked = regularising.propose_regularisation(employer_no="E1", reason="droit rouvert", by="nathalie", on=ON)
    assert asked is not None
    assert found() == [(JULY, OWED, 41_013, 41_013), (AUGUST, OWED, 41_013, 41_013)]
    total = figures(Scope(ON, None)).total
    assert total.wrong_families == 1, "one family, two months"

    regularising.approve_regularisation(regularisation_pk=asked.pk, by="thomas", on=ON)
    regularising.execute_regularisation(regularisation_pk=asked.pk, out=tmp_path / "out", by="thomas", on=ON)
    assert found() == [(JULY, GIVEN_BACK, 41_013, 41_013), (AUGUST, GIVEN_BACK, 41_013, 41_013)]
    after = figures(Scope(ON, None)).total
    assert (after.wrong_families, after.refunds, after.refunded_cents) == (0, 2, 82_026)


def test_a_proposal_that_is_dropped_leaves_the_debit_wrong(debited: None) -> None:
    do("CHANGE_RIGHT", by="nathalie", status="ACTIVE", ends_on=None)
    asked = regularising.propose_regularisation(employer_no="E1", reason="droit rouvert", by="nathalie", on=ON)
    assert asked is not None
    regularising.drop_regularisation(regularisation_pk=asked.pk, reason="erreur", by="thomas")

    assert [state for _month, state, _taken, _excess in found()] == [TO_SETTLE, TO_SETTLE]


def test_the_scope_narrows_by_fund_and_month(debited: None) -> None:
    do("CHANGE_RIGHT", by="nathalie", status="ACTIVE", ends_on=None)

    assert found(funds=["CAF59"]) == []
    assert len(found(funds=["CAF63"])) == 2
    assert [month for month, *_rest in found(month=JULY)] == [JULY]


def test_what_the_bank_refused_or_sent_back_was_not_taken(debited: None) -> None:
    do("CHANGE_RIGHT", by="nathalie", status="ACTIVE", ends_on=None)
    july, august = PaymentOrder.objects.filter(kind="DEBIT").order_by("pk")
    PaymentOrder.objects.filter(pk=july.pk).update(state=OrderState.RETURNED)
    cache.clear()
    assert [month for month, *_rest in found()] == [AUGUST]

    PaymentOrder.objects.filter(pk=august.pk).update(state=OrderState.REJECTED)
    cache.clear()
    assert found() == []


def test_what_the_bank_answers_is_seen_at_once(debited: None) -> None:
    do("CHANGE_RIGHT", by="nathalie", status="ACTIVE", ends_on=None)
    order = PaymentOrder.objects.filter(kind="DEBIT").earliest("pk")
    assert len(found()) == 2, "counted, and kept as long as nothing changes"

    receive(statement(booking(order, returned="AM04")))

    assert [month for month, *_rest in found()] == [AUGUST]


def test_a_family_that_corrects_her_own_declaration_was_not_debited_wrongly(tmp_path: Path) -> None:
    received(tmp_path, debited_home)
    issued(tmp_path / "first")
    assert PaymentOrder.objects.filter(kind="DEBIT").exists()
    less = row("declarations", version="2", kind="CORRECTION", net_salary="1200.00", hours="100",
               maintenance_allowance="", received_at="2026-10-27T10:00:00+01:00")  # fmt: skip
    import_files([write(tmp_path / "less", "declarations", [less])])
    issued(tmp_path / "second", MONTH, date(2026, 10, 28))
    assert PaymentOrder.objects.filter(purpose="CMG_REFUND").exists(), "the correction did give money back"

    assert found(day=DAY) == []


def test_the_list_is_paged_by_key_both_ways_and_counted_by_the_database(debited: None) -> None:
    do("CHANGE_RIGHT", by="nathalie", status="ACTIVE", ends_on=None)
    scope = Scope(ON, None)
    first = wrong_page(scope, {}, size=1)
    second = wrong_page(scope, {"after": first.next or ""}, size=1)
    back = wrong_page(scope, {"before": second.previous or ""}, size=1)

    assert [one.care_month for one in [*first.rows, *second.rows]] == [JULY, AUGUST]
    assert (first.previous, second.next, back.rows, back.previous) == (None, None, first.rows, None)
    assert back.next == first.next
    assert wrong_page(scope, {"after": "1 OR 1=1"}).rows == wrong_debits(scope), "a key that is none is the first page"
    assert [one.care_month for one in wrong_debits(scope, 1)] == [JULY]
    counts = count_wrong(scope)
    assert counts.total == Counted(debits=2, waiting=1, to_settle=1)
    assert counts.funds == {"CAF63": counts.total}
    assert counts.months == {JULY: Counted(1, 1, 0, 1), AUGUST: Counted(1, 1, 0, 1)}


def test_what_waits_from_before_the_twelve_months_counts_in_the_first_of_them(debited: None) -> None:
    do("CHANGE_RIGHT", by="nathalie", status="ACTIVE", ends_on=None)
    later = Scope(date(2020, 7, 31), None)
    assert count_wrong(later).months == {AUGUST: Counted(2, 1, 0, 1)}
    assert {line.key: line.wrong_families for line in figures(later).months if line.wrong_families} == {AUGUST: 1}
    assert count_wrong(Scope(date(2020, 7, 31), ["CAF59"])).total == Counted()
