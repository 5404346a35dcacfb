"""Rules as agents see them, the veto of the data protection officer, a run and its progress; and the public register."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fraud.models import RuleState
from fraud.rules.figures import control_parameters
from fraud.rules.signals import is_too_imprecise
from fraud.signals import running, selectors, tasks
from fraud.signals.declaring import SEVERITIES, RuleRefused
from fraud.signals.measuring import halves_of, percent
from fraud.signals.publishing import RuleMoveNotAllowed, opinion_on, veto_rule
from fraud.signals.selectors import ShownRule
from fraud.views.lead_common import DIRECT, SEE, SEE_RULES, VETO, agent
from portal.accounts.models import User
from portal.accounts.permissions import for_roles, moment_on, today
from portal.audit.operations import journal
from portal.batches.models import Run, RunState
from portal.batches.selectors import progress
from portal.frame.errors import Conflict
from portal.frame.forms import form_key, key_of, may
from portal.legislation.parameters import DatedValue, Figure


@require_GET
@for_roles(SEE_RULES)
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with its state and what people decided of its leads."""
    day = today()
    shown = selectors.shown_rules(day)
    context = {
        "rows": _rows(shown, day), "run": running.last_run(), "may_see": may(request, SEE),
        "running": sum(not one.stopped for one in shown), "count": len(shown),
    }  # fmt: skip
    return render(request, "fraud/rules.html", context)


def _rows(shown: list[ShownRule], day: Any) -> list[tuple[ShownRule, str, str]]:
    """Each with the precision of its leads and of what chance drew, in words."""
    floor = control_parameters().value("signals.precision_floor", day)
    return [(one, percent(one.leads, floor), percent(one.drawn, floor)) for one in shown]


@require_GET
@for_roles(SEE_RULES)
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule: purpose, owner, version, impact assessment, what was decided, what chance found, its state and why."""
    found, day = one_rule(code), today()
    floor = control_parameters().value("signals.precision_floor", day)
    least = control_parameters().value("signals.precision_leads", day)
    context = {
        "one": found, "rule": found.rule, "version": found.version, "severity": SEVERITIES[found.rule.severity],
        "moves": found.version.moves.order_by("pk"), "thresholds": _thresholds(found, day),
        "precision": percent(found.leads, floor), "drawn_precision": percent(found.drawn, floor),
        "halves": [(half, percent(half.leads, floor), percent(half.drawn, floor)) for half in halves_of(found.version)[:8]],
        "draws": selectors.draws_of(found.version)[:10], "sources": selectors.sources_of(code),
        "floor": int(floor * 100), "least": int(least), "may_see": may(request, SEE), "names": _names(found),
        "falling": not found.stopped and is_too_imprecise(found.leads, floor=floor, least=least),
        "may_veto": may(request, VETO) and found.version.state == RuleState.RUNNING, "opinion": opinion_on(found.version),
        "may_opine": may(request, VETO) and found.version.state == RuleState.AWAITING,
        "retention": int(control_parameters().value(found.rule.retention, day)),
    }  # fmt: skip
    return render(request, "fraud/rule.html", context)


def _names(found: ShownRule) -> dict[str, str]:
    """Who moved it, by their names."""
    people = User.objects.filter(username__in=found.version.moves.values("by"))
    return {one.username: one.full_name for one in people}


def one_rule(code: str) -> ShownRule:
    found = next((one for one in selectors.shown_rules(today()) if one.rule.code == code), None)
    if found is None:
        raise Http404
    return found


def _thresholds(found: ShownRule, day: Any) -> list[tuple[str, DatedValue, str]]:
    """Each figure as it is in force: its name without the code, which the page has said, and its value in words."""
    figures = (control_parameters().figures[key] for key in found.rule.thresholds.values())
    return [(one.term.removeprefix(f"{found.rule.code} : "), one.on(day), _words(one, one.on(day))) for one in figures]


UNITS = {"EUR": "€", "hours": "h", "months": "mois", "days": "jours", "files": "dossiers", "sources": "sources",
         "claims": "droits", "payments": "versements"}  # fmt: skip


def _words(figure: Figure, value: DatedValue) -> str:
    if figure.unit == "ratio":
        return f"{int(value.value * 100)} %"
    return f"{int(value.value)} {UNITS.get(figure.unit, figure.unit)}"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(VETO)
def veto(request: HttpRequest, code: str) -> HttpResponse:
    """Suspend a rule, with a reason that everybody who sees the rule reads."""
    found, problem, reason = one_rule(code), "", request.POST.get("reason", "").strip()[:400]
    if request.method == "POST":
        form_key(request)
        try:
            veto_rule(
                rule_pk=found.version.pk,
                by=agent(request).get_username(),
                on=today(),
                at=moment_on(today()),
                reason=reason,
            )
        except RuleRefused as refused:
            problem = str(refused)
        except RuleMoveNotAllowed as moved:
            raise Conflict(str(moved), link=f"/agent/controle/regles/{code}/", action="Voir la règle") from moved
        else:
            messages.success(request, f"La règle {code} est suspendue. Ses signaux ne se lisent plus.")
            return redirect("fraud:rule", code=code)
    context = {"one": found, "problem": problem, "reason": reason, "key": key_of(request)}
    return render(request, "fraud/rule_veto.html", context, status=422 if problem else 200)


@require_GET
@never_cache
@for_roles(SEE_RULES)
def runs(request: HttpRequest) -> HttpResponse:
    """The last runs, and how far the one under way has come."""
    found = list(Run.objects.filter(kind=running.KIND).order_by("-pk")[:12])
    under_way = found[0] if found and found[0].state == RunState.RUNNING else None
    context = {
        "runs": found, "under_way": under_way, "progress": progress(under_way) if under_way else None,
        "may_start": may(request, DIRECT), "on": today(), "now": timezone.now(),
        "last": next((one for one in found if one.state == RunState.DONE), None),
    }  # fmt: skip
    return render(request, "fraud/runs.html", context)


@require_POST
@for_roles(DIRECT)
def start_run(request: HttpRequest) -> HttpResponse:
    """Ask for a run now; one that is under way is joined."""
    run = running.start_signals(on=today())
    journal(
        actor=agent(request).get_username(), action="control.run_asked", subject=f"run:{run.pk}", at=moment_on(today())
    )
    tasks.run.delay()
    messages.success(request, "Le passage est demandé. Vous pouvez fermer cette page : il continue seul.")
    return redirect("fraud:signal_runs")


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """For everybody: every rule, what it compares, what it may lead to, how often it was wrong, who decides."""
    day = today()
    shown = selectors.shown_rules(day)
    retention = int(control_parameters().value("signals.lead_retention_months", day))
    share = control_parameters().value("signals.sample_share", day)
    floor = control_parameters().value("signals.precision_floor", day)
    least = control_parameters().value("signals.precision_leads", day)
    context = {
        "rows": [(*row, _thresholds(row[0], day)) for row in _rows(shown, day)], "on": day, "retention": retention,
        "share": int(share * 100), "floor": int(floor * 100), "least": int(least),
    }  # fmt: skip
    return render(request, "fraud/register.html", context)
