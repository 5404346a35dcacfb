"""June 2019, replayed: two circuits on the same families, on the day one asks for."""

from datetime import date, timedelta

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cmg.models import Replay
from cmg.reconciliation.catalogue import catalogue
from cmg.replay import selectors
from cmg.replay.days import promises_on
from cmg.replay.operations import ask_replay
from cmg.replay.tasks import replay as replay_task
from cmg.replay.timelines import left_timeline, right_timeline
from cmg.summary import grouped
from cmg.views.access import STEERERS, for_roles
from portal.frame.charts import Chart, lines
from portal.frame.filters import Field, filter_bar
from portal.frame.paging import count_up_to, page_of

FIRST_SHOWN = date(2019, 6, 28)
EMILIE = "4300077219"


def _replay_or_404() -> Replay:
    found = selectors.last_replay()
    if found is None:
        raise Http404
    return found


def _day(request: HttpRequest, replay: Replay) -> date:
    """The day of the address, within the replay's; a text that is none gives the first one shown."""
    assert replay.first_day is not None
    assert replay.last_day is not None
    try:
        asked = date.fromisoformat(request.GET.get("jour", ""))
    except ValueError:
        asked = FIRST_SHOWN
    return min(max(asked, replay.first_day), replay.last_day)


@require_GET
@for_roles(STEERERS)
def replay(request: HttpRequest) -> HttpResponse:
    """Two columns on one day, their totals, and the days between."""
    found = selectors.last_replay()
    context: dict[str, object] = {"replay": found, "under_way": selectors.under_way()}
    if found is not None:
        context |= _day_context(found, _day(request, found))
    return render(request, "cmg/piloting/replay.html", context)


def _day_context(found: Replay, day: date) -> dict[str, object]:
    assert found.first_day is not None
    assert found.last_day is not None
    totals = selectors.totals_on(found, day)
    days = selectors.by_day(found)
    emilie = selectors.family_lines(found, EMILIE)
    return {
        "day": day,
        "before": day - timedelta(days=1) if day > found.first_day else None,
        "after": day + timedelta(days=1) if day < found.last_day else None,
        "left": [(figure, *totals[figure.key]) for figure in selectors.LEFT],
        "right": [(figure, *totals[figure.key]) for figure in selectors.RIGHT],
        "whole": selectors.made_whole(found),
        "codes": selectors.by_code(found),
        "catalogue": catalogue(),
        "chart": _chart(days),
        "promises": promises_on(found.care_month),
        "emilie": emilie[0] if emilie else None,
        "emilie_left": _so_far(left_timeline(emilie), day),
        "emilie_right": _so_far(right_timeline(emilie, promises_on(found.care_month)), day),
    }


def _so_far(events: list, day: date) -> list:
    return [event for event in events if event.day <= day]


def _chart(days: list[selectors.Day]) -> Chart:
    most = max(one.wrong for one in days)
    title = f"Sans contrôle, {grouped(most)} familles prélevées à tort ; avec le contrôle, {grouped(max(one.right_wrong for one in days))}"
    series = {
        "à tort, sans contrôle": [one.wrong for one in days],
        "retenues, avec": [one.held for one in days],
        "à tort, avec": [one.right_wrong for one in days],
    }
    labels = [f"{one.day:%d/%m}" for one in days]
    return lines(title, f"Familles, jour par jour. {title}.", "familles", labels, series)


@require_POST
@for_roles(STEERERS)
def start(request: HttpRequest) -> HttpResponse:
    """Ask for the calculation again; pressing twice joins the same."""
    asked = ask_replay(by=request.user.get_username())
    transaction.on_commit(lambda: replay_task.delay(replay_pk=asked.pk))
    messages.success(request, "Le calcul est demandé. Vous pouvez fermer cette page : il continue.")
    return redirect("cmg:replay")


@require_GET
@for_roles(STEERERS)
def listing(request: HttpRequest, figure: str) -> HttpResponse:
    """The declarations behind one total."""
    found = _replay_or_404()
    if figure not in selectors.FIGURES:
        raise Http404
    day = _day(request, found)
    codes = sorted({code for line in selectors.by_code(found) for code in line["codes"].split("|")})
    fields = [
        Field("jour", "Jour", hidden=True),
        Field("code", "Motif", [(code, f"{code} {catalogue()[code].label}") for code in codes if code in catalogue()]),
        Field("q", "Nom ou n° d’employeur"),
    ]
    bar = filter_bar("cmg:replay_list", request.user, request.GET, fields)
    rows = selectors.lines_of(found, figure, day, bar.values)
    context = {
        "replay": found, "day": day, "figure": selectors.FIGURES[figure], "bar": bar, "total": count_up_to(rows),
        "page": page_of(rows, request.GET.dict()), "catalogue": catalogue(),
        "circuit": "le circuit de 2019" if figure.startswith("left") else "avec le contrôle avant prélèvement",
        "back": reverse("cmg:replay") + f"?jour={day.isoformat()}",
    }  # fmt: skip
    return render(request, "cmg/piloting/replay_list.html", context)


@require_GET
@for_roles(STEERERS)
def family(request: HttpRequest, employer_no: str) -> HttpResponse:
    """One family's two timelines."""
    found = _replay_or_404()
    rows = selectors.family_lines(found, employer_no)
    if not rows:
        raise Http404
    context = {
        "replay": found, "rows": rows, "name": rows[0].name or employer_no, "catalogue": catalogue(),
        "left": left_timeline(rows), "right": right_timeline(rows, promises_on(found.care_month)),
    }  # fmt: skip
    return render(request, "cmg/piloting/replay_family.html", context)
