"""What the demonstration does for ARS and AEEH, a module per matter, in order."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.utils import timezone

from portal.benefits.demo import families, runs, small, upratings

Say = Callable[[str], object]
# What the small sums tell happened before the month that waits to be signed.
MATTERS = (families, small, runs, upratings)


def load(folder: Path, on: date, say: Say) -> None:
    """Load each matter, and say what it did and how long it took; a second call changes nothing."""
    for matter in MATTERS:
        started = timezone.now()
        told = matter.load(folder, on)
        say(f"Prestations : {told} : {(timezone.now() - started).total_seconds():.1f} s.")
