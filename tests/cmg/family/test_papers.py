"""Letters, messages and preferences of a family, and the team's side of the conversation."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from cmg.models import Report
from cmg.notices import tell_of_month
from cmg.operations import close_month
from portal.accounts.models import User
from portal.casework.models import Message
from portal.letters.models import Letter
from portal.letters.operations import ask_letter, write_letters
from portal.notices.models import Contact, Notice
from portal.notices.operations import send
from tests.cmg.remedies.families import DAY, MONTH, closed, moved_away, received

pytestmark = pytest.mark.django_db


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def write(client: Client, words: str, key: str | None = None, address: str = "/famille/messages/"):  # type: ignore[no-untyped-def]
    return client.post(address, {"key": key or str(uuid4()), "text": words})


def agent(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def with_address() -> None:
    Contact.objects.create(
        user=User.objects.get(username="anne"), address="anne@exemple.fr", asked_at=timezone.now(),
        confirmed_at=timezone.now(),
    )  # fmt: skip


def test_a_message_is_sent_once_read_by_the_team_and_answered(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, moved_away)
    closed()
    with_address()
    key = str(uuid4())
    write(anne, "<b>Bonjour</b>", key)
    write(anne, "<b>Bonjour</b>", key)
    assert Message.objects.count() == 1

    thomas = agent("thomas")
    page = text(thomas, "/agent/messages/E1/")
    assert "&lt;b&gt;Bonjour" in page
    assert "non lu" in page
    assert Message.objects.get().read_at is not None
    write(thomas, "Votre dossier est relié.", address="/agent/messages/E1/")

    assert "Courriers et messages <b>(1 non lu)</b>" in text(anne, "/famille/")
    page = text(anne, "/famille/messages/")
    assert "Thomas Vidal" in page
    assert "Votre dossier est relié." in page
    assert "non lu)" not in text(anne, "/famille/")
    notice = Notice.objects.get(kind="cmg.message")
    send(notice_pk=notice.pk)
    assert mail.outbox[0].subject == "Un message vous attend"
    assert "relié" not in mail.outbox[0].body
    assert "cmg.message" in text(thomas, "/agent/messages/E1/")


def test_who_only_reads_writes_to_no_family(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, moved_away)
    closed()
    bruno = agent("bruno")

    assert "Répondre à la famille" not in text(bruno, "/agent/messages/E1/")
    assert write(bruno, "x", address="/agent/messages/E1/").status_code == 404
    assert not Message.objects.exists()


@pytest.mark.parametrize("words", ["", "  \x00 ", "a" * 5001])
def test_a_message_that_cannot_be_taken_keeps_what_was_typed(anne: Client, words: str) -> None:
    answer = write(anne, words)

    assert answer.status_code == 422
    assert not Message.objects.exists()
    assert words[:100].replace("\x00", "").strip() in answer.content.decode()


def letter_of(subject: str, key: str) -> Letter:
    ask_letter(
        kind="cmg.report_answer", key=key, subject=subject, dated=DAY, by="thomas",
        facts={"recipient": ["Anne Martin"], "report_number": "26-1", "answer": "Le montant est <b>juste</b>."},
    )  # fmt: skip
    write_letters()
    return Letter.objects.get(job__key=key)


def test_a_letter_is_unread_until_opened_read_as_text_and_downloaded(anne: Client, stranger: Client) -> None:
    with_address()
    letter = letter_of("cmg:employer:E1", "one")
    assert "Courriers et messages <b>(1 non lu)</b>" in text(anne, "/famille/")

    page = text(anne, f"/famille/courriers/{letter.pk}/")

    assert "Votre signalement 26-1 a sa réponse." in page
    assert "Le montant est &lt;b&gt;juste&lt;/b&gt;." in page
    assert "<title>Réponse" in page
    assert "non lu)" not in text(anne, "/famille/")
    pdf = anne.get(f"/famille/courriers/{letter.pk}/pdf/")
    assert pdf.content.startswith(b"%PDF-")
    assert letter.number in pdf["Content-Disposition"]
    assert stranger.get(f"/famille/courriers/{letter.pk}/").status_code == 404
    assert stranger.get(f"/famille/courriers/{letter.pk}/pdf/").status_code == 404
    assert Notice.objects.get().kind == "cmg.letter"


def test_preferences_ask_for_a_confirmation_then_keep_the_choice(
    tmp_path: Path, anne: Client, django_capture_on_commit_callbacks
) -> None:  # type: ignore[no-untyped-def]
    assert anne.post("/famille/preferences/", {"address": "pas une adresse"}).status_code == 422
    assert not Contact.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        anne.post("/famille/preferences/", {"address": "anne@exemple.fr", "wanted": ["cmg.hold"]})
    assert "attend votre confirmation" in text(anne, "/famille/preferences/")
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("https://portail.example/famille"))

    assert anne.get(link.removeprefix("https://portail.example")).status_code == 302
    assert "Nous écrivons à anne@exemple.fr." in text(anne, "/famille/preferences/")
    assert anne.get("/famille/preferences/adresse/faux/").status_code == 410


def test_a_closing_tells_a_held_family_once_and_nobody_else(tmp_path: Path, anne: Client, stranger: Client) -> None:
    received(tmp_path, moved_away)
    with_address()
    run = closed()
    tell_of_month(run)

    notice = Notice.objects.get()
    assert (notice.kind, notice.key) == ("cmg.hold", "hold:cmg:employer:E1:2026-10")
    send(notice_pk=notice.pk)
    assert mail.outbox[0].subject == "Nous avons arrêté un prélèvement"
    assert "Nous vérifions votre mois d’octobre." in mail.outbox[0].body
    assert "468" not in mail.outbox[0].body


def test_a_closing_tells_that_the_month_is_ready_and_a_dry_run_tells_nothing(tmp_path: Path, anne: Client) -> None:
    received(tmp_path)
    with_address()
    close_month(month=MONTH, on=DAY, dry_run=True)
    assert not Notice.objects.exists()
    closed()

    notice = Notice.objects.get()
    send(notice_pk=notice.pk)
    assert mail.outbox[0].subject == "Votre mois d’octobre est prêt"
    assert not Report.objects.exists()


@pytest.mark.parametrize("address", [
    "a@b.fr\r\nBcc: x@y.fr", "a@b.fr\nSubject: x", "a@b.fr, x@y.fr", "a@b.fr;x@y.fr", "<a@b.fr>", "a b@c.fr", "a@b",
])  # fmt: skip
def test_an_address_that_would_write_to_somebody_else_is_refused(anne: Client, address: str) -> None:
    answer = anne.post("/famille/preferences/", {"address": address})

    assert answer.status_code == 422
    assert not Contact.objects.exists()
    assert mail.outbox == []
