"""Files received, what did not enter of them, and the correction of one row."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cmg import selectors
from cmg.views.access import AGENTS, for_roles, today
from cmg.words import FLOWS
from portal.exchange.models import FileOrigin
from portal.exchange.pages import Door, files_shown, row_page, rows_page
from portal.exchange.selectors import files_of
from portal.frame.filters import Field
from portal.frame.paging import count_up_to, page_of

DOOR = Door(
    files="cmg:files", rows="cmg:rejected_rows", row="cmg:rejected_row", kinds=FLOWS, seen=selectors.files_with_rows,
    entered="La ligne corrigée est appliquée. Clôturez le mois à nouveau pour en tenir compte.",
)  # fmt: skip


@require_GET
@for_roles(AGENTS)
def files(request: HttpRequest) -> HttpResponse:
    """Files received, the last first."""
    origins = Field("origin", "Origine", FileOrigin.choices, hidden=True)
    bar, found = files_shown(request, DOOR, files_of("cmg"), origins)
    origin = FileOrigin(bar.values["origin"] or FileOrigin.FLOW)
    found = found.filter(origin=origin)
    page = page_of(found, request.GET.dict(), order=("-pk",))
    context = {
        "page": page,
        "total": count_up_to(found),
        "bar": bar,
        "flows": FLOWS,
        "origin": origin,
        "origins": FileOrigin.choices,
        "counts": selectors.last_files(origin),
        "missing": selectors.missing_lots(),
        "readable": set(selectors.files_with_rows(request.user, today()).filter(pk__in=[row.pk for row in page.rows])),
    }
    return render(request, "cmg/files.html", context)


@require_GET
@for_roles(AGENTS)
def rejected_rows(request: HttpRequest, file: int) -> HttpResponse:
    return rows_page(request, DOOR, file, "cmg/rejected_rows.html")


@for_roles(AGENTS)
def rejected_row(request: HttpRequest, row: int) -> HttpResponse:
    return row_page(request, DOOR, row, "cmg/rejected_row.html")
