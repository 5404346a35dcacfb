"""The demo people, and the doors through which they come."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from cmg.demo.people import create_people
from portal.embedded.provider import State
from tests.doors import open_doors

DAY = date(2026, 10, 26)


@pytest.fixture
def people(db: None, settings: Any) -> None:
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    create_people()


@pytest.fixture
def doors(people: None, settings: Any) -> Iterator[State]:
    with open_doors(settings) as state:
        yield state
