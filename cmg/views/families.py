"""Families: anomalies, held declarations, the dossier with its two sides, and the explanation of an amount."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from cmg import explaining, selectors
from cmg.models import Account, Settlement
from cmg.reconciliation.catalogue import catalogue
from cmg.two_sides import two_sides
from cmg.views.access import AGENTS, for_roles, today
from cmg.views.months import _month, _run_or_404
from portal.audit.operations import journal
from portal.casework import operations as casework
from portal.casework import selectors as dossiers
from portal.exchange.models import ReceivedFile, RejectedRow
from portal.exchange.operations import replay_row
from portal.ledger.operations import statement
from portal.people.vault import decrypt_row

SUBJECT = "cmg:employer:"


def _page(found: list, size: int = selectors.PAGE) -> tuple[list, int | None]:
    """The page's rows, and the key after which the next page starts."""
    return found[:size], found[size - 1].pk if len(found) > size else None


@require_GET
@for_roles(AGENTS)
def queue(request: HttpRequest) -> HttpResponse:
    """My dossiers, the most urgent first."""
    filters = {key: request.GET.get(key, "") for key in ("box", "q", "after")}
    rows, following = dossiers.queue(request.user, filters, today())
    context = {"rows": rows, "next": following, "counts": dossiers.counts(request.user, today()), "filters": filters}
    return render(request, "cmg/queue.html", context)


@require_GET
@for_roles(AGENTS)
def anomalies(request: HttpRequest, month: str) -> HttpResponse:
    """The disagreements of the month, by code, then one by one."""
    run = _run_or_404(_month(month))
    filters = {key: request.GET.get(key, "") for key in ("code", "effect", "state", "q", "after")}
    rows, following = _page(list(selectors.anomalies_of(run, request.user, today(), filters)[: selectors.PAGE + 1]))
    context = {
        "month": run.month,
        "run": run,
        "codes": selectors.code_lines(run),
        "catalogue": catalogue(),
        "rows": rows,
        "next": following,
        "names": selectors.names_of([row.employer_no for row in rows]),
        "filters": filters,
    }
    return render(request, "cmg/anomalies.html", context)


@require_GET
@for_roles(AGENTS)
def held(request: HttpRequest, month: str) -> HttpResponse:
    """The families whose debit does not leave."""
    run = _run_or_404(_month(month))
    filters = {key: request.GET.get(key, "") for key in ("code", "fund", "q", "after")}
    rows, following = _page(list(selectors.held_of(run, request.user, today(), filters)[: selectors.PAGE + 1]))
    context = {
        "month": run.month,
        "run": run,
        "rows": rows,
        "next": following,
        "names": selectors.names_of([row.employer_no for row in rows]),
        "dossiers": dossiers.by_subject([SUBJECT + row.employer_no for row in rows]),
        "catalogue": catalogue(),
        "filters": filters,
    }
    return render(request, "cmg/held.html", context)


@for_roles(AGENTS)
def family(request: HttpRequest, employer_no: str) -> HttpResponse:
    """One family: what the two sides say, what was decided, money, history. Opening it is journaled."""
    day = today()
    try:
        account = selectors.get_account(employer_no, request.user, day)
    except Account.DoesNotExist as unknown:
        raise Http404 from unknown
    dossier = dossiers.last_of(SUBJECT + employer_no)
    if request.method == "POST" and dossier is not None:
        text = request.POST.get("note", "").strip()
        if text:
            casework.add_note(dossier_pk=dossier.pk, text=text[:2000], by=request.user.get_username())
            messages.success(request, "Note ajoutée.")
        else:
            messages.error(request, "La note est vide : écrivez ce que vous avez fait ou demandé.")
        return redirect("cmg:family", employer_no=employer_no)
    journal(actor=request.user.get_username(), action="cmg.family.read", subject=SUBJECT + employer_no, detail={})
    settlements = selectors.family_settlements(employer_no)
    context = {
        "account": account,
        "dossier": dossier,
        "events": list(dossier.events.order_by("-pk")[:50]) if dossier else [],
        "sides": two_sides(account),
        "settlements": settlements,
        "codes": [catalogue()[code] for code in _codes(settlements)],
        "statement": statement(SUBJECT + employer_no),
    }
    return render(request, "cmg/family.html", context)


def _codes(settlements: list[Settlement]) -> list[str]:
    """The codes of the family's last month."""
    if not settlements:
        return []
    last = settlements[0].care_month
    return sorted(
        {code for row in settlements if row.care_month == last for code in row.anomaly_codes.split("|") if code}
    )


@require_GET
@for_roles(AGENTS)
def explanation(request: HttpRequest, settlement: int) -> HttpResponse:
    """How the amounts of one declaration were computed, step by step."""
    try:
        row = selectors.get_settlement(settlement, request.user, today())
    except Settlement.DoesNotExist as unknown:
        raise Http404 from unknown
    explained = explaining.explain(row)
    names = selectors.names_of([row.employer_no])
    context = {"row": row, "explained": explained, "name": names.get(row.employer_no, row.employer_no)}
    return render(request, "cmg/explanation.html", context)


@require_GET
@for_roles(AGENTS)
def search(request: HttpRequest) -> HttpResponse:
    """One field: name, NIR, employer or beneficiary number."""
    text = request.GET.get("q", "")
    found = selectors.search_families(text, request.user, today())
    return render(request, "cmg/search.html", {"q": text, "found": found[:50], "too_many": len(found) > 50})


@require_GET
@for_roles(AGENTS)
def rejected_rows(request: HttpRequest, file: int) -> HttpResponse:
    """The rows of a file that did not enter, with every error of each."""
    found = RejectedRow.objects.filter(file_id=file).select_related("file").order_by("pk")
    if request.GET.get("after", "").isdigit():
        found = found.filter(pk__gt=int(request.GET["after"]))
    rows, following = _page(list(found[: selectors.PAGE + 1]))
    received = ReceivedFile.objects.filter(pk=file).first()
    if received is None:
        raise Http404
    return render(request, "cmg/rejected_rows.html", {"file": received, "rows": rows, "next": following})


@for_roles(AGENTS)
def rejected_row(request: HttpRequest, row: int) -> HttpResponse:
    """One refused row: correct its cells and replay it alone."""
    rejected = get_object_or_404(RejectedRow.objects.select_related("file"), pk=row)
    cells = decrypt_row(rejected.content)
    errors = rejected.errors
    if request.method == "POST" and rejected.state == "REJECTED":
        cells = {name: request.POST.get(f"cell-{name}", value) for name, value in cells.items()}
        report = replay_row(rejected.pk, cells, by=request.user.get_username())
        if not report.errors:
            messages.success(
                request, "La ligne corrigée est appliquée. Clôturez le mois à nouveau pour en tenir compte."
            )
            return redirect("cmg:rejected_rows", file=rejected.file_id)
        errors = report.errors
    by_column = {error["column"]: error for error in errors}
    fields = [(name, value, by_column.get(name)) for name, value in cells.items()]
    context = {"row": rejected, "fields": fields, "errors": errors}
    return render(request, "cmg/rejected_row.html", context, status=422 if request.method == "POST" else 200)
