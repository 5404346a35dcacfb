"""The dashboard of the direction, and the list behind each of its figures."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from cmg import selectors
from cmg.piloting import dashboard as board
from cmg.piloting.figures import Figures, Line, figures, first_figure
from cmg.piloting.lists import LISTS, Listed
from cmg.piloting.scope import Scope, scope_of
from cmg.piloting.wrong import WrongDebit, count_wrong, wrong_debits, wrong_page
from cmg.reconciliation.sides import next_month
from cmg.views.access import STEERERS, for_roles, today
from portal.audit.operations import journal
from portal.batches.models import Run
from portal.frame import steering
from portal.frame.charts import Chart
from portal.frame.exports import EXPORT_MOST, REASON_LEAST
from portal.frame.filters import Field, FilterBar, clean, filter_bar
from portal.frame.paging import COUNTED, count_up_to, page_of
from portal.frame.sheets import as_csv
from portal.frame.templatetags.portal import month_name, short_day
from portal.legislation.words import sum_in_words

NO_REASON = "Dites en quelques mots à quoi servira cet export, par exemple « comité du lundi »."
TOO_LONG = "Cette liste a plus de 5 000 lignes : ajoutez un filtre, puis exportez. Rien n’est sorti."


def _bar(request: HttpRequest, page: str, scope: Scope, funds: Sequence[str]) -> FilterBar:
    asked = clean(request.GET.get("fund", ""))[:8]
    choices = sorted({*funds, *([asked] if asked and scope.funds else [])})
    fields = [
        Field("fund", "Caisse", [(fund, fund) for fund in choices], is_feminine=True),
        Field("month", "Mois", [(f"{month:%Y-%m}", month_name(month)) for month in reversed(scope.months)]),
    ]
    return filter_bar(page, request.user, request.GET, fields)


def _query(bar: FilterBar) -> str:
    return f"?{bar.query}" if bar.query else ""


@require_GET
@for_roles(STEERERS)
def dashboard(request: HttpRequest) -> HttpResponse:
    """Wrong debits first, then everything else; each figure opens its list."""
    day = today()
    scope, whole = scope_of(request.user, day, request.GET.dict()), scope_of(request.user, day, {})
    families = board.families_by_fund(whole)
    bar = _bar(request, "cmg:piloting", scope, list(families))
    found, since = figures(scope), first_figure()
    known = since is not None and (scope.month is None or scope.month >= since)
    places = board.by_departement(found, {fund: families[fund] for fund in families if _sees(scope, fund)})
    last = selectors.runs_of(scope.month).first() if scope.month else _last_run()
    query = _query(bar)
    # What was before the first figure is not known: no line says nought of it.
    months = [line for line in found.months if since is not None and line.key >= since]
    context = {
        "scope": scope, "bar": bar, "query": query, "total": found.total, "figures": found, "known": known,
        "since": since, "now": timezone.now(), "next_figure": next_opening(day),
        "controlled": last.totals.get("declarations") if last and scope.funds is None else None, "last": last,
        "tiles": board.tiles(found.total, scope, query, known=known),
        "months": months, "charts": _charts(scope, found, months, since) if known else [],
        "places": places, "map": board.map_of(places) if known and places else None,
        "to_decide": [
            *board.to_decide(request.user, scope, query, last.month if last else None),
            *steering.waiting_for(request.user, day),  # type: ignore[arg-type]
        ],
        "sections": steering.sections_for(request.user, day),  # type: ignore[arg-type]
        "export_most": EXPORT_MOST,
    }  # fmt: skip
    return render(request, "cmg/piloting/dashboard.html", context)


def _charts(scope: Scope, found: Figures, months: list[Line], since: date | None) -> list[Chart]:
    assert since is not None
    return [board.age_chart(scope, found.total.oldest, since), board.held_chart(months)]


def _sees(scope: Scope, fund: str) -> bool:
    return scope.funds is None or fund in scope.funds


def _last_run() -> Run | None:
    months = selectors.months()[:1]
    return selectors.runs_of(months[0]).first() if months else None


def next_opening(day: date) -> date:
    """The next 25th: the first day on which a month is declared, hence of the first figure (terms of use)."""
    return day.replace(day=25) if day.day <= 25 else next_month(day).replace(day=25)


@require_GET
@for_roles(STEERERS)
def wrong(request: HttpRequest) -> HttpResponse:
    """Each wrong debit: those that wait for their money first."""
    scope = scope_of(request.user, today(), request.GET.dict())
    counts, page = count_wrong(scope), wrong_page(scope, request.GET.dict())
    bar = _bar(request, "cmg:piloting_wrong", scope, list(counts.funds))
    context = {
        "bar": bar, "page": page, "total": counts.total.debits, "now": timezone.now(), "export_most": EXPORT_MOST,
        "names": selectors.names_of([one.employer_no for one in page.rows]), "open_count": counts.total.waiting,
    }  # fmt: skip
    return render(request, "cmg/piloting/wrong.html", context)


def _listed(kind: str) -> Listed:
    if kind not in LISTS:
        raise Http404
    return LISTS[kind]


@require_GET
@for_roles(STEERERS)
def listing(request: HttpRequest, kind: str) -> HttpResponse:
    """The rows behind one figure."""
    listed, scope = _listed(kind), scope_of(request.user, today(), request.GET.dict())
    rows = listed.rows(scope)
    page = page_of(rows, request.GET.dict(), order=listed.order)
    bar = _bar(request, "cmg:piloting_list", scope, list(board.families_by_fund(scope_of(request.user, today(), {}))))
    context = {
        "kind": kind, "listed": listed, "bar": bar, "page": page, "total": min(count_up_to(rows), COUNTED + 1),
        "lines": _lines(listed, page.rows), "now": timezone.now(), "export_most": EXPORT_MOST,
    }  # fmt: skip
    return render(request, "cmg/piloting/list.html", context)


def _lines(listed: Listed, rows: Sequence[Any]) -> list[list[str]]:
    """Employer number, name, then the cells, row by row; names in one query."""
    cells = [list(listed.cells(row)) for row in rows]
    names = selectors.names_of([line[0] for line in cells if not line[1]])
    return [[line[0], line[1] or names.get(line[0], line[0]), *line[2:]] for line in cells]


@require_POST
@for_roles(STEERERS)
def export_listing(request: HttpRequest, kind: str) -> HttpResponse:
    """The rows of the present filters as CSV."""
    listed, scope = _listed(kind), scope_of(request.user, today(), request.GET.dict())
    rows = list(listed.rows(scope).order_by("pk")[: EXPORT_MOST + 1])
    heading = ["N° d’employeur", *listed.heading]
    return _export(request, f"pilotage-{kind}", reverse("cmg:piloting_list", args=[kind]), len(rows),
                   lambda: [heading, *_lines(listed, rows)])  # fmt: skip


@require_POST
@for_roles(STEERERS)
def export_wrong(request: HttpRequest) -> HttpResponse:
    """Wrong debits as CSV."""
    found = wrong_debits(scope_of(request.user, today(), request.GET.dict()), EXPORT_MOST + 1)
    return _export(request, "pilotage-prelevements", reverse("cmg:piloting_wrong"), len(found),
                   lambda: wrong_lines(found))  # fmt: skip


def wrong_lines(found: list[WrongDebit]) -> list[list[str]]:
    """Heading and lines of the wrong debits."""
    names = selectors.names_of([one.employer_no for one in found])
    heading = ["N° d’employeur", "Famille", "Caisse", "Mois de garde", "Prélevé", "Dû", "De trop", "État"]
    return [heading] + [
        [one.employer_no, names.get(one.employer_no, ""), one.fund, month_name(one.care_month), sum_in_words(one.taken_cents),
         _euros(one.due_cents), _euros(one.excess_cents), one.words]
        for one in found
    ]  # fmt: skip


def _euros(cents: int | None) -> str:
    return "" if cents is None else sum_in_words(cents)


@require_POST
@for_roles(STEERERS)
def export_figures(request: HttpRequest) -> HttpResponse:
    """The figures by fund and by month as CSV."""
    scope = scope_of(request.user, today(), request.GET.dict())
    found = figures(scope)
    return _export(request, "pilotage", reverse("cmg:piloting"), len(found.funds), lambda: figure_lines(found))


FIGURE_HEADING = (
    "Prélèvements à tort", "Familles retenues", "Non prélevé", "Dossiers ouverts", "Plus ancien ouvert le",
    "Dossiers répondus dans le délai", "Dossiers répondus ou en retard", "Avances accordées", "Avances à déduire",
    "Remboursé", "Signalements répondus dans le délai", "Signalements répondus ou en retard",
)  # fmt: skip


def figure_cells(line: Line) -> list[str]:
    """The figures of one line, in the order of FIGURE_HEADING."""
    return [
        str(line.wrong_families), str(line.held_families), sum_in_words(line.held_cents), str(line.open_dossiers),
        short_day(line.oldest), str(line.in_time_dossiers), str(line.due_dossiers), sum_in_words(line.advanced_cents),
        sum_in_words(line.outstanding_cents), sum_in_words(line.refunded_cents), str(line.in_time_reports), str(line.due_reports),
    ]  # fmt: skip


def figure_lines(found: Figures) -> list[list[str]]:
    """Every fund, then every month, then all."""
    by_fund = [["Caisse", line.key or "sans caisse", *figure_cells(line)] for line in found.funds]
    by_month = [["Mois", f"{line.key:%Y-%m}", *figure_cells(line)] for line in found.months]
    return [["Par", "Lequel", *FIGURE_HEADING], *by_fund, *by_month, ["Ensemble", "", *figure_cells(found.total)]]


def _export(
    request: HttpRequest, name: str, back: str, count: int, lines: Callable[[], list[list[str]]]
) -> HttpResponse:
    """A CSV with its reason in the journal; back to the page when the reason or the size is wrong."""
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:200]
    filters = {key: clean(request.GET[key]) for key in ("fund", "month") if request.GET.get(key)}
    if len(reason) < REASON_LEAST or count > EXPORT_MOST:
        messages.error(request, NO_REASON if len(reason) < REASON_LEAST else TOO_LONG)
        return redirect(back + (f"?{request.GET.urlencode()}" if filters else ""))
    journal(
        actor=request.user.get_username(), action="cmg.piloting.exported", subject=f"piloting:{name}",
        detail={"reason": reason, "filters": filters, "rows": count},
    )  # fmt: skip
    response = HttpResponse(as_csv(lines()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{today():%Y-%m-%d}.csv"'
    return response
