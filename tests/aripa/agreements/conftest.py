"""The day, and the two parents."""

import pytest
from django.test import Client

from tests.aripa.agreements import pairs


@pytest.fixture(autouse=True)
def demo_day(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, pairs.DAY


@pytest.fixture
def amelie(db: None) -> Client:
    return pairs.amelie()


@pytest.fixture
def romain(db: None) -> Client:
    return pairs.romain()
