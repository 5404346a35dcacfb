"""What the demonstration does for childcare: files in, places published, free places told, accesses given."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from monenfant.demo.people import NAMED, give_access
from monenfant.demo.places import tell_around_riom
from monenfant.flows.kinds import APPROVALS, DESKS, STRUCTURES
from monenfant.models import CarePlace
from monenfant.population import generate
from monenfant.population.free_places import tell_free_places
from monenfant.publishing import publish_offer
from portal.exchange.flows import FlowKind
from portal.exchange.operations import import_file

AUVERGNE = frozenset({"03", "15", "43", "63"})
STRUCTURE_COUNT, CHILDMINDER_COUNT, SEED = 300, 6_000, 2026
Say = Callable[[str], object]


def load(folder: Path, on: date, say: Say) -> None:
    """The offer of Auvergne on that day; a second call changes nothing."""
    if CarePlace.objects.exists():
        return
    started = timezone.now()
    files = [*generate(STRUCTURE_COUNT, CHILDMINDER_COUNT, SEED, folder, AUVERGNE).files, *_named(folder / "nommes")]
    for path in files:
        import_file(path, received_at=started)
    publish_offer(on=on)
    told = tell_free_places(on=on, seed=SEED)
    tell_around_riom(on=on)
    give_access()
    seconds = (timezone.now() - started).total_seconds()
    say(f"Accueil du jeune enfant : {CarePlace.objects.count()} lieux, {told} ont dit leurs places ({seconds:.1f} s)")


def _named(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / f"{kind.name}.csv", kind, NAMED[kind.name]) for kind in (STRUCTURES, APPROVALS, DESKS)]


def _write(path: Path, kind: FlowKind, row: dict[str, Any]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, [column.name for column in kind.columns], restval="", lineterminator="\n")
        lines.writeheader()
        lines.writerow(row)
    return path
