"""`/pro/rendez-vous/`: the requests of a desk, the oldest promise first, and the page of each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from monenfant.access import desks_of
from monenfant.appointments.listing import listed
from monenfant.appointments.selectors import requests_of_desks, tab
from monenfant.views.appointment_acts import shown
from portal.accounts.permissions import for_roles, today
from portal.accounts.rights import Right, holders

ADVISERS = holders(Right.HOLD_DESK)


@never_cache
@require_GET
@for_roles(ADVISERS)
def desk(request: HttpRequest) -> HttpResponse:
    on = today()
    held = requests_of_desks(request.user, on)  # type: ignore[arg-type]
    found = tab(held, request.GET.get("etat", ""), on)
    own = {"desks": list(desks_of(request.user, on)), "to_note": tab(held, "noter", on).exists()}  # type: ignore[arg-type]
    return render(request, "monenfant/desk.html", listed(request, found, on, by_name=True) | own)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(ADVISERS)
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One request of the adviser's desks; that of another desk is no page."""
    held = requests_of_desks(request.user, today())  # type: ignore[arg-type]
    found = get_object_or_404(held.select_related("adviser"), pk=pk)
    back = {"link": reverse("monenfant:desk"), "label": "Demandes de rendez-vous"}
    return shown(request, found, may_act=True, back=back)
