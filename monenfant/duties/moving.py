"""How follow-ups open and move on a day, some thousands of places at once, in the database.

Each step reads the rows as they stand and writes a line a move: done again it finds nothing left to do. None leads
beyond REFERRED: what a département decides is noted by a person. Nothing of a day is heard before its first hour.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from monenfant.rules import follow_up as rules

LETTER_KEY = "childcare.reminder:"
# An approval in force, an employer who is a parent, an activity that goes on: a stop told on the site counts when it goes
# beyond the deadline, so that a week of holidays excuses nobody from the next six months.
BOUND = """
(EXISTS (SELECT 1 FROM monenfant_approval a WHERE a.known_until IS NULL AND a.childminder_no = p.number
           AND a.employer_kind = 'PARENTS' AND a.start <= %(on)s AND a."end" > %(on)s
           AND (a.stopped_on IS NULL OR a.stopped_on > %(on)s))
 AND NOT EXISTS (SELECT 1 FROM monenfant_stop t WHERE t.place_id = p.id AND t.withdrawn_at IS NULL AND t.start <= %(on)s
                    AND (t."end" IS NULL OR t."end" > greatest(%(on)s, {deadline}))))
"""
PARIS = "AT TIME ZONE 'Europe/Paris'"
# A message of the campaign that tells of days of the six months; late, of any day after the deadline. What the portal took
# away by itself is nobody's word, and what was taken back was not told.
DECLARED = f"""
EXISTS (SELECT 1 FROM monenfant_availabilitymessage m WHERE m.place_id = f.place_id AND m.received_at < %(until)s
           AND m.received_at >= (f.deadline - {rules.CAMPAIGN_DAYS})::timestamp {PARIS} AND m.window_end > f.deadline
           AND {{time}}
           AND NOT EXISTS (SELECT 1 FROM monenfant_publication u LEFT JOIN monenfant_publication back ON back.undoes_id = u.id
                            WHERE u.place_id = m.place_id AND u.at = m.received_at
                              AND (u.gesture IN ('LIMIT', 'UNDO') OR back.id IS NOT NULL)))
"""
BEFORE = f"m.received_at < f.deadline::timestamp {PARIS} AND m.window_start < f.deadline + interval '6 months'"
IN_TIME = DECLARED.format(time=BEFORE)
LATE = DECLARED.format(time=f"(m.received_at >= f.deadline::timestamp {PARIS} OR {BEFORE})")
LETTER_LEFT = f"EXISTS (SELECT 1 FROM letters_letterjob j WHERE j.key = '{LETTER_KEY}' || f.id AND j.state = 'DONE')"
SOME = "{0}.place_id >= %(first)s AND {0}.place_id < %(end)s"

OPEN = f"""
INSERT INTO monenfant_declarationfollowup (place_id, deadline, state, moved_on)
SELECT p.id, %(deadline)s, '{rules.DUE}', %(on)s FROM monenfant_careplace p
 WHERE p.provider = 'CHILDMINDER' AND p.id >= %(first)s AND p.id < %(end)s AND {BOUND.format(deadline="%(deadline)s")}
   AND NOT EXISTS (SELECT 1 FROM monenfant_declarationfollowup f WHERE f.place_id = p.id AND f.deadline = %(deadline)s)
ON CONFLICT (place_id, deadline) DO NOTHING
"""
MOVE = f"""
WITH found AS (
    SELECT f.id, f.state FROM monenfant_declarationfollowup f JOIN monenfant_careplace p ON p.id = f.place_id
     WHERE {SOME.format("f")} AND f.state IN %(states)s AND ({{when}}) ORDER BY f.id FOR UPDATE OF f
), moved AS (
    UPDATE monenfant_declarationfollowup f
       SET state = %(to)s, moved_on = %(on)s,
           cured_on = CASE WHEN found.state = '{rules.RECORDED}' AND %(to)s = '{rules.COMPLIANT}' THEN %(on)s::date END
      FROM found WHERE f.id = found.id RETURNING f.id, found.state AS before
)
INSERT INTO monenfant_followupmove (follow_up_id, before, after, "on", by_id, reason)
SELECT id, before, %(to)s, %(on)s, NULL, %(reason)s FROM moved
"""
# The desk that serves the commune, the nearest to it by its own commune; none where no desk does.
DESK = """
SELECT d.desk_no FROM monenfant_childcaredesk d
 WHERE d.known_until IS NULL AND d.kind = 'CHILDCARE_DESK' AND d.served @> ARRAY[p.insee_code]::varchar[]
 ORDER BY d.insee_code <> p.insee_code, d.desk_no LIMIT 1
"""
REFER_TO_DESK = f"""
INSERT INTO monenfant_deskreferral (follow_up_id, desk_no, made_on)
SELECT f.id, coalesce(({DESK}), ''), %(on)s
  FROM monenfant_declarationfollowup f JOIN monenfant_careplace p ON p.id = f.place_id
 WHERE {SOME.format("f")} AND f.state = '{rules.REMINDED}'
   AND NOT EXISTS (SELECT 1 FROM monenfant_deskreferral r WHERE r.follow_up_id = f.id)
ON CONFLICT (follow_up_id) DO NOTHING
"""


@dataclass(frozen=True)
class Step:
    """One move of a day: from which states, to which, when, and why."""

    states: tuple[str, ...]
    to: str
    when: str
    reason: str


# In the order of a day: who is no longer bound, who declared, then who did not. A breach that was noted stays open to be
# cured, also when the activity stops.
STEPS = (
    Step(tuple(state for state in rules.OPEN_STATES if state != rules.RECORDED), rules.EXEMPT, f"NOT {BOUND.format(deadline='f.deadline')}",
         "plus d’agrément en cours, activité arrêtée ou employeur qui n’est pas un parent"),
    Step((rules.DUE,), rules.COMPLIANT, IN_TIME, "disponibilités déclarées à temps"),
    Step((rules.DUE,), rules.OVERDUE, "f.deadline <= %(on)s", "échéance passée sans déclaration"),
    Step(tuple(state for state in rules.OPEN_STATES if state != rules.DUE), rules.COMPLIANT, LATE,
         "disponibilités déclarées après l’échéance"),
    Step((rules.OVERDUE,), rules.REMINDED, LETTER_LEFT, "courrier de rappel de la caisse parti"),
    Step((rules.REMINDED,), rules.REFERRED, f"f.moved_on + {rules.ANSWER_DAYS} <= %(on)s",
         f"{rules.ANSWER_DAYS} jours après le rappel, sans déclaration"),
)  # fmt: skip


def first_hour(day: date) -> datetime:
    """The instant at which a day begins in Paris."""
    return timezone.make_aware(datetime.combine(day, time.min))


def move_places(first: int, end: int, *, on: date) -> Counter[str]:
    """Open and move the follow-ups of the places from `first`, before `end`; how many, by the state they came to."""
    counts: Counter[str] = Counter()
    values: dict[str, Any] = {"first": first, "end": end, "on": on, "until": first_hour(on)}
    with connection.cursor() as cursor:
        for deadline in deadlines_open(on):
            cursor.execute(OPEN, values | {"deadline": deadline})
            counts[rules.DUE] += cursor.rowcount
        for step in STEPS:
            cursor.execute(
                MOVE.format(when=step.when), values | {"states": step.states, "to": step.to, "reason": step.reason}
            )
            counts[step.to] += cursor.rowcount
        cursor.execute(REFER_TO_DESK, values)
    return counts


def deadlines_open(on: date) -> list[date]:
    """The deadlines for which somebody may still be asked."""
    return [deadline for deadline in _deadlines_ahead(on) if rules.may_open(deadline, on)]


def deadlines_asked(on: date) -> list[date]:
    """The deadlines that are reminded of on a day."""
    return [deadline for deadline in _deadlines_ahead(on) if rules.reminder_on(deadline, on)]


def _deadlines_ahead(on: date) -> list[date]:
    return rules.deadlines_between(on, on + timedelta(days=rules.CAMPAIGN_DAYS + 1))
