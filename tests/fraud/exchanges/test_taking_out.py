"""A paper joined by mistake: out with its bytes until what bears it leaves, and never after."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from fraud.exchanges import sending
from fraud.exchanges.attaching import Paper, attach
from fraud.exchanges.keeping import bytes_of
from fraud.exchanges.taking_out import take_out
from fraud.exchanges.words import NotNow
from fraud.guarding import LinkedToThem
from fraud.models import AuthorisedOfficer, DeclaredLink, EvidenceItem, ExchangeDocument, InfoExchange
from portal.audit.models import JournalEntry
from tests.fraud.envelopes.scene import make_officer
from tests.fraud.exchanges.world import (
    CAF,
    DAY,
    NOON,
    PERIODS,
    STAY,
    answered,
    case_of,
    decide,
    delivered,
    drafted,
    given,
    sides,
)

WRONG, RIGHT = Paper("voisin.pdf", b"%PDF-1.7\nautre famille\n%%EOF"), Paper("note.pdf", b"%PDF-1.7\nregistre\n%%EOF")


def joined(made: InfoExchange, officer: AuthorisedOfficer, *papers: Paper) -> list[ExchangeDocument]:
    return [
        attach(exchange_pk=made.pk, paper=one, system="CRISTAL", extraction_at=NOON, by_pk=officer.user_id, at=NOON)
        for one in papers
    ]


def out(document: ExchangeDocument, officer: AuthorisedOfficer) -> bool:
    return take_out(exchange_pk=document.exchange_id, document_pk=document.pk, by_pk=officer.user_id, at=NOON)


def test_out_of_a_draft_with_its_bytes_and_in_again_if_it_was_right(pair):
    mine, _theirs = pair
    made = drafted(pair, case_pk=case_of(mine).pk)
    wrong, right = joined(made, mine, WRONG, RIGHT)

    assert [out(wrong, mine), out(wrong, mine)] == [True, False]

    assert [one.pk for one in made.documents.all()] == [right.pk]
    left = EvidenceItem.objects.get(pk=wrong.evidence_id)
    assert (bytes(left.content), left.purged_on, left.sha256) == (b"", DAY, wrong.evidence.sha256)
    line = JournalEntry.objects.get(action="control.exchange_paper_out")
    assert line.detail == {"exchange": made.number, "sha256": wrong.evidence.sha256, "item": ""}
    (again,) = joined(made, mine, WRONG)
    assert bytes_of(again) == WRONG.content


def test_a_colleague_somebody_close_and_what_left_are_refused(pair):
    mine, _theirs = pair
    made = drafted(pair)
    (document,) = joined(made, mine, RIGHT)
    with pytest.raises(NotNow):
        out(document, make_officer(CAF, "SCHEME_CONTROL", "colleague", act_no="2025-18"))
    link = DeclaredLink.objects.create(
        user=mine.user, person_key=made.person_key, relation="RELATIVE", since=DAY.replace(year=2020)
    )
    with pytest.raises(LinkedToThem):
        out(document, mine)
    DeclaredLink.objects.filter(pk=link.pk).update(until=DAY)

    sending.send(exchange_pk=made.pk, by_pk=mine.user_id, on=DAY, at=NOON)
    with pytest.raises(NotNow):
        out(document, mine)
    for sql in (
        f"DELETE FROM fraud_exchangedocument WHERE id = {document.pk}",
        f"UPDATE fraud_exchangedocument SET name = 'x' WHERE id = {document.pk}",
        f"UPDATE fraud_evidenceitem SET content = '', purged_on = '2026-10-26' WHERE id = {document.evidence_id}",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert bytes_of(made.documents.get()) == RIGHT.content


def test_the_row_alone_does_not_go_while_its_bytes_stay(pair):
    (document,) = joined(drafted(pair), pair[0], RIGHT)
    with pytest.raises(IntegrityError, match="avec son contenu"), transaction.atomic():
        document.delete()


def test_out_of_an_answer_that_has_not_left_its_item_is_to_be_decided_again(pair):
    _mine, theirs = pair
    request = drafted(pair)
    joined(request, pair[0], RIGHT)
    sending.send(exchange_pk=request.pk, by_pk=pair[0].user_id, on=DAY, at=NOON)
    delivered()
    _out, side = sides(request)
    decide(side, theirs, **{STAY: given("", papers=[WRONG]), PERIODS: given("en mars", papers=[WRONG])})
    alone, beside = side.documents.exclude(item=None).order_by("item__code").order_by("item__position")

    with pytest.raises(NotNow):
        out(side.documents.get(item=None), theirs)
    assert out(alone, theirs)
    assert bytes_of(side.documents.get(pk=beside.pk)) == WRONG.content
    assert out(beside, theirs)

    assert dict(side.items.values_list("code", "outcome")) == {STAY: "", PERIODS: "GIVEN"}
    assert not EvidenceItem.objects.exclude(purged_on=None).exclude(content=b"").exists()
    answered(side, theirs, **{STAY: given()})
    side.refresh_from_db()
    assert side.state == "ANSWERED"
    with pytest.raises(NotNow):
        out(side.documents.get(item=None), theirs)


def test_the_page_asks_before_it_takes_a_paper_out(pair, client: Client):
    mine, _theirs = pair
    made = drafted(pair)
    (document,) = joined(made, mine, WRONG)
    client.force_login(mine.user)
    page = reverse("fraud:exchange", args=[made.key])
    shown = client.get(page).content.decode()
    assert "<summary>Retirer" in shown
    assert "Retirer et effacer cette pièce" in shown

    act = reverse("fraud:exchange_act", args=[made.key, "retirer"])
    sentences = [
        client.post(act, {"key": uuid4(), "document": document.pk}, follow=True).content.decode() for _time in range(2)
    ]
    assert "La pièce est retirée et effacée." in sentences[0]
    assert "Cette pièce n’est plus à l’échange." in sentences[1]
    assert client.post(act, {"key": uuid4(), "document": "tout"}).status_code == 404
    assert "voisin.pdf" not in client.get(page).content.decode()
