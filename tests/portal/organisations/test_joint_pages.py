"""The pages of joint funds: what the direction does there, what others read, what is said when it is not possible."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Role, User
from portal.frame.steering import sections_for, waiting_for
from portal.organisations.joint import demo
from portal.organisations.models import CreationFile, SocialActionDeliberation
from portal.organisations.operations import load_directory
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.portal.organisations.world import BEGINS, CANTAL, DAY, director, heard, opened, ordered, voted

pytestmark = pytest.mark.django_db
HOME = "/agent/caisses/"


@pytest.fixture
def client(settings: Any) -> Client:
    """The direction, on the day of the pages."""
    on_day(settings, DAY)
    load_directory()
    return client_of(User.objects.get(pk=director().user_pk))


def form(**cells: Any) -> dict[str, Any]:
    return {"key": str(uuid4())} | cells


def path_of(file: CreationFile, more: str = "") -> str:
    return f"{HOME}dossiers/{file.pk}/{more}"


def test_the_home_tells_lozere_and_what_is_prepared(client: Client) -> None:
    opened()
    page = text_of(client.get(HOME))

    assert "1 caisse commune en service ; 1 dossier de création en cours." in page
    for told in (
        "21 décembre 2006",
        "1er janvier 2009",
        "4 janvier 2014",
        "2 votes favorables",
        "date de création est à confirmer",
    ):
        assert told in page, told


def test_the_direction_of_one_fund_conducts_its_own_departement_and_no_other(client: Client) -> None:
    file = voted()
    stranger, own = (
        client_of(agent(name, fund, role=Role.AUTHORISING_OFFICER)) for name, fund in (("a", "CAF63"), ("b", "CAF15"))
    )
    assert "Inscrire un avis" in text_of(own.get(path_of(file)))
    assert "Inscrire un avis" not in text_of(stranger.get(path_of(file)))
    assert own.get(path_of(file, "avis/")).status_code == 200
    for answer in (
        stranger.get(path_of(file, "avis/")),
        stranger.post(path_of(file, "retirer/"), form(reason="Je n’en veux pas ici")),
    ):
        assert answer.status_code == 404
    proposed = {"departement": "43", "branches": ["SICKNESS", "FAMILY"], "name": "Caisse commune de la Haute-Loire",
                "seat_city": "Le Puy", "proposed_on": "01/06/2026"}  # fmt: skip
    assert "pas votre département" in text_of(stranger.post(f"{HOME}dossiers/nouveau/", form(**proposed)))
    assert client.post(f"{HOME}dossiers/nouveau/", form(**proposed)).status_code == 302
    presented = {"body": "CCSS48", "title": "Aide aux vacances des familles", "guideline": "Accès aux vacances",
                 "presented_on": "01/10/2026"}  # fmt: skip
    assert stranger.post(f"{HOME}deliberations/nouvelle/", form(**presented)).status_code == 422
    assert not SocialActionDeliberation.objects.exists()


def test_a_supervisor_reads_and_conducts_nothing(client: Client) -> None:
    file, other = opened(), client_of(agent("adjointe", "CAF63", role=Role.SUPERVISOR))
    page = text_of(other.get(path_of(file)))

    assert "Inscrire un vote" not in page
    assert "Inscrire un vote" in text_of(client.get(path_of(file)))
    assert other.get(path_of(file, "vote/")).status_code == 404
    assert other.post(path_of(file, "vote/"), form()).status_code == 404


def test_the_whole_file_by_its_forms(client: Client, settings: Any) -> None:
    proposal = form(
        departement="15",
        branches=["SICKNESS", "FAMILY"],
        name="Caisse commune du Cantal",
        seat_city="Aurillac",
        proposed_on="1/6/2026",
    )
    sent, again = client.post(f"{HOME}dossiers/nouveau/", proposal), client.post(f"{HOME}dossiers/nouveau/", proposal)
    file = CreationFile.objects.get()
    assert sent["Location"] == again["Location"] == path_of(file)
    for code, bodies, day in (("vote", file.concerned, "10/09/2026"), ("avis", file.consulted, "01/10/2026")):
        for body in bodies:
            entered = form(body=body, is_favourable="1", on=day, reference="PV 12")
            assert client.post(path_of(file, f"{code}/"), entered).status_code == 302
    order = form(reference="Arrêté du 20 octobre 2026", order_signed_on="20/10/2026", starts_on="01/01/2027")
    assert client.post(path_of(file, "arrete/"), order).status_code == 302
    assert client.get(path_of(file, "mise-en-service/")).status_code == 409, "its day has not come"
    assert client.post(path_of(file, "mise-en-service/"), form()).status_code == 422
    settings.PORTAL_DAY = BEGINS
    assert client.post(path_of(file, "mise-en-service/"), form()).status_code == 302
    page = text_of(client.get(path_of(file)))
    assert "en service" in page
    assert "2 caisses communes en service" in text_of(client.get(HOME))


def test_what_is_wrong_is_said_field_by_field_and_the_form_stays_the_same(client: Client) -> None:
    file, key = opened(), str(uuid4())
    answer = client.post(path_of(file, "vote/"), {"key": key, "body": "CAF43", "on": "27/10/2026", "reference": ""})
    page = text_of(answer)

    assert answer.status_code == 422
    for told in ("Choisissez le conseil", "aujourd’hui au plus tard", "Dites dans quel sens", "telle qu’elle est", key):
        assert told in page, told
    wrong = client.post(
        f"{HOME}dossiers/nouveau/", form(departement="48", branches=["FAMILY", "SICKNESS"], proposed_on="1/6/2026")
    )
    assert wrong.status_code == 422
    assert "une seule par branche et par jour" in text_of(wrong)
    assert client.post(f"{HOME}dossiers/nouveau/", {}).status_code == 404
    empty = text_of(client.post(f"{HOME}dossiers/nouveau/", form()))
    for told in (
        "Cochez les branches",
        "Choisissez un département",
        "le nom de la caisse",
        "la ville du siège",
        "au plus tard",
    ):
        assert told in empty, told


def test_a_step_that_is_not_possible_says_what_lacks(client: Client) -> None:
    file = voted()
    assert "L’avis manque : Caisse nationale de l’assurance maladie." in text_of(client.get(path_of(file)))
    refused = client.get(path_of(file, "arrete/"))
    assert refused.status_code == 409
    assert "L’avis manque : Caisse nationale des allocations familiales." in text_of(refused)
    assert "Corriger un vote" in text_of(client.get(path_of(file, "vote/")))
    assert client.get(path_of(file, "autre/")).status_code == 404


def test_the_file_shows_who_is_competent_before_and_after(client: Client) -> None:
    page = text_of(client.get(path_of(ordered())))

    for told in (
        "Cpam du Cantal",
        "Caf du Cantal",
        "Urssaf Auvergne",
        "MSA Auvergne",
        "la veille et le vendredi 1er janvier 2027",
    ):
        assert told in page, told
    assert (page.count(" ne change pas</span>"), page.count(" change</span>")) == (4, 2)
    assert "20 octobre 2026" in page


def test_the_day_that_came_waits_for_the_direction(client: Client, settings: Any) -> None:
    ordered()
    user = User.objects.get(username="directrice")
    assert [one for one in waiting_for(user, DAY) if "caisse" in one.words] == []
    assert [one.count for one in waiting_for(user, BEGINS) if "caisse" in one.words] == [1]
    assert [one.title for one in sections_for(user, DAY) if one.title == "Caisses communes"] == ["Caisses communes"]
    stranger = agent("gestionnaire", role=Role.FUND_CASEWORKER)
    assert "Caisses communes" not in [one.title for one in sections_for(stranger, DAY)]
    settings.PORTAL_DAY = BEGINS
    assert "Son jour est venu" in text_of(client.get(HOME))


@pytest.mark.parametrize(
    ("case", "query", "status", "words"),
    [
        ("the worked example", "lieu=Mende&jour=01/02/2009", 200, "Caisse commune de sécurité sociale de la Lozère"),
        ("the month before", "lieu=Mende&jour=01/12/2008", 200, "Caf de la Lozère"),
        ("by its postcode, farm worker", "lieu=48000&regime=AGRICULTURAL&jour=01/02/2009", 200, "MSA du Languedoc"),
        ("by département", "lieu=976", 200, "Caisse de sécurité sociale de Mayotte"),
        ("by its name", "lieu=Cantal&branche=SICKNESS", 200, "Cpam du Cantal"),
        ("Gap, the day of the reform", "lieu=Gap&jour=01/01/2020", 200, "Caf des Hautes-Alpes"),
        ("Gap, what is not known is said", "lieu=Gap", 200, "à confirmer"),
        ("a name of many", "lieu=Saint-Denis", 200, "Choisissez la vôtre"),
        ("one of them chosen", "lieu=Saint-Denis 97400", 200, "Caf de La Réunion"),
        ("a Cpam that nobody entered", "lieu=59&branche=SICKNESS", 200, "Il ne devine rien"),
        ("no such place", "lieu=Zzyzx", 422, "Aucune commune ni aucun département"),
        ("nothing typed", "lieu=", 422, "Écrivez une commune"),
        ("a day that is none", "lieu=Mende&jour=31/02/2009", 422, "Écrivez un jour"),
        ("a branch that is none", "lieu=Mende&branche=x&regime=y", 200, "Caisse commune"),
    ],
)
def test_who_is_competent(client: Client, case: str, query: str, status: int, words: str) -> None:
    answer = client.get(f"{HOME}competence/?{query}")
    assert (answer.status_code, words in text_of(answer)) == (status, True), case


def test_a_deliberation_is_presented_then_decided_by_the_direction(client: Client) -> None:
    presented = form(
        body="CCSS48", title="Aide aux vacances", guideline="Accès aux vacances", presented_on="01/10/2026"
    )
    client.post(f"{HOME}deliberations/nouvelle/", presented)
    client.post(f"{HOME}deliberations/nouvelle/", presented)
    found = SocialActionDeliberation.objects.get()
    where = f"{HOME}deliberations/{found.pk}/"
    assert client.post(where, form(is_adopted="", deliberated_on="")).status_code == 422
    assert client.post(where, form(is_adopted="1", deliberated_on="20/10/2026")).status_code == 302
    page = text_of(client.get(where))
    assert "adopté" in page
    assert "Inscrire la délibération" not in page
    assert client.post(where, form(is_adopted="0", deliberated_on="20/10/2026")).status_code == 422
    other = client_of(agent("adjointe", "CAF63", role=Role.SUPERVISOR))
    assert other.post(where, form()).status_code == 404
    assert client.post(f"{HOME}deliberations/nouvelle/", form(body="CCSS48")).status_code == 422


def test_the_home_costs_the_same_with_more_files(client: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(HOME)
        return len(asked)

    client.get(HOME)
    heard()
    one = cost()
    for departement in ("43", "63"):
        opened(replace(CANTAL, departement=departement))
    assert cost() == one


def test_the_demonstration_has_a_file_that_waits(settings: Any) -> None:
    on_day(settings, DAY)
    agent("helene", "", role=Role.AUTHORISING_OFFICER)
    said: list[str] = []
    demo.load(DAY, said.append)
    demo.load(DAY, said.append)

    file = CreationFile.objects.get()
    assert (file.state, file.departement, file.votes.count(), file.opinions.count()) == (
        "NATIONAL_OPINIONS",
        "15",
        2,
        1,
    )
    assert file.proposed_on < date(2026, 9, 1)
    assert SocialActionDeliberation.objects.filter(deliberated_on=None).count() == 1
    assert len(said) == 1
