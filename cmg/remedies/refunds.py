"""Refunds of contributions wrongly debited: asked by the family or found by the portal, paid by the run that settles
the month again (CSS L. 531-8: a late part (b) first removes the wrong debit, only its excess is a payout)."""

from datetime import date

import polars as pl
from django.db import IntegrityError, transaction

from cmg.closing.trial import try_month
from cmg.models import Settlement
from cmg.models.remedies import Refund, RefundState
from cmg.remedies.limits import RemedyRefused, answer_day
from portal.audit.operations import journal
from portal.casework.moves import move

ASKED = "FAMILY"


def debited_rows(employer_no: str, month: date) -> list[Settlement]:
    """The family's declarations of `month` for which a debit was issued, as last issued."""
    rows = (
        Settlement.objects.filter(
            employer_no=employer_no, care_month=month, run__state__in=("ISSUED", "RECONCILED"), run__dry_run=False
        )
        .exclude(status="SUPERSEDED")
        .order_by("declaration_no", "-run__ordinal", "-version")
        .distinct("declaration_no")
    )
    return [row for row in rows if row.status == "SETTLED" and row.debit_cents > row.withholding_tax_cents]


def request_refund(*, employer_no: str, month: date, words: str, by: str, on: date) -> list[Refund]:
    """The family asks for what was debited in `month`. A second request gives the first one back.

    Raises RemedyRefused when nothing was debited.
    """
    rows = debited_rows(employer_no, month)
    if not rows:
        raise RemedyRefused("Rien n’a été prélevé pour ce mois : il n’y a rien à rembourser.")
    return [_open(row, words, by, on) for row in rows]


def _open(row: Settlement, words: str, by: str, on: date) -> Refund:
    key = {"declaration_no": row.declaration_no, "version": row.version, "reason": ASKED}
    known = Refund.objects.filter(**key).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            found = Refund.objects.create(
                **key, employer_no=row.employer_no, fund=row.fund, care_month=row.care_month, words=words[:300],
                debited_cents=row.debit_cents - row.withholding_tax_cents, state=RefundState.REQUESTED, opened_on=on,
                deadline=answer_day("policy.refund_business_days", on),
            )  # fmt: skip
            journal(actor=by, action="cmg.refund.opened", subject=f"cmg.refund:{found.pk}", detail={"reason": ASKED})
    except IntegrityError:
        return Refund.objects.get(**key)
    return found


def verify_refund(*, refund_pk: int, due_cents: int, by: str) -> Refund:
    """The month was computed again: what was due, hence what comes back. Nothing to give back is a reasoned refusal."""
    with transaction.atomic():
        found = _locked(refund_pk)
        back = max(0, found.debited_cents - due_cents)
        if back:
            move(found, RefundState.VERIFIED, by=by, reason="mois recalculé", due_cents=due_cents, amount_cents=back)
        else:
            words = "Le mois a été refait : ce qui a été prélevé était dû."
            move(found, RefundState.REJECTED, by=by, reason=words, due_cents=due_cents, refusal=words)
    return found


def check_refund(*, refund_pk: int, by: str, on: date) -> Refund:
    """Compute the month again as it is known now, and verify the refund against it; nothing else is written.

    Raises RemedyRefused while the declaration is held: nobody knows yet what was due.
    """
    found = Refund.objects.get(pk=refund_pk)
    now = try_month(found.care_month, [found.employer_no], on=on).settlements
    rows = now.filter(pl.col("declaration_no") == found.declaration_no).sort("version").to_dicts()
    if rows and rows[-1]["status"] == "HELD":
        raise RemedyRefused("Ce mois est encore en désaccord : réparez-le d’abord, puis vérifiez.")
    due = rows[-1]["debit_cents"] - rows[-1]["withholding_tax_cents"] if rows else 0
    return verify_refund(refund_pk=refund_pk, due_cents=due, by=by)


def reject_refund(*, refund_pk: int, refusal: str, by: str) -> Refund:
    """Refuse, always with its reason. Raises RemedyRefused, MoveNotAllowed."""
    if not refusal.strip():
        raise RemedyRefused("Un refus se motive : la famille lira cette raison.")
    with transaction.atomic():
        found = _locked(refund_pk)
        move(found, RefundState.REJECTED, by=by, reason=refusal, refusal=refusal[:300])
    return found


def _locked(refund_pk: int) -> Refund:
    return Refund.objects.select_for_update(of=("self",)).get(pk=refund_pk)
