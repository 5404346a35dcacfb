"""A parent's first page: the link to their family once, then what leaves, what arrives and what is awaited."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cmg.family.corrections import corrected
from cmg.family.home import home_of
from cmg.family.household import Household, household_of
from cmg.family.menu import menu_of
from cmg.family.months import left_of, own_months
from cmg.family.movements import ordered
from cmg.family.people import owner_of
from cmg.family.unread import unread_of
from cmg.linking import link_own_family
from cmg.views.access import PARENTS, for_roles, today
from portal.accounts.links import LinkRefused


def own_family(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the parent's own family, given to the view; a parent without a family is led to the link."""

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        home = household_of(request.user, today())
        if home is None:
            return redirect("cmg:own_home") if request.method == "GET" else _nothing()
        return view(request, home, *args, **kwargs)

    return for_roles(PARENTS)(checked)


def own_account(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The same for a page that needs the family's account at Pajemploi: given to the view with the family."""

    @wraps(view)
    def checked(request: HttpRequest, home: Household, *args: object, **kwargs: object) -> HttpResponse:
        if home.account is None:
            return redirect("cmg:own_home") if request.method == "GET" else _nothing()
        return view(request, home, home.account, *args, **kwargs)

    return own_family(checked)


def _nothing() -> HttpResponse:
    raise Http404


def page(request: HttpRequest, home: Household, template: str, context: dict[str, object], **more: int) -> HttpResponse:
    """A page of the family's space: its menu says what is unread."""
    menu = menu_of(request.path, unread_of(home, request.user))  # type: ignore[arg-type]
    return render(request, template, {"home": home, "own_menu": menu} | context, **more)


@for_roles(PARENTS)
def home(request: HttpRequest) -> HttpResponse:
    """The family's first page; the form that links while there is no family."""
    found = household_of(request.user, today())
    if found is not None:
        return _first_page(request, found)
    refusal = ""
    if request.method == "POST":
        try:
            link_own_family(user_pk=request.user.pk, number=request.POST.get("number", "")[:60], on=today())
        except LinkRefused as refused:
            refusal = str(refused)
        else:
            messages.success(request, "Votre dossier est relié à votre compte.")
            return redirect("cmg:own_home")
    context = {"refusal": refusal, "demo_number": settings.PORTAL_DEMO and _demo_number()}
    return render(request, "cmg/famille/home.html", context, status=422 if refusal else 200)


def _first_page(request: HttpRequest, found: Household) -> HttpResponse:
    months, owner = own_months(found, today()), owner_of(found.subject, today())
    movements, listed = ordered(found.subject, {}, found.account), {one.month for one in months}
    # What is outside any month, and what a correction moved of an old one.
    others = [one for one in movements if one.month not in listed]
    shown = home_of(found, months, owner, today(), others, left_of(found, today()))
    context = {"page": shown, "corrections": corrected(found.employer_no, movements, today())}
    return page(request, found, "cmg/family_space/home.html", context)


def _demo_number() -> str:
    from cmg.population.demo import NEW_NO

    return NEW_NO
