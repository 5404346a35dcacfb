"""The pages of the journal: looks without a name, verdicts, questions, alarms."""

from uuid import uuid4

import pytest
from django.test import Client

from fraud.journal.alarms import watch_reads
from fraud.models import LookQuestion, ReadingAlarm, SampledLine, SensitiveFile
from portal.accounts.models import Posting, Role, User
from portal.audit.models import JournalEntry
from portal.audit.operations import journal_read
from tests.fraud.journal.test_alarms import EVENING, looks
from tests.fraud.journal.test_sampling import draw
from tests.fraud.journal.world import SEPTEMBER, at, look, manager, nathalie, seal
from tests.fraud.programme.world import DAY, anne, person

pytestmark = pytest.mark.django_db
NUMBER = "6302118457"


@pytest.fixture(autouse=True)
def day(settings: object) -> None:
    settings.PORTAL_DAY = DAY  # type: ignore[attr-defined]


def at_desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def line() -> SampledLine:
    manager()
    journal_read(actor=nathalie().username, action="control.case.read", subject=f"cmg:employer:{NUMBER}", fields=["ressources"],
                 why="instruction du dossier", case="C-2026-1", at=at(SEPTEMBER))  # fmt: skip
    seal()
    draw()
    return SampledLine.objects.get()


def test_a_line_tells_the_act_and_names_nobody(line: SampledLine) -> None:
    page = at_desk(anne()).get(f"/agent/journal/lignes/{line.pk}/")
    text = page.content.decode()

    assert NUMBER not in text
    for words in ("control.case.read", "ressources", "instruction du dossier", "C-2026-1", "CAF63"):
        assert words in text
    assert page["Cache-Control"].startswith("max-age=0")
    for path in ("/agent/journal/", "/agent/journal/2026-09/"):
        assert NUMBER not in at_desk(anne()).get(path).content.decode()


def test_an_auditor_of_one_fund_reads_no_line_of_the_country(line: SampledLine) -> None:
    pages = (
        "/agent/journal/",
        "/agent/journal/2026-09/",
        f"/agent/journal/lignes/{line.pk}/",
        "/agent/journal/sensibles/",
    )
    user = person("national", Role.AUDITOR)
    assert [at_desk(user).get(page).status_code for page in pages] == [200] * 4
    Posting.objects.filter(user=user).update(fund="CAF63")
    assert [at_desk(user).get(page).status_code for page in pages] == [404] * 4
    assert "/agent/journal/" not in at_desk(user).get("/agent/habilitations/").content.decode()


def test_the_name_is_shown_once_for_a_reason_and_that_is_journaled(line: SampledLine) -> None:
    client, path = at_desk(anne()), f"/agent/journal/lignes/{line.pk}/"
    answer = client.post(path, {"key": str(uuid4()), "deed": "reveal", "why": "court"})
    assert (answer.status_code, NUMBER in answer.content.decode()) == (422, False)
    answer = client.post(path, {"key": str(uuid4()), "deed": "reveal", "why": "la personne dit être une voisine"})
    assert f"n° d’employeur {NUMBER}" in answer.content.decode()
    entry = JournalEntry.objects.get(action="journal.person.revealed")
    assert (entry.actor, entry.origin) == ("kowalski", "127.0.0.1")
    assert NUMBER not in client.get(path).content.decode()


def test_judging_goes_to_the_next_line_and_a_verdict_without_its_reason_stays(line: SampledLine) -> None:
    client, path = at_desk(anne()), f"/agent/journal/lignes/{line.pk}/"
    assert (
        client.post(path, {"key": str(uuid4()), "deed": "judge", "verdict": "UNJUSTIFIED", "note": ""}).status_code
        == 422
    )
    answer = client.post(path, {"key": str(uuid4()), "deed": "judge", "verdict": "NORMAL", "note": ""})
    assert answer["Location"] == "/agent/journal/2026-09/"
    assert "1</strong> ligne relue sur 1" in client.get("/agent/journal/").content.decode()


def test_a_manager_answers_what_is_asked_from_the_dashboard(line: SampledLine) -> None:
    typed = {
        "key": str(uuid4()),
        "deed": "ask",
        "manager": str(manager().pk),
        "question": "Pourquoi ce dossier ce jour-là ?",
    }
    assert at_desk(anne()).post(f"/agent/journal/lignes/{line.pk}/", typed).status_code == 302
    asked, client = LookQuestion.objects.get(), at_desk(manager())
    page = client.get("/agent/pilotage/").content.decode()
    assert "1 question sur une consultation" in page
    path = f"/agent/journal/questions/{asked.pk}/"
    assert NUMBER not in client.get(path).content.decode()
    assert (
        client.post(path, {"key": str(uuid4()), "answer": "Elle reprenait le dossier d’un absent."}).status_code == 302
    )
    assert "Elle reprenait" in at_desk(anne()).get(f"/agent/journal/lignes/{line.pk}/").content.decode()
    assert at_desk(person("autre", Role.SUPERVISOR)).get(path).status_code == 404


def test_an_alarm_shows_the_day_hour_by_hour_and_is_handled() -> None:
    looks(nathalie(), 61)
    watch_reads(now=EVENING)
    alarm, client = ReadingAlarm.objects.get(), at_desk(anne())
    assert "1 alerte attend" in client.get("/agent/journal/").content.decode()
    path = f"/agent/journal/alertes/{alarm.pk}/"
    assert "8 h" in client.get(path).content.decode()
    typed = {"key": str(uuid4()), "deed": "judge", "verdict": "NORMAL", "note": "Tri demandé par la direction."}
    assert client.post(path, typed).status_code == 302
    assert "Tri demandé" in client.get(path).content.decode()
    assert client.post(path, typed | {"key": str(uuid4())}).status_code == 422


def test_a_sensitive_file_is_entered_and_its_looks_are_drawn() -> None:
    client = at_desk(anne())
    typed = {"key": str(uuid4()), "subject": "cmg:employer:77", "reason": "Personne élue du département"}
    assert client.post("/agent/journal/sensibles/", typed | {"subject": "77"}).status_code == 422
    assert client.post("/agent/journal/sensibles/", typed).status_code == 302
    assert client.post("/agent/journal/sensibles/", typed).status_code == 422
    assert "employer:77" not in client.get("/agent/journal/sensibles/").content.decode()
    known = SensitiveFile.objects.create(
        subject="cmg:employer:78", reason="Personne élue", since=SEPTEMBER, entered_by=anne()
    )
    look(nathalie(), 78)
    seal()
    draw()
    assert SampledLine.objects.get().why == "SENSITIVE"
    assert client.post("/agent/journal/sensibles/", {"key": str(uuid4()), "end": str(known.pk)}).status_code == 302
    assert SensitiveFile.objects.get(pk=known.pk).until == DAY


def test_a_month_that_is_not_sealed_is_not_drawn() -> None:
    client = at_desk(anne())
    answer = client.post("/agent/journal/tirer/", {"key": str(uuid4())}, follow=True)
    assert "n’est pas encore scellé" in answer.content.decode()
