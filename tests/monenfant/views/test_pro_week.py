"""A week filled, foreseen, published, refused, met by another phone, undone: without a script."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from monenfant.models import CarePlace, Publication
from monenfant.reporting.held import last_message
from tests.monenfant.reporting.conftest import present, tell, told_on, week
from tests.monenfant.views.conftest import ON, client_of

pytestmark = pytest.mark.django_db
WEEK = "/pro/semaine/AM1/"
THURSDAY = ON.replace(day=29)


def text_of(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def form(answer: Any) -> dict[str, str]:
    """What the browser would send of the page's form: texts, numbers, ticked boxes."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", answer.content.decode()):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if "name" in attributes and attributes["name"] not in ("csrfmiddlewaretoken", "next"):
            found[attributes["name"]] = unescape(attributes.get("value", ""))
    return found


def tapped(answer: Any, *squares: str, do: str = "until", **typed: str) -> dict[str, str]:
    return form(answer) | {f"free-{square}-ANY-X": "1" for square in squares} | typed | {"do": do}


def published(client: Client, *squares: str, do: str = "until", **typed: str) -> Any:
    """The whole way: taps, what changes, « Publier »."""
    foreseen = client.post(WEEK, tapped(client.get(WEEK), *squares, do=do, **typed))
    return client.post(WEEK, form(foreseen) | {"do": "publish"})


def test_three_taps_publish_a_thursday_until_the_end_of_may(client: Client, hers: CarePlace) -> None:
    foreseen = client.post(WEEK, tapped(client.get(WEEK), "3-PM"))
    assert (
        "Jeudi après-midi : pas encore dit, puis 1 place libre, 31 fois à partir du jeudi 29 octobre 2026."
        in text_of(foreseen)
    )
    assert not Publication.objects.exists()

    receipt = client.post(WEEK, form(foreseen) | {"do": "publish"}, follow=True)

    assert "C’est publié" in text_of(receipt)
    assert "31 demi-journées libres" in text_of(receipt)
    assert told_on(hers, THURSDAY) == {("PM", "REGULAR"): 1, ("PM", "OCCASIONAL"): 1}


def test_more_than_the_approval_is_refused_with_its_sentence_and_the_square_keeps_its_value(
    client: Client, hers: CarePlace
) -> None:
    tell(hers, week(mon_am=1), present=present(3))

    answer = client.post(WEEK, tapped(client.get(WEEK), "3-AM", "3-PM", **{"n-3-AM-ANY-X": "2"}))

    assert answer.status_code == 422
    assert "4 enfants au plus le jeudi matin : 3 contrats + 2 places dépassent votre agrément." in text_of(answer)
    kept = form(answer)
    assert ("free-3-AM-ANY-X" in kept, "free-3-PM-ANY-X" in kept, "free-0-AM-ANY-X" in kept) == (False, True, True)
    assert Publication.objects.count() == 1


def test_a_full_approval_is_accepted_and_said(client: Client, hers: CarePlace) -> None:
    tell(hers, week(mon_am=1), present=present(3))

    answer = client.post(WEEK, tapped(client.get(WEEK), "3-AM"))

    assert "votre agrément de 4 enfants est complet : lundi matin, jeudi matin." in text_of(answer)


def test_one_child_more_told_on_the_page_counts_at_once(client: Client, hers: CarePlace) -> None:
    tell(hers, week(), present=present(3))

    refused = client.post(WEEK, tapped(client.get(WEEK), "3-AM", **{"p-3-AM": "4"}))
    assert "4 contrats + 1 place dépassent votre agrément" in text_of(refused)

    published(client, "3-AM", **{"p-3-AM": "2"})
    assert hers.presences.get(weekday=3, band="AM").children == 2


@pytest.mark.parametrize("typed", [{"n-3-PM-ANY-X": "une"}, {"n-3-PM-ANY-X": "256"}, {"p-3-AM": "9"}, {"p-3-AM": "-1"}])
def test_what_is_no_number_is_told_and_nothing_is_foreseen(client: Client, typed: dict[str, str]) -> None:
    answer = client.post(WEEK, tapped(client.get(WEEK), "3-PM", **typed))

    assert answer.status_code == 422
    assert "Écrivez un nombre" in text_of(answer)


@pytest.mark.parametrize(("do", "free"), [("paint", 10), ("empty", 0), ("copy", 1), ("edit", 2)])
def test_filling_faster_saves_nothing(client: Client, hers: CarePlace, do: str, free: int) -> None:
    tell(hers, week(thu_pm=1), on=ON.replace(day=19))
    page = client.get(WEEK)

    answer = client.post(WEEK, tapped(page, "4-AM", do=do))

    assert sum(name.startswith("free-") for name in form(answer)) == free
    assert Publication.objects.count() == 1


def test_two_phones_at_once_and_the_second_keeps_her_squares(client: Client, hers: CarePlace) -> None:
    mine = client.post(WEEK, tapped(client.get(WEEK), "4-PM"))
    published(client_of(hers), "3-PM")

    answer = client.post(WEEK, form(mine) | {"do": "publish"})

    assert answer.status_code == 409
    assert "Anne Martin a publié à" in text_of(answer)
    kept = form(answer)
    assert ("free-4-PM-ANY-X" in kept, "free-3-PM-ANY-X" in kept) == (True, False)
    assert kept["seen"] == str(last_message(hers))
    assert Publication.objects.count() == 1


def test_pressed_twice_it_is_published_once(client: Client) -> None:
    foreseen = form(client.post(WEEK, tapped(client.get(WEEK), "3-PM"))) | {"do": "publish"}
    first, second = client.post(WEEK, foreseen), client.post(WEEK, foreseen)

    assert second["Location"] == first["Location"] + "?encore=1"
    assert "C’est déjà reçu" in text_of(client.get(second["Location"]))
    assert Publication.objects.count() == 1


def test_the_last_publication_is_undone_from_its_receipt(client: Client, hers: CarePlace) -> None:
    published(client, "3-PM")
    last = published(client, "4-PM")["Location"]
    key = form(client.get(last))["key"]

    answer = client.post(f"{last}annuler/", {"key": key})

    assert told_on(hers, THURSDAY.replace(day=30)) == {}
    assert told_on(hers, THURSDAY) != {}
    assert "Retour à ce qui était dit avant" in text_of(client.get(answer["Location"]))
    assert client.post(f"{last}annuler/", {"key": "00000000-0000-0000-0000-000000000009"}).status_code == 409


def test_a_week_that_nobody_may_see_is_not_there(client: Client, hers: CarePlace) -> None:
    stranger = client_of(None)

    assert stranger.get(WEEK).status_code == 404
    assert stranger.post(WEEK, {"do": "publish"}).status_code == 404
    assert client.post(WEEK, {"do": "publish", "gesture": "STOP", "key": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("2026-11-05", "2 novembre 2026"), ("2020-01-01", "26 octobre 2026"), ("9999-12-31", "20 décembre 2027"), ("x", "26 octobre 2026")],
)  # fmt: skip
def test_only_weeks_to_come_are_shown(client: Client, asked: str, shown: str) -> None:
    assert f"Semaine du lundi {shown}" in text_of(client.get(WEEK, {"du": asked}))
