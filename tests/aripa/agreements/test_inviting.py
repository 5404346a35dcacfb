"""The code: once, for one person, for some days, with few tries; it tells nothing, and neither does its refusal."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from aripa.agreements.inviting import NOT_USABLE, SIGNS, code_of, hash_of
from aripa.models import Agreement
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from tests.aripa.agreements import pairs
from tests.aripa.agreements.pairs import BASE, DAY, enter, invited, page_of, the_one

pytestmark = pytest.mark.django_db


def refused(answer) -> bool:  # type: ignore[no-untyped-def]
    return answer.status_code == 422 and NOT_USABLE in answer.content.decode()


def without_keys(text: str) -> str:
    """A page without what is drawn anew each time."""
    return re.sub(r'(name="(key|csrfmiddlewaretoken)" value=")[^"]*|nonce="[^"]*"', "", text)


def test_a_code_is_twelve_plain_signs_and_is_kept_nowhere(amelie: Client) -> None:
    code = invited(amelie)

    assert re.fullmatch(f"[{SIGNS}]{{4}}(-[{SIGNS}]{{4}}){{2}}", code)
    assert code in page_of(amelie, "inviter/")
    row = Agreement.objects.values().get()
    assert not [value for value in row.values() if code in str(value) or code.replace("-", "") in str(value)]


def test_the_same_form_gives_the_same_code_and_another_form_kills_it(amelie: Client, romain: Client) -> None:
    pairs.written(amelie)
    key, url = str(uuid4()), f"{BASE}/{the_one().key}/inviter/"
    amelie.post(url, {"key": key})
    first = code_of(the_one())
    amelie.post(url, {"key": key})
    assert code_of(the_one()) == first
    amelie.post(url, {"key": str(uuid4())})

    assert refused(enter(romain, first))
    assert enter(romain, code_of(the_one())).status_code == 302


def test_typed_in_small_letters_and_without_hyphens(amelie: Client, romain: Client) -> None:
    assert enter(romain, invited(amelie).lower().replace("-", " ")).status_code == 302


def test_it_serves_once(amelie: Client, romain: Client) -> None:
    code = invited(amelie)
    enter(romain, code)
    twin = pairs.client_of("twin", **pairs.ROMAIN)

    assert refused(enter(twin, code))
    assert enter(romain, code)["Location"] == f"{BASE}/{the_one().key}/"  # the same form, sent twice
    assert the_one().second.username == "romain"  # type: ignore[union-attr]


@pytest.mark.parametrize(("days", "is_good"), [(0, True), (15, True), (16, False)])
def test_it_serves_fifteen_days(amelie: Client, romain: Client, settings, days: int, is_good: bool) -> None:  # type: ignore[no-untyped-def]
    code = invited(amelie)
    settings.PORTAL_DAY = DAY + timedelta(days=days)

    assert (enter(romain, code).status_code == 302) is is_good


def test_only_the_person_named_comes_in_and_three_others_end_the_code(amelie: Client, romain: Client) -> None:
    code = invited(amelie)
    brother = pairs.client_of("brother", given_name="Karl", family_name="GAILLARD", birthdate="1990-07-03")
    later = pairs.client_of("later", given_name="Romain", family_name="GAILLARD", birthdate="1990-07-04")

    assert refused(enter(brother, code))
    assert refused(enter(later, code))
    assert the_one().code_misses == 2
    third = pairs.client_of("third", given_name="Paul", family_name="PETIT", birthdate="1970-01-01")
    assert refused(enter(third, code))
    assert refused(enter(romain, code))
    assert the_one().second is None


def test_two_others_do_not_end_it(amelie: Client, romain: Client) -> None:
    code = invited(amelie)
    for name in ("a", "b"):
        enter(pairs.client_of(name, given_name="Paul", family_name="PETIT", birthdate="1970-01-01"), code)

    assert enter(romain, code).status_code == 302


def test_guessing_locks_the_door_and_a_right_code_does_not_open_it_then(amelie: Client, romain: Client) -> None:
    code = invited(amelie)
    for number in range(3):
        assert refused(enter(romain, f"AAAA-BBBB-CCC{SIGNS[number]}"))

    assert enter(romain, code).status_code == 429
    assert the_one().second is None
    assert JournalEntry.objects.filter(action="aripa.agreement.code_refused").count() == 3


def test_ones_own_code_and_a_withdrawn_one_are_refused_in_the_same_words(amelie: Client, romain: Client) -> None:
    code = invited(amelie)
    own = enter(amelie, code)
    amelie.post(f"{BASE}/{the_one().key}/arreter/", {"why": "withdraw"})
    withdrawn, unknown = enter(romain, code), enter(romain, "AAAA-BBBB-CCCC")

    assert refused(own)
    pages = [
        without_keys(one.content.decode()).replace(code, "").replace("AAAA-BBBB-CCCC", "")
        for one in (withdrawn, unknown)
    ]
    assert pages[0] == pages[1]


def test_the_inviter_learns_nothing_of_accounts(amelie: Client) -> None:
    """Whether the person named has an account here or not, the same page to the byte."""
    invited(amelie)
    before = without_keys(page_of(amelie, "inviter/")), without_keys(page_of(amelie))
    pairs.romain()

    assert (without_keys(page_of(amelie, "inviter/")), without_keys(page_of(amelie))) == before
    assert User.objects.filter(username="romain").exists()


def test_the_page_of_the_code_names_nobody(amelie: Client, romain: Client) -> None:
    invited(amelie)

    page = romain.get(f"{BASE}/code/").content.decode()
    shown = re.sub(r"<[^>]*>", " ", page.partition("<main")[2])
    assert not [word for word in ("Amélie", "CHEVALIER", "Jade", "63") if word in shown]


def test_a_condition_that_fails_is_said_before_the_code_is_looked_at(amelie: Client, romain: Client) -> None:
    code = invited(amelie)
    for typed in (code, "AAAA-BBBB-CCCC"):
        answer = enter(romain, typed, title="oui")
        assert "un second titre serait nul" in answer.content.decode()
    assert the_one().state == "INVITED"


def test_hashes_are_keyed() -> None:
    assert hash_of("abcd-efgh-2345") == hash_of("ABCDEFGH2345") != hash_of("ABCDEFGH2346")


def test_without_a_birth_date_of_franceconnect_nobody_begins(db: None) -> None:
    nobody = pairs.client_of("nobody", given_name="X", family_name="Y")

    answer = pairs.begin(nobody)
    assert answer.status_code == 422
    assert "revenez par FranceConnect" in answer.content.decode()
