"""The books and the rows of remedies say the same; a cent moved in either is named."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from cmg.models import Advance, Overpayment
from cmg.remedies import advances
from cmg.remedies.limits import RemedyRefused
from cmg.remedies.proof import check_remedies
from tests.cmg.remedies.families import DAY, closed, moved_away, received
from tests.cmg.remedies.test_advances import propose
from tests.cmg.remedies.test_overpayments import confirmed, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def granted(tmp_path: Path) -> Advance:
    received(tmp_path, moved_away)
    closed()
    return advances.grant_advance(advance_pk=propose().pk, by="nathalie", on=DAY)


def test_what_agrees_is_silent(granted: Advance) -> None:
    opened()

    assert check_remedies() == []


def test_a_proposed_advance_owes_nothing_yet(tmp_path: Path) -> None:
    received(tmp_path, moved_away)
    closed()
    propose()

    assert check_remedies() == []


def test_a_cent_waived_behind_the_operations_is_named(granted: Advance) -> None:
    Advance.objects.filter(pk=granted.pk).update(waived_cents=1)

    assert check_remedies() == [
        "avances de cmg:employer:E1 : 428,70\u00a0€ au grand livre, 428,69\u00a0€ à déduire dans les avances"
    ]


def test_a_netting_without_its_row_is_named(granted: Advance) -> None:
    Advance.objects.filter(pk=granted.pk).update(netted_cents=5)

    assert f"avance {granted.pk} : 0,05\u00a0€ déduits, 0,00\u00a0€ dans ses déductions" in check_remedies()


def test_an_overpayment_gone_from_the_rows_is_named() -> None:
    Overpayment.objects.filter(pk=opened().pk).update(repaid_cents=1)

    assert check_remedies() == [
        "sommes versées en trop de cmg:employer:E1 : 94,82\u00a0€ au grand livre, 94,81\u00a0€ restant à rendre"
    ]


def test_a_leg_altered_behind_the_triggers_is_named_by_the_command(granted: Advance) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE ledger_leg SET amount_cents = amount_cents + 1 WHERE account = 15")
        cursor.execute("SET session_replication_role = origin")
    told = StringIO()

    with pytest.raises(SystemExit):
        call_command("check_ledger", stdout=StringIO(), stderr=told)

    assert "avances de cmg:employer:E1 : 428,71\u00a0€" in told.getvalue()


def test_an_instalment_asked_of_the_bank_is_neither_lost_nor_counted_twice(tmp_path: Path) -> None:
    from datetime import date

    from cmg.remedies import following, overpayments
    from portal.banking.models import PaymentOrder

    received(tmp_path)
    found = confirmed()
    overpayments.agree_instalments(
        overpayment_pk=found.pk, months=2, first_due_on=date(2026, 12, 10), by="E1", on=date(2026, 11, 20)
    )
    overpayments.collect_instalments(on=date(2026, 12, 9))
    assert check_remedies() == []
    PaymentOrder.objects.update(state="REJECTED", settled_on=date(2026, 12, 11))
    assert following.follow_orders(on=date(2026, 12, 11)) == 1
    assert following.follow_orders(on=date(2026, 12, 12)) == 0
    assert check_remedies() == []
    part = found.instalments.get(number=1)
    again = {"instalment_pk": part.pk, "due_on": date(2027, 1, 11), "by": "thomas", "on": date(2026, 12, 14)}
    new = overpayments.present_again(**again)
    with pytest.raises(RemedyRefused, match="déjà reportée"):
        overpayments.present_again(**again)
    assert overpayments.collect_instalments(on=date(2027, 1, 8)) == 2
    PaymentOrder.objects.exclude(state="REJECTED").update(state="BOOKED")
    assert following.follow_orders(on=date(2027, 1, 12)) == 2
    found.refresh_from_db()
    assert (new.number, found.repaid_cents, found.state) == (3, 9_482, "SETTLED")
    assert check_remedies() == []
    PaymentOrder.objects.filter(end_to_end_id=f"CMG-INS-{new.pk}").update(
        state="RETURNED", settled_on=date(2027, 1, 20)
    )
    assert following.follow_orders(on=date(2027, 1, 20)) == 1
    found.refresh_from_db()
    assert (found.outstanding_cents, found.state) == (4_741, "RECOVERING"), "what the bank sent back is owed again"
    assert check_remedies() == []
