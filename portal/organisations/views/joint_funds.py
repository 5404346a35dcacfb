"""`/agent/caisses/`: the joint funds that exist, the files of those to be created, what ended."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.accounts.permissions import for_roles, today
from portal.accounts.rights import Right, holders
from portal.frame.forms import may
from portal.frame.paging import page_of
from portal.organisations.directory import departements, missions
from portal.organisations.joint.living import files_due
from portal.organisations.joint.selectors import branch_labels, lacking, living_on, open_files
from portal.organisations.models import CreationFile, CreationState

SEE, CONDUCT = holders(Right.SEE_JOINT_FUNDS), holders(Right.FILE_JOINT_FUNDS)


@require_GET
@for_roles(SEE)
def joint_funds(request: HttpRequest) -> HttpResponse:
    """What exists and what is being prepared."""
    day = today()
    ended = CreationFile.objects.filter(state__in=(CreationState.LIVE, CreationState.WITHDRAWN))
    context = {
        "on": day, "living": living_on(day), "due": files_due(day),
        "prepared": [(one, branch_labels(one.branches), lacking(one)) for one in open_files()],
        "page": page_of(ended, request.GET.dict(), order=("-pk",)), "places": departements(),
        "unsure": {departements()[one.departement].name: one.note for one in missions() if one.starts_on is None},
        "conducts": may(request, CONDUCT),
    }  # fmt: skip
    return render(request, "joint/funds.html", context)
