"""The demonstration of childcare: loaded once, with places that may be found and people who may report."""

from datetime import date
from pathlib import Path

import pytest

from cmg.demo.people import create_people
from monenfant.access import desks_of, managers_of, places_of
from monenfant.demo.people import LUCIOLES, MONIQUE, RELAIS
from monenfant.demo.scenario import load
from monenfant.models import AvailabilityMonth, CarePlace
from monenfant.search.answer import answer_to
from portal.accounts.models import User
from tests.monenfant.search.world import need

DAY = date(2026, 10, 26)


@pytest.mark.django_db
def test_it_is_loaded_once_and_gives_each_what_is_theirs(tmp_path: Path) -> None:
    create_people()
    said: list[object] = []

    load(tmp_path, DAY, said.append)
    load(tmp_path, DAY, said.append)

    assert len(said) == 1
    assert CarePlace.objects.filter(published_from__lte=DAY).count() > 4_000
    assert AvailabilityMonth.objects.filter(place__insee_code="63300").exists()
    assert numbers("monique") == [MONIQUE]
    assert numbers("yann") == [LUCIOLES]
    assert [one.name for one in managers_of(User.objects.get(username="yann"), DAY)] == ["Petite enfance de Riom"]
    assert [one.desk_no for one in desks_of(User.objects.get(username="celine"), DAY)] == [RELAIS]
    assert numbers("nathalie") == []
    finds_a_place_on_thursday()


def finds_a_place_on_thursday() -> None:
    """What the visitor of the scene meets: Les Lucioles first, somebody hidden about two kilometres away, some to confirm."""
    answer = answer_to(need(), on=DAY)

    first = answer.cards[0]
    assert (first.name, first.places, first.confirmed, first.is_hidden) == ("Les Lucioles", 1, "confirmé hier", False)
    assert any(card.is_hidden and card.distance == "à environ 2\u00a0km" for card in answer.cards)
    assert len(answer.unconfirmed) >= 3


def numbers(username: str) -> list[str]:
    return [place.number for place in places_of(User.objects.get(username=username), DAY)]
