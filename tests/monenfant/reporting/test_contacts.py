"""Contacts told beside the approval, and what is hidden: in two worlds that differ by a hidden address, the place is one."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from monenfant.models import Approval, CarePlace, ContactsTold, Provider
from monenfant.publishing import publish_offer
from monenfant.reporting.conditions import Conditions, conditions_of, tell_conditions
from monenfant.reporting.contacts import AddressIsOpen, NoContactLeft, known_of, tell_contacts
from monenfant.reporting.showing import shown_place
from monenfant.reporting.stops import stop
from monenfant.reporting.undoing import undo
from monenfant.rules.childminders import BothContactsHidden, Hidden
from portal.audit.models import JournalEntry
from portal.organisations.communes import commune_of, distance_km
from tests.monenfant.files import row, take_in
from tests.monenfant.reporting.conftest import HER, NOW, ON, present, tell, told_on, week

pytestmark = pytest.mark.django_db
KIND, PHONE, EMAIL = "childminder-approvals", "06 39 98 00 00", "anne@exemple.fr"
LATER = "2026-11-01T08:00:00+01:00"
HER_KEY = UUID(int=5)


def published(folder: Path, **cells: Any) -> CarePlace:
    take_in(folder, KIND, row(KIND, **cells))
    publish_offer(on=ON)
    return CarePlace.objects.get()


def change(place: CarePlace, **changes: Any) -> ContactsTold | None:
    known = known_of(place, ON)
    facts: dict[str, Any] = {
        "phone": known.phone, "email": known.email, "web": "", "hidden": known.hidden, "who": HER, "on": ON, "now": NOW,
    }  # fmt: skip
    return tell_contacts(place_pk=place.pk, **facts | changes)


def of_search(place: CarePlace) -> dict[str, Any]:
    """Every column of what a search reads."""
    return CarePlace.objects.filter(pk=place.pk).values().get()


@pytest.mark.parametrize("point", [("45.7700", "3.1200"), ("45.7900", "3.0700")])
def test_an_address_that_she_hides_leaves_nothing_in_the_place(tmp_path: Path, point: tuple[str, str]) -> None:
    place = published(tmp_path, lat=point[0], lon=point[1])
    tell(place, week(thu_pm=1))

    change(place, hidden=Hidden(address=True))

    found, middle = of_search(place), commune_of("63113")
    assert distance_km(found["lat"], found["lon"], middle.lat, middle.lon) < 0.5
    assert set(place.months.values_list("cell", flat=True)) == {found["cell"]}
    shown = shown_place(CarePlace.objects.get(), ON)
    assert (shown.is_hidden, shown.contacts.address) == (True, "")


def test_two_worlds_that_differ_by_the_hidden_address_are_one_to_read(tmp_path: Path) -> None:
    place = published(tmp_path)
    change(place, hidden=Hidden(address=True))
    here, shown = of_search(place), shown_place(CarePlace.objects.get(), ON)

    moved = {
        "address": "9 impasse du Refuge",
        "lat": "45.7700",
        "lon": "3.1200",
        "updated_at": "2026-10-20T08:00:00+02:00",
    }
    take_in(tmp_path, KIND, row(KIND, **moved))
    publish_offer(on=ON)

    assert of_search(place) == here
    assert shown_place(CarePlace.objects.get(), ON) == shown


def test_she_may_show_again_what_the_approval_hid_and_a_later_approval_hides_it_again(tmp_path: Path) -> None:
    place = published(tmp_path, hides_address=1, lat="45.7700", lon="3.1200")
    change(place, hidden=Hidden())
    assert (of_search(place)["lat"], of_search(place)["lon"]) == (45.77, 3.12)

    take_in(tmp_path, KIND, row(KIND, hides_address=1, lat="45.7700", lon="3.1200", updated_at=LATER))
    publish_offer(on=ON)

    assert of_search(place)["lat"] != 45.77
    assert known_of(place, ON).hidden.address


def test_who_hides_and_moves_is_shown_in_the_new_commune(tmp_path: Path) -> None:
    place = published(tmp_path)
    change(place, hidden=Hidden(address=True))
    take_in(tmp_path, KIND, row(KIND, insee_code="63300", lat="45.9000", lon="3.1300", updated_at=LATER))

    publish_offer(on=ON)

    found, riom = of_search(place), commune_of("63300")
    assert distance_km(found["lat"], found["lon"], riom.lat, riom.lon) < 0.5
    assert (found["lat"], found["lon"]) != (45.9, 3.13)


def test_her_words_prevail_and_the_approval_stays_as_received(tmp_path: Path) -> None:
    place = published(tmp_path)
    received = Approval.objects.values().get()

    change(place, phone=PHONE)
    change(place, email=EMAIL)

    shown = shown_place(place, ON).contacts
    assert (shown.phone, shown.email) == (PHONE, EMAIL)
    assert Approval.objects.values().get() == received
    assert list(ContactsTold.objects.order_by("pk").values_list("is_last", flat=True)) == [False, True]
    told = list(JournalEntry.objects.filter(action="childcare.contacts_told").order_by("pk"))
    assert [entry.detail for entry in told] == [{"changed": ["phone"]}, {"changed": ["email"]}]


def test_the_same_words_again_change_nothing(tmp_path: Path) -> None:
    place = published(tmp_path)

    assert change(place) is None
    assert not ContactsTold.objects.exists()


def test_one_contact_is_hidden_and_never_both(tmp_path: Path) -> None:
    """Example 21."""
    place = published(tmp_path)
    change(place, hidden=Hidden(address=True, email=True))
    shown = shown_place(place, ON).contacts
    assert (shown.address, shown.email, bool(shown.phone)) == ("", "", True)

    with pytest.raises(BothContactsHidden):
        change(place, hidden=Hidden(email=True, phone=True))
    with pytest.raises(NoContactLeft):
        change(place, phone="", hidden=Hidden(email=True))
    assert ContactsTold.objects.count() == 1


def test_the_address_of_a_house_stays_open(tmp_path: Path) -> None:
    place = published(tmp_path, place="MAM", house_no="S9")
    with pytest.raises(AddressIsOpen):
        change(place, hidden=Hidden(address=True))

    assert shown_place(place, ON).contacts.address == "3 rue des Forges, 63000 Clermont-Ferrand"


def test_fewer_children_in_the_approval_take_places_away_when_the_offer_is_published(tmp_path: Path) -> None:
    place = published(tmp_path)
    tell(place, week(thu_pm=2), present=present(2))
    take_in(tmp_path, KIND, row(KIND, max_children="3", updated_at=LATER))

    publish_offer(on=ON)

    assert told_on(place, ON + timedelta(days=3)) == {("PM", "REGULAR"): 1, ("PM", "OCCASIONAL"): 1}
    assert place.publications.order_by("-pk")[0].gesture == "LIMIT"


def test_who_stops_for_good_is_published_until_then(tmp_path: Path) -> None:
    place = published(tmp_path)
    first = ON + timedelta(days=30)
    made = stop(place_pk=place.pk, key=HER_KEY, start=first, end=None, is_final=True, who=HER, on=ON, now=NOW)

    assert of_search(place)["published_until"] == first
    publish_offer(on=ON)
    assert of_search(place)["published_until"] == first

    undo(place_pk=place.pk, publication_pk=made.pk, key=UUID(int=6), who=HER, on=ON, now=NOW)
    assert of_search(place)["published_until"] == date(2029, 1, 1)


def test_conditions_are_her_own_words_and_what_she_does_not_say_is_not_shown(tmp_path: Path) -> None:
    place = published(tmp_path)
    assert shown_place(place, ON).conditions == ["Enfants de 0 mois à 72 mois"]
    told = Conditions({"monday": "07:30-18:00"}, 4_50, conditions_of(place).answers | {"has_pets": False})

    assert tell_conditions(place_pk=place.pk, told=told, who=HER, now=NOW)
    assert not tell_conditions(place_pk=place.pk, told=told, who=HER, now=NOW)

    shown = shown_place(place, ON)
    assert (shown.conditions, shown.rate_cents) == (["Enfants de 0 mois à 72 mois", "Pas d’animal à la maison"], 450)
    assert shown.hours == [("lundi", "7 h 30 – 18 h")]


def test_a_structure_has_its_own_contacts(tmp_path: Path) -> None:
    take_in(tmp_path, "care-structures", row("care-structures"))
    publish_offer(on=ON)
    place = CarePlace.objects.get(provider=Provider.STRUCTURE)

    change(place, phone=PHONE, web="https://lucioles.exemple.fr/inscrire")

    shown = shown_place(place, ON)
    assert (shown.name, shown.contacts.phone, shown.web) == (
        "Les Lucioles",
        PHONE,
        "https://lucioles.exemple.fr/inscrire",
    )
    assert shown.hours == [("lundi à vendredi", "7 h 30 – 18 h 30")]


@pytest.mark.parametrize(
    ("told", "received", "hidden"),
    [
        (Hidden(), {"hides_phone": "1"}, Hidden(phone=True)),
        (Hidden(), {"hides_email": "1"}, Hidden(email=True)),
        # One contact stays: where both would be hidden, her own word says which.
        (Hidden(email=True), {"hides_phone": "1"}, Hidden(email=True)),
        (Hidden(phone=True), {"hides_email": "1"}, Hidden(phone=True)),
    ],
)
def test_a_contact_that_a_later_approval_hides_is_hidden_as_an_address_is(
    tmp_path: Path, told: Hidden, received: dict[str, str], hidden: Hidden
) -> None:
    place = published(tmp_path)
    change(place, hidden=told, phone=PHONE, email=EMAIL)
    take_in(tmp_path, KIND, row(KIND, **received, updated_at="2026-10-20T08:00:00+02:00"))
    assert known_of(place, ON).hidden == told

    take_in(tmp_path, KIND, row(KIND, **received, updated_at=LATER))

    assert known_of(place, ON).hidden == hidden


def test_the_only_contact_is_not_hidden_by_a_later_approval(tmp_path: Path) -> None:
    place = published(tmp_path)
    change(place, phone=PHONE, email="")
    take_in(tmp_path, KIND, row(KIND, hides_phone="1", updated_at=LATER))

    assert known_of(place, ON).shown.phone == PHONE
