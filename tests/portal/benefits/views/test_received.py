"""What did not enter of the benefits' files is read by the fund it speaks of, corrected and replayed alone."""

from pathlib import Path
from typing import Any

import pytest

from portal.accounts.models import Role
from portal.audit.models import JournalEntry
from portal.benefits.models import BoardingPeriod
from portal.exchange.models import RejectedRow, RowState
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.portal.access import DAY
from tests.portal.benefits.rows import row, take_in

pytestmark = pytest.mark.django_db
PAGE = "/agent/prestations/fichiers/"


@pytest.fixture(autouse=True)
def here(settings: Any, tmp_path: Path) -> None:
    on_day(settings, DAY)
    good, wrong = row("boarding-periods"), row("boarding-periods", place="HOME", ends_on="")
    take_in(tmp_path, "boarding-periods", good, wrong, name="internat-63")
    take_in(tmp_path, "boarding-periods", wrong | {"fund": "CAF59"}, name="internat-59")


def test_files_of_the_funds_followed_with_what_did_not_enter() -> None:
    client = client_of(agent("nathalie", "CAF63", role=Role.FUND_CASEWORKER))
    here, elsewhere = RejectedRow.objects.order_by("pk")

    page = text_of(client.get(PAGE))

    assert "internat-63.csv" in page
    assert "internat-59.csv" not in page
    assert "Un retour au foyer a une fin" in text_of(client.get(f"{PAGE}{here.file_id}/"))
    assert client.get(f"{PAGE}{elsewhere.file_id}/").status_code == 404
    assert client.get(f"/agent/prestations/lignes/{elsewhere.pk}/").status_code == 404


def test_a_row_is_corrected_and_replayed_alone_and_its_reading_is_journaled() -> None:
    client = client_of(agent("nathalie", "CAF63", role=Role.FUND_CASEWORKER))
    refused = RejectedRow.objects.order_by("pk")[0]
    path = f"/agent/prestations/lignes/{refused.pk}/"

    assert client.get(path).status_code == 200
    assert JournalEntry.objects.filter(action="flow.row_read").count() == 1
    assert client.post(path, {"cell-ends_on": "2026-09-01"}).status_code == 422
    assert client.post(path, {"cell-ends_on": "2026-11-02"}).status_code == 302

    assert RejectedRow.objects.get(pk=refused.pk).state == RowState.REPLAYED
    assert BoardingPeriod.objects.filter(place="HOME").count() == 1
    assert client.post(path, {"cell-ends_on": "2026-11-03"}).status_code == 409


def test_who_only_sees_reads_the_reasons_and_opens_no_row() -> None:
    looker = client_of(agent("audit", role=Role.AUDITOR))
    refused = RejectedRow.objects.order_by("pk")[0]

    assert f"lignes/{refused.pk}/" not in text_of(looker.get(f"{PAGE}{refused.file_id}/"))
    assert looker.get(f"/agent/prestations/lignes/{refused.pk}/").status_code == 404
