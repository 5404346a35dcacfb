"""A run is issued: what it kept waits, what it released is paid, what it withheld as agreed is recovered, in rows and in the
books; and the families of which it gives a sum up are told."""

from datetime import date

import polars as pl
from django.db import connection, transaction

from portal.audit.operations import journal
from portal.batches.models import Run
from portal.benefits.models import Award
from portal.benefits.small.letters import tell_given_up_at_once
from portal.benefits.small.withholding import AVAILABLE, RECOVER, TAKE, period_of
from portal.bulk import read_frame
from portal.ledger.models import Account
from portal.ledger.operations import post_many

ACTOR = "portail"
# A family's sums and debts are locked in the order of their keys before anything is compared.
LOCK = """
SELECT t.id FROM {table} t JOIN benefits_award a ON a.run_id = %(run)s AND a.fund = t.fund
    AND a.beneficiary_no = t.beneficiary_no AND a.benefit = t.benefit
WHERE t.{state} AND a.status = 'PAID' ORDER BY t.id FOR UPDATE OF t
"""
LOCKED = (
    ("benefits_deferredsum", "state = 'WAITING'"), ("benefits_benefitoverpayment", "state = 'TO_RECOVER'"),
    ("benefits_repaymentagreement", "withdrawn_on IS NULL"),
)  # fmt: skip
# What each award that leaves says that it released or withheld, beside what is there and agreed; one that adds nothing releases
# nothing.
CHANGED = f"""
SELECT a.fund || '/' || a.beneficiary_no
FROM benefits_award a LEFT JOIN (
    SELECT fund, beneficiary_no, benefit, sum(amount_cents) AS cents FROM benefits_deferredsum
    WHERE state = 'WAITING' GROUP BY 1, 2, 3) w USING (fund, beneficiary_no, benefit)
LEFT JOIN ({AVAILABLE}) o USING (fund, beneficiary_no, benefit)
WHERE a.run_id = %(run)s AND a.status = 'PAID' AND (a.net_cents > a.already_cents OR a.released_cents > 0)
  AND (a.released_cents <> coalesce(w.cents, 0) OR a.recovered_cents > coalesce(o.cents, 0)) ORDER BY 1 LIMIT 20
"""
BEYOND = f"""
SELECT 1 FROM (SELECT DISTINCT fund, beneficiary_no, benefit FROM benefits_repaymentagreement WHERE benefit = %(benefit)s) g
JOIN benefits_award a USING (fund, beneficiary_no, benefit) LEFT JOIN ({AVAILABLE}) o USING (fund, beneficiary_no, benefit)
WHERE a.run_id = %(run)s AND a.status = 'PAID' AND a.recovered_cents > coalesce(o.cents, 0) LIMIT 1
"""
RELEASE = """
UPDATE benefits_deferredsum d SET state = 'PAID', released_by_id = %(run)s, ended_on = %(day)s
FROM benefits_award a
WHERE a.run_id = %(run)s AND a.status = 'PAID' AND a.released_cents > 0 AND d.state = 'WAITING'
  AND d.fund = a.fund AND d.beneficiary_no = a.beneficiary_no AND d.benefit = a.benefit
"""
KEEP = """
INSERT INTO benefits_deferredsum (fund, beneficiary_no, benefit, run_id, amount_cents, month, state)
SELECT fund, beneficiary_no, benefit, run_id, net_cents - already_cents, month, 'WAITING'
FROM benefits_award WHERE run_id = %(run)s AND status = 'DEFERRED' ORDER BY fund, beneficiary_no
"""
MOVED = """
SELECT fund, beneficiary_no, CASE WHEN status = 'DEFERRED' THEN net_cents - already_cents ELSE 0 END,
       CASE WHEN status = 'WAIVED' THEN net_cents - already_cents ELSE 0 END, released_cents, recovered_cents
FROM benefits_award WHERE run_id = %s AND (status IN ('DEFERRED', 'WAIVED') OR released_cents > 0 OR recovered_cents > 0)
"""
CENTS = ("kept_cents", "waived_cents", "released_cents", "recovered_cents")
# The other side of BENEFIT_PAYOUTS for each, and on which side of it.
SIDES = {
    "kept_cents": (Account.BENEFIT_DEFERRED, -1), "waived_cents": (Account.WRITTEN_OFF, -1),
    "released_cents": (Account.BENEFIT_DEFERRED, 1), "recovered_cents": (Account.BENEFIT_OVERPAYMENT, -1),
}  # fmt: skip
LABEL = "Petites sommes : gardées, versées, abandonnées ou retenues"


class WaitingChanged(Exception):
    """Since the run was computed, what waits for a family is no longer what its award says: the run is computed again."""

    def __init__(self, families: list[str]) -> None:
        super().__init__(
            f"Des petites sommes ou des accords ont changé depuis le calcul, à refaire : {', '.join(families)}"
        )
        self.families = families


def record(*, run_pk: int, day: date) -> dict[str, int]:
    """Keep, release and withhold what the stored awards of a run say, once, in the transaction of its issue; returns the cents
    of each. Raises WaitingChanged, and the database's error for a run recorded before; nothing is written then."""
    run = Run.objects.get(pk=run_pk)
    values = _values(run, day)
    with transaction.atomic(), connection.cursor() as cursor:
        for table, state in LOCKED:
            cursor.execute(LOCK.format(table=table, state=state), values)
        cursor.execute(CHANGED, values)
        if changed := [row[0] for row in cursor.fetchall()]:
            raise WaitingChanged(changed)
        for statement in (RELEASE, KEEP, TAKE, RECOVER):
            cursor.execute(statement, values)
        moved = read_frame(MOVED, _schema(), (run_pk,))
        _book(moved, run, day)
        given_up = moved.filter(pl.col("waived_cents") > 0).select("fund", "beneficiary_no", "waived_cents")
        tell_given_up_at_once(rows=given_up.iter_rows(), run=run, by=ACTOR, on=day)
    return _told(moved, run)


def _values(run: Run, day: date) -> dict[str, int | str | date]:
    award = Award.objects.filter(run=run).values("benefit").first()
    benefit = award["benefit"] if award else ""
    return {"run": run.pk, "day": day, "benefit": benefit, "period": period_of(run, benefit, day)}


def is_beyond_agreed(run: Run, on: date) -> bool:
    """Whether an award of an open run counts on more than its family still agrees to, if it were issued on `on`: the run is to be
    computed again, whoever signed it."""
    with connection.cursor() as cursor:
        cursor.execute(BEYOND, _values(run, on))
        return cursor.fetchone() is not None


def _schema() -> dict[str, type[pl.DataType]]:
    return {"fund": pl.String, "beneficiary_no": pl.String} | dict.fromkeys(CENTS, pl.Int64)


def _book(moved: pl.DataFrame, run: Run, day: date) -> None:
    keyed = moved.with_columns(
        subject=pl.format("family:{}/{}", "fund", "beneficiary_no"),
        key=pl.format("benefits:small:{}:{}/{}", pl.lit(run.pk), "fund", "beneficiary_no"),
    )
    entries = keyed.select(
        "key", "subject", dated=pl.lit(day), label=pl.lit(LABEL), run_id=pl.lit(run.pk, dtype=pl.Int64)
    )
    legs = [
        keyed.select("key", account=pl.lit(int(account)), amount_cents=pl.col(name) * sign * side)
        for name, (other, sign) in SIDES.items()
        for account, side in ((other, 1), (Account.BENEFIT_PAYOUTS, -1))
    ]
    # One leg an account: an award both released and deducted moves BENEFIT_PAYOUTS once.
    post_many(
        entries, pl.concat(legs).group_by("key", "account", maintain_order=True).agg(pl.col("amount_cents").sum())
    )


def _told(moved: pl.DataFrame, run: Run) -> dict[str, int]:
    cents = {name: int(moved[name].sum()) for name in CENTS}
    detail = {"families": moved.height} | cents
    journal(actor=ACTOR, action="benefits.small.recorded", subject=f"run:{run.pk}", detail=detail)
    return cents
