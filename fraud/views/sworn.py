"""Officers who took the oath and are approved: the list, and the two acts typed by the director."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fraud.cases.swearing import Oath, OathRefused, may_swear, oaths, register_oath
from fraud.views.case_common import Field, listed, read_fields
from portal.accounts.permissions import for_roles, moment_on, today
from portal.accounts.rights import Right, holders
from portal.frame.forms import form_key, key_of

SHOWN = 100


def _fields(request: HttpRequest) -> list[Field]:
    people = tuple((str(one.pk), one.full_name) for one in may_swear(request.user, today()))  # type: ignore[arg-type]
    return [
        Field("officer", "Agent", "choice", choices=people),
        Field("sworn_on", "Serment prêté le", "day", "jour/mois/année"), Field("court", "Devant quel tribunal"),
        Field("approval_no", "Numéro de l’agrément"), Field("approved_on", "Agréé le", "day", "jour/mois/année"),
        Field("last_day", "Dernier jour de l’agrément", "day", "jour/mois/année"),
    ]  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(holders(Right.DIRECT_CONTROL))
def sworn(request: HttpRequest) -> HttpResponse:
    """Who may check on site and until when; one more."""
    fields, refused = _fields(request), ""
    if request.method == "POST":
        form_key(request)
        fields, values = read_fields(request, fields)
        if not listed(fields):
            try:
                _register(request, values)
                return redirect("fraud:sworn")
            except OathRefused as error:
                refused = str(error)
    errors = listed(fields)
    context = {
        "oaths": oaths(request.user, today())[:SHOWN], "fields": fields, "errors": errors, "refused": refused,  # type: ignore[arg-type]
        "key": key_of(request), "today": today(),
    }  # fmt: skip
    return render(request, "fraud/sworn.html", context, status=422 if errors or refused else 200)


def _register(request: HttpRequest, values: dict[str, Any]) -> None:
    oath = Oath(values["sworn_on"], values["court"], values["approval_no"], values["approved_on"], values["last_day"])
    made = register_oath(
        user_pk=int(values["officer"]), oath=oath, by_pk=request.user.pk, on=today(), at=moment_on(today())  # type: ignore[arg-type]
    )  # fmt: skip
    messages.success(request, f"{made.user.full_name} : serment et agrément {made.approval_no} enregistrés.")
