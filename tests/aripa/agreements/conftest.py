"""The day, and the two parents."""

import pytest
from django.test import Client

from aripa.models import Agreement
from portal.accounts.models import Role, User
from tests.aripa.agents import agent
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


@pytest.fixture
def request_at_fund(amelie: Client, romain: Client) -> Agreement:
    return pairs.filed(amelie, romain)


@pytest.fixture
def awa(db: None) -> User:
    return agent("awa")


@pytest.fixture
def helene(db: None) -> User:
    return agent("helene", "", role=Role.AUTHORISING_OFFICER)
