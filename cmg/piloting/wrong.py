"""Wrong debits: contributions taken from a family that what is known now does not leave to her. Target: none.

Taken: the debit of an issued settlement, booked or sent to the bank, that the bank neither refused nor sent back. The
employee's tax is not a contribution. It is wrong in two cases, and only for one and the same version of a declaration
(a family who corrects her own declaration was not debited wrongly):

- **settled again lower**: a later result of the month for the same version, issued or not yet, gives a lower debit. Once
  that result is issued the difference was given back (GIVEN_BACK: it stays counted as having happened); before, it is
  OWED, and so is it while the later result is held: somebody doubts.
- **a right came after** (TO_SETTLE): the month was settled on a decision that there was no right (age and territory
  apart, which no right changes), and an open right of the fund covers it now: had it been known, it would have been used.
  How much comes back is known once the month is settled again.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache
from django.db import connection

from cmg.piloting.scope import Scope
from portal.frame.paging import PAGE, Page

GIVEN_BACK, OWED, TO_SETTLE = "GIVEN_BACK", "OWED", "TO_SETTLE"
# Levels of a count grouped three times at once.
BY_MONTH, BY_FUND, ALL = 1, 2, 3
WORDS = {
    OWED: "à rendre",
    TO_SETTLE: "à recalculer : un droit est arrivé depuis",
    GIVEN_BACK: "rendu",
}
LIVE = "kind = 'cmg-month' AND NOT dry_run AND state NOT IN ('SUPERSEDED', 'RUNNING')"
ISSUED = "kind = 'cmg-month' AND NOT dry_run AND state IN ('ISSUED', 'RECONCILED')"
# Whether any debit of the declaration stands at the bank.
STANDS = """EXISTS (
    SELECT 1 FROM banking_paymentorder o JOIN cmg_settlement os ON os.id = o.settlement_id
    WHERE o.subject = 'cmg:employer:' || {row}.employer_no AND o.kind = 'DEBIT'
      AND o.purpose IN ('CMG_DEBIT', 'CMG_SINGLE') AND o.state NOT IN ('REJECTED', 'RETURNED')
      AND os.declaration_id = {row}.declaration_id)"""
MINE = "(%(funds)s::text[] IS NULL OR {row}.fund = ANY (%(funds)s)) AND {row}.care_month BETWEEN %(since)s AND %(last)s"
QUERY = f"""
WITH again AS (
    SELECT s.declaration_id, s.status, s.debit_cents - s.withholding_tax_cents AS due, r.ordinal, r.month,
           r.state IN ('ISSUED', 'RECONCILED') AND s.status = 'SETTLED' AS is_issued
    FROM (SELECT * FROM batches_run WHERE {LIVE} AND ordinal > 1) r JOIN cmg_settlement s ON s.run_id = r.id
    WHERE s.status IN ('SETTLED', 'HELD')
), lower AS (
    SELECT DISTINCT ON (f.id) f.id, f.declaration_id, f.employer_no, f.fund, f.care_month,
           f.debit_cents - f.withholding_tax_cents AS taken, a.due, a.is_issued
    FROM again a JOIN LATERAL (
        SELECT s.* FROM cmg_settlement s JOIN (SELECT * FROM batches_run WHERE {ISSUED}) r ON r.id = s.run_id
        WHERE s.declaration_id = a.declaration_id AND r.month = a.month AND r.ordinal < a.ordinal
          AND s.status = 'SETTLED' ORDER BY r.ordinal DESC LIMIT 1) f ON true
    ORDER BY f.id, a.ordinal DESC
), late AS (
    SELECT DISTINCT ON (s.id) s.id, s.declaration_id, s.employer_no, s.fund, s.care_month,
           s.debit_cents - s.withholding_tax_cents AS taken
    FROM (SELECT * FROM batches_run WHERE {ISSUED}) r JOIN cmg_settlement s ON s.run_id = r.id
    JOIN cmg_declaration d ON d.id = s.declaration_id
    JOIN cmg_right t ON t.child_id = ANY (string_to_array(d.child_ids, '|')) AND t.known_until IS NULL AND t.side = 'F'
         AND t.employer_no = s.employer_no AND t.care_mode = s.care_mode
         AND (t.status = 'ACTIVE' OR t.status = 'CLOSED' AND t.ends_on IS NOT NULL)
         AND t.starts_on < s.care_month + interval '1 month'
         AND (t.ends_on IS NULL OR t.ends_on > greatest(s.care_month, t.starts_on))
    WHERE s.status = 'SETTLED' AND s.debit_cents > 0 AND s.decision <> 'RIGHT'
      AND s.decision NOT IN ('AGE_PASSED', 'MAYOTTE') AND r.month BETWEEN %(since)s AND %(last)s
      AND s.debit_cents > s.withholding_tax_cents
      AND NOT EXISTS (SELECT 1 FROM cmg_settlement n JOIN (SELECT * FROM batches_run WHERE {LIVE}) nr ON nr.id = n.run_id
                      WHERE n.declaration_id = s.declaration_id AND nr.month = r.month AND nr.ordinal > r.ordinal)
)
SELECT w.id, w.employer_no, w.fund, w.care_month, w.taken, w.due,
       CASE WHEN w.is_issued THEN '{GIVEN_BACK}' ELSE '{OWED}' END
FROM lower w WHERE w.taken > w.due AND {MINE.format(row="w")} AND {STANDS.format(row="w")}
UNION ALL
SELECT l.id, l.employer_no, l.fund, l.care_month, l.taken, NULL, '{TO_SETTLE}'
FROM late l WHERE {MINE.format(row="l")} AND {STANDS.format(row="l")}
"""
COLUMNS = "(id, employer_no, fund, care_month, taken, due, state)"
# Those that wait for their money first, then by settlement.
ORDERED = f"""
SELECT id, employer_no, fund, care_month, taken, due, state
FROM (SELECT w.*, (w.state = '{GIVEN_BACK}')::int AS place FROM ({QUERY}) w {COLUMNS}) x
"""
# All, by fund and by month at once; what is older than the months shown counts in the first of them.
COUNTED = f"""
SELECT grouping(fund) + 2 * grouping(month) AS level, fund, month, count(*),
       count(DISTINCT employer_no) FILTER (WHERE state <> '{GIVEN_BACK}'),
       count(DISTINCT employer_no) FILTER (WHERE state = '{OWED}'),
       count(DISTINCT employer_no) FILTER (WHERE state = '{TO_SETTLE}'),
       count(DISTINCT employer_no) FILTER (WHERE state = '{GIVEN_BACK}'),
       coalesce(sum(taken - due) FILTER (WHERE state = '{GIVEN_BACK}'), 0)::bigint
FROM (SELECT w.*, greatest(w.care_month, %(first)s)::date AS month FROM ({QUERY}) w {COLUMNS}) x
GROUP BY GROUPING SETS ((), (fund), (month))
"""


@dataclass(frozen=True)
class WrongDebit:
    """One debit wrongly taken, by its settlement. `due_cents` None: known once the month is settled again."""

    settlement: int
    employer_no: str
    fund: str
    care_month: date
    taken_cents: int
    due_cents: int | None
    state: str

    @property
    def excess_cents(self) -> int | None:
        return None if self.due_cents is None else self.taken_cents - self.due_cents

    @property
    def is_open(self) -> bool:
        """Whether the family still waits for her money."""
        return self.state != GIVEN_BACK

    @property
    def key(self) -> str:
        """Its place in the list, as an address tells it."""
        return f"{int(not self.is_open)}_{self.settlement}"

    @property
    def words(self) -> str:
        return WORDS[self.state]


# Everything that the query reads changes only with one of these: rows of rights and repairs enter and never change, runs
# move, the bank answers by messages.
FINGERPRINT = """
SELECT (SELECT max(id) FROM cmg_right), (SELECT max(id) FROM cmg_repair), (SELECT max(id) FROM banking_bankmessage),
       (SELECT string_agg(id || state, ',' ORDER BY id) FROM batches_run WHERE kind = 'cmg-month')
"""


@dataclass(frozen=True)
class Counted:
    """How many wrong debits, of how many families: who still waits, in each state, and what was given back."""

    debits: int = 0
    waiting: int = 0
    owed: int = 0
    to_settle: int = 0
    given_back: int = 0
    given_back_cents: int = 0


@dataclass(frozen=True)
class Counts:
    """The same for all, for each fund, and for each month."""

    total: Counted
    funds: dict[str, Counted]
    months: dict[date, Counted]


def count_wrong(scope: Scope) -> Counts:
    """Counted by the database, once for as long as nothing it rests on has changed. At most two queries."""
    with connection.cursor() as cursor:
        cursor.execute(FINGERPRINT)
        seen = f"{cursor.fetchone()}|{sorted(scope.values.items(), key=str)}"
        key = f"cmg:wrong:{hashlib.sha256(seen.encode()).hexdigest()}"
        lines: list[tuple] | None = cache.get(key)
        if lines is None:
            cursor.execute(COUNTED, scope.values)
            lines = cursor.fetchall()
            cache.set(key, lines, timeout=24 * 3600)
    found = Counts(Counted(), {}, {})
    for level, fund, month, *figures in lines:
        counted = Counted(*figures)
        if level == ALL:
            found = Counts(counted, found.funds, found.months)
        elif level == BY_FUND:
            found.funds[fund] = counted
        else:
            found.months[month] = counted
    return found


def wrong_debits(scope: Scope, most: int | None = None) -> list[WrongDebit]:
    """The wrong debits of the scope, those that wait first; at most `most`. One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"{ORDERED} ORDER BY place, id LIMIT %(most)s", scope.values | {"most": most})
        return [WrongDebit(*row) for row in cursor.fetchall()]


def wrong_page(scope: Scope, params: Mapping[str, str], size: int = PAGE) -> Page:
    """One page of the same list, by the key of a row (its place and settlement)."""
    after, before = _key(params.get("after", "")), _key(params.get("before", ""))
    back = before is not None and after is None
    side, order = ("<", "place DESC, id DESC") if back else (">", "place, id")
    where = f"WHERE (place, id) {side} (%(place)s, %(id)s)" if after or before else ""
    place, pk = after or before or (0, 0)
    with connection.cursor() as cursor:
        asked = scope.values | {"place": place, "id": pk, "most": size + 1}
        cursor.execute(f"{ORDERED} {where} ORDER BY {order} LIMIT %(most)s", asked)
        rows = [WrongDebit(*row) for row in cursor.fetchall()]
    more, rows = len(rows) > size, rows[:size][:: -1 if back else 1]
    ahead, behind = (bool(rows), more) if back else (more, after is not None and bool(rows))
    return Page(rows, rows[0].key if behind else None, rows[-1].key if ahead else None)


def _key(text: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"([01])_(\d{1,18})", text)
    return (int(found[1]), int(found[2])) if found else None
