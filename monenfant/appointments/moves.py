"""One change of a request: its state by the table of moves, the journal without a word of the family, its history."""

from datetime import date, datetime

from django.utils import timezone

from monenfant.models import AppointmentMove, AppointmentRequest, Mover
from monenfant.rules.appointments import TAKEN, desk_answer_by, erased_from, fund_answer_by
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.casework.moves import move
from portal.turns import one_at_a_time

JOURNAL_NAMES = {Mover.FAMILY: "famille", Mover.PORTAL: "portail"}


def actor_of(by: Mover, user: User | None) -> str:
    return user.get_username() if user else JOURNAL_NAMES[by]


def promised_day(request: AppointmentRequest, on: date) -> date:
    """By when who holds the request now answers what reaches it on `on`."""
    return fund_answer_by(on) if request.escalated_on else desk_answer_by(on)


def locked(request_pk: int) -> AppointmentRequest:
    """The row, locked until the transaction ends. Raises AppointmentRequest.DoesNotExist."""
    return AppointmentRequest.objects.select_for_update(of=("self",)).get(pk=request_pk)


def hold_desk(desk_no: str) -> None:
    """What takes time of a desk's week takes it in turn, until the transaction ends."""
    one_at_a_time(f"desk:{desk_no}")


def change(
    request: AppointmentRequest, to: str, *, by: Mover, user: User | None, why: str, words: str, at: datetime,
    **changes: object,
) -> None:  # fmt: skip
    """Bring a locked request to another state. `why` is for the journal, a few words that name nobody; `words` are for
    the family. What is kept, and until when, follows. Raises MoveNotAllowed; nothing is changed then."""
    before = request.state
    meeting = changes.get("starts_at", request.starts_at) if to in TAKEN else None
    since = timezone.localdate(meeting if isinstance(meeting, datetime) else at)
    move(request, to, by=actor_of(by, user), reason=why, at=at, changed_at=at, erase_on=erased_from(since), **changes)
    AppointmentMove.objects.create(request=request, before=before, after=to, at=at, by=by, user=user, words=words[:300])


def note(request: AppointmentRequest, *, by: Mover, user: User | None, action: str, words: str, at: datetime) -> None:
    """What happened without a change of state: asked for, or passed on."""
    former = "" if action == "asked" else request.state
    journal(actor=actor_of(by, user), action=f"appointment.{action}", subject=f"appointment:{request.pk}", at=at)
    AppointmentMove.objects.create(
        request=request, before=former, after=request.state, at=at, by=by, user=user, words=words
    )
