"""Nothing a family searched is kept: not by the database, a session, a log, a cache, nor by where a link leads."""

import logging
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cmg.management.commands.run_demo import web_server
from tests.monenfant.search.world import MONDAY, childminder, creche, need, slot

pytestmark = pytest.mark.django_db
TYPED = {
    "where": "Riom", "radius_km": "5", "date_from": "2026-10-29", "time_from": "14:00", "time_to": "18:00",
    "child_birth_date": "2025-02-11", "kind": "OCCASIONAL",
}  # fmt: skip


@pytest.fixture(autouse=True)
def the_day(settings: Any) -> None:
    settings.PORTAL_DAY = MONDAY


def test_the_date_of_birth_is_in_no_address_and_the_age_is_in_months() -> None:
    sent = Client().post(reverse("monenfant:search"), TYPED)

    assert sent.status_code == 303
    assert "2025" not in sent["Location"]
    assert "11" not in sent["Location"].replace("2026-10-29", "")
    assert "age_months=20" in sent["Location"]


def test_a_date_of_birth_in_an_address_is_not_read_by_the_page_and_refused_by_the_api() -> None:
    query = need().criteria.urlencode().replace("age_months=20", "child_birth_date=2025-02-11")

    assert Client().get(f"{reverse('monenfant:search')}?{query}").status_code == 422
    refused = Client().get(f"{reverse('monenfant:search_api')}?{query}")
    assert (refused.status_code, refused.json()["errors"][0]["key"]) == (400, "child_birth_date")


def every_answer(client: Client) -> list[Any]:
    place = creche("S", slot(), km=1)
    childminder("A", slot(group="ANY"), km=2, told=None)
    query = need().criteria.urlencode()
    addresses = [
        f"{reverse(name)}?{query}"
        for name in ("monenfant:search", "monenfant:search_map", "monenfant:cost", "monenfant:search_api")
    ]
    addresses += [
        f"{reverse('monenfant:place', args=[place.pk])}?{query}",
        f"{reverse('monenfant:communes')}?where=riom",
    ]
    facts = {"annual_resources": "36000", "dependent_children": "1", "hours": "150", "child_birth_date": "11/02/2025"}
    sent = [client.post(reverse("monenfant:search"), TYPED), client.post(reverse("monenfant:cost"), facts)]
    wrong = [client.post(reverse("monenfant:search"), TYPED | {"where": "Saint-Denis"})]
    return [*(client.get(address) for address in addresses), *sent, *wrong]


def test_no_session_no_cache_and_no_address_passed_on() -> None:
    answers = every_answer(Client())

    assert [answer.status_code for answer in answers] == [200] * 6 + [303, 200, 422]
    for answer in answers:
        assert answer["Cache-Control"] == "no-store, private"
        assert answer["Referrer-Policy"] == "strict-origin"
        assert set(answer.cookies) <= {"csrftoken"}


def test_searching_writes_no_row() -> None:
    creche("S", slot())
    query = need().criteria.urlencode()
    with CaptureQueriesContext(connection) as asked:
        assert Client().get(f"{reverse('monenfant:search')}?{query}").status_code == 200
        assert Client().post(reverse("monenfant:search"), TYPED).status_code == 303

    assert asked.captured_queries
    assert {query["sql"].lstrip().split()[0] for query in asked.captured_queries} <= {"SELECT", "WITH"}


def test_no_line_of_any_log_tells_what_was_searched(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        caplog.set_level(logging.INFO, logger="django.db.backends")
        every_answer(Client())
        Client().get(f"{reverse('monenfant:place', args=[999_999_999])}?{need().criteria.urlencode()}")

    assert caplog.records, "a page that is not there has its line, without its criteria"
    told = "\n".join(record.getMessage() for record in caplog.records)
    for trace in ("63300", "Riom", "riom", "age_months", "2025", "Saint-Denis", "?"):
        assert trace not in told, trace


def test_the_web_server_writes_no_line_of_requests() -> None:
    """gunicorn's access log is off unless it is asked for; nothing here asks for it."""
    from gunicorn.config import Config

    assert Config().accesslog is None
    assert "--access-logfile" not in web_server(8000)
    for name in ("Dockerfile", "docker-compose.yml", "script/demo"):
        assert "access" not in Path(name).read_text(encoding="utf-8").replace("access_key", ""), name
    assert "gunicorn" not in tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8")).get("tool", {})
    assert not Path("gunicorn.conf.py").exists()


def test_the_page_says_so() -> None:
    page = Client().get(reverse("monenfant:search")).content.decode()

    assert "Nous ne gardons rien de votre recherche" in page
