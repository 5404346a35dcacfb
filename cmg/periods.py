"""Periods of a family: what each body says of the right, what was declared, settled, held."""

from collections.abc import Sequence

from cmg.models import Right, RightStatus, Settlement, Side
from portal.frame.periods import Period
from portal.legislation.calendar import months_later

KINDS = {RightStatus.ACTIVE: "open", RightStatus.SUSPENDED: "suspended", RightStatus.CLOSED: "closed"}


def family_rows(rights: Sequence[Right], settlements: Sequence[Settlement]) -> list[tuple[str, list[Period]]]:
    """A row per body and child, then a row of what was declared and one of what became of it."""
    rows: list[tuple[str, list[Period]]] = []
    for child in dict.fromkeys(right.child_id for right in rights):
        own = [right for right in rights if right.child_id == child]
        name = next((right.child_first_name for right in own if right.child_first_name), "enfant")
        for side, words in ((Side.FUND, "caisse"), (Side.PAJEMPLOI, "Pajemploi")):
            rows.append((f"Droit de {name}, {words}"[:40], [_right(right) for right in own if right.side == side]))
    months = {
        row.care_month: row for row in sorted(settlements, key=lambda row: (row.care_month, row.status == "HELD"))
    }
    rows.append(("Déclaré", [Period(month, months_later(month, 1), "declared", "déclaré") for month in months]))
    rows.append(("Réglé ou retenu", [_settled(row) for row in months.values()]))
    return rows


def _right(right: Right) -> Period:
    status = RightStatus(right.status)
    return Period(right.starts_on, right.ends_on, KINDS[status], f"droit {status.label}")


def _settled(row: Settlement) -> Period:
    held = row.status == "HELD"
    words = row.get_status_display().lower()
    return Period(row.care_month, months_later(row.care_month, 1), "held" if held else "paid", words)
