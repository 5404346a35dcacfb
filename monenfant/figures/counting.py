"""The counts of a day: every listed place, what each reported, the free places of the coming week, hours and children.

By the database, in one transaction: killed, nothing was counted; made again on the same day, the counts of that day are
replaced. Communes are kept for the last day counted, départements for every day.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from monenfant.figures.hours import theoretical_hours
from monenfant.models import (
    AreaFigures,
    CarePlace,
    CareStructure,
    ChildcareDesk,
    FigureDay,
    StructureHours,
    StructureType,
)
from monenfant.rules.availability import GREY_DAYS, HIDDEN_DAYS
from monenfant.rules.follow_up import campaign_opens, deadlines_between
from monenfant.rules.opening import WEEK
from portal.audit.operations import journal

HOUSE = StructureType.CHILDMINDER_HOUSE.value
HALVES = ((0, 2), (1, 2))
# Houses of childminders are no places of their own: those who work there are counted one by one.
LISTED = """
CREATE TEMP TABLE listed_place ON COMMIT DROP AS
SELECT p.id, p.number, p.insee_code AS commune, p.most_places, p.provider = 'STRUCTURE' AS is_structure,
       CASE WHEN p.insee_code LIKE '97%%' THEN left(p.insee_code, 3) ELSE left(p.insee_code, 2) END AS departement,
       coalesce(told.on >= CASE p.provider WHEN 'STRUCTURE' THEN %(fresh)s ELSE %(campaign)s END, FALSE) AS is_reporting,
       coalesce(p.provider <> 'STRUCTURE' OR told.on >= %(shown)s, FALSE) AND told.on IS NOT NULL AS is_heard
  FROM monenfant_careplace p,
       LATERAL (SELECT (p.declared_at AT TIME ZONE 'Europe/Paris')::date AS on) told
 WHERE p.published_from <= %(on)s AND (p.published_until IS NULL OR p.published_until > %(on)s) AND p.kind <> %(house)s
"""
FREE = """
CREATE TEMP TABLE free_week ON COMMIT DROP AS
SELECT m.place_id, {sums}
  FROM monenfant_availabilitymonth m
  JOIN listed_place p ON p.id = m.place_id AND p.is_heard
  JOIN (SELECT %(week)s::date + n AS day, n FROM generate_series(0, 6) n) w ON m.month = date_trunc('month', w.day)::date
 WHERE m.kind = 'REGULAR' AND m.month = ANY(%(months)s)
 GROUP BY m.place_id
"""
COUNT = """
INSERT INTO monenfant_areafigures
       (day_id, departement, commune, {names}, structure_free, childminder_free, hours_structures, hours_places,
        presence_hours, billed_hours, theoretical_hours, population_source)
SELECT %(day)s, departement, coalesce(commune, ''), {counts}, {structure_free}, {childminder_free},
       count(h.cnaf_id), coalesce(sum(most_places) FILTER (WHERE h.cnaf_id IS NOT NULL), 0),
       coalesce(sum(h.presence), 0), coalesce(sum(h.billed), 0), coalesce(sum(h.theoretical), 0), ''
  FROM listed_place p LEFT JOIN free_week f ON f.place_id = p.id
  LEFT JOIN year_hours h ON h.cnaf_id = p.number AND p.is_structure
 GROUP BY GROUPING SETS ((departement), (departement, commune))
"""
CHILDREN = """
UPDATE monenfant_areafigures a
   SET children_under_3 = c.children_under_3, population_year = c.year, population_source = c.source
  FROM (SELECT DISTINCT ON (area) area, year, children_under_3, source FROM monenfant_childpopulation
         WHERE known_until IS NULL AND year <= %(year)s ORDER BY area, year DESC) c
 WHERE a.day_id = %(day)s AND c.area = coalesce(nullif(a.commune, ''), a.departement)
"""
WHO = {"structure": "is_structure", "childminder": "NOT is_structure"}


def count_childcare(*, on: date) -> FigureDay:
    """Count everything as it stands on that day. A second call of the same day counts again, in place of the first."""
    with transaction.atomic(), connection.cursor() as cursor:
        FigureDay.objects.filter(counted_on=on).delete()
        day = FigureDay.objects.create(
            counted_on=on, week=_coming_week(on), hours_year=_hours_year(on), volumes=_volumes(on)
        )
        left_out = _make_tables(cursor, day)
        _count(cursor, day)
        cursor.execute("DROP TABLE listed_place, free_week, year_hours")
        AreaFigures.objects.exclude(commune="").exclude(day=day).delete()
        journal(
            actor="portail", action="childcare.counted", subject="childcare:figures",
            detail={"on": on.isoformat(), "hours_left_out": left_out},
        )  # fmt: skip
    return day


def _coming_week(on: date) -> date:
    """The first Monday after the day."""
    return on + timedelta(days=7 - on.weekday())


def _hours_year(on: date) -> int | None:
    """The last whole year that is told by half as many structures as the best told one."""
    told: dict[int, int] = {}
    for year in StructureHours.objects.filter(known_until=None, year__lt=on.year).values_list("year", flat=True):
        told[year] = told.get(year, 0) + 1
    return max((year for year, count in told.items() if 2 * count >= max(told.values())), default=None)


def _volumes(on: date) -> dict[str, int]:
    """How many of each type of structure and of each kind of desk the site knows; childminders beside them."""
    listed = CarePlace.objects.filter(published_from__lte=on).exclude(published_until__lte=on)
    found: dict[str, int] = {}
    for provider, kind in listed.values_list("provider", "kind"):
        name = kind if provider == "STRUCTURE" else provider
        found[name] = found.get(name, 0) + 1
    for kind in ChildcareDesk.objects.filter(known_until=None).values_list("kind", flat=True):
        found[kind] = found.get(kind, 0) + 1
    return found


def _make_tables(cursor: CursorWrapper, day: FigureDay) -> int:
    """The listed places, their free places and their hours; how many hours were left out."""
    on, last = day.counted_on, deadlines_between(day.counted_on - timedelta(days=366), day.counted_on)[-1]
    days = [day.week + timedelta(days=ahead) for ahead in range(7)]
    cursor.execute(LISTED, {
        "on": on, "house": HOUSE, "fresh": on - timedelta(days=GREY_DAYS), "shown": on - timedelta(days=HIDDEN_DAYS),
        "campaign": campaign_opens(last),
    })  # fmt: skip
    cursor.execute(
        FREE.format(sums=_free_sums()), {"week": day.week, "months": sorted({one.replace(day=1) for one in days})}
    )
    cursor.execute(
        "CREATE TEMP TABLE year_hours (cnaf_id text, presence bigint, billed bigint, theoretical bigint) ON COMMIT DROP"
    )
    told = list(_hours(day.hours_year)) if day.hours_year else []
    kept = [row for row in told if row[3] > 0 and max(row[1], row[2]) <= row[3]]
    cursor.executemany("INSERT INTO year_hours VALUES (%s, %s, %s, %s)", kept)
    cursor.execute("ANALYZE listed_place, free_week, year_hours")
    return len(told) - len(kept)


def _free_sums() -> str:
    """One column a half-day: its own places, and those of whole days."""
    return ", ".join(
        "coalesce(sum({}) FILTER (WHERE w.n = {}), 0)::int AS free_{}".format(
            " + ".join(f"get_byte(m.places, 3 * extract(day FROM w.day)::int - 3 + {byte})" for byte in bytes_),
            weekday,
            2 * weekday + half,
        )
        for weekday in range(7)
        for half, bytes_ in enumerate(HALVES)
    )


def _hours(year: int) -> Iterator[tuple[str, int, int, int]]:
    """Presence, billed and theoretical hours of each structure that sent them for the year."""
    told = StructureHours.objects.filter(known_until=None, year=year)
    structures = {one.cnaf_id: one for one in CareStructure.objects.filter(known_until=None)}
    for one in told.iterator():
        structure = structures.get(one.cnaf_id)
        if structure is not None:
            yield (
                one.cnaf_id,
                one.presence_hours,
                one.billed_hours,
                one.theoretical_hours or _computed(structure, one.year),
            )


def _computed(structure: CareStructure, year: int) -> int:
    week = [getattr(structure, day) for day in WEEK]
    return theoretical_hours(structure.capacity, week, structure.closed_periods, year)


def _count(cursor: CursorWrapper, day: FigureDay) -> None:
    counts = {
        f"{who}s{suffix}": f"count(*) FILTER (WHERE {is_it}{condition})"
        for who, is_it in WHO.items()
        for suffix, condition in (("", ""), ("_reporting", " AND is_reporting"), ("_heard", " AND is_heard"))
    } | {f"{who}_places": f"coalesce(sum(most_places) FILTER (WHERE {is_it}), 0)" for who, is_it in WHO.items()}
    free = {
        f"{who}_free": "ARRAY[" + ", ".join(
            f"coalesce(sum(f.free_{half}) FILTER (WHERE {is_it}), 0)::int" for half in range(14)
        ) + "]"
        for who, is_it in WHO.items()
    }  # fmt: skip
    cursor.execute(COUNT.format(names=", ".join(counts), counts=", ".join(counts.values()), **free), {"day": day.pk})
    cursor.execute(CHILDREN, {"day": day.pk, "year": day.counted_on.year})
