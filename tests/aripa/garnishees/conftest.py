"""One order of ten days ago to an employer, and the people who look at it."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from aripa.garnishees.links import code_of, token_of
from aripa.models import OrderLink
from aripa.operations import run_days
from tests.aripa.agents import on_day
from tests.aripa.rows import forced_case

DECIDED, DAY = date(2026, 2, 10), date(2026, 2, 12)
# What the employer of Paul Petit types.
YES = {"answer": "YES", "name": "Paie", "phone": "04 73 00 00 00"}
NO = YES | {"answer": "NO", "reason": "NEVER"}
PARTLY = YES | {"answer": "PARTLY", "amount": "120,50", "reason": "FLOOR"}
ENDED = YES | {"answer": "ENDED", "reason": "CONTRACT_ENDED", "ended_on": "31/01/2026"}


@pytest.fixture
def link(db: None, settings: Any) -> OrderLink:
    """The order of case C1, decided on Tuesday 10 February 2026, as it stands two days later."""
    on_day(settings, DAY)
    forced_case("C1")
    run_days(until=DAY)
    return OrderLink.objects.get(case_no="C1")


@pytest.fixture
def employer(link: OrderLink) -> Client:
    """A browser in which the code was typed."""
    client = Client()
    assert client.post(path_of(link), {"code": code_of(link)}).status_code == 302
    return client


def path_of(link: OrderLink) -> str:
    return f"/tiers/{token_of(link)}/"
