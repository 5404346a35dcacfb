"""What a day writes: what it changed, and nothing of the years before."""

import pytest
from django.db import connection

from aripa.models import AsfMonth, Order, Term
from aripa.operations import run_days
from tests.aripa.rows import day, event_row, live_case

pytestmark = pytest.mark.django_db


def written(table: str) -> dict[tuple[object, ...], str]:
    """Where each row lies: a row written again lies elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT case_id, coalesce(to_jsonb(t) ->> 'month', to_jsonb(t) ->> 'number'), ctid FROM {table} t"
        )
        return {row[:-1]: row[-1] for row in cursor.fetchall()}


def test_terms_that_did_not_change_are_not_written_again() -> None:
    live_case()
    run_days(until=day("2026-03-31"))
    before = written("aripa_term")
    event_row("2026-04-02", "DEBIT_RETURNED", month="2026-02", reason="AM04", amount_cents=25000)

    run_days(until=day("2026-04-30"))

    after = written("aripa_term")
    kept = {month for (_case, month), place in before.items() if after["C1", month] == place}
    assert (sorted(before), len(after)) == ([("C1", f"2026-0{month}-01") for month in (1, 2, 3)], 4)
    assert kept == {"2026-01-01", "2026-03-01"}
    assert Term.objects.get(month=day("2026-02")).status == "NOTICED"


def test_terms_removed_by_an_end_leave_the_table() -> None:
    live_case()
    run_days(until=day("2026-03-31"))
    event_row("2026-04-01", "DEATH", party="DEBTOR", effective_on="2026-01-20")

    run_days(until=day("2026-04-02"))

    assert list(Term.objects.values_list("month", flat=True)) == [day("2026-01")]


def test_asf_and_orders_are_written_when_they_change_and_a_complaint_pauses_an_order() -> None:
    live_case()
    for month in ("2026-01", "2026-02", "2026-03", "2026-04"):
        event_row(f"{month}-13", "DEBIT_RETURNED", month=month, reason="AM04", amount_cents=25000)
    event_row("2026-01-10", "ASF_CLAIM", reason="C1")
    event_row("2026-01-20", "NOTICE_RECEIVED", letter="L08", party="DEBTOR", effective_on="2026-01-20")
    event_row("2026-03-20", "RECOVERY_DECISION", reason="DIRECT_PAYMENT", ref="G1", amount_cents=1600_00)
    run_days(until=day("2026-04-10"))
    advances, orders = written("aripa_asfmonth"), written("aripa_order")
    assert (len(advances), len(orders)) == (2, 1)

    run_days(until=day("2026-05-10"))
    assert {key: written("aripa_asfmonth")[key] for key in advances} == advances
    assert (AsfMonth.objects.count(), written("aripa_order")) == (3, orders)

    event_row("2026-05-11", "COMPLAINT")
    run_days(until=day("2026-05-12"))
    assert Order.objects.get().state == "PAUSED"
