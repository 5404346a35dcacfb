"""What an approval leaves, and what a childminder may hide."""

import pytest

from monenfant.rules.childminders import (
    BothContactsHidden,
    Contacts,
    Hidden,
    TooManyPlaces,
    check_free_places,
    shown_contacts,
)

ALL = Contacts("3 rue des Forges", "anne@exemple.fr", "0473000000")


def test_address_and_email_may_be_hidden_the_phone_stays() -> None:
    assert shown_contacts(ALL, Hidden(address=True, email=True), at_home=True) == Contacts("", "", "0473000000")


def test_a_house_of_childminders_is_open_its_address_is_shown() -> None:
    assert shown_contacts(ALL, Hidden(address=True), at_home=False).address == "3 rue des Forges"


def test_email_and_phone_are_never_both_hidden() -> None:
    with pytest.raises(BothContactsHidden):
        Hidden(email=True, phone=True)


@pytest.mark.parametrize(("places", "warns"), [(0, False), (1, False), (2, True)])
def test_approved_for_four_with_two_children_may_tell_two_places_or_fewer(places: int, warns: bool) -> None:
    assert check_free_places(places, approved=4, present=2) is warns


def test_approved_for_four_with_two_children_has_no_three_places() -> None:
    with pytest.raises(TooManyPlaces):
        check_free_places(3, approved=4, present=2)


@pytest.mark.parametrize("present", [4, 5, 6])
def test_nothing_left_and_nothing_told_is_no_warning_nor_an_error(present: int) -> None:
    """Children above the approval may be there for a day, to help out: « no place » can still be told, a place cannot."""
    assert check_free_places(0, approved=4, present=present) is False
    with pytest.raises(TooManyPlaces):
        check_free_places(1, approved=4, present=present)
