"""What is free around a commune: circle after circle, in the index of the months, places read for what a circle found.

Nothing here is written, and no row of any table keeps what was asked. What a childminder hides is not in `CarePlace`:
distances, order and bytes are the same wherever the true address lies. Equal distances are ordered by a draw of the day,
which no address and no order of arrival enters.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from monenfant.models import Provider
from monenfant.rules.availability import CELLS_AROUND, CELLS_PER_DEGREE, HIDDEN_DAYS, freshness, squares_around
from monenfant.rules.opening import WEEK, week_of
from monenfant.search.matching import Fit, Opening, Plan, fit_of, merged, plan_of, welcomes, with_places
from monenfant.search.need import Need
from portal.organisations.communes import EARTH_KM

PAGE, PAGES_MOST, UNCONFIRMED_MOST, SILENT_MOST = 20, 5, 10, 5
# A weekly need is ranked over all its circle, unless the nearest five kilometres serve it wholly.
CIRCLES_KM, WEEKLY_CIRCLES_KM = (2, 5, 20), (5,)
# Places read at a time, and of one circle at most; of a weekly need, once, those with the most days, the nearest first.
BATCH, READ_MOST, RANKED_MOST = 300, 1_500, 250
# A weekly need is shown what serves half of it at least.
PERCENT_LEAST = 50
# A ring: farther than, as far as. Nothing lies nearer than everywhere.
Ring = tuple[float, float]
EVERYWHERE = -1.0
DISTANCE = (
    f"2 * {EARTH_KM} * asin(least(1, sqrt(sin(radians(p.lat - %(lat)s) / 2) ^ 2 "
    "+ cos(radians(%(lat)s)) * cos(radians(p.lat)) * sin(radians(p.lon - %(lon)s) / 2) ^ 2)))"
)
# How far the square of a place lies, squared, in degrees of latitude: enough to choose whom to read of a weekly need.
SQUARE_DISTANCE = (
    f"(min(m.cell) / {CELLS_AROUND} / {CELLS_PER_DEGREE}.0 - 90 - %(lat)s) ^ 2 + ((min(m.cell) %% {CELLS_AROUND} / "
    f"{CELLS_PER_DEGREE}.0 - 180 - %(lon)s) * cos(radians(%(lat)s))) ^ 2"
)
# The squares of a circle, numbered by the server: thousands are not worth sending and planning.
CELLS = (
    f"ARRAY(SELECT line * {CELLS_AROUND} + square FROM generate_series(%(south)s, %(north)s) AS line, "
    "generate_series(%(west)s, %(east)s) AS square)"
)
DRAWN = "hashtextextended(p.provider || p.number, %(draw)s)"
SHOWN = """
p.published_from <= %(on)s AND (p.published_until IS NULL OR p.published_until > %(until)s)
   AND %(age)s BETWEEN p.age_min_months AND p.age_max_months AND p.kind = ANY(%(kinds)s)
"""
FREE = f"""
WITH asked AS (SELECT * FROM unnest(%(months)s::date[], %(days)s::bigint[]) AS asked (month, days)),
free AS MATERIALIZED (
  SELECT m.place_id, sum(bit_count((m.free_days & asked.days)::bit(64))) AS days
    FROM asked JOIN monenfant_availabilitymonth m
      ON m.month = asked.month AND m.kind = %(kind)s AND m.age_group = ANY(%(groups)s) AND m.cell = ANY({CELLS})
   WHERE m.free_days & asked.days <> 0
   GROUP BY m.place_id HAVING sum(bit_count((m.free_days & asked.days)::bit(64))) >= %(least)s
   ORDER BY days DESC, {SQUARE_DISTANCE} LIMIT %(ranked)s
),
near AS MATERIALIZED (
  SELECT * FROM (
    SELECT p.id, p.provider, p.number, p.kind, p.insee_code, p.lat, p.lon, p.declared_at, free.days, {DISTANCE} AS distance,
           {DRAWN} AS drawn
      FROM free JOIN monenfant_careplace p ON p.id = free.place_id
     WHERE {SHOWN} AND (p.provider <> %(structure)s OR p.declared_at >= %(hidden_before)s)) AS around
   WHERE distance > %(beyond)s AND distance <= %(within)s
   ORDER BY days DESC, distance, drawn, id LIMIT %(limit)s OFFSET %(offset)s
)
SELECT near.id, near.provider, near.number, near.kind, near.insee_code, near.lat, near.lon, near.declared_at, near.distance,
       near.drawn, {", ".join(f"s.{day}" for day in WEEK)}, s.closed_periods, s.id IS NOT NULL, c.opening_hours,
       c.welcomes_disability, c.works_atypical_hours, told.months, told.places
  FROM near
 CROSS JOIN LATERAL (
   SELECT array_agg(m.month ORDER BY m.month, m.age_group) AS months, string_agg(m.places, '' ORDER BY m.month, m.age_group) AS places
     FROM monenfant_availabilitymonth m
    WHERE m.place_id = near.id AND m.month = ANY(%(months)s) AND m.kind = %(kind)s AND m.age_group = ANY(%(groups)s)) AS told
  LEFT JOIN monenfant_carestructure s
    ON near.provider = %(structure)s AND s.cnaf_id = near.number AND s.known_until IS NULL
  LEFT JOIN monenfant_childminder c ON near.provider <> %(structure)s AND c.number = near.number
 ORDER BY near.days DESC, near.distance, near.drawn, near.id
"""
SILENT = f"""
SELECT * FROM (
  SELECT p.id, p.provider, p.number, p.kind, p.insee_code, p.lat, p.lon, p.declared_at, {DISTANCE} AS distance, {DRAWN} AS drawn
    FROM monenfant_careplace p
   WHERE p.cell = ANY({CELLS}) AND p.published_from IS NOT NULL AND p.declared_at IS NULL AND {SHOWN}) AS around
 WHERE distance <= %(within)s ORDER BY distance, drawn, id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Match:
    """A place that serves a need, or might; `fit` is None when it reported nothing."""

    pk: int
    provider: str
    number: str
    kind: str
    insee_code: str
    lat: float
    lon: float
    declared_on: date | None
    distance: float
    drawn: int
    fit: Fit | None

    @property
    def order(self) -> tuple[int, float, int, int]:
        """Best fit first, then the nearest; never by what somebody owes or how they report."""
        return (-self.fit.percent if self.fit else 0, self.distance, self.drawn, self.pk)


@dataclass(frozen=True, slots=True)
class Found:
    """What serves a need, best first, confirmed or not; `has_more`: there is more than is here."""

    matches: list[Match]
    unconfirmed: list[Match]
    has_more: bool


def search(need: Need, *, on: date, most: int = PAGE, beyond: float = EVERYWHERE) -> Found:
    """The first `most` places that serve the need; the unconfirmed ones that were met on the way, nearest first."""
    matches: list[Match] = []
    unconfirmed: list[Match] = []
    for ring in _rings(need, beyond):
        wanted = most + 1 - sum(_is_whole(match) for match in matches)
        if wanted <= 0:
            break
        for match in _serving(need, on, ring, wanted):
            (matches if _is_fresh(match, on) else unconfirmed).append(match)
    matches.sort(key=lambda match: match.order)
    unconfirmed.sort(key=lambda match: match.order)
    return Found(matches[:most], unconfirmed[:UNCONFIRMED_MOST], len(matches) > most)


def search_together(needs: Sequence[Need], *, on: date) -> tuple[list[int], bool]:
    """How many confirmed places serve each of several needs that differ by their days and hours alone, and whether all
    the circle was read: it stops when one of them fills a page."""
    counts = [0] * len(needs)
    for ring in _rings(needs[0], EVERYWHERE) if needs else ():
        if max(counts) > PAGE:
            return counts, False
        rows = _read(_values_of(needs, on, ring), offset=0)
        for place, need in enumerate(needs):
            found = _matches(rows, need)
            counts[place] += sum(_is_fresh(match, on) for match in found)
        if len(rows) == BATCH:
            return counts, False
    return counts, True


def silent_around(need: Need, *, on: date) -> list[Match]:
    """The nearest places that reported nothing at all: somebody may still be asked."""
    found: list[tuple[Any, ...]] = []
    for within in _circles(need.radius_km, CIRCLES_KM):
        values = _around(need, on, within) | {"limit": SILENT_MOST}
        with connection.cursor() as cursor:
            cursor.execute(SILENT, values)
            found = cursor.fetchall()
        if len(found) == SILENT_MOST:
            break
    return [_of_row(row, None) for row in found]


def _circles(radius_km: int, smaller: Sequence[int]) -> list[int]:
    return [*(circle for circle in smaller if circle < radius_km), radius_km]


def _rings(need: Need, beyond: float) -> Iterator[Ring]:
    """From the middle, or from where another search ended, outwards."""
    for within in _circles(need.radius_km, WEEKLY_CIRCLES_KM if need.is_regular else CIRCLES_KM):
        if within > beyond:
            yield beyond, within
            beyond = within


def _serving(need: Need, on: date, ring: Ring, wanted: int) -> Iterator[Match]:
    """The places of a ring that serve the need, read by batches until enough are found."""
    values = _values_of([need], on, ring)
    whole = 0
    for offset in range(0, 1 if need.is_regular else READ_MOST, BATCH):
        rows = _read(values, offset)
        for match in _matches(rows, need):
            whole += _is_whole(match) and _is_fresh(match, on)
            yield match
        if len(rows) < BATCH or whole >= wanted:
            return


def _values_of(needs: Sequence[Need], on: date, ring: Ring) -> dict[str, Any]:
    """What is asked of a ring: places free on all the days of one need, or on any day of several."""
    first, (beyond, within) = needs[0], ring
    limit = RANKED_MOST if first.is_regular else BATCH
    return _around(first, on, within) | _asked(needs) | {"beyond": beyond, "limit": limit}


def _read(values: dict[str, Any], offset: int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(FREE, values | {"offset": offset})
        return cursor.fetchall()


def _matches(rows: Sequence[Any], need: Need) -> list[Match]:
    """The places of these rows that serve the need; places with the same hours share the days they could serve."""
    plans: dict[Opening, Plan] = {}
    found = (_match(row, need, plans) for row in rows)
    return [match for match in found if match]


def _around(need: Need, on: date, within: float) -> dict[str, Any]:
    """What both searches ask of a place. A weekly need begins while the place is there, another one ends so."""
    middle = need.commune
    rows, columns = squares_around(middle.lat, middle.lon, within)
    return {
        "lat": middle.lat, "lon": middle.lon, "south": rows[0], "north": rows[-1], "west": columns[0],
        "east": columns[-1], "within": within,
        "on": on, "until": need.first if need.is_regular else need.last, "age": need.age_months, "kinds": need.kinds,
        "structure": Provider.STRUCTURE.value, "draw": on.toordinal(),
        "hidden_before": timezone.make_aware(datetime.combine(on - timedelta(days=HIDDEN_DAYS), time())),
    }  # fmt: skip


def _asked(needs: Sequence[Need]) -> dict[str, Any]:
    """The months with a bit for each day asked for, and how many days must have something free: each of them; of a weekly
    need a third, for half of its half-days may be served on half of its days, closed periods left out."""
    need, bits = needs[0], dict[date, int]()
    for day in (day for one in needs for day in one.days):
        month = day.replace(day=1)
        bits[month] = bits.get(month, 0) | 1 << (day.day - 1)
    least = len(need.days) // 3 if need.is_regular else len(need.days) if len(needs) == 1 else 1
    is_ranked = need.is_regular and not (need.modes or need.disability or need.atypical)
    return {
        "months": list(bits), "days": list(bits.values()), "kind": need.kind, "groups": list(need.groups),
        "least": max(1, least), "ranked": RANKED_MOST if is_ranked else None,
    }  # fmt: skip


def _match(row: Sequence[Any], need: Need, plans: dict[Opening, Plan]) -> Match | None:
    """The place of a row, when it serves the need: wholly, or half of a weekly one at least."""
    is_structure, opening = row[1] == Provider.STRUCTURE, _opening(row)
    if not welcomes(need, opening, is_structure=is_structure, disability=row[20], atypical=row[21]):
        return None
    if opening not in plans:
        plans[opening] = plan_of(need, opening)
    plan, months = plans[opening], merged(row[22], bytes(row[23]))
    fit = fit_of(plan, months)
    if not (fit.is_whole or (need.is_regular and fit.percent >= PERCENT_LEAST)):
        return None
    return _of_row(row, with_places(fit, plan, months))


def _of_row(row: Sequence[Any], fit: Fit | None) -> Match:
    pk, provider, number, kind, insee_code, lat, lon, declared_at, distance, drawn = row[:10]
    declared_on = timezone.localtime(declared_at).date() if declared_at else None
    return Match(pk, provider, number, kind, insee_code, lat, lon, declared_on, distance, drawn, fit)


def _opening(row: Sequence[Any]) -> Opening:
    """The hours of a structure as received, those that a childminder told, or none known."""
    if row[18]:
        return Opening(tuple(row[10:17]), row[17])
    told = json.loads(row[19] or "{}")
    return Opening(week_of(told)) if told else Opening()


def _is_whole(match: Match) -> bool:
    return match.fit is not None and match.fit.is_whole


def _is_fresh(match: Match, on: date) -> bool:
    assert match.declared_on is not None
    by_childminder = match.provider == Provider.CHILDMINDER
    return freshness(match.declared_on, on, by_childminder=by_childminder) == "FRESH"
