"""The page of a request for who answers it, a desk or a fund: what is known, and one form an act."""

from collections.abc import Mapping
from datetime import date, datetime, time

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from monenfant.appointments import answering
from monenfant.appointments.answering import ChangedMeanwhile, TimesRefused, TimeTaken
from monenfant.appointments.asking import contact_of
from monenfant.appointments.calendars import address_of
from monenfant.appointments.hours import offered_times, read_hour
from monenfant.appointments.routing import desk_of, holder_name
from monenfant.models import AppointmentRequest, AppointmentState, Need, Way
from monenfant.rules.appointments import OPEN, TIMES_MOST, promised_number, spread_times
from portal.accounts.models import User
from portal.accounts.permissions import moment_on, today
from portal.casework.moves import MoveNotAllowed
from portal.frame.questions import iso_day, typed_text
from portal.organisations.communes import commune_of

ROWS = range(1, TIMES_MOST + 1)
CHANGED = (
    "Quelqu’un a agi entre-temps, ou la demande a changé de mains. Rien n’a été enregistré : voici où elle en est."
)


def shown(request: HttpRequest, found: AppointmentRequest, *, may_act: bool, back: Mapping[str, str]) -> HttpResponse:
    """The page, or the answer to one of its forms. `back`: the address and the words of the list it comes from."""
    if request.method != "POST":
        return _page(request, found, may_act, back)
    if not may_act:
        raise Http404
    try:
        said = _act(request, found, request.user)  # type: ignore[arg-type]
    except TimesRefused as refused:
        return _page(request, found, may_act, back, problem=str(refused), status=422)
    except (ChangedMeanwhile, TimeTaken, MoveNotAllowed) as refused:
        found.refresh_from_db()
        return _page(request, found, may_act, back, problem=_words(refused), status=409)
    messages.success(request, said)
    return redirect(request.path)


def _words(refused: Exception) -> str:
    if isinstance(refused, MoveNotAllowed):
        return f"{refused} Rien n’a été changé."
    return "Cet horaire est déjà pris par un autre rendez-vous." if isinstance(refused, TimeTaken) else CHANGED


def _act(request: HttpRequest, found: AppointmentRequest, by: User) -> str:
    """What was done, in a sentence. Raises what the operations raise, Http404 for an act that is none."""
    given, at = request.POST, moment_on(today())
    seen = int(given["round"]) if given.get("round", "").isdecimal() and len(given["round"]) < 5 else -1
    words = typed_text(given.get("words", ""))
    match given.get("action"):
        case "propose":
            starts = [*_chosen(given.getlist("time")), *_typed(given)]
            answering.propose(
                request_pk=found.pk,
                seen_round=seen,
                held_by=found.holder,
                starts=starts,
                way=given.get("way", ""),
                words=words,
                by=by,
                at=at,
            )
            return "C’est proposé : la famille est prévenue."
        case "fix":
            answering.fix(request_pk=found.pk, time_pk=_number(given.get("time", "")), by=by, at=at)
            return "Le rendez-vous est fixé."
        case "cancel":
            answering.cancel(request_pk=found.pk, seen_round=seen, held_by=found.holder, by=by, words=words, at=at)
            return "La demande est annulée : la famille lit votre raison."
        case "came" | "missed" as outcome:
            answering.note_meeting(request_pk=found.pk, held_by=found.holder, came=outcome == "came", by=by, at=at)
            return "C’est noté."
    raise Http404


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _chosen(values: list[str]) -> list[datetime]:
    """The times ticked."""
    try:
        return [timezone.localtime(datetime.fromisoformat(one)) for one in values[: TIMES_MOST + 1]]
    except (ValueError, OverflowError) as wrong:
        raise TimesRefused("Choisissez des horaires de la liste.") from wrong


def _typed(given: Mapping[str, str]) -> list[datetime]:
    """The times typed: a day and an hour each, or nothing. Raises TimesRefused."""
    found = []
    for row in ROWS:
        day, hour = (given.get(f"{kind}{row}", "").strip() for kind in ("day", "hour"))
        if not day and not hour:
            continue
        minutes = read_hour(hour)
        try:
            read = date.fromisoformat(iso_day(day))
        except ValueError:
            read = None
        if read is None or minutes is None:
            raise TimesRefused(f"Horaire {row} : écrivez un jour comme 28/10/2026 et une heure comme 9:30.")
        found.append(timezone.make_aware(datetime.combine(read, time(minutes // 60, minutes % 60))))
    return found


def _page(
    request: HttpRequest, found: AppointmentRequest, may_act: bool, back: Mapping[str, str], problem: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    at, desk = moment_on(today()), desk_of(found.desk_no)
    is_fixed = found.state == AppointmentState.CONFIRMED
    is_over = found.starts_at is not None and found.starts_at <= at
    context = {
        "found": found, "desk": desk, "asked_of": desk_of(found.first_desk_no), "who": holder_name(found, desk),
        "commune": commune_of(found.insee_code), "today": today(), "problem": problem, "may_act": may_act, "back": back,
        "contact": contact_of(found) if may_act else None, "needs": [Need(one).label for one in found.needs],
        "times": found.times.filter(round=found.round).order_by("position"), "place": address_of(found, desk),
        "moves": found.moves.select_related("user").order_by("pk"), "minutes": promised_number("minutes", today()),
        "may_propose": found.state in OPEN and not (is_fixed and is_over), "is_over": is_over, "is_fixed": is_fixed,
    }  # fmt: skip
    context |= _typed_before(request, found, bool(problem)) if may_act else {}
    return render(request, "monenfant/appointment_request.html", context, status=status)


def _typed_before(request: HttpRequest, found: AppointmentRequest, is_wrong: bool) -> dict[str, object]:
    """What the form proposes, or what was typed when it was wrong."""
    offered = offered_times(found, moment_on(today())) if found.state in OPEN else []
    ticked = request.POST.getlist("time") if is_wrong else [one.isoformat() for one, _end in spread_times(offered)]
    usual = found.way or (Way.ON_SITE if found.desk_no else Way.BY_PHONE)
    return {
        "offered": [(start.isoformat(), start, start.isoformat() in ticked) for start, _end in offered],
        "rows": [(row, request.POST.get(f"day{row}", ""), request.POST.get(f"hour{row}", "")) for row in ROWS],
        "ways": Way.choices, "way": request.POST.get("way") or usual, "typed_words": request.POST.get("words", ""),
    }  # fmt: skip
