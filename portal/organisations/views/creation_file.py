"""One creation file: what changes on the day, for whom; votes, opinions, order; who is competent before and after."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.accounts.following import Fate
from portal.accounts.permissions import for_roles, today
from portal.frame.forms import get_one
from portal.organisations.directory import departements
from portal.organisations.joint.acting import conducts
from portal.organisations.joint.files import OPEN, body_names
from portal.organisations.joint.selectors import (
    SCHEMES,
    ballots_of,
    branch_labels,
    history_of,
    lacking,
    moving_of,
    opinions_asked,
    preview_of,
    staff_of,
    steps_of,
    to_move,
)
from portal.organisations.models import Branch, CreationFile
from portal.organisations.rules import creation
from portal.organisations.views.creation_acts import offered
from portal.organisations.views.joint_funds import SEE


@require_GET
@for_roles(SEE)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of one file."""
    found, day = get_one(CreationFile.objects.select_related("opened_by"), pk), today()
    preview = preview_of(found, day)
    staff = staff_of(found, preview, day)
    shown = {
        "one": found, "on": day, "where": departements()[found.departement], "branches": branch_labels(found.branches),
        "lacking": lacking(found), "steps": steps_of(found), "ballots": ballots_of(found, body_names(found.concerned)),
        "opinions": opinions_asked(found), "preview": preview, "to_move": to_move(preview) if found.state in OPEN else [],
        "staff": staff, "lost": sum(each.people for each in staff if each.fate == Fate.ENDS),
        "moving": moving_of(found), "happened": history_of(found),
        "council": creation.council_on(found.starts_on or day, found.branches), "branch_names": dict(Branch.choices),
        "schemes": SCHEMES, "acts": offered(found, day) if conducts(request.user, found.departement, day) else [],  # type: ignore[arg-type]
    }  # fmt: skip
    return render(request, "joint/file.html", shown)
