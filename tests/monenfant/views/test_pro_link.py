"""The link of an e-mail: a scanner that follows it changes nothing, one press does, and a new one says nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from monenfant.models import CarePlace, ProLink, Publication
from monenfant.reporting.links import link_for
from portal.accounts.permissions import moment_on
from tests.monenfant.reporting.conftest import tell, told_on, week
from tests.monenfant.views.conftest import ON
from tests.monenfant.views.test_pro_week import THURSDAY, form, text_of

pytestmark = pytest.mark.django_db
OVER = "Ce lien a déjà servi ou n’est plus valable"


def path_of(place: CarePlace, purpose: str) -> str:
    return link_for(place_pk=place.pk, purpose=purpose, now=moment_on(ON)).removeprefix("https://portail.example")


@pytest.fixture
def told(hers: CarePlace) -> CarePlace:
    tell(hers, week(thu_pm=1), on=ON - timedelta(days=14))
    return hers


def test_opening_a_link_any_number_of_times_changes_nothing(told: CarePlace) -> None:
    path, stranger = path_of(told, "SAME"), Client()
    for method in (stranger.get, stranger.head, stranger.get):
        answer = method(path)
        assert answer.status_code == 200

    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "strict-origin"
    assert (Publication.objects.count(), ProLink.objects.get().used_at) == (1, None)
    assert "jusqu’au" not in text_of(answer) or "31 mai 2027" in text_of(answer)


def test_one_press_tells_until_the_end_of_may_and_the_second_shows_the_first_receipt(told: CarePlace) -> None:
    path, stranger = path_of(told, "SAME"), Client()

    first = stranger.post(path)
    assert "C’est publié" in text_of(stranger.get(first["Location"]))
    assert told_on(told, THURSDAY + timedelta(weeks=30)) != {}

    second = stranger.post(path)
    assert second["Location"] == first["Location"] + "?encore=1"
    assert "C’est déjà reçu" in text_of(stranger.get(second["Location"]))
    assert Publication.objects.count() == 2
    over = stranger.get(path)
    assert (over.status_code, OVER in text_of(over)) == (410, True)


def test_a_week_is_published_by_its_link_and_nothing_else_opens(told: CarePlace) -> None:
    path, stranger = path_of(told, "WEEK"), Client()
    page = stranger.get(path)
    foreseen = stranger.post(path, form(page) | {"free-4-AM-ANY-X": "1", "do": "week"})
    receipt = stranger.post(path, form(foreseen) | {"do": "publish"}, follow=True)

    assert "C’est publié" in text_of(receipt)
    assert told_on(told, THURSDAY + timedelta(days=1)) == {("AM", "OCCASIONAL"): 1}
    # Not a word of who she is, where she lives, or how she is reached.
    for answer in (page, foreseen, receipt):
        for secret in ("Martin", "Forges", "04 73", "accueil@", "Annuler cette publication"):
            assert secret not in answer.content.decode(), secret
    assert stranger.get("/pro/semaine/AM1/").status_code == 302
    assert stranger.get("/pro/profil/AM1/").status_code == 302


def test_a_link_of_one_purpose_does_not_do_the_other(told: CarePlace) -> None:
    path, stranger = path_of(told, "SAME"), Client()
    sent = {"do": "publish", "gesture": "WEEK", "key": "00000000-0000-0000-0000-000000000001", "free-4-AM-ANY-X": "1",
            "n-4-AM-ANY-X": "1"}  # fmt: skip
    stranger.post(path, sent)

    assert told_on(told, THURSDAY + timedelta(days=1)) == {}


def test_the_week_opens_from_a_recent_reminder_and_is_published_without_a_password(told: CarePlace) -> None:
    path, stranger = path_of(told, "SAME"), Client()
    assert f'href="{path}semaine/"' in stranger.get(path).content.decode()
    page = stranger.get(path + "semaine/")
    foreseen = stranger.post(path + "semaine/", form(page) | {"free-4-AM-ANY-X": "1", "do": "week"})
    receipt = stranger.post(path + "semaine/", form(foreseen) | {"do": "publish"}, follow=True)

    assert told_on(told, THURSDAY + timedelta(days=1)) == {("AM", "OCCASIONAL"): 1}
    assert f'href="{path}semaine/"' in receipt.content.decode()
    assert "Martin" not in page.content.decode()
    assert stranger.get(path).status_code == 200, "the button of the e-mail still waits"


@pytest.mark.parametrize(("age", "status"), [(timedelta(days=6, hours=22), 200), (timedelta(days=7, hours=2), 410)])
def test_a_reminder_opens_the_week_no_longer_than_a_week_s_link(told: CarePlace, age: timedelta, status: int) -> None:
    path = path_of(told, "SAME")
    ProLink.objects.update(made_at=moment_on(ON) - age)

    assert Client().get(path + "semaine/").status_code == status
    assert Client().get(path).status_code == 200
    assert ("Recevoir un nouveau lien" in text_of(Client().get(path))) is (status == 410)


def test_a_pressed_reminder_opens_no_week(told: CarePlace) -> None:
    path, stranger = path_of(told, "SAME"), Client()
    receipt = stranger.post(path, follow=True)

    assert "Revenir à ma semaine" not in text_of(receipt)
    assert stranger.get(path + "semaine/").status_code == 410


@pytest.mark.parametrize("token", ["ABCD-ABCD-ABCD-ABCD-ABCD", "x", "../../pro"])
def test_what_is_no_link_reads_like_one_that_is_over(told: CarePlace, token: str, settings: Any) -> None:
    path, stranger = path_of(told, "SAME"), Client()
    ProLink.objects.update(expires_at=moment_on(ON) - timedelta(seconds=1), made_at=moment_on(ON) - timedelta(days=45))
    ours, theirs = stranger.get(path), stranger.get(f"/pro/lien/{token}/")
    if theirs.status_code == 404:
        assert "/" in token
        return

    assert (ours.status_code, theirs.status_code) == (410, 410)
    assert text_of(ours) == text_of(theirs)
    sent = [stranger.post(f"{address}nouveau/") for address in (path, f"/pro/lien/{token}/")]
    assert text_of(sent[0]) == text_of(sent[1])


def test_a_new_link_leaves_for_the_known_address(told: CarePlace, django_capture_on_commit_callbacks: Any) -> None:
    path = path_of(told, "SAME")
    with django_capture_on_commit_callbacks(execute=True):
        answer = Client().post(f"{path}nouveau/")

    assert [one.to for one in mail.outbox] == [["accueil@exemple.fr"]]
    assert "accueil@exemple.fr" not in answer.content.decode()


def test_nothing_told_before_is_said_and_uses_nothing_up(hers: CarePlace) -> None:
    path, stranger = path_of(hers, "SAME"), Client()
    assert "Vous n’avez encore rien dit" in text_of(stranger.get(path))
    stranger.post(path)

    assert ProLink.objects.get().used_at is None
