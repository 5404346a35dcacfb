"""Marc tries to learn where Laure lives, by every way there is. Two worlds, in which she lives elsewhere under another
name, give him the same bytes: what does not depend on her cannot tell of her."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from aripa.exports import export_aripa
from aripa.models import Event, Parent, ParentAct
from aripa.own.acts import NO_END
from portal.letters.models import Letter, LetterJob
from portal.letters.operations import write_letters
from portal.notices.models import Contact
from portal.notices.operations import send, waiting
from portal.people.vault import decrypt
from tests.aripa.own.cases import DAY, LAURE, SECRETS, besson, client_of, live, paid
from tests.aripa.rows import event_row
from tests.portal.letters.test_letters import unpacked

pytestmark = pytest.mark.django_db
OTHER = LAURE | {
    "fund": "CAF67", "address": "88 quai des Bateliers", "postcode": "67000", "city": "Strasbourg", "phone": "03 88 11 22 33",
    "email": "l.b@exemple.org", "usual_name": "Muller", "birth_place": "Colmar", "employer_no": "EMP-STRASBOURG-2",
    "iban_tail": "9753",
}  # fmt: skip
# Headers that say the hour of the answer; its length follows that of our own numbers.
CLOCKED = ("Content-Length", "Expires", "Last-Modified")
# What changes from one request to the next by itself.
CHANGING = (
    (re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'), b""),
    (re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), b"uuid"),
    (re.compile(rb"20\d\d-\d{7}"), b"number"),
    (re.compile(rb"courriers/\d+/"), b"courriers/n/"),
    (re.compile(rb"actes?/?P-\d{7}|P-\d{7}"), b"act"),
    (re.compile(rb"E-[0-9A-F]{4}"), b"reference"),
    (re.compile(rb'name="about" value="\d+"'), b""),
)


def world(laure: dict[str, Any], laure_acts_at: int) -> Client:
    """Six months paid, three in default, 400 euros, a request to end; Laure acts at another hour in each world."""
    with connection.cursor() as cursor:
        # The numbers of letters go on whatever is rolled back: both worlds begin at the same one.
        cursor.execute("SELECT setval('letters_letter_numbers', 100)")
    besson(laure=laure)
    paid()
    event_row("2026-07-20", "NOTICE_RECEIVED", "BESSON-1", letter="L08", party="DEBTOR", effective_on="2026-07-20")
    event_row("2026-09-01", "MOVE", "BESSON-1", party="CREDITOR")
    event_row("2026-10-01", "END_REQUEST", "BESSON-1", party="DEBTOR")
    event_row("2026-10-20", "PAYMENT_RECEIVED", "BESSON-1", means="TRANSFER", amount_cents=400_00)
    live()
    write_letters()
    hers = client_of("hers", "P-BESSON-1")
    hers.post("/famille/pension/arriere/BESSON-1/", {"key": uuid4(), "m-2025-12-K-BESSON-1": "250"})
    ParentAct.objects.update(at=timezone.now().replace(hour=laure_acts_at))
    return client_of("marc", "D-BESSON-1")


def addresses() -> Iterator[str]:
    """Every page of the pension, on his case and on guesses; those of agents and of families besides."""
    for pattern in get_resolver("aripa.urls").url_patterns:
        for one in getattr(pattern, "url_patterns", [pattern]):
            words = {
                "case_no": "BESSON-1", "month": "2026-10", "section": "vous", "key": uuid4(), "token": "x", "disclosure": 1,
                "day": "2026-10-27", "act": 1, "paper": 1, "worry": 1, "party": "crediteur", "number": 1, "code": "PAYMENT_RECEIVED",
                "name": "SNP-J20261026-V001.xml", "kind": "impayees", "pk": 1, "ref": "O-0000001",
            }  # fmt: skip
            if "letter" in one.pattern.converters:
                for letter in Letter.objects.order_by("pk"):
                    yield reverse(f"aripa:{one.name}", kwargs={"letter": letter.pk})
                continue
            yield reverse(f"aripa:{one.name}", kwargs={name: words[name] for name in one.pattern.converters})
    yield from ("/famille/", "/famille/pension/dossier/P-BESSON-1/", "/famille/pension/montant/x/BESSON-1/", "/nulle-part/",
                "/agent/", "/agent/recherche/", "/api/v1/schema/", "/famille/courriers/", "/famille/messages/",
                "/famille/pension/demande/verifier/", "/composants/", "/compte/")  # fmt: skip


def seen(client: Client) -> list[bytes]:
    """Status, headers and bytes of everything, PDF included."""
    found = []
    for address in addresses():
        if "quitter" in address:
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(address, {"key": uuid4()} if method == "post" else {})
            heads = " ".join(
                f"{name}: {value}" for name, value in sorted(answer.headers.items()) if name not in CLOCKED
            )
            found.append(f"{method} {address} {answer.status_code} {heads}".encode())
            found.append(answer.content)
    return [_still(one) for one in found]


def _still(content: bytes) -> bytes:
    for pattern, instead in CHANGING:
        content = pattern.sub(instead, content)
    return content


def _difference(one: bytes, two: bytes) -> tuple[bytes, bytes]:
    at = next((index for index, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    return one[max(0, at - 150) : at + 50], two[max(0, at - 150) : at + 50]


@pytest.fixture
def both() -> tuple[list[bytes], list[bytes]]:
    kept = []
    for laure, hour in ((LAURE, 3), (OTHER, 22)):
        with transaction.atomic():
            kept.append(seen(world(laure, hour)))
            transaction.set_rollback(True)
    return kept[0], kept[1]


def test_nothing_that_marc_can_get_depends_on_where_laure_is(both: tuple[list[bytes], list[bytes]]) -> None:
    here, elsewhere = both

    assert len(here) == len(elsewhere) > 100
    differing = [_difference(one, two) for one, two in zip(here, elsewhere, strict=True) if one != two]
    assert not differing, differing[:3]
    for heads, content in zip(here[::2], here[1::2], strict=True):
        # The gallery of components draws every département of France, for everybody.
        named = b"" if b" /composants/ " in heads else content
        told = [secret for secret in SECRETS if secret.encode() in heads + named]
        assert not told, (told, heads)


def test_what_marc_does_get_is_there(october: None, marc: Client) -> None:
    """The test above would pass on empty pages: here is what it looked through."""
    write_letters()
    first = marc.get("/famille/pension/").content.decode()
    letters = marc.get("/famille/pension/courriers/").content.decode()
    pdf = Letter.objects.filter(subject="aripa:BESSON-1:DEBTOR", kind="aripa.L08").first()

    assert "600,00" in first
    assert "Dernier rappel avant recouvrement" in letters
    assert pdf is not None
    answer = marc.get(f"/famille/pension/courriers/{pdf.pk}/pdf/")
    text = decrypt(pdf.text).decode()
    assert answer.content.startswith(b"%PDF")
    assert b'pdfuaid:part="1"' in unpacked(answer.content)
    assert "Service national des pensions" in text
    assert "Marc Tissier" in text
    assert answer["Content-Disposition"] == f'attachment; filename="courrier-{pdf.number}.pdf"'


def test_every_letter_to_marc_or_to_a_garnishee_and_its_kept_facts_say_nothing_of_her(october: None) -> None:
    jobs = LetterJob.objects.filter(subject__startswith="aripa:BESSON-1:").exclude(subject__endswith=":CREDITOR")

    assert jobs.count() == 3
    for job in jobs:
        facts = decrypt(job.facts).decode()
        assert not [secret for secret in SECRETS if secret in facts], facts


def test_the_letters_of_the_other_parent_are_not_there(october: None, marc: Client, laure: Client) -> None:
    write_letters()
    hers = Letter.objects.filter(subject="aripa:BESSON-1:CREDITOR").first()

    assert hers is not None
    assert marc.get(f"/famille/pension/courriers/{hers.pk}/").status_code == 404
    assert marc.get(f"/famille/pension/courriers/{hers.pk}/pdf/").status_code == 404
    assert laure.get(f"/famille/pension/courriers/{hers.pk}/").status_code == 200


def test_a_request_to_end_meets_the_sentence_of_every_legal_bar(
    october: None, marc: Client, laure: Client, sandra: Client
) -> None:
    """Protected, ended or not open yet: one sentence; nothing is entered, Laure is told nothing."""
    before = Event.objects.count()
    page = marc.get("/famille/pension/fin/BESSON-1/").content.decode()
    answer = marc.post("/famille/pension/fin/BESSON-1/", {"key": uuid4()})

    assert NO_END in page
    assert (answer.status_code, Event.objects.count()) == (422, before)
    assert "fin de l’intermédiation" not in laure.get("/famille/pension/").content.decode()
    assert NO_END in laure.get("/famille/pension/fin/BESSON-1/").content.decode()

    event_row("2026-10-26", "DEATH", "FAURE-1", party="CREDITOR", effective_on="2026-10-26")
    live(date(2026, 10, 27))
    barred = sandra.get("/famille/pension/fin/FAURE-1/").content.decode()
    assert _main(barred).replace("FAURE", "BESSON") == _main(page)


def _main(page: str) -> str:
    return page[page.index("<h1>") : page.index("</main>")]


def test_a_flag_raised_today_counts_before_the_day_is_lived(october: None, sandra: Client, julien: Client) -> None:
    assert "Quitter cette page" not in julien.get("/famille/pension/").content.decode()
    assert NO_END not in sandra.get("/famille/pension/fin/FAURE-1/").content.decode()

    event_row("2026-10-26", "VIOLENCE", "FAURE-1")

    assert NO_END in sandra.get("/famille/pension/fin/FAURE-1/").content.decode()
    assert sandra.post("/famille/pension/fin/FAURE-1/", {"key": uuid4()}).status_code == 422
    for path in ("", "courriers/", "compte/"):
        assert "Quitter cette page" in julien.get(f"/famille/pension/{path}").content.decode()


@pytest.mark.parametrize("path", [
    "", "dossier/BESSON-1/", "releve/BESSON-1/", "courriers/", "compte/", "paiement/", "actes/", "demande/", "demande/vous/",
    "arriere/BESSON-1/", "rendre/BESSON-1/", "montant/2026-10/BESSON-1/", "fin/BESSON-1/",
])  # fmt: skip
def test_laure_can_leave_each_of_her_pages_at_once(laure: Client, path: str) -> None:
    assert "Quitter cette page" in laure.get(f"/famille/pension/{path}").content.decode()


def test_leaving_signs_out_and_leads_elsewhere(laure: Client, settings: Any) -> None:
    answer = laure.get("/famille/pension/quitter/")

    assert (answer.status_code, answer["Location"]) == (302, settings.PENSIONS_EXIT)
    assert laure.get("/famille/pension/").status_code == 302
    assert laure.get("/famille/pension/")["Location"].startswith("/entree/")


def test_marc_and_sandra_have_nothing_to_leave(marc: Client, sandra: Client) -> None:
    for client in (marc, sandra):
        assert "Quitter cette page" not in client.get("/famille/pension/").content.decode()


def test_her_e_mails_are_neutral(october: None, laure: Client, settings: Any) -> None:
    user = laure.get("/famille/pension/").wsgi_request.user
    Contact.objects.create(user=user, address="abri@exemple.fr", asked_at=timezone.now(), confirmed_at=timezone.now())
    write_letters()
    for pk in waiting(timezone.now()):
        send(notice_pk=pk)

    assert len(mail.outbox) >= 2
    for one in mail.outbox:
        assert one.subject == "Un message vous attend"
        whole = f"{one.subject} {one.body}".lower()
        assert not [
            word for word in ("pension", "marc", "tom", "violence", "enfant", "finist", "caf") if word in whole
        ], whole


def test_the_exported_statement_of_the_debtor_says_nothing_of_her(october: None, tmp_path: Any) -> None:
    export_aripa(tmp_path)
    content = (tmp_path / "statements" / "DEBTOR" / "BESSON-1.csv").read_bytes()

    assert content.count(b"\n") > 10
    assert not [secret for secret in SECRETS if secret.encode() in content]


def test_the_secrets_are_those_of_her_row(october: None) -> None:
    """A secret that her row does not hold would prove nothing."""
    row = Parent.objects.get(parent_no="P-BESSON-1")
    held = " ".join(str(getattr(row, one.attname)) for one in row._meta.concrete_fields)
    for secret in ("CAF29", "Kergoat", "29000", "Quimper", "Kervella", "Landerneau", "8642", "beef"):
        assert secret in held
    assert date(2026, 10, 26) == DAY
