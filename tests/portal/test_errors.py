"""What people read when something goes wrong: plain words, the help phone, nothing learned, nothing sent twice."""

import logging
import re
from datetime import date
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path

from cmg.demo.people import create_people
from portal.accounts.models import User
from portal.exchange.models import RejectedRow
from portal.exchange.operations import import_files
from portal.frame.errors import Conflict, NotTooMuch
from tests.cmg.files import row, write

DAY = date(2026, 10, 26)
pytestmark = pytest.mark.django_db


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("une panne")


def taken(request: HttpRequest) -> HttpResponse:
    raise Conflict("Thomas Vidal a relié ce compte à 10 h 12.", link="/agent/", action="Voir sa version")


urlpatterns = [path("panne/", broken), path("conflit/", taken), path("", include("portal.urls"))]
handler500 = "portal.frame.errors.our_fault"
handler404 = handler403 = "portal.frame.errors.not_found"


@pytest.fixture
def agent(settings) -> Client:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    create_people()
    return entered("thomas")


def entered(username: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=username))
    return client


def told(answer: HttpResponse) -> str:
    return answer.content.decode().replace("\u00a0", " ")


@override_settings(ROOT_URLCONF=__name__)
def test_our_own_fault_says_so_with_a_reference_that_the_log_holds(
    agent: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = agent.get("/panne/")

    page = told(answer)
    assert answer.status_code == 500
    assert "C’est notre erreur. Rien n’est parti." in page
    assert "09 00 00 00 00" in page
    assert "une panne" not in page
    reference = re.search(r"E-[0-9A-F]{4}", page)
    assert reference
    assert f"reference {reference[0]}: GET /panne/" in caplog.text


@override_settings(ROOT_URLCONF=__name__)
def test_a_conflict_says_what_the_other_did_and_where_to_go(agent: Client) -> None:
    answer = agent.post("/conflit/")

    assert answer.status_code == 409
    assert "Thomas Vidal a relié ce compte à 10 h 12." in told(answer)
    assert '<a class="button" href="/agent/">Voir sa version</a>' in told(answer)
    assert "09 00 00 00 00" in told(answer)


def test_a_page_refused_is_the_page_that_is_not_there(agent: Client) -> None:
    refused, absent = agent.get("/agent/mois/2026-10/signature/"), agent.get("/rien/de-tel/")

    assert (refused.status_code, absent.status_code) == (404, 404)
    without_address = [
        re.sub(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"', "", told(one)) for one in (refused, absent)
    ]
    assert without_address[0] == without_address[1]
    assert "09 00 00 00 00" in without_address[0]


def test_a_form_of_another_session_takes_nothing_in(agent: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="helene"))

    answer = strict.post("/agent/mois/2026-10/cloturer/")

    assert answer.status_code == 403
    assert "Rien n’a été enregistré" in told(answer)
    assert "09 00 00 00 00" in told(answer)


def test_a_month_without_declarations_is_not_closed(agent: Client) -> None:
    director = entered("helene")

    answer = director.post("/agent/mois/2031-01/cloturer/")

    assert answer.status_code == 409
    assert "rien à clôturer" in told(answer)
    page = told(director.get("/agent/mois/2031-01/"))
    assert "Clôturer le mois" not in page
    assert "Aucune déclaration n’est encore reçue" in page


def test_a_row_corrected_by_two_people_is_applied_once_and_the_second_is_told(agent: Client, tmp_path: Path) -> None:
    import_files([write(tmp_path, "rights_fund", [row("rights_fund", start="hier")])])
    rejected = RejectedRow.objects.get()
    address = f"/agent/flux/ligne/{rejected.pk}/"

    first = agent.post(address, {"cell-start": "2025-01-01"})
    second = entered("helene").post(address, {"cell-start": "2025-02-01"})

    assert first.status_code == 302
    assert second.status_code == 409
    assert "par thomas" in told(second)


@pytest.mark.parametrize(("choice", "theme"), [("sombre", "dark"), ("clair", "light")])
def test_the_look_is_chosen_by_hand_and_written_by_the_server(agent: Client, choice: str, theme: str) -> None:
    answer = agent.post("/apparence/", {"choice": choice, "next": "/agent/?box=team"})
    assert answer["Location"] == "/agent/?box=team"
    assert f'<html lang="fr" data-theme="{theme}">' in told(agent.get("/agent/"))

    agent.post("/apparence/", {"choice": "", "next": "https://ailleurs.example/"})
    assert '<html lang="fr">' in told(agent.get("/agent/"))


def test_the_two_dark_blocks_of_the_style_hold_the_same_values() -> None:
    style = (Path(__file__).parents[2] / "static/css/portal.css").read_text(encoding="utf-8")
    blocks = re.findall(
        r":root(?::not\(\[data-theme=\"light\"\]\)|\[data-theme=\"dark\"\]) \{(.*?)\}", style, re.DOTALL
    )

    values = [re.findall(r"--[a-z-]+: [^;]+;", block) for block in blocks]
    assert len(values) == 2
    assert values[0] == values[1] != []


@pytest.mark.parametrize(
    "wanted", ["entree", "frame:home", "x", "//ailleurs.example/", "https://ailleurs.example/", "\\\\x"]
)
def test_a_page_to_come_back_to_is_a_path_of_ours_or_home(agent: Client, wanted: str) -> None:
    visitor = Client(raise_request_exception=False)

    assert visitor.post("/apparence/", {"choice": "sombre", "next": wanted})["Location"] == "/"
    assert agent.get("/entree/", {"next": wanted})["Location"] == "/"
    assert agent.get("/entree/", {"next": "/compte/?a=1"})["Location"] == "/compte/?a=1"


def test_nobody_types_a_nul_and_no_page_fails_over_one(agent: Client) -> None:
    assert Client(raise_request_exception=False).post("/entree/courriel/", {"address": "a\0@b.fr"}).status_code == 302
    assert agent.get("/agent/?q=a%00b&after=%00_1").status_code == 200
    assert entered("helene").post("/agent/habilitations/reprises/", {"person": "a\0b"}).status_code == 422
    answer = agent.post("/apparence/", {"choice": "so\0mbre", "next": "/com\0pte/"})
    assert (answer["Location"], answer.cookies["apparence"].value) == ("/compte/", "sombre")


def test_a_form_too_large_is_answered_in_french_and_nothing_of_it_is_read(agent: Client) -> None:
    large = agent.post("/apparence/", {"choice": "x" * 3_000_000})
    fields = "&".join(f"n{number}=" for number in range(1001))
    many = agent.post("/apparence/", fields, content_type="application/x-www-form-urlencoded")

    for answer in (large, many):
        assert answer.status_code == 400
        assert "Rien n’est parti." in told(answer)
        assert "Bad Request" not in told(answer)


@pytest.mark.parametrize(("announced", "status"), [("52428800", 200), ("52428801", 400), ("", 200), ("²", 200)])
def test_a_form_announced_larger_than_anything_of_ours_is_refused_unread(announced: str, status: int) -> None:
    reached = []

    def view(request: HttpRequest) -> HttpResponse:
        reached.append(request)
        return HttpResponse()

    request = RequestFactory().post("/famille/signaler/", {"choice": "x"})
    request.META["CONTENT_LENGTH"] = announced

    assert NotTooMuch(view)(request).status_code == status
    assert bool(reached) == (status == 200)
