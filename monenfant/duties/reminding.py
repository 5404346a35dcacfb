"""The fund's letter to a childminder who did not declare: it recalls the duty, and names who may help."""

from datetime import date
from typing import Any

from django.db import connection

from monenfant.duties.moving import DESK, LETTER_KEY, SOME
from monenfant.duties.territory import departement_of
from monenfant.rules import follow_up as rules
from portal.letters.operations import Wanted, ask_batch
from portal.organisations.directory import competent_fund

KIND = "monenfant.reminder"
BY = "portail"
WANTED = f"""
SELECT f.id, f.deadline, p.number, p.insee_code, a.first_names, a.last_name, a.address, a.postcode, a.city,
       d.name, d.phone, d.email
  FROM monenfant_declarationfollowup f JOIN monenfant_careplace p ON p.id = f.place_id
  JOIN LATERAL (SELECT * FROM monenfant_approval a WHERE a.known_until IS NULL AND a.childminder_no = p.number
                 AND a.start <= %(on)s ORDER BY a.start DESC LIMIT 1) a ON true
  LEFT JOIN monenfant_childcaredesk d ON d.known_until IS NULL AND d.desk_no = ({DESK})
 WHERE {SOME.format("f")} AND f.state = '{rules.OVERDUE}' AND a.address IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM letters_letterjob j WHERE j.key = '{LETTER_KEY}' || f.id)
 ORDER BY f.id
"""


def letter_subject(number: str) -> str:
    """What the letters of a childminder are archived under."""
    return f"childcare:childminder:{number}"


def ask_letters(first: int, end: int, *, on: date) -> int:
    """Ask for the letters of the follow-ups that are overdue and have none, as one batch; how many. Where no address is
    known, the letter waits for it, and so does the follow-up."""
    with connection.cursor() as cursor:
        cursor.execute(WANTED, {"first": first, "end": end, "on": on})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    if rows:
        ask_batch(kind=KIND, letters=[_wanted(row) for row in rows], dated=on, by=BY)
    return len(rows)


def _wanted(row: dict[str, Any]) -> Wanted:
    """Its facts: to whom, the deadline, the desk that helps, the fund that writes."""
    fund = competent_fund("CAF", departement_of(row["insee_code"]))
    facts = {
        "recipient": [
            " ".join(filter(None, (row["first_names"], row["last_name"]))), row["address"],
            " ".join(filter(None, (row["postcode"], row["city"]))),
        ],
        "address": row["address"], "deadline": row["deadline"].isoformat(),
        "until": rules.period_end(row["deadline"]).isoformat(), "answer_days": rules.ANSWER_DAYS,
        "number": row["number"], "sender": fund.name if fund else "", "signatory": "Le service Petite enfance de votre Caf",
        "desk": row["name"] or "", "desk_phone": row["phone"] or "", "desk_email": row["email"] or "",
    }  # fmt: skip
    return Wanted(f"{LETTER_KEY}{row['id']}", letter_subject(row["number"]), facts)
