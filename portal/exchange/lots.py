"""Numbers of lots: those that never came, and those that were refused and never replaced."""

from dataclasses import dataclass
from itertools import pairwise

from portal.exchange.models import FileState, ReceivedFile

LARGEST_GAP = 1000


@dataclass(frozen=True)
class Lot:
    """A lot of a sender that is missing or was refused; `scope` names the funds it speaks for."""

    kind: str
    sender: str
    number: int | None
    scope: tuple[str, ...]


def _numbered() -> dict[tuple[str, str], list[ReceivedFile]]:
    found: dict[tuple[str, str], list[ReceivedFile]] = {}
    for file in ReceivedFile.objects.filter(sequence_no__isnull=False).order_by("pk"):
        found.setdefault((file.kind, file.sender), []).append(file)
    return found


def missing_lots() -> list[Lot]:
    """Numbers between the first and the last received of a sender and kind that were never received."""
    lots = []
    for (kind, sender), files in sorted(_numbered().items()):
        numbers = sorted({int(file.sequence_no) for file in files if file.sequence_no is not None})
        scope = tuple(sorted({fund for file in files for fund in file.scope}))
        for before, after in pairwise(numbers):
            # A number written wrong must not make millions of missing ones, nor hide those that are missing.
            if after - before <= LARGEST_GAP:
                lots += [Lot(kind, sender, number, scope) for number in range(before + 1, after)]
    return lots


def refused_lots() -> list[Lot]:
    """Files refused as a whole that no applied file of the same number (or name) has replaced since."""
    refused = ReceivedFile.objects.filter(state=FileState.REFUSED).exclude(kind="").order_by("pk")
    applied = set(ReceivedFile.objects.filter(state=FileState.APPLIED).values_list("kind", "sender", "sequence_no"))
    names = set(ReceivedFile.objects.filter(state=FileState.APPLIED).values_list("kind", "name"))
    return [
        Lot(file.kind, file.sender, file.sequence_no, tuple(file.scope))
        for file in refused
        if (file.sequence_no is None or (file.kind, file.sender, file.sequence_no) not in applied)
        and (file.kind, file.name) not in names
    ]
