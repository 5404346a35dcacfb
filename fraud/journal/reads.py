"""The reads of agents in the chained journal, by their time: an index of its own finds them among everything else."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from fraud.models import SampleWhy

# People alone: what the portal does by itself has no account, and a family that reads its own pages is no agent.
READS = """
FROM audit_journalentry e JOIN accounts_user u ON u.username = e.actor AND u.door = 'AGENT'
WHERE portal_is_read(e.action) AND e.at >= %(first)s AND e.at < %(end)s AND e.id <= %(until)s AND e.erasure_id IS NULL
"""
TIED = """(e.subject = {table}.subject OR e.subject LIKE {table}.subject || ':%%')
  AND {table}.since <= (e.at AT TIME ZONE 'Europe/Paris')::date
  AND ({table}.until IS NULL OR {table}.until > (e.at AT TIME ZONE 'Europe/Paris')::date)"""
# Every look-up that is read again whatever the draw, each for its gravest reason.
SPECIAL = f"""
SELECT DISTINCT ON (id) id, actor, why FROM (
    SELECT e.id, e.actor, 'REFUSED' AS why, 1 AS rank {READS}
      AND (e.action ~ '^(control|journal)[.].*refused$' OR e.detail ->> 'result' = 'REFUSED')
    UNION ALL
    SELECT e.id, e.actor, l.relation, CASE l.relation WHEN 'SELF' THEN 2 WHEN 'RELATIVE' THEN 3 WHEN 'COLLEAGUE' THEN 4 ELSE 5 END
      {READS.replace("WHERE", "JOIN fraud_declaredlink l ON l.user_id = u.id WHERE", 1)}
      AND (({TIED.format(table="l")} AND l.subject <> '') OR e.subject = 'person:' || l.person_key)
    UNION ALL
    SELECT e.id, e.actor, 'SENSITIVE', 6
      {READS.replace("WHERE", "JOIN fraud_sensitivefile s ON true WHERE", 1)} AND {TIED.format(table="s")}
) found ORDER BY id, rank
"""
DRAWN = f"""
SELECT e.id, e.actor {READS} AND NOT (e.id = ANY (%(special)s))
ORDER BY sha256(convert_to(%(seed)s || ':' || e.id, 'UTF8')), e.id LIMIT %(count)s
"""
LOOKS = """
SELECT u.id, e.at, e.subject FROM audit_journalentry e JOIN accounts_user u ON u.username = e.actor AND u.door = 'AGENT'
WHERE portal_is_read(e.action) AND e.at >= %(first)s AND e.at < %(end)s AND e.erasure_id IS NULL AND u.id = ANY (%(users)s)
ORDER BY u.id, e.at, e.id
"""
BUSY = """
SELECT u.id, count(DISTINCT e.subject)
FROM audit_journalentry e JOIN accounts_user u ON u.username = e.actor AND u.door = 'AGENT'
WHERE portal_is_read(e.action) AND e.at >= %(first)s AND e.at < %(end)s AND e.erasure_id IS NULL
GROUP BY u.id HAVING count(DISTINCT e.subject) > %(least)s
"""
BY_DAY = """
SELECT u.id, (e.at AT TIME ZONE 'Europe/Paris')::date, count(DISTINCT e.subject)
FROM audit_journalentry e JOIN accounts_user u ON u.username = e.actor
WHERE portal_is_read(e.action) AND e.at >= %(first)s AND e.at < %(end)s AND e.erasure_id IS NULL AND u.id = ANY (%(users)s)
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Drawn:
    """One line to read again."""

    entry_id: int
    actor: str
    why: str


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _month(month: date, until_id: int) -> dict[str, Any]:
    return {"first": midnight(month), "end": midnight(next_month(month)), "until": until_id}


def count_reads(month: date, until_id: int) -> int:
    return int(_rows(f"SELECT count(*) {READS}", _month(month, until_id))[0][0])


def special_reads(month: date, until_id: int) -> list[Drawn]:
    """Look-ups of oneself, of people one is tied to, of sensitive files, and attempts that were refused."""
    return [Drawn(*row) for row in _rows(SPECIAL, _month(month, until_id))]


def drawn_reads(month: date, until_id: int, *, seed: str, count: int, special: list[int]) -> list[Drawn]:
    """The reads that a seed gives: the same at any time."""
    values = _month(month, until_id) | {"seed": seed, "count": count, "special": special}
    return [Drawn(entry_id, actor, SampleWhy.RANDOM) for entry_id, actor in _rows(DRAWN, values)]


def busy_readers(day: date, least: int) -> dict[int, int]:
    """The accounts that opened more than `least` files on a day, with how many."""
    return dict(_rows(BUSY, _days(day, day) | {"least": least}))


def looks_of(day: date, users: list[int]) -> dict[int, list[tuple[datetime, str]]]:
    """What each of these accounts opened on a day, in order."""
    found: dict[int, list[tuple[datetime, str]]] = {user: [] for user in users}
    for user, at, subject in _rows(LOOKS, _days(day, day) | {"users": users}):
        found[user].append((at, subject))
    return found


def files_by_day(first: date, last: date, users: list[int]) -> dict[int, list[int]]:
    """How many files each of these accounts opened on each day of work, from the first day to the last."""
    found: dict[int, list[int]] = {user: [] for user in users}
    for user, _day, files in _rows(BY_DAY, _days(first, last) | {"users": users}):
        found[user].append(files)
    return found


def _days(first: date, last: date) -> dict[str, Any]:
    return {"first": midnight(first), "end": midnight(last + timedelta(days=1))}


def _rows(sql: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
