"""The pages of third parties: of agents, of the direction, and of the third party itself, without an account."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fraud.models import ControlCase, DeclaredLink, EvidenceItem, ThirdPartyFine, ThirdPartyRequest
from fraud.thirdparties import fining
from fraud.thirdparties.links import code_of, token_of
from portal.audit.models import JournalEntry
from portal.letters.operations import write_letters
from tests.aripa.agents import client_of, on_day, text_of
from tests.fraud.thirdparties.world import DAY, PDF, WANTED, at, case_of, prepared, sent, silent, who

pytestmark = pytest.mark.django_db
LIST = "/agent/controle/tiers/"
REPLY = {"answer": "GIVEN", "name": "Service juridique", "phone": "04 73 00 00 00"}


@pytest.fixture
def case(db: None, settings: Any) -> ControlCase:
    on_day(settings, DAY)
    return case_of()


def page_of(request: ThirdPartyRequest) -> str:
    return f"{LIST}{request.pk}/"


def opened(request: ThirdPartyRequest) -> tuple[Client, str]:
    client, path = Client(), f"/demande/{token_of(request)}/"
    assert client.post(path, {"code": code_of(request)}).status_code == 302
    return client, path


def test_a_caseworker_prepares_and_a_sworn_officer_sends(case: ControlCase) -> None:
    sylvie, philippe = client_of(who("sylvie")), client_of(who("philippe"))
    form = WANTED | {"concerned": "Anne Martin, née le 05/01/1984\n\n", "attempt_on": "05/08/2026", "key": str(uuid4())}
    path = f"{LIST}nouvelle/{case.pk}/"

    wrong = sylvie.post(path, form | {"attempt_on": "", "attempt_way": ""})
    made = sylvie.post(path, form, follow=True)

    assert wrong.status_code == 422
    assert "d’abord à la personne" in text_of(wrong)
    found = ThirdPartyRequest.objects.get()
    assert "Seul un agent assermenté de CAF63" in text_of(made)
    assert "Relevés du compte de janvier à juin 2026" in text_of(made)
    assert sylvie.post(f"{page_of(found)}envoyer/", {"key": str(uuid4())}).status_code == 422
    sending = philippe.post(f"{page_of(found)}envoyer/", {"key": str(uuid4())}, follow=True)
    assert "La lettre est demandée" in text_of(sending)
    assert "Sans lui, aucun délai ne court" in text_of(sending)
    assert "C’est déjà reçu" in text_of(sylvie.post(path, form, follow=True))


def test_the_list_and_its_boxes(case: ControlCase) -> None:
    silent(case, name="Employeur Beta", kind="EMPLOYER")
    sent(case_of("cmg:employer:E2"), name="Banque Gamma")
    client = client_of(who("sylvie"))

    late, awaited = client.get(f"{LIST}?box=late"), client.get(f"{LIST}?q=gamma")

    assert "Employeur Beta" in text_of(late)
    assert "Banque Gamma" not in text_of(late)
    assert "Banque Gamma" in text_of(awaited)
    assert client_of(who("nathalie")).get(LIST).status_code == 404


def test_a_declared_link_closes_the_page_and_is_journaled(case: ControlCase) -> None:
    found = sent(case)
    DeclaredLink.objects.create(user=who("sylvie"), subject=case.subject, relation="COLLEAGUE", since=date(2026, 1, 1))

    answer = client_of(who("sylvie")).get(page_of(found))

    assert answer.status_code == 403
    assert "vous est fermé" in text_of(answer)
    assert "Banque Alpha" not in text_of(answer)
    assert JournalEntry.objects.filter(action="control.linked_refused", actor="sylvie").count() == 1
    assert client_of(who("sylvie")).get(f"{LIST}nouvelle/{case.pk}/").status_code == 403
    assert client_of(who("philippe")).get(page_of(found)).status_code == 200


def test_a_third_party_answers_with_papers(case: ControlCase) -> None:
    found = sent(case, received_on=None)
    client, path = opened(found)
    found.refresh_from_db()
    assert (found.received_on, found.receipt, found.due_on) == (DAY, "LINK", date(2026, 11, 25))
    key = str(uuid4())

    nothing = client.post(path, REPLY | {"key": key, "phone": ""})
    client.post(path, REPLY | {"key": str(uuid4()), "answer": "REFUSED", "words": "Nous ne répondons pas à cela."})
    refused = text_of(client.get(path))
    done = client.post(path, REPLY | {"key": key, "papers": SimpleUploadedFile("releve.pdf", PDF)}, follow=True)
    again = client.post(path, REPLY | {"key": key, "papers": SimpleUploadedFile("releve.pdf", PDF)}, follow=True)

    assert nothing.status_code == 422
    assert "Joignez les copies" in text_of(nothing)
    assert "Laissez un téléphone" in text_of(nothing)
    assert "Votre réponse est reçue" in text_of(done)
    assert "Rien n’a été fait deux fois" in text_of(again)
    assert "Vous avez refusé de répondre" in refused
    assert f'value="{REPLY["name"]}"' in refused
    assert found.answers.exclude(kind="REFUSED").count() == EvidenceItem.objects.count() == 1
    found.refresh_from_db()
    assert found.state == "ANSWERED"


@pytest.mark.parametrize(
    ("case_", "name", "content", "told"),
    [
        ("a program is no paper", "releve.pdf", b"MZ\x00", "ni une photo"),
        ("too heavy", "photo.jpg", b"\xff\xd8\xff" + b"x" * 10 * 1024 * 1024, "la limite est 10 Mo"),
    ],
)
def test_a_paper_that_is_none(case: ControlCase, case_: str, name: str, content: bytes, told: str) -> None:
    client, path = opened(sent(case))

    refused = client.post(path, REPLY | {"key": str(uuid4()), "papers": SimpleUploadedFile(name, content)})

    assert refused.status_code == 422, case_
    assert told in text_of(refused)
    assert not EvidenceItem.objects.exists()


def test_the_code_guards_the_page(case: ControlCase) -> None:
    found, client = sent(case), Client()
    path = f"/demande/{token_of(found)}/"
    wrong = "000000" if code_of(found) != "000000" else "111111"

    before = client.get(path)
    tries = [client.post(path, {"code": wrong}).status_code for _turn in range(4)]

    assert "Banque Alpha" not in text_of(before)
    assert "Martin" not in text_of(before)
    assert before["X-Robots-Tag"].startswith("noindex")
    assert tries == [422, 422, 422, 429]
    assert client.get("/demande/AAAA-BBBB-CCCC-DDDD-EEEE/").status_code == 404
    assert client.get(f"{path}recu/{uuid4()}/").status_code == 302
    assert client.post(path, REPLY | {"key": str(uuid4())}).status_code == 422
    assert not found.answers.exists()


def test_a_request_not_sent_or_long_over_opens_nothing(case: ControlCase, settings: Any) -> None:
    waiting, found = prepared(case), sent(case_of("cmg:employer:E2"))
    client, path = opened(found)
    client.post(path, REPLY | {"key": str(uuid4()), "words": "Voi\0ci"})

    assert Client().get(f"/demande/{token_of(waiting)}/").status_code == 404
    on_day(settings, date(2026, 12, 24))
    assert client.get(path).status_code == 200
    on_day(settings, date(2026, 12, 25))
    assert client.get(path).status_code == 410


def test_the_direction_decides_a_fine(case: ControlCase, settings: Any) -> None:
    fine = fining.propose_fine(
        request_pk=silent(case, name="Employeur Beta").pk, reason="Aucune réponse", by_pk=who("philippe").pk,
        on=date(2026, 10, 9), at=at(date(2026, 10, 9)),
    )  # fmt: skip
    helene, path = client_of(who("helene")), f"/agent/controle/amendes/{fine.pk}/"

    assert "1 à décider" in text_of(helene.get(LIST))
    assert "1 500,00 €" in text_of(helene.get(path))
    on_day(settings, date(2026, 10, 24))
    early = helene.post(path, {"key": str(uuid4()), "choice": "DECIDED", "decision": "Aucune réponse du tout"})
    assert "Prononcer" not in text_of(helene.get(path))
    assert "Le tiers pouvait répondre" not in text_of(helene.get(page_of(fine.request)))
    on_day(settings, DAY)
    assert "Le tiers pouvait répondre jusqu’au samedi 24 octobre 2026" in text_of(helene.get(page_of(fine.request)))
    empty = helene.post(path, {"key": str(uuid4())})
    done = helene.post(
        path, {"key": str(uuid4()), "choice": "DECIDED", "decision": "Aucune réponse du tout"}, follow=True
    )
    other = helene.post(path, {"key": str(uuid4()), "choice": "DROPPED", "decision": "Finalement non, rien"})

    assert (early.status_code, empty.status_code, other.status_code) == (422, 422, 409)
    assert "L’amende est décidée" in text_of(done)
    assert ThirdPartyFine.objects.get().decided_by == who("helene")
    assert client_of(who("philippe")).get(path).status_code == 404


def test_the_letters_are_written(case: ControlCase) -> None:
    found = silent(case)
    fining.propose_fine(request_pk=found.pk, reason="Aucune réponse", by_pk=who("philippe").pk, on=DAY, at=at(DAY))

    assert write_letters() == 2

    page = client_of(who("sylvie")).get(page_of(found))
    assert "Une amende est envisagée (PDF)" in text_of(page)
    assert "en échec" not in text_of(page)
