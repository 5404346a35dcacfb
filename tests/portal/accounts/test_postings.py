"""Posting by the command: the account is opened, the dates hold, the refusals say why; what is over is tidied away."""

import re
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from portal.accounts.limits import take_try
from portal.accounts.models import Posting, Role, Tries, User
from portal.accounts.permissions import funds_on, roles_on, unsigned_roles
from portal.accounts.tasks import tidy
from portal.audit.models import JournalEntry
from portal.embedded.provider import State
from tests.doors import local_client, walk

pytestmark = pytest.mark.django_db


def post(username: str = "camille", **changes: Any) -> str:
    said = StringIO()
    given = {"role": "AUDITOR", "from": "2026-01-01", "by": "helene", "first-name": "Camille", "last-name": "Petit",
             "email": "camille@caf.example"} | changes  # fmt: skip
    arguments = [f"--{name}={value}" for name, value in given.items() if value]
    call_command("post_agent", username, *arguments, stdout=said)
    return said.getvalue()


def test_somebody_posted_comes_in_by_their_address(doors: State) -> None:
    post()
    doors.people[0]["claims"] |= {"email": "Camille@caf.example", "sub": "camille"}
    client = local_client()

    walk(client, "helene")

    assert client.get("/agent/habilitations/").status_code == 200
    posting = Posting.objects.get(user__username="camille")
    assert (posting.granted_by, posting.starts_on) == (User.objects.get(username="helene"), date(2026, 1, 1))
    assert JournalEntry.objects.get(action="account.posted").actor == "helene"


def test_a_posting_covers_its_first_day_and_not_its_end(people: None) -> None:
    post(until="2026-10-26")
    camille = User.objects.get(username="camille")

    assert roles_on(camille, date(2025, 12, 31)) == []
    assert roles_on(camille, date(2026, 1, 1)) == [Role.AUDITOR]
    assert roles_on(camille, date(2026, 10, 25)) == [Role.AUDITOR]
    assert roles_on(camille, date(2026, 10, 26)) == []


def test_a_posting_of_another_mission_opens_no_family_of_its_fund() -> None:
    user = User.objects.create(username="camille")
    for role, fund in ((Role.FUND_CASEWORKER, "CAF63"), (Role.ARIPA_CASEWORKER, "CAF43"), (Role.CONTROLLER, "CAF03")):
        Posting.objects.create(user=user, role=role, fund=fund, starts_on=date(2026, 1, 1))

    assert funds_on(user, date(2026, 10, 26)) == ["CAF63"]


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"by": ""}, "Dites qui donne"), ({"by": "personne"}, "Aucun compte"), ({"email": ""}, "adresse électronique manque"),
    ({"email": "HELENE@demo.example"}, "appartient déjà"), ({"until": "2026-01-01"}, "finit après"),
])  # fmt: skip
def test_what_the_command_refuses_and_that_nothing_moves(people: None, changes: dict, sentence: str) -> None:
    before = (Posting.objects.count(), User.objects.count())

    with pytest.raises(CommandError, match=sentence) as refused:
        post(**changes)

    assert refused.value.returncode == 2
    assert (Posting.objects.count(), User.objects.count()) == before


def test_the_officers_are_never_one_person_and_nobody_grants_themselves(people: None) -> None:
    with pytest.raises(CommandError, match="jamais la même personne"):
        post("bruno", role="AUTHORISING_OFFICER")
    with pytest.raises(CommandError, match="soi-même"):
        post("helene", role="AUDITOR")
    with pytest.raises(CommandError, match="existe déjà"):
        post("bruno", role="ACCOUNTING_OFFICER", **{"from": "2019-01-01"})


def test_the_first_posting_of_an_installation_needs_no_granter() -> None:
    assert "Encadrement" in post(role="SUPERVISOR", by="")
    with pytest.raises(CommandError, match="Dites qui donne"):
        post("second", role="AUDITOR", by="", email="second@caf.example")


def test_a_posting_ends(people: None) -> None:
    call_command(
        "end_posting", "bruno", "--role=ACCOUNTING_OFFICER", "--on=2026-11-01", "--by=helene", stdout=StringIO()
    )

    bruno = User.objects.get(username="bruno")
    assert roles_on(bruno, date(2026, 10, 31)) == [Role.ACCOUNTING_OFFICER]
    assert roles_on(bruno, date(2026, 11, 1)) == []
    with pytest.raises(CommandError, match="Aucune habilitation"):
        call_command("end_posting", "bruno", "--role=AUDITOR", "--on=2026-11-01", "--by=helene")


def test_tries_that_no_longer_count_go_and_the_others_stay() -> None:
    now = timezone.now()
    take_try("old", now=now - timedelta(days=1, seconds=1))
    take_try("recent", now=now - timedelta(hours=23))
    for _try in range(10):
        Tries.objects.exclude(count__lt=3).update(locked_until=None)
        take_try("locked", now=now - timedelta(hours=20))

    tidy()

    assert Tries.objects.count() == 2


def test_the_page_of_rights_names_the_signing_roles_that_nobody_holds_for_the_country() -> None:
    """A director and an accountant of one fund sign for its families: what is of every fund waits for somebody."""
    day, since = date(2026, 10, 26), date(2026, 1, 1)
    for name, role, fund in (
        ("audit", Role.AUDITOR, ""),
        ("directrice", Role.AUTHORISING_OFFICER, "CAF63"),
        ("comptable", Role.ACCOUNTING_OFFICER, "CAF63"),
        ("partie", Role.ACCOUNTING_OFFICER, ""),
    ):
        user = User.objects.create(username=name)
        until = day if name == "partie" else None
        Posting.objects.create(user=user, role=role, fund=fund, starts_on=since, ends_on=until)
    client = Client()
    client.force_login(User.objects.get(username="audit"))

    def told() -> str:
        found = re.search(
            r"toutes les caisses</strong> pour (.*?)</p>", client.get("/agent/habilitations/").content.decode()
        )
        return found[1] if found else ""

    assert unsigned_roles(day - timedelta(days=1)) == [Role.AUTHORISING_OFFICER]
    assert told() == "ces rôles : ordonnateur, agent comptable."
    Posting.objects.create(user=User.objects.create(username="n1"), role=Role.ACCOUNTING_OFFICER, starts_on=day)
    assert told() == "ce rôle : ordonnateur."
    Posting.objects.create(user=User.objects.create(username="n2"), role=Role.AUTHORISING_OFFICER, starts_on=day)
    assert told() == ""
