"""« Je n’accueille pas d’enfant du … au … », and the closed days of a structure."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from monenfant.models import Provider, Publication
from monenfant.reporting import closing, stops
from monenfant.views.pro_access import Door, door_of, reporting
from portal.accounts.permissions import moment_on, today
from portal.frame.forms import form_key
from portal.frame.questions import iso_day

Problems = dict[str, str]
LISTED = 20
# A year typed wrong must not tell centuries: what begins does so within a year, what ends within ten.
BEGINS_WITHIN, ENDS_WITHIN = timedelta(days=366), timedelta(days=3653)


@require_http_methods(["GET", "HEAD", "POST"])
@reporting
def stop(request: HttpRequest, number: str) -> HttpResponse:
    """A time without any child: how long, or for good."""
    door = door_of(request, number)
    if request.method != "POST":
        return _page(request, door)
    start, problems = _day(request, "start", BEGINS_WITHIN)
    end: date | None = None
    how = request.POST.get("how", "")
    if how not in ("until", "open", "final"):
        problems["how"] = "Choisissez une des trois réponses."
    elif how == "until":
        last, wrong = _day(request, "last", ENDS_WITHIN)
        problems |= wrong
        end = last + timedelta(days=1) if last else None
    if problems or start is None:
        return _page(request, door, problems, status=422)
    return _answered(request, door, _asked(request, door, start, end, is_final=how == "final"))


def _asked(
    request: HttpRequest, door: Door, start: date, end: date | None, *, is_final: bool
) -> Callable[[], Publication]:
    return lambda: stops.stop(
        place_pk=door.place.pk, key=form_key(request), start=start, end=end, is_final=is_final, who=door.who, on=today(),
        now=moment_on(today()),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@reporting
def close(request: HttpRequest, number: str) -> HttpResponse:
    """One day on which a structure is closed although its hours say otherwise."""
    door = door_of(request, number)
    if request.method != "POST" or door.place.provider != Provider.STRUCTURE:
        return _page(request, door)
    day, problems = _day(request, "day", BEGINS_WITHIN)
    if problems or day is None:
        return _page(request, door, problems, status=422)
    closed: date = day
    return _answered(
        request, door,
        lambda: closing.close_day(
            place_pk=door.place.pk, key=form_key(request), day=closed, who=door.who, on=today(), now=moment_on(today())
        ),
    )  # fmt: skip


def _answered(request: HttpRequest, door: Door, act: Callable[[], Publication]) -> HttpResponse:
    try:
        made = act()
    except stops.StopInThePast:
        problems = {"start": "L’arrêt commence aujourd’hui au plus tôt. Écrivez aujourd’hui ou un jour à venir."}
    except stops.StopReversed:
        problems = {"last": "Le dernier jour vient avant le premier. Corrigez l’un des deux."}
    except stops.AlreadyStopped:
        problems = {"start": "Un arrêt est déjà dit pour ces jours. Annulez-le d’abord, ou changez les dates."}
    except closing.NotAnOpenDay:
        problems = {"day": "Ce jour est passé, ou déjà fermé. Écrivez un jour d’ouverture à venir."}
    else:
        return redirect(door.receipt(made))
    return _page(request, door, problems, status=422)


def _day(request: HttpRequest, name: str, within: timedelta) -> tuple[date | None, Problems]:
    try:
        found = date.fromisoformat(iso_day(request.POST.get(name, "")))
    except ValueError:
        return None, {name: "Écrivez le jour ainsi : 24/12/2026."}
    last = today() + within
    return (
        (found, {}) if found <= last else (None, {name: f"C’est trop loin. Écrivez un jour jusqu’au {last:%d/%m/%Y}."})
    )


def _page(request: HttpRequest, door: Door, problems: Problems | None = None, status: int = 200) -> HttpResponse:
    labels = {"start": "Premier jour", "last": "Dernier jour", "how": "Jusqu’à quand", "day": "Jour de fermeture"}
    context = {
        "door": door, "place": door.place, "key": uuid4(), "typed": request.POST, "problems": problems or {},
        "errors": [{"column": name, "label": labels[name], "message": text} for name, text in (problems or {}).items()],
        "stops": stops.stops_of(door.place)[:LISTED],
        "closed": door.place.closed_days.filter(withdrawn_at=None, day__gte=today()).order_by("day")[:LISTED],
        "is_structure": door.place.provider == Provider.STRUCTURE, "day": today(),
    }  # fmt: skip
    return render(request, "monenfant/pro_stop.html", context, status=status)
