"""The public simulator of the CMG, without account. Nothing typed is kept, nor written into an address."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cmg.declaring.simulating import Simulated, blank, retyped, simulated
from portal.accounts.limits import TooManyTries, address_of, take_turn
from portal.accounts.permissions import today

# Open to all, and a calculation each time: far more than a family types, far less than a machine would.
TURNS_MOST, TURNS_WITHIN = 30, timedelta(minutes=1)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def simulator(request: HttpRequest) -> HttpResponse:
    """The form; posted, the result with its steps, or every error at once. Facts never stand in the address."""
    if request.method != "POST":
        return _shown(request, blank(today()))
    try:
        take_turn(f"simulator:{_who(request)}", most=TURNS_MOST, within=TURNS_WITHIN)
    except TooManyTries as full:
        return _full(request, full.seconds)
    return _shown(request, simulated(request.POST.dict(), today()))


def _shown(request: HttpRequest, found: Simulated, status: int = 200, wait: int = 0) -> HttpResponse:
    context = {"simulated": found, "wait": wait, "turns": TURNS_MOST}
    return render(request, "cmg/declare/simulator.html", context, status=422 if found.errors else status)


def _full(request: HttpRequest, wait: int) -> HttpResponse:
    """When to come back, with what was typed."""
    answer = _shown(request, retyped(request.POST.dict(), today()), status=429, wait=wait)
    answer["Retry-After"] = str(wait)
    return answer


def _who(request: HttpRequest) -> str:
    """The parent, or the visitor's address."""
    return f"user:{request.user.pk}" if request.user.is_authenticated else address_of(request)
