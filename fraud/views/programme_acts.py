"""Writing a programme: its draft, an amendment, the plan it leans on, and each act with its page."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fraud.models import AxisMethod, ControlProgramme, InternalControlPlan, ProgrammeOpinion
from fraud.programme import operations
from fraud.programme.content import AXES_MOST, AXIS_FIELDS, ContentRefused, content_typed
from fraud.programme.selectors import shown_of
from fraud.programme.words import share_words, typed_words
from fraud.rules import programme as rules
from fraud.rules.indicators import CENTS, DAYS, INDICATORS, SHARE
from fraud.rules.programme import ProgrammeRefused
from fraud.views.programme_common import SEE, WRITE, body_asked, for_roles, may_write, programme_asked, today, who_acts
from fraud.views.programme_steps import ACTS, Act, may_do
from portal.frame.errors import Conflict
from portal.frame.forms import form_key
from portal.frame.questions import iso_day
from portal.organisations.serving import name_on

UNITS = {SHARE: "%", CENTS: "€", DAYS: "jours"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(WRITE)
def new(request: HttpRequest, body: str, year: int) -> HttpResponse:
    """The first draft of a year, or an amendment: begun from what stands, or from the year before."""
    body, year = body_asked(request, body, year)
    standing = shown_of(request.user, today(), body, year)  # type: ignore[arg-type]
    if standing is not None and standing.status == rules.DRAFT:
        return redirect("fraud:programme_edit", pk=standing.pk)
    if standing is not None and standing.status in (rules.CLOSED, rules.REPORTED):
        raise Conflict(
            "Ce programme est clos : il ne se modifie plus.", link=_page_of(standing), action="Voir le programme"
        )
    model = standing or shown_of(request.user, today(), body, year - 1)  # type: ignore[arg-type]
    errors: dict[str, str] = {}
    if request.method == "POST":
        key = form_key(request)
        try:
            made, again = operations.draft_programme(
                body=body, year=year, content=content_typed(request.POST.dict()), key=key, who=who_acts(request),
                reason=request.POST.get("reason", ""),
            )  # fmt: skip
        except ContentRefused as refused:
            errors = refused.errors
        except ProgrammeRefused as refused:
            errors = {"reason": str(refused)}
        else:
            messages.success(
                request, "C’est déjà reçu : rien n’a été écrit deux fois." if again else "Le projet est écrit."
            )
            return redirect("fraud:programme_version", pk=made.pk)
    return _form(request, {"body": body, "year": year, "standing": standing}, model, errors)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(WRITE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft, changed."""
    found = programme_asked(request, pk)
    if not may_write(request, found.body):
        raise Http404
    if found.status != rules.DRAFT:
        raise Conflict(
            "Ce programme est adopté : une modification est une nouvelle version.",
            link=_page_of(found),
            action="Voir le programme",
        )
    errors: dict[str, str] = {}
    if request.method == "POST":
        form_key(request)
        try:
            operations.redraft(programme_pk=found.pk, content=content_typed(request.POST.dict()), who=who_acts(request))
        except ContentRefused as refused:
            errors = refused.errors
        except ProgrammeRefused as refused:
            raise Conflict(str(refused), link=_page_of(found), action="Voir le programme") from refused
        else:
            messages.success(request, "Le projet est changé. Un avis déjà donné est à redonner.")
            return redirect("fraud:programme_version", pk=found.pk)
    return _form(request, {"body": found.body, "year": found.year, "one": found}, found, errors)


def _form(
    request: HttpRequest, context: dict[str, Any], model: ControlProgramme | None, errors: dict[str, str]
) -> HttpResponse:
    typed = request.POST.dict() if request.method == "POST" else _typed_of(model)
    rows = [
        {"number": number, "open": number == 1 or any(typed.get(f"axis_{number}_{name}") for name in AXIS_FIELDS),
         "cells": {name: (typed.get(f"axis_{number}_{name}", ""), errors.get(f"axis_{number}_{name}", "")) for name in AXIS_FIELDS}}
        for number in range(1, AXES_MOST + 1)
    ]  # fmt: skip
    targets = [
        {"code": code, "label": one.label, "unit": UNITS.get(one.unit, ""), "value": typed.get(f"target_{code}", ""),
         "error": errors.get(f"target_{code}", "")}
        for code, one in INDICATORS.items() if not one.blocking
    ]  # fmt: skip
    context |= {
        "name": name_on(context["body"], today()), "rows": rows, "targets": targets, "methods": AxisMethod.choices, "errors": errors,
        "listed": [{"column": name, "label": _label(name), "message": told} for name, told in errors.items()],
        "risks": typed.get("risks", ""), "reason": typed.get("reason", ""), "key": _key(request),
        "from_before": model is not None and model.year != context["year"],
    }  # fmt: skip
    return render(request, "fraud/programme_form.html", context, status=422 if errors else 200)


AXIS_LABELS = {"code": "code", "object": "ce qui est vérifié", "population": "qui est concerné", "method": "comment",
               "planned": "contrôles prévus", "share": "part des heures"}  # fmt: skip


def _label(name: str) -> str:
    if name.startswith("axis_"):
        _axis, number, column = name.split("_", 2)
        return f"Axe {number}, {AXIS_LABELS[column]}"
    if name.startswith("target_"):
        return INDICATORS[name.removeprefix("target_")].label
    return {"risks": "Risques", "reason": "Pourquoi le programme change"}[name]


def _typed_of(model: ControlProgramme | None) -> dict[str, str]:
    """The fields as they would be typed to write this programme."""
    if model is None:
        return {}
    typed = {"risks": "\n".join(model.risks)}
    for number, axis in enumerate(model.axes.order_by("pk"), 1):
        values = (axis.code, axis.object, axis.population, axis.method, str(axis.planned), share_words(axis.share)[:-2])
        typed |= {f"axis_{number}_{name}": value for name, value in zip(AXIS_FIELDS, values, strict=True)}
    for code, target in model.objectives.values_list("indicator", "target"):
        typed[f"target_{code}"] = typed_words(INDICATORS[code], target)
    return typed


def _key(request: HttpRequest) -> str:
    try:
        return str(UUID(request.POST.get("key", "")))
    except ValueError:
        return str(uuid4())


def _page_of(found: ControlProgramme) -> str:
    return f"/agent/programme/{found.pk}/"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(WRITE)
def plan(request: HttpRequest, body: str, year: int) -> HttpResponse:
    """The internal control plan on which the programme of a year leans."""
    body, year = body_asked(request, body, year)
    problem, known = "", InternalControlPlan.objects.filter(body=body, year=year).first()
    if request.method == "POST":
        form_key(request)
        try:
            kept, again = operations.enter_plan(
                body=body, year=year, reference=request.POST.get("reference", ""),
                adopted_on=_day(request.POST.get("adopted_on", "")), who=who_acts(request),
            )  # fmt: skip
        except ProgrammeRefused as refused:
            problem = str(refused)
        else:
            said = "Ce plan était déjà inscrit" if again else "Le plan est inscrit"
            messages.success(request, f"{said} : {kept.reference}.")
            return redirect(f"/agent/programme/?body={body}&year={year}")
    context = {
        "body": body, "year": year, "name": name_on(body, today()), "problem": problem, "known": known, "key": _key(request),
        "reference": request.POST.get("reference", ""), "adopted_on": request.POST.get("adopted_on", ""),
    }  # fmt: skip
    return render(request, "fraud/programme_plan.html", context, status=422 if problem else 200)


def _day(text: str) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(iso_day(text))
    except ValueError as wrong:
        raise ProgrammeRefused("Écrivez le jour de l’adoption du plan, comme 01/12/2025.") from wrong


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(SEE)
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One act: what it does, the texts that it asks for, then what was done."""
    found, done = programme_asked(request, pk), ACTS.get(code)
    if done is None or not done.who & set(request.portal_roles):  # type: ignore[attr-defined]
        raise Http404
    problem = ""
    if request.method == "POST":
        form_key(request)
        try:
            messages.success(request, _do(request, found, done))
            return redirect("fraud:programme_version", pk=found.pk)
        except ProgrammeRefused as refused:
            problem = str(refused)
    elif not may_do(request, found, done):
        raise Conflict(_why_not(request, found, done), link=_page_of(found), action="Voir le programme")
    context = {
        "one": found, "act": done, "problem": problem, "name": name_on(found.body, today()), "key": _key(request),
        "fields": [(*field, request.POST.get(field[0], "")) for field in done.fields], "opinions": ProgrammeOpinion.choices,
        "opinion": request.POST.get("opinion", ""),
        "missed": code == "clore" and operations.missed_target(found, today()),
    }  # fmt: skip
    return render(request, "fraud/programme_act.html", context, status=422 if problem else 200)


def _do(request: HttpRequest, found: ControlProgramme, done: Act) -> str:
    """Do it; the sentence of what was done. Raises ProgrammeRefused."""
    who = who_acts(request)
    typed = {name: request.POST.get(name, "") for name, _label, _hint in done.fields}
    if done.code == "avis":
        operations.give_opinion(programme_pk=found.pk, opinion=request.POST.get("opinion", ""), who=who, **typed)
        return "L’avis est donné."
    if not may_write(request, found.body):
        raise Http404
    if done.code == "adopter":
        operations.adopt(programme_pk=found.pk, who=who)
        return "Le programme est adopté."
    if done.code == "commencer":
        operations.start(programme_pk=found.pk, who=who)
        return "Le programme est en cours."
    if done.code == "revue":
        _review, again = operations.review(programme_pk=found.pk, who=who, **typed)
        return "La revue était déjà écrite." if again else "La revue est écrite, avec les chiffres du jour."
    if done.code == "clore":
        made = operations.close(programme_pk=found.pk, who=who, **typed)
        return f"L’année est close. Empreinte des chiffres : {made.digest[:12]}…"
    operations.report(programme_pk=found.pk, who=who)
    return "La synthèse est transmise : sa lettre s’écrit."


def _why_not(request: HttpRequest, found: ControlProgramme, done: Act) -> str:
    if done.code in ("avis", "adopter") and operations.has_written(found, request.user.pk or 0):
        return "Vous avez rédigé ce programme : une autre personne donne l’avis ou l’adopte."
    if done.code == "adopter" and not found.opinion and found.status == rules.DRAFT:
        return "L’avis de la protection des données n’est pas donné : l’adoption l’attend."
    return f"Ce programme est « {found.get_status_display().lower()} » : cet acte n’est pas possible maintenant. Rien n’a changé."
