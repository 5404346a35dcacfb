"""A family is found without accents, by number or NIR that stays in no address; its page is for its fund and is journaled."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Role
from portal.audit.models import JournalEntry
from portal.benefits.models import CommissionDecision, FamilyFile
from portal.benefits.persons import finding
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.cmg.files import nir_with_key
from tests.portal.access import DAY
from tests.portal.benefits.rows import family_in, row, take_in

pytestmark = pytest.mark.django_db
PAGE = "/agent/prestations/personnes/"
NIR = nir_with_key("2850363001001")


@pytest.fixture(autouse=True)
def here(settings: Any, tmp_path: Path) -> None:
    on_day(settings, DAY)
    family_in(tmp_path)
    family_in(tmp_path, "0777777", "CAF59")


@pytest.fixture
def client() -> Client:
    return client_of(agent("nathalie", "CAF63", role=Role.FUND_CASEWORKER))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("maud lefevre", True), ("LEFÈVRE", True), ("lefevr", True), ("lefebre", True), ("lefevre 14/03/1985", True),
        ("lefevre 15/03/1985", False), ("0123456", True), (f"{NIR[:6]} {NIR[6:]}", True), ("0777777", False), ("durand", False),
    ],
)  # fmt: skip
def test_by_name_number_and_nir_among_the_funds_of_the_posting(client: Client, typed: str, found: bool) -> None:  # noqa: FBT001
    page = text_of(client.post(PAGE, {"q": typed}))

    assert ('href="/agent/prestations/personnes/CAF63/0123456/"' in page) is found
    assert "CAF59" not in page


def test_what_is_typed_stays_in_no_address_and_a_nir_not_even_on_the_page(client: Client) -> None:
    assert "Lefèvre" not in text_of(client.get(PAGE, {"q": "lefevre"}))

    page = client.post(PAGE, {"q": NIR})

    assert NIR not in text_of(page)
    entry = JournalEntry.objects.filter(action="benefits.families.search").get()
    assert entry.detail == {"found": 1, "nir": True}


def test_more_than_fifty_are_said_to_be_more(client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(finding, "MOST", 1)
    assert len(finding.search_families("lefevre", agent("all", "", role=Role.AUDITOR), DAY)) == 2


def test_the_page_of_a_family_is_there_for_its_fund_and_journaled(client: Client) -> None:
    assert client.get(f"{PAGE}CAF59/0777777/").status_code == 404
    assert client.get(f"{PAGE}CAF63/0777777/").status_code == 404
    assert JournalEntry.objects.filter(action="benefits.family.read").count() == 0

    page = client.get(f"{PAGE}CAF63/0123456/")

    assert page.status_code == 200
    entry = JournalEntry.objects.get(action="benefits.family.read")
    assert (entry.subject, entry.detail["body"]) == ("family:CAF63/0123456", "CAF63")


def test_the_page_shows_what_was_received(client: Client, tmp_path: Path) -> None:
    take_in(tmp_path, "schooling", row("schooling", status="APPRENTICE", monthly_pay="740.50"))
    take_in(tmp_path, "commission-decisions", row("commission-decisions"))
    take_in(tmp_path, "boarding-periods", row("boarding-periods"))

    page = text_of(client.get(f"{PAGE}CAF63/0123456/"))

    for told in (
        "20 000,00",
        "apprentissage, 740,50 €",
        "3, par une aide",
        "30/06/2028",
        "CDAPH, Enzo",
        "Internat, Enzo",
    ):
        assert told in page, told
    assert "aucun compte utilisable" not in page


def test_an_account_whose_key_is_wrong_is_told_first(client: Client, tmp_path: Path) -> None:
    family_in(tmp_path / "b", "0999", iban="FR7699999000010000000000799")

    assert "aucun compte utilisable" in text_of(client.get(f"{PAGE}CAF63/0999/"))


def test_who_sees_without_treating_meets_no_button_and_no_form() -> None:
    looker = client_of(agent("audit", role=Role.AUDITOR))

    page = text_of(looker.get(f"{PAGE}CAF63/0123456/"))

    assert "Corriger" not in page
    assert "Saisir une décision" not in page
    assert looker.get("/agent/prestations/decision/CAF63/0123456/").status_code == 404


def test_as_many_queries_for_one_decision_as_for_ten(client: Client, tmp_path: Path) -> None:
    take_in(tmp_path, "commission-decisions", row("commission-decisions"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(f"{PAGE}CAF63/0123456/")
    rows = [row("commission-decisions", decision_no=f"D{number}") for number in range(2, 11)]
    take_in(tmp_path, "commission-decisions", *rows, name="more")
    with CaptureQueriesContext(connection) as ten:
        client.get(f"{PAGE}CAF63/0123456/")

    assert CommissionDecision.objects.count() == 10
    assert len(one) == len(ten)
    assert FamilyFile.objects.count() == 2
