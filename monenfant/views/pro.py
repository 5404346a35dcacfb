"""`/pro/`: is what families see still true?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from monenfant.access import desks_of, places_of
from portal.accounts.permissions import for_roles, today
from portal.accounts.rights import Area, of_area


@require_GET
@for_roles(of_area(Area.PROFESSIONAL))
def home(request: HttpRequest) -> HttpResponse:
    day = today()
    found = {"places": list(places_of(request.user, day)), "desks": list(desks_of(request.user, day))}
    return render(request, "monenfant/pro_home.html", found)
