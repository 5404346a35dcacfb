"""Telling a fact of a case: the form of an act, what the next days will do with it, the confirmation, the receipt."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from aripa.acts import entering
from aripa.acts.entering import ActRefused, ChangedMeanwhile, Order, checked, version_of
from aripa.acts.previewing import Preview, preview
from aripa.acts.table import ACTS, Act, Cells, cells_of, questions_of, typed_of
from aripa.casefile import CaseFile
from aripa.models import Act as ActRow
from aripa.models import Event
from aripa.operations import last_day
from aripa.selectors import SUBJECT
from aripa.views.access import CASEWORKERS, for_roles, moment_on, today
from aripa.views.case import get_file, get_row
from aripa.words import event_words
from portal.casework.presence import note_presence
from portal.frame.errors import Version
from portal.frame.forms import form_key
from portal.frame.templatetags.portal import hour


@dataclass
class Sheet:
    """What the page of an act shows, filled step by step."""

    act: Act
    file: CaseFile
    typed: Cells
    reason: str
    version: str
    key: str = field(default_factory=lambda: str(uuid4()))
    errors: dict[str, str] = field(default_factory=dict)
    preview: Preview | None = None
    conflict: dict[str, object] | None = None
    status: int = 200

    @property
    def cells(self) -> Cells:
        return cells_of(self.act, self.file, self.typed, today())


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(CASEWORKERS)
def tell(request: HttpRequest, case_no: str, code: str) -> HttpResponse:
    """One act: its fields, what the next days will do, then entered with a reason."""
    if code not in ACTS:
        raise Http404
    file, act = get_file(request, case_no), ACTS[code]
    version = request.POST.get("version") or version_of(case_no)
    # A link may fill the form: nothing is entered, nor shown as an effect, before it is sent.
    typed = typed_of(act, (request.POST or request.GET).dict())
    sheet = Sheet(act, file, typed, request.POST.get("why", "").strip()[:300], version)
    if request.POST.get("step") == "confirm":
        done = _confirm(request, sheet)
        if done is not None:
            return done
    if sheet.conflict is None and (request.method == "POST" or not act.asks):
        _try(sheet)
    return render(request, "aripa/act.html", _context(request, sheet), status=sheet.status)


def _try(sheet: Sheet) -> None:
    """The errors of the fields, else what the next days would do."""
    if not sheet.act.offered(sheet.file):
        sheet.errors |= {"": "L’état du dossier ne permet pas cet acte."}
        sheet.status = 422
        return
    errors, values = checked(sheet.cells)
    if errors:
        sheet.errors |= _named(errors, sheet.act)
        sheet.status = 422
    else:
        sheet.preview = preview(sheet.file, values)


def _named(errors: dict[str, str], act: Act) -> dict[str, str]:
    """The errors of cells beside the fields that give them: a letter's party is in the letter's choice."""
    names = {one.name for one in act.asks}
    first = act.asks[0].name if act.asks else ""
    return {name if name in names or name == "why" else first: message for name, message in errors.items()}


def _confirm(request: HttpRequest, sheet: Sheet) -> HttpResponse | None:
    sheet.key = str(form_key(request))
    own = ActRow.objects.filter(form_key=sheet.key, case_no=sheet.file.row.pk, done_by=request.user).first()
    if own is not None:
        messages.info(request, "C’est déjà reçu : rien n’a été inscrit deux fois.")
        return redirect("aripa:done", act=own.pk)
    errors, _values = checked(sheet.cells)
    if errors or not sheet.act.offered(sheet.file):
        if sheet.version != version_of(sheet.file.row.pk):
            _meet_conflict(sheet)
        return None
    order = Order(sheet.cells, sheet.reason, sheet.version, UUID(sheet.key))
    try:
        done, again = entering.enter(order=order, by=request.user, at=moment_on(today()))  # type: ignore[arg-type]
    except ActRefused as refused:
        sheet.errors, sheet.status = _named(refused.errors, sheet.act), 422
        return None
    except ChangedMeanwhile:
        _meet_conflict(sheet)
        return None
    if again:
        messages.info(request, "C’est déjà reçu : rien n’a été inscrit deux fois.")
    return redirect("aripa:done", act=done.pk)


def _meet_conflict(sheet: Sheet) -> None:
    """Somebody else was first: what they told, what was typed, and the effect on what is known now."""
    last = ActRow.objects.filter(case_no=sheet.file.row.pk).select_related("done_by").order_by("-pk").first()
    labels = {one.name: one.label for one in sheet.act.asks}
    sheet.conflict = {
        "sentence": _who_was_first(sheet, last),
        "versions": [Version(labels[name], "", value) for name, value in sheet.typed.items() if value]
        + [Version("Votre motif", last.reason if last else "", sheet.reason)],
    }  # fmt: skip
    sheet.status, sheet.key, sheet.version = 409, str(uuid4()), version_of(sheet.file.row.pk)
    errors, values = checked(sheet.cells)
    if not errors and sheet.act.offered(sheet.file):
        sheet.preview = preview(sheet.file, values)


def _who_was_first(sheet: Sheet, last: ActRow | None) -> str:
    if last is None or last.event_no is None or sheet.version.startswith("0-"):
        return "Un fait ou un jour vécu depuis votre lecture a changé ce dossier. Voici l’effet sur ce qui est connu maintenant."
    words = ACTS[last.kind].label if last.kind in ACTS else last.kind
    return f"{last.done_by.full_name} a fait « {words} » à {hour(last.done_at)}. Ce que vous aviez écrit est gardé."


def _context(request: HttpRequest, sheet: Sheet) -> dict[str, object]:
    present = note_presence(subject=SUBJECT + sheet.file.row.pk, user=request.user, at=timezone.now())  # type: ignore[arg-type]
    labels = {one.name: one.label for one in sheet.act.asks} | {"why": "D’où vient ce fait ?"}
    errors = [
        {"column": name, "label": labels.get(name, ""), "message": message, "remedy": ""}
        for name, message in sheet.errors.items()
    ]
    return {
        "sheet": sheet,
        "act": sheet.act,
        "file": sheet.file,
        "questions": questions_of(sheet.act, sheet.file, sheet.typed, sheet.errors),
        "hidden": sheet.typed,
        "errors": errors,
        "present": present,
    }


@never_cache
@require_GET
@for_roles(CASEWORKERS)
def done(request: HttpRequest, act: int) -> HttpResponse:
    """The receipt of an act: what was entered, when a day will hear it, what comes after."""
    found = get_object_or_404(ActRow.objects.select_related("done_by"), pk=act)
    row = get_row(request, found.case_no)
    event = Event.objects.get(event_no=found.event_no)
    heard = event.heard_on if event.heard_on and event.heard_on <= (last_day() or date.min) else None
    steps = [
        {"text": "Le fait est inscrit au dossier, avec son origine et son motif.", "done": True},
        {"text": f"Le jour du {heard:%d/%m/%Y} l’a entendu." if heard else "Le prochain jour vécu l’entend : ce soir, après 21 h.",
         "done": heard is not None},
        {"text": "Les deux parents voient sur leur relevé ce que ce jour a changé.", "done": heard is not None},
    ]  # fmt: skip
    context = {"act": found, "row": row, "words": event_words(event.kind, event.reason), "event": event, "steps": steps}
    return render(request, "aripa/done.html", context)
