"""What follows the meetings: joint operations, and the report of a year to the national mission."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from fraud.codaf.access import departements_of, meetings_of, seat_of, secretary_of
from fraud.codaf.following import end_operation
from fraud.codaf.naming import CodafRefused
from fraud.codaf.reporting import FIRST_YEAR, figures_of, make_report, send_report
from fraud.models import CodafReport, JointOperation, OperationState
from fraud.rules import codaf as rules
from fraud.views.codaf import HOLD, PLENARIES, departement_of
from fraud.views.third_common import names_in
from portal.accounts.permissions import for_roles, moment_on, today
from portal.casework.moves import MoveNotAllowed
from portal.frame.errors import Conflict
from portal.frame.forms import day_typed, form_key, get_one, key_of, listed, question
from portal.frame.paging import page_of
from portal.letters.answers import as_pdf
from portal.letters.models import Letter, LetterJob
from portal.organisations.directory import departements

LABELS = {
    "done_on": "Menée le",
    "checks": "Contrôles",
    "sanctions": "Sanctions",
    "result": "Résultat",
    "year": "Année",
    "send": "Envoi",
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(HOLD)
def operation(request: HttpRequest, pk: int) -> HttpResponse:
    """One joint operation, and what it gave."""
    seen = JointOperation.objects.filter(meeting__in=meetings_of(request.user, today()))  # type: ignore[arg-type]
    found, errors = get_one(seen.select_related("meeting", "lead"), pk), {}
    if request.method == "POST":
        errors = _end(request, found)
        if not errors:
            return redirect("fraud:codaf_operation", pk=pk)
    fields = [
        question(request, "done_on", LABELS["done_on"], errors, unit="jour/mois/année"),
        question(request, "checks", LABELS["checks"], errors),
        question(request, "sanctions", LABELS["sanctions"], errors),
    ]  # fmt: skip
    moves = list(found.moves.order_by("pk")[:20])
    names = {one.code: one.name for one in rules.categories_on(found.meeting.dated, found.meeting.departement)}
    context = {
        "one": found, "services": [names.get(code, code) for code in found.categories], "questions": fields,
        "problem": errors.get("result", ""),
        "typed": request.POST, "errors": listed(errors, LABELS), "key": key_of(request), "moves": moves,
        "names": names_in(moves),
        "may_end": found.state == OperationState.DECIDED and seat_of(request.user, found.meeting.departement, today()) is not None,  # type: ignore[arg-type]
        "on": today(),
    }  # fmt: skip
    return render(request, "fraud/codaf_operation.html", context, status=422 if errors else 200)


def _end(request: HttpRequest, found: JointOperation) -> dict[str, str]:
    form_key(request)
    if seat_of(request.user, found.meeting.departement, today()) is None:  # type: ignore[arg-type]
        raise Http404
    done, result = request.POST.get("what") != "abandon", request.POST.get("result", "")
    try:
        end_operation(
            operation_pk=found.pk, done=done, done_on=day_typed(request, "done_on"), checks=_count(request, "checks"),
            sanctions=_count(request, "sanctions"), result=result, by_pk=request.user.pk, on=today(), at=moment_on(today()),  # type: ignore[arg-type]
        )  # fmt: skip
    except CodafRefused as refused:
        return refused.errors
    except MoveNotAllowed as moved:
        link = reverse("fraud:codaf_operation", args=[found.pk])
        raise Conflict(
            "Cette opération a déjà son résultat. Rien n’a changé.", link=link, action="Voir l’opération"
        ) from moved
    messages.success(request, "Le résultat est noté." if done else "L’opération est notée abandonnée.")
    return {}


def _count(request: HttpRequest, name: str) -> int | None:
    typed = request.POST.get(name, "").strip()
    return int(typed) if typed.isdecimal() and len(typed) < 7 else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(HOLD)
def reports(request: HttpRequest) -> HttpResponse:
    """The figures of a year as they stand, and the reports made of them."""
    where, day, errors = departement_of(request), today(), {}
    year = _year(request.POST.get("year") or request.GET.get("year", ""))
    if request.method == "POST":
        key = form_key(request)
        try:
            made, again = make_report(
                departement=where, year=year, key=key, by_pk=request.user.pk, on=day, at=moment_on(day)
            )  # type: ignore[arg-type]
        except CodafRefused as refused:
            errors = refused.errors
        else:
            messages.success(request, "C’est déjà reçu." if again else f"Le compte rendu de {made.year} est fait.")
            return redirect("fraud:codaf_report", pk=made.pk)
    found = CodafReport.objects.filter(departement=where).select_related("made_by", "sent_by")
    context = _figures(figures_of(where, year, day)) | {
        "year": year, "years": range(day.year, max(FIRST_YEAR, day.year - 10), -1),
        "page": page_of(found, request.GET.dict(), order=("-pk",)),
        "errors": listed(errors, LABELS), "key": key_of(request), "where": departements()[where],
    }  # fmt: skip
    return render(request, "fraud/codaf_reports.html", context, status=422 if errors else 200)


def _year(typed: str) -> int:
    day = today()
    return int(typed) if typed.isdecimal() and len(typed) == 4 and FIRST_YEAR < int(typed) <= day.year else day.year


def _figures(figures: dict[str, Any]) -> dict[str, Any]:
    """The figures with what they are beside: three plenaries, the last national reference."""
    reference, reference_year = rules.reference_checks()
    return {
        "figures": figures, "plenaries": PLENARIES[rules.Plenaries(figures["state"])], "reference": reference,
        "reference_year": reference_year,
    }  # fmt: skip


def _report(request: HttpRequest, pk: int) -> CodafReport:
    own = departements_of(request.user, today())  # type: ignore[arg-type]
    return get_one(CodafReport.objects.filter(departement__in=own).select_related("made_by", "sent_by"), pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(HOLD)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report; the permanent secretariat sends it."""
    found, errors = _report(request, pk), {}
    if request.method == "POST":
        form_key(request)
        try:
            send_report(report_pk=pk, by_pk=request.user.pk, on=today(), at=moment_on(today()))  # type: ignore[arg-type]
        except CodafRefused as refused:
            errors = refused.errors
        else:
            messages.success(request, "Le compte rendu est parti à la mission nationale.")
            return redirect("fraud:codaf_report", pk=pk)
    context = _figures(found.figures) | {
        "one": found, "errors": listed(errors, LABELS), "key": key_of(request), "where": departements()[found.departement],
        "is_written": Letter.objects.filter(job__key=found.letter_key).exists(),
        "job": LetterJob.objects.filter(key=found.letter_key).first(), "text": rules.text_on(found.made_on),
        "secretary": secretary_of(request.user, found.departement, today()),  # type: ignore[arg-type]
    }  # fmt: skip
    return render(request, "fraud/codaf_report.html", context, status=422 if errors else 200)


@require_GET
@for_roles(HOLD)
def report_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as it left."""
    found = Letter.objects.filter(job__key=_report(request, pk).letter_key).first()
    if found is None:
        raise Http404
    return as_pdf(found, name="codaf", shown=True)
