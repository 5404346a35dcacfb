"""What whoever answers does with a request: propose times, note a choice told by phone, move, cancel, note the meeting."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from monenfant.appointments.asking import contact_of
from monenfant.appointments.mails import ask_mail
from monenfant.appointments.moves import change, hold_desk, locked, promised_day
from monenfant.models import AppointmentRequest, AppointmentState, MailKind, Mover, ProposedTime, Way
from monenfant.rules.appointments import TAKEN, TIMES_MOST, do_overlap, ends_after, last_offered_day
from portal.accounts.models import User
from portal.casework.moves import MoveNotAllowed

PROPOSED_WORDS = ("Horaires proposés", "Autres horaires proposés")


class TimesRefused(Exception):
    """The times cannot be proposed; the message says why, in French."""


class ChangedMeanwhile(Exception):
    """Somebody else acted first: the page showed another round, or another holder."""


class TimeTaken(Exception):
    """The desk has another appointment at that time."""


def propose(
    *, request_pk: int, seen_round: int, held_by: str, starts: Sequence[datetime], way: str, words: str = "", by: User,
    at: datetime,
) -> AppointmentRequest:  # fmt: skip
    """Offer up to three times, or others instead of those offered or agreed. The family is told.

    A second call with the same `seen_round` changes nothing. Raises AppointmentRequest.DoesNotExist, TimesRefused,
    ChangedMeanwhile, MoveNotAllowed.
    """
    with transaction.atomic():
        request = _seen(request_pk, seen_round, held_by)
        times = _checked(request, starts, at)
        _check_way(request, way, words)
        mover = Mover.DESK if request.desk_no else Mover.FUND
        told = words or PROPOSED_WORDS[min(request.round, 1)]
        was_fixed = request.state == AppointmentState.CONFIRMED
        change(
            request, AppointmentState.PROPOSED, by=mover, user=by, why="times proposed", words=told, at=at, way=way,
            round=request.round + 1, sequence=request.sequence + was_fixed, adviser=by,
            due_on=timezone.localdate(times[-1]),
        )  # fmt: skip
        ProposedTime.objects.bulk_create(
            ProposedTime(
                request=request, round=request.round, position=place, starts_at=start, ends_at=ends_after(start)
            )
            for place, start in enumerate(times, 1)
        )
        ask_mail(request, MailKind.PROPOSED, about=str(request.round))
    return request


def _seen(request_pk: int, seen_round: int, held_by: str) -> AppointmentRequest:
    request = locked(request_pk)
    if request.round != seen_round or request.holder != held_by:
        raise ChangedMeanwhile
    return request


def _check_way(request: AppointmentRequest, way: str, words: str) -> None:
    """Nobody is called without a number, nor sent to a place that is not told. Raises TimesRefused."""
    if way not in Way.values:
        raise TimesRefused("Dites comment : sur place ou par téléphone.")
    if way == Way.BY_PHONE and not contact_of(request).phone:
        raise TimesRefused("La famille n’a pas donné de téléphone : proposez un rendez-vous sur place.")
    if way == Way.ON_SITE and not request.desk_no and not words:
        raise TimesRefused("Dites à la famille où elle vient : écrivez l’adresse dans le mot.")


def word_of(request: AppointmentRequest) -> str:
    """What was written to the family with the last times offered; empty for nothing."""
    last = request.moves.filter(after=AppointmentState.PROPOSED).order_by("-pk").first()
    return last.words if last and last.words not in PROPOSED_WORDS else ""


def _checked(request: AppointmentRequest, starts: Sequence[datetime], at: datetime) -> list[datetime]:
    """The times in order. Raises TimesRefused."""
    times, last = sorted(set(starts)), last_offered_day(timezone.localdate(at))
    if not 1 <= len(times) <= TIMES_MOST:
        raise TimesRefused("Proposez un, deux ou trois horaires.")
    if times[0] <= at:
        raise TimesRefused("Un de ces horaires est déjà passé.")
    if timezone.localdate(times[-1]) > last:
        raise TimesRefused(f"Proposez des horaires avant le {last:%d/%m/%Y}, pour que la famille n’attende pas trop.")
    pairs = [(one, ends_after(one)) for one in times]
    if any(do_overlap(one, other) for one, other in zip(pairs, pairs[1:], strict=False)):
        raise TimesRefused("Deux de ces horaires se chevauchent.")
    taken = AppointmentRequest.objects.filter(desk_no=request.desk_no, state__in=TAKEN).exclude(pk=request.pk)
    for start, end in pairs if request.desk_no else ():
        if taken.filter(starts_at__lt=end, ends_at__gt=start).exists():
            raise TimesRefused(f"Vous avez déjà un rendez-vous le {timezone.localtime(start):%d/%m/%Y à %H:%M}.")
    return times


def fix(*, request_pk: int, time_pk: int, by: User | None, at: datetime) -> AppointmentRequest:
    """The family chose a time, on its page or, `by` an adviser, on the phone. The same choice again changes nothing.

    Raises ChangedMeanwhile when that time is no longer offered, TimeTaken when another family was quicker, MoveNotAllowed.
    """
    try:
        with transaction.atomic():
            request = locked(request_pk)
            time = ProposedTime.objects.filter(request=request, pk=time_pk).first()
            if time is None or time.round != request.round or time.starts_at <= at:
                raise ChangedMeanwhile
            if request.state == AppointmentState.CONFIRMED:
                if request.starts_at != time.starts_at:
                    raise ChangedMeanwhile
                return request
            _fix(request, time, by, at)
    except IntegrityError as taken:
        raise TimeTaken from taken
    return request


def _fix(request: AppointmentRequest, time: ProposedTime, by: User | None, at: datetime) -> None:
    mover = Mover.FAMILY if by is None else Mover.DESK if request.desk_no else Mover.FUND
    words = "Horaire choisi" if by is None else "Horaire choisi, dit par téléphone"
    # Of two families that choose one time, the second is refused once the first has it.
    hold_desk(request.desk_no)
    change(
        request, AppointmentState.CONFIRMED, by=mover, user=by, why="time chosen", words=words, at=at,
        starts_at=time.starts_at, ends_at=time.ends_at, sequence=request.sequence + 1,
        due_on=timezone.localdate(time.starts_at),
    )  # fmt: skip
    ask_mail(request, MailKind.CONFIRMED, about=str(request.sequence))


def cancel(
    *, request_pk: int, seen_round: int, held_by: str = "", by: User | None, words: str, at: datetime
) -> AppointmentRequest:  # fmt: skip
    """End a request, by the family (`by` nobody) or by who holds it, whose reason the family reads. A request that is
    cancelled already stays as it is.

    Raises ChangedMeanwhile, MoveNotAllowed, TimesRefused for a reason that lacks.
    """
    with transaction.atomic():
        request = locked(request_pk)
        if request.state == AppointmentState.CANCELLED:
            return request
        if request.round != seen_round or (by is not None and request.holder != held_by):
            raise ChangedMeanwhile
        if by is not None and not words.strip():
            raise TimesRefused("Dites pourquoi : la famille lit cette raison.")
        _refuse_after_the_meeting(request, at)
        mover = Mover.FAMILY if by is None else Mover.DESK if request.desk_no else Mover.FUND
        was_fixed = request.state == AppointmentState.CONFIRMED
        change(
            request, AppointmentState.CANCELLED, by=mover, user=by, why="cancelled", words=words or "Demande annulée",
            at=at, sequence=request.sequence + was_fixed,
        )  # fmt: skip
        ask_mail(request, MailKind.CANCELLED)
    return request


def _refuse_after_the_meeting(request: AppointmentRequest, at: datetime) -> None:
    if request.state == AppointmentState.CONFIRMED and request.starts_at and request.starts_at <= at:
        raise MoveNotAllowed("L’heure du rendez-vous est passée : il ne se change plus, il se note.")


def ask_others(*, request_pk: int, seen_round: int, words: str, at: datetime) -> AppointmentRequest:
    """The family can come at none of these times, or no longer at the one it chose: who holds the request answers again.

    A second call changes nothing. Raises ChangedMeanwhile, MoveNotAllowed.
    """
    with transaction.atomic():
        request = locked(request_pk)
        if request.state == AppointmentState.NEW and request.round == seen_round and seen_round:
            return request
        if request.round != seen_round:
            raise ChangedMeanwhile
        _refuse_after_the_meeting(request, at)
        back_to_new(request, by=Mover.FAMILY, words=words.strip() or "Autres horaires demandés", at=at)
    return request


def back_to_new(request: AppointmentRequest, *, by: Mover, words: str, at: datetime) -> None:
    """A locked request waits again for who holds it, who has the days promised for an answer."""
    was_fixed = request.state == AppointmentState.CONFIRMED
    change(
        request, AppointmentState.NEW, by=by, user=None, why="other times asked for", words=words, at=at,
        sequence=request.sequence + was_fixed, due_on=promised_day(request, timezone.localdate(at)),
    )  # fmt: skip
    ask_mail(request, MailKind.TO_DESK, about=str(request.round))


def note_meeting(*, request_pk: int, held_by: str, came: bool, by: User, at: datetime) -> AppointmentRequest:
    """Note that the family came, or did not. The same again changes nothing; the other one corrects.

    Raises ChangedMeanwhile, MoveNotAllowed before the hour of the meeting.
    """
    to = AppointmentState.HELD if came else AppointmentState.NO_SHOW
    with transaction.atomic():
        request = locked(request_pk)
        if request.holder != held_by:
            raise ChangedMeanwhile
        if request.state == to:
            return request
        if request.state == AppointmentState.CONFIRMED and request.starts_at and request.starts_at > at:
            raise MoveNotAllowed("Le rendez-vous n’a pas encore eu lieu.")
        words = "Rendez-vous tenu" if came else "Rendez-vous non tenu : personne n’est venu"
        mover = Mover.DESK if request.desk_no else Mover.FUND
        change(request, to, by=mover, user=by, why="meeting noted", words=words, at=at)
    return request
