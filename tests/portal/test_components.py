"""Components: each has a contract, is shown with its states, and serves a page; deadlines count working days."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from cmg.templatetags.deadlines import distance
from portal.frame.gallery import contracts

TEMPLATES = Path(__file__).parents[2] / "templates"
COMPONENTS = sorted(path.stem for path in (TEMPLATES / "components").glob("*.html"))


@pytest.mark.django_db
def test_every_component_opens_with_its_contract_and_is_shown_under_it() -> None:
    page = Client().get("/composants/").content.decode()

    assert sorted(contracts()) == COMPONENTS
    assert re.findall(r'<h2 id="(\w+)">', page) == COMPONENTS
    assert page.count('<p class="contract">') == len(COMPONENTS)
    assert '<p class="contract"></p>' not in page


def test_every_component_serves_a_page_beside_the_gallery() -> None:
    pages = [path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html") if path.stem != "components"]
    written = "\n".join(pages)

    assert [name for name in COMPONENTS if f'"components/{name}.html"' not in written] == []


@pytest.mark.parametrize(
    ("said", "deadline", "words", "tone"),
    [
        ("ten working days, over All Saints", date(2026, 11, 9), "dans 10 jours ouvrés", ""),
        ("Thursday of the same week", date(2026, 10, 29), "dans 3 jours ouvrés", "wait"),
        ("tomorrow", date(2026, 10, 27), "dans 1 jour ouvré", "wait"),
        ("today", date(2026, 10, 26), "aujourd’hui", "wait"),
        ("last Friday", date(2026, 10, 23), "en retard de 1 jour ouvré", "stop"),
        ("yesterday, a Sunday", date(2026, 10, 25), "en retard de 1 jour ouvré", "stop"),
    ],
)
def test_a_deadline_says_how_far_it_is_in_working_days(said: str, deadline: date, words: str, tone: str) -> None:
    found = distance(deadline, date(2026, 10, 26))

    assert found is not None, said
    assert (found.words.replace("\u00a0", " "), found.tone) == (words, tone), said


def test_a_deadline_that_falls_before_any_working_day_is_not_in_zero_days() -> None:
    found = distance(date(2026, 11, 1), date(2026, 10, 31))

    assert found is not None
    assert found.words == "avant le prochain jour ouvré"
    assert distance(None, date(2026, 10, 26)) is None
