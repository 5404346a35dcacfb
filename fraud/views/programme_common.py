"""What the pages of a programme share: who may do what, the programme asked for."""

from datetime import date

from django.http import Http404, HttpRequest

from fraud.models import ControlProgramme
from fraud.programme.operations import Who
from fraud.programme.selectors import programmes_of
from portal.accounts.models import Role
from portal.accounts.permissions import for_roles, funds_on, may, moment_on, today
from portal.accounts.rights import Right, holders
from portal.organisations.directory import is_fund_code

__all__ = [
    "DIRECT",
    "OPINION",
    "SEE",
    "WRITE",
    "body_asked",
    "for_roles",
    "may_write",
    "programme_asked",
    "today",
    "who_acts",
]

SEE, DIRECT = holders(Right.SEE_PROGRAMME), holders(Right.DIRECT_CONTROL)
WRITE = holders(Right.TREAT_CONTROL, Right.DIRECT_CONTROL)
OPINION = frozenset({Role.DATA_PROTECTION})
YEARS = range(2019, 2100)


def programme_asked(request: HttpRequest, pk: int) -> ControlProgramme:
    """The programme, of those that the person sees; else « page introuvable »."""
    found = programmes_of(request.user, today()).filter(pk=pk).first()  # type: ignore[arg-type]
    if found is None:
        raise Http404
    return found


def body_asked(request: HttpRequest, body: str, year: int) -> tuple[str, int]:
    """The body and the year where somebody writes; none of theirs is « page introuvable »."""
    if year not in YEARS or not may_write(request, body):
        raise Http404
    return body, year


def may_write(request: HttpRequest, body: str) -> bool:
    """Whether the person works on control in this fund."""
    day, user = today(), request.user
    rights = [right for right in (Right.TREAT_CONTROL, Right.DIRECT_CONTROL) if may(user, right, day)]  # type: ignore[arg-type]
    funds = [funds_on(user, day, right) for right in rights]  # type: ignore[arg-type]
    return is_fund_code(body) and any(some is None or body in some for some in funds)


def who_acts(request: HttpRequest) -> Who:
    assert request.user.pk is not None
    return Who(request.user.pk, today(), moment_on(today()))


def year_typed(text: str, otherwise: date) -> int:
    return int(text) if text.isdecimal() and len(text) == 4 and int(text) in YEARS else otherwise.year
