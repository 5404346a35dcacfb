"""The outlines: every département and nearly every commune, where it is, light, and without a hole between neighbours."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from portal.organisations.communes import communes
from portal.organisations.directory import departements
from portal.organisations.outlines import FOLDER, NoOutline, commune_outlines, departement_outlines

Ring = list[list[float]]
NEVER_DRAWN = {"975", "977", "978"}
# Their contour is empty in the source.
WITHOUT_OUTLINE = {"12": {"12218"}, "49": {"49126"}, "69": {"69114"}}


def rings(geometry: dict[str, Any]) -> Iterator[Ring]:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in parts:
        yield from polygon


def test_every_departement_is_drawn_by_its_number_and_name() -> None:
    drawn = {one["properties"]["number"]: one["properties"]["name"] for one in departement_outlines()["features"]}

    assert drawn == {number: one.name for number, one in departements().items() if number not in NEVER_DRAWN}


@pytest.mark.parametrize("departement", ["12", "49", "63", "69", "2A", "75", "976"])
def test_the_communes_of_a_departement_are_those_of_the_list(departement: str) -> None:
    drawn = {
        one["properties"]["number"]: one["properties"]["name"] for one in commune_outlines(departement)["features"]
    }
    listed = {code: one.name for code, one in communes().items() if one.departement == departement}

    assert set(listed) - set(drawn) == WITHOUT_OUTLINE.get(departement, set())
    assert drawn.items() <= listed.items()


@pytest.mark.parametrize("code", ["63113", "2A004", "75112", "97411"])
def test_a_commune_is_drawn_around_its_town_hall(code: str) -> None:
    commune = communes()[code]
    drawn = {one["properties"]["number"]: one["geometry"] for one in commune_outlines(commune.departement)["features"]}
    points = [point for ring in rings(drawn[code]) for point in ring]

    lons, lats = zip(*points, strict=True)
    assert min(lons) < commune.lon < max(lons)
    assert min(lats) < commune.lat < max(lats)


def test_neighbours_share_their_border() -> None:
    """Simplified together: most edges inside a département are drawn twice, once from each side."""
    edges = Counter(
        tuple(sorted(map(tuple, edge)))
        for one in commune_outlines("63")["features"] for ring in rings(one["geometry"]) for edge in pairwise(ring)
    )  # fmt: skip
    assert sum(1 for count in edges.values() if count == 2) > 0.85 * len(edges)
    assert max(edges.values()) == 2


def test_rings_are_closed() -> None:
    for one in departement_outlines()["features"]:
        assert all(ring[0] == ring[-1] and len(ring) > 3 for ring in rings(one["geometry"]))


@pytest.mark.parametrize("number", ["975", "99", "", "../communes", "departements/../63"])
def test_a_number_without_outline(number: str) -> None:
    with pytest.raises(NoOutline):
        commune_outlines(number)


def test_the_outlines_stay_light_and_say_where_they_come_from() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 2_500_000
    assert (FOLDER / "departements.json.gz").stat().st_size < 100_000
    assert "data/outlines" in Path("docs/dependencies.md").read_text(encoding="utf-8")
