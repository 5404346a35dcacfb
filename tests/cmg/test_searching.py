"""A family is found by any of its numbers, and by its name whatever the accents, the order and one letter; by those who may see it."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cmg.demo.people import create_people
from cmg.models import Account
from cmg.searching import search_families
from portal.accounts.models import Posting, Role, User
from portal.exchange.operations import import_files
from portal.people.searching import edits
from tests.cmg.files import clean_family, nir_with_key, row, write_all

DAY = date(2026, 10, 26)
pytestmark = pytest.mark.django_db
OWN_NIR = nir_with_key("2840163001001")


@pytest.fixture
def region(tmp_path: Path) -> None:
    """Émilie, whose account still bears her former number; a namesake elsewhere; names that look alike but are others."""
    create_people()
    files = clean_family()
    people = (
        ("E1", "Chabrol", "Émilie Rose", "CAF43", "430001", "1990-04-12"),
        ("E2", "Chabrol", "Émilie", "CAF59", "590001", "1984-01-05"),
        ("E3", "Le Goff", "Yann", "CAF63", "630003", "1984-01-05"),
        ("E4", "Ÿnesta-L’Hôte", "Anne", "CAF63", "630004", "1984-01-05"),
        ("0005", "Rocher", "Jeanne", "CAF63", "630005", "1984-01-05"),
    )
    files["accounts"] = [
        row("accounts", employer_no=number, last_name=last, first_names=first, fund=fund, beneficiary_no=own, birth_date=born,
            nir=OWN_NIR if number == "E3" else "")
        for number, last, first, fund, own, born in people
    ]  # fmt: skip
    files["rights_fund"] = [row("rights_fund", employer_no="E1", fund="CAF63", beneficiary_no="630001")]
    files["rights_pajemploi"], files["declarations"] = [], []
    import_files(write_all(tmp_path, files))


def found(text: str, username: str = "thomas") -> list[tuple[str, str]]:
    user = User.objects.get(username=username)
    return sorted((one.account.employer_no, one.reason) for one in search_families(text, user, DAY))


@pytest.mark.parametrize(
    ("typed", "numbers", "reason"),
    [
        ("emilie chabrol", ["E1", "E2"], "nom"),
        ("CHABROL, Émilie", ["E1", "E2"], "nom"),
        ("rose chab", ["E1"], "nom"),
        ("chabrol 12/04/1990", ["E1"], "nom et naissance"),
        ("goff le yann", ["E3"], "nom"),
        ("l'hote", ["E4"], "nom"),
        ("ynesta", ["E4"], "nom"),
        ("chabrl emilie", ["E1", "E2"], "nom, à une lettre près"),
        ("emlie chabrol", ["E1", "E2"], "nom, à une lettre près"),
        ("chabral emilie", ["E1", "E2"], "nom, à une lettre près"),
        ("chbrl emilie", [], ""),
        ("chabrol emilie zoe", [], ""),
        ("xavier", [], ""),
        ("e1", [], ""),
        ("E1", ["E1"], "numéro d’employeur"),
        ("0005", ["0005"], "numéro d’employeur"),
        ("5", [], ""),
        ("00 05", ["0005"], "numéro d’employeur"),
        ("430001", ["E1"], "numéro allocataire"),
        ("630001", ["E1"], "numéro allocataire, sur le droit"),
        (OWN_NIR, ["E3"], "numéro de sécurité sociale"),
        (f"{OWN_NIR[:1]} {OWN_NIR[1:3]} {OWN_NIR[3:]}", ["E3"], "numéro de sécurité sociale"),
        ("99/99/2020", [], ""),
        ("%", [], ""),
        ("_", [], ""),
    ],
)
def test_what_is_typed_and_who_is_found(region: None, typed: str, numbers: list[str], reason: str) -> None:
    assert found(typed) == [(number, reason) for number in numbers]


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("CHABROL", "CHABROL", 0), ("CHABRL", "CHABROL", 1), ("CHARBOL", "CHABROL", 1), ("CHBRL", "CHABROL", 2),
     ("", "ANNE", 4), ("ANNE", "", 4), ("AB", "BA", 1)],
)  # fmt: skip
def test_letters_that_differ(one: str, other: str, count: int) -> None:
    assert edits(one, other) == edits(other, one) == count


def test_the_beginning_of_a_word_counts_and_its_middle_does_not(region: None) -> None:
    assert found("anne") == [("E4", "nom")], "Jeanne is not Anne"


def test_a_caseworker_finds_who_has_a_right_in_their_fund_and_nobody_elsewhere(region: None) -> None:
    Posting.objects.filter(user__username="nathalie").exclude(fund="CAF63").delete()

    assert found("chabrol emilie", "nathalie") == [("E1", "nom")], "her right is of CAF63, her account still of CAF43"
    assert found("chabrl emilie", "nathalie") == [("E1", "nom, à une lettre près")]
    assert found("630001", "nathalie") == [("E1", "numéro allocataire, sur le droit")]
    assert found("590001", "nathalie") == []
    assert found("E2", "nathalie") == []


def test_somebody_posted_nowhere_finds_nobody(region: None) -> None:
    User.objects.create(username="nobody")
    Posting.objects.create(user=User.objects.get(username="nobody"), role=Role.CONTROLLER, fund="CAF63", starts_on=DAY)
    assert found("chabrol", "nobody") == []


def test_fifty_one_at_most_and_the_same_number_of_queries(region: None, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    model = Account.objects.get(employer_no="E3")
    for number in range(60):
        model.pk, model.employer_no, model._state.adding = None, f"N{number}", True
        model.save()
    user = User.objects.get(username="thomas")

    with django_assert_num_queries(5):
        assert len(search_families("le goff", user, DAY)) == 51


def test_no_form_writes_what_is_searched_into_an_address(settings: Any, tmp_path: Path) -> None:
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    create_people()
    import_files(write_all(tmp_path, clean_family()))
    client = Client()
    client.force_login(User.objects.get(username="thomas"))

    page = client.post("/agent/recherche/", {"q": OWN_NIR})

    assert "Martin Anne" in page.content.decode()
    forms = re.findall(
        r"<form[^>]*/agent/recherche/[^>]*>", client.get("/agent/").content.decode() + page.content.decode()
    )
    assert len(forms) == 2
    assert all('method="post"' in form for form in forms), forms
