"""Putting a lead aside, keeping it, noting a contest and answering one: a form each, and its receipt."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fraud.guarding import LinkedToThem
from fraud.models import Lead, LeadContest, LeadState
from fraud.signals.contesting import answer_contest, note_contest
from fraud.signals.deciding import accept_lead, last_check, read_lead, reasons_of, reject_lead, version_of
from fraud.signals.publishing import published_rule
from fraud.signals.refusals import AlreadyDecided, DecisionRefused
from fraud.views.lead_common import TREAT, agent, closed
from fraud.views.leads import lead_frame
from portal.accounts.permissions import for_roles, moment_on, today
from portal.frame.errors import Conflict
from portal.frame.forms import form_key, key_of, listed
from portal.frame.questions import Question, iso_day, typed_text
from portal.frame.templatetags.portal import long_day

SUSPENDED = " La règle {code} est maintenant suspendue : sa précision est passée sous le seuil. Elle ne tourne plus."


@dataclass(frozen=True)
class Act:
    """What may be done with a lead: its words, what it does, what it does not."""

    label: str
    effect: str
    do: Callable[[HttpRequest, Lead], str]


def _reject(request: HttpRequest, lead: Lead) -> str:
    done = reject_lead(
        lead_pk=lead.pk, reason_code=request.POST.get("reason_code", ""), line=_text(request, "line"), **_by(request)
    )  # fmt: skip
    if done.again:
        return "C’est déjà reçu : rien n’a été fait deux fois."
    return "Le signal est écarté. Rien n’a été envoyé à personne." + (
        SUSPENDED.format(code=lead.rule_code) if done.suspended else ""
    )


def _accept(request: HttpRequest, lead: Lead) -> str:
    done = accept_lead(
        lead_pk=lead.pk, line=_text(request, "line"), new_fact=_text(request, "new_fact"), **_by(request)
    )  # fmt: skip
    if done.again:
        return "C’est déjà reçu : rien n’a été fait deux fois."
    if done.lead.case is None:
        return "Le signal est retenu : la gestion a le dossier, avec votre ligne."
    return f"Le signal est retenu : le dossier {done.lead.case.number} est à votre nom. La famille n’est pas encore informée."


def _contest(request: HttpRequest, lead: Lead) -> str:
    _contest_row, again = note_contest(
        lead_pk=lead.pk, received_on=_day(request, "received_on"), said=_text(request, "said"), **_by(request)
    )
    return (
        "C’est déjà reçu : rien n’a été noté deux fois."
        if again
        else "La contestation est notée ; une autre personne y répond."
    )


ACTS = {
    "ecarter": Act(
        "Écarter", "Rien ne part, rien ne s’arrête. Les faits du signal sont effacés trois mois après.", _reject
    ),
    "retenir": Act("Retenir", "", _accept),
    "contestation": Act(
        "Noter une contestation", "Ce que la personne dit compte pour la règle, si c’est admis.", _contest
    ),
}
LABELS = {
    "reason_code": "Motif", "line": "En une ligne", "new_fact": "Fait nouveau", "received_on": "Reçue le",
    "said": "Ce que dit la personne", "answer": "Réponse", "upheld": "La contestation est",
}  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(TREAT)
def act(request: HttpRequest, lead: int, act: str) -> HttpResponse:
    """One act on a lead: its form, then back to the lead with what was done."""
    chosen = ACTS.get(act)
    if chosen is None:
        raise Http404
    errors: dict[str, str] = {}
    try:
        found = read_lead(user=agent(request), lead_pk=lead, on=today())
        if request.method == "POST":
            messages.success(request, chosen.do(request, found))
            return redirect("fraud:lead", lead=lead)
        if act != "contestation" and found.state != LeadState.TO_READ:
            raise AlreadyDecided(found)
    except Lead.DoesNotExist as missing:
        raise Http404 from missing
    except LinkedToThem as refused:
        return closed(request, refused)
    except DecisionRefused as refused:
        errors = refused.errors
    except AlreadyDecided as decided:
        raise _already(request, decided.lead) from decided
    return render(
        request, "fraud/lead_act.html", _form(request, found, act, chosen, errors), status=422 if errors else 200
    )


def _form(request: HttpRequest, lead: Lead, code: str, act: Act, errors: dict[str, str]) -> dict[str, Any]:
    rule = published_rule(version_of(lead))
    fields = {"ecarter": ("line",), "retenir": ("line",), "contestation": ("said",)}[code]
    needs_fact = code == "retenir" and not lead.in_favour and last_check(lead, today()) is not None
    return lead_frame(lead) | {
        "act": act, "code": code, "effect": act.effect or rule.leads_to, "rule": rule, "errors": listed(errors, LABELS),
        "problems": errors, "key": key_of(request), "texts": [(name, LABELS[name], _text(request, name)) for name in fields],
        "reasons": reasons_of(lead) if code == "ecarter" else {}, "chosen": request.POST.get("reason_code", ""),
        "new_fact": _text(request, "new_fact"), "needs_fact": needs_fact,
        "questions": [_question(request, "received_on", "jour/mois/année", errors)] if code == "contestation" else [],
    }  # fmt: skip


def _question(request: HttpRequest, name: str, unit: str, errors: dict[str, str]) -> Question:
    return Question(name, LABELS[name], typed_text(request.POST.get(name, "")), unit, (), errors.get(name, ""))


def _already(request: HttpRequest, lead: Lead) -> Conflict:
    by = lead.decided_by.full_name if lead.decided_by else "quelqu’un"
    return Conflict(
        f"Ce signal est déjà « {lead.get_state_display().lower()} » depuis le {long_day(lead.decided_at)}, par {by}. "
        "Rien de plus n’a été fait.",
        link=request.path.rsplit("/", 2)[0] + "/", action="Voir le signal",
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(TREAT)
def answer(request: HttpRequest, contest: int) -> HttpResponse:
    """Answer a contest: upheld or not, and what is written to the person."""
    user, errors = agent(request), {}
    found = get_object_or_404(LeadContest.objects.select_related("lead", "noted_by"), pk=contest)
    try:
        lead = read_lead(user=user, lead_pk=found.lead_id, on=today())
        if request.method == "POST":
            form_key(request)
            messages.success(request, _answer(request, found))
            return redirect("fraud:lead", lead=lead.pk)
    except Lead.DoesNotExist as missing:
        raise Http404 from missing
    except LinkedToThem as refused:
        return closed(request, refused)
    except DecisionRefused as refused:
        errors = refused.errors
    context = lead_frame(lead) | {
        "contest": found, "errors": listed(errors, LABELS), "problems": errors, "answer": _text(request, "answer"),
        "key": key_of(request), "mine": user.pk in (found.noted_by_id, lead.decided_by_id),
    }  # fmt: skip
    return render(request, "fraud/contest.html", context, status=422 if errors else 200)


def _answer(request: HttpRequest, contest: LeadContest) -> str:
    upheld = {"oui": True, "non": False}.get(request.POST.get("upheld", ""))
    if upheld is None:
        raise DecisionRefused({"upheld": "Dites si la contestation est admise."})
    suspended = answer_contest(
        contest_pk=contest.pk, upheld=upheld, answer=_text(request, "answer"), by_pk=agent(request).pk, on=today(),
        at=moment_on(today()),
    )  # fmt: skip
    told = "La contestation est admise : elle compte contre la règle." if upheld else "La réponse est notée."
    return told + (SUSPENDED.format(code=contest.lead.rule_code) if suspended else "")


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by_pk": agent(request).pk, "on": today(), "at": moment_on(today()), "form_key": form_key(request)}


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()[:1000]


def _day(request: HttpRequest, name: str) -> date | None:
    """A date as people write it; None for a text that is none."""
    try:
        return date.fromisoformat(iso_day(typed_text(request.POST.get(name, ""))))
    except ValueError:
        return None
