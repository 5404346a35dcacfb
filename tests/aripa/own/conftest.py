"""The demonstration's day, and its four parents."""

import pytest
from django.test import Client

from tests.aripa.own.cases import DAY, besson, client_of, faure, live, paid, reminded, returned_in_october
from tests.aripa.rows import event_row


@pytest.fixture(autouse=True)
def demo_day(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY


@pytest.fixture
def october(db: None) -> None:
    """October as the story tells it: Sandra's debit came back, Marc paid 400 euros after three months."""
    faure()
    returned_in_october()
    reminded()
    besson()
    paid()
    for on in ("2026-07-20", "2026-08-20", "2026-09-21"):
        event_row(on, "NOTICE_RECEIVED", "BESSON-1", letter="L08", party="DEBTOR", effective_on=on)
    event_row("2026-10-20", "PAYMENT_RECEIVED", "BESSON-1", means="TRANSFER", amount_cents=400_00)
    live()


@pytest.fixture
def julien(october: None) -> Client:
    return client_of("julien", "P-FAURE-1")


@pytest.fixture
def sandra(october: None) -> Client:
    return client_of("sandra", "D-FAURE-1")


@pytest.fixture
def laure(october: None) -> Client:
    return client_of("lbesson", "P-BESSON-1")


@pytest.fixture
def marc(october: None) -> Client:
    return client_of("marc", "D-BESSON-1")
