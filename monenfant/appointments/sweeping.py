"""What the clock does, each request in a transaction of its own: passing on what a desk left unanswered, reminding,
asking again when offered times are over, erasing. What is left is read from the rows: killed or run twice, nothing doubles.
"""

from collections import Counter
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from monenfant.appointments.answering import back_to_new
from monenfant.appointments.mails import ask_mail
from monenfant.appointments.moves import note
from monenfant.models import AppointmentRequest, AppointmentState, DeskMonth, MailKind, Mover
from monenfant.rules.appointments import fund_answer_by
from portal.audit.operations import journal

ERASED_AT_ONCE = 500
OUTCOMES = {AppointmentState.HELD: "held", AppointmentState.NO_SHOW: "no_show", AppointmentState.CANCELLED: "cancelled"}
COUNTED = ("asked", "passed_on", *OUTCOMES.values())


def overdue(on: date) -> QuerySet[AppointmentRequest]:
    """What a desk should have answered before `on`."""
    return AppointmentRequest.objects.filter(state=AppointmentState.NEW, due_on__lt=on).exclude(desk_no="")


def pass_on_overdue(*, on: date, at: datetime) -> int:
    """Give the fund what a desk has not answered in time; the family is told who answers now, and by when."""
    return sum(_pass_on(pk, on, at) for pk in overdue(on).order_by("due_on", "pk").values_list("pk", flat=True))


def _pass_on(request_pk: int, on: date, at: datetime) -> bool:
    with transaction.atomic():
        request = overdue(on).select_for_update(skip_locked=True, of=("self",)).filter(pk=request_pk).first()
        if request is None:
            return False
        request.desk_no, request.escalated_on, request.due_on = "", on, fund_answer_by(on)
        request.changed_at = at
        request.save(update_fields=["desk_no", "escalated_on", "due_on", "changed_at"])
        note(
            request,
            by=Mover.PORTAL,
            user=None,
            action="passed_on",
            words="Pas de réponse à temps : la Caf répond",
            at=at,
        )
        ask_mail(request, MailKind.PASSED_ON)
    return True


def ask_again(*, on: date, at: datetime) -> int:
    """Offered times that are all over without a choice: who holds the request answers again, or ends it."""
    found = AppointmentRequest.objects.filter(state=AppointmentState.PROPOSED, due_on__lt=on)
    return sum(_ask_again(pk, on, at) for pk in found.order_by("due_on", "pk").values_list("pk", flat=True))


def _ask_again(request_pk: int, on: date, at: datetime) -> bool:
    with transaction.atomic():
        found = AppointmentRequest.objects.select_for_update(skip_locked=True, of=("self",))
        request = found.filter(pk=request_pk, state=AppointmentState.PROPOSED, due_on__lt=on).first()
        if request is None:
            return False
        back_to_new(request, by=Mover.PORTAL, words="Horaires passés sans choix : d’autres sont demandés", at=at)
    return True


def remind(*, on: date, at: datetime) -> int:
    """Write to the families who come the day after `on`; each is reminded once of a day."""
    morrow = on + timedelta(days=1)
    begins = timezone.make_aware(datetime.combine(morrow, datetime.min.time()))
    found = AppointmentRequest.objects.filter(
        state=AppointmentState.CONFIRMED, starts_at__gte=begins, starts_at__lt=begins + timedelta(days=1)
    ).exclude(mails__key__endswith=f":{MailKind.REMINDER}:{morrow}")
    count = 0
    for request in found.order_by("starts_at", "pk"):
        with transaction.atomic():
            ask_mail(request, MailKind.REMINDER, about=str(morrow))
        count += 1
    return count


def erase_old(*, on: date) -> int:
    """Erase what is kept no longer, with its history and its e-mails, a batch a transaction; numbers by desk and month stay,
    counted in that same transaction."""
    total = 0
    while count := _erase_batch(on):
        total += count
    return total


def _erase_batch(on: date) -> int:
    with transaction.atomic():
        found = AppointmentRequest.objects.select_for_update(skip_locked=True, of=("self",)).filter(erase_on__lte=on)
        rows = list(found.order_by("erase_on", "pk")[:ERASED_AT_ONCE])
        if not rows:
            return 0
        _count(rows)
        AppointmentRequest.objects.filter(pk__in=[row.pk for row in rows]).delete()
        journal(
            actor="portail",
            action="appointment.erased",
            subject="appointments",
            detail={"count": len(rows), "on": str(on)},
        )
    return len(rows)


def _count(rows: list[AppointmentRequest]) -> None:
    for (holder, month), counts in counts_of(rows).items():
        DeskMonth.objects.get_or_create(holder=holder, month=month)
        DeskMonth.objects.filter(holder=holder, month=month).update(
            **{name: F(name) + counts[name] for name in COUNTED if counts[name]}
        )


def counts_of(rows: list[AppointmentRequest]) -> dict[tuple[str, date], Counter[str]]:
    """By desk first asked (or fund) and month of the request: asked, passed on, and what became of them."""
    found: dict[tuple[str, date], Counter[str]] = {}
    for row in rows:
        key = (row.first_desk_no or row.fund, timezone.localdate(row.asked_at).replace(day=1))
        counts = found.setdefault(key, Counter())
        counts["asked"] += 1
        counts["passed_on"] += row.escalated_on is not None
        if row.state in OUTCOMES:
            counts[OUTCOMES[AppointmentState(row.state)]] += 1
    return found
