"""Who may open which page: the role is checked on the page's day, and a page refused looks like one that is not there."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from portal.accounts.models import Role
from portal.accounts.permissions import roles_on

P = ParamSpec("P")
AGENTS = frozenset(
    {
        Role.FUND_CASEWORKER,
        Role.PAJEMPLOI_CASEWORKER,
        Role.SUPERVISOR,
        Role.AUTHORISING_OFFICER,
        Role.ACCOUNTING_OFFICER,
        Role.AUDITOR,
    }
)
CLOSERS = frozenset({Role.SUPERVISOR, Role.AUTHORISING_OFFICER, Role.ACCOUNTING_OFFICER})
EXPORTERS = CLOSERS | {Role.AUDITOR}
SIGNERS = frozenset({Role.AUTHORISING_OFFICER, Role.ACCOUNTING_OFFICER})


def today() -> date:
    """The day of the pages: the demo's day when one is set, else today."""
    return settings.PORTAL_DAY or timezone.localdate()


def for_roles(allowed: frozenset[Role] = AGENTS) -> Callable:
    """Only signed-in users who hold one of `allowed` on the day; anyone else meets « page introuvable »."""

    def decorate(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable:
        @wraps(view)
        @login_required
        def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            roles = roles_on(request.user, today())
            if not allowed & set(roles):
                raise Http404
            request.portal_roles = roles  # type: ignore[attr-defined]  # the frame tells them in its header
            return view(request, *args, **kwargs)

        return checked

    return decorate
