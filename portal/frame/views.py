"""Doors of the portal: home, sign-in, components, health."""

import re

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.models import Door
from portal.accounts.permissions import roles_on, today
from portal.frame import filters, gallery, simulators
from portal.frame.context import THEME_COOKIE, THEMES
from portal.frame.homes import home_of
from portal.frame.kept import is_page_of_ours
from portal.frame.models import SavedFilter
from portal.frame.spaces import first_page


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Each visitor's own home; one's account when no role is in force."""
    if not request.user.is_authenticated:
        return redirect("accounts:sign_in")
    first = first_page(request.user, today()) if request.user.door == Door.FAMILY else ""
    return redirect(first or home_of(roles_on(request.user, today())))


@require_POST
@login_required
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep the filter of a list under a name, and show the list again."""
    posted = {name: request.POST.get(name, "") for name in ("page", "name", "query")}
    if not re.fullmatch(r"[a-z_:]{1,40}", posted["page"]):
        raise Http404
    try:
        saved = filters.save_filter(user=request.user, **posted)
    except filters.FilterRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Filtre « {saved.name} » enregistré.")
    return redirect(_back(request))


@require_POST
@login_required
def remove_filter(request: HttpRequest, saved: int) -> HttpResponse:
    """Forget one of one's own filters."""
    found = get_object_or_404(SavedFilter, pk=saved, user=request.user)
    found.delete()
    messages.success(request, f"Filtre « {found.name} » supprimé.")
    return redirect(_back(request))


@require_POST
def set_appearance(request: HttpRequest) -> HttpResponse:
    """Light or dark by hand, kept by the browser; anything else follows the device again."""
    response = redirect(_back(request))
    chosen = request.POST.get("choice", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=365 * 24 * 3600, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    else:
        response.delete_cookie(THEME_COOKIE)
    return response


def _back(request: HttpRequest) -> str:
    """The page that the form was on; home when it is none of ours."""
    wanted = request.POST.get("next", "")
    return wanted if is_page_of_ours(request, wanted) else reverse("frame:home")


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """The components in all their states, each under its contract."""
    return render(request, "frame/components.html", gallery.samples() | {"contracts": gallery.contracts()})


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives."""
    return JsonResponse({"status": "ok"})


@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, broker and migrations are ready; 503 and the reason otherwise."""
    found = {"database": _database(), "broker": _broker()}
    ready = all(value == "ok" for value in found.values())
    return JsonResponse(found, status=200 if ready else 503)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        return type(error).__name__
    left = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(left)} migrations à appliquer" if left else "ok"


def _broker() -> str:
    import redis

    try:
        redis.Redis.from_url(settings.BROKER_URL, socket_connect_timeout=1).ping()
    except redis.RedisError as error:
        return type(error).__name__
    return "ok"


@require_GET
def simulator_list(request: HttpRequest) -> HttpResponse:
    """The public simulators."""
    pages = [
        {"title": page.title, "about": page.about, "url": reverse(page.address, kwargs=page.kwargs)}
        for page in simulators.pages()
    ]
    return render(request, "frame/simulators.html", {"pages": pages})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def simulator(request: HttpRequest, kind: str) -> HttpResponse:
    """The form of one simulator; posted, the answer with its steps, every error at once, or more rows."""
    try:
        form = simulators.get(kind)
    except KeyError as unknown:
        raise Http404 from unknown
    if request.method != "POST":
        shown = simulators.blank(form, today())
    elif "more" in request.POST:
        shown = simulators.with_more_rows(form, request.POST.dict())
    else:
        shown = simulators.simulated(form, request.POST.dict())
    return render(request, "frame/simulator.html", {"shown": shown}, status=422 if shown.errors else 200)
