"""The demonstration of childcare: loaded once, with places that may be found and people who may report."""

from datetime import date, datetime
from pathlib import Path

import pytest
from django.db.models import Count
from django.utils.timezone import localtime, make_aware

from cmg.demo.people import create_people
from monenfant.access import desks_of, managers_of, places_of
from monenfant.appointments.selectors import late_requests, requests_of_desks, tab
from monenfant.demo.duties import CURED, DECEMBER, JUNE
from monenfant.demo.people import LUCIOLES, MONIQUE, RELAIS
from monenfant.demo.scenario import load
from monenfant.duties.silences import missed_of
from monenfant.figures.published import Published
from monenfant.models import AvailabilityMonth, CarePlace, DeclarationFollowUp, FigureDay, StructureSilence
from monenfant.search.answer import answer_to
from monenfant.transmission.history import history_of
from portal.accounts.models import User
from portal.letters.models import Letter
from portal.notices.models import Notice
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
    auvergne = Published(FigureDay.objects.get(counted_on=DAY))
    assert 300 < auvergne.covered.coverage < 800
    assert 500 < auvergne.departement("63").real_occupancy < 780
    assert numbers("monique") == [MONIQUE]
    assert numbers("yann") == [LUCIOLES]
    assert [one.name for one in managers_of(User.objects.get(username="yann"), DAY)] == ["Petite enfance de Riom"]
    assert [one.desk_no for one in desks_of(User.objects.get(username="celine"), DAY)] == [RELAIS]
    assert numbers("nathalie") == []
    lucioles = CarePlace.objects.get(number=LUCIOLES)
    last, *before = history_of(lucioles).rows
    assert (last.answer["rejected"], last.answer["late"], last.codes) == (1, 2, ["E021_LATE_SLOT", "E025_AGE_RANGE"])
    assert [entry.codes for entry in before] == [[], []]
    assert missed_of(lucioles, DAY) == 0
    assert_families_wait()
    her = CarePlace.objects.get(number=MONIQUE)
    assert localtime(her.declared_at).date() == date(2026, 10, 12)
    assert sorted(set(her.presences.values_list("children", flat=True))) == [2, 3]
    assert [one.window_end for one in her.publications.all()] == [date(2026, 12, 1)]
    # June's campaign is over, with somebody in each state; December's is open, and Monique is asked.
    june = states(JUNE)
    assert {state: june.get(state) for state in ("OVERDUE", "REMINDED", "REFERRED", "WARNED", "RECORDED")} == {
        "OVERDUE": 1, "REMINDED": 1, "REFERRED": 2, "WARNED": 1, "RECORDED": 1,
    }  # fmt: skip
    assert DeclarationFollowUp.objects.get(cured_on__isnull=False).place.number == CURED
    assert (state_of(MONIQUE, JUNE), state_of(MONIQUE, DECEMBER)) == ("COMPLIANT", "DUE")
    assert states(DECEMBER)["COMPLIANT"] > 10
    assert Notice.objects.get(kind="monenfant.declare").words == "mardi 1er décembre 2026"
    assert Letter.objects.filter(kind="monenfant.reminder").count() == 7
    assert StructureSilence.objects.filter(ended_on=None, adviser__username="nathalie").exists()
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


def assert_families_wait() -> None:
    """For Céline, and one for the fund."""
    held = requests_of_desks(User.objects.get(username="celine"), DAY)
    waiting = tab(held, "", DAY).order_by("due_on")
    assert [one.due_on for one in waiting] == [DAY, date(2026, 10, 30), date(2026, 11, 5)]
    assert [one.starts_at for one in tab(held, "fixes", DAY)] == [moment(2026, 10, 28, 10)]
    assert tab(held, "choix", DAY).count() == 1
    assert [one.due_on for one in late_requests(["63"], DAY)] == [date(2026, 10, 30)]


def moment(*parts: int) -> datetime:
    return make_aware(datetime(*parts))  # type: ignore[arg-type, misc]  # noqa: DTZ001


def states(deadline: date) -> dict[str, int]:
    found = DeclarationFollowUp.objects.filter(deadline=deadline).values_list("state").order_by("state")
    return dict(found.annotate(count=Count("pk")))


def state_of(number: str, deadline: date) -> str:
    return DeclarationFollowUp.objects.get(place__number=number, deadline=deadline).state
