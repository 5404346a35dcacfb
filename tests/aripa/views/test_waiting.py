"""What parents asked: the list of the person's funds, one answer each, a request admitted with its effect shown first."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from aripa.models import Case, Event, ParentAct, RequestDraft
from portal.audit.models import JournalEntry
from portal.casework.models import Attachment
from tests.aripa.agents import agent, client_of, text_of
from tests.aripa.own.cases import DAY, live
from tests.aripa.own.cases import client_of as parent_client
from tests.aripa.own.conftest import demo_day, julien, laure, marc, october, sandra  # noqa: F401
from tests.aripa.own.test_acts import PNG, sent
from tests.aripa.own.test_request import answer_all, nadia  # noqa: F401

pytestmark = pytest.mark.django_db
LIST = "/agent/pensions/attente/"
READ = {"enforceable_on": "15/02/2022", "effective_on": "01/03/2022", "fund": "CAF63", "other_no": ""}


@pytest.fixture
def awa(db: None) -> Client:
    return client_of(agent("awa", "CAF63"))


def answered(client: Client, act: ParentAct, answer: str, words: str, **more: object) -> int:
    return client.post(f"{LIST}{act.pk}/", {"key": uuid4(), "answer": answer, "words": words} | more).status_code


def test_the_nearest_promise_first_and_the_funds_of_the_person_only(awa: Client, sandra: Client, marc: Client) -> None:  # noqa: F811
    sent(sandra, "difficulte/FAURE-1/", offer="100", words="")
    sent(marc, "difficulte/BESSON-1/", offer="", words="")

    page = text_of(awa.get(LIST))
    everything = text_of(client_of(agent("far", "CAF29")).get(LIST))

    assert "1 parent attend" in page
    assert "Faure et Meunier" in page
    assert "propose 100,00 €" in page
    assert "1 parent attend une réponse" in text_of(awa.get("/agent/pensions/"))
    # Laure's case is of another fund, and shows neither name nor place there.
    assert "Dossier protégé" in everything
    assert "Tissier" not in everything


def test_an_answer_is_read_by_the_parent_once_and_journaled(awa: Client, sandra: Client) -> None:  # noqa: F811
    sent(sandra, "difficulte/FAURE-1/", offer="100", words="Je suis en arrêt")
    act, key = ParentAct.objects.get(), uuid4()

    page = text_of(awa.get(f"{LIST}{act.pk}/"))
    assert "Je suis en arrêt" in page
    assert "UNABLE_TO_PAY" in page
    # No past month was asked for: there is nothing to plan.
    assert "PLAN_ACCEPTED" not in page
    assert answered(awa, act, "GRANTED", "trop court") == 422
    form = {"key": key, "answer": "GRANTED", "words": "Payez 100 € ce mois-ci et le reste en novembre."}
    assert awa.post(f"{LIST}{act.pk}/", form).status_code == 302
    assert awa.post(f"{LIST}{act.pk}/", form).status_code == 302
    assert answered(awa, act, "REFUSED", "Une autre personne dit non, trop tard.") == 422

    act.refresh_from_db()
    assert (act.answer, act.answered_on, act.answered_by.username) == ("GRANTED", DAY, "awa")  # type: ignore[union-attr]
    receipt = text_of(sandra.get(f"/famille/pension/recu/{act.key}/"))
    assert "Payez 100 € ce mois-ci" in receipt
    assert "Awa" not in receipt
    assert JournalEntry.objects.filter(action="aripa.parent_answered").count() == 1
    assert "Aucun parent n’attend" in text_of(awa.get(LIST))


def test_a_paper_asked_for_keeps_the_act_waiting_and_the_parent_adds_it(awa: Client, sandra: Client) -> None:  # noqa: F811
    sent(sandra, "deja-paye/FAURE-1/", month="2026-10", cents="250", paid_on="2026-10-14", to="parent")
    act = ParentAct.objects.get()

    answered(awa, act, "PAPERS", "Envoyez le relevé de banque du 14 octobre.")
    act.refresh_from_db()
    assert (act.answer, act.answered_on) == ("PAPERS", None)
    path = f"/famille/pension/recu/{act.key}/"
    assert "Envoyez le relevé" in text_of(sandra.get(path))
    assert sandra.post(path, {"paper": SimpleUploadedFile("x.txt", b"hello")}).status_code == 422
    assert sandra.post(path, {"paper": SimpleUploadedFile("releve.png", PNG)}).status_code == 302
    paper = Attachment.objects.get()

    assert "releve.png" in text_of(awa.get(f"{LIST}{act.pk}/"))
    assert awa.get(f"/agent/pensions/pieces/{paper.pk}/").content == PNG
    assert client_of(agent("far", "CAF29")).get(f"/agent/pensions/pieces/{paper.pk}/").status_code == 404
    assert JournalEntry.objects.filter(action="aripa.paper.read").count() == 1


def test_the_yes_of_a_protected_parent_is_settled_by_a_person(awa: Client, marc: Client, laure: Client) -> None:  # noqa: F811
    sent(marc, "deja-paye/BESSON-1/", month="2026-09", cents="49,22", paid_on="2026-10-14", to="parent")
    said = ParentAct.objects.get()
    sent(laure, "confirmer/BESSON-1/", answer="oui", about=said.pk)
    there = client_of(agent("there", "CAF29"))

    page = text_of(there.get(f"{LIST}{said.pk}/"))
    assert "paiement direct confirmé" in page
    assert "PAID_BETWEEN_PARENTS/BESSON-1/?month=2026-09&amp;amount=49%2C22&amp;effective_on=14%2F10%2F2026" in page
    form = text_of(there.get("/agent/pensions/inscrire/PAID_BETWEEN_PARENTS/BESSON-1/?month=2026-09&amount=49,22"))
    assert 'value="49,22"' in form
    answered(there, said, "GRANTED", "Le mois de septembre est réglé avec ce paiement.")

    assert not ParentAct.objects.filter(answer_by__isnull=False, answered_on=None).exists()


@pytest.fixture
def asked(nadia: Client) -> ParentAct:  # noqa: F811
    answer_all(nadia)
    nadia.post("/famille/pension/demande/verifier/", {"key": RequestDraft.objects.get().key})
    live()
    return ParentAct.objects.get()


def test_a_request_is_admitted_once_its_effect_is_seen(awa: Client, asked: ParentAct) -> None:
    path = f"{LIST}{asked.pk}/admettre/"
    assert "Demande protégée" in text_of(awa.get(LIST))
    assert "jugement.png" in text_of(awa.get(f"{LIST}{asked.pk}/"))
    assert awa.post(path, READ | {"step": "preview", "effective_on": "demain"}).status_code == 422

    seen = text_of(awa.post(path, READ | {"step": "preview"}))
    assert "Entendu le mardi 27 octobre 2026" in seen
    assert "Courrier L01" in seen
    assert "parent qui paie" in seen
    assert not Event.objects.filter(heard_on__isnull=False).exists()
    assert awa.post(path, READ | {"step": "confirm"})["Location"] == LIST
    assert awa.post(path, READ | {"step": "confirm"}).status_code == 404
    live(date(2026, 10, 27))

    case = Case.objects.get(pk=asked.case_no)
    assert (case.state, case.fund, case.violence) == ("INFO_REQUESTED", "CAF63", True)


def test_the_effect_shows_the_condition_that_fails(awa: Client, asked: ParentAct) -> None:
    seen = text_of(awa.post(f"{LIST}{asked.pk}/admettre/", READ | {"step": "preview", "enforceable_on": "01/12/2026"}))

    assert "refusé" in seen
    assert seen.index("non remplie") < seen.index("Titre exécutoire")
    assert "Courrier L02" in seen


def test_a_request_refused_says_why_and_what_can_be_done(awa: Client, asked: ParentAct, nadia: Client) -> None:  # noqa: F811
    assert answered(awa, asked, "GRANTED", "On ne peut pas accepter ici sans admettre.") == 422
    assert answered(awa, asked, "REFUSED", "") == 422
    assert answered(awa, asked, "REFUSED", "", reason="NOT_ENFORCEABLE") == 302

    receipt = text_of(nadia.get(f"/famille/pension/recu/{asked.key}/"))
    assert "pas encore exécutoire (article 373-2-2" in receipt
    assert "Faites-le signifier" in receipt
    assert awa.get(f"{LIST}{asked.pk}/admettre/").status_code == 404


def test_one_query_count_for_one_act_and_for_many(
    awa: Client,
    sandra: Client,  # noqa: F811
    django_assert_max_num_queries: Any,
) -> None:
    sent(sandra, "difficulte/FAURE-1/", offer="100", words="")
    first = ParentAct.objects.get()
    with django_assert_max_num_queries(40) as one:
        awa.get(LIST)
    for _number in range(20):
        ParentAct.objects.create(
            key=uuid4(), user=first.user, parent_no=first.parent_no, case_no=first.case_no, party="DEBTOR", day=DAY,
            kind="HARDSHIP", facts=first.facts, answer_by=DAY, at=timezone.now(),
        )  # fmt: skip
    with django_assert_max_num_queries(len(one)):
        assert "21 parents attendent" in text_of(awa.get(LIST))


def test_a_partner_of_nobody_sees_nothing(awa: Client, sandra: Client) -> None:  # noqa: F811
    assert sandra.get(LIST).status_code == 404
    assert parent_client("stranger").get(LIST).status_code == 404
