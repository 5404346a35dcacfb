"""The impact assessment of a rule, for everybody; and the opinion of the data protection officer, without which it never runs."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from fraud.models import RuleState
from fraud.rules.features import FEATURES
from fraud.rules.figures import control_parameters
from fraud.signals.declaring import RuleRefused
from fraud.signals.publishing import RuleMoveNotAllowed, give_opinion, opinion_on
from fraud.views.lead_common import VETO, agent
from fraud.views.rules import one_rule
from portal.accounts.permissions import for_roles, moment_on, today
from portal.frame.errors import Conflict
from portal.frame.forms import form_key, key_of

SENSES = {"favorable": "Favorable : la règle tourne", "defavorable": "Défavorable : elle ne tournera jamais"}
NO_SENSE = "Dites si l’avis est favorable ou défavorable."


@require_GET
def assessment(request: HttpRequest, code: str) -> HttpResponse:
    """The document as it was published with the rule, and who gave an opinion on it: nobody yet, said so."""
    found = one_rule(code)
    said = found.rule.assessment
    if said is None:
        raise Http404
    context = {
        "one": found, "rule": found.rule, "said": said, "opinion": opinion_on(found.version),
        "data": [(FEATURES[name], why) for name, why in said.data.items()],
        "innocent": [(found.rule.innocent[name], known_by) for name, known_by in said.innocent.items()],
        "months": int(control_parameters().value(found.rule.retention, today())),
    }  # fmt: skip
    return render(request, "fraud/assessment.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(VETO)
def opinion(request: HttpRequest, code: str) -> HttpResponse:
    """Record the opinion on the version that waits for one: once, with a reason that everybody who sees the rule reads."""
    found, problem = one_rule(code), ""
    sense, reason = request.POST.get("sense", ""), request.POST.get("reason", "").strip()[:400]
    if request.method == "POST":
        form_key(request)
        problem = _give(request, found.version.pk, code, sense, reason)
        if not problem:
            messages.success(request, f"Votre avis sur la règle {code} est inscrit.")
            return redirect("fraud:rule", code=code)
    elif found.version.state != RuleState.AWAITING:
        raise _given(f"Un avis a déjà été rendu sur la règle {code}.", code)
    context = {
        "one": found, "problem": problem, "sense": sense, "reason": reason, "key": key_of(request), "senses": SENSES,
    }  # fmt: skip
    return render(request, "fraud/rule_opinion.html", context, status=422 if problem else 200)


def _give(request: HttpRequest, rule_pk: int, code: str, sense: str, reason: str) -> str:
    """Why the opinion is not recorded, in a sentence; empty once it is. Raises Conflict when one was given before."""
    if sense not in SENSES:
        return NO_SENSE
    by, day = agent(request).get_username(), today()
    try:
        give_opinion(
            rule_pk=rule_pk, is_favourable=sense == "favorable", by=by, on=day, at=moment_on(day), reason=reason
        )
    except RuleRefused as refused:
        return str(refused)
    except RuleMoveNotAllowed as moved:
        raise _given(str(moved), code) from moved
    return ""


def _given(told: str, code: str) -> Conflict:
    return Conflict(told, link=f"/agent/controle/regles/{code}/", action="Voir la règle")
