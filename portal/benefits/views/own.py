"""`/famille/prestations/`: my ARS and my AEEH, what, when and why; and what is awaited from me."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.links import LinkRefused
from portal.accounts.permissions import for_roles, today
from portal.banking.models import OrderState, PaymentOrder
from portal.benefits.models import Benefit
from portal.benefits.persons.asking import dependants, expected_cents, is_scale_known, questions_of
from portal.benefits.persons.linking import link_own_benefits
from portal.benefits.persons.selectors import Family, Shown, awards_of, resources_for
from portal.benefits.persons.stuck import Stuck, award_of, stuck_of
from portal.benefits.rules.ars_figures import resource_year
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.small.selectors import waiting_of
from portal.benefits.views.own_common import METHODS, PARENTS, family_of_request
from portal.benefits.views.own_debts import debts_told
from portal.organisations.serving import name_on

PURPOSES = {Benefit.ARS: "FAMILY_ARS", Benefit.AEEH: "FAMILY_AEEH"}
CAME_TO_NOTHING = (OrderState.REJECTED, OrderState.RETURNED)
SHOWN = 6


@dataclass(frozen=True)
class Paid:
    """One award with the day on which its money left or leaves, None when it has no order; what keeps its money from the family."""

    shown: Shown
    leaves_on: date | None
    came_back: bool
    stuck: Stuck | None


@never_cache
@require_http_methods(METHODS)
@for_roles(PARENTS)
def home(request: HttpRequest) -> HttpResponse:
    """The parent's own family; the form that links while there is none."""
    family = family_of_request(request)
    return _link(request) if family is None else _home(request, family)


def _home(request: HttpRequest, family: Family) -> HttpResponse:
    day, awards = today(), awards_of(family.file, issued=True)
    current, *former = questions_of(family, awards, day)
    stuck = stuck_of(family.subject)
    term, paid = current.term, paid_of(family, awards, stuck)
    context = {
        "family": family, "day": day, "term": term, "current": current,
        "questions": [current, *(one for one in former if one.is_told)],
        "stuck": stuck, "is_awaited": bool(stuck) or any(one.awaited for one in (current, *former)),
        "waiting": waiting_of(family.file.fund, family.file.beneficiary_no),
        "ars": [one for one in paid if one.shown.award.benefit == Benefit.ARS][:SHOWN],
        "aeeh": [one for one in paid if one.shown.award.benefit == Benefit.AEEH][:SHOWN],
        "expected": expected_cents(family, term), "known": is_scale_known(family, term),
        "fund": name_on(family.file.fund, day),
        "children": dependants(family, day.year), "resources": resources_for(family, day.year),
        "resource_year": resource_year(day.year, benefit_parameters()), **debts_told(family),
    }  # fmt: skip
    return render(request, "benefits/own/home.html", context)


def paid_of(family: Family, awards: list[Shown], stuck: list[Stuck]) -> list[Paid]:
    """Each award with its last order, the one that was sent again included, in one query; and what of it waits."""
    runs = {one.award.run_id for one in awards}
    orders = PaymentOrder.objects.filter(subject=family.subject, purpose__in=PURPOSES.values())
    told = orders.filter(Q(run_id__in=runs) | Q(run=None)).order_by("pk")
    last = {
        award_of(reference): (due, state in CAME_TO_NOTHING)
        for reference, due, state in told.values_list("end_to_end_id", "due_on", "state")
    }
    waits = {one.award: one for one in stuck}
    found = []
    for one in awards:
        leaves_on, came_back = last.get(one.award.pk, (None, False))
        found.append(Paid(one, leaves_on, came_back, waits.get(one.award.pk)))
    return found


def _link(request: HttpRequest) -> HttpResponse:
    refusal = ""
    if request.method == "POST":
        try:
            number = request.POST.get("number", "")[:60]
            link_own_benefits(user_pk=request.user.pk, number=number, on=today())  # type: ignore[arg-type]
        except LinkRefused as refused:
            refusal = str(refused)
        else:
            messages.success(request, "Votre dossier est relié à votre compte.")
            return redirect("benefits:own_home")
    return render(request, "benefits/own/link.html", {"refusal": refusal}, status=422 if refusal else 200)
