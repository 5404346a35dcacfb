"""The week of a desk, its hours, and the private address that its calendar polls."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monenfant.access import desks_of
from monenfant.appointments import hours as weekly
from monenfant.appointments.calendars import desk_calendar
from monenfant.appointments.links import feed_address, find_feed, renew_feed
from monenfant.appointments.routing import desk_of
from monenfant.appointments.selectors import meetings_of_feed, meetings_of_week, months_of_desk
from monenfant.models import ChildcareDesk, DeskFeed
from monenfant.rules.appointments import promised_number
from monenfant.views.desk import ADVISERS
from portal.accounts.permissions import for_roles, moment_on, today

WEEKEND = 5


def _desk(request: HttpRequest) -> tuple[ChildcareDesk, list[ChildcareDesk]]:
    """The desk that the address names, among those of the account, or the first of them; and all of them."""
    own = list(desks_of(request.user, today()))  # type: ignore[arg-type]
    wanted = request.GET.get("relais", "")
    found = next((one for one in own if not wanted or one.desk_no == wanted), None)
    if found is None:
        raise Http404
    return found, own


def _monday(text: str) -> date:
    """The first day of the week asked for, or of this one; a day that is none is today."""
    try:
        day = date.fromisoformat(text)
        monday = day - timedelta(days=day.weekday())
        return monday if date(2000, 1, 1) < monday < date(2100, 1, 1) else _monday("")
    except (ValueError, OverflowError):
        return today() - timedelta(days=today().weekday())


def _week(monday: date) -> list[date]:
    return [monday + timedelta(days=number) for number in range(7)]


@never_cache
@require_GET
@for_roles(ADVISERS)
def agenda(request: HttpRequest) -> HttpResponse:
    desk, own = _desk(request)
    monday = _monday(request.GET.get("semaine", ""))
    meetings = meetings_of_week(desk.desk_no, monday)
    by_day = [(day, [one for one in meetings if one.due_on == day]) for day in _week(monday)]
    days = [(day, held) for day, held in by_day if held or day.weekday() < WEEKEND]
    feed = DeskFeed.objects.filter(desk_no=desk.desk_no).select_related("renewed_by").first()
    context = {
        "desk": desk, "desks": own, "monday": monday, "last": days[-1][0], "now": moment_on(today()),
        "previous": monday - timedelta(days=7), "next": monday + timedelta(days=7), "count": len(meetings),
        "days": days, "feed": feed, "address": feed_address(feed) if feed else "", "months": months_of_desk(desk.desk_no, today()),
    }  # fmt: skip
    return render(request, "monenfant/desk_agenda.html", context)


@require_POST
@for_roles(ADVISERS)
def renew(request: HttpRequest) -> HttpResponse:
    desk, _own = _desk(request)
    renew_feed(desk_no=desk.desk_no, by=request.user)  # type: ignore[arg-type]
    messages.success(request, "L’adresse est prête. Si vous en aviez une avant, elle n’ouvre plus rien.")
    return redirect(f"{reverse('monenfant:desk_agenda')}?relais={desk.desk_no}#adresse")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(ADVISERS)
def hours(request: HttpRequest) -> HttpResponse:
    """The hours in which the desk receives families each week: what times are proposed from."""
    desk, own = _desk(request)
    if request.method != "POST":
        return _hours_page(request, desk, own, _typed(desk.desk_no), {})
    bands, errors = weekly.read_week(request.POST, moment_on(today()))
    if errors:
        return _hours_page(request, desk, own, request.POST.dict(), errors, status=422)
    weekly.set_hours(desk_no=desk.desk_no, bands=bands, by=request.user, at=moment_on(today()))  # type: ignore[arg-type]
    messages.success(request, "C’est enregistré. Les prochains horaires proposés suivent ces heures.")
    return redirect(f"{request.path}?relais={desk.desk_no}")


def _typed(desk_no: str) -> dict[str, str]:
    """The week as its form writes it."""
    found: dict[str, str] = {}
    for band in weekly.bands_of(desk_no):
        number = 1 if weekly.field(band.weekday, 1, "from") not in found else 2
        for edge, minutes in (("from", band.start), ("to", band.end)):
            found[weekly.field(band.weekday, number, edge)] = f"{minutes // 60}:{minutes % 60:02d}"
    return found


def _hours_page(
    request: HttpRequest, desk: ChildcareDesk, own: list[ChildcareDesk], typed: dict[str, str], errors: weekly.Errors,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    def box(weekday: int, number: int, edge: str) -> dict[str, str]:
        name = weekly.field(weekday, number, edge)
        words = (
            f"{weekly.WEEKDAYS[weekday]}, {'matin' if number == 1 else 'après-midi'}, {'de' if edge == 'from' else 'à'}"
        )
        return {"name": name, "value": typed.get(name, ""), "label": words, "error": errors.get(name, "")}

    days = [
        (name, [[box(weekday, number, edge) for edge in ("from", "to")] for number in weekly.BANDS])
        for weekday, name in enumerate(weekly.WEEKDAYS)
    ]
    boxes = [box for _name, bands in days for band in bands for box in band]
    listed = [{"column": one["name"], "label": one["label"], "message": one["error"]} for one in boxes if one["error"]]
    context = {
        "desk": desk,
        "desks": own,
        "days": days,
        "listed": listed,
        "minutes": promised_number("minutes", today()),
    }
    return render(request, "monenfant/desk_hours.html", context, status=status)


@never_cache
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The agenda as calendars poll it, without a word of the families. An address that was replaced is no page."""
    found = find_feed(token)
    if found is None:
        raise Http404
    desk = desk_of(found.desk_no)
    content = desk_calendar(meetings_of_feed(found.desk_no, moment_on(today())), desk.name if desk else found.desk_no)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
