"""What the pages of an uprating share: who may do what, the uprating asked for, what a refusal says."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from portal.accounts.naming import full_names
from portal.accounts.permissions import funds_on, today
from portal.accounts.rights import Right, holders
from portal.benefits.models import Uprating, UpratingLine
from portal.benefits.uprating.operations import UpratingRefused

Row = TypeVar("Row", bound=Model)
SEE, RUN, CONFIRM = holders(Right.SEE_BENEFITS), holders(Right.CLOSE_MONTH), holders(Right.SIGN_FIRST)
EXPORT = holders(Right.EXPORT) & SEE


def get_uprating(number: int) -> Uprating:
    """With its run; else « page introuvable »."""
    found = Uprating.objects.select_related("run").filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def of_own_funds(request: HttpRequest, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Lines or awards of the funds of the user's postings: figures are the country's, families are their fund's."""
    funds = funds_on(request.user, today(), Right.SEE_BENEFITS)  # type: ignore[arg-type]
    return rows if funds is None else rows.filter(fund__in=funds)


def visible(request: HttpRequest, uprating: Uprating) -> QuerySet[UpratingLine]:
    """The families of a preview, of the funds of the user's postings."""
    lines = UpratingLine.objects.filter(run=uprating.run) if uprating.run else UpratingLine.objects.none()
    return of_own_funds(request, lines)


def address_of(uprating: Uprating) -> str:
    return reverse("benefits:uprating", args=[uprating.pk])


def people_of(rows: Iterable[Uprating]) -> dict[str, str]:
    """The full names of who announced and confirmed, in one query; a username that is nobody's (a command) stays."""
    return full_names(name for one in rows for name in (one.proposed_by, one.confirmed_by))


def done(request: HttpRequest, uprating: Uprating, act: Callable[[], Any], said: str) -> HttpResponse:
    """Do one act and go back to the page, with what was done or why it was not."""
    try:
        act()
    except UpratingRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect(address_of(uprating))
