"""Dated legal figures, read from YAML files: exact numbers, half-open periods, a source for each.

A file holds one or several keys; each has `term`, `unit`, `checked_on` and `values`, a list of
{from, value, status, source}. A value applies from its date until the next one; `null` means that nothing is in force
from that date on. Numbers are quoted in the files and read as `Fraction`: no binary float touches money or a rate.
"""

import hashlib
import json
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

# The figures that several benefits share.
COMMON = Path(__file__).parent / "common"
ROOT = Path(__file__).parents[2]
STATUSES = {"verified", "derived", "uncertain", "unverified", "policy"}


class NoParameterInForce(LookupError):
    """The law, as this installation knows it, has no figure `key` on `day`; nothing is guessed."""

    def __init__(self, key: str, day: date) -> None:
        super().__init__(f"Aucune valeur de « {key} » en vigueur au {day:%d/%m/%Y}.")
        self.key = key
        self.day = day


@dataclass(frozen=True)
class DatedValue:
    """One value of a figure, in force from `since` until the next one."""

    since: date
    value: Any
    status: str
    source: str


@dataclass(frozen=True)
class Figure:
    """A legal figure and its history. `file` is where its next line is written."""

    key: str
    term: str
    unit: str
    checked_on: date
    values: tuple[DatedValue, ...]
    file: str = ""

    def on(self, day: date) -> DatedValue:
        """The value in force on `day`. Raises NoParameterInForce."""
        position = bisect_right([value.since for value in self.values], day)
        if position == 0 or self.values[position - 1].value is None:
            raise NoParameterInForce(self.key, day)
        return self.values[position - 1]


def _exact(value: Any) -> Any:
    """Numbers written as text become fractions, lists tuples; words, flags and nested tables stay."""
    if isinstance(value, dict):
        return {name: _exact(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return tuple(_exact(inner) for inner in value)
    if isinstance(value, str):
        try:
            return Fraction(value)
        except ValueError:
            return value
    if isinstance(value, float):
        raise TypeError(f"{value!r}: quote numbers in parameter files, a binary float is never exact")
    return value


class Parameters:
    """All the figures of some folders."""

    def __init__(self, figures: dict[str, Figure]) -> None:
        self.figures = figures

    @classmethod
    def load(cls, *folders: Path) -> "Parameters":
        """Read every YAML file of `folders`. Raises ValueError on an unknown status or unordered dates."""
        figures: dict[str, Figure] = {}
        for path in sorted(path for folder in folders for path in folder.glob("*.yaml")):
            for key, content in yaml.safe_load(path.read_text(encoding="utf-8")).items():
                if key in figures:
                    raise ValueError(f"{key} is defined twice, again in {path.name}")
                figures[key] = cls._figure(key, content, _told(path))
        return cls(figures)

    @staticmethod
    def _figure(key: str, content: dict[str, Any], file: str) -> Figure:
        values = tuple(
            DatedValue(line["from"], _exact(line["value"]), line["status"], line["source"])
            for line in content["values"]
        )
        dates = [value.since for value in values]
        if dates != sorted(set(dates)):
            raise ValueError(f"{key}: dates must rise and differ")
        if {value.status for value in values} - STATUSES:
            raise ValueError(f"{key}: unknown status")
        return Figure(key, content["term"], content["unit"], content["checked_on"], values, file)

    def with_line(self, key: str, line: DatedValue) -> "Parameters":
        """The same figures, `key` having one more line, its last: what the files would say. An end without a figure gives way.
        Raises ValueError when they already give a figure for that day or later."""
        figure = self.figures[key]
        kept = tuple(one for one in figure.values if one.value is not None or one.since < line.since)
        if line.since <= kept[-1].since:
            raise ValueError(f"{key}: dates must rise and differ")
        return Parameters(self.figures | {key: replace(figure, values=(*kept, line))})

    def until(self, key: str, day: date) -> "Parameters":
        """The same figures, `key` having no line of `day` nor later: what the files said before."""
        figure = self.figures[key]
        kept = tuple(one for one in figure.values if one.since < day)
        return Parameters(self.figures | {key: replace(figure, values=kept)})

    def value(self, key: str, day: date) -> Any:
        """The exact value of `key` on `day`. Raises NoParameterInForce, or KeyError for a figure nobody declared."""
        return self.figures[key].on(day).value

    def dated(self, key: str, day: date) -> DatedValue:
        """The value with its date, status and source."""
        return self.figures[key].on(day)

    def digest(self) -> str:
        """SHA-256 of every figure's content: two installations with one digest compute alike."""
        content = [
            [key, [[str(value.since), _plain(value.value)] for value in figure.values]]
            for key, figure in sorted(self.figures.items())
        ]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _told(path: Path) -> str:
    """``portal/legislation/common/bmaf.yaml``; the bare name of a file from elsewhere."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, Fraction) else value
