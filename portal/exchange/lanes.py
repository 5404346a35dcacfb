"""Files of several kinds at once: one lane a kind, in the order given, each on a connection of its own."""

import csv
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import TypeVar

from django.db import connection

from portal.exchange.flows import kind_for
from portal.exchange.manifests import UnreadableManifest, manifest_path, read_manifest

Report = TypeVar("Report")
HEADER_LONGEST = 65_536


def lanes_of(paths: Iterable[Path]) -> list[list[Path]]:
    """The files of each kind, in the order given. What names no kind goes together: it will be refused."""
    lanes: dict[str, list[Path]] = {}
    for path in paths:
        lanes.setdefault(_kind_named_by(path), []).append(path)
    return list(lanes.values())


def _kind_named_by(path: Path) -> str:
    """What the manifest says, or the header, without reading the file whole; empty when neither can be read."""
    try:
        return str(read_manifest(manifest_path(path))["kind"] or "")
    except UnreadableManifest:
        pass
    try:
        with path.open("rb") as content:
            first = content.readline(HEADER_LONGEST).decode("utf-8-sig", "replace")
        header = [name.strip().lower() for name in next(csv.reader([first]), [])]
    except (OSError, csv.Error):
        return ""
    found = kind_for(header, path.name)
    return found.name if found else ""


def beside_each_other(
    lanes: list[list[Path]], take_in: Callable[[Iterable[Path]], Iterator[Report]], workers: int
) -> Iterator[Report]:
    """What `take_in` says of each file of each lane, as it says it."""
    reports: SimpleQueue[Report | None] = SimpleQueue()
    stopped = Event()

    def run(lane: list[Path]) -> None:
        try:
            for report in take_in(takewhile(lambda _path: not stopped.is_set(), lane)):
                reports.put(report)
        except BaseException:
            stopped.set()
            raise
        finally:
            connection.close()
            reports.put(None)

    with ThreadPoolExecutor(workers) as pool:
        running = [pool.submit(run, lane) for lane in lanes]
        try:
            for _lane in running:
                yield from iter(reports.get, None)
        finally:
            stopped.set()
    for lane in running:
        lane.result()
