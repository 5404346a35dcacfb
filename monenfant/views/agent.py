"""`/agent/enfance/`: childcare as the funds follow it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from monenfant.access import followed_by
from portal.accounts.permissions import for_roles, today
from portal.accounts.rights import Right, holders


@require_GET
@for_roles(holders(Right.SEE_CHILDCARE))
def childcare(request: HttpRequest) -> HttpResponse:
    return render(request, "monenfant/childcare.html", {"count": followed_by(request.user, today()).count()})
