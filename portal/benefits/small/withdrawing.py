"""A run corrects a month downwards: what was given up of it, then what still waits, was never paid and is taken back first.

Only what is beyond both reached the family, or may still reach it, and can be called paid in excess.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl
from django.db import transaction
from django.db.models import QuerySet

from portal.audit.operations import journal
from portal.benefits.models import Benefit, DeferredSum, SumState, UndoneWaiver
from portal.benefits.persons.selectors import SUBJECT
from portal.benefits.small.overpaying import CHARGES, Overpaid
from portal.bulk import read_frame
from portal.ledger.models import Account
from portal.ledger.operations import post

ACTOR = "portail"
NEVER_PAID = {"family": pl.String, "given_up_cents": pl.Int64, "waiting_cents": pl.Int64}
# Given up by the run itself or after a year of waiting, less what earlier corrections undid; and what waits.
SUMS = """
WITH wanted AS (
    SELECT split_part(family, '/', 1) AS fund, substr(family, strpos(family, '/') + 1) AS beneficiary_no
    FROM unnest(%(families)s::text[]) AS named (family)
), sums AS (
    SELECT a.fund, a.beneficiary_no, a.net_cents - a.already_cents AS given_up, 0 AS waiting
    FROM wanted JOIN benefits_award a USING (beneficiary_no, fund) JOIN batches_run r ON r.id = a.run_id
    WHERE a.benefit = %(benefit)s AND a.month = %(month)s AND a.status = 'WAIVED' AND NOT r.dry_run
      AND r.state IN ('ISSUED', 'RECONCILED')
    UNION ALL
    SELECT d.fund, d.beneficiary_no, CASE WHEN d.state = 'WAIVED' THEN d.amount_cents ELSE 0 END,
           CASE WHEN d.state = 'WAITING' AND d.run_id <> %(run)s THEN d.amount_cents ELSE 0 END
    FROM wanted JOIN benefits_deferredsum d USING (beneficiary_no, fund)
    WHERE d.benefit = %(benefit)s AND d.month = %(month)s
    UNION ALL
    SELECT u.fund, u.beneficiary_no, -u.amount_cents, 0 FROM wanted JOIN benefits_undonewaiver u USING (beneficiary_no, fund)
    WHERE u.benefit = %(benefit)s AND u.month = %(month)s
)
SELECT fund || '/' || beneficiary_no, sum(given_up)::bigint, sum(waiting)::bigint FROM sums GROUP BY fund, beneficiary_no
"""


def never_paid_of(benefit: str, month: date, families: Sequence[str], *, run_pk: int) -> pl.DataFrame:
    """What of a month was given up, and what waits, of those of `families` that have any (columns NEVER_PAID)."""
    values = {"families": list(families), "benefit": benefit, "month": month, "run": run_pk}
    return read_frame(SUMS, NEVER_PAID, values)


def take_back(*, what: Overpaid, run_pk: int, on: date) -> int:
    """Undo what was given up of the month of `what`, then end the sums that wait for it, up to its cents, in the transaction of
    the run's issue; returns how many cents: they were never paid, and are no overpayment. What is left of a sum waits on under
    the run. A second call finds nothing more.

    What was given up goes first: what waits is still the family's.
    """
    with transaction.atomic():
        # Locked before what was given up is read: a sum that is given up meanwhile is in one of the two.
        sums = list(_waiting(what).exclude(run_id=run_pk).order_by("pk"))
        undone = _undo_waiver(what, run_pk, on)
        found = sum(one.amount_cents for one in sums)
        taken = min(found, what.amount_cents - undone)
        if taken:
            _end(sums, found - taken, run_pk, on)
            label = "Petite somme annulée : le mois a été corrigé"
            _book(what, f"benefits:deferred:{sums[0].pk}:undue", label, {Account.BENEFIT_DEFERRED: taken}, run_pk, on)
    return undone + taken


def _waiting(what: Overpaid) -> QuerySet[DeferredSum]:
    return DeferredSum.objects.select_for_update().filter(
        fund=what.fund, beneficiary_no=what.beneficiary_no, benefit=what.benefit, month=what.month,
        state=SumState.WAITING,
    )  # fmt: skip


def _undo_waiver(what: Overpaid, run_pk: int, on: date) -> int:
    """The cents given up that the correction undoes, each of them once."""
    family = {"fund": what.fund, "beneficiary_no": what.beneficiary_no}
    if UndoneWaiver.objects.filter(run_id=run_pk, **family).exists():
        return 0
    found = never_paid_of(what.benefit, what.month, [what.subject.removeprefix(SUBJECT)], run_pk=run_pk)
    cents = min(int(found["given_up_cents"].sum()), what.amount_cents)
    if cents:
        undone = UndoneWaiver.objects.create(
            benefit=what.benefit, run_id=run_pk, month=what.month, amount_cents=cents, **family
        )
        label = "Abandon annulé : le mois a été corrigé"
        _book(what, f"benefits:waiver:{undone.pk}:undone", label, {Account.WRITTEN_OFF: cents}, run_pk, on)
    return cents


def _end(sums: list[DeferredSum], left_cents: int, run_pk: int, on: date) -> None:
    DeferredSum.objects.filter(pk__in=[one.pk for one in sums]).update(
        state=SumState.UNDUE, released_by_id=run_pk, ended_on=on
    )
    first = sums[0]
    if left_cents:
        DeferredSum.objects.create(
            fund=first.fund, beneficiary_no=first.beneficiary_no, benefit=first.benefit, run_id=run_pk, month=first.month,
            amount_cents=left_cents,
        )  # fmt: skip


def _book(what: Overpaid, key: str, label: str, legs: dict[Account, int], run_pk: int, on: date) -> None:
    """The charge is lightened of what was never paid."""
    cents = sum(legs.values())
    charge = CHARGES[Benefit(what.benefit)]
    post(key=key, subject=what.subject, dated=on, run_pk=run_pk, label=label, legs={**legs, charge: -cents})
    detail = {"key": key, "cents": cents, "run": run_pk}
    journal(actor=ACTOR, action="benefits.small.undue", subject=what.subject, detail=detail)
