"""`/pro/transmissions/`: was the last message of our software taken, what did each say, who may send in our name?"""

import json
from datetime import date
from typing import Any
from uuid import uuid4

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from monenfant.access import managers_of, places_of
from monenfant.duties.silences import missed_of
from monenfant.models import CarePlace, CareStructure, DelegationStep, Manager, Provider, SoftwareDelegation
from monenfant.rules.rhythm import next_due
from monenfant.transmission.codes import RULES
from monenfant.transmission.delegations import (
    DelegationRefused,
    act_of,
    delegate,
    end_delegation,
    in_force_or_coming,
    structures_run_by,
)
from monenfant.transmission.history import flagged_slots, get_entry, history_of, last_of
from monenfant.transmission.vendors import open_vendors
from portal.accounts.permissions import for_roles, moment_on, today
from portal.accounts.rights import Right, holders
from portal.exchange.received import CURRENT
from portal.frame.errors import Conflict
from portal.frame.forms import form_key
from portal.frame.paging import page_of
from portal.frame.templatetags.portal import short_day

REPORTERS = holders(Right.REPORT_PLACES)
# A manager of a whole town: so many structures a page, each with its last message.
STRUCTURES_A_PAGE = 25
NAMED_MOST = 12


@require_GET
@for_roles(REPORTERS)
def transmissions(request: HttpRequest) -> HttpResponse:
    """Each structure with its last message; then who may send."""
    day = today()
    page = page_of(_structures(request), request.GET, order=("number",), size=STRUCTURES_A_PAGE)
    managers = managers_of(request.user, day)
    shown = {
        "structures": [_told(place, day) for place in page.rows], "page": page, "day": day,
        "delegations": list(in_force_or_coming(managers, day)), "may_delegate": managers.exists(),
    }  # fmt: skip
    return render(request, "monenfant/transmissions.html", shown)


@require_GET
@for_roles(REPORTERS)
def history(request: HttpRequest, cnaf_id: str) -> HttpResponse:
    place = get_object_or_404(_structures(request), number=cnaf_id)
    page = history_of(place, request.GET.get("after", ""))
    shown = {**_told(place, today()), "page": page, "is_first": not request.GET.get("after"), "rules": RULES}
    return render(request, "monenfant/transmission_history.html", shown)


@require_GET
@for_roles(REPORTERS)
def message(request: HttpRequest, cnaf_id: str, kind: str, pk: int) -> HttpResponse:
    """One message as it came, and what was answered."""
    place = get_object_or_404(_structures(request), number=cnaf_id)
    try:
        entry = get_entry(place, kind, pk)
    except (ObjectDoesNotExist, KeyError) as unknown:
        raise Http404 from unknown
    shown = {**_told(place, today()), "entry": entry, "flagged": flagged_slots(entry),
             "answer": json.dumps(entry.answer, ensure_ascii=False, indent=2)}  # fmt: skip
    return render(request, "monenfant/transmission_message.html", shown)


def _structures(request: HttpRequest):  # type: ignore[no-untyped-def]
    return places_of(request.user, today()).filter(provider=Provider.STRUCTURE).order_by("number")


def _told(place: CarePlace, day: date) -> dict[str, Any]:
    """A structure, its last message, and when the next is due."""
    row = CareStructure.objects.filter(CURRENT, cnaf_id=place.number).only("name", "city").first()
    told_at, now = place.declared_at, moment_on(day)
    due = next_due(told_at, place.declared_mode) if told_at and place.declared_mode else None
    return {
        "place": place, "name": row.name if row else place.number, "city": row.city if row else "", "last": last_of(place),
        "due": due, "missed": missed_of(place, day), "is_late": due is not None and due < now,
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@for_roles(REPORTERS)
def delegation(request: HttpRequest) -> HttpResponse:
    """Choose a vendor and a day; see what it allows; confirm."""
    day, managers = today(), list(managers_of(request.user, today()))
    if not managers:
        raise Http404
    data = request.POST if request.method == "POST" else request.GET
    vendors, errors = open_vendors(day), {}
    manager = _named(managers, data.get("manager"))
    vendor = next((one for one in vendors if one.code == data.get("vendor")), None)
    start = _day_of(data.get("start", ""))
    if data.get("vendor") is not None:
        errors = _wrong(vendor, start, day)
    if request.method == "POST" and vendor and start and not errors:
        return _delegated(request, manager, vendor.pk, start)
    shown = {
        "managers": managers, "manager": manager, "vendors": vendors, "vendor": vendor, "start": start or day, "errors": errors,
        "typed": data.get("start", day.isoformat()), "key": uuid4(), **_preview(manager),
        "previewed": vendor is not None and not errors and data.get("vendor") is not None,
    }  # fmt: skip
    return render(request, "monenfant/transmission_delegation.html", shown, status=422 if errors else 200)


def _named(managers: list[Manager], pk: str | None) -> Manager:
    """The manager that the form names, or the first before anything is named: another one is never taken in its place."""
    found = next((one for one in managers if pk is None or str(one.pk) == pk), None)
    if found is None:
        raise Http404
    return found


def _wrong(vendor: object | None, start: date | None, day: date) -> dict[str, dict[str, str]]:
    """What is wrong in the form, by field."""
    found = {}
    if vendor is None:
        found["vendor"] = {"label": "Éditeur", "message": "Choisissez un éditeur de la liste.", "remedy": ""}
    if start is None or start < day:
        found["start"] = {"label": "Premier jour", "message": "Ce n’est pas un jour à venir.",
                          "remedy": "Choisissez aujourd’hui ou plus tard."}  # fmt: skip
    return {name: one | {"column": name} for name, one in found.items()}


def _day_of(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2100 else None


def _preview(manager: Manager) -> dict[str, Any]:
    """The structures that a delegation is about: some named, all counted."""
    structures = structures_run_by(manager)
    return {"structures": list(structures[:NAMED_MOST]), "structure_count": structures.count()}


def _delegated(request: HttpRequest, manager: Manager, vendor_pk: int, start: date) -> HttpResponse:
    key, day = form_key(request), today()
    try:
        delegate(key=key, manager_pk=manager.pk, vendor_pk=vendor_pk, start=start, by_pk=request.user.pk,
                 now=moment_on(day), day=day)  # fmt: skip
    except DelegationRefused as refused:
        return _refused(request, refused)
    return redirect("monenfant:delegation_done", key=key)


@require_http_methods(["GET", "POST"])
@for_roles(REPORTERS)
def delegation_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a delegation back: what stops is told first."""
    day = today()
    held = get_object_or_404(SoftwareDelegation.objects.select_related("vendor", "manager"), pk=pk,
                             manager__in=managers_of(request.user, day))  # fmt: skip
    data = request.POST if request.method == "POST" else request.GET
    end = _day_of(data.get("end", day.isoformat()))
    errors = _wrong(held, end, day)
    if errors:
        errors = {"end": errors["start"] | {"column": "end", "label": "Premier jour sans délégation"}}
    if request.method == "POST" and end and not errors:
        return _ended(request, held.pk, end)
    shown = {"held": held, "end": end or day, "typed": data.get("end", day.isoformat()), "errors": errors, "key": uuid4(),
             **_preview(held.manager)}  # fmt: skip
    return render(request, "monenfant/transmission_delegation_end.html", shown, status=422 if errors else 200)


def _ended(request: HttpRequest, pk: int, end: date) -> HttpResponse:
    key, day = form_key(request), today()
    try:
        end_delegation(key=key, delegation_pk=pk, end=end, by_pk=request.user.pk, now=moment_on(day), day=day)
    except DelegationRefused as refused:
        return _refused(request, refused)
    return redirect("monenfant:delegation_done", key=key)


def _refused(request: HttpRequest, refused: DelegationRefused) -> HttpResponse:
    raise Conflict(str(refused), link=reverse("monenfant:transmissions"), action="Revenir aux transmissions")


@require_GET
@for_roles(REPORTERS)
def delegation_done(request: HttpRequest, key) -> HttpResponse:  # type: ignore[no-untyped-def]
    """The receipt of a form."""
    act = act_of(key, request.user.pk)
    if act is None:
        raise Http404
    given = act.step == DelegationStep.START
    vendor, on = act.delegation.vendor.name, short_day(act.effect_on)
    if given:
        done = f"{vendor} peut dire vos places libres à partir du {on}."
        steps = [
            "Prévenez votre éditeur : il peut envoyer dès ce jour.",
            "Chaque message paraît dans vos transmissions.",
        ]
    else:
        done = f"{vendor} ne peut plus rien envoyer à partir du {on}."
        steps = ["Dites vos places vous-même, ou déléguez un autre éditeur."]
    shown = {
        "given": given,
        "number": f"D-{act.pk}",
        "at": act.at,
        "done": done,
        "steps": [{"text": one} for one in steps],
    }
    return render(request, "monenfant/transmission_receipt.html", shown)
