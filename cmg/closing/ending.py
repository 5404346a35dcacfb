"""The end of dossiers. Repaired is not the end: a dossier closes once the money of its family has moved.

It closes when a run is issued, or a correction executed, and nothing of the family waits any more: the last word on each
declaration is issued and no hold, no correction is open, no report is unanswered, no hand-over is proposed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from cmg.closing.prepare import TECHNICAL_REASONS
from portal.casework.models import DossierState
from portal.casework.operations import OPEN_STATES

SUBJECT = "cmg:employer:"
# The rows that speak for the family of `{number}`: of each declaration, those of its last run.
SPEAKING = """
    FROM cmg_settlement s JOIN batches_run r ON r.id = s.run_id
    WHERE s.employer_no = {number} AND r.kind = 'cmg-month' AND NOT r.dry_run AND r.state <> 'SUPERSEDED'
      AND NOT EXISTS (
        SELECT 1 FROM cmg_settlement n JOIN batches_run l ON l.id = n.run_id
        WHERE n.employer_no = s.employer_no AND n.care_month = s.care_month AND n.declaration_no = s.declaration_no
          AND l.kind = 'cmg-month' AND l.ordinal > r.ordinal AND NOT l.dry_run AND l.state <> 'SUPERSEDED')"""
TECHNICAL = ", ".join(f"'{code}'" for code in TECHNICAL_REASONS)
# A transfer that came back because of its account, and was neither sent again nor carried by a later run.
RETURNED = f"""SELECT 1 FROM banking_paymentorder o
    WHERE o.subject = 'cmg:employer:' || {{number}} AND o.kind = 'CREDIT' AND o.state IN ('REJECTED', 'RETURNED')
      AND o.purpose LIKE 'CMG%%' AND o.reason_code <> ALL (ARRAY[{TECHNICAL}])
      AND NOT EXISTS (SELECT 1 FROM banking_paymentorder a WHERE a.end_to_end_id = o.end_to_end_id || '-R')
      AND NOT EXISTS (SELECT 1 FROM banking_openitem i WHERE i.order_id = o.id AND i.closed_on IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM cmg_advance v WHERE v.end_to_end_id = o.end_to_end_id AND v.state = 'CANCELLED')"""
IS_ISSUED = "r.state IN ('ISSUED', 'RECONCILED')"
WAITS: dict[str, str] = {
    "held": f"SELECT 1 {SPEAKING} AND s.status = 'HELD'",
    "unissued": f"SELECT 1 {SPEAKING} AND NOT ({IS_ISSUED})",
    "correction": "SELECT 1 FROM cmg_regularisation g WHERE g.employer_no = {number} AND g.state IN ('PROPOSED', 'APPROVED')",
    "report": "SELECT 1 FROM cmg_report p WHERE p.employer_no = {number} AND p.state IN ('OPEN', 'LINKED', 'NEW_ANOMALY')",
    "hand_over": "SELECT 1 FROM casework_handover h JOIN casework_dossier o ON o.id = h.dossier_id "
                 f"WHERE o.subject = '{SUBJECT}' || {{number}} AND h.state = 'PROPOSED'",
    "returned": RETURNED,
}  # fmt: skip
CLOSE = f"""
WITH ended AS (
    SELECT d.id, d.state FROM casework_dossier d, LATERAL (SELECT substr(d.subject, {len(SUBJECT) + 1}) AS number) e
    WHERE d.state = ANY (%(states)s) AND d.subject LIKE '{SUBJECT}%%'
      AND (%(run)s::bigint IS NULL OR EXISTS (
            SELECT 1 FROM cmg_settlement i WHERE i.employer_no = e.number AND i.run_id = %(run)s))
      AND (%(families)s::text[] IS NULL OR e.number = ANY (%(families)s))
      AND {" AND ".join(f"NOT EXISTS ({one.format(number='e.number')})" for one in WAITS.values())}
    FOR UPDATE OF d
), closed AS (
    UPDATE casework_dossier d SET state = 'CLOSED', closed_on = %(on)s, held_cents = 0,
           answered_on = coalesce(d.answered_on, (%(at)s AT TIME ZONE 'Europe/Paris')::date)
    FROM ended WHERE d.id = ended.id
)
INSERT INTO casework_dossierevent (dossier_id, at, actor, kind, text, detail)
SELECT id, %(at)s, 'portail', 'CLOSED', 'Réparé et réglé : l’argent est parti, le dossier est clos.',
       jsonb_build_object('from', state, 'to', 'CLOSED') FROM ended
"""


@dataclass(frozen=True)
class Waiting:
    """What of a family still waits, so that its dossier does not end."""

    held: bool
    unissued: bool
    correction: bool
    report: bool
    hand_over: bool
    returned: bool


def waiting_of(employer_no: str) -> Waiting:
    """What still waits for a family. One query."""
    asked = ", ".join(f"EXISTS ({one.format(number='%(number)s')})" for one in WAITS.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}", {"number": employer_no})
        return Waiting(*cursor.fetchone())


def close_issued(*, run_pk: int, on: date, at: datetime) -> int:
    """Repaired dossiers of the families of a run that has just been issued. In the caller's transaction; how many."""
    return _close([DossierState.RESOLVED], on, at, run_pk=run_pk)


def close_corrected(*, families: Sequence[str], on: date, at: datetime) -> int:
    """Dossiers of families whose correction has just been executed: they stayed open until then."""
    return _close([*OPEN_STATES, DossierState.RESOLVED], on, at, families=families)


def close_repaid(*, families: Sequence[str], on: date, at: datetime) -> int:
    """Dossiers of families to whom what had come back has arrived: nobody repaired anything but their account."""
    return _close([*OPEN_STATES, DossierState.RESOLVED], on, at, families=families)


def _close(
    states: Sequence[str], on: date, at: datetime, *, run_pk: int | None = None, families: Sequence[str] | None = None
) -> int:  # fmt: skip
    asked = {
        "states": list(states), "run": run_pk, "families": None if families is None else list(families), "on": on, "at": at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, asked)
        return cursor.rowcount
