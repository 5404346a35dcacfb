"""The outlines as anybody fetches them."""

import gzip

import pytest
from django.test import Client

from portal.organisations.outlines import packed_outlines

pytestmark = pytest.mark.django_db
ADDRESSES = ["/garde/contours/departements.json", "/garde/contours/63.json"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_outlines_are_kept_by_browsers_and_not_sent_twice(client: Client, address: str) -> None:
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert first.json()["type"] == "FeatureCollection"
    assert (first["Content-Type"], "Content-Encoding" in first) == ("application/geo+json", False)
    assert "max-age=2592000" in first["Cache-Control"]
    assert (again.status_code, again.content) == (304, b"")


def test_outlines_travel_compressed_to_whom_takes_it(client: Client) -> None:
    answer = client.get("/garde/contours/63.json", headers={"Accept-Encoding": "br, gzip"})

    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert answer.content == packed_outlines("63")
    assert gzip.decompress(answer.content) == client.get("/garde/contours/63.json").content


@pytest.mark.parametrize("number", ["99", "975", "communes"])
def test_what_is_not_drawn_is_not_there(client: Client, number: str) -> None:
    assert client.get(f"/garde/contours/{number}.json").status_code == 404
