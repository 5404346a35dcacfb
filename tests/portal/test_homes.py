"""Where each role begins: the one table, walked for every role, and what an officer finds first."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from cmg.demo.people import create_people
from cmg.operations import close_month, issue_run
from portal.accounts.models import Posting, Role, User
from portal.accounts.rights import TABLE
from portal.batches.models import Run, RunState, Signature
from portal.batches.operations import sign
from portal.exchange.operations import import_files
from portal.frame.homes import HOMES, home_of
from tests.cmg.files import clean_family, write_all
from tests.portal.test_access import ACCESS

DAY, MONTH = date(2026, 10, 26), date(2026, 10, 1)
pytestmark = pytest.mark.django_db
BEGINS = {
    Role.FUND_CASEWORKER: "/agent/", Role.PAJEMPLOI_CASEWORKER: "/agent/", Role.SUPERVISOR: "/agent/",
    Role.AUDITOR: "/agent/", Role.AUTHORISING_OFFICER: "/agent/pilotage/", Role.ACCOUNTING_OFFICER: "/agent/mois/",
    Role.ARIPA_CASEWORKER: "/agent/pensions/", Role.CONTROLLER: "/agent/controle/", Role.BOARD_MEMBER: "/agent/avis/",
    Role.CONTROL_CASEWORKER: "/agent/controle/", Role.FRAUD_PANEL: "/agent/commission-fraude/",
    Role.DATA_PROTECTION: "/agent/journal/",
    Role.PARTNER_AGENT: "/partenaire/", Role.CHILDMINDER: "/pro/", Role.STRUCTURE_MANAGER: "/pro/", Role.DESK_ADVISER: "/pro/",
    Role.PARENT: "/famille/",
}  # fmt: skip


@pytest.fixture(autouse=True)
def demo_day(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY


def signed_in(role: Role) -> Client:
    user = User.objects.create(username=f"the-{role}", door=TABLE[role].door)
    if role != Role.PARENT:
        Posting.objects.create(user=user, role=role, fund="" if TABLE[role].national else "CAF63", starts_on=DAY)
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("role", list(Role))
def test_each_role_begins_on_a_page_that_opens_to_it(role: Role) -> None:
    client = signed_in(role)

    answer = client.get("/")

    assert answer["Location"] == BEGINS[role]
    assert client.get(BEGINS[role]).status_code == 200


def test_every_line_of_the_table_is_reached_and_open_to_its_roles() -> None:
    for place, home in enumerate(HOMES):
        reached = {role for role in home.roles if not any(role in other.roles for other in HOMES[:place])}
        assert reached, home.name
        assert reached <= ACCESS[home.name].who, home.name


def test_an_officer_who_also_has_a_desk_begins_as_an_officer_and_nobody_on_their_account() -> None:
    assert home_of([Role.FUND_CASEWORKER, Role.AUTHORISING_OFFICER]) == "/agent/pilotage/"
    assert home_of([]) == "/compte/"


def test_officers_begin_on_the_month_that_waits_for_them_then_on_what_the_bank_answers(tmp_path: Path) -> None:
    def begin() -> list[str]:
        found = []
        for name in ("helene", "bruno", "nathalie"):
            client = Client()
            client.force_login(User.objects.get(username=name))
            found.append(client.get("/")["Location"])
            assert client.get(found[-1]).status_code == 200
        return found

    create_people()
    import_files(write_all(tmp_path / "files", clean_family()))
    assert begin() == ["/agent/pilotage/", "/agent/mois/", "/agent/"]
    close_month(month=MONTH, on=DAY, dry_run=True)
    assert begin() == ["/agent/pilotage/", "/agent/mois/", "/agent/"]
    run = close_month(month=MONTH, on=DAY)
    month = "/agent/mois/2026-10/"
    assert begin() == [month, month, "/agent/"]
    sign(run_pk=run.pk, username="helene", on=DAY)
    assert begin() == ["/agent/pilotage/", month, "/agent/"]
    sign(run_pk=run.pk, username="bruno", on=DAY)
    assert begin() == ["/agent/pilotage/", month, "/agent/"]
    issue_run(run_pk=run.pk, out=tmp_path / "bank", on=DAY, by="test")
    assert begin() == ["/agent/pilotage/", f"{month}banque/", "/agent/"]


def test_a_signature_that_no_longer_holds_makes_the_month_wait_again_and_a_correction_never_does(
    tmp_path: Path,
) -> None:
    helene = Client()
    create_people()
    helene.force_login(User.objects.get(username="helene"))
    Run.objects.create(kind="cmg-month", month=date(2026, 9, 1), ordinal=1, day=DAY, scope=["E1"],
                       started_at=timezone.now())  # fmt: skip
    Run.objects.update(state=RunState.TO_SIGN)
    assert helene.get("/")["Location"] == "/agent/pilotage/"
    import_files(write_all(tmp_path / "files", clean_family()))
    run = close_month(month=MONTH, on=DAY)
    sign(run_pk=run.pk, username="helene", on=DAY)
    assert helene.get("/")["Location"] == "/agent/pilotage/"
    Signature.objects.filter(run=run).update(voided_at=timezone.now(), voided_reason="un fichier est arrivé")

    assert helene.get("/")["Location"] == "/agent/mois/2026-10/"
