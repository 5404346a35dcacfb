"""`/garde/`: a free place near a commune, without an account and without a trace.

The form is posted: what is typed, a date of birth above all, is in no address. The answer is the address of the criteria,
with the age in months alone, so that a page can be reloaded, gone back to or passed on. Nothing of it is kept: no row, no
session, no log, no copy in a cache, and no other site is told where its visitor comes from.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from rest_framework.throttling import SimpleRateThrottle

from monenfant.search import asking, words
from monenfant.search.answer import Answer, answer_to
from monenfant.search.map import Map, map_of
from monenfant.search.need import Need
from monenfant.search.selectors import PAGES_MOST
from portal.accounts.permissions import today
from portal.organisations.communes import communes as communes_by_code
from portal.organisations.communes import communes_named

View = Callable[..., HttpResponse]


class PageTurns(SimpleRateThrottle):
    """So many searches a minute from one connection, counted in memory and nowhere else."""

    scope = "childcare_pages"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


def leaves_no_trace(view: View) -> View:
    """No cache keeps the page, and its address goes nowhere: not even to ourselves, in what a next request tells."""

    @wraps(view)
    def traceless(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        answer = never_cache(view)(request, *args, **kwargs)
        answer.headers["Cache-Control"] = "no-store, private"
        answer.headers["Referrer-Policy"] = "strict-origin"
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer

    return with_tiles(traceless)


def with_tiles(view: View) -> View:
    """Images of the map's background may come from its host, when the installation names one; else from nowhere else."""

    @wraps(view)
    def allowed(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        host = urlsplit(settings.PORTAL_TILES)
        if not host.netloc:
            return view(request, *args, **kwargs)
        return csp_update({"img-src": f"{host.scheme}://{host.netloc}"})(view)(request, *args, **kwargs)

    return allowed


@require_http_methods(["GET", "HEAD", "POST"])
@leaves_no_trace
def search(request: HttpRequest) -> HttpResponse:
    """The form; posted, the address of what it asks; with criteria, the list and the map."""
    if request.method == "POST":
        return _sent(request)
    if not request.GET:
        return render(request, "monenfant/search.html", {"asked": asking.blank(today()), **beside("")})
    asked, need = asking.of_address(request.GET, today())
    if need is None:
        return render(request, "monenfant/search.html", {"asked": asked, **beside("")}, status=422)
    return _answered(request, "monenfant/search.html", asked, need)


def _sent(request: HttpRequest) -> HttpResponse:
    asked, need = asking.of_form(request.POST, today())
    if need is None:
        return render(request, "monenfant/search.html", {"asked": asked, **beside("")}, status=422)
    return HttpResponseRedirect(f"{reverse('monenfant:search')}?{need.criteria.urlencode()}#resultats", status=303)


def _answered(request: HttpRequest, template: str, asked: asking.Asked, need: Need) -> HttpResponse:
    """What is found, or when to ask again: a search costs the database, and one connection must not take it from all."""
    turns = PageTurns()
    if turns.allow_request(request, None):  # type: ignore[arg-type]
        return render(request, template, {"asked": asked} | _found(request, need))
    asked.errors = [{"column": "where", "label": "Trop de recherches", "message": "Attendez une minute.", "remedy": ""}]
    answer = render(request, "monenfant/search.html", {"asked": asked, **beside("")}, status=429)
    answer.headers["Retry-After"] = str(int(turns.wait() or 0) + 1)
    return answer


def _found(request: HttpRequest, need: Need) -> dict[str, object]:
    answer = answer_to(need, on=today(), page=_page(request))
    drawn = map_of(need, answer.cards)
    return {
        "need": need, "answer": answer, "map": drawn, "points": _points(answer, drawn), "when": words.when(need),
        "hours": words.of_hours(need.hours), "criteria": need.criteria.urlencode(), "tiles": settings.PORTAL_TILES,
        **beside(need.commune.code),
    }  # fmt: skip


def beside(commune: str) -> dict[str, str]:
    """The pages beside a search: where a desk is asked about the commune, whose figures are read; without one, anywhere."""
    address, known = reverse("monenfant:appointment"), communes_by_code().get(commune)
    if known is None:
        return {"appointment": address, "departement": ""}
    return {"appointment": f"{address}?{urlencode({'commune': commune})}", "departement": known.departement}


def _points(answer: Answer, drawn: Map) -> dict[str, object]:
    """What the script draws: the same numbers as the list, nothing of a hidden place."""
    cards = (card for card in answer.cards if card.lat is not None)
    return {
        "places": [{"number": card.number, "name": card.name, "lat": card.lat, "lon": card.lon} for card in cards],
        "names": [{"name": one.name, "lat": one.lat, "lon": one.lon} for one in drawn.names],
    }


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text in map(str, range(1, PAGES_MOST + 1)) else 1


@require_GET
@leaves_no_trace
def search_map(request: HttpRequest) -> HttpResponse:
    """The map alone, for small screens; without criteria that hold, the form."""
    asked, need = asking.of_address(request.GET, today())
    if need is None:
        return HttpResponseRedirect(reverse("monenfant:search"))
    return _answered(request, "monenfant/search_map_page.html", asked, need)


@require_GET
@leaves_no_trace
def communes(request: HttpRequest) -> HttpResponse:
    """Communes that begin as what is being typed, for the list under the field."""
    found = [asking.label_of(one) for one in communes_named(request.GET.get("where", "")[:80])]
    # Lines for a list that a script fills, never a page of its own.
    return render(
        request, "monenfant/search_communes.html", {"labels": found}, content_type="text/plain; charset=utf-8"
    )
