"""Links sent to a professional: what opens, what does not, once, and a new one without telling anything."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from monenfant.models import CarePlace, ProAccessGrant, ProLink, Publication
from monenfant.reporting import links
from monenfant.reporting.foreseeing import NothingTold
from portal.accounts.drawn import grouped
from portal.accounts.models import User
from tests.monenfant.reporting.conftest import NOW, ON, tell, told_on, week

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ADDRESS = "monique@exemple.fr"


@pytest.fixture(autouse=True)
def _address(settings: Any) -> None:
    settings.PORTAL_ADDRESS = "https://portail.example"


def token_for(place: CarePlace, purpose: str, **changes: Any) -> str:
    address = links.link_for(place_pk=place.pk, purpose=purpose, now=changes.get("now", NOW))
    assert address.startswith("https://portail.example/pro/lien/")
    return address.rstrip("/").rsplit("/", 1)[1]


def grant(place: CarePlace) -> None:
    user = User.objects.create(username="monique", email=ADDRESS)
    ProAccessGrant.objects.create(user=user, place=place, start=ON)


def test_a_link_is_kept_by_its_hash_alone(childminder: CarePlace) -> None:
    token = token_for(childminder, "WEEK")

    kept = ProLink.objects.get()
    assert token.replace("-", "") not in str(kept.__dict__)
    assert links.find(token) == kept
    assert links.find(token.lower().replace("-", "")) == kept


def test_what_nobody_drew_is_turned_away_without_asking_the_database(
    childminder: CarePlace, django_assert_num_queries: Any
) -> None:
    token = token_for(childminder, "WEEK")
    other = token[:-1] + ("0" if token[-1] != "0" else "1")
    with django_assert_num_queries(0):
        assert links.find(other) is None
        assert links.find("x") is None
    # Drawn by us, but never given: signed and not found.
    assert links.find(grouped(links.draw(links.SALT))) is None


@pytest.mark.parametrize(("purpose", "days"), [("WEEK", 7), ("SAME", 45)])
def test_a_link_opens_until_its_date(childminder: CarePlace, purpose: str, days: int) -> None:
    link = links.find(token_for(childminder, purpose))
    assert link is not None

    assert links.is_open(link, NOW + days * DAY - timedelta(seconds=1))
    assert not links.is_open(link, NOW + days * DAY)


def test_same_as_before_is_pressed_once_and_shows_its_first_receipt(childminder: CarePlace) -> None:
    tell(childminder, week(thu_pm=1), on=ON - 14 * DAY)
    link = links.find(token_for(childminder, "SAME"))
    assert link is not None

    made, again = links.same_as_before(link_pk=link.pk, on=ON, now=NOW)
    assert (again, made.by, made.gesture) == (False, None, "SAME")
    tell(childminder, week())

    second, again = links.same_as_before(link_pk=link.pk, on=ON + 60 * DAY, now=NOW + 60 * DAY)
    assert (second, again) == (made, True)
    # What she told since stands.
    assert told_on(childminder, ON + 38 * DAY) == {}
    assert Publication.objects.count() == 3


def test_a_link_of_a_week_or_one_too_old_presses_nothing(childminder: CarePlace) -> None:
    tell(childminder, week(thu_pm=1))
    for purpose, now in (("WEEK", NOW), ("SAME", NOW + 45 * DAY)):
        link = links.find(token_for(childminder, purpose))
        assert link is not None
        with pytest.raises(links.LinkOver):
            links.same_as_before(link_pk=link.pk, on=ON, now=now)
    assert Publication.objects.count() == 1


def test_nothing_to_go_on_with_uses_nothing_up(childminder: CarePlace) -> None:
    link = links.find(token_for(childminder, "SAME"))
    assert link is not None
    with pytest.raises(NothingTold):
        links.same_as_before(link_pk=link.pk, on=ON, now=NOW)

    link.refresh_from_db()
    assert links.is_open(link, NOW)


def test_a_new_link_goes_to_the_known_address_three_times_an_hour(
    childminder: CarePlace, django_capture_on_commit_callbacks: Any
) -> None:
    grant(childminder)
    token = token_for(childminder, "SAME")
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(5):
            links.send_another(token=token, on=ON, now=NOW)

    assert [one.to for one in mail.outbox] == [[ADDRESS]] * 3
    first = mail.outbox[0]
    sent = next(line for line in first.body.splitlines() if line.startswith("https://portail.example/pro/lien/"))
    assert links.find(sent.rstrip("/").rsplit("/", 1)[1]) is not None
    for secret in ("Monique", "63", "Cournon"):
        assert secret not in first.subject

    with django_capture_on_commit_callbacks(execute=True):
        links.send_another(token=token, on=ON, now=NOW + timedelta(hours=1))
    assert len(mail.outbox) == 4


def test_a_link_that_is_not_ours_sends_nothing(childminder: CarePlace) -> None:
    grant(childminder)
    links.send_another(token="ABCD-ABCD-ABCD-ABCD-ABCD", on=ON, now=NOW)

    assert mail.outbox == []


def test_an_account_that_no_longer_works_there_gets_no_link(childminder: CarePlace) -> None:
    grant(childminder)
    ProAccessGrant.objects.update(end=ON + DAY)

    assert links.addresses_of(childminder, ON) == [ADDRESS]
    assert links.addresses_of(childminder, ON + DAY) == []
