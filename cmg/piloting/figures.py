"""The figures of the dashboard by fund and by month, each source read once. Nothing is stored: rows are counted.

A query groups three times at once (all, by fund, by month), so that a total is the sum of what stands under it.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from cmg.piloting.scope import Scope
from cmg.piloting.wrong import ALL, BY_FUND, LIVE, Counted, Counts, count_wrong

# The last word of the portal on each declaration is the one of its latest run: what was held and then settled is not.
HELD = f"""
SELECT s.fund, greatest(s.care_month, %(start)s) AS month, s.employer_no, s.held_debit_cents AS cents
FROM (SELECT * FROM batches_run WHERE {LIVE}) r JOIN cmg_settlement s ON s.run_id = r.id AND s.status = 'HELD'
WHERE NOT EXISTS (SELECT 1 FROM cmg_settlement n JOIN (SELECT * FROM batches_run WHERE {LIVE}) nr ON nr.id = n.run_id
                  WHERE n.declaration_id = s.declaration_id AND nr.month = r.month AND nr.ordinal > r.ordinal)
"""
# A dossier is answered on the day it was first repaired or closed; one that is open again is not answered. Those that are
# over and those that are open are two ranges of two indexes.
ANSWERED = """
SELECT d.fund, d.opened_on, d.deadline, false AS is_open, d.answered_on, date_trunc('month', d.opened_on)::date AS month
FROM casework_dossier d
WHERE d.state NOT IN ('OPEN', 'ESCALATED') AND d.opened_on >= %(first)s
  AND d.opened_on < %(last)s::date + interval '1 month'
UNION ALL
SELECT d.fund, d.opened_on, d.deadline, true, NULL, greatest(date_trunc('month', d.opened_on)::date, %(start)s)
FROM casework_dossier d WHERE d.state IN ('OPEN', 'ESCALATED')
"""
ADVANCES = """
SELECT fund, amount_cents,
       greatest(date_trunc('month', coalesce(decided_on, proposed_on))::date,
                CASE WHEN state IN ('PAID', 'PARTLY_NETTED') THEN %(start)s::date END) AS month,
       CASE WHEN state IN ('PAID', 'PARTLY_NETTED')
            THEN amount_cents - netted_cents - converted_cents - waived_cents ELSE 0 END AS outstanding_cents
FROM cmg_advance
WHERE state IN ('GRANTED', 'PAID', 'PARTLY_NETTED', 'NETTED', 'CONVERTED_TO_OVERPAYMENT', 'WAIVED')
"""
# Money given back to families: the bank orders, whoever asked for them.
REFUNDS = """
SELECT s.fund, s.care_month AS month, s.employer_no, o.amount_cents
FROM banking_paymentorder o JOIN cmg_settlement s ON s.id = o.settlement_id
WHERE o.purpose = 'CMG_REFUND' AND o.state NOT IN ('REJECTED', 'RETURNED')
"""
REPORTS = """
SELECT fund, date_trunc('month', opened_at AT TIME ZONE 'Europe/Paris')::date AS month,
       (answered_at AT TIME ZONE 'Europe/Paris')::date <= first_answer_by AS in_time,
       answered_at IS NOT NULL OR first_answer_by < %(day)s AS is_due
FROM cmg_report
"""
SOURCES: dict[str, tuple[str, dict[str, str]]] = {
    "held": (HELD, {"held_families": "count(DISTINCT employer_no)", "held_cents": "coalesce(sum(cents), 0)::bigint"}),
    "dossiers": (ANSWERED, {
        "open_dossiers": "count(*) FILTER (WHERE is_open)",
        "oldest": "min(opened_on) FILTER (WHERE is_open)",
        "late_dossiers": "count(*) FILTER (WHERE is_open AND deadline < %(day)s)",
        "due_dossiers": "count(*) FILTER (WHERE NOT is_open OR deadline < %(day)s)",
        "in_time_dossiers": "count(*) FILTER (WHERE answered_on <= deadline)",
    }),
    "advances": (ADVANCES, {
        "advances": "count(*)", "advanced_cents": "coalesce(sum(amount_cents), 0)::bigint",
        "outstanding_cents": "coalesce(sum(outstanding_cents), 0)::bigint",
    }),
    "refunds": (REFUNDS, {"refunds": "count(*)", "refunded_cents": "coalesce(sum(amount_cents), 0)::bigint"}),
    "reports": (REPORTS, {
        "reports": "count(*)", "due_reports": "count(*) FILTER (WHERE is_due)",
        "in_time_reports": "count(*) FILTER (WHERE in_time)",
    }),
}  # fmt: skip
QUERY = """
SELECT grouping(fund) + 2 * grouping(month) AS level, fund, month, {measures}
FROM ({source}) x
WHERE (%(funds)s::text[] IS NULL OR fund = ANY (%(funds)s)) AND month BETWEEN %(first)s AND %(last)s
GROUP BY GROUPING SETS ((), (fund), (month))
"""
NAMES = [name for _source, measures in SOURCES.values() for name in measures]


@dataclass
class Line:
    """The figures of one fund, one month, or all."""

    key: Any
    values: dict[str, Any] = field(default_factory=dict)
    wrong_families: int = 0

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "values":
            raise AttributeError(name)
        return self.values.get(name, None if name == "oldest" else 0)

    @property
    def in_time_share(self) -> int | None:
        """Dossiers answered by their deadline, in thousandths of those answered or overdue; None when there are none."""
        return _share(self.in_time_dossiers, self.due_dossiers)

    @property
    def reports_share(self) -> int | None:
        return _share(self.in_time_reports, self.due_reports)


def _share(part: int, whole: int) -> int | None:
    return part * 1000 // whole if whole else None


@dataclass(frozen=True)
class Figures:
    """All, by fund, by month (every month of the scope, also those without anything)."""

    total: Line
    funds: list[Line]
    months: list[Line]
    wrong: Counted


def figures(scope: Scope) -> Figures:
    """Every figure of the scope, counted by the database. One query a source."""
    total, funds = Line(None), dict[str, Line]()
    months = {month: Line(month) for month in scope.months if scope.month in (None, month)}
    for source, measures in SOURCES.values():
        for level, fund, month, *values in _rows(scope, source, measures):
            line = total if level == ALL else funds.setdefault(fund, Line(fund)) if level == BY_FUND else months[month]
            line.values |= dict(zip(measures, values, strict=True))
    wrong = count_wrong(scope)
    _note_wrong(total, funds, months, wrong)
    return Figures(total, sorted(funds.values(), key=lambda line: line.key), list(months.values()), wrong.total)


def _rows(scope: Scope, source: str, measures: dict[str, str]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(QUERY.format(source=source, measures=", ".join(measures.values())), scope.values)
        return list(cursor.fetchall())


def _note_wrong(total: Line, funds: dict[str, Line], months: dict[date, Line], wrong: Counts) -> None:
    total.wrong_families = wrong.total.waiting
    for fund, counted in wrong.funds.items():
        if counted.waiting:
            funds.setdefault(fund, Line(fund)).wrong_families = counted.waiting
    for month, counted in wrong.months.items():
        months[month].wrong_families = counted.waiting


AGES = ("7 jours au plus", "8 à 14 jours", "15 à 30 jours", "plus de 30 jours")
# Dossiers that begin and end on the same days are counted once, then put beside the twelve ends.
BY_AGE = """
WITH stay AS (
    SELECT d.opened_on, CASE WHEN d.state NOT IN ('OPEN', 'ESCALATED') THEN d.answered_on END AS answered_on,
           count(*) AS dossiers
    FROM casework_dossier d
    WHERE d.opened_on <= %(day)s AND (%(funds)s::text[] IS NULL OR d.fund = ANY (%(funds)s)) GROUP BY 1, 2
)
SELECT m.end_on::date, coalesce(sum(dossiers) FILTER (WHERE m.end_on - opened_on <= 7), 0)::int,
       coalesce(sum(dossiers) FILTER (WHERE m.end_on - opened_on BETWEEN 8 AND 14), 0)::int,
       coalesce(sum(dossiers) FILTER (WHERE m.end_on - opened_on BETWEEN 15 AND 30), 0)::int,
       coalesce(sum(dossiers) FILTER (WHERE m.end_on - opened_on > 30), 0)::int
FROM unnest(%(ends)s::date[]) AS m (end_on)
LEFT JOIN stay ON opened_on <= m.end_on AND (answered_on IS NULL OR answered_on > m.end_on) GROUP BY 1 ORDER BY 1
"""


def open_by_age(scope: Scope) -> list[tuple[date, list[int]]]:
    """Dossiers open at the end of each of the twelve months (on the day itself for the last), by age. One query."""
    ends = [*(_last_day(month) for month in scope.months[:-1]), scope.day]
    with connection.cursor() as cursor:
        cursor.execute(BY_AGE, scope.values | {"ends": ends})
        return [(end, list(counts)) for end, *counts in cursor.fetchall()]


def _last_day(month: date) -> date:
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


FIRST = """
SELECT least((SELECT min(month) FROM batches_run WHERE kind = 'cmg-month' AND NOT dry_run AND state <> 'RUNNING'),
             (SELECT date_trunc('month', min(opened_on))::date FROM casework_dossier))
"""


def first_figure() -> date | None:
    """The first month about which the dashboard can say anything; None: not yet."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST)
        found: date | None = cursor.fetchone()[0]
        return found
