"""Outlines of the départements and, a département at a time, of its communes: GeoJSON, simplified to draw maps.

`data/outlines/` holds one compressed file a département and one of them all, by number; degrees (WGS 84) to about a
hundred metres. `build_outlines` made them; their source is in docs/dependencies.md. Pure module: no database, no clock.
"""

import gzip
import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from portal.organisations.directory import departements

FOLDER = Path(__file__).parent / "data" / "outlines"
ALL = "departements"


class NoOutline(LookupError):
    """No outline bears this number."""


@cache
def departement_outlines() -> dict[str, Any]:
    """A FeatureCollection of the départements; properties: number, name. Shared: not to be changed."""
    return _read(ALL)


@lru_cache(maxsize=8)
def commune_outlines(departement: str) -> dict[str, Any]:
    """A FeatureCollection of the communes of a département, as above. Raises NoOutline."""
    return _read(departement)


@lru_cache(maxsize=16)
def packed_outlines(name: str) -> bytes:
    """The compressed GeoJSON of a département's communes, or of all départements (`ALL`). Raises NoOutline."""
    if name != ALL and name not in departements():
        raise NoOutline(name)
    try:
        return (FOLDER / f"{name}.json.gz").read_bytes()
    except FileNotFoundError:
        raise NoOutline(name) from None


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(packed_outlines(name)))
    return found
