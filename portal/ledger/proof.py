"""Proving the ledger: each entry balances, nothing was altered or removed, and the database still refuses that it be."""

from collections.abc import Callable, Mapping
from datetime import date

from django.db import DatabaseError, connection, transaction

from portal.ledger.models import Account
from portal.ledger.operations import post
from portal.legislation.words import sum_in_words

QUERIES = {
    "l’écriture {} ne balance pas ou a été modifiée": """
        SELECT e.key FROM ledger_entry e LEFT JOIN (
            SELECT entry_id, sum(amount_cents) AS total, count(*) AS legs,
                   sum(amount_cents) FILTER (WHERE amount_cents > 0) AS turnover
            FROM ledger_leg GROUP BY entry_id) l ON l.entry_id = e.id
        WHERE l.total IS DISTINCT FROM 0 OR l.legs IS DISTINCT FROM e.legs_count
           OR l.turnover IS DISTINCT FROM e.turnover_cents LIMIT 100""",
    "des lignes sans écriture : {}": """
        SELECT l.entry_id FROM ledger_leg l LEFT JOIN ledger_entry e ON e.id = l.entry_id
        WHERE e.id IS NULL LIMIT 100""",
    "le déclencheur {} est absent ou désactivé": """
        SELECT wanted.name || ' de ' || wanted.relation FROM (VALUES ('ledger_leg', 'balance'), ('ledger_leg', 'protect'),
            ('ledger_leg', 'protect_all'), ('ledger_entry', 'protect'), ('ledger_entry', 'protect_all'),
            ('ledger_control', 'protect'), ('ledger_control', 'protect_all')) AS wanted (relation, name)
        WHERE NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = wanted.relation::regclass
                          AND t.tgname = wanted.name AND t.tgenabled = 'O')
        UNION
        SELECT t.tgname || ' de ' || t.tgrelid::regclass FROM pg_trigger t
        WHERE NOT t.tgisinternal AND t.tgenabled NOT IN ('O', 'A') ORDER BY 1""",
    # Both sides are read in one statement: a posting made meanwhile is in both or in neither.
    "ce qui est écrit n’est pas ce qui fut posté : {}": """
        SELECT format('%%s écritures et %%s lignes, pour %%s et %%s postées', e.entries, l.legs, c.entries, c.legs)
               || CASE WHEN e.entries = c.entries AND l.legs = c.legs THEN ', dont certaines ont changé' ELSE '' END
        FROM (SELECT count(*) AS entries, coalesce(sum(hashtextextended(concat_ws('|', key, subject, dated, label,
                     run_id, corrects_id, turnover_cents), id)), 0) AS print FROM ledger_entry) e,
             (SELECT count(*) AS legs, coalesce(sum(hashint8extended(amount_cents,
                     hashint8extended(entry_id, account))), 0) AS print FROM ledger_leg) l,
             (SELECT coalesce(sum(entries), 0) AS entries, coalesce(sum(legs), 0) AS legs,
                     coalesce(sum(entries_print), 0) AS entries_print, coalesce(sum(legs_print), 0) AS legs_print
              FROM ledger_control) c
        WHERE (e.entries, l.legs, e.print, l.print) <> (c.entries, c.legs, c.entries_print, c.legs_print)""",
}
# A trigger may be in its place and do nothing any more: only trying shows it.
TRIALS = {
    "une ligne ajoutée à une écriture": "INSERT INTO ledger_leg (entry_id, account, amount_cents) VALUES (%s, 11, 1)",
    "la modification d’une ligne": "UPDATE ledger_leg SET amount_cents = 2 WHERE entry_id = %s AND account = 9",
    "la suppression d’une ligne": "DELETE FROM ledger_leg WHERE entry_id = %s",
    "la modification d’une écriture": "UPDATE ledger_entry SET subject = '' WHERE id = %s",
    "la suppression d’une écriture": "DELETE FROM ledger_entry WHERE id = %s",
}


_applications: list[Callable[[], list[str]]] = []


def prove_with(check: Callable[[], list[str]]) -> None:
    """Have `check` called beside the ledger's own proof: what an application's rows say of the same money."""
    if check not in _applications:
        _applications.append(check)


# The end of a query that has two lists, `booked` and `told`, each of a subject and its cents: those that differ.
DIFFER = """
SELECT coalesce(b.subject, t.subject), coalesce(b.cents, 0)::bigint, coalesce(t.cents, 0)::bigint
FROM booked b FULL JOIN told t ON t.subject = b.subject
WHERE coalesce(b.cents, 0) <> coalesce(t.cents, 0) ORDER BY 1 LIMIT 100
"""


def two_sides(checks: Mapping[str, str]) -> list[str]:
    """What differs, in French: each query gives who, then what either side holds in cents, to put in its sentence."""
    found = []
    with connection.cursor() as cursor:
        for sentence, query in checks.items():
            cursor.execute(query, [])
            found += [sentence.format(who, *map(sum_in_words, sides)) for who, *sides in cursor.fetchall()]
    return found


def check_applications() -> list[str]:
    """What the applications' rows and the ledger do not both say, in French."""
    return [sentence for check in _applications for sentence in check()]


def check_ledger() -> list[str]:
    """What is wrong in the ledger, in French; empty when every entry balances and nothing was altered or removed."""
    found: list[str] = []
    with connection.cursor() as cursor:
        # Statistics taken while a large posting was not yet committed say that the tables are empty.
        cursor.execute("ANALYZE ledger_entry, ledger_leg")
        for sentence, query in QUERIES.items():
            cursor.execute(query, [])
            found += [sentence.format(row[0]) for row in cursor.fetchall()]
    return found + [f"la base accepte {name}" for name in _accepted()]


def _accepted() -> list[str]:
    """The trials that the database lets through. Nothing of them is kept."""
    found = []
    with transaction.atomic():
        entry = post(
            key="check_ledger", subject="check_ledger", dated=date(1970, 1, 1), label="essai",
            legs={Account.BANK: 1, Account.SUSPENSE: -1},
        )  # fmt: skip
        for name, trial in TRIALS.items():
            if not _is_refused(trial, entry.pk):
                found.append(name)
        transaction.set_rollback(True)
    return found


def _is_refused(trial: str, entry_pk: int) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(trial, [entry_pk])
            transaction.set_rollback(True)
    except DatabaseError:
        return True
    return False
