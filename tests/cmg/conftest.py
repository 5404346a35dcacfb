"""A region built once for all the tests of a module."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date

import pytest
from django.db import transaction
from django.test import override_settings

ToldOnce = Callable[[date | None, Callable[[], None]], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def told_once(django_db_setup: None, django_db_blocker) -> ToldOnce:  # type: ignore[no-untyped-def]
    """What a function builds, on a day of the demo or today, is there for the module; each test undoes its own changes."""

    @contextmanager
    def kept(day: date | None, build: Callable[[], None]) -> Iterator[None]:
        with django_db_blocker.unblock(), transaction.atomic():
            with override_settings(PORTAL_DEMO=day is not None, PORTAL_DAY=day):
                build()
            yield
            transaction.set_rollback(True)

    return kept
