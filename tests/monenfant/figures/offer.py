"""A small offer for the tests of figures: who is where, what each told, its hours, and the children around."""

from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from monenfant.models import CarePlace
from monenfant.operations import replace_window
from monenfant.publishing import publish_offer
from monenfant.rules.availability import Slot
from tests.monenfant.files import row, take_in

DAY, MONDAY = date(2026, 11, 25), date(2026, 11, 30)
CLERMONT, RIOM, THIERS, MOULINS = "63113", "63300", "63430", "03190"
AT = {"lat": "", "lon": "", "address": "1 rue Cachée", "postcode": "", "city": ""}


def structure(number: str, commune: str, **cells: str) -> dict[str, str]:
    fund = f"CAF{commune[:2]}"
    return row("care-structures", cnaf_id=number, insee_code=commune, **AT | {"fund": fund} | cells)


def childminder(number: str, commune: str, **cells: str) -> dict[str, str]:
    return row(
        "childminder-approvals", approval_number=f"A{number}", childminder_no=number, insee_code=commune,
        departement=commune[:2], **AT | cells,
    )  # fmt: skip


def receive(folder: Path, structures: list[dict[str, str]], childminders: list[dict[str, str]]) -> None:
    for kind, rows in (("care-structures", structures), ("childminder-approvals", childminders)):
        if rows:
            assert not take_in(folder, kind, *rows).errors
    publish_offer(on=DAY)


def tell(number: str, days_ago: int, *slots: Slot) -> None:
    """The place reports these slots, so many days before the day of counting."""
    place = CarePlace.objects.get(number=number)
    said = datetime.combine(
        DAY - timedelta(days=days_ago), datetime.min.time().replace(hour=9), ZoneInfo("Europe/Paris")
    )
    replace_window(
        place_pk=place.pk, key=uuid4(), sequence=place.last_sequence + 1, mode="MANUAL", first=MONDAY,
        end=MONDAY + timedelta(days=14), slots=slots, body=b"{}", answer={}, now=said,
    )  # fmt: skip


def free(weekday: int, band: str, places: int = 1, *, group: str = "ANY", kind: str = "REGULAR") -> Slot:
    return Slot(MONDAY + timedelta(days=weekday), band, group, kind, places)


def children(folder: Path, area: str, count: int, year: int = 2025) -> None:
    cells = {"area": area, "year": year, "children_under_3": count, "source": "Insee, recensement",
             "updated_at": "2026-01-05T08:00:00+01:00"}  # fmt: skip
    assert not take_in(folder, "childcare-population", {name: str(value) for name, value in cells.items()}).errors


def hours(number: str, presence: int, billed: int, theoretical: int | str = "", year: int = 2025) -> dict[str, str]:
    cells = {"cnaf_id": number, "year": year, "presence_hours": presence, "billed_hours": billed,
             "theoretical_hours": theoretical, "updated_at": "2026-02-05T08:00:00+01:00"}  # fmt: skip
    return {name: str(value) for name, value in cells.items()}
