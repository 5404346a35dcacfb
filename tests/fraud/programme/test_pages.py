"""The pages of a programme: what each person reads and may do; every figure opens its list."""

import json
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fraud.models import ControlProgramme, InternalControlPlan
from fraud.programme import operations as acts
from portal.accounts.models import Role, User
from portal.audit.models import JournalEntry
from portal.letters.operations import write_letters
from tests.fraud.programme.test_operations import posted
from tests.fraud.programme.world import DAY, anne, case, draft, helene, in_progress, opinion, person, plan, sylvie, who

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day(settings: object) -> None:
    settings.PORTAL_DAY = DAY  # type: ignore[attr-defined]


def at(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode().replace("\u00a0", " ")


def test_the_page_of_the_year_says_both_ways_and_what_is_not_known() -> None:
    found = in_progress()
    case(owed_by_cents=10_000, owed_to_cents=0, fraud_cents=0, avoided_cents=0)
    case("", owed_by_cents=0, owed_to_cents=45_050, fraud_cents=0, avoided_cents=0)
    page = text(at(sylvie()), "/agent/programme/")

    assert "2 contrôles décidés sur 50 prévus" in page
    assert "450,50 €" in page
    assert "100,00 €" in page
    assert "aucun dossier décidé ne reposait sur des informations de tiers" in page
    assert "Hors de tout axe" in page
    listed = text(at(sylvie()), f"/agent/programme/{found.pk}/liste/POSITIVE_SHARE/")
    assert "1 dossier" in listed
    assert "cmg:employer" not in listed


@pytest.mark.parametrize(("code", "query", "count"), [
    ("CHECKS", "", 3), ("HIT_RATE", "", 2), ("OVERPAYMENTS", "", 1), ("CHECKS", "?axis=", 1), ("CHECKS", "?axis=RESSOURCES", 2),
    ("CHECKS", "?month=2026-05", 1), ("ANNULLED", "", 1), ("COMPLAINTS", "", 1), ("CHECKS", "?month=2025-05", 3), ("NOTICES", "", 0),
])  # fmt: skip
def test_each_list_holds_what_its_figure_counts(code: str, query: str, count: int) -> None:
    found = in_progress()
    case(owed_by_cents=10_000, annulled_on=date(2026, 6, 1))
    case("", owed_to_cents=45_050, decided=date(2026, 5, 2))
    case(outcome="COMPLAINT")
    case(decided=date(2026, 12, 1))
    assert f"{count} dossier" in text(at(sylvie()), f"/agent/programme/{found.pk}/liste/{code}/{query}")


def test_a_draft_goes_from_the_caseworker_to_data_protection_then_to_the_direction() -> None:
    key = str(uuid4())
    client = at(sylvie())
    answer = client.post("/agent/programme/nouveau/CAF63/2027/", posted(key=key))
    made = ControlProgramme.objects.get(year=2027)
    assert answer["Location"] == f"/agent/programme/{made.pk}/"
    client.post(
        "/agent/programme/plan/CAF63/2027/", {"key": str(uuid4()), "reference": "PCI-2027", "adopted_on": "20/10/2026"}
    )
    assert InternalControlPlan.objects.get().adopted_on == date(2026, 10, 20)
    assert "Adopter" not in text(at(helene()), f"/agent/programme/{made.pk}/")
    text(at(helene()), f"/agent/programme/{made.pk}/adopter/", 409)

    typed = {"key": str(uuid4()), "opinion": "RESERVED", "text": "Durée de conservation à écrire dans la règle."}
    assert at(anne()).post(f"/agent/programme/{made.pk}/avis/", typed).status_code == 302
    assert "Adopter ce programme" in text(at(helene()), f"/agent/programme/{made.pk}/")
    assert at(helene()).post(f"/agent/programme/{made.pk}/adopter/", {"key": str(uuid4())}).status_code == 302
    made.refresh_from_db()
    assert (made.status, made.adopted_by) == ("ADOPTED", helene())


def test_adoption_without_the_plan_is_told_on_the_page_and_nothing_moves() -> None:
    made = draft(2027)
    opinion(made, DAY)
    answer = at(helene()).post(f"/agent/programme/{made.pk}/adopter/", {"key": str(uuid4())})

    assert answer.status_code == 422
    assert "plan de contrôle interne 2027" in answer.content.decode()
    made.refresh_from_db()
    assert made.status == "DRAFT"


def test_who_wrote_it_is_told_that_another_adopts() -> None:
    plan(2027)
    made, _again = acts.draft_programme(body="CAF63", year=2027, content=_content(), key=uuid4(), who=who(helene()))
    opinion(made, DAY)
    assert "une autre personne donne l’avis ou l’adopte" in text(
        at(helene()), f"/agent/programme/{made.pk}/adopter/", 409
    )
    assert at(helene()).post(f"/agent/programme/{made.pk}/adopter/", {"key": str(uuid4())}).status_code == 422


def _content() -> object:
    from tests.fraud.programme.world import CONTENT

    return CONTENT


def test_a_form_with_faults_keeps_what_was_typed() -> None:
    answer = at(sylvie()).post("/agent/programme/nouveau/CAF63/2027/", posted(key=str(uuid4()), axis_1_share="120"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="120"' in page
    assert "Axe 1, part des heures" in page
    assert not ControlProgramme.objects.exists()


def test_another_fund_and_another_role_meet_no_page() -> None:
    found = in_progress(body="CAF59")
    for user, path, status in (
        (sylvie(), f"/agent/programme/{found.pk}/", 404), (sylvie(), "/agent/programme/nouveau/CAF59/2027/", 404),
        (anne(), f"/agent/programme/{found.pk}/", 200), (anne(), "/agent/programme/nouveau/CAF59/2027/", 404),
        (person("n", Role.FUND_CASEWORKER), "/agent/programme/", 404),
    ):  # fmt: skip
        assert at(user).get(path).status_code == status, (user, path)


def test_a_closed_year_gives_its_letter_and_its_data_recounted_the_same(
    settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = in_progress(2025)
    case(opened=date(2025, 2, 2), decided=date(2025, 3, 4), owed_by_cents=10_000)
    synthesis = acts.close(
        programme_pk=found.pk, words="Une année tenue, sans surprise.", who=who(helene(), date(2026, 1, 20))
    )
    acts.report(programme_pk=found.pk, who=who(helene(), date(2026, 2, 10)))
    assert write_letters() == 1
    client = at(anne())
    page = text(client, f"/agent/programme/{found.pk}/")

    assert "recompté aujourd’hui : identique" in page
    assert client.get(f"/agent/programme/{found.pk}/synthese/pdf/").content.startswith(b"%PDF")
    table = text(client, f"/agent/programme/{found.pk}/synthese/csv/")
    assert "OVERPAYMENTS;Versé en trop, trouvé;;100,00 €" in table
    assert synthesis.digest in table
    told = json.loads(client.get(f"/agent/programme/{found.pk}/synthese/json/").content)
    assert told["indicators"]["OVERPAYMENTS"]["value"] == 10_000
    assert JournalEntry.objects.filter(action="control.programme.exported").count() == 3
    case(opened=date(2025, 2, 2), decided=date(2025, 3, 4), owed_by_cents=1)
    assert "recompté aujourd’hui : différent" in text(client, f"/agent/programme/{found.pk}/")


def test_the_dashboard_leads_to_control_whom_it_concerns() -> None:
    in_progress()
    made = draft(2027, on=DAY)
    opinion(made, DAY)
    page = text(at(helene()), "/agent/pilotage/")
    assert "Contrôle et échanges" in page
    assert "1 programme de contrôle à adopter" in page
    for way in (
        "/agent/controle/",
        "/agent/controle/regles/",
        "/agent/echanges/annuaire/",
        "/agent/rncps/suivi/",
        "/agent/rncps/rapport/",
    ):
        assert f'href="{way}"' in page, way
    assert "adoption 2027" not in page
    auditor = text(at(person("x", Role.AUDITOR)), "/agent/pilotage/")
    assert "Programme de contrôle" in auditor
    assert 'href="/agent/journal/"' in auditor
    assert 'href="/agent/controle/"' not in auditor
    assert "à adopter" not in auditor
    assert "Contrôle et échanges" not in text(at(person("bruno", Role.ACCOUNTING_OFFICER, "")), "/agent/pilotage/")


def test_a_year_without_a_draft_says_by_when() -> None:
    in_progress()
    page = text(at(sylvie()), "/agent/programme/?body=CAF63&year=2027")
    assert "Aucun programme n’est rédigé pour 2027" in page
    assert "lundi 30 novembre 2026" in page


def test_queries_do_not_grow_with_the_cases() -> None:
    in_progress()
    client, counts = at(sylvie()), []
    for number in (1, 5):
        for _more in range(number):
            case()
        client.get("/agent/programme/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/agent/programme/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
