"""The list: found by what one types, counted no further than is shown, read page by page; the page's acts, each for whom it is."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fraud.exchanges import keeping, selectors
from fraud.models import AuthorisedOfficer, InfoExchange, ObtainedInformation, OutgoingEnvelope
from fraud.rules import exchange as rules
from portal.accounts.models import Posting
from tests.fraud.envelopes.scene import make_officer
from tests.fraud.exchanges.test_going_on import PDF, failed
from tests.fraud.exchanges.test_pages import enter, page, post  # noqa: F401  # a fixture
from tests.fraud.exchanges.world import CAF, DAY, NOON, PERIODS, STAY, asked, case_of, delivered, drafted, sent

Enter = Callable[[AuthorisedOfficer], Client]


def many(pair: Any, number: int) -> list[InfoExchange]:
    """Requests that came to the agency, one a day later each."""
    mine, theirs = pair
    key = keeping.new_key()
    said = {
        "holder_id": theirs.body_id, "direction": "IN", "kind": "REQUEST", "counterpart_id": mine.body_id, "officer": theirs,
        "counterpart_officer": mine, "legal_basis": "L114-16-1", "purpose": "FINDING", "scope": "CHILDCARE", "departement": "63",
        "period_start": date(2026, 1, 1), "period_end": DAY, "motive": "x", "sealed_key": key,
        "sealed": keeping.lock(key, {"person": {}}), "state": "ACKNOWLEDGED", "drafted_on": DAY, "dated": DAY, "sent_at": NOON,
        "acknowledged_at": NOON, "retained_until": date(2027, 2, 25),
    }  # fmt: skip
    return InfoExchange.objects.bulk_create(
        InfoExchange(
            reference=uuid4(), number=f"CAF63-2026-{n}", person_key=uuid4(), due_on=DAY + timedelta(days=n), **said
        )
        for n in range(1, number + 1)
    )


def test_a_search_finds_by_number_case_body_and_name_and_only_that(pair, enter):  # noqa: F811
    case = case_of(pair[0])
    out, _side = asked(pair, case_pk=case.pk, reason="")
    client = enter(pair[0])
    for typed in (out.number.lower(), case.number, "ars84", pair[1].last_name[:4].upper()):
        assert out.number in page(client, "exchanges", vue="envoyes", q=typed), typed
    for typed in ("ARS", "CAF63-2027", "Fournier", "%", "\x00", "x" * 500):
        assert (f">{out.number}</a>" in page(client, "exchanges", vue="envoyes", q=typed)) is (typed == "\x00"), typed
    page(client, "exchanges", vue="envoyes", q=out.number, state="NONSENSE", after="x")


def test_pages_by_key_give_each_once_the_most_pressing_first(pair, enter):  # noqa: F811
    many(pair, 30)
    client = enter(pair[1])
    first = client.get(reverse("fraud:partner")).context
    second = client.get(reverse("fraud:partner"), {"after": first["page"].next, "vue": "repondre"}).context
    days = [one.due_on for answer in (first, second) for one in answer["page"].rows]

    assert (len(first["page"].rows), len(second["page"].rows)) == (25, 5)
    assert days == sorted(days)
    assert len(set(days)) == 30


def test_nothing_is_counted_beyond_what_is_shown(pair, enter, monkeypatch):  # noqa: F811
    monkeypatch.setattr(selectors, "COUNTED", 3)
    many(pair, 4)
    with CaptureQueriesContext(
        connection,
    ) as made:
        text = page(enter(pair[1]), "partner")
    assert "3 et plus réponses sont attendues" in text
    counts = [
        one["sql"] for one in made.captured_queries if "COUNT(" in one["sql"] and "fraud_infoexchange" in one["sql"]
    ]
    assert counts
    assert all("LIMIT" in sql for sql in counts)


def test_what_was_not_handed_over_is_told_and_sent_again_by_its_officer(pair, enter):  # noqa: F811
    out = sent(pair)
    failed()
    other = make_officer(CAF, "SCHEME_CONTROL", "colleague", act_no="2025-18")
    for officer, offered in ((pair[0], True), (other, False)):
        text = page(enter(officer), "exchange", out.key)
        assert "Non remise" in text
        assert ("Essayer de nouveau" in text) is offered
    post(enter(other), "exchange_act", out.key, "relancer", status=409)
    assert "L’envoi est relancé." in post(enter(pair[0]), "exchange_act", out.key, "relancer")
    delivered()
    assert "Essayer de nouveau" not in page(enter(pair[0]), "exchange", out.key)
    assert OutgoingEnvelope.objects.count() == 1


def test_taken_over_then_closed_on_the_page(pair, enter):  # noqa: F811
    out, _side = asked(pair)
    other = make_officer(CAF, "SCHEME_CONTROL", "colleague", act_no="2025-18")
    assert "Reprendre cet échange" not in page(enter(other), "exchange", out.key)
    post(enter(other), "exchange_act", out.key, "reprendre", status=409)
    Posting.objects.filter(user=pair[0].user).update(ends_on=DAY)
    assert "n’est plus désignée" in page(enter(other), "exchange", out.key)
    text = post(enter(other), "exchange_act", out.key, "reprendre")
    assert "Vous suivez désormais cet échange" in text
    assert "repris par Ève Colleague, acte n° 2025-18" in text


def test_a_draft_is_shown_as_it_was_written_then_otherwise(pair, enter):  # noqa: F811
    made = drafted(pair)
    client = enter(pair[0])
    form = page(client, "exchange_edit", made.key)
    for text in ('value="Fournier"', 'value="12/05/1990"', 'value="30/09/2026"', "heures de garde déclarées deux fois"):
        assert text in form
    assert form.count(" checked") == 2
    typed = {
        "recipient": pair[1].pk, "legal_basis": "L114-16-1", "purpose": "FINDING", "scope": "CHILDCARE", "departement": "63",
        "last_name": "Fournier", "first_name": "Claire", "born_on": "12/05/1990", "items": [STAY], "period_start": "01/06/2026",
        "period_end": "31/07/2026", "reason": "deux mois suffisent",
    }  # fmt: skip
    assert "Reliez l’échange à un dossier" in post(
        client, "exchange_edit", made.key, status=422, **typed | {"reason": ""}
    )
    assert "est modifié. Rien n’est parti." in post(client, "exchange_edit", made.key, **typed)
    made.refresh_from_db()
    assert (made.motive, made.period_end, made.items.count()) == ("deux mois suffisent", date(2026, 8, 1), 1)
    post(client, "exchange_act", made.key, "envoyer")
    page(client, "exchange_edit", made.key, status=409)
    page(
        enter(make_officer(CAF, "SCHEME_CONTROL", "colleague", act_no="2025-18")), "exchange_edit", made.key, status=409
    )


def test_several_papers_come_with_one_answer_enter_the_case_and_the_answer_is_proven(pair, enter):  # noqa: F811
    from django.core.files.uploadedfile import SimpleUploadedFile as Sent

    case = case_of(pair[0])
    out, side = asked(pair, case_pk=case.pk, reason="")
    theirs = enter(pair[1])
    said = {f"{STAY}-outcome": "GIVEN", f"{STAY}-system": "FINESS", f"{STAY}-taken": "26/10/2026"}
    post(
        theirs,
        "partner_exchange_item",
        side.key,
        STAY,
        **said,
        **{f"{STAY}-paper": [Sent("a.pdf", PDF), Sent("b.txt", b"juin")]},
    )
    post(theirs, "partner_exchange_item", side.key, PERIODS, **{f"{PERIODS}-outcome": "NOT_HELD"})
    post(theirs, "partner_exchange_act", side.key, "repondre")
    delivered()

    text = page(enter(pair[0]), "exchange", out.key)
    assert "a.pdf" in text
    assert "b.txt" in text
    noted = ObtainedInformation.objects.get(case=case)
    assert "(2 documents) : voir le document" in noted.content
    assert {one.evidence.case for one in out.documents.select_related("evidence__case")} == {case}
    proof = enter(pair[0]).post(reverse("fraud:exchange_proof", args=[out.key]), {"of": "answer"})
    assert len(proof.json()["contents"]) == 2
    out.refresh_from_db()
    assert out.state == rules.PARTIAL
