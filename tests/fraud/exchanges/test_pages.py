"""The two doors: what is told there, and what nobody learns by guessing."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from fraud.exchanges import ending
from fraud.exchanges.answering import Decision
from fraud.exchanges.attaching import Paper
from fraud.journal.selectors import told
from fraud.models import AuthorisedOfficer, InfoExchange
from fraud.rules import exchange as rules
from portal.accounts.models import Posting
from portal.audit.models import JournalEntry
from portal.audit.operations import verify_chain
from tests.fraud.envelopes.scene import make_officer
from tests.fraud.exchanges.world import (
    AGENCY,
    CAF,
    DAY,
    NOON,
    PERIODS,
    STAY,
    answered,
    asked,
    case_of,
    decide,
    delivered,
    given,
    refused,
)


@pytest.fixture
def enter() -> Callable[[AuthorisedOfficer], Client]:
    def do(officer: AuthorisedOfficer) -> Client:
        client = Client()
        client.force_login(officer.user)
        return client

    return do


def page(client: Client, name: str, *args, status: int = 200, **get) -> str:
    answer = client.get(reverse(f"fraud:{name}", args=args), get)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def post(client: Client, name: str, *args, status: int = 302, **data) -> str:
    answer = client.post(reverse(f"fraud:{name}", args=args), {"key": uuid4(), **data}, follow=status == 302)
    assert (answer.status_code, bool(answer.redirect_chain) if status == 302 else True) == (
        200 if status == 302 else status,
        True,
    )
    return answer.content.decode()


def test_the_box_says_what_waits_and_when_the_designation_ends(pair, enter):
    out, side = asked(pair)
    text = page(enter(pair[1]), "partner")
    ends_first = "Votre désignation finit le samedi 31 octobre 2026, avant cette date"

    assert ends_first in page(enter(pair[1]), "partner_exchange", side.key)
    assert ends_first not in page(enter(pair[0]), "exchange", out.key)
    assert "1 réponse est attendue avant le mercredi 25 novembre 2026" in text
    assert "finit le samedi 31 octobre 2026" in text
    assert out.number in text
    assert "Fournier" not in text
    for text in (out.number, AGENCY.lower(), pair[1].last_name):
        assert out.number in page(enter(pair[0]), "exchanges", q=text, vue="envoyes", state="ACKNOWLEDGED")
    assert out.number not in page(enter(pair[0]), "exchanges", q="XYZ", vue="envoyes")


def test_without_a_designation_nothing_is_shown_but_whom_to_ask(pair, enter):
    out, side = asked(pair)
    AuthorisedOfficer.objects.filter(pk=pair[1].pk).update(revoked_on=DAY)
    client = enter(pair[1])
    text = page(client, "partner")

    assert "a pris fin : son dernier jour était le dimanche 25 octobre 2026" in text
    assert out.number not in text
    page(client, "partner_exchange", side.key, status=404)
    post(client, "partner_exchange_act", side.key, "repondre", status=404)


def test_an_address_guessed_or_of_the_other_side_is_not_there(pair, enter):
    out, side = asked(pair)
    theirs = enter(pair[1])
    for key in (out.key, uuid4()):
        page(theirs, "partner_exchange", key, status=404)
    page(theirs, "exchange", side.key, status=404)
    far = make_officer(AGENCY, "HEALTH_AGENCY", "far", act_no="2025-22", territory=["69"])
    page(enter(far), "partner_exchange", side.key, status=404)


def test_opening_is_journaled_with_its_motive_and_read_once(pair, enter):
    out, side = asked(pair)
    client = enter(pair[1])
    for _time in range(2):
        assert "Claire Fournier" in page(client, "partner_exchange", side.key)
    delivered()
    reads = JournalEntry.objects.filter(action="control.exchange_read")
    assert [one.detail["motive_signs"] for one in reads] == [35] * 2
    out.refresh_from_db()
    assert out.read_at is not None
    assert JournalEntry.objects.filter(action="control.exchange_opened_there").count() == 1


def test_the_journal_keeps_no_words_and_whoever_reads_it_again_sees_those_of_the_exchange(pair, enter):
    mine, theirs = pair
    _out, side = asked(pair)
    case = case_of(mine)
    of_case, _side = asked(pair, case_pk=case.pk)
    page(enter(theirs), "partner_exchange", side.key)
    page(enter(mine), "exchange", of_case.key)
    first, second = JournalEntry.objects.filter(action="control.exchange_read").order_by("pk")

    assert "heures de garde" not in str(list(JournalEntry.objects.values_list("detail", flat=True)))
    assert told(first).detail == [("Motif", "heures de garde déclarées deux fois")]
    assert told(second).detail == [("Dossier", case.number)]
    ending.expire_due(on=date(2026, 11, 26), at=NOON)
    ending.purge_due(on=date(2027, 2, 26), at=NOON)
    assert told(first).detail == [("Motif", "effacé")]
    assert verify_chain() == []


def test_answered_on_the_page_one_given_one_refused(pair, enter):
    out, side = asked(pair)
    client = enter(pair[1])
    wrong = post(client, "partner_exchange_item", side.key, STAY, status=422, **{f"{STAY}-outcome": "GIVEN"})
    assert "Écrivez la réponse, ou joignez un document." in wrong
    said = {
        f"{STAY}-outcome": "GIVEN",
        f"{STAY}-words": "du 1er au 28",
        f"{STAY}-system": "FINESS",
        f"{STAY}-taken": "26/10/2026",
    }
    assert "Il en reste 1." in post(client, "partner_exchange_item", side.key, STAY, **said)
    said = {f"{PERIODS}-outcome": "REFUSED", f"{PERIODS}-refusal": "MEDICAL_SECRECY"}
    assert "médecin-conseil" in post(client, "partner_exchange_item", side.key, PERIODS, **said)
    for _time in range(2):
        text = post(client, "partner_exchange_act", side.key, "repondre")
    delivered()
    out.refresh_from_db()
    assert out.state == rules.PARTIAL
    assert "du 1er au 28" in page(enter(pair[0]), "exchange", out.key)
    assert "Envoyer la réponse" not in text
    post(client, "partner_exchange_item", side.key, STAY, status=409, **said | {f"{STAY}-outcome": "NOT_HELD"})


def test_what_is_not_held_is_not_told_as_a_refusal(pair, enter):
    none = Decision(rules.NOT_HELD)
    (out, side), (other, told) = asked(pair), asked(pair)
    answered(side, pair[1], **{PERIODS: none, STAY: none})
    answered(told, pair[1], **{PERIODS: none, STAY: refused()})

    assert "Information non détenue" in page(enter(pair[0]), "exchange", out.key)
    assert "Répondu le" in page(enter(pair[1]), "partner_exchange", side.key)
    assert "Refusé le" in page(enter(pair[0]), "exchange", other.key)


def test_a_new_request_lists_what_cannot_be_asked_and_shows_all_before_it_leaves(pair, enter):
    client = enter(pair[0])
    form = page(client, "exchange_new", destinataire=pair[1].pk, forme="REQUEST")
    assert "Salaires versés, mois par mois" in form
    assert "hors de ce qui peut circuler" in form
    assert 'value="PAY_BY_MONTH"' not in form
    AuthorisedOfficer.objects.filter(pk=pair[1].pk)
    typed = {
        "recipient": pair[1].pk, "form": "REQUEST", "legal_basis": "L114-16-1", "purpose": "FINDING", "scope": "CHILDCARE",
        "departement": "63", "last_name": "Fournier", "first_name": "Claire", "born_on": "12/05/1990", "items": [STAY],
        "period_start": "01/06/2026", "period_end": "30/09/2026", "reason": "heures déclarées deux fois",
    }  # fmt: skip
    wrong = post(client, "exchange_new", status=422, **typed | {"items": ["PAY_BY_MONTH"], "reason": ""})
    assert "Reliez l’échange à un dossier" in wrong
    text = post(client, "exchange_new", **typed)
    made = InfoExchange.objects.get()
    assert (made.state, made.period_end) == (rules.DRAFT, date(2026, 10, 1))
    assert "peut partir" in text
    assert "est parti vers" in post(client, "exchange_act", made.key, "envoyer")


def test_sent_by_somebody_whose_designation_ended_meanwhile(pair, enter):
    out, _side = asked(pair)
    other = make_officer(CAF, "SCHEME_CONTROL", "other", act_no="2025-30")
    made = InfoExchange.objects.get(pk=asked((other, pair[1]))[0].pk)
    Posting.objects.filter(user=other.user).update(ends_on=DAY)
    page(enter(other), "exchange", made.key, status=404)
    assert out.number != made.number


def test_the_data_leave_for_the_case_only(pair, enter):
    case = case_of(pair[0])
    out, side = asked(pair, case_pk=case.pk)
    answered(side, pair[1], **{STAY: given(papers=[Paper("note.txt", b"presence")]), PERIODS: refused()})
    other, _side = asked(pair)

    answer = enter(pair[0]).post(reverse("fraud:exchange_export", args=[out.key]))
    assert answer.json()["case"] == case.number
    assert answer.json()["items"][0]["words"] == "du 1er au 28 septembre 2026"
    post(enter(pair[0]), "exchange_export", other.key, status=409)
    post(enter(pair[1]), "partner_exchange_export", side.key, status=409)


def test_a_paper_is_opened_with_the_mark_and_the_proof_is_taken(pair, enter):
    out, side = asked(pair)
    decide(side, pair[1], **{STAY: given(papers=[Paper("note.txt", b"presence")])})
    client = enter(pair[1])
    answer = client.get(reverse("fraud:partner_exchange_document", args=[side.key, side.documents.get().pk]))
    assert answer.content.startswith(b"%PDF")
    page(client, "partner_exchange_document", side.key, 0, status=404)
    proof = client.post(reverse("fraud:partner_exchange_proof", args=[side.key]))
    assert proof.json()["format"].startswith("portail-preuve")
    whats = [one.detail["what"] for one in JournalEntry.objects.filter(action="control.exchange_read")]
    assert whats[-1] == "proof"
    assert whats[0].startswith("document:")
