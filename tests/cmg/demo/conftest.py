"""The demonstration's Monday morning, built once for all the tests of a module and rolled back after them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings

from cmg.demo import scenario

REGION = 150


def tell(home: Path) -> None:
    """As script/demo does it, the region being small."""
    with pytest.MonkeyPatch.context() as patch, override_settings(PORTAL_DEMO=True, PORTAL_DAY=scenario.DAY):
        patch.setattr(scenario, "FAMILIES", REGION)
        scenario.load(home / "demo", lambda _line: None)
        scenario.close(lambda _line: None)


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker, tmp_path_factory) -> Iterator[Path]:  # type: ignore[no-untyped-def]
    home: Path = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), transaction.atomic():
        tell(home)
        yield home
        transaction.set_rollback(True)
