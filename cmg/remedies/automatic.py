"""The automatic advance: a published delay was broken, so the portal proposes what the family waits for, without being asked.

Below the threshold of four eyes it is granted at once; from it on, a person decides. A month that a person refused, or
whose advance ended without right, is never proposed again by itself. A family without an account is asked for one: its
advance waits as proposed, in the list of its fund, and leaves with the first pass after the account came.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection
from django.db.models import Q

from cmg.models import Settlement
from cmg.models.remedies import Advance, AdvanceMonth, AdvanceState, Origin
from cmg.remedies import payments, telling
from cmg.remedies.advances import MONTHS_MOST, cancel_advance, estimate, grant_advance, propose_advance, waits_for
from cmg.remedies.limits import RemedyRefused, count_on
from portal.casework.models import Dossier
from portal.casework.moves import MoveNotAllowed
from portal.casework.operations import OPEN_STATES

logger = logging.getLogger(__name__)
BY = "portail"
SUBJECT = "cmg:employer:"
PENDING = "CMG-002"
LATE, OLD_REQUEST = "la réponse promise n’est pas venue à temps", "la demande attend depuis plus de 15 jours"
ENDED_WITHOUT_RIGHT = (AdvanceState.CONVERTED_TO_OVERPAYMENT, AdvanceState.WAIVED)
SETTLED = "Votre mois est réglé depuis : l’aide part en entier, il n’y a plus rien à avancer."
# Refused by a person, or sent back by the bank and given up; what was cancelled before it left is another matter.
REFUSED = Q(advance__state=AdvanceState.REFUSED) | (
    Q(advance__state=AdvanceState.CANCELLED) & ~Q(advance__end_to_end_id="")
)
# Families whose request waits since before a day: by the number of their file, or by their NIR.
OLD_REQUESTS = """
SELECT a.employer_no FROM cmg_request q JOIN cmg_account a ON a.fund = q.fund AND a.beneficiary_no = q.beneficiary_no
WHERE q.known_until IS NULL AND a.known_until IS NULL AND q.decided_on IS NULL AND q.filed_on < %(before)s
UNION
SELECT a.employer_no FROM cmg_request q JOIN cmg_account a ON a.nir_key = q.nir_key
WHERE q.known_until IS NULL AND a.known_until IS NULL AND q.decided_on IS NULL AND q.filed_on < %(before)s
"""


@dataclass
class Done:
    """What one pass did. `impossible`: families that should have one and cannot, with why."""

    granted: int = 0
    proposed: int = 0
    impossible: dict[str, str] = field(default_factory=dict)


def advance_what_is_late(*, on: date) -> Done:
    """Propose, and grant below the threshold, one advance a family for its late months. A second call does nothing.

    First what was proposed before: what nobody waits for any more is cancelled, what waited for an account leaves.
    """
    done = Done()
    for waiting in Advance.objects.filter(state=AdvanceState.PROPOSED).order_by("pk"):
        _look_again(waiting, on, done)
    for employer_no, (months, reason) in sorted(late_months(on).items()):
        try:
            advance = _propose(employer_no, months, reason, on)
        except RemedyRefused as refused:
            done.impossible[employer_no] = str(refused)
            logger.warning("no automatic advance for %s: %s", employer_no, refused)
            continue
        if advance is not None:
            _grant(advance, on, done)
    return done


def _look_again(advance: Advance, on: date, done: Done) -> None:
    """What a person or another pass decided meanwhile is left as it is, and holds up no other family."""
    left = waits_for(advance, on=on)
    ours = advance.origin == Origin.AUTOMATIC
    try:
        if not left or (ours and left < advance.amount_cents):
            cancel_advance(advance_pk=advance.pk, reason=SETTLED, by=BY, on=on)
        elif ours and not advance.four_eyes:
            _grant(advance, on, done)
    except (RemedyRefused, MoveNotAllowed) as refused:
        logger.warning("advance %s left as it is: %s", advance.pk, refused)


def _propose(employer_no: str, months: list[date], reason: str, on: date) -> Advance | None:
    cents = estimate(employer_no, months)
    if not cents:
        return None
    return propose_advance(
        employer_no=employer_no, months=months, amount_cents=cents, origin=Origin.AUTOMATIC, reason=reason, by=BY, on=on
    )


def _grant(advance: Advance, on: date, done: Done) -> None:
    """Below the threshold, at once. Without an account the family is asked for one, and the row waits."""
    try:
        payments.family_account(advance.employer_no)
    except RemedyRefused as refused:
        done.impossible[advance.employer_no] = str(refused)
        telling.tell_advance_waits(advance, by=BY, on=on)
        return
    if advance.four_eyes:
        done.proposed += 1
    else:
        grant_advance(advance_pk=advance.pk, by=BY, on=on)
        done.granted += 1


def late_months(on: date) -> dict[str, tuple[list[date], str]]:
    """By family: the months whose payout is held past its published day, or past the delay of a request, and why.

    Months that a living advance covers are left out, and those that are not to be proposed again.
    """
    late, pending = _past_deadline(on), _with_old_request(on)
    months: dict[str, set[date]] = {}
    for row in _waiting(late | pending):
        if row.employer_no in late or PENDING in row.anomaly_codes.split("|"):
            months.setdefault(row.employer_no, set()).add(row.care_month)
    for employer_no, month in _left_alone(months):
        months[employer_no].discard(month)
    return {
        number: (sorted(found)[-MONTHS_MOST:], LATE if number in late else OLD_REQUEST)
        for number, found in months.items()
        if found
    }


def _past_deadline(on: date) -> set[str]:
    subjects = Dossier.objects.filter(state__in=OPEN_STATES, deadline__lt=on, subject__startswith=SUBJECT)
    return {subject.removeprefix(SUBJECT) for subject in subjects.values_list("subject", flat=True)}


def _with_old_request(on: date) -> set[str]:
    before = on - timedelta(days=count_on("policy.advance_request_days", on))
    with connection.cursor() as cursor:
        cursor.execute(OLD_REQUESTS, {"before": before})
        return {row[0] for row in cursor.fetchall()}


def _waiting(families: set[str]) -> Iterable[Settlement]:
    """The last word on each declaration of `families`, when its payout does not leave."""
    last = (
        Settlement.objects.filter(employer_no__in=families, run__dry_run=False)
        .exclude(run__state="SUPERSEDED")
        .order_by("employer_no", "declaration_no", "-run__ordinal", "-version")
        .distinct("employer_no", "declaration_no")
    )
    return (row for row in last if row.status == "HELD" or (row.status == "SETTLED" and row.payout_blocked))


def _left_alone(families: Iterable[str]) -> list[tuple[str, date]]:
    found = AdvanceMonth.objects.filter(employer_no__in=list(families))
    covered = found.filter(is_live=True) | found.filter(advance__state__in=ENDED_WITHOUT_RIGHT)
    refused = found.filter(REFUSED, advance__origin=Origin.AUTOMATIC)
    return list((covered | refused).values_list("employer_no", "care_month"))
