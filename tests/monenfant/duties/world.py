"""Childminders, structures and what they say, for the days of the duties."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

from django.utils import timezone

from monenfant.duties import living
from monenfant.models import CarePlace, DeclarationFollowUp
from monenfant.operations import replace_window
from monenfant.rules.availability import WINDOW_DAYS_MOST
from portal.letters.models import JobState, LetterJob
from tests.monenfant.files import row, take_in

APPROVALS, STRUCTURES, DESKS = "childminder-approvals", "care-structures", "childcare-desks"
JUNE, OPENS = date(2022, 6, 1), date(2022, 4, 17)
SINCE = {"start": "2020-01-01", "end": "2030-01-01", "publication_authorised_on": "2020-01-01"}


def at(day: date, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def childminders(folder: Path, *numbers: str, **cells: str) -> None:
    """Approvals since 2020, one a number."""
    folder.mkdir(exist_ok=True)
    rows = [
        row(APPROVALS, childminder_no=number, approval_number=f"A-{number}-{len(cells)}", **SINCE | cells)
        for number in numbers
    ]
    take_in(folder, APPROVALS, *rows)


def live(*days: date) -> None:
    for day in days:
        living.live_day(day=day)


def declare(number: str, on: date, *, first: date = JUNE, hour: int = 10, end: date | None = None) -> None:
    """Nothing is free: it is told, which is what the duty asks."""
    place = CarePlace.objects.get(number=number)
    replace_window(
        place_pk=place.pk, key=uuid4(), sequence=place.last_sequence + 1, mode="MANUAL", first=first,
        end=end or first + timedelta(days=WINDOW_DAYS_MOST), slots=(), body=b"", answer={}, now=at(on, hour),
    )  # fmt: skip


def letters_leave() -> None:
    """As if each had been written: a PDF is made elsewhere."""
    LetterJob.objects.filter(state=JobState.WAITING).update(state=JobState.DONE)


def states(deadline: date = JUNE) -> dict[str, str]:
    found = DeclarationFollowUp.objects.filter(deadline=deadline).order_by("place__number")
    return dict(found.values_list("place__number", "state"))


def moves(number: str) -> Sequence[tuple[str, date]]:
    found = DeclarationFollowUp.objects.get(place__number=number, deadline=JUNE).moves.order_by("pk")
    return list(found.values_list("after", "on"))
