"""Two officers who may exchange."""

from pathlib import Path
from typing import Any

import pytest

from fraud.models import AuthorisedOfficer
from tests.fraud.envelopes.scene import trust, two_bodies


@pytest.fixture
def pair(db: None, settings: Any, tmp_path: Path) -> tuple[AuthorisedOfficer, AuthorisedOfficer]:
    """The fund's officer, the agency's."""
    trust(settings, tmp_path)
    return two_bodies()
