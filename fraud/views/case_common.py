"""What the pages of cases share: the case or « page introuvable », declared links, fields typed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from fraud.access import cases_of
from fraud.guarding import LinkedToThem, refuse_linked
from fraud.models import ControlCase
from portal.accounts.permissions import today
from portal.casework.papers import LARGEST
from portal.frame.questions import Choices, cents, iso_day, plain

TEXT_MOST, LONG_MOST = 200, 1000
YEARS = (1990, 2100)


@dataclass(frozen=True)
class Field:
    """One field of an act. `kind`: text, long, day, money, choice, yes or file. `value` and `error` once something was typed."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    choices: Choices = ()
    required: bool = True
    value: str = ""
    error: str = ""

    @property
    def is_on(self) -> bool:
        return self.value == "1"


def closed_to_linked(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A declared link closes the page, whatever it was going to show or do; the attempt is in the journal by then."""

    @wraps(view)
    def opened(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except LinkedToThem as linked:
            return render(request, "fraud/linked.html", {"sentence": str(linked)}, status=403)

    return opened


def case_or_404(request: HttpRequest, number: str, action: str) -> ControlCase:
    """The case, of those that the person sees. Raises Http404 or LinkedToThem."""
    found = cases_of(request.user, today()).select_related("officer").filter(number=number).first()  # type: ignore[arg-type]
    if found is None:
        raise Http404
    refuse_linked(user=request.user, day=today(), action=action, subject=found.subject)  # type: ignore[arg-type]
    return found


def read_fields(request: HttpRequest, fields: list[Field]) -> tuple[list[Field], dict[str, Any]]:
    """The fields with what was typed, and the values; a field that is wrong bears its error and has no value."""
    shown, values = [], {}
    for one in fields:
        if one.kind == "file":
            given, error = _file(request, one)
            shown.append(replace(one, error=error))
            values[one.name] = given
            continue
        typed = request.POST.get(one.name, "").strip()
        typed = typed[: LONG_MOST if one.kind == "long" else TEXT_MOST]
        value, error = _value(one, typed)
        shown.append(replace(one, value=typed, error=error))
        if not error:
            values[one.name] = value
    return shown, values


def _value(one: Field, typed: str) -> tuple[Any, str]:
    if one.kind == "yes":
        return typed == "1", ""
    if not typed:
        return ("" if one.kind in ("text", "long", "choice") else None), "Remplissez ce champ." if one.required else ""
    if one.kind == "day":
        return _day(typed)
    if one.kind == "money":
        return _money(typed)
    if one.kind == "choice" and typed not in dict(one.choices):
        return None, "Choisissez dans la liste."
    return typed, ""


def _file(request: HttpRequest, one: Field) -> tuple[bytes, str]:
    """The bytes that were joined; a file too big is not read."""
    sent = request.FILES.get(one.name)
    if sent is None:
        return b"", "Joignez le document." if one.required else ""
    return (sent.read(), "") if (sent.size or 0) <= LARGEST else (b"", "Ce document pèse plus de 10 Mo.")


def _day(typed: str) -> tuple[date | None, str]:
    try:
        day = date.fromisoformat(iso_day(typed))
    except ValueError:
        return None, "Écrivez un jour, par exemple 26/10/2026."
    if not YEARS[0] <= day.year <= YEARS[1]:
        return None, f"Écrivez un jour entre {YEARS[0]} et {YEARS[1]}."
    return day, ""


def _money(typed: str) -> tuple[int | None, str]:
    text = plain(typed)
    if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", text, re.ASCII):
        return None, "Écrivez un montant, par exemple 1 234,50."
    return cents(text), ""


def listed(fields: list[Field]) -> list[dict[str, str]]:
    """Errors as the summary shows them."""
    return [{"column": one.name, "label": one.label, "message": one.error} for one in fields if one.error]
