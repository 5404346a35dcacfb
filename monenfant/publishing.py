"""From what is received to what may be shown: places and managers that stay, made again from the current rows.

Set-based and safe to repeat: only what differs is written. A place keeps its number, its free places and its history
whatever is received of it; what is hidden in an approval never enters a place.
"""

from datetime import date

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from monenfant.rules.availability import CELLS_AROUND, CELLS_PER_DEGREE
from portal.audit.operations import journal

COLUMNS = (
    "kind", "insee_code", "lat", "lon", "cell", "most_places", "age_min_months", "age_max_months", "published_from",
    "published_until",
)  # fmt: skip
# `cell_of`, in the database.
CELL = f"floor(({{lat}} + 90) * {CELLS_PER_DEGREE})::int * {CELLS_AROUND} + floor(({{lon}} + 180) * {CELLS_PER_DEGREE})::int"
STRUCTURES = f"""
SELECT 'STRUCTURE', cnaf_id, type, insee_code, lat, lon, {CELL.format(lat="lat", lon="lon")}, capacity,
       age_min_months, age_max_months,
       CASE WHEN listing_status = 'LISTED' THEN (updated_at AT TIME ZONE 'Europe/Paris')::date END, NULL::date
  FROM monenfant_carestructure WHERE known_until IS NULL
"""
# The approval in force, else the last to begin, else the next: a renewal takes over on its first day.
CHILDMINDERS = f"""
SELECT DISTINCT ON (childminder_no) 'CHILDMINDER', childminder_no, place, insee_code, shown_lat, shown_lon,
       {CELL.format(lat="shown_lat", lon="shown_lon")}, max_children, 0, 72,
       CASE WHEN employer_kind = 'PARENTS' AND publication_authorised_on IS NOT NULL
            THEN greatest(start, publication_authorised_on) END,
       least("end", stopped_on)
  FROM monenfant_approval WHERE known_until IS NULL
 ORDER BY childminder_no, start > %(on)s, abs(start - %(on)s), approval_number
"""
MANAGERS = """
INSERT INTO monenfant_manager (siret, name)
SELECT DISTINCT ON (manager_siret) manager_siret, coalesce(manager_name, '') FROM monenfant_carestructure
 WHERE known_until IS NULL AND manager_siret IS NOT NULL ORDER BY manager_siret, updated_at DESC, cnaf_id
ON CONFLICT (siret) DO UPDATE SET name = excluded.name
 WHERE excluded.name <> '' AND monenfant_manager.name <> excluded.name
"""
MOVED = """
UPDATE monenfant_availabilitymonth m SET cell = p.cell FROM monenfant_careplace p
 WHERE p.id = m.place_id AND m.cell <> p.cell
"""


def publish_offer(*, on: date) -> int:
    """Bring places and managers up to what is known, as it stands on that day; how many places were made or changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        changed = sum(_places(cursor, source, on) for source in (STRUCTURES, CHILDMINDERS))
        cursor.execute(MANAGERS)
        cursor.execute(MOVED)
        if changed:
            journal(
                actor="portail", action="childcare.published", subject="childcare:offer",
                detail={"on": on.isoformat(), "places": changed}, at=timezone.now(),
            )  # fmt: skip
    return changed


def _places(cursor: CursorWrapper, source: str, on: date) -> int:
    told, held = (", ".join(f"{row}.{name}" for name in COLUMNS) for row in ("excluded", "p"))
    values = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS)
    cursor.execute(
        f"INSERT INTO monenfant_careplace AS p (provider, number, {', '.join(COLUMNS)}, declared_mode, last_sequence) "
        f"SELECT told.*, '', 0 FROM ({source}) told ON CONFLICT (provider, number) DO UPDATE SET {values} "
        f"WHERE ({held}) IS DISTINCT FROM ({told})",
        {"on": on},
    )
    return int(cursor.rowcount)
