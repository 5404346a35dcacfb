"""Files received, what did not enter of them, and the correction of one row."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from cmg import selectors
from cmg.views.access import AGENTS, for_roles, today
from cmg.words import FLOWS
from portal.audit.operations import journal
from portal.exchange.flows import kind_named
from portal.exchange.models import FileOrigin, FileState, RejectedRow, RowState
from portal.exchange.operations import replay_row
from portal.exchange.selectors import files_of
from portal.frame.errors import Conflict, Version
from portal.frame.filters import Field, filter_bar
from portal.frame.paging import count_up_to, page_of
from portal.frame.templatetags.portal import hour, short_day
from portal.people.vault import decrypt_row

# Columns that no flow has are shown, not edited; a file may have thousands.
OTHERS = 50


@require_GET
@for_roles(AGENTS)
def files(request: HttpRequest) -> HttpResponse:
    """Files received, the last first."""
    bar = filter_bar(
        "cmg:files",
        request.user,
        request.GET,
        [
            Field("q", "Nom du fichier"),
            Field("kind", "Flux", list(FLOWS.items())),
            Field("state", "État", FileState.choices),
            Field("origin", "Origine", FileOrigin.choices, hidden=True),
        ],
    )
    origin = FileOrigin(bar.values["origin"] or FileOrigin.FLOW)
    found = files_of("cmg").filter(origin=origin)
    if bar.values["q"]:
        found = found.filter(name__icontains=bar.values["q"])
    for name in ("kind", "state"):
        if bar.values[name]:
            found = found.filter(**{name: bar.values[name]})
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
    """The rows of a file that did not enter, with every error of each."""
    received = get_object_or_404(selectors.files_with_rows(request.user, today()), pk=file)
    fields = [Field("state", "État", RowState.choices), Field("q", "Numéro de ligne, colonne ou mot de l’erreur")]
    bar = filter_bar("cmg:rejected_rows", request.user, request.GET, fields)
    found = selectors.rejected_rows_of(received, bar.values)
    context = {"file": received, "page": page_of(found, request.GET.dict()), "total": count_up_to(found), "bar": bar}
    return render(request, "cmg/rejected_rows.html", context)


@for_roles(AGENTS)
def rejected_row(request: HttpRequest, row: int) -> HttpResponse:
    """One refused row: correct its cells and replay it alone. Its content is personal: opening it is journaled."""
    try:
        rejected = selectors.get_rejected_row(row, request.user, today())
    except RejectedRow.DoesNotExist as unknown:
        raise Http404 from unknown
    actor = request.user.get_username()
    if request.method == "POST" and rejected.state != RowState.REJECTED:
        raise already(rejected, request.POST.dict())
    kept = cells = decrypt_row(rejected.content)
    known = [column.name for column in kind_named(rejected.file.kind).columns if column.name in cells]
    errors = rejected.errors
    if request.method == "POST":
        cells = {name: request.POST.get(f"cell-{name}", value) for name, value in cells.items() if name in known}
        report = replay_row(rejected.pk, cells, by=actor)
        if not report.errors:
            messages.success(
                request, "La ligne corrigée est appliquée. Clôturez le mois à nouveau pour en tenir compte."
            )
            return redirect("cmg:rejected_rows", file=rejected.file_id)
        errors = report.errors
    else:
        subject = f"file:{rejected.file_id}"
        journal(actor=actor, action="flow.row_read", subject=subject, detail={"line": rejected.line})
    context = {
        "row": rejected,
        "errors": errors,
        "fields": [(name, cells[name], told(errors, name)) for name in known],
        "others": [(name, value) for name, value in kept.items() if value and name not in known][:OTHERS],
    }
    return render(request, "cmg/rejected_row.html", context, status=422 if request.method == "POST" else 200)


def told(errors: list[dict[str, str]], column: str) -> str:
    """Everything that is wrong with one cell."""
    return " ".join(error["message"] for error in errors if error["column"] == column)


def already(row: RejectedRow, typed: dict[str, str], *, page: str = "cmg:rejected_rows") -> Conflict:
    """Two people on one row: the second learns what the first did, and keeps what they had typed; `page` has its file."""
    stored = decrypt_row(row.content)
    versions = [
        Version(name, value, typed.get(f"cell-{name}", value))
        for name, value in stored.items()
        if typed.get(f"cell-{name}", value) != value
    ]
    when = f" le {short_day(row.handled_at)} à {hour(row.handled_at)}" if row.handled_at else ""
    return Conflict(
        f"Cette ligne est déjà « {row.get_state_display().lower()} », par {row.handled_by or 'le portail'}{when}.",
        link=reverse(page, args=[row.file_id]),
        action="Voir les autres lignes du fichier",
        versions=versions,
        theirs="Ligne reçue",
    )
