"""Which parent somebody is: civil status and the number of our letters, together. Every rung, and what must not link."""

from datetime import date

import pytest
from django.test import Client

from aripa.linking import link_own_pension, own_cases, parent_of
from portal.accounts.limits import TooManyTries
from portal.accounts.links import LinkRefused
from portal.accounts.models import FamilyLink, LinkedBy, User
from portal.accounts.permissions import family_of
from portal.audit.models import JournalEntry
from tests.aripa.own.cases import DAY, person
from tests.aripa.rows import day, live_case, parent_row

pytestmark = pytest.mark.django_db
ANNE = {"given_name": "Anne Louise", "family_name": "MARTIN", "birthdate": "1984-01-05"}


@pytest.fixture
def received() -> None:
    parent_row("P7", birth_name="Martin", usual_name="Lefèvre", first_names="Anne", birth_date=day("1984-01-05"))
    parent_row("P8", birth_name="Martin", first_names="Paul", birth_date=day("1984-01-05"))


def anne(username: str = "anne", **claims: str) -> User:
    return person(username, **(ANNE | claims))


@pytest.mark.parametrize("number", ["P7", " p 7 "])
def test_the_civil_status_and_the_number_link(received: None, number: str) -> None:
    user = anne()

    made = link_own_pension(user_pk=user.pk, number=number, on=DAY)

    assert (made.subject, made.how) == ("aripa:parent:P7", LinkedBy.PARENT_NO)
    assert (parent_of(user, DAY), parent_of(user, date(2026, 10, 25))) == ("P7", "")


@pytest.mark.parametrize("claims", [
    {"family_name": "Lefevre"}, {"family_name": "DURAND", "preferred_username": "Lefèvre"}, {"given_name": "ANNE"},
])  # fmt: skip
def test_the_name_of_birth_or_of_use_in_any_spelling(received: None, claims: dict[str, str]) -> None:
    assert link_own_pension(user_pk=anne(**claims).pk, number="P7", on=DAY).subject == "aripa:parent:P7"


@pytest.mark.parametrize(("words", "claims", "number"), [
    ("another birth date", {"birthdate": "1984-01-06"}, "P7"),
    ("another first name", {"given_name": "Anna"}, "P7"),
    ("another name", {"family_name": "Martinez"}, "P7"),
    ("no birth date", {"birthdate": ""}, "P7"),
    ("the number of somebody else of the same name and birth date", {}, "P8"),
    ("a number that is nobody's", {}, "P9"),
    ("no number", {}, ""),
])  # fmt: skip
def test_what_does_not_link_says_one_sentence(received: None, words: str, claims: dict[str, str], number: str) -> None:
    user = anne(**claims)

    with pytest.raises(LinkRefused, match="Nous ne trouvons pas de parent"):
        link_own_pension(user_pk=user.pk, number=number, on=DAY)

    assert not FamilyLink.objects.exists(), words
    assert JournalEntry.objects.filter(action="family.link_refused").count() == 1


def test_a_number_is_linked_to_one_account_only(received: None) -> None:
    link_own_pension(user_pk=anne().pk, number="P7", on=DAY)

    with pytest.raises(LinkRefused, match="Nous ne trouvons pas de parent"):
        link_own_pension(user_pk=anne("twin").pk, number="P7", on=DAY)


def test_tries_are_counted(received: None) -> None:
    user = anne()
    for _number in range(3):
        with pytest.raises(LinkRefused):
            link_own_pension(user_pk=user.pk, number="P8", on=DAY)
    with pytest.raises(TooManyTries):
        link_own_pension(user_pk=user.pk, number="P7", on=DAY)


def test_a_parent_has_a_family_of_the_cmg_and_a_pension(received: None) -> None:
    user = anne()
    FamilyLink.objects.create(user=user, subject="cmg:employer:E1", since=DAY, how=LinkedBy.EMPLOYER_NO)

    link_own_pension(user_pk=user.pk, number="P7", on=DAY)

    assert family_of(user, DAY) == "cmg:employer:E1"
    assert parent_of(user, DAY) == "P7"


def test_a_creditor_here_is_a_debtor_there_and_sees_each_from_their_side(settings) -> None:  # type: ignore[no-untyped-def]
    from aripa.operations import run_days

    settings.PORTAL_DAY = day("2026-01-31")
    live_case("C1", creditor_no="P-C1", debtor_no="D-C1")
    live_case("C2", creditor_no="P-C2", debtor_no="P-C1")
    run_days(until=day("2026-01-31"))
    client = Client()
    client.force_login(person("both", "P-C1"))

    page = client.get("/famille/pension/").content.decode()

    assert {one.case_no for one in own_cases("P-C1")} == {"C1", "C2"}
    assert "Pension que vous recevez" in page
    assert "Pension que vous payez" in page
    assert "Ce que vous devez" not in client.get("/famille/pension/dossier/C1/").content.decode()
    assert "La pension que vous payez" in client.get("/famille/pension/dossier/C2/").content.decode()


def test_the_page_links_and_a_wrong_number_is_told_beside_its_field(received: None, settings) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DAY = DAY
    client = Client()
    client.force_login(anne())

    refused = client.post("/famille/pension/", {"number": "P8"})
    linked = client.post("/famille/pension/", {"number": "P7"}, follow=True).content.decode()

    assert refused.status_code == 422
    assert "Nous ne trouvons pas de parent" in refused.content.decode()
    assert "Votre pension est reliée" in linked
    assert "Aucun dossier n’est encore ouvert" in linked
