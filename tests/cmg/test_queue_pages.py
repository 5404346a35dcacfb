"""The caseworker's list: searched forgivingly, kept while one works through it, exported with a reason; and who else is there."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cmg.demo.people import create_people
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from portal.casework.models import Dossier, DossierEvent
from portal.exchange.operations import import_files
from tests.cmg.files import clean_family, nir_with_key, row, write_all

DAY = date(2026, 10, 26)
NIR = nir_with_key("2900463001001")
PEOPLE = (
    ("E1", "Chabrol", "Émilie Rose", "430001"),
    ("E2", "Le Goff", "Yann", "630002"),
    ("E3", "Martin", "Claire", "630003"),
    ("E4", "Ÿnesta-L’Hôte", "Anne", "630004"),
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def nathalie(settings: Any, tmp_path: Path) -> Client:
    """Four families; the dossiers of the first three are Nathalie's, a day apart; the fourth is nobody's."""
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    create_people()
    files = clean_family()
    files["accounts"] = [
        row("accounts", employer_no=number, last_name=last, first_names=first, fund="CAF63", beneficiary_no=own,
            nir=NIR if number == "E1" else "")
        for number, last, first, own in PEOPLE
    ]  # fmt: skip
    files["rights_fund"] = [row("rights_fund", employer_no="E1", fund="CAF63", beneficiary_no="630001")]
    files["rights_pajemploi"], files["declarations"] = [], []
    import_files(write_all(tmp_path, files))
    for place, (number, last, first, _own) in enumerate(PEOPLE):
        Dossier.objects.create(
            subject=f"cmg:employer:{number}", title=f"{last} {first}", fund="CAF63", body="FUND", opened_on=DAY,
            deadline=DAY + timedelta(days=place), reasons="CMG-013",
            owner=None if number == "E4" else User.objects.get(username="nathalie"),
        )  # fmt: skip
    return client_of("nathalie")


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("emilie chabrol", ["Chabrol Émilie Rose"]),
        ("rose CHAB", ["Chabrol Émilie Rose"]),
        ("chabrl", ["Chabrol Émilie Rose"]),
        ("430001", ["Chabrol Émilie Rose"]),
        ("630001", ["Chabrol Émilie Rose"]),
        (NIR, ["Chabrol Émilie Rose"]),
        ("E2", ["Le Goff Yann"]),
        ("goff le", ["Le Goff Yann"]),
        ("abrol", []),
        ("l'hote", []),
        ("999999", []),
        ("", ["Chabrol Émilie Rose", "Le Goff Yann", "Martin Claire"]),
    ],
)
def test_ones_own_list_is_searched_as_families_are(nathalie: Client, typed: str, found: list[str]) -> None:
    answer = nathalie.get("/agent/", {"q": typed})
    assert [one.title for one in answer.context["page"].rows] == found


def test_another_box_is_searched_too(nathalie: Client) -> None:
    answer = nathalie.get("/agent/", {"q": "martin", "box": "unassigned"})
    assert [one.title for one in answer.context["page"].rows] == []
    answer = nathalie.get("/agent/", {"q": "l'hote", "box": "unassigned"})
    assert [one.title for one in answer.context["page"].rows] == ["Ÿnesta-L’Hôte Anne"]


def test_the_next_dossier_follows_the_list_and_its_filter(nathalie: Client) -> None:
    nathalie.get("/agent/?box=mine")
    assert "Dossier suivant : Le Goff Yann" in text(nathalie.get("/agent/familles/E1/"))
    last = text(nathalie.get("/agent/familles/E3/"))
    assert "Dossier suivant : Chabrol Émilie Rose" in last, "after the last one, what was passed over"
    assert 'href="/agent/?box=mine"' in last

    nathalie.get("/agent/?box=team&q=martin")
    only = text(nathalie.get("/agent/familles/E3/"))
    assert "Dossier suivant : Chabrol Émilie Rose</a>, lundi 26 octobre 2026 (votre liste est finie)" in only
    assert 'href="/agent/?box=team&amp;q=martin"' in only


def test_when_ones_own_are_done_the_next_is_the_teams(nathalie: Client) -> None:
    Dossier.objects.exclude(subject__endswith="E4").update(state="CLOSED", closed_on=DAY)
    nathalie.get("/agent/")
    assert "Dossier suivant : Ÿnesta-L’Hôte Anne" in text(nathalie.get("/agent/familles/E1/"))
    empty = text(nathalie.get("/agent/"))
    assert "1 dossier n’a pas de responsable ; le plus pressé est pour jeudi 29 octobre 2026" in empty

    Dossier.objects.update(state="CLOSED", closed_on=DAY)
    assert "Aucun autre dossier n’attend." in text(nathalie.get("/agent/familles/E1/"))
    assert "Aucun dossier n’est ouvert" in text(nathalie.get("/agent/"))


def test_who_came_by_a_search_is_not_told_that_a_list_is_over(nathalie: Client) -> None:
    seen = text(client_of("helene").get("/agent/familles/E1/"))
    assert "Dossier suivant : Ÿnesta-L’Hôte Anne" in seen
    assert "votre liste est finie" not in seen


def test_handing_a_dossier_over_leads_to_the_next(nathalie: Client) -> None:
    nathalie.get("/agent/?box=mine")
    dossier = Dossier.objects.get(subject="cmg:employer:E1")
    answer = nathalie.post(f"/agent/dossiers/{dossier.pk}/transmettre/", {"message": "relier"}, follow=True)
    assert "Dossier suivant : Le Goff Yann" in text(answer)


def test_a_note_sent_twice_is_written_once(nathalie: Client) -> None:
    key = str(nathalie.get("/agent/familles/E1/").context["note_key"])
    first = nathalie.post("/agent/familles/E1/", {"note": "appel de la famille", "key": key}, follow=True)
    again = nathalie.post("/agent/familles/E1/", {"note": "appel de la famille", "key": key}, follow=True)

    assert "Note ajoutée." in text(first)
    assert "rien n’a été écrit deux fois" in text(again)
    assert [one.text for one in DossierEvent.objects.filter(kind="NOTE")] == ["appel de la famille"]
    other = str(nathalie.get("/agent/familles/E1/").context["note_key"])
    nathalie.post("/agent/familles/E1/", {"note": "appel de la famille", "key": other})
    assert DossierEvent.objects.filter(kind="NOTE").count() == 2, "another form is another note"
    assert nathalie.post("/agent/familles/E1/", {"note": "sans clé"}).status_code == 404


def test_a_colleague_on_the_same_dossier_is_named_and_the_journal_is_not_filled(nathalie: Client) -> None:
    thomas = client_of("thomas")
    assert "consulte ce dossier" not in text(thomas.get("/agent/familles/E1/"))
    before = JournalEntry.objects.count()

    assert "<strong>Thomas Vidal</strong> consulte ce dossier" in text(nathalie.get("/agent/familles/E1/"))

    assert JournalEntry.objects.count() == before + 1, "the read itself"
    assert "consulte ce dossier" not in text(nathalie.get("/agent/familles/E2/"))
    assert "<strong>Nathalie Roche</strong>" in text(thomas.get("/agent/reparer/RELINK_NUMBER/E1/"))


def test_the_list_leaves_as_a_file_with_a_reason_and_a_trace(nathalie: Client) -> None:
    assert nathalie.post("/agent/file/exporter/?box=team", {"reason": "revue du lundi"}).status_code == 404
    helene = client_of("helene")
    assert "Exporter 4 lignes (CSV)" in text(helene.get("/agent/?box=team"))
    refused = helene.post("/agent/file/exporter/?box=team", {"reason": "court"})
    assert refused["Location"] == "/agent/?box=team"

    answer = helene.post("/agent/file/exporter/?box=team&q=chabrol", {"reason": "revue du lundi, équipe"})

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[1] == "Chabrol Émilie Rose;E1;CAF63;CMG-013;0,00\u00a0€;Nathalie Roche;26/10/2026;26/10/2026"
    assert len(lines) == 2
    trace = JournalEntry.objects.get(action="cmg.queue.exported")
    assert (trace.detail["rows"], trace.detail["filters"]) == (1, {"box": "team", "q": "chabrol"})


def test_a_dossier_is_closed_from_its_page_once_and_the_next_one_is_offered(nathalie: Client) -> None:
    nathalie.get("/agent/?box=mine")
    dossier = Dossier.objects.get(subject="cmg:employer:E1")
    assert "Clore le dossier" in text(nathalie.get("/agent/familles/E1/"))
    refused = nathalie.post(f"/agent/dossiers/{dossier.pk}/clore/", {"reason": " "})
    assert refused.status_code == 409

    done = text(nathalie.post(f"/agent/dossiers/{dossier.pk}/clore/", {"reason": "vu avec la famille"}, follow=True))
    again = text(nathalie.post(f"/agent/dossiers/{dossier.pk}/clore/", {"reason": "vu avec la famille"}, follow=True))

    assert "Dossier suivant : Le Goff Yann" in done
    assert "déjà clos" in again
    assert [one.text for one in dossier.events.filter(kind="MOVED")] == ["vu avec la famille"]
    assert "Clore le dossier" not in again


def test_what_still_waits_keeps_it_and_what_was_typed_is_given_back(nathalie: Client) -> None:
    from cmg.models import Regularisation

    Regularisation.objects.create(employer_no="E1", fund="CAF63", reason="x", proposed_by="thomas", proposed_on=DAY)
    dossier = Dossier.objects.get(subject="cmg:employer:E1")
    assert "Pas encore : une correction attend d’être approuvée ou exécutée." in text(
        nathalie.get("/agent/familles/E1/")
    )

    refused = nathalie.post(f"/agent/dossiers/{dossier.pk}/clore/", {"reason": "c’est fini"})

    assert refused.status_code == 409
    assert "c’est fini" in text(refused)
    dossier.refresh_from_db()
    assert dossier.state == "OPEN"


def test_a_repaired_dossier_is_in_a_list_until_its_money_has_left(nathalie: Client) -> None:
    Dossier.objects.filter(subject__endswith="E2").update(state="RESOLVED")
    answer = nathalie.get("/agent/?box=repaired")
    assert [one.title for one in answer.context["page"].rows] == ["Le Goff Yann"]
    assert answer.context["counts"]["repaired"] == 1
    everywhere = [nathalie.get(f"/agent/?box={box}").context["page"].rows for box in ("mine", "team", "repaired")]
    assert sorted({one.title for rows in everywhere for one in rows}) == [
        "Chabrol Émilie Rose", "Le Goff Yann", "Martin Claire", "Ÿnesta-L’Hôte Anne",
    ]  # fmt: skip


def test_a_dossier_of_ones_list_opens_although_its_account_names_another_fund(nathalie: Client) -> None:
    from cmg.models import Account, Right

    Account.objects.filter(employer_no="E2").update(fund="CAF59")
    Right.objects.all().delete()
    dossier = Dossier.objects.filter(subject__endswith="E2")
    assert nathalie.get("/agent/familles/E2/").status_code == 200

    dossier.update(state="CLOSED", closed_on=DAY)
    assert nathalie.get("/agent/familles/E2/").status_code == 404, "it is over: the family is another fund's"
    dossier.update(state="OPEN", closed_on=None, fund="CAF59", owner=None)
    assert nathalie.get("/agent/familles/E2/").status_code == 404
