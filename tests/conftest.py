"""What every test shares."""

from django.db.backends.postgresql.operations import DatabaseOperations

plain_flush = DatabaseOperations.execute_sql_flush


def flush(self: DatabaseOperations, sql_list: list[str]) -> None:
    """Tests with real transactions empty the tables afterwards: the triggers that forbid it are put aside for that."""
    plain_flush(self, ["SET session_replication_role = replica", *sql_list, "SET session_replication_role = origin"])


DatabaseOperations.execute_sql_flush = flush
