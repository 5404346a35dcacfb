"""A search that is asked too often, or for what cannot be."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from monenfant.views.search import PageTurns
from tests.monenfant.search.test_pages import TYPED, text_of, the_day
from tests.monenfant.search.world import need

__all__ = ["the_day"]
pytestmark = pytest.mark.django_db


def test_whoever_says_another_address_each_time_has_the_turns_of_one() -> None:
    """Even refused questions count: the hundred and twenty-first of one minute is not answered, whatever it says of itself."""
    cache.clear()
    path = reverse("monenfant:search_api")
    answers = [Client().get(path, HTTP_X_FORWARDED_FOR=f"10.0.0.{turn}").status_code for turn in range(121)]
    cache.clear()

    assert (answers[119], answers[120]) == (400, 429)


def test_one_connection_does_not_take_the_search_from_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PageTurns, "rate", "2/minute", raising=False)
    cache.clear()
    query = need().criteria.urlencode()
    paths = [reverse(f"monenfant:{name}") for name in ("search", "search_map", "search")]
    answers = [Client().get(f"{path}?{query}", HTTP_X_FORWARDED_FOR=path) for path in paths]
    another = Client().get(f"{paths[0]}?{query}", REMOTE_ADDR="10.0.0.1")
    cache.clear()

    assert [answer.status_code for answer in (*answers, another)] == [200, 200, 429, 200]
    assert "Attendez une minute" in text_of(answers[2])
    assert 0 < int(answers[2].headers["Retry-After"]) <= 61
    assert "no-store" in answers[2].headers["Cache-Control"]


@pytest.mark.parametrize("day", ["9999-12-31", "9999-10-09", "0001-01-01"])
def test_a_day_at_the_end_of_time_is_a_day_to_correct(day: str) -> None:
    typed = TYPED | {"kind": "REGULAR", "date_from": day}

    assert Client().post(reverse("monenfant:search"), typed).status_code == 422
    query = need(kind="REGULAR").criteria
    query["date_from"] = day
    assert Client().get(f"{reverse('monenfant:search')}?{query.urlencode()}").status_code == 422
    assert Client().get(f"{reverse('monenfant:search_api')}?{query.urlencode()}").status_code == 400
