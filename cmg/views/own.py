"""A parent's first page: who they are, and the link to their family. The months come with the families' pages."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cmg.linking import SUBJECT, link_own_family
from cmg.views.access import PARENTS, for_roles, today
from portal.accounts.links import LinkRefused
from portal.accounts.models import FamilyLink
from portal.accounts.permissions import family_of


@for_roles(PARENTS)
def home(request: HttpRequest) -> HttpResponse:
    """Linked or not yet; the form that links."""
    subject, refusal = family_of(request.user, today()), ""
    if request.method == "POST" and not subject:
        try:
            link_own_family(user_pk=request.user.pk, number=request.POST.get("number", "")[:60], on=today())
        except LinkRefused as refused:
            refusal = str(refused)
        else:
            messages.success(request, "Votre dossier est relié à votre compte.")
            return redirect("cmg:own_home")
    context = {
        "linked": bool(subject),
        "link": FamilyLink.objects.filter(user=request.user, subject=subject).order_by("-since").first(),
        "employer_no": subject.removeprefix(SUBJECT),
        "refusal": refusal,
        "demo_number": settings.PORTAL_DEMO and _demo_number(),
    }
    return render(request, "cmg/famille/home.html", context, status=422 if refusal else 200)


def _demo_number() -> str:
    from cmg.population.demo import NEW_NO

    return NEW_NO
