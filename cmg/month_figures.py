"""Figures of a month that its pages count: what late files touch, what would leave for the bank, what is in doubt."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q

from cmg.models import Anomaly, AnomalyState
from portal.batches.models import Run
from portal.exchange.models import FileOrigin, FileState
from portal.exchange.selectors import files_of

COUNTED_ROWS = 50_000


@dataclass(frozen=True)
class LateFiles:
    """Files of the funds and of Pajemploi that came since the calculation, and the declarations concerned, whoever sent
    them: None when there is too much to count on a page."""

    names: list[str]
    declarations: int | None


# Rows enter in the order of their keys: the last `rows` of a table hold those that came since, and no index is needed.
TOUCHED = """
WITH late_right AS (
    SELECT r.id, r.employer_no, r.fund, r.beneficiary_no, r.nir_key
    FROM (SELECT * FROM cmg_right ORDER BY id DESC LIMIT %(rows)s) r WHERE r.known_from > %(since)s
), family AS (
    SELECT employer_no FROM late_right WHERE employer_no IS NOT NULL
    UNION SELECT l.employer_no FROM late_right r JOIN cmg_rightlink l ON l.run_id = %(run)s AND l.right_id = r.id
    UNION SELECT a.employer_no FROM late_right r JOIN cmg_account a
        ON a.fund = r.fund AND a.beneficiary_no = r.beneficiary_no AND a.known_until IS NULL
    UNION SELECT a.employer_no FROM late_right r JOIN cmg_account a ON a.nir_key = r.nir_key AND a.known_until IS NULL
    UNION SELECT employer_no FROM (SELECT * FROM cmg_account ORDER BY id DESC LIMIT %(rows)s) a
        WHERE a.known_from > %(since)s
    UNION SELECT employer_no FROM (SELECT * FROM cmg_employee ORDER BY id DESC LIMIT %(rows)s) e
        WHERE e.known_from > %(since)s
    UNION SELECT a.employer_no FROM (SELECT * FROM cmg_request ORDER BY id DESC LIMIT %(rows)s) q
        JOIN cmg_account a ON a.fund = q.fund AND a.beneficiary_no = q.beneficiary_no AND a.known_until IS NULL
        WHERE q.known_from > %(since)s
    UNION SELECT employer_no FROM (SELECT * FROM cmg_declaration ORDER BY id DESC LIMIT %(rows)s) d
        WHERE d.known_from > %(since)s AND d.care_month = %(month)s
    UNION SELECT employer_no FROM cmg_settlement
        WHERE run_id = %(run)s AND status = 'HELD' AND fund = ANY (%(funds)s) AND anomaly_codes LIKE '%%CMG-026%%'
)
SELECT count(DISTINCT d.declaration_no) FROM family f
JOIN cmg_declaration d ON d.employer_no = f.employer_no AND d.care_month = %(month)s
"""


def late_files(run: Run) -> LateFiles:
    """The files applied since `run` was calculated, and the declarations of the families that they speak of."""
    files = list(files_of("cmg").filter(received_at__gt=run.started_at, state=FileState.APPLIED).order_by("pk"))
    rows = sum(file.rows_applied for file in files)
    names = [file.name for file in files if file.origin == FileOrigin.FLOW]
    if not files or rows > COUNTED_ROWS:
        return LateFiles(names, None)
    lots = [file for file in files if file.kind == "rights_fund" and file.sequence_no is not None]
    funds = sorted({fund for file in lots for fund in file.scope})
    values = {"rows": max(rows, 1), "since": run.started_at, "run": run.pk, "month": run.month, "funds": funds}
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, values)
        return LateFiles(names, int(cursor.fetchone()[0]))


@dataclass(frozen=True)
class Leaving:
    """One kind of movement that a signature lets go."""

    words: str
    count: int
    cents: int


# As `cmg.closing.movements` orders them for a month's first run: each declaration moves at most once each way.
LEAVING = """
SELECT count(*) FILTER (WHERE debit_cents > 0 AND NOT all_in_one),
       coalesce(sum(debit_cents) FILTER (WHERE NOT all_in_one), 0),
       count(*) FILTER (WHERE total_debit_cents > 0 AND all_in_one),
       coalesce(sum(total_debit_cents) FILTER (WHERE total_debit_cents > 0 AND all_in_one), 0),
       count(*) FILTER (WHERE payout_cents > 0 AND NOT all_in_one AND NOT payout_blocked
                        OR total_debit_cents < 0 AND all_in_one AND NOT payout_blocked),
       coalesce(sum(payout_cents) FILTER (WHERE NOT all_in_one AND NOT payout_blocked), 0)
       - coalesce(sum(total_debit_cents) FILTER (WHERE total_debit_cents < 0 AND all_in_one AND NOT payout_blocked), 0)
FROM cmg_settlement WHERE run_id = %s AND status = 'SETTLED'
"""
# Under a hold, Pajemploi+ still pays the employee: the salary less the last aid known leaves, as `cmg.closing.issuing`.
SALARIES = """
SELECT count(*) FILTER (WHERE cents > 0), coalesce(sum(cents) FILTER (WHERE cents > 0), 0) FROM (
    SELECT d.net_salary_cents + d.maintenance_allowance_cents + d.meal_allowance_cents - coalesce((
        SELECT p.part_b_cents + p.supplement_cents
        FROM cmg_settlement p JOIN batches_run r ON r.id = p.run_id JOIN cmg_declaration pd ON pd.id = p.declaration_id
        WHERE p.employer_no = s.employer_no AND pd.employee_no = d.employee_no AND p.status = 'SETTLED'
          AND p.care_month >= s.care_month - interval '3 months' AND p.care_month < s.care_month
          AND r.state IN ('ISSUED', 'RECONCILED') AND NOT r.dry_run
        ORDER BY p.care_month DESC, r.ordinal DESC LIMIT 1), 0) AS cents
    FROM cmg_settlement s JOIN cmg_declaration d ON d.id = s.declaration_id
    JOIN cmg_account a ON a.employer_no = s.employer_no AND a.known_until IS NULL
    WHERE s.run_id = %s AND s.status = 'HELD' AND s.all_in_one
      AND a.iban_valid AND a.mandate_ref IS NOT NULL AND a.mandate_signed_on IS NOT NULL) held
"""
LEAVING_WORDS = ("Prélèvements de cotisations", "Prélèvements Pajemploi+ (salaire et cotisations)", "Versements d’aide",
                 "Salaires Pajemploi+ de familles retenues")  # fmt: skip


def leaving(run: Run) -> list[Leaving]:
    """What would leave for the bank, by kind. Kept as long as the digest is the same: it binds every figure counted."""
    key = f"cmg:leaving:{run.pk}:{run.digest}"
    found = cache.get(key)
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(LEAVING, (run.pk,))
            found = [int(figure) for figure in cursor.fetchone()]
            cursor.execute(SALARIES, (run.pk,))
            found += [int(figure) for figure in cursor.fetchone()]
        cache.set(key, found, timeout=24 * 3600)
    lines = zip(LEAVING_WORDS, found[::2], found[1::2], strict=True)
    return [Leaving(words, count, cents) for words, count, cents in lines if count]


def in_doubt(run: Run) -> dict[str, int]:
    """Declarations with a disagreement, and families repaired alone, in one query."""
    return Anomaly.objects.filter(run=run).aggregate(
        anomalies=Count("pk"),
        declarations=Count("declaration_id", distinct=True),
        repaired=Count("employer_no", distinct=True, filter=Q(state=AnomalyState.RESOLVED)),
    )
