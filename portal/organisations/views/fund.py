"""One joint fund: whether it is permanent, what its experiment still needs, the orders on it, what went back."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.accounts.permissions import for_roles, today
from portal.organisations.joint.acting import conducts
from portal.organisations.joint.funds import backs_of, ended_on, files_of, orders_of
from portal.organisations.joint.returning import returns_due
from portal.organisations.joint.selectors import branch_labels, living_on, story_of
from portal.organisations.models import Organisation
from portal.organisations.views.joint_funds import SEE


def fund_named(code: str) -> Organisation:
    """The joint fund of the address."""
    found = Organisation.objects.filter(code=code, body="CCSS").first()
    if found is None:
        raise Http404
    return found


@require_GET
@for_roles(SEE)
def fund(request: HttpRequest, code: str) -> HttpResponse:
    """Everything of one joint fund."""
    body, day = fund_named(code), today()
    living = next(iter(living_on(day, body=code)), None)
    ends = living.until if living and not living.experiments else None
    shown = {
        "body": body, "on": day, "living": living, "ends": ends, "ended": None if living else ended_on(code),
        "story": story_of(body, day), "due": [end for one, end in returns_due(day) if one == code],
        "files": files_of(code), "backs": backs_of(code),
        "orders": orders_of(code),
        "conducts": conducts(request.user, body.seat_departement, day),  # type: ignore[arg-type]
        "experiments": [(one, branch_labels(one.branches)) for one in living.experiments] if living else [],
    }  # fmt: skip
    return render(request, "joint/fund.html", shown)
