"""From what is received to what may be shown: places and managers that stay, made again from the current rows.

Set-based and safe to repeat: only what differs is written. A place keeps its number, its free places and its history
whatever is received of it; what is hidden in an approval never enters a place.
"""

from datetime import date

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Case, F, OuterRef, Subquery, When
from django.utils import timezone

from monenfant.flows.kinds import GRID_PER_DEGREE
from monenfant.models import Approval, CarePlace, ContactsTold, Provider
from monenfant.reporting.writing import keep_to_the_approval
from monenfant.rules.availability import CELLS_AROUND, CELLS_PER_DEGREE
from portal.accounts.permissions import moment_on
from portal.audit.operations import journal
from portal.exchange.received import CURRENT
from portal.organisations.communes import commune_of

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
# The approval in force, else the last to begin, else the next: a renewal takes over on its first day. What she told prevails:
# an address that she hides stands at the point of its commune. One that an approval hides since is hidden, whatever she told.
HIDDEN = """a.place = 'HOME' AND CASE WHEN c.told_at >= a.updated_at THEN c.hides_address
         ELSE coalesce(c.hides_address, false) OR a.hides_address END"""
AXIS = f"CASE WHEN NOT ({HIDDEN}) THEN a.{{axis}} WHEN a.hides_address THEN a.shown_{{axis}} ELSE c.hidden_{{axis}} END"
CHILDMINDERS = f"""
SELECT 'CHILDMINDER', childminder_no, place, insee_code, at_lat, at_lon,
       {CELL.format(lat="at_lat", lon="at_lon")}, max_children, 0, 72,
       CASE WHEN employer_kind = 'PARENTS' AND publication_authorised_on IS NOT NULL
            THEN greatest(start, publication_authorised_on) END,
       least("end", stopped_on, gone_on)
  FROM (SELECT DISTINCT ON (a.childminder_no) a.*, {AXIS.format(axis="lat")} AS at_lat, {AXIS.format(axis="lon")} AS at_lon,
               s.start AS gone_on
          FROM monenfant_approval a
          LEFT JOIN monenfant_careplace p ON p.provider = 'CHILDMINDER' AND p.number = a.childminder_no
          LEFT JOIN monenfant_contactstold c ON c.place_id = p.id AND c.is_last
          LEFT JOIN monenfant_stop s ON s.place_id = p.id AND s.is_final AND s.withdrawn_at IS NULL
         WHERE a.known_until IS NULL AND (%(only)s::text IS NULL OR a.childminder_no = %(only)s)
         ORDER BY a.childminder_no, a.start > %(on)s, abs(a.start - %(on)s), a.approval_number) chosen
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
# Places that now receive fewer children are told from the rows as they stood before.
WRITTEN = f"""
WITH told (provider, number, {", ".join(COLUMNS)}) AS MATERIALIZED ({{source}}),
     written AS (
         INSERT INTO monenfant_careplace AS p (provider, number, {", ".join(COLUMNS)}, declared_mode, last_sequence)
         SELECT told.*, '', 0 FROM told ON CONFLICT (provider, number) DO UPDATE SET {{values}}
          WHERE ({{held}}) IS DISTINCT FROM ({{told}}) RETURNING 1)
SELECT (SELECT count(*) FROM written),
       ARRAY(SELECT p.id FROM monenfant_careplace p JOIN told USING (provider, number)
              WHERE p.declared_at IS NOT NULL AND p.most_places > told.most_places ORDER BY p.id)
"""


def publish_offer(*, on: date) -> int:
    """Bring places and managers up to what is known, as it stands on that day; how many places were made or changed.

    A childminder whose approval is now for fewer children shows no more places than it leaves."""
    with transaction.atomic(), connection.cursor() as cursor:
        settle_hidden_points(on=on)
        changed, _fewer = _places(cursor, STRUCTURES, on)
        of_childminders, fewer = _places(cursor, CHILDMINDERS, on)
        changed += of_childminders
        cursor.execute(MANAGERS)
        cursor.execute(MOVED)
        for place_pk in fewer:
            keep_to_the_approval(place_pk=place_pk, on=on, now=moment_on(on))
        if changed:
            # A campaign may open at once on what was just received: unknown, its sizes made it compare each with each.
            cursor.execute("ANALYZE monenfant_approval, monenfant_careplace")
            journal(
                actor="portail", action="childcare.published", subject="childcare:offer",
                detail={"on": on.isoformat(), "places": changed}, at=timezone.now(),
            )  # fmt: skip
    return changed


def publish_place(*, place: CarePlace, on: date) -> None:
    """The same for one childminder who told something, at once. In the caller's transaction; a structure shows what its
    file says."""
    if place.provider == Provider.CHILDMINDER:
        with connection.cursor() as cursor:
            _places(cursor, CHILDMINDERS, on, only=place.number)
            cursor.execute(f"{MOVED} AND p.id = %s", [place.pk])


def _places(cursor: CursorWrapper, source: str, on: date, only: str | None = None) -> tuple[int, list[int]]:
    told, held = (", ".join(f"{row}.{name}" for name in COLUMNS) for row in ("excluded", "p"))
    values = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS)
    cursor.execute(WRITTEN.format(source=source, values=values, held=held, told=told), {"on": on, "only": only})
    changed, fewer = cursor.fetchone()
    return int(changed), list(fewer)


def hidden_point(insee_code: str) -> tuple[float, float]:
    """Where a hidden address is shown: the point of its commune on the grid, as `monenfant.flows` reads it of a file."""
    commune = commune_of(insee_code)
    return round(commune.lat * GRID_PER_DEGREE) / GRID_PER_DEGREE, round(
        commune.lon * GRID_PER_DEGREE
    ) / GRID_PER_DEGREE


def settle_hidden_points(*, on: date) -> None:
    """Who hides an address and moved is shown in the new commune: that of the approval that is shown, never of the next."""
    begun = Case(When(start__lte=on, then=F("start")))
    here = Approval.objects.filter(CURRENT, childminder_no=OuterRef("place__number")).order_by(
        begun.desc(nulls_last=True), "start", "approval_number"
    )
    hiding = ContactsTold.objects.filter(is_last=True, hides_address=True)
    moved = hiding.annotate(now_in=Subquery(here.values("insee_code")[:1])).exclude(now_in=F("hidden_insee"))
    for told in moved.exclude(now_in=None):
        told.hidden_insee = told.now_in
        told.hidden_lat, told.hidden_lon = hidden_point(told.now_in)
        told.save(update_fields=["hidden_insee", "hidden_lat", "hidden_lon"])
