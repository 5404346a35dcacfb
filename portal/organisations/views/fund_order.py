"""One order on a joint fund, for the person who confirms it: what it changes, counted, then the gesture."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts.models import User
from portal.accounts.permissions import for_roles, today
from portal.accounts.rights import Right, holders
from portal.casework.moves import MoveNotAllowed
from portal.frame.errors import Conflict
from portal.frame.forms import form_key, get_one, key_of
from portal.organisations.joint.acting import JointRefused, conducts
from portal.organisations.joint.funds import going_back, replacement_of, staying
from portal.organisations.joint.orders import confirm_fund_order, drop_fund_order, end_by_order, why_not_confirm
from portal.organisations.joint.selectors import branch_labels
from portal.organisations.models import FundOrder, FundOrderState, OrderKind
from portal.organisations.views.creation_new import who_of
from portal.organisations.views.joint_funds import SEE

ACT = holders(Right.CONFIRM_JOINT_ORDERS)


@never_cache
@require_http_methods(["GET", "HEAD"])
@for_roles(SEE)
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """What the order says, and what it would change."""
    found, day = get_one(FundOrder.objects.select_related("body", "entered_by", "confirmed_by"), pk), today()
    waits = found.state == FundOrderState.ENTERED
    assert isinstance(request.user, User)
    shown = {
        "one": found, "on": day, "branches": branch_labels(found.branches), "waits": waits, "may_act": _may_act(request, found),
        "replaced": replacement_of(found), "ends": end_by_order(found.body_id, day) if waits else None,
        "staying": staying(found.body_id, day, found.ends_on) if waits else None,
        "back": going_back(found.body_id, day, found.branches) if waits and found.kind == OrderKind.END else None,
        "key": key_of(request), "why_not": why_not_confirm(found, request.user, day) if waits else "",
    }  # fmt: skip
    return render(request, "joint/fund_order.html", shown)


def _may_act(request: HttpRequest, found: FundOrder) -> bool:
    """Whether they may confirm or drop an order on this fund, and not on another one."""
    seat = found.body.seat_departement
    return conducts(request.user, seat, today(), Right.CONFIRM_JOINT_ORDERS)  # type: ignore[arg-type]


@never_cache
@require_http_methods(["POST"])
@for_roles(ACT)
def decide(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Confirm it, or give it up."""
    form_key(request)
    found, confirms = get_one(FundOrder.objects.select_related("body"), pk), act == "confirmer"
    if not _may_act(request, found):
        raise Http404
    do = confirm_fund_order if confirms else drop_fund_order
    try:
        _order, again = do(order_pk=found.pk, who=who_of(request))
    except (JointRefused, MoveNotAllowed) as refused:
        raise Conflict(
            str(refused), link=reverse("organisations:fund_order", args=[pk]), action="Voir l’arrêté"
        ) from refused
    done = "L’arrêté est confirmé." if confirms else "L’arrêté est abandonné : rien n’avait changé."
    messages.success(request, "C’était déjà fait : rien n’a changé deux fois." if again else done)
    return redirect("organisations:fund_order", pk=pk)
