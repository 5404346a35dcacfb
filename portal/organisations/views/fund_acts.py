"""What is done with a joint fund that works: the order that ends it, the one that repeals that end, the one that makes it permanent,
the day of its end. By who conducts that fund: for anybody else the page is not there."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.permissions import for_roles, today
from portal.frame.errors import Conflict
from portal.frame.forms import day_typed, form_key, key_of, listed, question
from portal.frame.questions import typed_text
from portal.organisations.joint.acting import JointRefused, conducts
from portal.organisations.joint.funds import going_back, staying
from portal.organisations.joint.orders import Ordered, end_by_order, ended_by_order_on, enter_fund_order, held_on
from portal.organisations.joint.returning import give_back as give_back_due
from portal.organisations.joint.selectors import branch_labels
from portal.organisations.models import Branch, OrderKind, Organisation
from portal.organisations.rules.creation import CREATION
from portal.organisations.rules.ending import PERMANENCE, experiments_of
from portal.organisations.views.creation_new import who_of
from portal.organisations.views.fund import fund_named
from portal.organisations.views.joint_funds import CONDUCT

LABELS = {
    "branches": "Missions", "reference": "Référence de l’arrêté", "signed_on": "Signé le",
    "ends_on": "Premier jour sans la caisse commune",
}  # fmt: skip


@dataclass(frozen=True)
class OrderAct:
    """The form of an order: what it does, in a sentence."""

    kind: str
    label: str
    effect: str
    article: str


ACTS = {
    "fin": OrderAct(
        OrderKind.END, "Inscrire l’arrêté qui finit la caisse",
        "Au jour de l’arrêté, toutes ses missions finissent : les organismes dont elle tenait la place répondent à nouveau, ses "
        "dossiers ouverts leur reviennent. Une autre personne confirme avant. Jusque-là un autre arrêté peut changer ce jour.", CREATION,
    ),
    "abroger": OrderAct(
        OrderKind.REPEAL, "Inscrire l’arrêté qui abroge sa fin",
        "La caisse commune garde ses missions : celles d’une expérience finissent avec elle, les autres ne finissent plus. Une autre "
        "personne confirme, avant le jour de la fin.", CREATION,
    ),
    "perenniser": OrderAct(
        OrderKind.PERMANENT, "Inscrire l’arrêté qui la rend permanente",
        "Les missions que l’arrêté nomme ne finissent plus avec l’expérience ; les autres finissent à leur jour. Une autre "
        "personne confirme, avant la fin de l’expérience.", PERMANENCE,
    ),
}  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(CONDUCT)
def enter(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """The form of an order on a fund, with what would go back."""
    body, asked = _conducted(request, code), ACTS.get(act)
    if asked is None:
        raise Http404
    errors: dict[str, str] = {}
    if request.method == "POST":
        key = form_key(request)
        try:
            made, again = enter_fund_order(ordered=_ordered(request, body, asked), key=key, who=who_of(request))
        except JointRefused as refused:
            errors = refused.errors
        else:
            words = (
                "C’est déjà reçu : rien n’a été inscrit deux fois."
                if again
                else "L’arrêté est inscrit. Rien ne change encore."
            )
            messages.success(request, words)
            return redirect("organisations:fund_order", pk=made.pk)
    elif not _branches(body, asked):
        raise Conflict(
            f"{body.name} : il n’y a aucune mission que cet arrêté puisse changer.",
            link=reverse("organisations:fund", args=[code]), action="Voir la caisse",
        )  # fmt: skip
    return render(request, "joint/fund_act.html", _context(request, body, asked, errors), status=422 if errors else 200)


def _conducted(request: HttpRequest, code: str) -> Organisation:
    body = fund_named(code)
    if not conducts(request.user, body.seat_departement, today()):  # type: ignore[arg-type]
        raise Http404
    return body


def _branches(body: Organisation, act: OrderAct) -> list[str]:
    """Those that such an order may be about."""
    if act.kind == OrderKind.REPEAL:
        return [one.branch for one in ended_by_order_on(body.code, today())]
    held = held_on(body.code, today())
    if act.kind == OrderKind.END:
        return [one.branch for one in held]
    return [branch for one in experiments_of(held, today()) for branch in one.branches]


def _ordered(request: HttpRequest, body: Organisation, act: OrderAct) -> Ordered:
    return Ordered(
        body.code, act.kind, typed_text(request.POST.get("reference", "")), day_typed(request, "signed_on"),
        day_typed(request, "ends_on") if act.kind == OrderKind.END else None, request.POST.getlist("branches")[:3],
    )  # fmt: skip


def _context(request: HttpRequest, body: Organisation, act: OrderAct, errors: dict[str, str]) -> dict[str, Any]:
    asked = [question(request, name, LABELS[name], errors, unit=unit) for name, unit in _fields(act)]
    day = today()
    able, is_end = _branches(body, act), act.kind == OrderKind.END
    return {
        "body": body, "act": act, "questions": asked, "errors": listed(errors, LABELS), "key": key_of(request),
        "branches": _choices(able, request.POST.getlist("branches")) if act.kind == OrderKind.PERMANENT else [],
        "ends": end_by_order(body.code, day),
        "branches_problem": errors.get("branches", ""), "back": going_back(body.code, day) if is_end else None,
        # What would be lost is an error of no field: said above, it is not said again below.
        "losses_told": "body" in errors,
        "staying": staying(body.code, day, None) if act.kind == OrderKind.REPEAL else None,
    }  # fmt: skip


def _fields(act: OrderAct) -> list[tuple[str, str]]:
    fields = [("reference", ""), ("signed_on", "jour/mois/année")]
    return [*fields, ("ends_on", "jour/mois/année, à venir")] if act.kind == OrderKind.END else fields


def _choices(able: Iterable[str], chosen: list[str]) -> list[tuple[str, str, bool]]:
    return [(one.value, branch_labels([one.value])[0], one.value in chosen) for one in Branch if one.value in set(able)]


@require_POST
@for_roles(CONDUCT)
def give_back(request: HttpRequest, code: str) -> HttpResponse:
    """What the task does on the day, done by hand when it did not."""
    body = _conducted(request, code)
    give_back_due(body=code, who=who_of(request))
    messages.success(
        request, f"{body.name} : les missions finies sont rendues. La preuve se fait, dossier par dossier."
    )
    return redirect("organisations:fund", code=code)
