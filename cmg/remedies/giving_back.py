"""Refunds that a run orders: each contribution given back has its row, found by the portal or asked by the family."""

from datetime import date

import polars as pl

from cmg.models.remedies import Refund, RefundState
from cmg.remedies.limits import answer_day
from cmg.remedies.telling import tell_kept, tell_refunds
from portal.audit.operations import journal
from portal.batches.models import Run
from portal.casework.moves import move

BY = "portail"
# What came back first: it is the same money.
WAITING = (RefundState.RETURNED, RefundState.REQUESTED, RefundState.DETECTED, RefundState.VERIFIED)


def note_refunds(run: Run, delta: pl.DataFrame, orders: pl.DataFrame, *, on: date) -> list[Refund]:
    """One row a declaration for what `run` gives back of contributions, with the order that carries it.

    `delta` has the columns of `movements.differences`, `orders` the reference of each settlement's refund. Without an
    account to send it to, the row waits as verified; the run that orders it later takes it up. In the transaction that
    issues the run; one letter a family.
    """
    back = delta.filter((pl.col("to_refund_cents") > 0) & ~pl.col("is_invoice")).sort("declaration_no")
    if back.is_empty():
        return []
    sent = dict(orders.filter(pl.col("purpose") == "CMG_REFUND").select("settlement_id", "end_to_end_id").iter_rows())
    noted = [_note(run, row, sent.get(row["settlement_id"], ""), on) for row in back.to_dicts()]
    families: dict[str, list[Refund]] = {}
    for refund in noted:
        if refund.state == RefundState.ORDERED:
            families.setdefault(refund.employer_no, []).append(refund)
    for refunds in families.values():
        tell_refunds(refunds, by=BY, on=on)
    return noted


def _note(run: Run, row: dict, end_to_end_id: str, on: date) -> Refund:
    cents = row["to_refund_cents"]
    done = row["old_debits_cents"] - row["old_debits_rejected_cents"] - row["old_debits_returned_cents"]
    debited = max(done - row["old_refunds_cents"] + row["old_refunds_rejected_cents"], cents)
    found = _waiting(row["declaration_no"]) or _found_by_the_portal(run, row, debited, on)
    amounts = {"debited_cents": debited, "due_cents": debited - cents, "amount_cents": cents}
    if found.state not in (RefundState.VERIFIED, RefundState.RETURNED):
        move(found, RefundState.VERIFIED, by=BY, reason=f"mois réglé à nouveau, arrêté {run.pk}", **amounts)
    if end_to_end_id:
        move(
            found, RefundState.ORDERED, by=BY, reason=f"arrêté {run.pk}", run_id=run.pk, end_to_end_id=end_to_end_id,
            **amounts,
        )  # fmt: skip
    return found


def _waiting(declaration_no: str) -> Refund | None:
    waiting = Refund.objects.select_for_update(of=("self",)).filter(declaration_no=declaration_no, state__in=WAITING)
    return min(waiting, key=lambda found: (WAITING.index(RefundState(found.state)), found.pk), default=None)


def tell_what_is_kept(run: Run, delta: pl.DataFrame, *, on: date) -> int:
    """What was paid in excess is first kept on contributions given back, and the family is told (CSS L. 553-2).

    Returns how many families. In the transaction that issues the run; one letter a family.
    """
    kept = delta.filter((pl.col("kept") > 0) & ~pl.col("is_invoice")).group_by("employer_no").agg(
        pl.col("kept").sum(), pl.col("refund").sum()
    )  # fmt: skip
    for employer_no, kept_cents, refund_cents in kept.sort("employer_no").iter_rows():
        tell_kept(employer_no, run, kept_cents=kept_cents, refund_cents=refund_cents, by=BY, on=on)
    return kept.height


def carry_returned(run: Run, again: pl.DataFrame) -> int:
    """Refunds that the bank sent back and that `run` carries in the aid of the same declaration; returns how many.

    `again`: failed_credits, end_to_end_id of the payout ordered now. In the transaction that issues the run.
    """
    carried = 0
    for failed, reference in again.select("failed_credits", "end_to_end_id").iter_rows():
        found = Refund.objects.select_for_update(of=("self",)).filter(
            end_to_end_id__in=failed.split("|"), state=RefundState.RETURNED
        )
        for refund in found.order_by("pk"):
            move(
                refund, RefundState.ORDERED, by=BY, reason=f"renvoyé par l’arrêté {run.pk}", run_id=run.pk,
                end_to_end_id=reference,
            )  # fmt: skip
            carried += 1
    return carried


def _found_by_the_portal(run: Run, row: dict, debited: int, on: date) -> Refund:
    found = Refund.objects.create(
        declaration_no=row["declaration_no"], version=row["version"], reason=f"RUN-{run.pk}", debited_cents=debited,
        employer_no=row["employer_no"], fund=row["fund"] or "", care_month=run.month, state=RefundState.DETECTED,
        opened_on=on, deadline=answer_day("policy.refund_business_days", on),
    )  # fmt: skip
    journal(actor=BY, action="cmg.refund.opened", subject=f"cmg.refund:{found.pk}", detail={"reason": found.reason})
    return found
