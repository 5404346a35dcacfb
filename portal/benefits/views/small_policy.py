"""`/agent/prestations/petites-sommes/regle/…`: what a fund does with small sums; its director decides, after a preview."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.naming import full_names
from portal.accounts.permissions import for_roles, funds_on, moment_on, today
from portal.accounts.rights import Right, holders
from portal.benefits.models import SmallPaymentPolicy, SmallPolicy
from portal.benefits.small.deciding import PolicyRefused, decide_policy, preview
from portal.benefits.small.selectors import history_of, policy_on, rule_on
from portal.benefits.views.small_common import threshold_told
from portal.frame.forms import day_typed, form_key, key_of, listed, question
from portal.frame.questions import typed_text
from portal.frame.templatetags.portal import long_day
from portal.organisations.directory import is_fund_code, territory_of
from portal.organisations.serving import name_on

SEE = holders(Right.SEE_BENEFITS)
LABELS = {"policy": "La caisse doit", "from_day": "À partir du", "reason": "Pourquoi"}
REASON_LEAST, HISTORY_MOST = 10, 24
CHOICES = (("", "à choisir"), *SmallPolicy.choices)


@dataclass(frozen=True)
class Asked:
    """What the form says: a policy, a day, a reason; and what is wrong with each."""

    policy: str
    from_day: date | None
    reason: str
    errors: dict[str, str]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(SEE)
def small_policy(request: HttpRequest, fund: str) -> HttpResponse:
    """The rule in force and those before it. The director sees what another would change, then decides."""
    if not is_fund_code(fund) or not _holds(request, fund, Right.SEE_BENEFITS):
        raise Http404
    may_decide = _holds(request, fund, Right.SET_SMALL_SUMS)
    if request.method != "POST":
        return _shown(request, fund, None, may_decide=may_decide)
    key = form_key(request)
    if not may_decide:
        raise Http404
    asked = _read(request)
    if asked.errors or "decide" not in request.POST:
        return _shown(request, fund, asked, may_decide=True)
    assert asked.from_day is not None
    try:
        decided, again = decide_policy(
            fund=fund, policy=asked.policy, from_day=asked.from_day, reason=asked.reason, form_key=key,
            by=request.user.get_username(), at=moment_on(today()), on=today(),
        )  # fmt: skip
    except PolicyRefused as refused:
        asked.errors["policy"] = str(refused)
        return _shown(request, fund, asked, may_decide=True)
    messages.success(request, _receipt(decided, again=again))
    return redirect("benefits:small_policy", fund)


def _holds(request: HttpRequest, fund: str, right: Right) -> bool:
    if not holders(right) & set(request.portal_roles):  # type: ignore[attr-defined]
        return False
    funds = funds_on(request.user, today(), right)  # type: ignore[arg-type]
    return funds is None or fund in funds


def _read(request: HttpRequest) -> Asked:
    policy, day = request.POST.get("policy", ""), day_typed(request, "from_day")
    reason = typed_text(request.POST.get("reason", ""))
    wrong = {
        "policy": "" if policy in SmallPolicy.values else "Choisissez ce que la caisse fait des petites sommes.",
        "from_day": "" if day and day >= today() else "Écrivez aujourd’hui ou un jour à venir, par exemple 01/11/2026.",
        "reason": "" if len(reason) >= REASON_LEAST else "Dites pourquoi en quelques mots : chacun le lira ici.",
    }
    return Asked(policy, day, reason, {name: told for name, told in wrong.items() if told})


def _receipt(decided: SmallPaymentPolicy, *, again: bool) -> str:
    told = f"{decided.get_policy_display()}, à partir du {long_day(decided.from_day)}"
    return f"C’était déjà décidé : {told}." if again else f"C’est décidé : {told}."


def _shown(request: HttpRequest, fund: str, asked: Asked | None, *, may_decide: bool) -> HttpResponse:
    day, errors = today(), asked.errors if asked else {}
    change = None
    if asked and not errors and asked.from_day:
        change = preview(fund=fund, policy=asked.policy, from_day=asked.from_day)
    history = list(history_of(fund)[:HISTORY_MOST])
    context = {
        "fund": fund, "name": name_on(fund, day), "day": day, **threshold_told(day, territory=territory_of(fund)),
        "policy": policy_on(fund, day), "words": dict(SmallPolicy.choices), "history": history,
        "people": full_names(one.decided_by for one in history), "is_decided": rule_on(fund, day) is not None,
        "may_decide": may_decide, "coming": history_of(fund).filter(from_day__gt=day).first(),
        "change": change, "from_day": asked.from_day if asked else None, "key": key_of(request),
        "errors": listed(errors, LABELS),
        "questions": [
            question(request, "policy", LABELS["policy"], errors, choices=CHOICES),
            question(request, "from_day", LABELS["from_day"], errors, unit="jj/mm/aaaa"),
            question(request, "reason", LABELS["reason"], errors, unit="en une ligne"),
        ],
    }  # fmt: skip
    return render(request, "benefits/small/policy.html", context, status=422 if errors else 200)
