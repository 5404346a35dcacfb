"""The papers of a family: opened by it and by its agents, by nobody else, in an answer that runs nothing."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cmg.models import Report
from portal.accounts.models import Posting, Role, User
from portal.audit.models import JournalEntry
from portal.casework.models import Attachment, Message
from portal.casework.papers import LARGEST, keep_attachment
from portal.people.vault import encrypt
from tests.cmg.remedies.families import DAY, closed, moved_away, received

pytestmark = pytest.mark.django_db
JPEG, PNG, PDF = b"\xff\xd8\xff\xe0" + b"j" * 60, b"\x89PNG\r\n\x1a\n" + b"p" * 60, b"%PDF-1.7\n" + b"d" * 60


def write(client: Client, content: bytes | None = PNG, key: str = "", words: str = "Voici.", name: str = "relevé.png"):  # type: ignore[no-untyped-def]
    photo = {} if content is None else {"photo": SimpleUploadedFile(name, content)}
    return client.post("/famille/messages/", {"key": key or str(uuid4()), "text": words, **photo})


def report_with(client: Client, content: bytes = PNG, name: str = "relevé.png") -> Report:
    client.post("/famille/signaler/", {"key": str(uuid4()), "symptom": "DEBITED", "month": "2026-10", "words": "non",
                                       "photo": SimpleUploadedFile(name, content)})  # fmt: skip
    return Report.objects.latest("pk")


def agent(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def elsewhere() -> Client:
    """A caseworker of another fund."""
    user = User.objects.create(username="ailleurs")
    Posting.objects.create(user=user, role=Role.FUND_CASEWORKER, fund="CAF59", starts_on=DAY)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def family(tmp_path: Path, anne: Client) -> Client:
    received(tmp_path, moved_away)
    closed()
    return anne


@pytest.mark.parametrize(("content", "kind", "how"), [
    (PNG, "image/png", "inline"), (JPEG, "image/jpeg", "inline"), (PDF, "application/pdf", "attachment"),
])  # fmt: skip
def test_a_family_opens_its_paper_as_it_gave_it(family: Client, content: bytes, kind: str, how: str) -> None:
    report_with(family, content, name='a"b\r\nélan.html')

    answer = family.get(f"/famille/pieces/{Attachment.objects.get().pk}/")

    assert answer.content == content
    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"].startswith(f"{how}; ")
    assert "\n" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-store"
    assert not JournalEntry.objects.filter(action="cmg.paper.read").exists()


def test_an_agent_who_may_open_the_dossier_opens_its_papers_and_it_is_journaled(family: Client) -> None:
    report_with(family)
    paper = Attachment.objects.get()

    assert agent("nathalie").get(f"/agent/pieces/{paper.pk}/").content == PNG
    entry = JournalEntry.objects.get(action="cmg.paper.read")
    assert (entry.actor, entry.subject, entry.detail["paper"]) == ("nathalie", "cmg:employer:E1", paper.pk)


def test_a_stranger_another_fund_and_a_tampered_number_learn_nothing(family: Client, stranger: Client) -> None:
    report_with(family)
    pk = Attachment.objects.get().pk
    other = keep_attachment(
        subject="aripa:case:1", about="x", name="x.png", content=PNG, given_by="x",
        at=Report.objects.get().opened_at,
    )  # fmt: skip
    nathalie = agent("nathalie")

    for client, address in (
        (stranger, f"/famille/pieces/{pk}/"), (stranger, f"/agent/pieces/{pk}/"), (family, f"/agent/pieces/{pk}/"),
        (family, f"/famille/pieces/{other.pk}/"), (elsewhere(), f"/agent/pieces/{pk}/"),
        (nathalie, f"/famille/pieces/{pk}/"), (nathalie, f"/agent/pieces/{other.pk}/"),
        (nathalie, f"/agent/pieces/{pk + 99}/"), (nathalie, "/agent/pieces/99999999999999999999999/"),
        (family, "/famille/pieces/99999999999999999999999/"),
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    assert Client().get(f"/agent/pieces/{pk}/")["Location"].startswith("/entree/")
    assert not JournalEntry.objects.filter(action="cmg.paper.read").exists()


@pytest.mark.parametrize("change", [{"content": encrypt(b"<script>x</script>")}, {"content": encrypt(PNG + b"0")}])
def test_what_is_not_a_paper_or_no_longer_the_same_is_not_served(family: Client, change: dict) -> None:
    """Rows of a paper never change: another one, written beside the rules, plays the damage."""
    report_with(family)
    wrong = Attachment.objects.get()
    wrong.pk, wrong.about = None, "x"
    for name, value in change.items():
        setattr(wrong, name, value)
    wrong.save()

    assert family.get(f"/famille/pieces/{wrong.pk}/").status_code == 404
    assert agent("nathalie").get(f"/agent/pieces/{wrong.pk}/").status_code == 404


def test_a_paper_is_listed_where_it_is_looked_for(family: Client) -> None:
    report = report_with(family, name="<b>relevé.png")
    write(family, PDF, name="facture.pdf")
    first, second = Attachment.objects.order_by("pk")
    nathalie = agent("nathalie")

    for client, address, shown in (
        (family, f"/famille/suivi/{report.number}/", [f"/famille/pieces/{first.pk}/"]),
        (family, "/famille/messages/", [f"/famille/pieces/{second.pk}/"]),
        (nathalie, f"/agent/signalements/{report.pk}/", [f"/agent/pieces/{first.pk}/"]),
        (nathalie, "/agent/messages/E1/", [f"/agent/pieces/{second.pk}/"]),
        (nathalie, "/agent/familles/E1/", [f"/agent/pieces/{first.pk}/", f"/agent/pieces/{second.pk}/"]),
    ):  # fmt: skip
        page = client.get(address).content.decode()
        assert [link for link in shown if f'href="{link}"' not in page] == [], address
        assert page.count("/pieces/") == len(shown), address
        assert "26/10/2026" in page
        assert "octets" in page
        assert "<b>relevé" not in page
    assert f"avec le signalement {report.number}" in nathalie.get("/agent/familles/E1/").content.decode()


def test_a_message_and_its_photo_are_kept_once_and_together(family: Client) -> None:
    key = str(uuid4())
    for _time in range(2):
        assert write(family, key=key).status_code == 302

    message = Message.objects.get()
    assert Attachment.objects.get().about == f"casework.message:{message.pk}"
    assert Attachment.objects.get().subject == message.subject


@pytest.mark.parametrize(("content", "words", "said"), [
    (b"MZ" + b"0" * 60, "Voici.", "ni une photo"), (PNG + b"0" * LARGEST, "Voici.", "10 Mo"), (PNG, "", "Écrivez"),
])  # fmt: skip
def test_a_message_or_a_photo_refused_keeps_neither(family: Client, content: bytes, words: str, said: str) -> None:
    answer = write(family, content, words=words)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert words in answer.content.decode()
    assert not Message.objects.exists()
    assert not Attachment.objects.exists()


def test_papers_are_listed_in_one_query_and_without_their_content(family: Client) -> None:
    def queries(address: str) -> list[str]:
        with CaptureQueriesContext(connection) as found:
            assert nathalie.get(address).status_code == 200
        return [one["sql"] for one in found if "casework_attachment" in one["sql"]]

    nathalie = agent("nathalie")
    for number in range(6):
        write(family, PNG + bytes([number]))
    for address in ("/agent/familles/E1/", "/agent/messages/E1/"):
        asked = queries(address)
        assert len(asked) == 1, address
        assert '"content"' not in asked[0]
