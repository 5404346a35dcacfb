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
# A right of the fund that Pajemploi holds under the same number was not lost: then no number of its fund is read.
NEAR = Tables(
    "near_account", "near_right", "d.employer_no IN (SELECT employer_no FROM near_account)",
    """fund IN (SELECT m.fund FROM near_right m WHERE m.side = 'F' AND m.sequence_no IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM near_right p WHERE p.side = 'P' AND p.fund = m.fund AND p.sequence_no = m.sequence_no))""",
)  # fmt: skip

# `near_declaring`: who declares one of the children, looked for once. Searching the text first spares its splitting.
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
CREATE TEMP TABLE near_declaring ON COMMIT DROP AS
SELECT DISTINCT d.employer_no
FROM near_child c JOIN cmg_declaration d
    ON strpos(d.child_ids, c.child_id) > 0 AND c.child_id = ANY (string_to_array(d.child_ids, '|'))
WHERE d.care_month = %(month)s;
ANALYZE near_child, near_account, near_declaring;
"""

# Each key by its own index: one condition with OR would read every right, every account. The few rows found so far are
# counted again after each step, or the planner would expect many of them and read the whole tables all the same.
# Rights under a key of the accounts found so far, or for a child of the families.
RIGHTS = """
INSERT INTO near_right
SELECT r.* FROM cmg_right r
WHERE NOT EXISTS (SELECT 1 FROM near_right n WHERE n.id = r.id) AND r.id IN (
    SELECT x.id FROM near_child k JOIN cmg_right x USING (child_id) WHERE x.known_until IS NULL
    UNION
    SELECT x.id FROM near_account k JOIN cmg_right x USING (nir_key) WHERE x.known_until IS NULL
    UNION
    SELECT x.id FROM near_account k JOIN cmg_right x USING (employer_no) WHERE x.known_until IS NULL
    UNION
    SELECT x.id FROM near_account k JOIN cmg_right x USING (beneficiary_no, fund) WHERE x.known_until IS NULL);
ANALYZE near_right
"""

# Accounts that share a key with those found so far, are named by a right found so far, or declare the same child.
ACCOUNTS = """
INSERT INTO near_account
SELECT a.* FROM cmg_account a
WHERE NOT EXISTS (SELECT 1 FROM near_account n WHERE n.employer_no = a.employer_no) AND a.id IN (
    SELECT x.id FROM (SELECT nir_key FROM near_account UNION SELECT nir_key FROM near_right) k
        JOIN cmg_account x USING (nir_key) WHERE x.known_until IS NULL
    UNION
    SELECT x.id FROM near_account k JOIN cmg_account x USING (iban_key) WHERE x.known_until IS NULL
    UNION
    SELECT x.id FROM near_account k JOIN cmg_account x USING (name_key, birth_date) WHERE x.known_until IS NULL
    UNION
    SELECT x.id FROM (SELECT beneficiary_no, fund FROM near_account UNION SELECT beneficiary_no, fund FROM near_right) k
        JOIN cmg_account x USING (beneficiary_no, fund) WHERE x.known_until IS NULL
    UNION
    SELECT x.id FROM (SELECT employer_no FROM near_right UNION SELECT employer_no FROM near_declaring) k
        JOIN cmg_account x USING (employer_no) WHERE x.known_until IS NULL);
ANALYZE near_account
"""


def narrow(cursor: CursorWrapper, run: Run) -> Tables:
    """Where to read accounts and rights for `run`; temporary tables of the transaction when it names families."""
    if run.scope is None:
        return WHOLE
    cursor.execute("DROP TABLE IF EXISTS near_child, near_account, near_right, near_declaring")
    values: dict[str, Any] = {
        "month": run.month,
        "scope": list(run.scope),
        "buckets": tuple({bucket_of(employer) for employer in run.scope}) or (-2,),
    }
    cursor.execute(START, values)
    # Twice: whether a neighbour counts can depend on its own neighbours.
    for query in (RIGHTS, ACCOUNTS, RIGHTS, ACCOUNTS, RIGHTS):
        cursor.execute(query, values)
    return NEAR
