"""The pages as Sylvie, the director and data protection live them, against the real stand-in."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from fraud.models import (
    ParliamentReport,
    RncpsAlert,
    RncpsAuthorisation,
    RncpsConfirmation,
    RncpsConsultation,
    RncpsOrder,
)
from fraud.rncps.connector import HttpDirectory
from fraud.rules.rncps import LEAD
from portal.accounts.models import Role, User
from tests.aripa.agents import client_of, on_day, text_of
from tests.fraud.rncps.test_ordering import PURPOSE, asked
from tests.fraud.rncps.test_report import planned
from tests.fraud.rncps.world import CLAIRE, DAY, OWN, SOPHIE, authorised, case_of, director, officer, programme
from tests.portal.letters.test_letters import unpacked

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings: Any, directory: HttpDirectory) -> None:
    on_day(settings, DAY)
    settings.RNCPS_ADDRESS, settings.RNCPS_NAME, settings.RNCPS_SECRET = directory.address, "portail", "secret"


@pytest.fixture
def sylvie() -> User:
    user = officer()
    authorised(user)
    programme()
    return user


@pytest.fixture
def client(sylvie: User) -> Client:
    return client_of(sylvie)


@pytest.fixture
def anne() -> Client:
    return client_of(officer("kowalski", "Kowalski", Role.DATA_PROTECTION, fund=""))


def why(client: Client, number: str, motive: str = "CONTROL", mode: str = "REALTIME") -> Any:
    form = {"key": str(uuid4()), "motive": motive, "reference": number, "mode": mode}
    return client.post("/agent/rncps/", form)


def who(client: Client, nir: str = CLAIRE, key: str = "", **more: Any) -> Any:
    form = {"key": key or str(uuid4()), "whom": "other", "nir": nir, "categories": ["RIGHTS", "AFFILIATIONS"]} | more
    return client.post("/agent/rncps/personne/", form)


def test_the_motive_comes_first_and_without_it_nobody_can_be_named(client: Client) -> None:
    assert client.get("/agent/rncps/personne/").headers["Location"] == "/agent/rncps/"
    assert who(client).headers["Location"] == "/agent/rncps/"
    assert not RncpsConsultation.objects.exists()


def test_why_then_who_then_the_answer_once(client: Client, sylvie: User) -> None:
    case = case_of(sylvie)
    assert why(client, case.number).headers["Location"] == "/agent/rncps/personne/"
    assert case.title in text_of(client.get("/agent/rncps/personne/"))
    key = str(uuid4())
    page = who(client, key=key)
    shown = text_of(page)

    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert LEAD in shown
    assert "Caf du Nord" in shown
    assert "À lire, pas à conclure" in shown
    assert "Cnav" in shown
    assert "rue Haute" not in shown
    again = text_of(who(client, key=key))
    assert "Réponse déjà montrée" in again
    assert "Caf du Nord" not in again
    assert client.get("/agent/rncps/personne/").status_code == 302
    kept = text_of(client.get(f"/agent/rncps/consultations/{RncpsConsultation.objects.get().pk}/"))
    assert "Caf du Nord" not in kept
    assert LEAD in kept
    assert not any(CLAIRE in text for text in (shown, again, kept))


def test_example_11_the_page_refuses_and_the_attempt_is_in_my_list(client: Client) -> None:
    answer = why(client, "", motive="FRAUD")

    assert answer.status_code == 422
    assert "aucune consultation sans dossier" in text_of(answer)
    assert RncpsConsultation.objects.get().refusal == "NO_REFERENCE"
    assert "aucune consultation sans dossier" in text_of(client.get("/agent/rncps/consultations/?box=refused"))


def test_oneself_is_refused_on_the_page_and_told_to_data_protection(client: Client, sylvie: User, anne: Client) -> None:
    why(client, case_of(sylvie).number)
    answer = who(client, OWN)

    assert answer.status_code == 422
    assert "lien avec cette personne" in text_of(answer)
    alert = RncpsAlert.objects.get()
    assert alert.told in text_of(anne.get("/agent/rncps/suivi/"))
    form = {"key": str(uuid4()), "verdict": "INCIDENT", "said": "Erreur de\0 saisie, rappel fait"}
    anne.post(f"/agent/rncps/alertes/{alert.pk}/", form)
    alert.refresh_from_db()
    assert (alert.verdict, alert.read_by.username) == ("INCIDENT", "kowalski")  # type: ignore[union-attr]


def test_a_typing_mistake_asks_nothing_and_keeps_nothing(client: Client, sylvie: User) -> None:
    why(client, case_of(sylvie).number)
    for more in ({"nir": "123"}, {"nir": "", "last_name": "Martin"}, {"nir": "", "last_name": "M", "first_names": "C"}):
        assert who(client, **more).status_code == 422
    assert not RncpsConsultation.objects.exists()


def test_without_an_authorisation_the_page_says_who_gives_it() -> None:
    bare = officer("denise")
    client = client_of(bare)
    assert "pas d’habilitation en cours" in text_of(client.get("/agent/rncps/"))
    assert why(client, case_of(bare).number).status_code == 422


def test_a_lead_is_noted_with_what_the_body_said(client: Client, sylvie: User) -> None:
    why(client, case_of(sylvie).number)
    who(client)
    row = RncpsConsultation.objects.get()
    assert "1 piste" in text_of(client.get("/agent/rncps/consultations/"))
    path, form = (
        f"/agent/rncps/consultations/{row.pk}/",
        {"key": str(uuid4()), "worth": "CONFIRMED", "said": "Servi à\0 Lille"},
    )
    wrong = client.post(path, form)
    assert [one["column"] for one in wrong.context["errors"]] == ["body"]
    assert client.post(path, form | {"body": "Caf du Nord", "answered_on": "26/10/2026"}).status_code == 302
    assert RncpsConfirmation.objects.get().body == "Caf du Nord"
    assert "Servi à Lille" in text_of(client.get(path))


def test_a_deferred_answer_is_taken_on_its_page_once(client: Client, sylvie: User) -> None:
    why(client, case_of(sylvie).number, mode="DEFERRED")
    path = who(client).headers["Location"]
    first = text_of(client.post(path, {"key": str(uuid4())}))
    second = client.post(path, {"key": str(uuid4())})

    assert "Caf du Nord" in first
    assert LEAD in first
    assert second.status_code == 409
    assert "Caf du Nord" not in text_of(second)


def test_a_list_goes_through_the_visa_of_data_protection(client: Client, sylvie: User, anne: Client) -> None:
    form = {"key": str(uuid4()), "motive": "CONTROL", "axis": "A1", "purpose": PURPOSE, "people": f"{SOPHIE}\n\n{CLAIRE}\n",
            "categories": ["RIGHTS"]}  # fmt: skip
    offered = client.get("/agent/rncps/demandes/nouvelle/").content.decode()
    assert '<option value="A1">A1, Ressources</option>' in offered
    assert "n’a pas de programme" not in offered
    unknown = client.post("/agent/rncps/demandes/nouvelle/", form | {"key": str(uuid4()), "axis": "A9"})
    assert "choisissez-le dans la liste" in text_of(unknown)
    wrong = client.post("/agent/rncps/demandes/nouvelle/", form | {"people": f"{SOPHIE}\n12"})
    assert "ligne 2" in text_of(wrong)
    assert client.post("/agent/rncps/demandes/nouvelle/", form).status_code == 302
    order = RncpsOrder.objects.get()
    path = f"/agent/rncps/visas/{order.pk}/"
    page = text_of(anne.get(path))
    assert PURPOSE in page
    assert SOPHIE not in page
    assert anne.post(path, {"key": str(uuid4()), "reason": "oui"}).status_code == 422
    anne.post(path, {"key": str(uuid4()), "reason": "Mesurée", "decision": "yes"})
    client.post(f"/agent/rncps/demandes/{order.pk}/", {"key": str(uuid4())})
    shown = text_of(client.post(f"/agent/rncps/demandes/{order.pk}/", {"key": str(uuid4())}))

    assert "Lambert" in shown
    assert "Martin" in shown
    assert RncpsConsultation.objects.filter(mode="COLLECTIVE", refusal="").count() == 2


def test_an_auditor_reads_and_gives_no_visa(sylvie: User) -> None:
    order = asked(sylvie, SOPHIE)
    auditor = client_of(officer("audit", "Test", Role.AUDITOR, fund=""))
    assert auditor.get("/agent/rncps/suivi/").status_code == 200
    assert auditor.get(f"/agent/rncps/visas/{order.pk}/").status_code == 404


def test_the_director_gives_and_ends_an_authorisation(sylvie: User) -> None:
    other, helene = officer("philippe", "Aubert", Role.CONTROLLER), client_of(director())
    form = {"key": str(uuid4()), "user": f"{other.pk}:CAF63", "motives": ["FRAUD"], "act_no": "7", "act_dated": "26/10/2026",
            "valid_from": "26/10/2026", "valid_to": "26/10/2029"}  # fmt: skip
    too_long = helene.post("/agent/rncps/habilitations/", form | {"valid_to": "27/10/2029"})
    assert [one["column"] for one in too_long.context["errors"]] == ["valid_to"]
    for wrong in ({"user": f"{other.pk}:CAF59"}, {"user": "x"}, {"motives": ["LOVE"]}, {"act_dated": "27/10/2026"}):
        assert helene.post("/agent/rncps/habilitations/", form | wrong).status_code == 422
    for _time in range(2):
        assert helene.post("/agent/rncps/habilitations/", form).status_code == 302
    given = RncpsAuthorisation.objects.get(user=other)
    helene.post(f"/agent/rncps/habilitations/{given.pk}/fin/", {"key": str(uuid4()), "reason": "Départ"})
    given.refresh_from_db()
    assert (given.ended_on, given.end_reason) == (DAY, "Départ")


def test_the_extraction_and_the_report_say_what_was_counted_and_name_nobody(client: Client, sylvie: User) -> None:
    why(client, case_of(sylvie).number)
    who(client)
    page = text_of(client.get("/agent/rncps/extraction/"))
    csv = client.get("/agent/rncps/extraction/donnees.csv?annee=2026").content.decode("utf-8-sig")

    assert "105 000" in re.sub(r"\s", " ", page)
    assert "CAF63;10/2026;Contrôler un dossier;1" in csv
    assert LEAD in csv
    assert not any(secret in page + csv for secret in (CLAIRE, "Claire"))
    assert client.get("/agent/rncps/extraction/?annee=²").status_code == 200


def test_the_report_is_written_validated_and_sent_by_the_pages(client: Client) -> None:
    report, helene = planned(), client_of(director())
    path = f"/agent/rncps/rapport/{report.pk}/"
    assert "jours de retard" not in text_of(client.get(path))
    move = {"key": str(uuid4()), "after": "VALIDATED"}
    client.post(f"{path}couts/", {"key": str(uuid4()), "text": "Aucun"})
    assert "Il manque un texte" in text_of(helene.post(f"{path}etape/", move, follow=True))
    for code in ("base", "protection", "autres", "propositions"):
        client.post(f"{path}{code}/", {"key": str(uuid4()), "text": f"Texte {code}"})
    assert client.post(f"{path}etape/", move).status_code == 404
    helene.post(f"{path}etape/", move)
    assert client.post(f"{path}couts/", {"key": str(uuid4()), "text": "Autre"}).status_code == 422
    helene.post(f"{path}etape/", {"key": str(uuid4()), "after": "SENT"})

    report.refresh_from_db()
    assert (report.state, report.sent_on) == ("SENT", DAY)
    assert "Texte base" in text_of(client.get(path))
    assert ParliamentReport.objects.count() == 1
    pdf = client.get(f"{path}rapport.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert b'pdfuaid:part="1"' in unpacked(pdf.content)


def test_the_direction_of_one_fund_authorises_there_and_sees_nobody_elsewhere(sylvie: User) -> None:
    here, there = officer("paul", "Ici"), officer("zoe", "Ailleurs", fund="CAF59")
    elsewhere = authorised(there, fund="CAF59", own=SOPHIE)
    local = officer("locale", "Directrice", Role.AUTHORISING_OFFICER)
    client, page = client_of(local), "/agent/rncps/habilitations/"

    text = text_of(client.get(page))
    assert "Mercier" in text
    assert "Paul Ici, CAF63" in text
    assert "Ailleurs" not in text
    form = {
        "key": str(uuid4()), "user": f"{there.pk}:CAF59", "motives": ["CONTROL"], "act_no": "2026-99", "act_dated": "05/01/2026",
        "valid_from": "06/01/2026", "valid_to": "06/01/2027",
    }  # fmt: skip
    refused = client.post(page, form)
    assert refused.status_code == 422
    assert "Vous ne dirigez pas le contrôle de cette caisse" in text_of(refused)
    assert client.post(f"{page}{elsewhere.pk}/fin/", {"key": str(uuid4()), "reason": "x"}).status_code == 404
    assert client.get("/agent/rncps/suivi/").status_code == 404
    assert client.post(page, form | {"key": str(uuid4()), "user": f"{here.pk}:CAF63"}).status_code == 302
