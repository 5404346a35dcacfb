"""The page of the bank: a caseworker sees what waits in her funds, an officer takes the files; a parent reads what waits."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from aripa.models import BankMove
from aripa.own.entering import Who
from aripa.own.paying import change_account
from portal.accounts.models import Role, User
from portal.accounts.permissions import moment_on
from portal.audit.models import JournalEntry
from portal.banking.models import BankFile
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.aripa.bank.world import FIRST, account, banked_case, files, live, order, receive
from tests.aripa.own import cases as own
from tests.aripa.rows import day
from tests.cmg.closing.issued import report
from tests.cmg.files import iban_with_key

pytestmark = pytest.mark.django_db
PAGE = "/agent/pensions/banque/"


@pytest.fixture(autouse=True)
def lived(settings: Any, tmp_path: Path) -> None:
    """C1's payout came back (account closed), C2 has no account, C3 is elsewhere; all went to the bank."""
    settings.PENSIONS_SINCE, settings.PORTAL_BANK_FOLDER = FIRST, str(tmp_path)
    on_day(settings, day("2026-01-14"))
    banked_case("C1", violence=True)
    banked_case("C2", creditor={"iban_key": None, "iban_valid": False})
    banked_case("C3", creditor={"iban_key": None, "iban_valid": False, "fund": "CAF59"})
    live("2026-01-13")
    files(tmp_path, "2026-01-13")
    receive(report(order("PAYOUT"), "RJCT", "AC04"), "2026-01-14")


def test_a_caseworker_sees_what_waits_in_her_funds_and_what_to_do() -> None:
    text = text_of(client_of(agent("awa")).get(PAGE))

    assert "2 mouvements attendent : 500,00 €" in text
    assert text.index("C2") < text.index("C1"), "the oldest first"
    assert "C3" not in text
    assert "Revenu : compte fermé" in text
    assert "Pas de compte bancaire valable" in text
    assert text.count("Demandez au parent") == 2, "once a reason, not once a line"
    assert "SNP-J20260113-V001.xml" in text
    assert "download" not in text, "the files hold the accounts of every fund"
    for hidden in ("Martin", "Petit", iban_with_key("71")[-6:]):
        assert hidden not in text


def test_the_case_says_that_money_waits_and_why() -> None:
    awa = client_of(agent("awa"))

    assert "250,00 € attendent un compte du parent qui reçoit" in text_of(awa.get("/agent/pensions/C2/"))
    back = text_of(awa.get("/agent/pensions/C1/"))
    assert "250,00 € attendent un compte du parent qui reçoit" in back
    assert "versement revenu, compte fermé" in back


def test_the_pensions_of_the_day_lead_to_it() -> None:
    text = text_of(client_of(agent("awa")).get("/agent/pensions/"))
    assert f'href="{PAGE}"' in text
    assert "2 mouvements attendent" in text


def test_a_day_shows_what_it_asked() -> None:
    text = text_of(client_of(agent("awa")).get(f"{PAGE}?jour=2026-01-12"))
    assert "Demandé le lundi 12 janvier 2026" in text
    assert "750,00" in text
    assert "Rien n’a été demandé" in text_of(client_of(agent("eva")).get(f"{PAGE}?jour=2026-01-11"))
    assert client_of(agent("zoe")).get(f"{PAGE}?jour=hier").status_code == 200


@pytest.fixture
def bruno() -> Client:
    return client_of(agent("bruno", "", role=Role.ACCOUNTING_OFFICER))


def test_an_officer_sees_everything_and_takes_a_file_which_is_journaled(bruno: Client, tmp_path: Path) -> None:
    assert "3 mouvements attendent : 750,00 €" in text_of(bruno.get(PAGE))

    answer = bruno.get(f"{PAGE}SNP-J20260113-V001.xml")

    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert content == (tmp_path / "SNP-J20260113-V001.xml").read_bytes()
    assert answer["Content-Disposition"] == 'attachment; filename="SNP-J20260113-V001.xml"'
    assert JournalEntry.objects.filter(action="aripa.bank_file.fetched", actor="bruno").count() == 1


@pytest.mark.parametrize(
    "name", ["SNP-J20260113-V009.xml", "CMG-J20260113-V001.xml", "..%2Fsecrets.json", "SNP-J20260113-P001.xml.part"]
)
def test_no_other_file_is_given(bruno: Client, name: str) -> None:
    BankFile.objects.create(
        message_id="CMG-J20260113-V001", name="CMG-J20260113-V001.xml", kind="CREDIT", count=1, total_cents=1, sha256="x",
        created_at="2026-01-13T12:00:00Z",
    )  # fmt: skip
    assert bruno.get(PAGE + name, follow=True).status_code == 404


def test_a_file_that_is_gone_says_how_it_is_written_again(bruno: Client, tmp_path: Path) -> None:
    (tmp_path / "SNP-J20260113-V001.xml").unlink()
    text = text_of(bruno.get(f"{PAGE}SNP-J20260113-V001.xml", follow=True))
    assert "issue_remedies --on 2026-01-13 --again" in text


@pytest.mark.parametrize("role", [Role.AUTHORISING_OFFICER, Role.ACCOUNTING_OFFICER])
def test_an_officer_of_one_fund_takes_no_file_of_all_of_them(role: Role) -> None:
    local = client_of(agent("locale", "CAF63", role=role))
    text = text_of(local.get(PAGE))

    assert local.get(f"{PAGE}SNP-J20260113-V001.xml").status_code == 404
    assert "download" not in text
    for case in ("C1", "C2", "C3"):
        assert f"/agent/pensions/{case}/" not in text


def test_a_caseworker_cannot_take_a_file() -> None:
    assert client_of(agent("awa")).get(f"{PAGE}SNP-J20260113-V001.xml").status_code == 404


def test_the_parent_who_is_owed_reads_it_and_the_other_reads_nothing_of_it() -> None:
    anne, paul = own.client_of("anne", "P-C1"), own.client_of("paul", "D-C1")

    text = text_of(anne.get("/famille/pension/"))
    assert "Votre banque nous a renvoyé cette somme : compte fermé." in text
    assert "250,00 € à vous verser" in text
    other = text_of(paul.get("/famille/pension/"))
    assert "renvoyé" not in other
    assert "à vous verser" not in other

    who = Who(User.objects.get(username="anne"), "P-C1", day("2026-01-14"), moment_on(day("2026-01-14")))
    change_account(key=uuid4(), who=who, iban=iban_with_key("99"), holder="Anne Martin", accepted=False)
    assert "Vous avez donné un compte" in text_of(anne.get("/famille/pension/"))
    live("2026-01-14")
    assert order("PAYOUT").iban_key == account("99")
    assert not BankMove.objects.filter(case_id="C1").exclude(waits="").exists()
    assert "à vous verser" not in text_of(anne.get("/famille/pension/"))
