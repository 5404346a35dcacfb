"""Pages of the files received, for each application that has some: what entered, what did not and why, and the replay of one
corrected row. Who may open them is the application's to say; a door names its addresses, its kinds and its files.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.accounts.models import User
from portal.accounts.permissions import today
from portal.audit.operations import journal
from portal.exchange.flows import kind_named
from portal.exchange.models import FileState, ReceivedFile, RejectedRow, RowState
from portal.exchange.operations import replay_row
from portal.exchange.selectors import rows_of
from portal.frame.errors import Conflict, Version
from portal.frame.filters import Field, FilterBar, filter_bar
from portal.frame.forms import get_one
from portal.frame.paging import count_up_to, page_of
from portal.frame.templatetags.portal import hour, short_day
from portal.people.vault import decrypt_row

# Columns that no flow has are shown, not edited; a file may have thousands.
OTHERS = 50
Cells = dict[str, str]


@dataclass(frozen=True)
class Door:
    """The addresses of its pages, the words of its kinds, whose rows somebody reads there, what is said of a corrected row.

    `check`: what else must hold before a row is opened, with what it says (a declared link closes it).
    """

    files: str
    rows: str
    row: str
    kinds: Mapping[str, str]
    seen: Callable[[User, date], QuerySet[ReceivedFile]]
    entered: str
    check: Callable[[User, Cells], None] = lambda _user, _cells: None


def files_shown(
    request: HttpRequest, door: Door, found: QuerySet[ReceivedFile], *more: Field
) -> tuple[FilterBar, QuerySet[ReceivedFile]]:
    """The files as somebody narrows them, and how."""
    fields = [
        Field("q", "Nom du fichier"), Field("kind", "Flux", list(door.kinds.items())),
        Field("state", "État", FileState.choices), *more,
    ]  # fmt: skip
    bar = filter_bar(door.files, _user(request), request.GET, fields)
    if bar.values["q"]:
        found = found.filter(name__icontains=bar.values["q"])
    narrowed = {name: bar.values[name] for name in ("kind", "state") if bar.values[name]}
    return bar, found.filter(**narrowed)


def files_page(request: HttpRequest, door: Door, template: str) -> HttpResponse:
    """The files whose rows somebody reads, the last first."""
    bar, found = files_shown(request, door, door.seen(_user(request), today()))
    page = page_of(found, request.GET.dict(), order=("-pk",))
    context = {"page": page, "total": count_up_to(found), "bar": bar, "kinds": door.kinds, "door": door}
    return render(request, template, context)


def rows_page(request: HttpRequest, door: Door, file: int, template: str, **more: Any) -> HttpResponse:
    """The rows of a file that did not enter, with every error of each."""
    received = get_one(door.seen(_user(request), today()), file)
    fields = [Field("state", "État", RowState.choices), Field("q", "Numéro de ligne, colonne ou mot de l’erreur")]
    bar = filter_bar(door.rows, _user(request), request.GET, fields)
    found = rows_of(received, bar.values)
    context = {"file": received, "page": page_of(found, request.GET.dict()), "total": count_up_to(found), "bar": bar}
    return render(request, template, context | {"door": door} | more)


def row_page(request: HttpRequest, door: Door, row: int, template: str) -> HttpResponse:
    """One refused row: correct its cells and replay it alone. Its content is personal: opening it is journaled."""
    rows = RejectedRow.objects.select_related("file").filter(file__in=door.seen(_user(request), today()))
    rejected = get_one(rows, row)
    kept = cells = decrypt_row(rejected.content)
    door.check(_user(request), kept)
    if request.method == "POST" and rejected.state != RowState.REJECTED:
        raise _already(door, rejected, kept, request.POST.dict())
    known, errors = _known(rejected, kept), rejected.errors
    actor = _user(request).get_username()
    if request.method == "POST":
        cells = {name: request.POST.get(f"cell-{name}", kept[name]) for name in known}
        door.check(_user(request), cells)
        errors = replay_row(rejected.pk, cells, by=actor).errors
        if not errors:
            messages.success(request, door.entered)
            return redirect(door.rows, rejected.file_id)
    else:
        journal(actor=actor, action="flow.row_read", subject=f"file:{rejected.file_id}", detail={"line": rejected.line})
    context = {
        "row": rejected, "errors": errors, "door": door,
        "fields": [(name, cells[name], _wrong_in(errors, name)) for name in known],
        "others": [(name, value) for name, value in kept.items() if value and name not in known][:OTHERS],
    }  # fmt: skip
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _known(rejected: RejectedRow, cells: Cells) -> list[str]:
    """The columns of its flow, which may be corrected."""
    return [column.name for column in kind_named(rejected.file.kind).columns if column.name in cells]


def _wrong_in(errors: list[dict[str, str]], column: str) -> str:
    """Everything that is wrong with one cell."""
    return " ".join(error["message"] for error in errors if error["column"] == column)


def _already(door: Door, row: RejectedRow, stored: Cells, typed: Cells) -> Conflict:
    """Two people on one row: the second learns what the first did, and keeps what they had typed."""
    versions = [
        Version(name, value, typed.get(f"cell-{name}", value))
        for name, value in stored.items()
        if typed.get(f"cell-{name}", value) != value
    ]
    when = f" le {short_day(row.handled_at)} à {hour(row.handled_at)}" if row.handled_at else ""
    return Conflict(
        f"Cette ligne est déjà « {row.get_state_display().lower()} », par {row.handled_by or 'le portail'}{when}.",
        link=reverse(door.rows, args=[row.file_id]), action="Voir les autres lignes du fichier", versions=versions,
        theirs="Ligne reçue",
    )  # fmt: skip
