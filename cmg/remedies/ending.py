"""What ends by itself, day after day; no money moves. A remedy that was paid closes once the bank no longer sends it back."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone

from cmg.models import BoardCase, BoardSession, Refund, Report
from cmg.models.remedies import BoardState, RefundState, ReportState
from cmg.remedies.board import put_back
from cmg.remedies.limits import count_on
from portal.banking.models import OrderState, PaymentOrder
from portal.casework.moves import move
from portal.legislation.calendar import nth_business_day

BY = "portail"


def end_what_is_over(*, on: date) -> int:
    """Bring to its end state what nothing more can happen to; returns how many moved. Repeatable."""
    moved = _close(_paid_for_good(Refund.objects.filter(state=RefundState.PAID), on), RefundState.CLOSED)
    moved += _close(_paid_for_good(BoardCase.objects.filter(state=BoardState.PAID), on), BoardState.CLOSED)
    moved += _close(BoardCase.objects.filter(state=BoardState.REFUSED, session__held_on__lt=on), BoardState.CLOSED)
    moved += _close(_answered_for_good(on), ReportState.CLOSED)
    return moved + _end_sessions(on)


def _paid_for_good(rows: QuerySet, on: date) -> QuerySet:
    """Those whose transfer was booked so many business days ago that the bank no longer sends it back."""
    days = count_on("policy.closing_business_days", on)
    booked = PaymentOrder.objects.filter(state=OrderState.BOOKED, end_to_end_id=OuterRef("end_to_end_id"))
    settled = set(
        PaymentOrder.objects.filter(
            state=OrderState.BOOKED, end_to_end_id__in=rows.values("end_to_end_id"), settled_on__lt=on
        ).values_list("settled_on", flat=True)
    )
    old = [day for day in settled if day is not None and nth_business_day(day, days) < on]
    return rows.filter(Exists(booked.filter(settled_on__in=old)))


def _answered_for_good(on: date) -> QuerySet:
    """Reports that the family may no longer open again."""
    days = count_on("policy.report_reopen_days", on)
    last = timezone.make_aware(datetime.combine(on, time.min)) - timedelta(days=days)
    return Report.objects.filter(state=ReportState.ANSWERED, answered_at__lt=last)


def _close(rows: QuerySet, to: str) -> int:
    pks = list(rows.order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        _end(rows.model, pk, to)
    return len(pks)


def _end(model: type[Model], pk: int, to: str) -> None:
    with transaction.atomic():
        row = model._default_manager.select_for_update(of=("self",)).get(pk=pk)
        if to in row.MOVES[row.state]:  # type: ignore[attr-defined]
            move(row, to, by=BY, reason="plus rien à attendre")


def _end_sessions(on: date) -> int:
    """A session of a former day is closed; what it did not decide is put on the list of another one."""
    left = BoardCase.objects.filter(state=BoardState.SCHEDULED, session__held_on__lt=on)
    for pk in list(left.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            case = BoardCase.objects.select_for_update(of=("self",)).get(pk=pk)
            put_back(case, by=BY)
    return BoardSession.objects.filter(held_on__lt=on, closed_on__isnull=True).update(closed_on=on)
