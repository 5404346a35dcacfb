"""Lists that leave as CSV: limited, with a reason, and a trace in the journal."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from portal.accounts.rights import Right, holders
from portal.audit.operations import journal
from portal.frame.filters import FilterBar
from portal.frame.forms import may
from portal.frame.sheets import as_csv

EXPORT_MOST = 5_000
REASON_LEAST = 10


def may_export(request: HttpRequest) -> bool:
    """Whether the person takes lists out."""
    return may(request, holders(Right.EXPORT))


def export_list(
    request: HttpRequest, bar: FilterBar, found: QuerySet, lines_of: Callable[[list], list[list[str]]], *,
    name: str, about: str, where: dict[str, str] | None = None, detail: dict[str, object] | None = None,
) -> HttpResponse:  # fmt: skip
    """The rows as CSV, written in the journal with who and why; back to the list when the reason or the size is wrong."""
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:200]
    back = redirect(reverse(bar.page, kwargs=where) + (f"?{bar.query}" if bar.query else ""))
    if len(reason) < REASON_LEAST:
        messages.error(
            request,
            "Dites en quelques mots à quoi servira cet export, par exemple « revue du lundi, dossiers retenus ».",
        )
        return back
    rows = list(found.order_by("pk")[: EXPORT_MOST + 1])
    if len(rows) > EXPORT_MOST:
        messages.error(
            request, "Cette liste a plus de 5 000 lignes : ajoutez un filtre, puis exportez. Rien n’est sorti."
        )
        return back
    journal(
        actor=request.user.get_username(), action=f"{bar.page.replace(':', '.')}.exported", subject=about,
        detail={"reason": reason, "filters": {k: v for k, v in bar.values.items() if v}, "rows": len(rows)} | (detail or {}),
    )  # fmt: skip
    response = HttpResponse(as_csv(lines_of(rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
