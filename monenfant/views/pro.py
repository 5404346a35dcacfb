"""`/pro/`: is what families see still true? And « Ce que j’ai publié »."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET

from monenfant.access import desks_of, places_of
from monenfant.appointments.selectors import waiting_of
from monenfant.models import CarePlace, Gesture, Mode, Provider, Publication
from monenfant.naming import names_of
from monenfant.reporting.held import Held, free_half_days, held_of, last_message
from monenfant.reporting.showing import freshness_of
from monenfant.reporting.stops import stopped_on
from monenfant.reporting.undoing import may_undo
from monenfant.reporting.windows import monday_of, period_end
from monenfant.rules.follow_up import campaign_opens, deadlines_between
from monenfant.rules.rhythm import next_due
from monenfant.transmission.history import Entry, last_of
from monenfant.views.pro_access import reporting
from monenfant.views.pro_forms import stands
from monenfant.views.pro_sheet import Sheet, sheet_of
from monenfant.views.pro_words import publication_words, until_words
from portal.accounts.permissions import for_roles, today
from portal.accounts.rights import Area, of_area
from portal.frame.paging import page_of

PLACES_A_PAGE = 10
A_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Told:
    """One place of the home. `deadline` is set while a declaration is awaited; `until` is how far the next one goes; `is_lowered`
    when the last thing that happened is that the portal took places away; `message` is the last of a structure's software."""

    place: CarePlace
    name: str
    held: Held
    sheet: Sheet
    free: int
    freshness: str
    stop: date | None
    is_stopped: bool
    next_due: date | None
    is_lowered: bool
    deadline: date | None
    until: str
    message: Entry | None


@require_GET
@for_roles(of_area(Area.PROFESSIONAL))
def home(request: HttpRequest) -> HttpResponse:
    day = today()
    page = page_of(places_of(request.user, day), request.GET, size=PLACES_A_PAGE)  # type: ignore[arg-type]
    names = names_of(page.rows)
    found = {
        "page": page, "told": [_told(place, names, day) for place in page.rows], "key": uuid4(),
        "desks": [(desk, *waiting_of(desk.desk_no)) for desk in desks_of(request.user, day)],  # type: ignore[arg-type]
    }  # fmt: skip
    return render(request, "monenfant/pro_home.html", found)


def _told(place: CarePlace, names: dict[int, str], on: date) -> Told:
    held, monday = held_of(place, on), monday_of(on)
    stop, last = stopped_on(on).filter(place=place).first(), place.publications.order_by("-pk").first()
    manual = place.provider == Provider.STRUCTURE and place.declared_mode != Mode.AUTOMATED and place.declared_at
    return Told(
        place=place, name=names[place.pk], held=held, sheet=sheet_of(held, stands(held, monday), on),
        free=free_half_days(held, monday), freshness=freshness_of(place, on), stop=stop.end if stop else None,
        is_stopped=stop is not None, next_due=localtime(next_due(place.declared_at, place.declared_mode)).date() if manual else None,
        is_lowered=last is not None and last.gesture == Gesture.LIMIT,
        deadline=_deadline(held, on), until=until_words(period_end(on)),
        message=last_of(place) if place.provider == Provider.STRUCTURE else None,
    )  # fmt: skip


def _deadline(held: Held, on: date) -> date | None:
    """The deadline of the campaign that is open, while nothing was told beyond it."""
    if not held.by_childminder or held.shut.is_stopped(on):
        return None
    coming = deadlines_between(on, on + A_YEAR)[0]
    is_told = held.told_until is not None and held.told_until > coming
    return coming if campaign_opens(coming) <= on and not is_told else None


@require_GET
@reporting
def published(request: HttpRequest) -> HttpResponse:
    """Everything published of the visitor's places, the last first."""
    places = places_of(request.user, today())  # type: ignore[arg-type]
    found = Publication.objects.filter(place__in=places.order_by()).select_related("place", "by", "undone_by")
    page = page_of(found, request.GET, order=["-pk"])
    names = names_of(list({one.place_id: one.place for one in page.rows}.values()))
    last = {pk: last_message(place) for pk, place in {one.place_id: one.place for one in page.rows}.items()}
    rows = [
        {"made": one, "words": publication_words(one), "name": names[one.place_id], "by": _by(one),
         "may_undo": may_undo(one, last[one.place_id], today())}
        for one in page.rows
    ]  # fmt: skip
    return render(request, "monenfant/pro_published.html", {"page": page, "rows": rows, "several": len(names) > 1})


def _by(made: Publication) -> str:
    if made.by is not None:
        return made.by.full_name  # type: ignore[attr-defined]
    return "Le portail" if made.gesture == Gesture.LIMIT else "Par le lien envoyé"
