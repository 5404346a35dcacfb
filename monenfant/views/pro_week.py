"""« Ma semaine »: the week, what would change, its receipt, and undoing it. The same pages serve the signed link."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monenfant.access import places_of
from monenfant.models import CarePlace, Gesture, Publication
from monenfant.reporting import undoing, writing
from monenfant.reporting.foreseeing import Foreseen, NothingTold, PastWeek, Wish, foresee
from monenfant.reporting.held import Held, held_of, last_message, last_pattern
from monenfant.reporting.squares import Square, week_of
from monenfant.reporting.stops import stopped_on
from monenfant.reporting.windows import WEEK, days_between, monday_of, period_end
from monenfant.rules.availability import AboveCapacity
from monenfant.views.pro_access import Door, door_of, reporting, who_of
from monenfant.views.pro_forms import Typed, monday_asked, stands, typed_of
from monenfant.views.pro_sheet import presences_of, sheet_of
from monenfant.views.pro_words import (
    BANDS,
    change_words,
    excess_words,
    free_words,
    half_day,
    publication_words,
    steps_of,
    told_words,
    until_words,
    window_words,
)
from portal.accounts.models import User
from portal.accounts.permissions import moment_on, today
from portal.frame.errors import Conflict, Version
from portal.frame.forms import form_key
from portal.frame.templatetags.portal import hour

PREVIEWS = {"week": Gesture.WEEK, "until": Gesture.UNTIL, "same": Gesture.SAME}
CHANGES_MOST = 20


@require_GET
@reporting
def weeks(request: HttpRequest) -> HttpResponse:
    """The week of the one place of the visitor; who has several chooses at home."""
    found = list(places_of(request.user, today())[:2])  # type: ignore[arg-type]
    if len(found) == 1:
        return redirect("monenfant:pro_week", number=found[0].number)
    return redirect("monenfant:pro_home")


@require_http_methods(["GET", "HEAD", "POST"])
@reporting
def week(request: HttpRequest, number: str) -> HttpResponse:
    return answer_week(request, door_of(request, number))


def answer_week(request: HttpRequest, door: Door) -> HttpResponse:
    """Show the week, or do what a button asked: most of them only fill squares or foresee, one publishes."""
    on = today()
    held = held_of(door.place, on)
    if request.method != "POST":
        typed = stands(held, monday_asked(request.GET.get("du", ""), on))
        return week_page(request, door, held, typed)
    typed, asked = typed_of(request, held, on), request.POST.get("do", "")
    if asked == "publish":
        return _publish(request, door, held, typed)
    if typed.errors:
        return week_page(request, door, held, typed, status=422)
    if asked in PREVIEWS:
        return _preview(request, door, held, typed, PREVIEWS[asked])
    return week_page(request, door, held, _filled(held, typed, asked, on))


def _filled(held: Held, typed: Typed, asked: str, on: date) -> Typed:
    """The squares of days to come, filled at once; nothing is saved."""
    monday = typed.monday
    before = week_of(held.stored, monday - WEEK, held.lines)
    for square in typed.squares:
        day = date.fromordinal(monday.toordinal() + square.weekday)
        if day < on or day in held.shut:
            continue
        if asked == "paint" and held.received is not None and square.weekday < 5:
            room = held.with_present(typed.present).received
            typed.squares[square] = min(1, room.left(day, square.band)) if room else 0
        elif asked == "empty":
            typed.squares[square] = 0
        elif asked == "copy":
            typed.squares[square] = before[square]
    return typed


def _wish(held: Held, typed: Typed, gesture: str, on: date) -> Wish:
    """A day of the week shown that says nothing (shut, or past and never told) tells nothing of the weeks to come."""
    silent = {
        day.weekday()
        for day in days_between(typed.monday, typed.monday + WEEK)
        if day in held.shut or (day < on and not held.is_told(day))
    }
    squares = {square: places for square, places in typed.squares.items() if square.weekday not in silent}
    changed = held.received is not None and typed.present != dict(held.received.present)
    return Wish(gesture, typed.monday, squares, typed.present if changed else None)


def _preview(request: HttpRequest, door: Door, held: Held, typed: Typed, gesture: str) -> HttpResponse:
    """What would change. Nothing is saved yet, and the page says so."""
    on = today()
    try:
        foreseen = foresee(held, _wish(held, typed, gesture, on), on)
    except (NothingTold, PastWeek) as nothing:
        return week_page(request, door, held, typed, problem=_why_nothing(nothing), status=422)
    if foreseen.excesses:
        return _too_much(request, door, held, typed, foreseen)
    return render(request, "monenfant/pro_preview.html", _foreseen_words(door, held, typed, foreseen))


def _foreseen_words(door: Door, held: Held, typed: Typed, foreseen: Foreseen) -> dict[str, object]:
    words = [change_words(change) for change in foreseen.changes]
    full = [half_day(one.day.weekday(), one.band) for one in foreseen.full]
    pattern = last_pattern(held) if foreseen.gesture == Gesture.SAME else None
    return {
        "door": door, "place": held.place, "typed": typed, "foreseen": foreseen, "key": uuid4(),
        "window": window_words(foreseen.first, foreseen.end), "changes": words[:CHANGES_MOST],
        "more": max(0, len(words) - CHANGES_MOST), "free": free_words(foreseen.free_half_days), "full": full,
        "approved": held.received.approved if held.received else None, "pattern_of": pattern[0] if pattern else None,
        "label": Gesture(foreseen.gesture).label, "squares": _hidden(typed), "present": _hidden_present(typed),
    }  # fmt: skip


def _hidden(typed: Typed) -> list[tuple[str, int]]:
    """The squares as the next form sends them."""
    return [(f"n-{square.name}", places) for square, places in typed.squares.items()]


def _hidden_present(typed: Typed) -> list[tuple[str, int]]:
    return [(f"p-{weekday}-{band}", children) for (weekday, band), children in typed.present.items()]


def _why_nothing(nothing: Exception) -> str:
    if isinstance(nothing, PastWeek):
        return "Cette semaine est passée. Choisissez la suivante."
    return "Vous n’avez encore rien dit : remplissez d’abord une semaine."


def _too_much(request: HttpRequest, door: Door, held: Held, typed: Typed, foreseen: Foreseen) -> HttpResponse:
    """The sentence beside the square, which keeps its old value; everything else typed stays."""
    approved = held.received.approved if held.received else 0
    stored, errors = stands(held, typed.monday).squares, {}
    for excess in foreseen.excesses:
        for square in typed.squares:
            if (square.weekday, square.band) == (excess.day.weekday(), excess.band) and square not in errors:
                errors[square] = excess_words(excess, approved)
                typed.squares[square] = stored[square]
    return week_page(request, door, held, typed, errors=errors, status=422)


def _publish(request: HttpRequest, door: Door, held: Held, typed: Typed) -> HttpResponse:
    key, on, now = form_key(request), today(), moment_on(today())
    again = Publication.objects.filter(place=door.place, key=key).exists()
    gesture = request.POST.get("gesture", "")
    if gesture not in PREVIEWS.values():
        raise Http404
    try:
        made = writing.publish(
            place_pk=door.place.pk, key=key, seen=typed.seen, wish=_wish(held, typed, gesture, on), who=door.who, on=on,
            now=now,
        )  # fmt: skip
    except writing.ChangedMeanwhile:
        return _changed(request, door, held, typed)
    except writing.TooMuch as above:
        return _too_much(request, door, held, typed, above.foreseen)
    except (NothingTold, PastWeek) as nothing:
        return week_page(request, door, held, typed, problem=_why_nothing(nothing), status=422)
    except AboveCapacity as above:
        problem = _above_capacity(held, above)
        return week_page(request, door, held, typed, problem=problem, status=422)
    address = door.receipt(made)
    return redirect(f"{address}?encore=1" if again else address)


def _above_capacity(held: Held, above: AboveCapacity) -> str:
    day, band, _kind = above.args[0][0]
    most = held.place.most_places
    return f"{most} places au plus : le {half_day(day.weekday(), band)}, les âges ensemble dépassent votre capacité."


def _changed(request: HttpRequest, door: Door, held: Held, typed: Typed) -> HttpResponse:
    """Somebody published first: what they did, what she had filled, which stays in her squares."""
    held = held_of(CarePlace.objects.get(pk=door.place.pk), today())
    last = held.place.publications.select_related("by").order_by("-pk").first()
    sentence = "Vos places ont changé depuis que vous avez ouvert cette page."
    if last is not None:
        sentence = (
            f"{_by(last)} a publié à {_at(last)} : {publication_words(last)[:1].lower()}{publication_words(last)[1:]}."
        )
    stored, wanted = stands(held, typed.monday).squares, typed.squares
    versions = [
        Version(half_day(square.weekday, square.band).capitalize(), _number(stored[square]), _number(places))
        for square, places in wanted.items()
        if places != stored[square]
    ]
    typed = replace(typed, seen=held.last_message)
    return week_page(request, door, held, typed, changed={"sentence": sentence, "versions": versions}, status=409)


def _number(places: int) -> str:
    return f"libre {places}" if places else "pris"


def _by(made: Publication) -> str:
    by = made.by
    return by.full_name if isinstance(by, User) else "Quelqu’un, par le lien envoyé,"


def _at(made: Publication) -> str:
    return hour(made.at)


def week_page(
    request: HttpRequest, door: Door, held: Held, typed: Typed, *, errors: Mapping[Square, str] | None = None,
    problem: str = "", changed: Mapping[str, object] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    on = today()
    weekend = "weekend" in request.GET or "weekend" in request.POST
    sheet = sheet_of(held, typed, on, errors=dict(errors or {}), weekend=weekend)
    context = {
        "door": door, "place": held.place, "sheet": sheet, "typed": typed, "problem": problem, "changed": changed,
        "errors": [{"column": f"s-{square.name}", "label": half_day(square.weekday, square.band).capitalize(), "message": text}
                   for square, text in (errors or {}).items()] + _typed_errors(typed),
        "by_childminder": held.by_childminder, "approved": held.received.approved if held.received else None,
        "until": until_words(max(period_end(on), typed.monday + WEEK)), "may_go_on": held.told_until is not None,
        "presences": presences_of(typed, weekend=sheet.has_weekend) if held.by_childminder else [],
        "stop": stopped_on(on).filter(place=held.place).first(), "bands": BANDS.items(),
        "is_this_week": typed.monday == monday_of(on),
    }  # fmt: skip
    return render(request, "monenfant/pro_week.html", context, status=status)


def _typed_errors(typed: Typed) -> list[dict[str, str]]:
    return [{"column": "s-" + name[2:] if name.startswith("n-") else name, "label": "À corriger", "message": text}
            for name, text in typed.errors.items()]  # fmt: skip


@require_GET
@reporting
def receipt(request: HttpRequest, number: str, key: UUID) -> HttpResponse:
    door = door_of(request, number)
    made = get_object_or_404(door.place.publications, key=key)
    return receipt_page(request, door, made, again="encore" in request.GET)


def receipt_page(request: HttpRequest, door: Door, made: Publication, *, again: bool) -> HttpResponse:
    """What is saved, what is not, and what one may still do."""
    may_undo = not door.token and undoing.may_undo(made, last_message(door.place), today())
    context = {
        "door": door, "made": made, "again": again, "words": publication_words(made), "free": told_words(made),
        "window": window_words(made.window_start, made.window_end), "may_undo": may_undo, "key": uuid4(),
        "steps": steps_of(made),
    }  # fmt: skip
    return render(request, "monenfant/pro_receipt.html", context)


@require_POST
@reporting
def undo(request: HttpRequest, number: str, key: UUID) -> HttpResponse:
    """Put back what stood before the last publication."""
    door = door_of(request, number)
    undone = get_object_or_404(door.place.publications, key=key)
    try:
        made = undoing.undo(
            place_pk=door.place.pk, publication_pk=undone.pk, key=form_key(request), who=who_of(request), on=today(),
            now=moment_on(today()),
        )  # fmt: skip
    except undoing.CannotUndo as too_late:
        sentence = "Cette publication n’est plus la dernière : elle ne s’annule plus. Corrigez la semaine."
        raise Conflict(sentence, link=door.week, action="Ouvrir ma semaine") from too_late
    return redirect(door.receipt(made))
