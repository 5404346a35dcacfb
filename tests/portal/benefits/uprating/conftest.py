"""The families of these tests come in once for each file of tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.portal.benefits.uprating.worlds import families


@pytest.fixture(scope="module")
def received(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        families(tmp_path_factory.mktemp("upratings"))
        yield
        transaction.set_rollback(True)
