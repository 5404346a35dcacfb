"""« Vivre le jour suivant »: in the demonstration, the next day of the pensions is lived by a worker, in front of the visitor."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from aripa import tasks
from aripa.operations import KIND
from aripa.views.access import CASEWORKERS, for_roles, lived_day
from portal.audit.operations import journal
from portal.batches.models import Run, RunState
from portal.batches.selectors import progress

# A worker begins within this; afterwards the page no longer waits for it.
WAIT_FOR_WORKER = timedelta(seconds=60)
CLOSE = "Vous pouvez fermer cette page."


@dataclass(frozen=True)
class Bar:
    """The progress of a day, from its rows: the same figures after a reload."""

    done: int
    total: int
    state: str
    words: str

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


@require_POST
@for_roles(CASEWORKERS)
def live(request: HttpRequest) -> HttpResponse:
    """Ask a worker for the next day, once: pressed twice for the same day, it joins the same run. Demonstration only."""
    if not settings.PORTAL_DEMO:
        raise Http404
    following = lived_day() + timedelta(days=1)
    try:
        asked = date.fromisoformat(request.POST.get("day", ""))
    except ValueError as wrong:
        raise Http404 from wrong
    if asked > following:
        raise Http404
    if asked == following:
        journal(actor=request.user.get_username(), action="aripa.day.asked", subject=f"day:{asked}")
        transaction.on_commit(lambda: tasks.live_days.delay(until=asked.isoformat()))
    else:
        messages.info(request, "Ce jour est déjà vécu : rien n’a été fait deux fois.")
    return redirect("aripa:day", day=asked.isoformat())


@never_cache
@require_GET
@for_roles(CASEWORKERS)
def day(request: HttpRequest, day: str) -> HttpResponse:
    """How far a day is, then what it did. The fragment alone when the bar asks again."""
    if not settings.PORTAL_DEMO:
        raise Http404
    try:
        asked = date.fromisoformat(day)
    except ValueError as wrong:
        raise Http404 from wrong
    run = Run.objects.filter(kind=KIND, day__gte=asked).order_by("day", "pk").first()
    bar = bar_of(run, timezone.now())
    moving = bar.state in ("WAITING", "RUNNING")
    context = {"asked": asked, "run": run, "progress": bar, "moving": moving}
    if getattr(request, "htmx", False):
        response = render(request, "aripa/_day.html", context)
        if not moving:
            response.status_code = 286
            response["HX-Trigger"] = "run-finished"
        return response
    return render(request, "aripa/day.html", context)


def bar_of(run: Run | None, now: datetime) -> Bar:
    if run is None:
        return Bar(0, 0, "WAITING", f"Demandé : un traitement va commencer. {CLOSE}")
    known = progress(run)
    if run.state == RunState.DONE:
        return Bar(known.slices_done, known.slices_total, "DONE", "Jour vécu.")
    late = now - (known.last_beat or run.started_at) > WAIT_FOR_WORKER
    words = "C’est plus long que d’habitude : le portail reprend seul." if late else "En marche."
    return Bar(known.slices_done, known.slices_total, "RUNNING", f"{words} {CLOSE}")
