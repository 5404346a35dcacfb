"""The public simulator of the CMG, without account. Nothing typed is kept, nor written into an address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cmg.declaring.simulating import blank, simulated
from portal.accounts.permissions import today


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def simulator(request: HttpRequest) -> HttpResponse:
    """The form; posted, the result with its steps, or every error at once. Facts never stand in the address."""
    asked = request.method == "POST"
    found = simulated(request.POST.dict(), today()) if asked else blank(today())
    return render(request, "cmg/declare/simulator.html", {"simulated": found}, status=422 if found.errors else 200)
