"""The figures that follow something in time: a first payout, an answer, a notice, what comes back of a debt. In SQL."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from aripa.piloting.facts import EVER_UNPAID
from aripa.piloting.scope import Scope
from aripa.rules.calendar import information_by

HORIZONS = (3, 6, 12, 24)
FIRST_PAYOUT_DAYS, NOTICE_DAYS = 60, 15
OF_FUNDS = "(%(funds)s::text[] IS NULL OR c.fund = ANY (%(funds)s))"


@dataclass(frozen=True)
class Share:
    """`part` of `whole`, and the mean of days where there is one; nothing is known of an empty whole."""

    part: int
    whole: int
    days: int | None = None

    @property
    def words(self) -> str:
        return percent(self.part, self.whole)


def percent(part: int, whole: int) -> str:
    """``62,5 %``, half up; « – » of nothing."""
    if not whole:
        return "–"
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{tenths // 10},{tenths % 10}\u00a0%"


FIRST_PAYOUTS = f"""
SELECT count(*) FILTER (WHERE first - live <= {FIRST_PAYOUT_DAYS}), count(*), round(avg(first - live))
FROM (SELECT n.case_id, min(n.day) AS live,
             (SELECT min(m.day) FROM aripa_movement m WHERE m.case_id = n.case_id AND m.kind = 'PAYOUT') AS first
      FROM aripa_notice n JOIN aripa_case c ON c.case_no = n.case_id
      WHERE n.code = 'L05' AND n."to" = 'CREDITOR' AND {OF_FUNDS} GROUP BY n.case_id) lived
WHERE first >= %(first)s AND first < %(until)s AND first <= %(day)s"""

OPENINGS = f"""
SELECT count(*) FILTER (WHERE live - received <= 30), count(*), round(avg(live - received))
FROM (SELECT c.case_no, c.received_on AS received, min(n.day) AS live
      FROM aripa_case c JOIN aripa_notice n ON n.case_id = c.case_no AND n.code = 'L05'
      WHERE c.received_on IS NOT NULL AND {OF_FUNDS} GROUP BY c.case_no) lived
WHERE live >= %(first)s AND live < %(until)s AND live <= %(day)s"""

NOTICED = f"""
SELECT count(*) FILTER (WHERE n.day - t.due_on <= {NOTICE_DAYS}), count(*), round(avg(n.day - t.due_on))
FROM aripa_notice n JOIN aripa_case c ON c.case_no = n.case_id
JOIN LATERAL (SELECT min(due_on) AS due_on FROM aripa_term t
              WHERE t.case_id = n.case_id AND t.month = n.month AND NOT t.is_arrears) t ON t.due_on IS NOT NULL
WHERE n.code = 'L08' AND n.day >= %(first)s AND n.day < %(until)s AND n.day <= %(day)s AND {OF_FUNDS}"""

FIRST_EURO = f"""
SELECT count(first), count(*), round(avg(first - sent))
FROM (SELECT n.day AS sent, (SELECT min(m.day) FROM aripa_movement m WHERE m.case_id = n.case_id AND m.month = n.month
             AND m.day >= n.day AND m.kind IN ('PAYOUT', 'OFFSET', 'ASF_REFUND', 'BETWEEN')) AS first
      FROM aripa_notice n JOIN aripa_case c ON c.case_no = n.case_id
      WHERE n.code = 'L08' AND n.day >= %(first)s AND n.day < %(until)s AND n.day <= %(day)s AND {OF_FUNDS}) followed"""

# The day by which each receipt wanted an answer moves to working days: one line a day of the period, not one a letter.
ANSWERS = f"""
WITH calendar AS (SELECT * FROM unnest(%(days)s::date[], %(ends)s::date[]) AS one (received, ends))
SELECT count(*) FILTER (WHERE EXISTS (
           SELECT FROM aripa_event e WHERE e.case_no = n.case_id AND e.kind = 'INFORMATION' AND e.reason = 'FULL'
           AND e.party IN (n."to", 'BOTH') AND e.heard_on IS NOT NULL AND e.day <= k.ends)), count(*)
FROM aripa_notice n JOIN aripa_case c ON c.case_no = n.case_id JOIN calendar k ON k.received = n.received_on
WHERE n.code = 'L01' AND k.ends < %(day)s AND {OF_FUNDS}"""


def first_payouts(scope: Scope) -> Share:
    """First payouts of the period, within sixty days of the set-up (R. 582-5)."""
    return _share(FIRST_PAYOUTS, scope)


def openings(scope: Scope) -> Share:
    """Set-ups of the period, within thirty days of the case received."""
    return _share(OPENINGS, scope)


def noticed(scope: Scope) -> Share:
    """Notices of the period, within fifteen days of the unpaid due day (R. 582-8)."""
    return _share(NOTICED, scope)


def first_euros(scope: Scope) -> Share:
    """Notices of the period followed by money for their month, and after how many days."""
    return _share(FIRST_EURO, scope)


def answers(scope: Scope) -> Share:
    """Of the opening letters received in the period whose delay is over, those answered in full in time (D. 582-2)."""
    days = [scope.first + timedelta(days=number) for number in range((scope.until - scope.first).days)]
    return _share(ANSWERS, scope, days=days, ends=[information_by(one) for one in days])


def _share(statement: str, scope: Scope, **more: object) -> Share:
    with connection.cursor() as cursor:
        cursor.execute(statement, scope.values | more)
        part, whole, *days = cursor.fetchone()
    return Share(part, whole, int(days[0]) if days and days[0] is not None else None)


@dataclass(frozen=True)
class Recovery:
    """What came of a debt within some months: the two definitions side by side. Cents."""

    months: int
    of_unpaid: Share
    of_called: Share


TERMS = f"""
WITH term AS (
    SELECT t.case_id, t.month, sum(t.due_cents) AS due, bool_or(t.status = ANY (%(unpaid)s)) AS unpaid,
           CASE WHEN t.is_arrears THEN (SELECT min(n.day) FROM aripa_notice n WHERE n.case_id = t.case_id AND n.code = 'L09')
                ELSE min(t.due_on) END AS due_on
    FROM aripa_term t JOIN aripa_case c ON c.case_no = t.case_id
    WHERE t.is_arrears = %(arrears)s AND t.status <> 'SUSPENDED' AND {OF_FUNDS}
    AND (t.is_arrears OR (t.due_on >= %(first)s AND t.due_on < %(until)s)) GROUP BY t.case_id, t.month, t.is_arrears),
followed AS (
    SELECT term.due, term.unpaid, term.due_on, h.months, least(term.due, greatest(0, coalesce((
        SELECT sum(CASE m.kind WHEN 'OVERPAYMENT' THEN -m.amount_cents ELSE m.amount_cents END) FROM aripa_movement m
        WHERE m.case_id = term.case_id AND m.month = term.month
        AND m.kind IN ('PAYOUT', 'OFFSET', 'ASF_REFUND', 'BETWEEN', 'OVERPAYMENT')
        AND m.day <= term.due_on + make_interval(months => h.months)), 0))) AS given
    FROM term CROSS JOIN unnest(%(horizons)s) AS h (months)
    WHERE term.due_on + make_interval(months => h.months) <= %(day)s AND term.due_on >= %(first)s AND term.due_on < %(until)s)
SELECT months, coalesce(sum(given) FILTER (WHERE unpaid), 0), coalesce(sum(due) FILTER (WHERE unpaid), 0), sum(given), sum(due)
FROM followed GROUP BY months"""

ADVANCES = f"""
WITH advance AS (
    SELECT a.case_id, a.month, min(a.paid_on) AS paid_on, sum(a.recoverable_cents) AS due
    FROM aripa_asfmonth a JOIN aripa_case c ON c.case_no = a.case_id
    WHERE a.paid_on >= %(first)s AND a.paid_on < %(until)s AND a.recoverable_cents > 0 AND {OF_FUNDS}
    GROUP BY a.case_id, a.month)
SELECT h.months, sum(least(due, given)), sum(due), sum(least(due, given)), sum(due)
FROM advance CROSS JOIN unnest(%(horizons)s) AS h (months) CROSS JOIN LATERAL (
    SELECT coalesce(sum(m.amount_cents), 0) AS given FROM aripa_movement m
    WHERE m.case_id = advance.case_id AND m.month = advance.month AND m.kind = 'ASF_REFUND'
    AND m.day <= advance.paid_on + make_interval(months => h.months)) back
WHERE advance.paid_on + make_interval(months => h.months) <= %(day)s GROUP BY h.months"""


def recovery_of_terms(scope: Scope, *, arrears: bool = False) -> list[Recovery]:
    """Terms due in the period, each followed as many months as it has lived: of the unpaid ones, and of all called.

    Past months asked for are followed from the first letter L09 of their case: before it nobody was asked to pay them here.
    """
    return _recovery(TERMS, scope, arrears=arrears, unpaid=list(EVER_UNPAID))


def recovery_of_advances(scope: Scope) -> list[Recovery]:
    """ASF advanced in the period and to be recovered: here the two definitions are one, everything was unpaid."""
    return _recovery(ADVANCES, scope)


def _recovery(statement: str, scope: Scope, **more: object) -> list[Recovery]:
    with connection.cursor() as cursor:
        cursor.execute(statement, scope.values | {"horizons": list(HORIZONS)} | more)
        found = {row[0]: [int(one or 0) for one in row[1:]] for row in cursor.fetchall()}
    nothing = [0, 0, 0, 0]
    return [
        Recovery(months, Share(*found.get(months, nothing)[:2]), Share(*found.get(months, nothing)[2:]))
        for months in HORIZONS
    ]


MONTHLY = f"""
SELECT month, sum(called), sum(unpaid), sum(collected), sum(passed) FROM (
    SELECT date_trunc('month', t.due_on)::date AS month, t.due_cents AS called,
           CASE WHEN t.status = ANY (%(unpaid)s) THEN t.due_cents ELSE 0 END AS unpaid, 0 AS collected, 0 AS passed
    FROM aripa_term t JOIN aripa_case c ON c.case_no = t.case_id
    WHERE NOT t.is_arrears AND t.status <> 'SUSPENDED' AND t.due_on >= %(first)s AND t.due_on < %(until)s AND {OF_FUNDS}
    UNION ALL
    SELECT date_trunc('month', m.day)::date, 0, 0,
           CASE WHEN m.kind IN ('DEBIT', 'RECEIPT') THEN m.amount_cents WHEN m.kind = 'DEBIT_RETURN' THEN -m.amount_cents ELSE 0 END,
           CASE WHEN m.kind IN ('PAYOUT', 'OFFSET') THEN m.amount_cents ELSE 0 END
    FROM aripa_movement m JOIN aripa_case c ON c.case_no = m.case_id
    WHERE m.day >= %(first)s AND m.day < %(until)s AND m.kind IN ('DEBIT', 'RECEIPT', 'DEBIT_RETURN', 'PAYOUT', 'OFFSET')
    AND {OF_FUNDS}) rows GROUP BY month ORDER BY month"""


@dataclass(frozen=True)
class Month:
    """One month of the period. Cents: called, of it unpaid, collected net of returns, passed on."""

    month: date
    called: int = 0
    unpaid: int = 0
    collected: int = 0
    passed: int = 0


def monthly(scope: Scope) -> list[Month]:
    """Every month of the period, the empty ones too."""
    with connection.cursor() as cursor:
        cursor.execute(MONTHLY, scope.values | {"unpaid": list(EVER_UNPAID)})
        found = {row[0]: Month(row[0], *[int(one) for one in row[1:]]) for row in cursor.fetchall()}
    return [found.get(one, Month(one)) for one in scope.months]
