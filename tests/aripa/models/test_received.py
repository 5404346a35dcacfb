"""Tables of what was received: one current row of each thing, and the indexes that a run by slices needs."""

import pytest
from django.db import connection

from aripa.models import Event, Parent, Price, Title

pytestmark = pytest.mark.django_db
WANTED = {
    Title: [("case_no",), ("creditor_no",), ("debtor_no",), ("bucket", "heard_on"), ("received_on",)],
    Event: [("event_no",), ("case_no", "event_no")],
    Parent: [("parent_no", "updated_on"), ("nir_key",), ("name_key",)],
    Price: [("series", "base", "month")],
}


def indexed(table: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    return [tuple(one["columns"]) for one in found.values() if one["index"] or one["unique"]]


@pytest.mark.parametrize("model", WANTED, ids=lambda model: model.__name__)
def test_what_a_run_looks_up_is_indexed(model: type) -> None:
    found = indexed(model._meta.db_table)  # type: ignore[attr-defined]

    assert [columns for columns in WANTED[model] if columns not in found] == []


def test_tables_have_the_names_of_the_contract() -> None:
    tables = [model._meta.db_table for model in (Parent, Title, Price, Event)]

    assert tables == ["aripa_parent", "aripa_title", "aripa_price", "aripa_event"]
