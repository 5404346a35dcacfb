"""Which family is a parent's: civil status of exactly one account, and a number. Every rung, and what must not link."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from cmg.linking import link_own_family
from portal.accounts.limits import TooManyTries
from portal.accounts.links import LinkRefused
from portal.accounts.models import Door, FamilyLink, LinkedBy, User
from portal.accounts.permissions import family_of
from portal.audit.models import JournalEntry
from portal.exchange.operations import import_files
from tests.aripa.agents import text_of
from tests.cmg.files import nir_with_key, row, write

DAY = date(2026, 10, 26)
ANNE = {"given_name": "Anne", "family_name": "MARTIN", "birthdate": "1984-01-05"}
pytestmark = pytest.mark.django_db


def parent(username: str = "anne", **claims: str) -> User:
    user = User.objects.create(username=username, door=Door.FAMILY)
    SocialAccount.objects.create(user=user, provider="franceconnect", uid=username, extra_data=ANNE | claims)
    return user


@pytest.fixture
def received(tmp_path: Path) -> None:
    import_files([write(tmp_path, "accounts", [row("accounts"), row("accounts", employer_no="E2", beneficiary_no="B2",
                  last_name="Durand", nir=nir_with_key("2840163001002"), mandate_ref="M2")])])  # fmt: skip


def link(user: User, number: str) -> FamilyLink:
    return link_own_family(user_pk=user.pk, number=number, on=DAY)


@pytest.mark.parametrize(("number", "how"), [
    ("B1", LinkedBy.BENEFICIARY_NO), (" b 1 ", LinkedBy.BENEFICIARY_NO), ("E1", LinkedBy.EMPLOYER_NO),
])  # fmt: skip
def test_the_civil_status_and_a_number_link(received: None, number: str, how: LinkedBy) -> None:
    user = parent()

    made = link(user, number)

    assert (made.subject, made.how, made.since) == ("cmg:employer:E1", how, DAY)
    assert family_of(user, DAY) == "cmg:employer:E1"
    assert family_of(user, date(2026, 10, 25)) == ""


@pytest.mark.parametrize(("words", "claims"), [
    ("the name used in daily life", {"family_name": "BERNARD", "preferred_username": "Martin"}),
    ("accents and case", {"given_name": "ANNE", "family_name": "Mârtin"}),
    ("several first names, of which Pajemploi has the first", {"given_name": "Anne Louise Marie"}),
])  # fmt: skip
def test_spellings_of_one_civil_status(received: None, words: str, claims: dict[str, str]) -> None:
    assert link(parent(**claims), "B1").subject == "cmg:employer:E1"


@pytest.mark.parametrize(("words", "claims", "number"), [
    ("another birth date", {"birthdate": "1984-01-06"}, "B1"),
    ("another first name", {"given_name": "Anna"}, "B1"),
    ("another name", {"family_name": "Martinez"}, "B1"),
    ("no birth date", {"birthdate": ""}, "B1"),
    ("the number of another family", {}, "B2"),
    ("the employer number of another family", {}, "E2"),
    ("no number", {}, ""),
    ("nothing but spaces", {}, " - "),
    ("no name", {"family_name": "", "given_name": ""}, "B1"),
])  # fmt: skip
def test_what_does_not_link_is_refused_with_one_sentence(received: None, words: str, claims: dict, number: str) -> None:
    user = parent(**claims)

    with pytest.raises(LinkRefused, match="Nous ne trouvons pas de compte Pajemploi"):
        link(user, number)

    assert not FamilyLink.objects.exists()
    assert JournalEntry.objects.get(action="family.link_refused").actor == "anne"


def test_two_accounts_of_one_civil_status_link_to_neither(received: None, tmp_path: Path) -> None:
    import_files([write(tmp_path / "more", "accounts", [row("accounts", employer_no="E9", beneficiary_no="B9",
                  nir=nir_with_key("2840163001009"), mandate_ref="M9")])])  # fmt: skip

    with pytest.raises(LinkRefused):
        link(parent(), "B1")
    assert JournalEntry.objects.get(action="family.link_refused").detail == {"reason": "several_accounts"}


def test_after_a_move_the_new_number_that_the_fund_gave_links_too(received: None, tmp_path: Path) -> None:
    import_files([write(tmp_path / "right", "rights_fund", [row("rights_fund", beneficiary_no="B77", employer_no="")])])

    assert link(parent(), "B77").subject == "cmg:employer:E1"


def test_the_number_of_a_right_of_somebody_else_does_not(received: None, tmp_path: Path) -> None:
    import_files([write(tmp_path / "right", "rights_fund", [row("rights_fund", beneficiary_no="B77", employer_no="",
                  nir=nir_with_key("2840163001077"))])])  # fmt: skip

    with pytest.raises(LinkRefused):
        link(parent(), "B77")


def test_numbers_are_not_tried_without_end(received: None) -> None:
    user = parent()
    for number in ("1", "2", "3"):
        with pytest.raises(LinkRefused):
            link(user, number)

    with pytest.raises(TooManyTries):
        link(user, "B1")
    assert not FamilyLink.objects.exists()


def test_a_family_already_linked_is_not_linked_to_a_second_account(received: None) -> None:
    link(parent(), "B1")

    with pytest.raises(LinkRefused):
        link(parent("another"), "B1")
    assert FamilyLink.objects.count() == 1


def test_the_page_links_and_shows_no_dossier_before(received: None, settings: Any) -> None:
    settings.PORTAL_DAY = DAY
    user, client = parent(), Client()
    client.force_login(user)
    page = text_of(client.get("/famille/"))
    assert "Relier mon dossier" in page
    assert "E1" not in page

    assert client.post("/famille/", {"number": "B7"}).status_code == 422
    assert client.post("/famille/", {"number": "B1"})["Location"] == "/famille/"
    assert "Aucun mois n’est encore déclaré" in client.get("/famille/").content.decode()
