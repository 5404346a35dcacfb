"""What the demonstration does for childcare: files in, places published, free places told, accesses given."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.utils import timezone

from monenfant.demo.appointments import load_appointments
from monenfant.demo.duties import live_campaigns, morning, receive_approvals_of_63
from monenfant.demo.figures import load_figures
from monenfant.demo.files import write_rows
from monenfant.demo.monique import tell_her_week
from monenfant.demo.people import NAMED, give_access
from monenfant.demo.places import tell_around_riom
from monenfant.demo.transmissions import send_earlier_messages
from monenfant.flows.kinds import APPROVALS, DESKS, STRUCTURES
from monenfant.models import CarePlace
from monenfant.population import generate
from monenfant.population.free_places import tell_free_places
from monenfant.publishing import publish_offer
from portal.exchange.operations import import_file

AUVERGNE = frozenset({"03", "15", "43", "63"})
STRUCTURE_COUNT, CHILDMINDER_COUNT, SEED = 300, 6_000, 2026
Say = Callable[[str], object]


def load(folder: Path, on: date, say: Say) -> None:
    """The offer of Auvergne on that day; a second call changes nothing."""
    if CarePlace.objects.exists():
        return
    started = timezone.now()
    drawn = generate(STRUCTURE_COUNT, CHILDMINDER_COUNT, SEED, folder, AUVERGNE).files
    _leave_to_the_named_desk(folder / f"{DESKS.name}.csv")
    for path in (*drawn, *_named(folder / "nommes")):
        import_file(path, received_at=morning(on))
    receive_approvals_of_63(folder / "nommes")
    publish_offer(on=on)
    tell_her_week(on)
    told = tell_free_places(on=on, seed=SEED)
    give_access()
    send_earlier_messages(on)
    live_campaigns(folder / "nommes", on)
    tell_around_riom(on=on)
    load_appointments(on)
    load_figures(folder / "chiffres", on, AUVERGNE)
    seconds = (timezone.now() - started).total_seconds()
    say(f"Accueil du jeune enfant : {CarePlace.objects.count()} lieux, {told} ont dit leurs places ({seconds:.1f} s)")


def _leave_to_the_named_desk(path: Path) -> None:
    """No drawn desk serves the communes of Céline's: whoever asks there is answered by her."""
    own = set(NAMED[DESKS.name]["served"].split("|"))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    left = ("|".join(code for code in row["served"].split("|") if code not in own) for row in rows)
    write_rows(path, DESKS, *(row | {"served": served} for row, served in zip(rows, left, strict=True)))


def _named(folder: Path) -> list[Path]:
    kinds = (STRUCTURES, APPROVALS, DESKS)
    return [write_rows(folder / f"{kind.name}.csv", kind, NAMED[kind.name]) for kind in kinds]
