"""What only shows across families, found once for a run by set-based queries over narrow columns.

Three results: the rights whose own employer number is not the account that their other keys designate (`RightLink`),
the families and children concerned by a disagreement between families (`Finding`), and the funds a lot of which is
missing or was refused (`Finding` of bucket -1, the fund in `detail`).
"""

import re
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from cmg.closing.nearby import WHOLE, Tables, narrow
from cmg.models import Finding, RightLink
from cmg.reconciliation.sides import next_month
from portal.batches.models import Run
from portal.exchange.lots import missing_lots, refused_lots

# Reasons of the bank that question neither the account nor the family: a file, a date, a copy, a bank out of reach.
TECHNICAL_REASONS = ("FICHIER", "AM05", "CNOR", "DNOR", "DT01", "DUPL", "ED05", "FF01", "FOCR", "TM01")
LOT_KINDS = ("rights_fund",)
MONTH_WRITTEN = re.compile(r"(?:19|20|21)\d\d-\d\d", re.ASCII)
OLDEST_FIRST = "updated_at NULLS FIRST, mandate_signed_on NULLS FIRST, employer_no"

# The state OPEN of `sides.with_state`, as a condition on a right `r`.
OPEN_IN_MONTH = """(r.status = 'ACTIVE' OR r.status = 'CLOSED' AND r.ends_on IS NOT NULL)
      AND r.starts_on < %(next)s AND (r.ends_on IS NULL OR r.ends_on > greatest(%(month)s, r.starts_on))"""

# Few of millions of rights: in a table of their own the planner sees that, and looks each of them up. A table made
# from a query is also filled by several processes, which an INSERT is not.
CANDIDATES = """
CREATE TEMP TABLE candidate ON COMMIT DROP AS
SELECT r.id AS right_id, a.employer_no, a.bucket
FROM {rights} r JOIN {accounts} a ON a.fund = r.fund AND a.beneficiary_no = r.beneficiary_no
WHERE r.known_until IS NULL AND a.known_until IS NULL AND r.employer_no IS DISTINCT FROM a.employer_no
UNION
SELECT r.id, a.employer_no, a.bucket
FROM {rights} r JOIN {accounts} a ON a.nir_key = r.nir_key
WHERE r.known_until IS NULL AND a.known_until IS NULL AND r.employer_no IS DISTINCT FROM a.employer_no
"""
LINKS = """
WITH with_own AS (
    SELECT right_id, employer_no, bucket FROM candidate
    UNION
    SELECT c.right_id, a.employer_no, a.bucket
    FROM candidate c JOIN {rights} r ON r.id = c.right_id
    JOIN {accounts} a ON a.employer_no = r.employer_no AND a.known_until IS NULL
), scored AS (
    SELECT w.right_id, w.employer_no, w.bucket,
           (r.employer_no = w.employer_no) IS TRUE AS own,
           ((r.employer_no = w.employer_no) IS TRUE)::int
           + ((r.fund = a.fund AND r.beneficiary_no = a.beneficiary_no) IS TRUE)::int
           + ((r.nir_key = a.nir_key) IS TRUE)::int AS criteria,
           EXISTS (SELECT 1 FROM cmg_declaration d
                   WHERE d.employer_no = w.employer_no AND d.care_month = %(month)s
                     AND r.child_id = ANY (string_to_array(d.child_ids, '|')))::int AS child
    FROM with_own w JOIN {rights} r ON r.id = w.right_id
    JOIN {accounts} a ON a.employer_no = w.employer_no AND a.known_until IS NULL
)
INSERT INTO cmg_rightlink (run_id, right_id, bucket, employer_no, criteria)
SELECT DISTINCT ON (right_id) %(run)s, right_id, bucket, employer_no, criteria
FROM scored ORDER BY right_id, criteria + child DESC, criteria DESC, own DESC, employer_no
"""

# Two accounts that share at least two of NIR, bank account, name with birth date, and child are one family twice:
# all but the first known are held (CMG-015). The same number on accounts of distinct people is CMG-013, on each;
# it is confirmed for the one whose NIR is the only one that the fund knows under that number.
# Windows over equal keys, never pairs: a key shared by thousands of accounts costs a sort, not a product.
DUPLICATE_FAMILIES = """
WITH account AS (SELECT * FROM {accounts} WHERE known_until IS NULL
), child AS (
    SELECT d.employer_no, unnest(string_to_array(d.child_ids, '|')) AS child_id
    FROM cmg_declaration d WHERE d.care_month = %(month)s AND {declaring}
), shared_child AS (
    SELECT DISTINCT employer_no, child_id FROM child WHERE child_id IN (
        SELECT child_id FROM child GROUP BY child_id HAVING min(employer_no) <> max(employer_no))
), shared AS (
    SELECT employer_no, row_number() OVER (PARTITION BY nir_key, iban_key ORDER BY {age}) AS rank
    FROM account WHERE nir_key IS NOT NULL AND iban_key IS NOT NULL
    UNION ALL
    SELECT employer_no, row_number() OVER (PARTITION BY nir_key, name_key, birth_date ORDER BY {age})
    FROM account WHERE nir_key IS NOT NULL AND birth_date IS NOT NULL
    UNION ALL
    SELECT employer_no, row_number() OVER (PARTITION BY iban_key, name_key, birth_date ORDER BY {age})
    FROM account WHERE iban_key IS NOT NULL AND birth_date IS NOT NULL
    UNION ALL
    SELECT employer_no, row_number() OVER (PARTITION BY child_id, nir_key ORDER BY {age})
    FROM shared_child JOIN account USING (employer_no) WHERE nir_key IS NOT NULL
    UNION ALL
    SELECT employer_no, row_number() OVER (PARTITION BY child_id, iban_key ORDER BY {age})
    FROM shared_child JOIN account USING (employer_no) WHERE iban_key IS NOT NULL
    UNION ALL
    SELECT employer_no, row_number() OVER (PARTITION BY child_id, name_key, birth_date ORDER BY {age})
    FROM shared_child JOIN account USING (employer_no) WHERE birth_date IS NOT NULL
), double AS (SELECT DISTINCT employer_no FROM shared WHERE rank > 1
), same_number AS (
    SELECT employer_no, count(*) OVER (PARTITION BY fund, beneficiary_no) AS accounts
    FROM account
    WHERE fund IS NOT NULL AND beneficiary_no IS NOT NULL AND employer_no NOT IN (SELECT employer_no FROM double)
), found AS (
    SELECT 'CMG-015' AS code, employer_no FROM double
    UNION ALL
    SELECT 'CMG-013', employer_no FROM same_number WHERE accounts > 1
)
INSERT INTO cmg_finding (run_id, code, employer_no, bucket, child_id, detail)
SELECT %(run)s, f.code, f.employer_no, a.bucket, '',
       CASE WHEN f.code = 'CMG-013' AND (
           SELECT array_agg(DISTINCT r.nir_key) FROM {rights} r
           WHERE r.known_until IS NULL AND r.side = 'F' AND r.fund = a.fund AND r.beneficiary_no = a.beneficiary_no
       ) = ARRAY[a.nir_key] THEN 'CONFIRMED' ELSE '' END
FROM found f JOIN account a USING (employer_no)
"""

# A child with open rights in two households on a same day is held in the later file, unless both recognise shared
# residence in a month where the law allows it.
CHILD_TWICE = """
WITH open_right AS (
    SELECT r.id, r.child_id, r.fund, r.beneficiary_no, r.nir_key, r.shared_residence IS TRUE AS shared,
           coalesce(l.employer_no, r.employer_no) AS employer_no, r.decided_at, r.starts_on,
           coalesce(r.ends_on, 'infinity') AS ends_on
    FROM {rights} r LEFT JOIN cmg_rightlink l ON l.run_id = %(run)s AND l.right_id = r.id
    WHERE r.known_until IS NULL AND r.side = 'F' AND {open_in_month}
), beside_first AS (
    SELECT *, row_number() OVER in_order AS rank, first_value(fund) OVER in_order AS first_fund,
           first_value(beneficiary_no) OVER in_order AS first_beneficiary_no,
           first_value(nir_key) OVER in_order AS first_nir_key,
           first_value(employer_no) OVER in_order AS first_employer_no,
           first_value(shared) OVER in_order AS first_shared,
           first_value(starts_on) OVER in_order AS first_starts_on, first_value(ends_on) OVER in_order AS first_ends_on
    FROM open_right
    WINDOW in_order AS (PARTITION BY child_id ORDER BY decided_at NULLS LAST, starts_on, id)
), later AS (
    SELECT DISTINCT employer_no, child_id
    FROM beside_first
    WHERE rank > 1 AND starts_on < first_ends_on AND first_starts_on < ends_on
      AND (first_fund, first_beneficiary_no) IS DISTINCT FROM (fund, beneficiary_no)
      AND first_nir_key IS DISTINCT FROM nir_key
      AND first_employer_no IS DISTINCT FROM employer_no
      AND NOT (%(shared_allowed)s AND first_shared AND shared)
)
INSERT INTO cmg_finding (run_id, code, employer_no, bucket, child_id, detail)
SELECT %(run)s, 'CMG-016', later.employer_no, a.bucket, later.child_id, ''
FROM later JOIN {accounts} a ON a.employer_no = later.employer_no AND a.known_until IS NULL
"""

# An account without a beneficiary number declares a child for whom a right is open under keys it does not have: the
# family may be debited of nothing before somebody has looked (CMG-001).
RIGHT_OUT_OF_REACH = """
WITH keyless AS (
    SELECT DISTINCT a.employer_no, a.bucket, unnest(string_to_array(d.child_ids, '|')) AS child_id
    FROM {accounts} a JOIN cmg_declaration d ON d.employer_no = a.employer_no AND d.care_month = %(month)s
    WHERE a.known_until IS NULL AND a.beneficiary_no IS NULL
)
INSERT INTO cmg_finding (run_id, code, employer_no, bucket, child_id, detail)
SELECT DISTINCT %(run)s, 'CMG-001', k.employer_no, k.bucket, k.child_id, ''
FROM keyless k JOIN {rights} r ON r.child_id = k.child_id AND r.known_until IS NULL
LEFT JOIN cmg_rightlink l ON l.run_id = %(run)s AND l.right_id = r.id
WHERE {open_in_month}
  AND coalesce(l.employer_no, r.employer_no) IS DISTINCT FROM k.employer_no
"""

# A number that Pajemploi never received, inside the range it did receive from that fund, is a lost message.
LOST_MESSAGES = """
WITH span AS (
    SELECT fund, min(sequence_no) AS low, max(sequence_no) AS high
    FROM cmg_right WHERE known_until IS NULL AND side = 'P' AND sequence_no IS NOT NULL AND {funds} GROUP BY fund
), lost AS (
    SELECT DISTINCT coalesce(l.employer_no, r.employer_no) AS employer_no, r.child_id
    FROM {rights} r JOIN span s ON s.fund = r.fund AND r.sequence_no > s.low AND r.sequence_no < s.high
    LEFT JOIN cmg_rightlink l ON l.run_id = %(run)s AND l.right_id = r.id
    WHERE r.known_until IS NULL AND r.side = 'F' AND NOT EXISTS (
        SELECT 1 FROM cmg_right p
        WHERE p.known_until IS NULL AND p.side = 'P' AND p.fund = r.fund AND p.sequence_no = r.sequence_no)
)
INSERT INTO cmg_finding (run_id, code, employer_no, bucket, child_id, detail)
SELECT %(run)s, 'CMG-026', lost.employer_no, a.bucket, lost.child_id, ''
FROM lost JOIN {accounts} a ON a.employer_no = lost.employer_no AND a.known_until IS NULL
"""

# The bank refused a movement or sent it back, and the family has not answered since: neither another account or
# mandate, nor the same ones confirmed after that day.
RETURNED_MOVEMENTS = """
INSERT INTO cmg_finding (run_id, code, employer_no, bucket, child_id, detail)
SELECT DISTINCT %(run)s, 'CMG-033', a.employer_no, a.bucket, '', o.reason_code
FROM banking_paymentorder o
JOIN {accounts} a ON o.subject = 'cmg:employer:' || a.employer_no AND a.known_until IS NULL
WHERE o.state IN ('REJECTED', 'RETURNED') AND o.reason_code NOT IN %(reasons)s AND o.iban_key = a.iban_key
  AND (o.mandate_ref = '' OR o.mandate_ref IS NOT DISTINCT FROM a.mandate_ref)
  AND NOT coalesce((a.updated_at AT TIME ZONE 'Europe/Paris')::date > o.settled_on, false)
"""


RECEIVED = "cmg_account, cmg_right, cmg_declaration, cmg_request, cmg_employee, cmg_settlement"
FINDINGS = (DUPLICATE_FAMILIES, CHILD_TWICE, RIGHT_OUT_OF_REACH, LOST_MESSAGES, RETURNED_MOVEMENTS)


def prepare(run: Run, *, shared_residence_allowed: bool) -> None:
    """Find again, for `run`, everything that only shows across families. Repeatable: what was there is replaced."""
    values: dict[str, Any] = {
        "run": run.pk,
        "month": run.month,
        "next": next_month(run.month),
        "shared_allowed": shared_residence_allowed,
        "reasons": TECHNICAL_REASONS,
    }
    with transaction.atomic():
        RightLink.objects.filter(run=run).delete()
        Finding.objects.filter(run=run).delete()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '256MB'")
            tables = narrow(cursor, run)
            _refresh(cursor, tables, RECEIVED)
            cursor.execute(_over(CANDIDATES, tables))
            cursor.execute("ANALYZE candidate")
            cursor.execute(_over(LINKS, tables), values)
            cursor.execute("DROP TABLE candidate")
            _refresh(cursor, tables, "cmg_rightlink")
            for query in FINDINGS:
                cursor.execute(_over(query, tables), values)
            _refresh(cursor, tables, "cmg_finding")
        _note_lots(run)


def _over(query: str, tables: Tables) -> str:
    """The query over the rows that count for the run."""
    return query.format_map(vars(tables) | {"open_in_month": OPEN_IN_MONTH, "age": OLDEST_FIRST})


def _refresh(cursor: CursorWrapper, tables: Tables, written: str) -> None:
    """Statistics of what was just written, when the whole population is about to be joined with it."""
    if tables == WHOLE:
        cursor.execute(f"ANALYZE {written}")


def _note_lots(run: Run) -> None:
    lots = {("CMG-026", fund) for lot in missing_lots() if lot.kind in LOT_KINDS for fund in lot.scope}
    lots |= {("CMG-027", fund) for lot in refused_lots() if lot.kind in LOT_KINDS for fund in lot.scope}
    Finding.objects.bulk_create(
        Finding(run=run, code=code, employer_no="", bucket=-1, detail=fund) for code, fund in sorted(lots)
    )


def month_of(text: str) -> date:
    """The first day of ``2026-10``, of a year that people live in. Raises ValueError."""
    if not MONTH_WRITTEN.fullmatch(text):
        raise ValueError(f"no month: {text[:20]}")
    return date.fromisoformat(f"{text}-01")
