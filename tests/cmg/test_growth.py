"""Lists ask the database as much for twelve rows as for two."""

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cmg.models import Advance, BoardCase, BoardSession, Overpayment, Refund, Regularisation, Report
from portal.accounts.models import User
from portal.banking.models import PaymentOrder
from portal.casework.models import Dossier
from portal.casework.papers import send_message
from portal.letters.models import Letter
from portal.letters.operations import ask_letter
from portal.people.vault import encrypt
from tests.cmg.family.conftest import parent
from tests.cmg.remedies.families import DAY, MONTH, debited_home, issued, received
from tests.cmg.repairs.test_pages import client_of

pytestmark = pytest.mark.django_db
SUBJECT = "cmg:employer:E1"
FAMILY_PAGES = ["", "mois/", "suivi/", "avance/", "paiements/", "courriers/", "messages/", "preferences/", "droits/"]
AGENT_PAGES = [
    "", "familles/E1/", "regularisations/", "regularisations/?box=done", "remedes/", "remedes/?box=refunds",
    "remedes/?box=overpayments", "remedes/?box=returned", "remedes/famille/E1/", "signalements/", "commission/",
    "courriers/", "courriers/famille/E1/", "messages/E1/",
]  # fmt: skip


@pytest.fixture
def issued_family(settings: Any, tmp_path: Path) -> dict[str, Client]:
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    received(tmp_path / "files", debited_home)
    issued(tmp_path / "out")
    anne = Client()
    anne.force_login(parent("anne", "E1"))
    return {"anne": anne, "thomas": client_of("thomas")}


def add(number: int) -> None:
    """One more of everything, each by somebody else, of the family and of a family beside it."""
    at, who = timezone.now(), User.objects.create(username=f"agent{number}", first_name=f"A{number}")
    family: dict[str, Any] = {"employer_no": "E1", "fund": "CAF63"}
    advance = Advance.objects.create(
        **family, amount_cents=100, estimate_cents=100, origin="ASKED", reason="x", four_eyes=False, proposed_by=who.username,
        proposed_on=DAY,
    )  # fmt: skip
    advance.months.create(employer_no="E1", care_month=date(2000 + number, 1, 1))
    Refund.objects.create(
        **family, care_month=MONTH, declaration_no=f"X{number}", version=1, reason="FAMILY", debited_cents=5,
        state="REQUESTED", opened_on=DAY, deadline=DAY,
    )  # fmt: skip
    found = Overpayment.objects.create(
        **family, care_month=MONTH, paid_cents=200, due_cents=100, amount_cents=100, origin="AGENCY", cause="x",
        opened_on=DAY, notified_on=DAY, rectification_until=DAY, state="NOTIFIED",
    )  # fmt: skip
    found.instalments.create(number=1, due_on=DAY, amount_cents=100)
    Report.objects.create(
        **family, number=f"26-{9000 + number}", form_key=uuid4(), channel="WEB", symptom="OTHER", months=[MONTH],
        opened_at=at, opened_by=who.username, first_answer_by=DAY, controlled_at=at,
    )  # fmt: skip
    session, _new = BoardSession.objects.get_or_create(held_on=date(2026, 11, number + 1))
    state = {"state": "SCHEDULED", "session": session} if number % 2 else {"state": "PAID", "session": session}
    BoardCase.objects.create(
        employer_no="E1" if number % 2 == 0 else f"Z{number}", fund="CAF63", hardship="x", months_unpaid=1, missing_cents=1,
        net_pay_cents=1, referred_by=who.username, referred_on=DAY, **state,
    )  # fmt: skip
    PaymentOrder.objects.create(
        id=900_000 + number, kind="CREDIT", purpose="CMG_ADVANCE", subject=SUBJECT, end_to_end_id=f"X{number}", name="x",
        iban_key=uuid4(), amount_cents=1, due_on=DAY, remittance="x", state="RETURNED", reason_code="AC04",
    )  # fmt: skip
    job = ask_letter(kind="cmg.hold", key=str(number), subject=SUBJECT, dated=DAY, by="x", facts={})
    Letter.objects.create(
        job=job, number=f"L{number}", kind="cmg.hold", title="x", subject=SUBJECT, dated=DAY, pages=1, written_at=at,
        sha256=sha256(b"x").hexdigest(), pdf=encrypt(b"x"), text=encrypt(b"<main><p>x</p></main>"),
    )  # fmt: skip
    for mine in (True, False):
        send_message(subject=SUBJECT, from_family=mine, author=who.username, text="x", form_key=uuid4(), at=at)
    for ended in ({}, {"state": "EXECUTED", "executed_on": DAY}):
        Regularisation.objects.create(
            employer_no=f"R{number}", fund="CAF63", reason="x", proposed_by=who.username, proposed_on=DAY, **ended
        )
    Dossier.objects.create(
        subject=f"cmg:employer:Z{number}", title="x", fund="CAF63", body="PAJEMPLOI", owner=who, opened_on=DAY,
        deadline=DAY, reasons="CMG-013",
    )  # fmt: skip


def asked(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200, address
    return len(queries)


def test_no_list_asks_more_for_more_rows(issued_family: dict[str, Client]) -> None:
    pages = [("anne", f"/famille/{path}") for path in FAMILY_PAGES] + [
        ("thomas", f"/agent/{path}") for path in AGENT_PAGES
    ]
    for number in range(4):
        add(number)
    few = {page: asked(issued_family[page[0]], page[1]) for page in pages}
    for number in range(4, 16):
        add(number)

    many = {page: asked(issued_family[page[0]], page[1]) for page in pages}

    assert {page: (few[page], many[page]) for page in pages if many[page] > few[page]} == {}
