"""The yearly extraction of the funds, and the report to Parliament: read by who sees the programme, sent by the director."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fraud.models import ParliamentReport
from fraud.rncps.counting import count_between
from fraud.rncps.printing import report_pdf
from fraud.rncps.reporting import ReportRefused, figures_of, move_report, texts_of, write_section
from fraud.rncps.tables import lines_of, tables_of
from fraud.rules.parliament import (
    REPORT_MOVES,
    SECTIONS,
    ReportState,
    days_late,
    is_overdue,
    missing_sections,
)
from fraud.rules.rncps import LEAD
from fraud.views.rncps_common import (
    DIRECT,
    PROGRAMME,
    WRITE,
    for_roles,
    get_one,
    key_of,
    may,
    moment_on,
    today,
    told_moves,
    year_of,
)
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right
from portal.audit.operations import journal
from portal.frame.forms import form_key
from portal.frame.paging import page_of
from portal.frame.sheets import as_csv

FIRST_YEAR = 2024
ACTS = {ReportState.DRAFT: "Rouvrir", ReportState.VALIDATED: "Valider", ReportState.SENT: "Noter la remise"}


def _year(request: HttpRequest) -> tuple[int, list[str] | None, Any]:
    year = year_of(request.GET.get("annee", ""), today())
    funds = funds_on(request.user, today(), Right.SEE_PROGRAMME)  # type: ignore[arg-type]
    return year, funds, count_between(date(year, 1, 1), date(year + 1, 1, 1), funds)


@require_GET
@for_roles(PROGRAMME)
def extraction(request: HttpRequest) -> HttpResponse:
    """A year of look-ups of one's funds, under the headings of the report."""
    year, funds, figures = _year(request)
    tables = tables_of(figures, today())
    context = {
        "year": year, "funds": funds, "sections": [(one, tables[one.code]) for one in SECTIONS if one.code in tables],
        "years": range(FIRST_YEAR, today().year + 1), "lead": LEAD,
    }  # fmt: skip
    return render(request, "fraud/rncps_extraction.html", context)


@require_GET
@for_roles(PROGRAMME)
def extraction_file(request: HttpRequest) -> HttpResponse:
    """The same as CSV; figures only, nobody is named."""
    year, funds, figures = _year(request)
    journal(
        actor=request.user.get_username(), action="control.rncps_extracted", subject=f"rncps:year:{year}",
        detail={"funds": funds or "all"}, at=moment_on(today()),
    )  # fmt: skip
    return _file(lines_of(figures, today()), f"rncps-{year}.csv")


def _file(lines: list[list[str]], name: str) -> HttpResponse:
    response = HttpResponse(as_csv(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
@for_roles(PROGRAMME)
def reports(request: HttpRequest) -> HttpResponse:
    """Every report, the last first."""
    page = page_of(ParliamentReport.objects.all(), request.GET.dict(), order=("-pk",))
    context = {"page": page, "rows": [(one, _lateness(one)) for one in page.rows], "on": today()}
    return render(request, "fraud/rncps_reports.html", context)


def _lateness(report: ParliamentReport) -> dict[str, Any]:
    """Whether it is late, and by how many days: of its sending, or of today."""
    day = report.sent_on or today()
    return {"days": days_late(report.due_on, day), "is_overdue": is_overdue(report.state, report.due_on, today())}


@require_GET
@for_roles(PROGRAMME)
def report(request: HttpRequest, report: int) -> HttpResponse:
    """One report: its last day, its sections in order, who moved it."""
    found = get_one(ParliamentReport.objects.all(), report)
    texts, tables = texts_of(found), tables_of(figures_of(found), found.validated_on or today())
    context = {
        "report": found, "late": _lateness(found), "on": today(), "key": key_of(request),
        "sections": [(one, texts.get(one.code), tables.get(one.code, [])) for one in SECTIONS],
        "missing": missing_sections({code: one.text for code, one in texts.items()}),
        "moves": told_moves(found.moves.order_by("pk")), "may_write": may(request, WRITE) and found.state in ("PLANNED", "DRAFT"),
        "acts": [
            (one.value, ACTS[one]) for one in ReportState if one in REPORT_MOVES[found.state] and found.state != "PLANNED"
        ] if may(request, DIRECT) else [],
    }  # fmt: skip
    return render(request, "fraud/rncps_report.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(WRITE)
def section(request: HttpRequest, report: int, code: str) -> HttpResponse:
    """One text and its former versions; what is written is a new version."""
    found = get_one(ParliamentReport.objects.all(), report)
    heading = next((one for one in SECTIONS if one.code == code), None)
    if heading is None:
        raise Http404
    versions = list(found.texts.filter(code=code).select_related("by").order_by("-version")[:25])
    problem = ""
    if request.method == "POST":
        try:
            write_section(
                report_pk=found.pk, code=code, text=request.POST.get("text", ""), by_pk=request.user.pk,  # type: ignore[arg-type]
                key=form_key(request), on=today(), at=moment_on(today()),
            )  # fmt: skip
        except ReportRefused as refused:
            problem = str(refused)
        else:
            messages.success(request, "Le texte est enregistré ; les versions d’avant restent lisibles.")
            return redirect("fraud:rncps_report", found.pk)
    typed = request.POST.get("text", versions[0].text if versions else "")
    context = {
        "report": found,
        "section": heading,
        "versions": versions,
        "text": typed,
        "problem": problem,
        "key": key_of(request),
    }
    return render(request, "fraud/rncps_section.html", context, status=422 if problem else 200)


@require_POST
@for_roles(DIRECT)
def move(request: HttpRequest, report: int) -> HttpResponse:
    """Validate, reopen or note the sending."""
    form_key(request)
    found = get_one(ParliamentReport.objects.all(), report)
    try:
        moved = move_report(
            report_pk=found.pk, after=request.POST.get("after", ""), reason=request.POST.get("reason", ""),
            by_pk=request.user.pk, on=today(), at=moment_on(today()),  # type: ignore[arg-type]
        )  # fmt: skip
    except ReportRefused as refused:
        messages.error(request, f"{refused} Rien n’a changé.")
    else:
        messages.success(request, f"Le rapport est maintenant « {moved.get_state_display().lower()} ».")
    return redirect("fraud:rncps_report", found.pk)


@require_GET
@for_roles(PROGRAMME)
def report_data(request: HttpRequest, report: int) -> HttpResponse:
    """Its figures as CSV."""
    found = get_one(ParliamentReport.objects.all(), report)
    lines = lines_of(figures_of(found), found.validated_on or today())
    return _file(lines, f"rapport-rncps-{found.due_on:%Y-%m-%d}.csv")


@require_GET
@for_roles(PROGRAMME)
def report_file(request: HttpRequest, report: int) -> HttpResponse:
    """The whole report as a tagged PDF."""
    found = get_one(ParliamentReport.objects.all(), report)
    answer = HttpResponse(report_pdf(found, on=today()), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="rapport-rncps-{found.due_on:%Y-%m-%d}.pdf"'
    return answer
