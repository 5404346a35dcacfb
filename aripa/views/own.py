"""« Ma pension »: the link once, then each case from the parent's own side, its statement and its amounts."""

import csv
from collections.abc import Callable
from datetime import date
from functools import wraps
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from aripa.bank.selectors import waiting_for_accounts
from aripa.explaining import steps_on
from aripa.exports import STATEMENT
from aripa.linking import link_own_pension, own_cases, parent_of
from aripa.own import acts, month
from aripa.own.entering import Who
from aripa.own.menu import menu_of
from aripa.own.standing import Standing, has_safe_case, standing_of
from aripa.own.why import steps_of_term
from portal.accounts import sessions
from portal.accounts.links import LinkRefused
from portal.accounts.permissions import for_roles, moment_on, today
from portal.accounts.rights import Right, holders
from portal.legislation.trace import euros

PARENTS = holders(Right.OWN_FAMILY)
MONTHS_SHOWN = 6
METHODS = ["GET", "HEAD", "POST"]


def own_parent(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of a linked parent, whose number is given to the view; a parent without one is led to the link."""

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        parent_no = parent_of(request.user, today())  # type: ignore[arg-type]
        if not parent_no:
            if request.method == "POST":
                raise Http404
            return redirect("aripa:own_home")
        return view(request, parent_no, *args, **kwargs)

    return never_cache(for_roles(PARENTS)(checked))


def own_case(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of one case of the parent; anybody else's is not there."""

    @wraps(view)
    def checked(request: HttpRequest, parent_no: str, case_no: str, **kwargs: object) -> HttpResponse:
        found = standing_of(parent_no, case_no)
        if found is None:
            raise Http404
        return view(request, found, **kwargs)

    return own_parent(checked)


def who_of(request: HttpRequest) -> Who:
    """The parent who acts, now."""
    day = today()
    return Who(request.user, parent_of(request.user, day), day, moment_on(day))  # type: ignore[arg-type]


def page(
    request: HttpRequest, template: str, context: dict[str, object], *, found: Standing | None = None, status: int = 200
) -> HttpResponse:
    """A page of the pension space. The protected parent's pages can be left at once; so can those of all their cases."""
    parent_no = parent_of(request.user, today())  # type: ignore[arg-type]
    safe = found.is_safe if found else bool(parent_no) and has_safe_case(parent_no)
    frame = {
        "own_menu": menu_of(request, parent_no), "found": found, "safe": safe,
        "service": settings.PENSIONS_NAME, "key": request.POST.get("key") or uuid4(),
    }  # fmt: skip
    return render(request, template, frame | context, status=status)


@never_cache
@require_http_methods(METHODS)
@for_roles(PARENTS)
def home(request: HttpRequest) -> HttpResponse:
    """The parent's only case; the list of several; the form that links while there is no parent."""
    parent_no = parent_of(request.user, today())  # type: ignore[arg-type]
    if not parent_no:
        return _link(request)
    found = [one for row in own_cases(parent_no) if (one := standing_of(parent_no, row.case_no))]
    if len(found) == 1:
        return _case(request, found[0])
    shown = [(one, month.present(one)) for one in found]
    return page(request, "aripa/own/home.html", {"cases": shown})


def _link(request: HttpRequest) -> HttpResponse:
    refusal = ""
    if request.method == "POST":
        try:
            link_own_pension(user_pk=request.user.pk, number=request.POST.get("number", "")[:60], on=today())
        except LinkRefused as refused:
            refusal = str(refused)
        else:
            messages.success(request, "Votre pension est reliée à votre compte.")
            return redirect("aripa:own_home")
    return page(request, "aripa/own/link.html", {"refusal": refusal}, status=422 if refusal else 200)


@require_GET
@own_case
def case(request: HttpRequest, found: Standing) -> HttpResponse:
    """One case: this month first, then what may be done, then the months."""
    return _case(request, found)


def _case(request: HttpRequest, found: Standing) -> HttpResponse:
    who, here = who_of(request), month.present(found)
    context = {
        "now": here, "coming": month.coming(found), "months": month.months_of(found)[:MONTHS_SHOWN],
        "awaited": acts.is_awaited(found), "asked_to_end": acts.is_asked_to_end(found),
        "confirm": acts.asked_to_confirm(found), **_agreed(found), "said_paid": acts.pending(found, acts.ActKind.ALREADY_PAID),
        "may_release": acts.may_be_released(found), "may_claim_asf": acts.may_claim_asf(found),
        "arrears": sum(one.lacking for one in found.owed_arrears()),
        "has_arrears_to_ask": bool(acts.arrears_months(found, who.day)), "owes": acts.owes_now(found),
        "left": sum(one.left for one in month.months_of(found)),
        "came_back": waiting_for_accounts(found.case.number).get(found.party),
        "returned": month.returned_after_payout(found)[-1:], "asf": _asf(found), "pay": how_to_pay(found),
    }  # fmt: skip
    template = "aripa/own/creditor.html" if found.is_creditor else "aripa/own/debtor.html"
    return page(request, template, context, found=found)


def _agreed(found: Standing) -> dict[str, object]:
    """What both parents say was paid directly and no day has lived yet, with the month it is for."""
    one = acts.agreed_between(found)
    return {"agreed": one, "agreed_month": date.fromisoformat(one.facts["month"]) if one else None}


def _asf(found: Standing) -> list[object]:
    """The months of ASF, the last first: of the parent who receives alone."""
    return sorted(found.case.asf, key=lambda one: one.month, reverse=True)[:6] if found.is_creditor else []


def how_to_pay(found: Standing) -> dict[str, str]:
    """The account to pay to, and the reference that makes the payment found."""
    iban = settings.PENSIONS_IBAN
    grouped = " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
    return {"name": settings.PENSIONS_NAME, "iban": grouped, "reference": found.case.number}


@require_GET
@own_case
def statement(request: HttpRequest, found: Standing) -> HttpResponse:
    """Every line due and paid, as the file gives them; prints as it is."""
    return page(request, "aripa/own/statement.html", {"rows": found.rows()}, found=found)


@require_GET
@own_case
def download(request: HttpRequest, found: Standing) -> HttpResponse:
    """The statement as a file, the same as the export's. Its name says nothing."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="releve.csv"'
    writer = csv.writer(answer)
    writer.writerow(STATEMENT)
    for one in found.rows():
        amounts = [euros(cents) for cents in (one.due, one.paid, one.balance)]
        writer.writerow([one.day, one.label, f"{one.month:%Y-%m}" if one.month else "", *amounts])
    return answer


@require_GET
@own_case
def amount(request: HttpRequest, found: Standing, month: str) -> HttpResponse:
    """How the amount of a month is made, step by step."""
    try:
        wanted = date.fromisoformat(f"{month}-01")
    except ValueError as wrong:
        raise Http404 from wrong
    term = next((one for one in found.current_terms() if one.month == wanted), None)
    steps = steps_of_term(found, term) if term else steps_on(found.life, found.names, wanted)
    if not steps:
        raise Http404
    return page(
        request, "aripa/own/amount.html", {"month": wanted, "steps": steps, "is_called": term is not None}, found=found
    )


@never_cache
@require_GET
@for_roles(PARENTS)
def leave(request: HttpRequest) -> HttpResponse:
    """Leave at once: signed out, and on a page that says nothing."""
    sessions.end(request)
    answer = redirect(settings.PENSIONS_EXIT)
    answer["Clear-Site-Data"] = '"cache"'
    return answer
