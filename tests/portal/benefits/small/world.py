"""Runs of AEEH and ARS in miniature, as their batch makes them: what is due is computed, stored, booked, then recorded."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from portal.accounts.models import Posting, User
from portal.accounts.permissions import moment_on
from portal.batches.models import OFFICERS, Run, RunState, Signature
from portal.benefits.models import Award, BenefitOverpayment, DeferredSum
from portal.benefits.small.applying import apply, record
from portal.ledger.models import Account
from portal.ledger.operations import post

KINDS = {"AEEH": "aeeh-month", "ARS": "ars-year"}
CHARGES = {"AEEH": Account.DISABLED_CHILD_ALLOWANCE, "ARS": Account.BACK_TO_SCHOOL_ALLOWANCE}
FUND, NUMBER = "CAF63", "0123456"
# Fund, number and what is due in cents.
Due = tuple[str, str, int]


def run_of(month: date, benefit: str = "AEEH") -> Run:
    ordinal = Run.objects.filter(kind=KINDS[benefit], month=month).count() + 1
    run = Run.objects.create(
        kind=KINDS[benefit], month=month, ordinal=ordinal, day=month.replace(day=26), parameters_digest="",
        rule_version="test", started_at=moment_on(month), digest="test", totals={"paid_on": f"{month.replace(day=26)}"},
    )  # fmt: skip
    Run.objects.filter(pk=run.pk).update(state=RunState.TO_SIGN)
    return run


def sign(run: Run) -> None:
    """By the two officers, as the database wants before an issue."""
    for role in OFFICERS:
        user = User.objects.get_or_create(username=f"signs-{role.lower()}")[0]
        Posting.objects.get_or_create(user=user, role=role, defaults={"starts_on": date(2018, 1, 1)})
        Signature.objects.create(run=run, user=user, role=role, digest=run.digest, signed_at=moment_on(run.day))


def applied(run: Run, *due: Due, benefit: str = "AEEH", whole: int | None = None) -> pl.DataFrame:
    """`whole`: what the whole month gives, when it is not what is due."""
    frame = pl.DataFrame(
        due, schema={"fund": pl.String, "beneficiary_no": pl.String, "net_cents": pl.Int64}, orient="row"
    )
    frame = frame.with_columns(
        whole_cents=pl.col("net_cents") if whole is None else pl.lit(whole, dtype=pl.Int64), due_again_cents=pl.lit(0)
    )
    return apply(frame, run_pk=run.pk, benefit=benefit, day=run.day).drop("whole_cents", "due_again_cents")


def computed(month: date, *due: Due, benefit: str = "AEEH") -> Run:
    """A run whose awards are stored, not issued."""
    run = run_of(month, benefit)
    rows = applied(run, *due, benefit=benefit).iter_rows(named=True)
    Award.objects.bulk_create(
        Award(
            run=run, slice_number=0, benefit=benefit, territory="METROPOLE", month=month, children=1, crds_cents=0, facts={},
            gross_cents=row["net_cents"], **(row | {"status": row["status"] or "REFUSED"}),
        )
        for row in rows
    )  # fmt: skip
    return run


def issue(run: Run, benefit: str = "AEEH") -> dict[str, int]:
    """The run's own entries owe each net amount to its family; small sums are recorded beside."""
    for award in Award.objects.filter(run=run, net_cents__gt=0):
        post(
            key=f"benefits:award:{award.pk}", subject=f"family:{award.fund}/{award.beneficiary_no}", dated=run.day,
            label="AEEH", legs={CHARGES[benefit]: award.net_cents, Account.BENEFIT_PAYOUTS: -award.net_cents},
        )  # fmt: skip
    sign(run)
    told = record(run_pk=run.pk, day=run.day)
    Run.objects.filter(pk=run.pk).update(state=RunState.ISSUED, issued_at=moment_on(run.day))
    return told


def lived(month: date, *due: Due, benefit: str = "AEEH") -> Run:
    """A run computed and issued."""
    run = computed(month, *due, benefit=benefit)
    issue(run, benefit)
    return run


def award_of(run: Run, number: str = NUMBER) -> tuple[str, int, int, int]:
    one = Award.objects.get(run=run, beneficiary_no=number)
    return one.status, one.released_cents, one.recovered_cents, one.paid_cents


def states() -> Sequence[tuple[int, str]]:
    return list(DeferredSum.objects.order_by("pk").values_list("amount_cents", "state"))


def debts() -> Sequence[tuple[int, int, str]]:
    return list(BenefitOverpayment.objects.order_by("pk").values_list("amount_cents", "recovered_cents", "state"))
