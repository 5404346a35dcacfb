"""Doors: who may open which page, and lists whose queries do not grow with their rows."""

import time
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from cmg.demo.people import create_people
from cmg.models import Settlement
from cmg.operations import close_month
from cmg.population import generate
from cmg.selectors import largest_debits
from portal.accounts import sessions
from portal.accounts.models import User
from portal.batches.models import Run
from portal.exchange.operations import import_files
from tests.cmg.conftest import ToldOnce

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def closed(told_once: ToldOnce, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    def build() -> None:
        create_people()
        files = tmp_path_factory.mktemp("pages")
        import_files(generate(1500, 3, files, care_month=MONTH, region=["CAF63", "CAF43", "CAF59"]).files)
        close_month(month=MONTH, on=DAY)

    with told_once(DAY, build):
        yield


@pytest.fixture
def month(settings, closed: None) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def leaves(patterns: list) -> list:
    """Every address, those of included modules too."""
    return [leaf for one in patterns for leaf in (leaves(one.url_patterns) if hasattr(one, "url_patterns") else [one])]


def agent_pages() -> list[str]:
    held = Settlement.objects.filter(status="HELD").first()
    assert held is not None
    known = {
        "month": "2026-10",
        "employer_no": held.employer_no,
        "settlement": held.pk,
        "file": 1,
        "row": 1,
        "number": "A-1",
        "letter": 1,
        "token": "x",
    }
    pages = []
    for pattern in get_resolver("cmg.urls").url_patterns:
        # Addresses of areas in modules of their own are walked by tests/portal/test_access.py, like these.
        if isinstance(pattern, URLResolver):
            continue
        names = pattern.pattern.converters  # type: ignore[union-attr]
        pages.append(reverse(f"cmg:{pattern.name}", kwargs={name: known[name] for name in names}))  # type: ignore[union-attr]
    return pages


def test_every_page_of_agents_is_closed_to_strangers_and_to_people_without_a_role(month: None) -> None:
    User.objects.create_user("nobody", password="x" * 20)
    for address in agent_pages():
        stranger = Client().get(address)
        assert stranger.status_code in (302, 405), address
        if stranger.status_code == 302:
            assert stranger["Location"].startswith("/entree/"), address
        assert client_of("nobody").get(address).status_code in (404, 405), address
        for client in (Client(), client_of("nobody")):
            sent = client.post(address)
            assert sent.status_code in (302, 404, 405), address
            assert sent.status_code != 302 or sent["Location"].startswith("/entree/"), address


def test_an_agent_sees_the_families_of_their_funds_only(month: None) -> None:
    elsewhere = Settlement.objects.filter(fund="CAF59").exclude(status="SUPERSEDED").first()
    here = Settlement.objects.filter(fund="CAF63").exclude(status="SUPERSEDED").first()
    assert elsewhere is not None
    assert here is not None
    nathalie, thomas = client_of("nathalie"), client_of("thomas")

    for name, key in (("cmg:family", "employer_no"), ("cmg:explanation", "settlement")):
        there = getattr(elsewhere, "pk" if key == "settlement" else key)
        own = getattr(here, "pk" if key == "settlement" else key)
        assert nathalie.get(reverse(name, kwargs={key: there})).status_code == 404
        assert nathalie.get(reverse(name, kwargs={key: own})).status_code == 200
        assert thomas.get(reverse(name, kwargs={key: there})).status_code == 200


def test_only_officers_sign_and_close(month: None) -> None:
    nathalie = client_of("nathalie")

    assert nathalie.get("/agent/mois/2026-10/signature/").status_code == 404
    assert nathalie.post("/agent/mois/2026-10/cloturer/").status_code == 404
    assert nathalie.post("/agent/mois/2026-10/emettre/").status_code == 404


@pytest.mark.parametrize(("seconds_ago", "signs"), [(590, True), (601, False), (10**9, False)])
def test_a_signature_takes_a_second_factor_shown_moments_ago(
    month: None, monkeypatch: pytest.MonkeyPatch, seconds_ago: int, signs: bool
) -> None:
    client, run, now = client_of("helene"), Run.objects.get(), time.time()
    # The moments do not pass while the pages are asked for.
    monkeypatch.setattr(sessions, "time", SimpleNamespace(time=lambda: now))
    session = client.session
    session["factor_at"] = now - seconds_ago
    session.save()
    seen = [row.pk for row in largest_debits(run)]

    answer = client.post("/agent/mois/2026-10/signature/", {"digest": run.digest, "seen": seen})

    assert answer.status_code == (302 if signs else 409)
    assert run.signatures.count() == signs
    page = client.get("/agent/mois/2026-10/signature/").content.decode()
    assert ("Confirmer que c’est vous" in page) == (not signs)


@pytest.mark.parametrize("address", ["/agent/?box=team", "/agent/mois/2026-10/anomalies/", "/agent/mois/2026-10/retenus/",
                                     "/agent/recherche/?q=a", "/agent/mois/2026-10/"])  # fmt: skip
def test_a_list_costs_the_same_number_of_queries_whatever_its_rows(
    month: None, django_assert_max_num_queries, address: str
) -> None:  # type: ignore[no-untyped-def]
    client = client_of("helene")
    client.get(address)
    # Twenty-two, and one that asks whether a family reported a debit since the calculation.
    with django_assert_max_num_queries(26):
        assert client.get(address).status_code == 200


def test_the_demo_door_is_shut_outside_the_demo(settings) -> None:  # type: ignore[no-untyped-def]
    create_people()
    settings.PORTAL_DEMO = False
    client = Client()

    assert client.post("/entree/demo/helene/").status_code == 404
    assert b"Entrer comme" not in client.get("/entree/").content


def test_health_and_simulation_answer_without_an_account() -> None:
    client = Client()
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 200
    facts = {"care_month": "2025-09", "care_mode": "CHILDMINDER", "child_birth_date": ["2024-01-01"],
             "annual_resources": "36000", "dependent_children": 1, "hours": "125", "net_salary": "606.25"}  # fmt: skip

    answer = client.post("/api/v1/simulations/cmg", facts, content_type="application/json")
    wrong = client.post("/api/v1/simulations/cmg", facts | {"hours": "9" * 40}, content_type="application/json")

    assert answer.json()["result"]["part_b"] == "374.13"
    assert (wrong.status_code, wrong.json()["errors"][0]["key"]) == (400, "hours")
