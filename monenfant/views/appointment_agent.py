"""`/agent/enfance/rendez-vous/`: what a fund must answer, because no desk could or because one did not in time."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from monenfant.appointments.listing import listed
from monenfant.appointments.selectors import departements_of, late_requests, requests_of_funds, tab
from monenfant.views.appointment_acts import shown
from portal.accounts.permissions import for_roles, may, today
from portal.accounts.rights import Right, holders

WATCHERS = holders(Right.SEE_CHILDCARE)
BACK = "monenfant:late_appointments"


@never_cache
@require_GET
@for_roles(WATCHERS)
def late(request: HttpRequest) -> HttpResponse:
    """The oldest promise first. Beyond what waits, what the fund itself answered."""
    on, name = today(), request.GET.get("etat", "")
    waiting = late_requests(departements_of(request.user, on), on)  # type: ignore[arg-type]
    own = requests_of_funds(request.user, on).filter(desk_no="")  # type: ignore[arg-type]
    found = tab(own, name, on) if name in ("choix", "fixes", "noter", "finis") else waiting
    return render(request, "monenfant/appointment_late.html", listed(request, found, on, by_name=False))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(WATCHERS)
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One request of the fund's départements. What a desk holds is the desk's: the fund reads where it stands, no contact."""
    on = today()
    found = get_object_or_404(requests_of_funds(request.user, on).select_related("adviser"), pk=pk)  # type: ignore[arg-type]
    may_act = not found.desk_no and may(request.user, Right.TREAT_CHILDCARE, on)  # type: ignore[arg-type]
    return shown(request, found, may_act=may_act, back={"link": reverse(BACK), "label": "Rendez-vous à reprendre"})
