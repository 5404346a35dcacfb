"""Lists of remedies, reports, the board and corrections as CSV: the same rows as their pages, a reason, a trace.

No NIR, no bank account, no child; and none of the family's own words, which are said to the team alone.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from cmg import selectors as families
from cmg.models import Regularisation
from cmg.views.access import EXPORTERS, for_roles
from cmg.views.acts_money import corrections_bar, corrections_of
from cmg.views.remedies import bar_of, box_of, rows_of
from cmg.views.remedies_shown import Line, line_of
from portal.frame.exports import export_list
from portal.frame.templatetags.portal import short_day
from portal.legislation.words import sum_in_words

FILES = {
    "advances": "avances", "refunds": "remboursements", "overpayments": "versements-en-trop",
    "returned": "virements-revenus", "reports": "signalements", "board": "commission",
}  # fmt: skip
HEADING = ["Famille", "N° d’employeur", "Nature", "Montant", "État", "Depuis", "Échéance"]


@require_POST
@for_roles(EXPORTERS)
def export_remedies(request: HttpRequest) -> HttpResponse:
    """The list of the present tile and filters."""
    return _export(request, box_of(request), "cmg:remedies")


@require_POST
@for_roles(EXPORTERS)
def export_reports(request: HttpRequest) -> HttpResponse:
    """The reports of the present filters."""
    return _export(request, "reports", "cmg:reports")


@require_POST
@for_roles(EXPORTERS)
def export_board(request: HttpRequest) -> HttpResponse:
    """The requests to the board of the present filters."""
    return _export(request, "board", "cmg:board")


def _export(request: HttpRequest, name: str, page: str) -> HttpResponse:
    bar = bar_of(request, name, page)
    return export_list(
        request, bar, rows_of(request, name, bar), lambda rows: remedy_rows(name, rows), name=FILES[name], about=name
    )


def remedy_rows(name: str, rows: list[Any]) -> list[list[str]]:
    """Heading and lines of a list of remedies."""
    lines = [line_of(name, row) for row in rows]
    names = families.names_of([line.employer_no for line in lines])
    found = [
        [names.get(line.employer_no, ""), line.employer_no, nature_of(name, line, row),
         "" if line.cents is None else sum_in_words(line.cents), line.state, short_day(line.since), short_day(line.deadline)]
        for line, row in zip(lines, rows, strict=True)
    ]  # fmt: skip
    return [HEADING, *found]


def nature_of(name: str, line: Line, row: Any) -> str:
    """What the row is, without a word of the family."""
    if name == "reports":
        return f"{line.what}, {row.number}"
    if name == "board":
        return line.more
    return line.what if name == "advances" else f"{line.what}, {line.more}"


@require_POST
@for_roles(EXPORTERS)
def export_regularisations(request: HttpRequest) -> HttpResponse:
    """The corrections of the present tile."""
    bar = corrections_bar(request)
    return export_list(
        request, bar, corrections_of(request, bar), correction_rows, name="corrections", about="corrections"
    )


def correction_rows(rows: list[Regularisation]) -> list[list[str]]:
    """Heading and lines of a list of corrections."""
    names = families.names_of([row.employer_no for row in rows])
    people = families.full_names([row.proposed_by for row in rows])
    heading = ["Famille", "N° d’employeur", "Caisse", "Motif", "Total à déplacer", "État", "Proposée par", "Depuis"]
    return [heading] + [
        [names.get(row.employer_no, ""), row.employer_no, row.fund, row.reason, sum_in_words(row.moved_cents),
         row.get_state_display(), people.get(row.proposed_by, row.proposed_by), short_day(row.proposed_on)]
        for row in rows
    ]  # fmt: skip
