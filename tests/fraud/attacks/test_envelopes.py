"""Another body's officer, rightly designated and rightly signing, who writes what harms: numbers, papers beside the answer."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from fraud.envelopes.content import Document
from fraud.envelopes.sending import deliver, send
from fraud.exchanges.messages import answer_message, exchange_message
from fraud.exchanges.obtaining import told_of
from fraud.models import EvidenceItem, InfoExchange, ObtainedInformation
from fraud.rules import exchange as rules
from fraud.rules.figures import control_parameters
from tests.fraud.exchanges.conftest import pair  # noqa: F401
from tests.fraud.exchanges.world import (
    AGENCY,
    CAF,
    DAY,
    NOON,
    PERIODS,
    STAY,
    asked,
    case_of,
    decide,
    drafted,
    given,
    refused,
    sides,
)

PDF = b"%PDF-1.4 made up"


def posted(officer: Any, recipient: str, message: dict[str, Any], *documents: Document) -> str:
    sent = send(
        message=message, documents=documents, sender=officer.body_id, recipient=recipient, officer_pk=officer.pk, at=NOON
    )  # fmt: skip
    done = deliver(envelope_pk=sent.pk)
    assert done is not None
    return done.refusal


def paper(name: str = "a.pdf", content: bytes = PDF, at: datetime = NOON) -> Document:
    return Document(name, "application/pdf", content, "FINESS", at)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("CAF63-2026-900", ""),
        ("ARS84-2026-1", "MALFORMED"),
        ("CAF63-2026-1\r\nSet-Cookie: a=b", "MALFORMED"),
        ('CAF63-2026-1"; x="', "MALFORMED"),
        ("../../etc", "MALFORMED"),
        ("Mme Martin 1840163", "MALFORMED"),
    ],
)
def test_a_number_is_that_of_its_body_and_nothing_else(pair, number, code):  # noqa: F811
    message = exchange_message(drafted(pair), rules.due_on(control_parameters(), DAY)) | {"number": number}
    assert posted(pair[0], AGENCY, message) == code


def test_a_number_given_twice_is_refused_and_takes_no_other_one(pair):  # noqa: F811
    """What came under the number of another exchange would be missing from the notice, which names each once."""
    message = exchange_message(drafted(pair), rules.due_on(control_parameters(), DAY)) | {"number": "CAF63-2026-900"}
    assert posted(pair[0], AGENCY, message | {"reference": str(uuid4())}) == ""
    assert posted(pair[0], AGENCY, message | {"reference": str(uuid4())}) == "MALFORMED"
    assert InfoExchange.objects.filter(number="CAF63-2026-900").count() == 1


@pytest.mark.parametrize(("item", "code"), [(STAY, ""), (PERIODS, "MALFORMED"), ("", "MALFORMED")])
def test_no_paper_enters_a_case_beside_what_the_person_is_told(pair, item, code):  # noqa: F811
    out, side = asked(pair, case_pk=case_of(pair[0]).pk)
    decide(side, pair[1], **{STAY: given(), PERIODS: refused()})
    told = paper()
    said = {"sha256": told.sha256, "name": "a.pdf", "item": item, "dated": ""}
    assert posted(pair[1], CAF, answer_message(side) | {"papers": [said]}, told) == code
    assert EvidenceItem.objects.exists() is not bool(code)
    assert ObtainedInformation.objects.exists() is not bool(code)


def test_data_are_those_whose_hash_is_told(pair):  # noqa: F811
    out, side = asked(pair)
    decide(side, pair[1], **{STAY: given(data="a;b", data_format="CSV"), PERIODS: refused()})
    message = answer_message(side)
    false = [one | ({"data_sha256": "0" * 64} if one["data_sha256"] else {}) for one in message["items"]]
    assert posted(pair[1], CAF, message | {"items": false}) == "MALFORMED"
    assert posted(pair[1], CAF, message) == ""
    assert sides(out)[0].state == rules.PARTIAL


@pytest.mark.parametrize(
    "wrong", [paper("x\x00.pdf"), paper("n" * 4000), paper(content=b"PK\x03\x04zip"), paper("\ud800.pdf")]
)
def test_a_paper_that_nobody_could_keep_is_refused_with_a_receipt(pair, wrong):  # noqa: F811
    message = exchange_message(drafted(pair), rules.due_on(control_parameters(), DAY)) | {"number": "CAF63-2026-900"}
    try:
        code = posted(pair[0], AGENCY, message, wrong)
    except UnicodeEncodeError:
        return  # cannot even be signed
    assert code in ("MALFORMED", ""), code
    assert InfoExchange.objects.filter(direction="IN").count() == (code == "")


def test_a_paper_joined_to_a_communication_is_in_the_notice(pair):  # noqa: F811
    made = drafted(pair, form=rules.SPONTANEOUS, said={STAY: "séjour en juin"}, items=[STAY])
    message = exchange_message(made, None)
    told = paper("releve.pdf")
    said = {"sha256": told.sha256, "name": "releve.pdf", "item": "", "dated": ""}
    assert posted(pair[0], AGENCY, message | {"papers": [said]}, told) == ""
    assert "Document joint : releve.pdf" in told_of(InfoExchange.objects.get(direction="IN"))


def test_the_notice_holds_the_whole_of_what_was_said_words_and_data(pair):  # noqa: F811
    """Cut at a row's length, or without the data, it would leave the person unable to answer what the decision relies on."""
    out, side = asked(pair, case_pk=case_of(pair[0]).pk)
    words, data = "Séjour de la patiente. " * 90, "mois;jours\n2026-06;12"
    decide(side, pair[1], **{STAY: given(words.strip(), data=data, data_format="CSV"), PERIODS: refused()})
    assert posted(pair[1], CAF, answer_message(side)) == ""
    rows = ObtainedInformation.objects.filter(case=out.case).order_by("pk")
    assert len(rows) == 3
    assert "".join(one.content for one in rows) == told_of(sides(out)[0])
    assert words.strip() in told_of(sides(out)[0])
    assert data in told_of(sides(out)[0])
    assert all(len(one.content) <= 1000 for one in rows)
