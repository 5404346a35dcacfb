"""The menu: seven entries at most for a role, each one open to it, what waits told in the entry itself."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse

from cmg.demo.people import create_people
from cmg.models import PersonVerdict, Regularisation
from portal.accounts.models import Posting, Role, User
from portal.accounts.rights import TABLE, Right
from portal.frame.menu import COUNTS, MENU, entries
from tests.portal.test_access import ACCESS

DAY = date(2026, 10, 26)
CORRECTIONS = "cmg:acts:regularisations"


def labels(*rights: Right, path: str = "/") -> list[str]:
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    return [one.label for one in entries(request, frozenset(right.name for right in rights))]


def test_nobody_has_more_than_seven_entries_even_with_every_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.frame.menu.COUNTS", {})
    assert len(labels(*Right)) <= 7
    assert labels(Right.OWN_FAMILY) == ["Accueil"]
    assert labels(Right.SEE_CMG) == ["Ma file", "Mois", "Remèdes", "Flux reçus"]


def test_titles_to_sign_are_in_the_menu_of_whoever_signs_them_whatever_else_they_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("portal.frame.menu.COUNTS", {})
    director = TABLE[Role.AUTHORISING_OFFICER].rights | TABLE[Role.SUPERVISOR].rights
    assert "Titres à signer" in labels(*director)
    assert "Titres à signer" not in labels(*TABLE[Role.ACCOUNTING_OFFICER].rights)


def test_an_entry_is_shown_to_those_who_may_open_it_only() -> None:
    for place in MENU:
        holding = {role for role, grant in TABLE.items() if place.right in grant.rights}
        assert holding <= ACCESS[place.name].who, place.label
    assert set(COUNTS) <= {place.name for place in MENU}


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/agent/", ["Ma file"]),
        ("/agent/mois/2026-10/", ["Mois"]),
        ("/agent/commission/", ["Remèdes"]),
        ("/agent/regularisations/4/", ["Corrections"]),
        ("/agent/familles/E1/", []),
        # Of what a full menu has no room for, the dashboard is the way in.
        ("/agent/controle/dossiers/C-2026-114/", ["Pilotage"]),
    ],
)
def test_the_current_entry(monkeypatch: pytest.MonkeyPatch, path: str, current: list[str]) -> None:
    monkeypatch.setattr("portal.frame.menu.COUNTS", {})
    request = RequestFactory().get(path)
    found = entries(request, frozenset(right.name for right in Right))
    assert [one.label for one in found if one.is_current] == current


def corrections(name: str) -> str:
    """What the entry says to somebody, and the page behind it."""
    client = Client()
    client.force_login(User.objects.get(username=name))
    answer = client.get(reverse(CORRECTIONS))
    entry = next(one for one in answer.context["menu"] if one.label == "Corrections")
    assert entry.count == (str(answer.context["waiting"].total) if answer.context["waiting"].total else "")
    return str(entry.count)


@pytest.mark.django_db
def test_corrections_are_counted_for_who_may_approve(settings: Any) -> None:
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    create_people()
    elsewhere = User.objects.create(username="lille", first_name="Li", last_name="Le")
    Posting.objects.create(user=elsewhere, role=Role.FUND_CASEWORKER, fund="CAF59", starts_on=DAY)

    def proposed(number: str, **more: Any) -> None:
        Regularisation.objects.create(
            employer_no=number, fund="CAF63", reason="relié", proposed_by="nathalie", proposed_on=DAY, **more
        )

    assert corrections("thomas") == ""
    proposed("E1", four_eyes=True)
    proposed("E2", state="APPROVED", decided_by="thomas")
    proposed("E3", state="DROPPED")

    assert corrections("thomas") == "2"
    assert corrections("nathalie") == "1", "her own is for somebody else; the approved one is to execute"
    assert corrections("lille") == ""


@pytest.mark.django_db
def test_a_release_that_waits_counts_for_a_second_person(settings: Any) -> None:
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    create_people()
    PersonVerdict.objects.create(
        kind="RELEASED", employer_no="E1", care_month=date(2026, 10, 1), reason="vu", four_eyes=True,
        proposed_by="nathalie", proposed_at="2026-10-26T08:00:00Z",
    )  # fmt: skip

    assert (corrections("thomas"), corrections("nathalie")) == ("1", "")
