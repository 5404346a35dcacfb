"""Suspensions and withdrawals that a département decided, recorded here. What the law forbids is not offered, and posted by
hand it is refused with its article (CASF L. 421-4, III)."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monenfant.access import followed_by
from monenfant.duties import selectors
from monenfant.duties.territory import departement_of
from monenfant.models import CarePlace, GroundCode, Provider, WithdrawalGround
from monenfant.naming import names_of
from monenfant.operations import record_suspension, record_withdrawal, remove_ground
from monenfant.rules import follow_up as rules
from monenfant.rules.follow_up import ForbiddenGroundError, Ground, SoleGroundError
from monenfant.views.agent_campaigns import city_of
from monenfant.views.agent_common import SEE, TREAT
from portal.accounts.permissions import for_roles, moment_on, today
from portal.frame.forms import day_typed, form_key, get_one, key_of, listed, may, question
from portal.frame.paging import page_of
from portal.frame.questions import typed_text

FORBIDDEN = (
    "Une suspension ne peut jamais reposer sur des disponibilités non déclarées, même avec un autre motif "
    "(CASF L. 421-4, III). Rien n’a été enregistré."
)
ALONE = (
    "Des disponibilités non déclarées ne peuvent pas être le seul motif d’un retrait : il faut aussi un manquement aux "
    "conditions d’accueil (sécurité, santé, épanouissement), avec sa pièce (CASF L. 421-4, III). Rien n’a été changé."
)
SUSPENDING = tuple(one for one in GroundCode if one != rules.AVAILABILITY_NOT_DECLARED)
LABELS = {
    "decided_on": "Décidée le", "heard_on": "Personne entendue le", "commission_on": "Avis de la commission (CCPD) le",
    "grounds": "Motifs",
}  # fmt: skip


def _childminder(request: HttpRequest, pk: int) -> CarePlace:
    found = followed_by(request.user, today()).filter(provider=Provider.CHILDMINDER)  # type: ignore[arg-type]
    return get_one(found, pk)


def _frame(place: CarePlace) -> dict[str, Any]:
    name = names_of([place])[place.pk]
    return {"place": place, "name": name, "city": city_of(place.insee_code)}


@require_GET
@for_roles(SEE)
def decisions(request: HttpRequest) -> HttpResponse:
    """What the départements decided, the last first."""
    day = today()
    suspended = page_of(selectors.suspensions(request.user, day), {}, order=("-pk",)).rows  # type: ignore[arg-type]
    page = page_of(selectors.withdrawals(request.user, day), request.GET.dict(), order=("-pk",))  # type: ignore[arg-type]
    context = {
        "page": page, "suspensions": [(one, [GroundCode(code).label for code in one.grounds]) for one in suspended],
        "names": names_of(one.place for one in [*suspended, *page.rows]), "may_treat": may(request, TREAT),
        "key": key_of(request),
    }  # fmt: skip
    return render(request, "monenfant/childcare_decisions.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(TREAT)
def suspension(request: HttpRequest, place: int) -> HttpResponse:
    """Record a suspension; a missing declaration is not among its grounds."""
    found, errors = _childminder(request, place), {}
    codes = [typed_text(code) for code in request.POST.getlist("grounds")]
    if request.method == "POST":
        errors = _suspend(request, found, codes)
        if not errors:
            return _recorded(request, "La suspension")
    context = _frame(found) | {
        "questions": [question(request, "decided_on", LABELS["decided_on"], errors, unit="jour/mois/année")],
        "grounds": [(one.value, one.label, one.value in codes) for one in SUSPENDING],
        "errors": listed(errors, LABELS), "key": key_of(request),
    }  # fmt: skip
    return render(request, "monenfant/childcare_suspension.html", context, status=422 if errors else 200)


def _suspend(request: HttpRequest, place: CarePlace, codes: Sequence[str]) -> dict[str, str]:
    """Record it, or what is wrong, by field."""
    key, decided_on = form_key(request), day_typed(request, "decided_on")
    errors = _days(request, "decided_on")
    if not codes or not set(codes) <= set(GroundCode.values):
        errors["grounds"] = "Choisissez au moins un motif de la liste."
    elif rules.AVAILABILITY_NOT_DECLARED in codes:
        errors["grounds"] = FORBIDDEN
    if errors or decided_on is None:
        return errors
    try:
        record_suspension(
            place_pk=place.pk, departement=departement_of(place.insee_code), decided_on=decided_on, grounds=codes,
            by_pk=request.user.pk, now=moment_on(today()), key=key,  # type: ignore[arg-type]
        )  # fmt: skip
    except ForbiddenGroundError:
        return {"grounds": FORBIDDEN}
    return {}


def _days(request: HttpRequest, last: str, *before: str) -> dict[str, str]:
    """What is wrong with the days of a decision: each is one, the last is not to come, none of the others is after it."""
    errors, end = {}, day_typed(request, last)
    if end is None or end > today():
        errors[last] = "Écrivez le jour de la décision, aujourd’hui au plus tard."
    for name in before:
        day = day_typed(request, name)
        if day is None or (end is not None and day > end):
            errors[name] = "Écrivez un jour, celui de la décision au plus tard : elle vient après."
    return errors


def _recorded(request: HttpRequest, what: str) -> HttpResponse:
    messages.success(request, f"{what} est enregistrée. La décision est celle du département.")
    return redirect("monenfant:decisions")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(TREAT)
def withdrawal(request: HttpRequest, place: int) -> HttpResponse:
    """Record a withdrawal, its grounds and their papers; beside it, the breaches that may be read."""
    found, errors = _childminder(request, place), {}
    codes = [typed_text(code) for code in request.POST.getlist("grounds")]
    if request.method == "POST":
        errors = _withdraw(request, found, codes)
        if not errors:
            messages.success(request, "Le retrait est enregistré. La décision est celle du département.")
            return redirect("monenfant:decisions")
    days = ("heard_on", "commission_on", "decided_on")
    labels = LABELS | {"decided_on": "Décidé le"}
    context = _frame(found) | {
        "questions": [question(request, name, labels[name], errors, unit="jour/mois/année") for name in days],
        "grounds": [
            (one.value, one.label, one.value in codes, typed_text(request.POST.get(f"evidence-{one.value}", "")))
            for one in GroundCode
        ],
        "missing": rules.AVAILABILITY_NOT_DECLARED, "errors": listed(errors, labels), "key": key_of(request),
        "breaches": selectors.breaches_shown(found.pk, today()),
    }  # fmt: skip
    return render(request, "monenfant/childcare_withdrawal.html", context, status=422 if errors else 200)


def _withdraw(request: HttpRequest, place: CarePlace, codes: Sequence[str]) -> dict[str, str]:
    """Record it, or what is wrong, by field."""
    key = form_key(request)
    days = {name: day_typed(request, name) for name in ("heard_on", "commission_on", "decided_on")}
    errors = _days(request, "decided_on", "heard_on", "commission_on")
    grounds = [Ground(code, typed_text(request.POST.get(f"evidence-{code}", ""))) for code in dict.fromkeys(codes)]
    if not grounds or not {one.code for one in grounds} <= set(GroundCode.values):
        errors["grounds"] = "Choisissez au moins un motif de la liste."
    if errors:
        return errors
    try:
        record_withdrawal(
            place_pk=place.pk, departement=departement_of(place.insee_code), grounds=grounds, by_pk=request.user.pk,  # type: ignore[arg-type]
            now=moment_on(today()), key=key, **days,  # type: ignore[arg-type]
        )  # fmt: skip
    except SoleGroundError:
        return {"grounds": ALONE}
    return {}


@require_POST
@for_roles(TREAT)
def remove(request: HttpRequest, ground: int) -> HttpResponse:
    """Take a ground away; what is left is checked again."""
    form_key(request)
    seen = selectors.withdrawals(request.user, today())  # type: ignore[arg-type]
    found = get_one(WithdrawalGround.objects.filter(decision__in=seen), ground)
    try:
        if found.decision.grounds.count() == 1:
            messages.error(request, "Un retrait garde au moins un motif. Rien n’a été changé.")
        else:
            remove_ground(ground_pk=found.pk, by_pk=request.user.pk, now=moment_on(today()))  # type: ignore[arg-type]
            messages.success(request, f"Motif retiré : {found.get_code_display().lower()}.")
    except SoleGroundError:
        messages.error(request, ALONE)
    return redirect("monenfant:decisions")
