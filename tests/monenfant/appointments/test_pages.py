"""Pages of a family, of a desk and of a fund: what each sees and does, and what nobody else learns."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monenfant.appointments.hours import bands_of, set_hours
from monenfant.appointments.links import FEED, FOLLOW, follow_address, follow_path, renew_feed, token_of
from monenfant.appointments.sweeping import pass_on_overdue
from monenfant.models import AppointmentRequest, DeskFeed
from monenfant.rules.appointments import WeeklyBand
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from tests.monenfant.appointments.world import (
    CLERMONT,
    DAY,
    DESK,
    LILLE,
    NOW,
    RIOM,
    adviser,
    agent,
    at,
    client_of,
    desk,
    fixed,
    offered,
    request,
    text,
    times,
)

pytestmark = pytest.mark.django_db
ASK = "/garde/rendez-vous/"
GOOD = {
    "commune": RIOM, "needs": ["FIND"], "words": "", "expected_from": "2027-01", "name": "Claire Fournier",
    "email": "claire@exemple.fr", "phone": "", "reachable": ["MORNING"],
}  # fmt: skip
WEDNESDAY = at(date(2026, 10, 28), 10)


@pytest.fixture(autouse=True)
def celine(settings: Any) -> User:
    settings.PORTAL_DAY, settings.PORTAL_DEMO = DAY, False
    desk()
    return adviser()


def test_the_home_of_an_adviser_says_who_waits_and_until_when(celine: User) -> None:
    client = client_of(celine)
    assert "Aucune famille n’attend votre réponse." in text(client.get("/pro/"))
    request(date(2026, 10, 23))
    request(email="nadia@exemple.fr", phone="")
    offered(celine, of=request(email="amina@exemple.fr", phone=""))

    page = text(client.get("/pro/"))

    assert "<h1>Les familles qui vous attendent</h1>" in page
    assert "2 familles attendent votre réponse, la première avant la fin du vendredi 6 novembre 2026." in page


def test_who_answers_and_by_when_is_said_before_anything_is_asked() -> None:
    page = text(Client().get(ASK, {"commune": RIOM}))

    assert "Relais R1 vous répond au plus tard le lundi 9 novembre 2026" in page
    assert page.index("vous répond au plus tard") < page.index("Ce que vous cherchez")
    assert "Relais R1" in text(Client().get(ASK, {"lieu": "riom"}))


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({}, 200, "Un relais petite enfance vous répond en 10 jours ouvrés au plus"),
        ({"lieu": "63200"}, 200, "Plusieurs communes correspondent"),
        ({"lieu": "nulle part"}, 422, "Nous ne trouvons pas cette commune"),
        ({"lieu": ""}, 422, "Nous ne trouvons pas cette commune"),
        ({"commune": "99999"}, 422, "Nous ne connaissons pas cette commune"),
        ({"commune": LILLE}, 200, "la Caf de votre département vous répond"),
    ],
)
def test_the_first_page_finds_a_commune(query: dict[str, str], status: int, words: str) -> None:
    answer = Client().get(ASK, query)
    assert answer.status_code == status
    assert words in text(answer)


def test_a_form_sent_twice_shows_the_first_receipt() -> None:
    key = str(uuid4())
    first, second = (Client().post(ASK, GOOD | {"key": key}) for _turn in range(2))
    found = AppointmentRequest.objects.get()

    assert first["Location"] == follow_path(found) + "?recu"
    assert second["Location"] == follow_path(found) + "?encore"
    assert "Rien n’a été fait deux fois" in text(Client().get(second["Location"]))
    page = text(Client().get(first["Location"]))
    assert f"Référence <code>{found.number}</code>" in page
    assert follow_address(found) in page
    assert "c…@exemple.fr" in page
    assert "claire@" not in page


def test_what_is_wrong_is_said_and_what_was_typed_stays() -> None:
    answer = Client().post(
        ASK, GOOD | {"key": str(uuid4()), "name": "", "email": "claire@", "words": "mes <b>mots</b>"}
    )

    assert answer.status_code == 422
    page = text(answer)
    assert page.count('class="problem"') == 2
    assert "claire@" in page
    assert "mes &lt;b&gt;mots&lt;/b&gt;" in page
    assert not AppointmentRequest.objects.exists()


def test_a_form_without_its_key_or_with_another_commune_is_no_form() -> None:
    assert Client().post(ASK, GOOD).status_code == 404
    assert Client().post(ASK, GOOD | {"key": str(uuid4()), "commune": "99999"}).status_code == 404


def test_one_contact_asks_three_times_a_day_and_is_told_how_to_go_on() -> None:
    answers = [Client().post(ASK, GOOD | {"key": str(uuid4())}) for _turn in range(4)]

    assert [one.status_code for one in answers] == [302, 302, 302, 429]
    assert 86_000 < int(answers[3].headers["Retry-After"]) <= 86_401
    assert "Rien n’a été envoyé" in text(answers[3])
    assert "04 73 00 00 01" in text(answers[3])
    assert AppointmentRequest.objects.count() == 3


def test_one_place_asks_so_many_times_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monenfant.views.appointment.FROM_ONE_PLACE", 2)
    sent = [GOOD | {"key": str(uuid4()), "email": f"f{number}@exemple.fr"} for number in range(3)]
    assert [Client().post(ASK, one).status_code for one in sent] == [302, 302, 429]


def test_a_phone_is_one_contact_however_it_is_written() -> None:
    phones = ("06 39 98 00 12", "0639980012", "06.39.98.00.12", "06-39-98-00-12")
    sent = [GOOD | {"key": str(uuid4()), "email": "", "phone": phone} for phone in phones]
    assert [Client().post(ASK, one).status_code for one in sent] == [302, 302, 302, 429]


def test_a_family_chooses_a_time_then_has_it_in_its_calendar(celine: User) -> None:
    found = offered(celine, WEDNESDAY)
    link, client = follow_path(found), Client()
    page = text(client.get(link))
    assert "Céline Astier, Relais R1, vous propose un rendez-vous sur place" in page
    assert "mercredi 28 octobre 2026, de 10 h 00 à 10 h 45" in page
    assert client.get(link + "agenda.ics").status_code == 404

    answer = client.post(link, {"action": "choose", "time": times(found)[0].pk}, follow=True)

    assert "Rendez-vous mercredi 28 octobre 2026 à 10 h 00" in text(answer)
    calendar = client.get(link + "agenda.ics")
    assert calendar["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"DTSTART;TZID=Europe/Paris:20261028T100000\r\n" in calendar.content
    assert client.post(link, {"action": "choose", "time": times(found)[0].pk}).status_code == 302
    assert found.moves.count() == 3


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"action": "choose"}, 422), ({"action": "choose", "time": "1" * 30}, 422), ({"action": "choose", "time": "0"}, 409),
        ({"action": "others", "round": "7"}, 409), ({"action": "cancel", "round": "x"}, 409), ({"action": "hold"}, 404), ({}, 404),
    ],
)  # fmt: skip
def test_an_act_that_cannot_be_changes_nothing(sent: dict[str, str], status: int, celine: User) -> None:
    found = offered(celine, WEDNESDAY)

    assert Client().post(follow_path(found), sent).status_code == status

    found.refresh_from_db()
    assert found.state == "PROPOSED"


def test_a_family_asks_for_other_times_then_gives_up(celine: User) -> None:
    found, client = offered(celine, WEDNESDAY), Client()
    link = follow_path(found)
    page = text(client.post(link, {"action": "others", "round": 1, "words": "le soir"}, follow=True))
    assert "Relais R1 vous répond au plus tard le lundi 9 novembre 2026" in page
    page = text(client.post(link, {"action": "cancel", "round": 1}, follow=True))
    assert "Cette demande est annulée" in page
    assert client.post(link, {"action": "others", "round": 1}).status_code == 409


def test_a_family_reads_who_took_over_and_by_when(celine: User) -> None:
    found = request(date(2026, 10, 8))
    pass_on_overdue(on=date(2026, 10, 23), at=at(date(2026, 10, 23)))

    page = text(Client().get(follow_path(found)))

    assert "Caf du Puy-de-Dôme vous répond au plus tard le vendredi 30 octobre 2026" in page
    assert "Le relais n’a pas répondu à temps" in page


def test_an_address_that_nobody_drew_says_what_any_unknown_page_says(celine: User) -> None:
    found = request()
    good = follow_path(found)
    token = token_of(found.secret, FOLLOW)
    wrong = [ASK + "x/", ASK + token[:-1] + ("A" if token[-1] != "A" else "B") + "/", ASK + token_of(uuid4(), FOLLOW) + "/",
             ASK + token_of(found.secret, FEED) + "/", f"{ASK}{found.pk}/"]  # fmt: skip
    answers = [Client().get(one) for one in [*wrong, "/garde/nulle-part/"]]

    assert {one.status_code for one in answers} == {404}
    assert (
        len(
            {
                one.content.decode().count("Cette page n’existe pas, ou votre compte n’y donne pas accès.")
                for one in answers
            }
        )
        == 1
    )
    answer = Client().get(good)
    assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    # Stricter, a browser would send its forms without their origin, and they would be refused.
    assert answer["Referrer-Policy"] == "strict-origin"
    assert "no-store" in answer["Cache-Control"]


def test_the_page_of_a_request_writes_no_secret_in_a_log(caplog: pytest.LogCaptureFixture, celine: User) -> None:
    found = offered(celine, WEDNESDAY)
    Client().post(follow_path(found), {"action": "choose"})
    from portal.frame.logs import WithoutSecrets

    shown = [record.getMessage() for record in caplog.records if WithoutSecrets().filter(record)]
    assert shown
    assert token_of(found.secret, FOLLOW) not in " ".join(shown)


def test_an_adviser_proposes_in_one_gesture_what_the_week_leaves_free(celine: User) -> None:
    set_hours(desk_no=DESK, bands=[WeeklyBand(day, 9 * 60, 12 * 60) for day in range(5)], by=celine, at=NOW)
    found, client = request(), client_of(celine)
    page = client.get(f"/pro/rendez-vous/{found.pk}/").content.decode()
    ticked = [part.split('"')[0] for part in page.split('name="time" value="')[1:] if "checked" in part.split(">")[0]]
    assert ticked == [at(date(2026, 10, day), 9).isoformat() for day in (28, 29, 30)]

    sent = {"action": "propose", "round": 0, "time": ticked, "way": "ON_SITE", "words": ""}
    answer = client.post(f"/pro/rendez-vous/{found.pk}/", sent, follow=True)

    assert "C’est proposé : la famille est prévenue." in text(answer)
    assert [one.starts_at for one in times(AppointmentRequest.objects.get())] == [
        at(date(2026, 10, day), 9) for day in (28, 29, 30)
    ]
    assert client.post(f"/pro/rendez-vous/{found.pk}/", sent).status_code == 409


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"day1": "28/10/2026", "hour1": "9:30"}, 302, ""),
        ({"day1": "28/10/2026", "hour1": "9h30", "day3": "2/11/2026", "hour3": "14 h"}, 302, ""),
        ({"day1": "28/10/2026"}, 422, "Horaire 1"),
        ({"day2": "31/11/2026", "hour2": "9:00"}, 422, "Horaire 2"),
        ({"day1": "28/10/2026", "hour1": "25:00"}, 422, "Horaire 1"),
        ({"day1": "25/10/2026", "hour1": "9:00"}, 422, "déjà passé"),
        ({"time": "demain"}, 422, "de la liste"),
        ({"way": "FAX", "day1": "28/10/2026", "hour1": "9:30"}, 422, "sur place ou par téléphone"),
        ({}, 422, "un, deux ou trois"),
    ],
)
def test_times_typed_by_an_adviser(sent: dict[str, str], status: int, words: str, celine: User) -> None:
    found = request()
    answer = client_of(celine).post(
        f"/pro/rendez-vous/{found.pk}/", {"action": "propose", "round": 0, "way": "BY_PHONE"} | sent
    )

    assert answer.status_code == status
    assert words in text(answer)


def test_nobody_is_called_without_a_number_nor_sent_nowhere(celine: User) -> None:
    without_phone, of_the_fund = request(phone=""), request(insee_code=CLERMONT)
    sent = {"action": "propose", "round": 0, "day1": "28/10/2026", "hour1": "9:30"}
    by_phone, on_site = sent | {"way": "BY_PHONE"}, sent | {"way": "ON_SITE"}
    page, fund_page = f"/pro/rendez-vous/{without_phone.pk}/", f"/agent/enfance/rendez-vous/{of_the_fund.pk}/"
    assert "pas donné de téléphone" in text(client_of(celine).post(page, by_phone))
    assert client_of(celine).post(page, on_site).status_code == 302
    nathalie = client_of(agent())
    assert "où elle vient" in text(nathalie.post(fund_page, on_site))
    assert nathalie.post(fund_page, on_site | {"words": "Caf, 2 rue Pasteur"}).status_code == 302
    assert "<blockquote>Caf, 2 rue Pasteur</blockquote>" in text(Client().get(follow_path(of_the_fund)))


def test_an_adviser_fixes_by_phone_notes_the_meeting_and_corrects(celine: User, settings: Any) -> None:
    found, client = offered(celine, WEDNESDAY), client_of(celine)
    page = f"/pro/rendez-vous/{found.pk}/"
    assert "a choisi par téléphone" in text(client.get(page))
    client.post(page, {"action": "fix", "time": times(found)[0].pk})
    assert client.post(page, {"action": "came"}).status_code == 409

    settings.PORTAL_DAY = date(2026, 10, 29)
    assert "notez si la famille est venue" in text(client.get("/pro/rendez-vous/"))
    client.post(page, {"action": "missed"})
    client.post(page, {"action": "came"})

    found.refresh_from_db()
    assert (found.state, found.moves.latest("pk").words) == ("HELD", "Rendez-vous tenu")


def test_a_reason_is_asked_of_who_cancels_and_read_by_the_family(celine: User) -> None:
    found, client = request(), client_of(celine)
    page = f"/pro/rendez-vous/{found.pk}/"
    assert client.post(page, {"action": "cancel", "round": 0, "words": ""}).status_code == 422
    client.post(page, {"action": "cancel", "round": 0, "words": "Votre commune a son propre relais"})
    assert "Votre commune a son propre relais" in text(Client().get(follow_path(found)))
    assert "propre relais" not in str(list(JournalEntry.objects.values_list("detail", flat=True)))


def test_the_list_of_a_desk_is_its_own_searched_and_ordered(celine: User) -> None:
    late, soon = request(date(2026, 10, 14), name="Zoé Petit"), request(date(2026, 10, 12))
    desk("R2", served=[RIOM], lat=45.0)
    other = request()
    AppointmentRequest.objects.filter(pk=other.pk).update(desk_no="R2", first_desk_no="R2")
    client = client_of(celine)
    page = text(client.get("/pro/rendez-vous/"))

    assert page.index(soon.number) < page.index(late.number)
    assert other.number not in page
    assert client.get(f"/pro/rendez-vous/{other.pk}/").status_code == 404
    for words in ("zoé", late.number, late.number.lower(), str(late.pk)):
        assert soon.number not in text(client.get("/pro/rendez-vous/", {"q": words})), words
        assert late.number in text(client.get("/pro/rendez-vous/", {"q": words})), words
    assert late.number in text(client.get("/pro/rendez-vous/", {"q": "riom"}))
    assert "Aucune demande ne correspond" in text(client.get("/pro/rendez-vous/", {"q": "lille"}))


def test_the_pages_of_a_desk_ask_as_much_with_one_request_and_with_thirty(celine: User) -> None:
    client = client_of(celine)
    fixed(celine, WEDNESDAY)
    request()
    counts = []
    for _turn in range(2):
        for page in ("/pro/rendez-vous/", "/pro/rendez-vous/agenda/"):
            with CaptureQueriesContext(
                connection,
            ) as asked:
                client.get(page)
            counts.append(len(asked))
        for number in range(30):
            request(name=f"Famille {number}")
    assert counts[:2] == counts[2:]
    assert "Suivant" in text(client.get("/pro/rendez-vous/"))


def test_the_week_of_a_desk(celine: User) -> None:
    found = fixed(celine, WEDNESDAY)
    client = client_of(celine)
    page = text(client.get("/pro/rendez-vous/agenda/"))

    assert "Agenda, semaine du lundi 26 octobre 2026" in page
    assert f"{found.number}, Claire Fournier" in page
    assert page.count("Aucun rendez-vous") == 4
    assert found.number not in text(client.get("/pro/rendez-vous/agenda/", {"semaine": "2026-11-04"}))
    for odd in ("demain", "0001-01-01", "9999-12-31"):
        assert client.get("/pro/rendez-vous/agenda/", {"semaine": odd}).status_code == 200
    assert client.get("/pro/rendez-vous/agenda/", {"relais": "R2"}).status_code == 404


def test_the_hours_of_a_desk_are_written_read_and_refused(celine: User) -> None:
    client, page = client_of(celine), "/pro/rendez-vous/heures/"
    client.post(page, {"d0-1-from": "9:00", "d0-1-to": "12h", "d0-2-from": "14 h", "d0-2-to": "17:30"})
    assert bands_of(DESK) == [WeeklyBand(0, 540, 720), WeeklyBand(0, 840, 1050)]
    assert 'value="14:00"' in text(client.get(page))
    for wrong in ({"d0-1-from": "9:00"}, {"d0-1-from": "9:00", "d0-1-to": "9:44"}, {"d0-1-from": "neuf", "d0-1-to": "12:00"},
                  {"d0-1-from": "9:00", "d0-1-to": "12:00", "d0-2-from": "11:59", "d0-2-to": "15:00"}):  # fmt: skip
        assert client.post(page, wrong).status_code == 422
    assert len(bands_of(DESK)) == 2
    assert client.post(page, {"d0-1-from": "9:00", "d0-1-to": "9:45"}).status_code == 302
    assert JournalEntry.objects.filter(action="appointment.hours_set").count() == 2


def test_a_calendar_polls_a_private_address_that_another_replaces(celine: User) -> None:
    fixed(celine, WEDNESDAY)
    first = token_of(renew_feed(desk_no=DESK, by=celine).secret, FEED)
    answer = Client().get(f"/agendas/{first}.ics")
    assert answer.content.count(b"BEGIN:VEVENT") == 1
    assert b"Claire" not in answer.content

    client_of(celine).post("/pro/rendez-vous/agenda/adresse/")

    assert Client().get(f"/agendas/{first}.ics").status_code == 404
    second = token_of(DeskFeed.objects.get().secret, FEED)
    assert Client().get(f"/agendas/{second}.ics").status_code == 200
    assert second in text(client_of(celine).get("/pro/rendez-vous/agenda/"))
