"""Advances (acomptes): estimated, proposed, granted, paid, netted when the right is settled, or converted, or waived.

Nothing of an advance is taken back before a covered month is settled; never on a refund, never by debit.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from cmg.models import Account, Overpayment, Settlement
from cmg.models.remedies import Advance, AdvanceMonth, AdvanceState, Origin, OverpaymentOrigin, Refund, RefundState
from cmg.remedies import payments, telling
from cmg.remedies.limits import RemedyRefused, check_decider, needs_four_eyes
from portal.audit.operations import journal
from portal.banking.models import OrderState, PaymentOrder
from portal.banking.open_items import close_presented_again
from portal.batches.models import Run
from portal.casework.moves import move
from portal.ledger.models import Account as Ledger
from portal.ledger.operations import post
from portal.legislation.words import sum_in_words

OPEN_STATES = (AdvanceState.PAID, AdvanceState.PARTLY_NETTED)
CAME_BACK = (OrderState.REJECTED, OrderState.RETURNED)
SETTLED_SINCE = "La famille n’attend plus cette somme : l’aide de ces mois est partie depuis, en tout ou en partie."
MONTHS_MOST = 6
LOOK_BACK = 3


def estimate(employer_no: str, months: Sequence[date], *, on: date | None = None) -> int:
    """What the family waits for: part (b) of the held declarations of `months`, in cents.

    A month without a known right counts as the best of the three issued months before it; none known counts zero. So
    does a month debited wrongly, as the refund asked for says; and on a day `on` past the refund's own date, what was
    debited is awaited too.
    """
    return sum(_estimate_of(employer_no, month) + _late_refunds(employer_no, month, on) for month in months)


def _late_refunds(employer_no: str, month: date, on: date | None) -> int:
    if on is None:
        return 0
    return sum(refund.debited_cents for refund in _disputed(employer_no, month).filter(deadline__lt=on))


def _disputed(employer_no: str, month: date) -> QuerySet[Refund]:
    """The debits of a month that were said to be wrong and are not decided yet."""
    return Refund.objects.filter(
        employer_no=employer_no, care_month=month, state__in=(RefundState.REQUESTED, RefundState.DETECTED)
    )


def _estimate_of(employer_no: str, month: date) -> int:
    rows = list(
        Settlement.objects.filter(employer_no=employer_no, care_month=month, run__dry_run=False)
        .exclude(run__state="SUPERSEDED")
        .order_by("declaration_no", "-run__ordinal", "-version")
        .distinct("declaration_no")
    )
    waiting = [row for row in rows if row.status == "HELD" or (row.status == "SETTLED" and row.payout_blocked)]
    if any(row.payout_cents for row in waiting):
        return sum(row.payout_cents for row in waiting)
    unknown = waiting or not rows or _disputed(employer_no, month).exists()
    return _best_before(employer_no, month) if unknown else 0


def _best_before(employer_no: str, month: date) -> int:
    before = (
        Settlement.objects.filter(
            employer_no=employer_no, care_month__lt=month, status="SETTLED", run__state__in=("ISSUED", "RECONCILED")
        )
        .order_by("-care_month", "declaration_no", "-run__ordinal")
        .distinct("care_month", "declaration_no")[: LOOK_BACK * 4]
    )
    by_month: dict[date, int] = {}
    for row in before:
        by_month[row.care_month] = by_month.get(row.care_month, 0) + row.payout_cents
    return max(list(by_month.values())[:LOOK_BACK], default=0)


def propose_advance(
    *, employer_no: str, months: Sequence[date], amount_cents: int, origin: Origin, reason: str, by: str, on: date
) -> Advance:
    """A proposed advance for care months of one family, at most what it waits for.

    Without a valid account only the portal itself proposes: the row then waits for one, where somebody sees it.
    Raises RemedyRefused: nothing waits, more than the estimate, a month already covered, no valid account.
    """
    wanted = sorted(set(months))
    if not wanted or len(wanted) > MONTHS_MOST:
        raise RemedyRefused(f"Une avance couvre de un à {MONTHS_MOST} mois.")
    account = _account(employer_no, origin)
    most = estimate(employer_no, wanted, on=on)
    if not most:
        raise RemedyRefused("Rien n’attend pour ces mois : l’aide est déjà partie, ou n’a pas pu être estimée.")
    if not 0 < amount_cents <= most:
        raise RemedyRefused(f"L’avance va de 0,01 € à ce qui est attendu, {sum_in_words(most)}.")
    try:
        with transaction.atomic():
            advance = Advance.objects.create(
                employer_no=employer_no, fund=account.fund or "", amount_cents=amount_cents, estimate_cents=most,
                origin=origin, reason=reason, four_eyes=needs_four_eyes(amount_cents, on), proposed_by=by,
                proposed_on=on,
            )  # fmt: skip
            AdvanceMonth.objects.bulk_create(
                AdvanceMonth(advance=advance, employer_no=employer_no, care_month=month) for month in wanted
            )
            journal(
                actor=by, action="cmg.advance.proposed", subject=f"cmg.advance:{advance.pk}",
                detail={"cents": amount_cents, "months": [str(month) for month in wanted], "origin": origin},
            )  # fmt: skip
    except IntegrityError as refused:
        raise RemedyRefused("Un de ces mois est déjà couvert par une avance.") from refused
    return advance


def _account(employer_no: str, origin: Origin) -> Account:
    known = Account.objects.filter(employer_no=employer_no, known_until__isnull=True).first()
    if origin == Origin.AUTOMATIC and known is not None:
        return known
    return payments.family_account(employer_no)


def grant_advance(*, advance_pk: int, by: str, on: date) -> Advance:
    """Decide a proposed advance, book it and order its payment, in one transaction. A second call is refused.

    Raises RemedyRefused (author under four eyes, no account, the months settled since) or MoveNotAllowed.
    """
    with transaction.atomic():
        advance = _locked(advance_pk)
        check_decider(four_eyes=advance.four_eyes, proposed_by=advance.proposed_by, decided_by=by)
        if advance.state == AdvanceState.PROPOSED and waits_for(advance, on=on) < advance.amount_cents:
            raise RemedyRefused(SETTLED_SINCE)
        _note_runs(advance)
        move(advance, AdvanceState.GRANTED, by=by, reason=advance.reason, decided_by=by, decided_on=on)
        advance.end_to_end_id = payments.pay(
            employer_no=advance.employer_no, cents=advance.amount_cents, purpose="CMG_ADVANCE",
            reference=f"ADV-{advance.pk}", against=Ledger.ADVANCE, on=on,
        )  # fmt: skip
        advance.save(update_fields=["end_to_end_id"])
        telling.tell_advance_granted(advance, by=by, on=on)
    return advance


def refuse_advance(*, advance_pk: int, refusal: str, by: str, on: date) -> Advance:
    """Refuse a proposed advance, always with its reason. Raises RemedyRefused, MoveNotAllowed."""
    if not refusal.strip():
        raise RemedyRefused("Un refus se motive : la famille lira cette raison.")
    with transaction.atomic():
        advance = _locked(advance_pk)
        move(advance, AdvanceState.REFUSED, by=by, reason=refusal, refusal=refusal[:300], decided_by=by, decided_on=on)
        advance.months.update(is_live=False)
        telling.tell_advance_refused(advance, by=by, on=on)
    return advance


def waits_for(advance: Advance, *, on: date) -> int:
    """What the family still waits for in the months of an advance, in cents."""
    months = list(advance.months.values_list("care_month", flat=True))
    return estimate(advance.employer_no, months, on=on)


def _note_runs(advance: Advance) -> None:
    """Which runs were issued before: only a later one may settle what the advance waits for."""
    for one in advance.months.all():
        issued = Run.objects.filter(month=one.care_month, state__in=("ISSUED", "RECONCILED"), dry_run=False)
        one.ordinal_before = issued.order_by("-ordinal").values_list("ordinal", flat=True).first() or 0
        one.save(update_fields=["ordinal_before"])


def cancel_advance(*, advance_pk: int, reason: str, by: str, on: date) -> Advance:
    """The family does not get it, or never had it: nobody waits for it any more, or the bank sent it back.

    What came back and paid an advance that was already deducted in part is owed: it is sent again, never cancelled.
    Raises RemedyRefused, MoveNotAllowed.
    """
    if not reason.strip():
        raise RemedyRefused("Une annulation se motive : la famille lira cette raison.")
    with transaction.atomic():
        advance = _locked(advance_pk)
        if advance.state != AdvanceState.PROPOSED:
            _take_out(advance, on)
        move(advance, AdvanceState.CANCELLED, by=by, reason=reason, refusal=reason[:300])
        advance.months.update(is_live=False)
        telling.tell_advance_cancelled(advance, by=by, on=on)
    return advance


def _take_out(advance: Advance, on: date) -> None:
    """Books of an advance whose transfer came back: neither owed to the family nor to be deducted."""
    order = (
        PaymentOrder.objects.select_for_update(of=("self",)).filter(end_to_end_id=advance.end_to_end_id or "–").first()
    )
    if order is None or order.state not in CAME_BACK:
        raise RemedyRefused("Ce virement n’est pas revenu : une avance qui arrive ne s’annule pas.")
    if advance.netted_cents:
        raise RemedyRefused("Une part est déjà déduite : renvoyez ce virement à la famille.")
    owed = Ledger.RETURNED_PAYOUT if order.state == OrderState.RETURNED else Ledger.FAMILY_PAYOUT
    _close_books(advance, owed, advance.amount_cents, "cancelled", on)
    close_presented_again([order.end_to_end_id], on=on, note="Avance annulée")


def _check_arrived(advance: Advance) -> None:
    """Nobody owes, or is forgiven, money that came back to us."""
    if PaymentOrder.objects.filter(end_to_end_id=advance.end_to_end_id or "–", state__in=CAME_BACK).exists():
        raise RemedyRefused("Ce virement est revenu : renvoyez-le, ou annulez l’avance si rien n’en est déduit.")


def convert_advance(*, advance_pk: int, cause: str, by: str, on: date) -> Overpayment:
    """No right in the end: what is outstanding becomes a sum paid in excess, of our own making (CSS L. 553-2)."""
    with transaction.atomic():
        advance = _locked(advance_pk)
        _check_arrived(advance)
        cents = advance.outstanding_cents
        move(
            advance, AdvanceState.CONVERTED_TO_OVERPAYMENT, by=by, reason=cause,
            converted_cents=advance.converted_cents + cents,
        )  # fmt: skip
        advance.months.update(is_live=False)
        first = advance.months.order_by("care_month").values_list("care_month", flat=True)[0]
        overpayment = Overpayment.objects.create(
            employer_no=advance.employer_no, fund=advance.fund, care_month=first, advance=advance,
            paid_cents=advance.amount_cents, due_cents=advance.amount_cents - cents, amount_cents=cents,
            origin=OverpaymentOrigin.AGENCY, cause=cause, opened_on=on,
        )  # fmt: skip
        _close_books(advance, Ledger.OVERPAYMENT, cents, "converted", on)
    return overpayment


def waive_advance(*, advance_pk: int, reason: str, by: str, on: date) -> Advance:
    """Give up what is outstanding. Raises RemedyRefused for the one who proposed it, under four eyes."""
    with transaction.atomic():
        advance = _locked(advance_pk)
        _check_arrived(advance)
        cents = advance.outstanding_cents
        check_decider(four_eyes=needs_four_eyes(cents, on), proposed_by=advance.proposed_by, decided_by=by)
        move(advance, AdvanceState.WAIVED, by=by, reason=reason, waived_cents=advance.waived_cents + cents)
        advance.months.update(is_live=False)
        _close_books(advance, Ledger.WRITTEN_OFF, cents, "waived", on)
    return advance


def prefer_share(*, advance_pk: int, percent: int, by: str) -> Advance:
    """The family prefers that a larger share of later payouts pays the advance back (50 to 100 %)."""
    if not 50 <= percent <= 100:
        raise RemedyRefused("La part choisie va de 50 à 100 %.")
    with transaction.atomic():
        advance = _locked(advance_pk)
        if advance.state not in OPEN_STATES:
            raise RemedyRefused("Cette avance n’est plus à déduire.")
        advance.share_percent = percent
        advance.save(update_fields=["share_percent"])
        journal(actor=by, action="cmg.advance.share", subject=f"cmg.advance:{advance.pk}", detail={"percent": percent})
    return advance


def share_of(advance: Advance, policy: Fraction) -> Fraction:
    """The share of a later payout that may be kept: the policy's, more if the family asked for more."""
    return max(policy, Fraction(advance.share_percent or 0, 100))


def _close_books(advance: Advance, against: Ledger, cents: int, word: str, on: date) -> None:
    post(
        key=f"cmg:remedy:ADV-{advance.pk}:{word}", subject=advance.subject, dated=on, label="Avance soldée",
        legs={against: cents, Ledger.ADVANCE: -cents},
    )  # fmt: skip


def _locked(advance_pk: int) -> Advance:
    return Advance.objects.select_for_update(of=("self",)).get(pk=advance_pk)
