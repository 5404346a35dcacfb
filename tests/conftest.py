"""What every test shares."""

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.migrations.state import ProjectState
from hypothesis import HealthCheck, settings

from portal.embedded.migrating import only_itself

# The same facts are drawn each time, however long that takes: a run says the same as the one before.
settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("same")
# What Django writes by itself after each migration, always the same: left there, it is not written again.
KEPT = {"django_content_type", "auth_permission"}


def flush(self: DatabaseOperations, sql_list: list[str]) -> None:
    """Tests with real transactions empty the tables afterwards: the triggers that forbid it are put aside for that, and
    only the tables that hold something are emptied (of some two hundred and fifty, a test fills a dozen). What rows left
    behind them, undone or deleted, is given back too: the next tests would read through it."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    with self.connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s) AND pg_relation_size(oid) > 0",
            [sorted(tables - KEPT)],
        )
        filled = [self.quote_name(name) for (name,) in cursor.fetchall()]
        with transaction.atomic():
            cursor.execute("SET LOCAL session_replication_role = replica")
            for name in filled:
                cursor.execute(f"DELETE FROM {name}")
        if filled:
            cursor.execute(f"VACUUM {', '.join(filled)}")


DatabaseOperations.execute_sql_flush = flush
# A database of tests begins too.
ProjectState._find_reload_model = only_itself  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What former tests left in the memory of this process, the turns they took of a minute among them, is not there."""
    cache.clear()
