"""For a run on a few families: the accounts and rights that can have anything to do with them, and no others.

What only shows across families (`prepare`) is then found among those. They are all the rows that share a key with the
families, and what shares a key with those: the same findings for the named families as over the whole population
(tested by property).
"""

from dataclasses import dataclass
from typing import Any

from django.db.backends.utils import CursorWrapper

from portal.batches.models import Run
from portal.exchange.buckets import bucket_of


@dataclass(frozen=True)
class Tables:
    """Where accounts and rights are read; which declarations (`d`) and funds count."""

    accounts: str = "cmg_account"
    rights: str = "cmg_right"
    declaring: str = "true"
    funds: str = "true"


WHOLE = Tables()
NEAR = Tables(
    "near_account", "near_right", "d.employer_no IN (SELECT employer_no FROM near_account)",
    "fund IN (SELECT fund FROM near_right)",
)  # fmt: skip

START = """
CREATE TEMP TABLE near_child ON COMMIT DROP AS
SELECT DISTINCT unnest(string_to_array(d.child_ids, '|')) AS child_id
FROM cmg_declaration d WHERE d.care_month = %(month)s AND d.bucket IN %(buckets)s AND d.employer_no = ANY (%(scope)s)
UNION
SELECT child_id FROM cmg_right r
WHERE r.known_until IS NULL AND r.bucket IN %(buckets)s AND r.employer_no = ANY (%(scope)s);
CREATE TEMP TABLE near_account ON COMMIT DROP AS
SELECT * FROM cmg_account WHERE known_until IS NULL AND employer_no = ANY (%(scope)s);
CREATE TEMP TABLE near_right (LIKE cmg_right) ON COMMIT DROP;
"""

# Rights under a key of the accounts found so far, or for a child of the families.
RIGHTS = """
INSERT INTO near_right
SELECT r.* FROM cmg_right r
WHERE r.known_until IS NULL AND NOT EXISTS (SELECT 1 FROM near_right n WHERE n.id = r.id)
  AND (r.child_id IN (SELECT child_id FROM near_child)
       OR r.nir_key IN (SELECT nir_key FROM near_account)
       OR r.employer_no IN (SELECT employer_no FROM near_account)
       OR (r.beneficiary_no, r.fund) IN (SELECT beneficiary_no, fund FROM near_account))
"""

# Accounts that share a key with those found so far, are named by a right found so far, or declare the same child.
ACCOUNTS = """
INSERT INTO near_account
SELECT a.* FROM cmg_account a
WHERE a.known_until IS NULL AND NOT EXISTS (SELECT 1 FROM near_account n WHERE n.employer_no = a.employer_no)
  AND (a.nir_key IN (SELECT nir_key FROM near_account UNION SELECT nir_key FROM near_right)
       OR a.iban_key IN (SELECT iban_key FROM near_account)
       OR (a.name_key, a.birth_date) IN (SELECT name_key, birth_date FROM near_account)
       OR (a.fund, a.beneficiary_no) IN (
            SELECT fund, beneficiary_no FROM near_account UNION SELECT fund, beneficiary_no FROM near_right)
       OR a.employer_no IN (SELECT employer_no FROM near_right)
       OR a.employer_no IN (
            SELECT d.employer_no FROM cmg_declaration d WHERE d.care_month = %(month)s
            AND string_to_array(d.child_ids, '|') && (SELECT array_agg(child_id::text) FROM near_child)))
"""


def narrow(cursor: CursorWrapper, run: Run) -> Tables:
    """Where to read accounts and rights for `run`; temporary tables of the transaction when it names families."""
    if run.scope is None:
        return WHOLE
    cursor.execute("DROP TABLE IF EXISTS near_child, near_account, near_right")
    values: dict[str, Any] = {
        "month": run.month,
        "scope": list(run.scope),
        "buckets": tuple({bucket_of(employer) for employer in run.scope}) or (-2,),
    }
    cursor.execute(START, values)
    # Twice: whether a neighbour counts can depend on its own neighbours.
    for query in (RIGHTS, ACCOUNTS, RIGHTS, ACCOUNTS, RIGHTS):
        cursor.execute(query, values)
    cursor.execute("ANALYZE near_child, near_account, near_right")
    return NEAR
