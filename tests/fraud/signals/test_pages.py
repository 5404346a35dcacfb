"""What a controller, the data protection officer and the public read; what none of them can do."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from fraud.models import DeclaredLink, Lead, RuleVersion
from fraud.signals.assessing import ASSESSMENTS
from fraud.signals.deciding import accept_lead
from portal.accounts.models import Role, User
from portal.audit.models import JournalEntry
from tests.fraud.signals.world import DAY, NOW, account, lead, person, publish, receive

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day(settings) -> None:
    settings.PORTAL_DAY = DAY
    publish()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def test_what_families_are_owed_comes_before_leads_and_no_page_pays_or_stops() -> None:
    account("E1")
    lead("DM05", subject="cmg:employer:E1", title="11 h à deux endroits")
    lead("DR01", in_favour=True, title="CMG d’août jamais réglé")
    client = client_of(person("philippe"))
    page = text_of(client, "/agent/controle/")

    assert page.index("CMG d’août") < page.index("11 h à deux endroits")
    tile = re.search(r'href="(/agent/controle/dossiers/[^"]*OPENED)"', page)
    assert tile
    assert "Étape : Ouvert" in text_of(client, tile[1])
    assert "Famille Martin" in page
    forms = page.split("<main")[1].split("</main")[0]
    assert "payer" not in forms.lower()
    assert 'method="post"' not in forms


def test_a_lead_shows_its_innocent_explanations_first_with_its_rule_and_version() -> None:
    one = lead(facts={"facts": [{"label": "Heures", "value": "11 h", "source": "Relevés", "dated": "2026-09-01"}]})
    page = text_of(client_of(person("philippe")), f"/agent/controle/signaux/{one.pk}/")

    assert page.index("Période d’adaptation") < page.index("11 h")
    assert "version 1" in page
    assert re.search(r"01/09/2026|1er sept", page)
    assert JournalEntry.objects.filter(action="control.lead_read").count() == 1


def test_a_lead_is_rejected_by_its_form_and_the_rule_page_says_that_it_is_suspended() -> None:
    philippe = person("philippe")
    Lead.objects.bulk_create(
        Lead(
            rule_code="DM05", rule_version=1, fund="CAF63", subject="", key=f"p{number}", title="effacé", found_on=DAY,
            state="ACCEPTED", decided_by=philippe, decided_at=NOW, reason="effacé", purged_on=DAY, proved=number < 61,
        )
        for number in range(211)
    )  # fmt: skip
    one, waits = lead(), lead(title="Un autre du même genre")
    lead("DM03", title="Deux droits ouverts")
    client, path = client_of(philippe), f"/agent/controle/signaux/{one.pk}/ecarter/"
    assert client.post(path, {"key": str(uuid4())}).status_code == 422
    sent = {"key": str(uuid4()), "reason_code": "ADAPTATION", "line": "Premier mois à la\0 crèche."}
    answer = client.post(path, sent, follow=True)
    rule = text_of(client, "/agent/controle/regles/DM05/")

    assert "est maintenant suspendue" in answer.content.decode()
    assert "Signal suivant : deux droits ouverts" in answer.content.decode()
    assert client.get(path).status_code == 409
    assert "Précise à <strong>29 %</strong> sur 212" in rule
    assert "Suspendue" in rule
    assert "Un autre du même genre" not in text_of(client, "/agent/controle/")
    assert client.post(f"/agent/controle/signaux/{waits.pk}/retenir/", sent | {"key": str(uuid4())}).status_code == 422
    assert "n’a été fait deux fois" in client.post(path, sent, follow=True).content.decode()
    assert client.post(path, sent | {"key": str(uuid4())}).status_code == 409


def test_the_file_of_a_neighbour_is_closed_and_its_line_says_nothing() -> None:
    philippe = person("philippe")
    account("E1", last_name="Voisin")
    one = lead(subject="cmg:employer:E1", title="Secret de voisin")
    DeclaredLink.objects.create(user=philippe, subject=one.subject, relation="OTHER", since=DAY)
    client = client_of(philippe)
    listed = text_of(client, "/agent/controle/")

    assert "Lien déclaré" in listed
    assert "Voisin" not in listed
    assert "Secret" not in listed
    assert "Secret" not in text_of(client, f"/agent/controle/signaux/{one.pk}/", 403)
    assert client.post(f"/agent/controle/signaux/{one.pk}/ecarter/", {"key": str(uuid4())}).status_code == 403
    assert JournalEntry.objects.filter(action="control.linked_refused").count() == 2


def test_the_data_protection_officer_sees_rules_and_no_person_and_may_suspend_one() -> None:
    account("E1", last_name="Voisin")
    one = lead(subject="cmg:employer:E1")
    client = client_of(person("kowalski", Role.DATA_PROTECTION, ""))
    page = text_of(client, "/agent/controle/regles/DM05/")

    assert "Voisin" not in page
    assert "regle=DM05" not in page
    for path in ("/agent/controle/", f"/agent/controle/signaux/{one.pk}/"):
        assert client.get(path).status_code == 404
    veto = "/agent/controle/regles/DM05/suspendre/"
    assert client.post(veto, {"key": str(uuid4()), "reason": "non"}).status_code == 422
    assert client.post(veto, {"key": str(uuid4()), "reason": "Sources non\0 vérifiées."}).status_code == 302
    assert RuleVersion.objects.get(code="DM05").state == "SUSPENDED"
    assert client_of(person("audit", Role.AUDITOR, "")).get(veto).status_code == 404


def test_a_contest_is_answered_by_another_person() -> None:
    philippe, sylvie = person("philippe"), person("sylvie", Role.CONTROL_CASEWORKER)
    one = lead()
    accept_lead(lead_pk=one.pk, line="À vérifier.", new_fact="", by_pk=philippe.pk, on=DAY, at=NOW, form_key=uuid4())
    client = client_of(philippe)
    noted = {"key": str(uuid4()), "received_on": "26/10/2026", "said": "Mon enfant était en\0 adaptation."}
    assert client.post(f"/agent/controle/signaux/{one.pk}/contestation/", noted).status_code == 302
    contest = one.contests.get()
    path = f"/agent/controle/contestations/{contest.pk}/"
    sent = {"key": str(uuid4()), "upheld": "oui", "answer": "La crèche le confirme."}
    assert client.post(path, sent).status_code == 422
    assert client_of(sylvie).post(path, sent).status_code == 302
    contest.refresh_from_db()

    assert contest.state == "UPHELD"
    assert Lead.objects.get(pk=one.pk).proved is False


def test_the_public_register_is_made_of_the_rules_and_names_nobody() -> None:
    account("E1", last_name="Voisin")
    lead(subject="cmg:employer:E1")
    page = text_of(Client(), "/algorithmes/")

    assert page.count('<section class="rule"') == 15
    assert "dM05" not in page
    assert "DM05 : heures" not in page
    assert "CRPA L. 311-3-1" in page
    assert "Voisin" not in page
    assert "jamais reçu" in page.lower()
    assert page.count("Aucune donnée ne nous est envoyée.") > 5
    assert "<dt>Résultats</dt><dd>0 trouvés" not in page.split('id="DM02"')[1].split("</section>")[0]
    assert "<dt>Résultats</dt><dd>1 trouvés" in page.split('id="DM05"')[1].split("</section>")[0]
    for word in ("fraude", "suspicion", "score", "profil"):
        assert word not in page.split("<main")[1].split("</main")[0].lower(), word


@pytest.mark.parametrize("code", ["DM02", "DM04", "DM08", "DM09", "DM10"])
def test_a_rule_to_which_nobody_sends_anything_says_so_and_never_nothing_found(code: str) -> None:
    client = client_of(person("philippe"))
    page = text_of(client, f"/agent/controle/regles/{code}/")
    row = text_of(client, "/agent/controle/regles/").split(f"{code} ")[1].split("</tr>")[0]

    assert "Aucune donnée ne nous est envoyée" in page
    assert "0 signal trouvé" not in page
    assert '"Trouvés">–<' in row


def test_a_rule_that_looked_and_found_nothing_says_zero() -> None:
    receive("rnipp-deaths", "rights_fund")
    page = text_of(client_of(person("philippe")), "/agent/controle/regles/DM09/")

    assert "0 signal trouvé" in page
    assert "Aucune donnée" not in page


def test_everybody_reads_the_assessment_of_a_rule_and_that_its_opinion_is_awaited() -> None:
    path = "/algorithmes/DM05/"
    page = text_of(Client(), path)
    assert "Avis favorable" in page
    assert "adaptation" in page
    documents = "".join(one.read_text(encoding="utf-8") for one in ASSESSMENTS.glob("*.yaml")).lower()
    assert not [word for word in ("fraude", "suspicion", "score", "profil") if word in documents]
    assert path in text_of(Client(), "/algorithmes/")
    text_of(Client(), "/algorithmes/DM99/", 404)


def test_the_opinion_is_recorded_by_its_form_and_the_rule_runs_from_then_on() -> None:
    waiting = RuleVersion.objects.get(code="DM09")
    new = RuleVersion.objects.create(
        code="DM09", version=2, digest="x", content=waiting.content | {"version": 2}, published_on=DAY, published_by="x"
    )
    client = client_of(person("kowalski", Role.DATA_PROTECTION, ""))
    path, key = "/agent/controle/regles/DM09/avis/", {"key": str(uuid4())}
    assert "En attente" in text_of(Client(), "/algorithmes/DM09/")
    assert path in text_of(client, "/agent/controle/regles/DM09/")
    RuleVersion.objects.filter(pk=waiting.pk).update(state="REPLACED")
    reason = {"reason": "Vu, avec le tirage au sort."}
    for wrong in (reason, {"sense": "favorable", "reason": "oui"}):
        assert client.post(path, key | wrong).status_code == 422
    assert client_of(person("philippe")).post(path, key | reason).status_code == 404
    assert client.post(path, key | reason | {"sense": "favorable"}).status_code == 302
    new.refresh_from_db()

    assert new.state == "RUNNING"
    assert client.post(path, key | reason | {"sense": "favorable"}).status_code == 409
    assert "Vu, avec le tirage au sort" in text_of(Client(), "/algorithmes/DM09/")
