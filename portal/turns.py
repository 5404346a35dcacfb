"""Turns: what must not be done twice at once waits for the one before, in PostgreSQL."""

from django.db import connection
from django.db.transaction import TransactionManagementError


def one_at_a_time(what: str) -> None:
    """Wait for whoever does `what`, any name such as ``flow:cmg-rights``; it is then held until the transaction ends.

    Two writers of overlapping dates wait for each other inside an exclusion constraint, and PostgreSQL ends one of them with
    a deadlock instead of a refusal: those that may meet take a turn first. Raises TransactionManagementError outside a
    transaction, where the turn would end at once.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError(f"a turn ({what}) needs a transaction")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (what,))
