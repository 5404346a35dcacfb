"""Open data as files: CSV (commas, UTF-8, dates AAAA-MM-JJ) and GeoJSON, written row by row."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from monenfant.figures.open_data import DataSet, Row
from monenfant.figures.published import Published


class _Line:
    """What the writer of CSV gives back instead of keeping."""

    def write(self, line: str) -> str:
        return line


def as_csv(data_set: DataSet, published: Published, on: date) -> Iterator[str]:
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield writer.writerow([column.name for column in data_set.columns])
    for row in data_set.rows(published, on):
        yield writer.writerow(row)


def as_geojson(data_set: DataSet, published: Published, on: date) -> Iterator[str]:
    """Features with the columns as properties; one that has no place on the map has no geometry."""
    yield '{"type":"FeatureCollection","features":['
    for place, row in enumerate(data_set.rows(published, on)):
        yield ("," if place else "") + json.dumps(_feature(data_set, row), ensure_ascii=False, separators=(",", ":"))
    yield "]}"


def _feature(data_set: DataSet, row: Row) -> dict[str, Any]:
    names = [column.name for column in data_set.columns]
    told = {
        name: value.isoformat() if isinstance(value, date) else value for name, value in zip(names, row, strict=True)
    }
    return {"type": "Feature", "geometry": data_set.shape(row) if data_set.shape else None, "properties": told}
