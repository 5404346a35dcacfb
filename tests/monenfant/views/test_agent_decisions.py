"""Decisions of départements: what the law forbids is not offered, is refused when posted by hand, and stays refused."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from monenfant.models import (
    CarePlace,
    DeclarationFollowUp,
    FollowUpNote,
    SuspensionDecision,
    WithdrawalDecision,
    WithdrawalGround,
)  # fmt: skip
from portal.accounts.models import Role, User
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.monenfant.duties.world import at
from tests.monenfant.objects import place_in

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 26)
MISSING, SAFETY, UNPUBLISHED = "AVAILABILITY_NOT_DECLARED", "SAFETY", "PUBLICATION_NOT_AUTHORISED"
DAYS = {"heard_on": "01/10/2026", "commission_on": "10/10/2026", "decided_on": "20/10/2026"}


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    on_day(settings, DAY)


@pytest.fixture
def place() -> CarePlace:
    return place_in("63113", "AM1")


@pytest.fixture
def nathalie() -> User:
    """With every right that an account can have: it changes nothing here."""
    user = agent("nathalie", role=Role.FUND_CASEWORKER)
    User.objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
    return user


@pytest.fixture
def client(nathalie: User) -> Client:
    return client_of(nathalie)


def posted(client: Client, place: CarePlace, what: str, *grounds: str, **more: str) -> Any:
    form = (
        {"key": str(uuid4()), "grounds": list(grounds)}
        | DAYS
        | {f"evidence-{code}": text for code, text in more.items()}
    )
    return client.post(f"/agent/enfance/lieux/{place.pk}/{what}/", form)


def test_a_missing_declaration_is_not_offered_for_a_suspension_and_the_article_is_said(
    client: Client, place: CarePlace
) -> None:
    page = text_of(client.get(f"/agent/enfance/lieux/{place.pk}/suspension/"))

    assert f'value="{MISSING}"' not in page
    assert f'value="{UNPUBLISHED}"' in page
    assert "CASF L. 421-4, III" in page


@pytest.mark.parametrize("grounds", [(MISSING,), (SAFETY, MISSING), ()])
def test_posted_by_hand_it_is_refused(client: Client, place: CarePlace, grounds: tuple[str, ...]) -> None:
    answer = posted(client, place, "suspension", *grounds)

    assert answer.status_code == 422
    assert SuspensionDecision.objects.count() == 0
    assert ("L. 421-4, III). Rien n’a été enregistré" in text_of(answer)) is (MISSING in grounds)


def test_another_ground_is_recorded_once(client: Client, place: CarePlace) -> None:
    form = {"key": str(uuid4()), "grounds": [UNPUBLISHED], "decided_on": "20/10/2026"}
    for _time in range(2):
        assert client.post(f"/agent/enfance/lieux/{place.pk}/suspension/", form).status_code == 302

    assert SuspensionDecision.objects.get().grounds == [UNPUBLISHED]


@pytest.mark.parametrize(
    ("grounds", "proofs"),
    [
        ((MISSING,), {MISSING: "constat"}),
        ((MISSING, SAFETY), {}),
        ((MISSING, SAFETY), {SAFETY: "\u200b \ufeff\u2060"}),
        ((MISSING, UNPUBLISHED), {UNPUBLISHED: "lettre"}),
    ],
)
def test_a_withdrawal_on_it_alone_is_refused_in_plain_words(
    client: Client, place: CarePlace, grounds: tuple[str, ...], proofs: dict[str, str]
) -> None:
    answer = posted(client, place, "retrait", *grounds, **proofs)

    assert answer.status_code == 422
    assert "ne peuvent pas être le seul motif d’un retrait" in text_of(answer)
    assert WithdrawalDecision.objects.count() == 0


def test_beside_a_proven_breach_of_care_it_may_stand_and_not_be_left_alone_later(
    client: Client, place: CarePlace
) -> None:
    assert posted(client, place, "retrait", MISSING, SAFETY, SAFETY="rapport de PMI du 2/10").status_code == 302
    safety, missing = (WithdrawalGround.objects.get(code=code) for code in (SAFETY, MISSING))

    page = client.post(f"/agent/enfance/motifs/{safety.pk}/retirer/", {"key": str(uuid4())}, follow=True)
    assert "ne peuvent pas être le seul motif" in text_of(page)
    assert WithdrawalGround.objects.count() == 2
    client.post(f"/agent/enfance/motifs/{missing.pk}/retirer/", {"key": str(uuid4())})
    assert [one.code for one in WithdrawalGround.objects.all()] == [SAFETY]
    last = client.post(f"/agent/enfance/motifs/{safety.pk}/retirer/", {"key": str(uuid4())}, follow=True)
    assert "garde au moins un motif" in text_of(last)


def test_a_withdrawal_comes_after_the_hearing(client: Client, place: CarePlace) -> None:
    form = {"key": str(uuid4()), "grounds": [SAFETY]} | DAYS | {"heard_on": "21/10/2026"}

    answer = client.post(f"/agent/enfance/lieux/{place.pk}/retrait/", form)

    assert [error["column"] for error in answer.context["errors"]] == ["heard_on"]


def breach(place: CarePlace, by: User, deadline: date, dated: date, cured_on: date | None = None) -> None:
    state = "COMPLIANT" if cured_on else "RECORDED"
    one = DeclarationFollowUp.objects.create(
        place=place, deadline=deadline, state=state, moved_on=dated, cured_on=cured_on
    )
    FollowUpNote.objects.create(
        follow_up=one, kind="BREACH", dated=dated, text="Aucune déclaration", noted_by=by, noted_at=at(dated),
        form_key=uuid4(),
    )  # fmt: skip


def test_old_and_cured_breaches_are_not_shown_when_a_withdrawal_is_prepared(
    client: Client, place: CarePlace, nathalie: User
) -> None:
    breach(place, nathalie, date(2021, 6, 1), date(2021, 10, 26))
    breach(place, nathalie, date(2021, 12, 1), date(2021, 10, 27))
    breach(place, nathalie, date(2025, 6, 1), date(2025, 9, 1), cured_on=date(2026, 1, 5))
    page = text_of(client.get(f"/agent/enfance/lieux/{place.pk}/retrait/"))

    shown = client.get(f"/agent/enfance/lieux/{place.pk}/retrait/").context["breaches"]
    assert [one.dated for one in shown] == [date(2021, 10, 27)]
    assert "1 septembre 2025" not in page


def test_a_place_of_another_departement_or_a_structure_has_no_form(client: Client) -> None:
    elsewhere, structure = place_in("59350", "AM9"), place_in("63113", "S1", "STRUCTURE")

    for place in (elsewhere, structure):
        assert client.get(f"/agent/enfance/lieux/{place.pk}/suspension/").status_code == 404
