"""The scene of the exchanges."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fraud.envelopes.content import Opened
from fraud.envelopes.receiving import RECEIVERS
from fraud.models import AuthorisedOfficer
from tests.fraud.envelopes.scene import trust, two_bodies


@pytest.fixture
def officers(db: None, settings: Any, tmp_path: Path) -> tuple[AuthorisedOfficer, AuthorisedOfficer]:
    trust(settings, tmp_path)
    return two_bodies()


@pytest.fixture
def received() -> Iterator[list[Opened]]:
    """What a receiver of « test » messages was given."""
    found: list[Opened] = []

    def take(opened: Opened) -> str:
        found.append(opened)
        return ""

    RECEIVERS["test"] = take
    yield found
    del RECEIVERS["test"]
