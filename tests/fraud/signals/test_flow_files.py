"""Rows that the flows to compare refused: read and corrected by whose funds they are, never by somebody close."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fraud.models import DeclaredLink, DeclaredResource
from portal.accounts.models import Role
from portal.audit.models import JournalEntry
from portal.exchange.models import ReceivedFile, RejectedRow
from portal.exchange.operations import import_file
from portal.people.vault import lookup_key
from tests.aripa.agents import on_day
from tests.fraud.signals.world import DAY, person

pytestmark = pytest.mark.django_db
NIR = "291056311812305"


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    on_day(settings, DAY)


def client_of(username: str, role: Role = Role.CONTROL_CASEWORKER, fund: str = "CAF63") -> Client:
    client = Client()
    client.force_login(person(username, role, fund))
    return client


def received(folder: Path, quarter: str = "2026-08", fund: str = "CAF63") -> RejectedRow:
    """A file of declared resources, one row of which says a quarter that begins in August."""
    path = folder / f"resources-{fund}.csv"
    path.write_text(f"nir,fund,quarter,net_resources\n{NIR},{fund},{quarter},1200.00\n", encoding="utf-8")
    import_file(path)
    return RejectedRow.objects.latest("pk")


def test_an_agent_of_the_fund_finds_corrects_and_replays_it(tmp_path: Path) -> None:
    row, client = received(tmp_path), client_of("sylvie")
    assert reverse("fraud:flow_files") in client.get(reverse("fraud:control")).content.decode()
    files = client.get(reverse("fraud:flow_files"), {"kind": "declared-resources"}).content.decode()
    assert "Ressources déclarées du trimestre" in files
    assert files.count("<h1>") == 1
    assert reverse("fraud:flow_rows", args=[row.file_id]) in files
    rows = client.get(reverse("fraud:flow_rows", args=[row.file_id])).content.decode()
    assert "Un trimestre est dit par son premier mois" in rows

    address = reverse("fraud:flow_row", args=[row.pk])
    assert NIR in client.get(address).content.decode()
    assert JournalEntry.objects.filter(action="flow.row_read", actor="sylvie").count() == 1
    assert client.post(address, {"cell-quarter": "2026-09"}).status_code == 422
    assert not DeclaredResource.objects.exists()
    assert client.post(address, {"cell-quarter": "2026-07"}).status_code == 302
    assert DeclaredResource.objects.get().net_cents == 120_000
    assert "déjà « corrigée et appliquée »" in client.post(address, {"cell-quarter": "2026-10"}).content.decode()


def test_another_fund_and_a_file_of_no_fund_are_not_there(tmp_path: Path) -> None:
    row, other = received(tmp_path), client_of("paul", fund="CAF59")
    for name, number in (("flow_rows", row.file_id), ("flow_row", row.pk)):
        assert other.get(reverse(f"fraud:{name}", args=[number])).status_code == 404
    ReceivedFile.objects.filter(pk=row.file_id).update(scope=[])
    assert client_of("sylvie").get(reverse("fraud:flow_row", args=[row.pk])).status_code == 404
    assert (
        client_of("helene", Role.AUTHORISING_OFFICER, "").get(reverse("fraud:flow_row", args=[row.pk])).status_code
        == 200
    )


def test_who_is_close_to_the_person_neither_reads_nor_writes_the_row(tmp_path: Path) -> None:
    row, client = received(tmp_path), client_of("sylvie")
    link = DeclaredLink.objects.create(
        user=person("jeanne"), person_key=lookup_key(NIR, "NIR"), relation="RELATIVE", since=date(2020, 1, 1)
    )
    address = reverse("fraud:flow_row", args=[row.pk])
    assert client.get(address).status_code == 200, "somebody else's link closes nothing"
    close = Client()
    close.force_login(link.user)

    answers = [close.get(address), close.post(address, {"cell-quarter": "2026-07"})]

    assert [one.status_code for one in answers] == [403, 403]
    assert NIR not in "".join(one.content.decode() for one in answers)
    assert not DeclaredResource.objects.exists()
    assert JournalEntry.objects.filter(action="control.linked_refused", actor="jeanne").count() == 2
