"""What a programme reached, counted from the cases, the leads and their papers: nothing is typed, everything can be counted again.

Counted as of a day: what was decided, annulled or received later is left out, so that figures frozen at a closing come out
the same whenever they are counted again.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from fraud.models import ControlProgramme
from fraud.rules.figures import control_parameters
from fraud.rules.indicators import INDICATORS, Actual, Counts, add_counts, false_positive_rate

RECOVERY_MONTHS = "programme.recovery_months"
DECIDED = """
FROM fraud_controlcase c
WHERE c.fund = %(body)s AND c.decided_on >= %(first)s AND c.decided_on < %(end)s AND c.decided_on <= %(as_of)s
"""
KEY = "c.axis_code, c.benefit, date_trunc('month', c.decided_on)::date"
CASES = f"""
SELECT {KEY}, count(*),
       count(*) FILTER (WHERE greatest(c.owed_by_cents, c.owed_to_cents, c.avoided_cents) > 0),
       count(*) FILTER (WHERE c.owed_to_cents > 0),
       count(*) FILTER (WHERE coalesce(c.owed_by_cents, c.owed_to_cents, c.fraud_cents, c.avoided_cents) IS NULL),
       coalesce(sum(c.owed_by_cents), 0)::bigint, coalesce(sum(c.fraud_cents), 0)::bigint,
       coalesce(sum(c.owed_to_cents), 0)::bigint, coalesce(sum(c.avoided_cents), 0)::bigint,
       sum(c.decided_on - c.opened_on), count(*) FILTER (WHERE c.annulled_on <= %(as_of)s),
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM fraud_casemove m WHERE m.case_id = c.id AND m.to_state = 'COMPLAINT'
                                      AND m.dated <= %(as_of)s)),
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM fraud_obtainedinformation o WHERE o.case_id = c.id
                                      AND o.obtained_on <= c.decided_on))
{DECIDED} GROUP BY 1, 2, 3
"""
CASE_FIELDS = (
    "done", "with_effect", "in_favour", "amounts_missing", "owed_by_cents", "fraud_cents", "owed_to_cents", "avoided_cents",
    "days", "annulled", "complaints", "notices_due",
)  # fmt: skip
OPENED = """
SELECT c.axis_code, c.benefit, date_trunc('month', c.opened_on)::date, count(*) FROM fraud_controlcase c
WHERE c.fund = %(body)s AND c.opened_on >= %(first)s AND c.opened_on < %(end)s AND c.opened_on <= %(as_of)s GROUP BY 1, 2, 3
"""
# What cases are told, answered and sanctioned by: each counted on the cases of the period.
PENALTIES = f"""
SELECT {KEY}, count(p.id), coalesce(sum(p.decided_cents), 0)::bigint
FROM fraud_penalty p JOIN fraud_controlcase c ON c.id = p.case_id
WHERE c.fund = %(body)s AND p.decided_on >= %(first)s AND p.decided_on < %(end)s AND p.decided_on <= %(as_of)s
      AND p.decided_cents IS NOT NULL AND c.decided_on IS NOT NULL GROUP BY 1, 2, 3
"""
REPLIES = f"""
SELECT {KEY}, count(*) FROM fraud_controlcase c JOIN fraud_casereply r ON r.case_id = c.id AND r.received_on <= %(as_of)s
WHERE c.fund = %(body)s AND c.decided_on >= %(first)s AND c.decided_on < %(end)s AND c.decided_on <= %(as_of)s
GROUP BY 1, 2, 3
"""
NOTICES = f"""
SELECT {KEY}, count(*) {DECIDED}
  AND EXISTS (SELECT 1 FROM fraud_obtainedinformation o WHERE o.case_id = c.id AND o.obtained_on <= c.decided_on)
  AND NOT EXISTS (SELECT 1 FROM fraud_obtainedinformation o
                  LEFT JOIN fraud_toldinformation t ON t.obtained_id = o.id
                  LEFT JOIN fraud_casepaper p ON p.id = t.paper_id AND p.sent_on <= c.decided_on
                  WHERE o.case_id = c.id AND o.obtained_on <= c.decided_on AND p.id IS NULL)
GROUP BY 1, 2, 3
"""
TERM = "(c.decided_on + make_interval(months => %(months)s))::date"
LONG_AGO = f"""
SELECT c.axis_code, c.benefit, date_trunc('month', {TERM})::date, sum(c.owed_by_cents)::bigint FROM fraud_controlcase c
WHERE c.fund = %(body)s AND c.owed_by_cents > 0 AND (c.annulled_on IS NULL OR c.annulled_on > %(as_of)s)
      AND {TERM} >= %(first)s AND {TERM} < %(end)s AND {TERM} <= %(as_of)s GROUP BY 1, 2, 3
"""
RECOVERED = f"""
SELECT c.axis_code, c.benefit, date_trunc('month', {TERM})::date, coalesce(sum(r.cents), 0)::bigint
FROM fraud_controlcase c JOIN fraud_caserecovery r ON r.case_id = c.id AND r.received_on < {TERM}
WHERE c.fund = %(body)s AND c.owed_by_cents > 0 AND (c.annulled_on IS NULL OR c.annulled_on > %(as_of)s)
      AND {TERM} >= %(first)s AND {TERM} < %(end)s AND {TERM} <= %(as_of)s GROUP BY 1, 2, 3
"""
RULES = """
SELECT l.rule_code, count(*) FILTER (WHERE l.state = 'REJECTED'), count(*) FILTER (WHERE l.state = 'ACCEPTED')
FROM fraud_lead l WHERE l.fund = %(body)s AND (l.decided_at AT TIME ZONE 'Europe/Paris')::date >= %(first)s
      AND (l.decided_at AT TIME ZONE 'Europe/Paris')::date < %(end)s
      AND (l.decided_at AT TIME ZONE 'Europe/Paris')::date <= %(as_of)s
      AND NOT l.is_sample GROUP BY 1 ORDER BY 1
"""
COUNTED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (OPENED, ("opened",)),
    (CASES, CASE_FIELDS),
    (LONG_AGO, ("due_long_ago_cents",)),
    (PENALTIES, ("penalties", "penalty_cents")),
    (REPLIES, ("replies",)),
    (NOTICES, ("notices_sent",)),
    (RECOVERED, ("recovered_cents",)),
)
Key = tuple[str, str, date]


@dataclass(frozen=True)
class Figures:
    """What was counted: by axis, benefit and month; and, rule by rule, the leads read (rejected, accepted)."""

    body: str
    year: int
    as_of: date
    cells: dict[Key, Counts]
    rules: dict[str, tuple[int, int]]
    planned: dict[str, int]

    def of(self, *, axis: str | None = None, benefit: str = "", month: date | None = None) -> Counts:
        """Everything, or one axis (empty: outside any), one benefit, one month."""
        found = [
            counts for (code, served, when), counts in self.cells.items()
            if axis in (None, code) and benefit in ("", served) and month in (None, when)
        ]  # fmt: skip
        planned = 0 if benefit or month else sum(self.planned.values()) if axis is None else self.planned.get(axis, 0)
        cases = sum(one.opened + one.done for one in self.cells.values())
        return replace(add_counts(found), planned=planned, year_cases=cases)

    @property
    def benefits(self) -> list[str]:
        return sorted({benefit for _axis, benefit, _month in self.cells})

    @property
    def months(self) -> list[date]:
        """Those of the year, up to the day of the count."""
        return [day for number in range(1, 13) if (day := date(self.year, number, 1)) <= self.as_of]

    @property
    def unplanned(self) -> bool:
        """Whether some cases belong to no axis of the programme."""
        return any(axis not in self.planned for axis, _benefit, _month in self.cells)


def figures_of(programme: ControlProgramme, *, as_of: date) -> Figures:
    """Count everything of a programme's body and year; a dozen queries, whatever the number of cases."""
    values = _values(programme.body, programme.year, as_of)
    cells: dict[Key, dict[str, int]] = {}
    for sql, names in COUNTED:
        _take(cells, sql, values, names)
    counted = {key: Counts(**found) for key, found in cells.items()}
    planned = dict(programme.axes.values_list("code", "planned"))
    return Figures(programme.body, programme.year, as_of, counted, _rules(values), planned)


def _values(body: str, year: int, as_of: date) -> dict[str, Any]:
    months = int(control_parameters().value(RECOVERY_MONTHS, date(year, 1, 1)))
    return {
        "body": body, "first": date(year, 1, 1), "end": date(year + 1, 1, 1), "as_of": as_of, "months": months,
    }  # fmt: skip


def _take(cells: dict[Key, dict[str, int]], sql: str, values: dict[str, Any], names: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for axis, benefit, month, *numbers in cursor.fetchall():
            cells.setdefault((axis, benefit, month), {}).update(zip(names, map(int, numbers), strict=True))


def _rules(values: dict[str, Any]) -> dict[str, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(RULES, values)
        return {code: (rejected, accepted) for code, rejected, accepted in cursor.fetchall()}


def actuals(counts: Counts) -> dict[str, Actual]:
    """Each indicator, by its code."""
    return {code: indicator.actual(counts) for code, indicator in INDICATORS.items()}


def frozen(found: Figures) -> dict[str, Any]:
    """What a closing keeps: every cell and every indicator, as JSON."""
    cells = [
        {"axis": axis, "benefit": benefit, "month": month.isoformat()} | asdict(counts)
        for (axis, benefit, month), counts in sorted(found.cells.items())
    ]
    return {
        "body": found.body, "year": found.year, "as_of": found.as_of.isoformat(), "cells": cells,
        "planned": found.planned,
        "rules": {
            code: {"rejected": rejected, "accepted": accepted, "false_positives": false_positive_rate(rejected, accepted).value}
            for code, (rejected, accepted) in found.rules.items()
        },
        "indicators": {code: asdict(actual) for code, actual in actuals(found.of()).items()},
    }  # fmt: skip


def thawed(kept: dict[str, Any]) -> Figures:
    """The figures as they were frozen."""
    cells = {
        (cell["axis"], cell["benefit"], date.fromisoformat(cell["month"])): Counts(
            **{name: value for name, value in cell.items() if name not in ("axis", "benefit", "month")}
        )
        for cell in kept["cells"]
    }
    rules = {code: (told["rejected"], told["accepted"]) for code, told in kept["rules"].items()}
    return Figures(kept["body"], kept["year"], date.fromisoformat(kept["as_of"]), cells, rules, kept["planned"])


def digest_of(kept: dict[str, Any]) -> str:
    """SHA-256 of what is kept, written one way."""
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
