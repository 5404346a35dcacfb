"""Where somebody hides their address, nothing anybody can ask tells where it is: pages, API, distances, order."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from monenfant.models import Approval, CarePlace
from monenfant.operations import replace_window
from monenfant.publishing import publish_offer
from monenfant.reporting.contacts import tell_contacts
from monenfant.reporting.writing import Who
from monenfant.rules.childminders import Hidden
from monenfant.search.answer import answer_to
from monenfant.search.selectors import search, silent_around
from portal.organisations.communes import commune_of
from tests.monenfant.files import row, take_in
from tests.monenfant.search.world import MONDAY, NOON, RIOM, SINCE, THURSDAY, childminder, creche, need, slot

pytestmark = pytest.mark.django_db
# Four corners of Riom, far apart for neighbours.
CORNERS = (("45.8801", "3.0899"), ("45.9102", "3.0905"), ("45.8805", "3.1402"), ("45.9099", "3.1398"))
AROUND = ("63300", "63245", "63113")


@pytest.fixture(autouse=True)
def the_day(settings: Any) -> None:
    settings.PORTAL_DAY = MONDAY


def world(folder: Path, *corners: tuple[str, str], number: str = "AM") -> None:
    """Childminders of Riom who hide their address, as their département tells them, each with a free afternoon."""
    rows = [
        row(
            "childminder-approvals", approval_number=f"A63-{number}{place}", childminder_no=f"{number}{place}", lat=lat,
            lon=lon, address=f"{place + 1} rue {lat}", city="Riom", postcode="63200", insee_code="63300", hides_address=1,
            updated_at=f"2026-01-{place + 5:02d}T08:00:00+01:00",
        )
        for place, (lat, lon) in enumerate(corners)
    ]  # fmt: skip
    assert not take_in(folder, "childminder-approvals", *rows).refusals
    publish_offer(on=MONDAY)
    for place in CarePlace.objects.filter(declared_at=None):
        replace_window(
            place_pk=place.pk, key=uuid4(), sequence=1, mode="MANUAL", first=MONDAY, end=MONDAY + timedelta(days=30),
            slots=[slot(group="ANY")], body=b"", answer={}, now=datetime(2026, 10, 25, 9, tzinfo=UTC),
        )  # fmt: skip


def everything_shown() -> list[str]:
    """What anybody gets, from several communes: list, map, place, API."""
    client, found = Client(), []
    pk = CarePlace.objects.get(number="AM0").pk
    for code in AROUND:
        query = need(commune=commune_of(code), radius_km=20).criteria.urlencode()
        for path in (
            reverse("monenfant:search"), reverse("monenfant:search_map"), reverse("monenfant:place", args=[pk]),
            reverse("monenfant:search_api"),
        ):  # fmt: skip
            answer = client.get(f"{path}?{query}")
            assert answer.status_code == 200, path
            found.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()))
    return found


def test_two_worlds_that_differ_by_the_true_address_are_the_same_bytes(tmp_path: Path) -> None:
    world(tmp_path / "first", CORNERS[0])
    first = everything_shown()
    Approval.objects.update(lat=45.9099, lon=3.1398, address="ailleurs")
    publish_offer(on=MONDAY)

    assert everything_shown() == first
    assert "AM0" not in "".join(first)
    assert not re.search(r"45\.8801|3\.0899|rue 45", "".join(first))


def test_the_same_when_the_file_itself_tells_another_address(tmp_path: Path) -> None:
    world(tmp_path / "first", CORNERS[0])
    first = everything_shown()
    lat, lon = CORNERS[3]
    changed = row(
        "childminder-approvals", approval_number="A63-AM0", childminder_no="AM0", lat=lat, lon=lon, address="9 rue du Stade",
        city="Riom", postcode="63200", insee_code="63300", hides_address=1, updated_at="2026-02-05T08:00:00+01:00",
    )  # fmt: skip
    assert not take_in(tmp_path / "second", "childminder-approvals", changed).refusals
    publish_offer(on=MONDAY)

    assert everything_shown() == first


def test_what_is_not_hidden_does_change(tmp_path: Path) -> None:
    """The look-alike: the same moves, without hiding, are seen."""
    world(tmp_path / "first", CORNERS[0])
    Approval.objects.update(hides_address=False)
    first = everything_shown()
    CarePlace.objects.update(lat=45.9099, lon=3.1398)

    assert everything_shown() != first
    assert "rue 45.8801" in "".join(first)


def test_two_who_hide_in_one_commune_are_at_one_distance_from_anywhere(tmp_path: Path) -> None:
    world(tmp_path, *CORNERS)

    for code in AROUND:
        asked = need(commune=commune_of(code), radius_km=20)
        assert len({match.distance for match in search(asked, on=MONDAY).matches}) == 1
        cards = answer_to(asked, on=MONDAY).cards
        assert len(cards) == 4
        assert len({(card.distance, card.distance_km) for card in cards}) == 1
        assert all(re.fullmatch("à environ \\d+\xa0km", card.distance) for card in cards)
        assert all(card.lat is None and card.lon is None for card in cards)


def test_the_order_of_those_at_one_distance_is_a_draw_of_the_day(tmp_path: Path) -> None:
    """The same whatever the addresses and the order of arrival; another one on another day."""
    world(tmp_path / "first", *CORNERS)
    order = [match.number for match in search(need(radius_km=20), on=MONDAY).matches]
    for number, place in enumerate(CarePlace.objects.order_by("-pk")):
        Approval.objects.filter(childminder_no=place.number).update(lat=45.88 + number / 100, lon=3.1)

    assert [match.number for match in search(need(radius_km=20), on=MONDAY).matches] == order
    days = [MONDAY - timedelta(days=number) for number in range(8)]
    CarePlace.objects.update(declared_at=datetime(2026, 10, 10, 9, tzinfo=UTC))
    orders = {tuple(match.number for match in search(need(radius_km=20), on=day).matches) for day in days}
    assert len(orders) > 3
    CarePlace.objects.update(declared_at=None)
    silent = {tuple(match.number for match in silent_around(need(radius_km=20), on=day)) for day in days}
    assert len(silent) > 3


def test_the_map_has_no_marker_for_them_and_counts_them() -> None:
    point = {"lat": round(RIOM.lat * 222) / 222, "lon": round(RIOM.lon * 222) / 222}
    for number in ("H1", "H2"):
        childminder(number, slot(group="ANY"), hides_address=True, **point)
    childminder("V1", slot(group="ANY"), km=2)
    for path in ("monenfant:search", "monenfant:search_map"):
        page = Client().get(f"{reverse(path)}?{need().criteria.urlencode()}").content.decode()
        numbers = re.findall(r'aria-label="Lieux? ([\d, ]+)"', page)

        assert numbers == ["3"]
        assert "2 personnes dont l’adresse n’est pas montrée" in page
        assert str(point["lat"])[:7] not in page


def test_a_place_whose_approval_is_not_known_shows_nothing_but_about_how_far() -> None:
    childminder("A", slot(group="ANY"), km=2)
    Approval.objects.all().delete()

    assert [(card.is_hidden, card.distance, card.lat) for card in answer_to(need(), on=MONDAY).cards] == [
        (True, "à environ 2\xa0km", None)
    ]


@pytest.mark.parametrize(
    ("hidden", "shown", "not_shown"),
    [
        ({}, ["06 39 98 00 01", "A@exemple.fr", "8 rue des Lilas"], []),
        ({"hides_phone": True}, ["A@exemple.fr", "8 rue des Lilas"], ["06 39 98 00 01", "0639980001"]),
        (
            {"hides_email": True, "hides_address": True},
            ["06 39 98 00 01"],
            ["A@exemple.fr", "8 rue des Lilas", "Riom", "63200"],
        ),
    ],
)
def test_a_place_shows_the_contacts_that_are_left(
    hidden: dict[str, bool], shown: list[str], not_shown: list[str]
) -> None:
    place = childminder("A", slot(group="ANY"), **hidden)

    page = Client().get(reverse("monenfant:place", args=[place.pk])).content.decode().replace("\xa0", " ")

    assert "Anne Martin A" in page
    assert all(text in page for text in shown)
    assert not any(text in page for text in not_shown)


def tell(place: CarePlace, *, hidden: Hidden, on: date = MONDAY, **words: str) -> None:
    said = {"phone": "06 39 98 00 77", "email": "elle@exemple.fr", "web": ""} | words
    tell_contacts(place_pk=place.pk, hidden=hidden, who=Who("monique"), on=on, now=NOON + timedelta(days=1), **said)


def test_what_she_hides_on_the_site_is_hidden_from_families_at_once() -> None:
    """Her own word prevails over the file, which shows everything: address, e-mail, marker, exact distance."""
    place = childminder("A", slot(group="ANY"), km=1.2, publication_authorised_on=SINCE)
    tell(place, hidden=Hidden(address=True, email=True))

    pages = everything_shown_of(place)
    assert not re.search("rue des Lilas|A@exemple.fr|elle@exemple.fr|06 39 98 00 01|1,2|45.90", pages)
    assert "06 39 98 00 77" in pages
    (card,) = answer_to(need(), on=MONDAY).cards
    assert (card.is_hidden, card.lat, card.distance) == (True, None, "à environ 1\xa0km")


def test_what_a_place_tells_of_itself_is_what_families_read() -> None:
    """The look-alike: told without hiding, the new contacts are shown with the address, also of a crèche."""
    hers, theirs = childminder("A", slot(group="ANY"), publication_authorised_on=SINCE), creche("C", slot())
    tell(hers, hidden=Hidden(), web="https://exemple.fr/anne")
    tell(theirs, hidden=Hidden(), phone="04 73 00 00 77")

    pages = everything_shown_of(hers)
    assert all(text in pages for text in ("06 39 98 00 77", "elle@exemple.fr", "rue des Lilas", "exemple.fr/anne"))
    assert "04 73 00 00 77" in everything_shown_of(theirs)


def everything_shown_of(place: CarePlace) -> str:
    query = need().criteria.urlencode()
    paths = (reverse("monenfant:place", args=[place.pk]), reverse("monenfant:search"), reverse("monenfant:search_api"))
    return "".join(Client().get(f"{path}?{query}").content.decode() for path in paths).replace("\xa0", " ")


def test_who_hides_and_will_move_is_shown_where_she_is_until_then() -> None:
    """The approval of the next home is known before its first day: nothing tells that commune earlier."""
    place = childminder("A", slot(group="ANY"), publication_authorised_on=SINCE)
    tell(place, hidden=Hidden(address=True))
    now = Approval.objects.get()
    Approval.objects.create(**{
        **{field.attname: getattr(now, field.attname) for field in Approval._meta.fields if field.name != "id"},
        "approval_number": "A-next", "start": THURSDAY, "insee_code": "63124", "lat": 45.74, "lon": 3.2,
    })  # fmt: skip

    publish_offer(on=MONDAY)
    here = CarePlace.objects.get()
    publish_offer(on=THURSDAY)
    there = CarePlace.objects.get()

    assert (here.insee_code, there.insee_code) == ("63300", "63124")
    assert near(here, "63300")
    assert near(there, "63124")


def near(place: CarePlace, code: str) -> bool:
    commune = commune_of(code)
    return abs(place.lat - commune.lat) < 0.01 and abs(place.lon - commune.lon) < 0.01


def test_the_day_of_the_tests_is_a_thursday() -> None:
    assert (THURSDAY.weekday(), MONDAY) == (3, date(2026, 10, 26))


def test_what_she_hides_herself_is_hidden_at_once_from_everybody(tmp_path: Path) -> None:
    """The file of the département still shows all of it."""
    world(tmp_path / "first", CORNERS[0])
    Approval.objects.update(hides_address=False, phone="06 39 98 00 77", email="anne@exemple.fr")
    place = CarePlace.objects.get()
    publish_offer(on=MONDAY)
    assert re.search(r"rue 45.*06.39.98.00.77", "".join(everything_shown()), re.DOTALL)

    tell_contacts(
        place_pk=place.pk, phone="06 39 98 00 77", email="anne@exemple.fr", web="", hidden=Hidden(address=True, phone=True),
        who=Who("anne"), on=MONDAY, now=datetime(2026, 10, 26, 9, tzinfo=UTC),
    )  # fmt: skip

    shown = "".join(everything_shown())
    assert "anne@exemple.fr" in shown
    assert not re.search(r"45\.8801|3\.0899|rue 45|06.39.98.00.77", shown)
