"""What the pages of leads and rules share: who may, refusals as pages say them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fraud.guarding import LinkedToThem
from portal.accounts.models import User
from portal.accounts.rights import Right, holders

SEE, TREAT = holders(Right.SEE_CONTROL), holders(Right.TREAT_CONTROL)
SEE_RULES, DIRECT, VETO = holders(Right.SEE_PROGRAMME), holders(Right.DIRECT_CONTROL), holders(Right.VETO_RULE)


def agent(request: HttpRequest) -> User:
    """Who is signed in: the pages are for roles."""
    assert isinstance(request.user, User)
    return request.user


def closed(request: HttpRequest, refused: LinkedToThem) -> HttpResponse:
    """The file is closed to this person by a link that they declared."""
    return render(request, "fraud/linked.html", {"sentence": str(refused)}, status=403)
