"""Opening the creation file of a joint fund."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.models import User
from portal.accounts.permissions import for_roles, moment_on, today
from portal.frame.forms import day_typed, form_key, key_of, listed, question
from portal.frame.questions import typed_text, whole
from portal.organisations.directory import departements
from portal.organisations.joint.acting import JointRefused, Who
from portal.organisations.joint.files import Proposed, open_creation_file
from portal.organisations.models import Branch
from portal.organisations.views.joint_funds import CONDUCT

LABELS = {
    "branches": "Branches réunies", "departement": "Département", "name": "Nom de la caisse commune", "seat_city": "Ville du siège",
    "proposed_on": "Proposée par les conseils le",
    "outside_rural_zone": "Communes hors zone de revitalisation rurale",
}  # fmt: skip


def who_of(request: HttpRequest) -> Who:
    assert isinstance(request.user, User)
    return Who(request.user.pk, today(), moment_on(today()))


def in_order(errors: dict[str, str], labels: dict[str, str]) -> list[dict[str, Any]]:
    """Errors in the order of the form, which is that of its labels."""
    return listed({name: errors[name] for name in labels if name in errors}, labels)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(CONDUCT)
def new(request: HttpRequest) -> HttpResponse:
    """What boards propose: where, which branches, under which name."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        key = form_key(request)
        try:
            made, again = open_creation_file(proposed=_proposed(request), key=key, who=who_of(request))
        except JointRefused as refused:
            errors = refused.errors
        else:
            messages.success(
                request, "C’est déjà reçu : rien n’a été ouvert deux fois." if again else "Le dossier est ouvert."
            )
            return redirect("organisations:creation_file", pk=made.pk)
    return render(request, "joint/new.html", _context(request, errors), status=422 if errors else 200)


def _proposed(request: HttpRequest) -> Proposed:
    outside = whole(typed_text(request.POST.get("outside_rural_zone", "")))
    return Proposed(
        departement=typed_text(request.POST.get("departement", "")), branches=request.POST.getlist("branches")[:3],
        name=typed_text(request.POST.get("name", "")), seat_city=typed_text(request.POST.get("seat_city", "")),
        proposed_on=day_typed(request, "proposed_on"), outside_rural_zone=outside if isinstance(outside, int) else None,
    )  # fmt: skip


def _context(request: HttpRequest, errors: dict[str, str]) -> dict[str, Any]:
    places = tuple((one.number, f"{one.number} {one.name}") for one in departements().values())
    chosen = request.POST.getlist("branches")
    return {
        "questions": [
            question(request, "departement", LABELS["departement"], errors, choices=(("", "Choisir…"), *places)),
            question(request, "name", LABELS["name"], errors),
            question(request, "seat_city", LABELS["seat_city"], errors),
            question(request, "proposed_on", LABELS["proposed_on"], errors, unit="jour/mois/année"),
            question(request, "outside_rural_zone", LABELS["outside_rural_zone"], errors, unit="avant 2020 seulement"),
        ],
        "branches": [(one.value, one.label, one.value in chosen) for one in Branch],
        "branches_problem": errors.get("branches", ""),
        "errors": in_order(errors, LABELS), "key": key_of(request),
    }  # fmt: skip
