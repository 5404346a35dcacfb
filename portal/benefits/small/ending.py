"""Sums that waited twelve whole months and still do not reach the threshold are given up, and their families told."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from django.db import connection, transaction

from portal.audit.operations import journal
from portal.benefits.holding import hold_standings
from portal.benefits.models import DeferredSum, SumState
from portal.benefits.persons.selectors import subject_of
from portal.benefits.rules.small_payments import last_month_given_up, threshold_on
from portal.benefits.small.letters import family_and_benefit, tell_waived
from portal.benefits.small.selectors import policies_on
from portal.ledger.models import Account
from portal.ledger.operations import post
from portal.organisations.directory import territory_of

ACTOR = "portail"
AT_ONCE = 200
LABEL = "Petites sommes abandonnées après douze mois d’attente"
# Old enough, of a fund that still defers or gives up, with a family's sums together under the threshold. A run that is
# computed and not issued yet counts on what it releases: its sums are left to it.
OLD = """
SELECT d.id FROM benefits_deferredsum d JOIN (
    SELECT fund, beneficiary_no, benefit, sum(amount_cents) AS cents FROM benefits_deferredsum
    WHERE state = 'WAITING' AND fund = ANY(%(funds)s) GROUP BY 1, 2, 3) w USING (fund, beneficiary_no, benefit)
JOIN unnest(%(funds)s::text[], %(thresholds)s::bigint[]) AS t (fund, cents) ON t.fund = d.fund
WHERE d.state = 'WAITING' AND d.month <= %(month)s AND w.cents < t.cents AND NOT EXISTS (
    SELECT 1 FROM benefits_award a JOIN batches_run r ON r.id = a.run_id
    WHERE a.fund = d.fund AND a.beneficiary_no = d.beneficiary_no AND a.benefit = d.benefit AND a.released_cents > 0
      AND r.state IN ('RUNNING', 'TO_SIGN', 'SIGNED') AND NOT r.dry_run)
ORDER BY d.fund, d.beneficiary_no, d.benefit, d.id LIMIT %(most)s FOR UPDATE OF d
"""


class GivenUp(NamedTuple):
    """How many sums, and their cents."""

    sums: int
    cents: int


def give_up_old(*, on: date) -> GivenUp:
    """Give up what is old enough on `on`; what is done is not done again. A fund whose rule is to pay gives up nothing, and what
    reaches the threshold is not given up: both leave with the next run of the month, right ended or not (running.loading).

    Raises NoParameterInForce while the threshold of the month is not written: nothing is given up."""
    thresholds = thresholds_on(on)
    done = GivenUp(0, 0)
    while rows := _some(thresholds, on):
        done = GivenUp(done.sums + len(rows), done.cents + sum(one.amount_cents for one in rows))
    return done


def thresholds_on(on: date) -> dict[str, int]:
    """The threshold of the day by fund, for the funds with sums that wait and whose rule is not to pay. Raises
    NoParameterInForce while nobody knows one of them."""
    funds = DeferredSum.objects.filter(state=SumState.WAITING).order_by().values_list("fund", flat=True).distinct()
    kept = [fund for fund, policy in policies_on(funds, on).items() if policy != "PAY"]
    return {fund: threshold_on(on, territory=territory_of(fund)) for fund in kept}


def _some(thresholds: dict[str, int], on: date) -> Sequence[DeferredSum]:
    """Some of them in one transaction: rows, books, letters and journal together, or nothing."""
    funds, cents = list(thresholds), list(thresholds.values())
    with transaction.atomic():
        hold_standings()
        with connection.cursor() as cursor:
            cursor.execute(
                OLD, {"funds": funds, "thresholds": cents, "month": last_month_given_up(on), "most": AT_ONCE}
            )
            found = DeferredSum.objects.in_bulk([row[0] for row in cursor.fetchall()])
        rows = sorted(found.values(), key=lambda one: (*family_and_benefit(one), one.pk))
        if rows:
            _end(rows, thresholds, on)
    return rows


def _end(rows: Sequence[DeferredSum], thresholds: dict[str, int], on: date) -> None:
    DeferredSum.objects.filter(pk__in=[one.pk for one in rows]).update(state=SumState.WAIVED, ended_on=on)
    for (fund, number, _benefit), group in groupby(rows, family_and_benefit):
        sums = list(group)
        cents = sum(one.amount_cents for one in sums)
        post(
            key=f"benefits:small:{sums[0].pk}:waived", subject=subject_of(fund, number), dated=on, label=LABEL,
            legs={Account.BENEFIT_DEFERRED: cents, Account.WRITTEN_OFF: -cents},
        )  # fmt: skip
    tell_waived(rows, thresholds=thresholds, by=ACTOR, on=on)
    detail = {"sums": [one.pk for one in rows], "cents": sum(one.amount_cents for one in rows)}
    journal(actor=ACTOR, action="benefits.small.waived", subject="benefits", detail=detail)
