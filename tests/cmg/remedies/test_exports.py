"""Lists of remedies and corrections taken out: the same rows, a reason, a trace, none of the family's words, one's own funds."""

import csv
import io
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cmg.models import Account, Advance, BoardCase, Overpayment, Refund, Regularisation, Report
from portal.accounts.models import Posting, Role, User
from portal.audit.models import JournalEntry
from tests.cmg.remedies.families import DAY, closed, moved_away, received
from tests.portal.test_access import remedies_of

REASON = {"reason": "revue du lundi des remèdes"}
WORDS = "Mon ex-mari ne paie plus"
BOXES = {
    "agent/remedes/exporter/?box=advances": Advance, "agent/remedes/exporter/?box=refunds": Refund,
    "agent/remedes/exporter/?box=overpayments": Overpayment, "agent/signalements/exporter/": Report,
    "agent/commission/exporter/": BoardCase, "agent/regularisations/exporter/": Regularisation,
}  # fmt: skip
pytestmark = pytest.mark.django_db


def entered(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def lines_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def supervisor(fund: str) -> Client:
    user = User.objects.create(username=f"lead-{fund}")
    Posting.objects.create(user=user, role=Role.SUPERVISOR, fund=fund, starts_on=DAY)
    return entered(user)


def remedies(employer_no: str, fund: str) -> None:
    remedies_of(employer_no, fund)
    Report.objects.filter(employer_no=employer_no).update(words=WORDS)
    BoardCase.objects.filter(employer_no=employer_no).update(hardship=WORDS)
    Regularisation.objects.create(
        employer_no=employer_no, fund=fund, reason="relié", proposed_by="thomas", proposed_on=DAY, moved_cents=42_870
    )


@pytest.fixture(autouse=True)
def world(tmp_path: Path, settings) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    received(tmp_path, moved_away)
    closed()
    remedies("E1", "CAF63")
    remedies("ELSEWHERE", "CAF59")


@pytest.mark.parametrize("address", BOXES)
def test_a_list_is_exported_as_its_page_shows_it_and_leaves_a_trace(address: str) -> None:
    helene = entered(User.objects.get(username="helene"))
    assert f'action="/{address}' in helene.get("/" + address.replace("exporter/", "")).content.decode()

    answer = helene.post("/" + address, REASON)

    lines = lines_of(answer.content)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert {line[1] for line in lines[1:]} == {"E1", "ELSEWHERE"}
    assert len(lines) == 1 + BOXES[address].objects.count()
    assert all(len(line) == len(lines[0]) for line in lines)
    written = answer.content.decode("utf-8-sig")
    assert WORDS not in written
    assert "Léa" not in written
    assert not [tail for tail in Account.objects.values_list("iban_tail", flat=True) if tail and tail in written]
    entry = JournalEntry.objects.get(action__endswith=".exported")
    assert (entry.actor, entry.detail["reason"], entry.detail["rows"]) == ("helene", REASON["reason"], len(lines) - 1)


def test_the_amounts_and_words_of_each_line() -> None:
    helene = entered(User.objects.get(username="helene"))

    lines = lines_of(helene.post("/agent/remedes/exporter/?box=overpayments&q=E1", REASON).content)
    corrections = lines_of(helene.post("/agent/regularisations/exporter/?box=waiting", REASON).content)

    name = lines[1][0]
    assert lines[1][1:] == [
        "E1",
        "x, octobre 2026, changement de situation ou de déclaration",
        "0,05\u00a0€",
        "Constatée",
        "26/10/2026",
        "",
    ]
    assert name
    assert corrections[1][:5] == [name, "E1", "CAF63", "relié", "428,70\u00a0€"]
    assert lines_of(helene.post("/agent/regularisations/exporter/?box=done", REASON).content) == corrections[:1]


def test_transfers_that_came_back_are_exported_too() -> None:
    helene = entered(User.objects.get(username="helene"))

    lines = lines_of(helene.post("/agent/remedes/exporter/?box=returned", REASON).content)

    assert {line[1] for line in lines[1:]} == {"E1", "ELSEWHERE"}
    assert {line[3] for line in lines[1:]} == {"0,01\u00a0€"}


@pytest.mark.parametrize("address", BOXES)
def test_only_those_who_may_and_only_their_funds_and_only_with_a_reason(address: str) -> None:
    for name in ("nathalie", "thomas"):
        assert entered(User.objects.get(username=name)).post("/" + address, REASON).status_code == 404
    lead = supervisor("CAF63")
    assert lead.post("/" + address, {"reason": "court"}).status_code == 302
    assert not JournalEntry.objects.filter(action__endswith=".exported").exists()

    assert {line[1] for line in lines_of(lead.post("/" + address, REASON).content)[1:]} == {"E1"}


@pytest.mark.parametrize("address", BOXES)
def test_an_export_costs_the_same_number_of_queries_whatever_it_holds(address: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert helene.post("/" + address, REASON)["Content-Type"].startswith("text/csv")
        return len(found)

    helene = entered(User.objects.get(username="helene"))
    before = queries()
    for number in range(4):
        remedies(f"MORE{number}", "CAF63")

    assert queries() == before
