"""Social action of the joint funds: files presented by the direction, what the councils decided."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.permissions import for_roles, today
from portal.frame.forms import day_typed, form_key, get_one, key_of, may, question
from portal.frame.paging import page_of
from portal.frame.questions import Choices, typed_text
from portal.organisations.joint.acting import JointRefused, conducts
from portal.organisations.joint.deliberations import Presented, enter_deliberation, present_file
from portal.organisations.joint.selectors import living_on
from portal.organisations.models import SocialActionDeliberation
from portal.organisations.views.creation_new import in_order, who_of
from portal.organisations.views.joint_funds import CONDUCT, SEE

LABELS = {
    "body": "Caisse commune", "title": "Ce qui est demandé au conseil", "guideline": "Orientation de la CNAF",
    "presented_on": "Présenté le", "is_adopted": "Décision", "deliberated_on": "Délibéré le",
}  # fmt: skip
ALREADY = "C’est déjà reçu : rien n’a été inscrit deux fois."
ADOPTED: Choices = (("", "Choisir…"), ("1", "adopté"), ("0", "rejeté"))


@require_GET
@for_roles(SEE)
def deliberations(request: HttpRequest) -> HttpResponse:
    """What waits for a council, and what was decided, the last presented first."""
    found = SocialActionDeliberation.objects.select_related("body")
    context = {
        "page": page_of(found, request.GET.dict(), order=("-pk",)), "waiting": found.filter(deliberated_on=None).count(),
        "conducts": may(request, CONDUCT), "living": living_on(today()), "on": today(),
    }  # fmt: skip
    return render(request, "joint/deliberations.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(CONDUCT)
def new(request: HttpRequest) -> HttpResponse:
    """The direction presents a file, in line with a guideline that it names."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        key = form_key(request)
        try:
            made, again = present_file(presented=_presented(request), key=key, who=who_of(request))
        except JointRefused as refused:
            errors = refused.errors
        else:
            messages.success(
                request,
                "C’est déjà reçu : rien n’a été présenté deux fois."
                if again
                else "Le dossier est présenté au conseil.",
            )
            return redirect("organisations:deliberation", pk=made.pk)
    return render(request, "joint/deliberation_new.html", _context(request, errors), status=422 if errors else 200)


def _presented(request: HttpRequest) -> Presented:
    texts = {name: typed_text(request.POST.get(name, "")) for name in ("body", "title", "guideline")}
    return Presented(presented_on=day_typed(request, "presented_on"), **texts)


def _context(request: HttpRequest, errors: dict[str, str]) -> dict[str, Any]:
    funds = tuple((one.body.code, one.body.name) for one in living_on(today()))
    return {
        "questions": [
            question(request, "body", LABELS["body"], errors, choices=(("", "Choisir…"), *funds)),
            question(request, "title", LABELS["title"], errors),
            question(request, "guideline", LABELS["guideline"], errors),
            question(request, "presented_on", LABELS["presented_on"], errors, unit="jour/mois/année"),
        ],
        "errors": in_order(errors, LABELS), "key": key_of(request),
    }  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(SEE)
def deliberation(request: HttpRequest, pk: int) -> HttpResponse:
    """One file; what the council decided is written once."""
    found = get_one(SocialActionDeliberation.objects.select_related("body", "presented_by"), pk)
    presides, errors = conducts(request.user, found.body.seat_departement, today()), {}  # type: ignore[arg-type]
    if request.method == "POST":
        if not presides:
            raise Http404
        errors = _decide(request, found)
        if not errors:
            return redirect("organisations:deliberation", pk=pk)
    questions = [
        question(request, "is_adopted", LABELS["is_adopted"], errors, choices=ADOPTED),
        question(request, "deliberated_on", LABELS["deliberated_on"], errors, unit="jour/mois/année"),
    ]
    context = {
        "one": found, "questions": questions, "errors": in_order(errors, LABELS), "key": key_of(request),
        "may_decide": presides and found.deliberated_on is None,
    }  # fmt: skip
    return render(request, "joint/deliberation.html", context, status=422 if errors else 200)


def _decide(request: HttpRequest, found: SocialActionDeliberation) -> dict[str, str]:
    form_key(request)
    way = {"1": True, "0": False}.get(request.POST.get("is_adopted", ""))
    try:
        _done, again = enter_deliberation(
            deliberation_pk=found.pk,
            deliberated_on=day_typed(request, "deliberated_on"),
            is_adopted=way,
            who=who_of(request),
        )
    except JointRefused as refused:
        return refused.errors
    messages.success(request, ALREADY if again else "La délibération est inscrite.")
    return {}
