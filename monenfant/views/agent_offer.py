"""Files of the offer: what entered, what did not and why, and the replay of one corrected row."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from cmg.selectors import rejected_rows_of
from cmg.views.flows import already, told
from monenfant.duties import selectors
from monenfant.views.agent_common import SEE, TREAT, for_roles, get_one, may, today
from portal.audit.operations import journal
from portal.exchange.flows import kind_named
from portal.exchange.models import FileState, RejectedRow, RowState
from portal.exchange.operations import replay_row
from portal.frame.filters import Field, filter_bar
from portal.frame.paging import count_up_to, page_of
from portal.people.vault import decrypt_row

KINDS = {
    "care-structures": "Structures", "childminder-approvals": "Agréments", "childcare-desks": "Relais et lieux",
}  # fmt: skip


@require_GET
@for_roles(SEE)
def files(request: HttpRequest) -> HttpResponse:
    """Files of the offer that speak of the départements followed, the last first."""
    fields = [
        Field("q", "Nom du fichier"), Field("kind", "Flux", list(KINDS.items())), Field("state", "État", FileState.choices),
    ]  # fmt: skip
    bar = filter_bar("monenfant:offer_files", request.user, request.GET, fields)  # type: ignore[arg-type]
    found = selectors.offer_files(request.user, today())  # type: ignore[arg-type]
    if bar.values["q"]:
        found = found.filter(name__icontains=bar.values["q"])
    for name in ("kind", "state"):
        if bar.values[name]:
            found = found.filter(**{name: bar.values[name]})
    page = page_of(found, request.GET.dict(), order=("-pk",))
    context = {"page": page, "total": count_up_to(found), "bar": bar, "kinds": KINDS}
    return render(request, "monenfant/childcare_files.html", context)


@require_GET
@for_roles(SEE)
def refused_rows(request: HttpRequest, file: int) -> HttpResponse:
    """The rows of a file that did not enter, with every error of each."""
    received = get_one(selectors.offer_files(request.user, today()), file)  # type: ignore[arg-type]
    fields = [Field("state", "État", RowState.choices), Field("q", "Numéro de ligne, colonne ou mot de l’erreur")]
    bar = filter_bar("monenfant:refused_rows", request.user, request.GET, fields)  # type: ignore[arg-type]
    found = rejected_rows_of(received, bar.values)
    context = {
        "file": received, "page": page_of(found, request.GET.dict()), "total": count_up_to(found), "bar": bar,
        "may_treat": may(request, TREAT),
    }  # fmt: skip
    return render(request, "monenfant/childcare_refused_rows.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(TREAT)
def refused_row(request: HttpRequest, row: int) -> HttpResponse:
    """One refused row: correct its cells and replay it alone. Its content is personal: opening it is journaled."""
    seen = selectors.offer_files(request.user, today())  # type: ignore[arg-type]
    rejected = get_one(RejectedRow.objects.select_related("file").filter(file__in=seen), row)
    if request.method == "POST" and rejected.state != RowState.REJECTED:
        raise already(rejected, request.POST.dict(), page="monenfant:refused_rows")
    cells, errors = decrypt_row(rejected.content), rejected.errors
    known = [column.name for column in kind_named(rejected.file.kind).columns if column.name in cells]
    actor = request.user.get_username()
    if request.method == "POST":
        cells = {name: request.POST.get(f"cell-{name}", value) for name, value in cells.items() if name in known}
        errors = replay_row(rejected.pk, cells, by=actor).errors
        if not errors:
            messages.success(request, "La ligne corrigée est entrée. Les familles la voient demain matin.")
            return redirect("monenfant:refused_rows", file=rejected.file_id)
    else:
        journal(actor=actor, action="flow.row_read", subject=f"file:{rejected.file_id}", detail={"line": rejected.line})
    fields = [(name, cells[name], told(errors, name)) for name in known]
    context = {"row": rejected, "errors": errors, "fields": fields}
    return render(
        request, "monenfant/childcare_refused_row.html", context, status=422 if request.method == "POST" else 200
    )
