"""The signed link: a week without a password. Opening it changes nothing; its one button does."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monenfant.models import Gesture, ProLink, Purpose
from monenfant.reporting import links
from monenfant.reporting.foreseeing import NothingTold, Wish, foresee
from monenfant.reporting.held import Held, held_of, last_pattern
from monenfant.reporting.squares import HALVES
from monenfant.reporting.windows import monday_of
from monenfant.views.pro_access import Door
from monenfant.views.pro_week import answer_week, receipt_page
from monenfant.views.pro_words import free_words, half_day, window_words
from portal.accounts.permissions import moment_on, today
from portal.frame.private import in_private


@in_private
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The week of the place, or « tout est comme avant »; a link that is over offers another."""
    found = links.find(token)
    if found is None or not links.is_open(found, moment_on(today())):
        return _over(request, found, token)
    door = Door(found.place, links.BY_LINK, token)
    if found.purpose == Purpose.WEEK:
        return answer_week(request, door)
    return _press(request, found, token) if request.method == "POST" else _same(request, found, door)


@in_private
@require_http_methods(["GET", "HEAD", "POST"])
def week(request: HttpRequest, token: str) -> HttpResponse:
    """From « tout est comme avant » to the week itself, when something has changed."""
    found = links.find(token)
    if found is None or not links.opens_week(found, moment_on(today())):
        return _over(request, found, token)
    return answer_week(request, Door(found.place, links.BY_LINK, token, "pro_link_week"))


def _over(request: HttpRequest, found: ProLink | None, token: str) -> HttpResponse:
    """Used, too old, or never ours: the same words. A second press of a button shows the first receipt."""
    if request.method == "POST" and found is not None and found.publication is not None:
        return redirect(_receipt(found, token) + "?encore=1")
    receipt = _receipt(found, token) if found is not None and found.publication is not None else ""
    return render(request, "monenfant/pro_link_over.html", {"token": token, "receipt": receipt}, status=410)


def _receipt(found: ProLink, token: str) -> str:
    assert found.publication is not None
    return Door(found.place, links.BY_LINK, token).receipt(found.publication)


def _press(request: HttpRequest, found: ProLink, token: str) -> HttpResponse:
    try:
        _made, again = links.same_as_before(link_pk=found.pk, on=today(), now=moment_on(today()))
    except (links.LinkOver, NothingTold):
        return _over(request, found, token)
    found.refresh_from_db()
    return redirect(_receipt(found, token) + ("?encore=1" if again else ""))


def _same(request: HttpRequest, found: ProLink, door: Door) -> HttpResponse:
    """The week that would go on, and until when; the way to the week itself, when something has changed."""
    on = today()
    week_is_open = links.opens_week(found, moment_on(on))
    held = held_of(found.place, on)
    try:
        foreseen = foresee(held, Wish(Gesture.SAME, monday_of(on), {}), on)
    except NothingTold:
        return render(request, "monenfant/pro_link_same.html", {"door": door, "week_is_open": week_is_open})
    context = {
        "door": door, "week_is_open": week_is_open, "window": window_words(foreseen.first, foreseen.end),
        "free": free_words(foreseen.free_half_days),
        "days": _pattern(held),
    }  # fmt: skip
    return render(request, "monenfant/pro_link_same.html", context)


def _pattern(held: Held) -> list[tuple[str, list[int]]]:
    """By day of the week, the places of each half."""
    found = last_pattern(held)
    pattern = found[1] if found else {}
    days = range(7) if any(places for square, places in pattern.items() if square.weekday > 4) else range(5)
    return [
        (
            half_day(weekday, "AM").split(" ")[0].capitalize(),
            [
                max((places for square, places in pattern.items() if (square.weekday, square.band) == (weekday, band)), default=0)
                for band in HALVES
            ],
        )
        for weekday in days
    ]  # fmt: skip


@in_private
@require_GET
def receipt(request: HttpRequest, token: str, key: UUID) -> HttpResponse:
    """What was published by this link; of a week, while it is open."""
    found = links.find(token)
    if found is None:
        return _over(request, found, token)
    made = found.place.publications.filter(key=key).first()
    if made is None:
        raise Http404
    if made != found.publication and not links.is_open(found, moment_on(today())):
        return _over(request, found, token)
    page = "pro_link_week" if links.opens_week(found, moment_on(today())) else "pro_link"
    return receipt_page(request, Door(found.place, links.BY_LINK, token, page), made, again="encore" in request.GET)


@in_private
@require_POST
def another(request: HttpRequest, token: str) -> HttpResponse:
    """A new link to the known address; whoever asks reads the same, whatever the link was."""
    links.send_another(token=token, on=today(), now=moment_on(today()))
    return render(request, "monenfant/pro_link_sent.html")
