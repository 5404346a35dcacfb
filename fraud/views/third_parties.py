"""The list of requests to third parties, and a new one from a case."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from fraud.access import cases_of
from fraud.guarding import refuse_linked
from fraud.models import AttemptWay, PartyKind, PartyPurpose
from fraud.rules import third_party as rules
from fraud.thirdparties import selectors
from fraud.thirdparties.access import authorisation_on
from fraud.thirdparties.asking import Wanted, prepare
from fraud.thirdparties.moving import RequestRefused
from fraud.views.case_common import closed_to_linked
from portal.accounts.permissions import for_roles, moment_on, today
from portal.accounts.rights import Right, holders
from portal.frame.filters import Field, filter_bar
from portal.frame.forms import day_typed, form_key, get_one, key_of, listed, may
from portal.frame.paging import count_up_to, page_of

SEE, TREAT, DIRECT = holders(Right.SEE_CONTROL), holders(Right.TREAT_CONTROL), holders(Right.DIRECT_CONTROL)
BOXES = (
    ("awaited", "en attente"), ("late", "sans réponse"), ("answered", "avec réponse"), ("refused", "avec refus"),
    ("to_send", "à envoyer"), ("unproven", "réception à prouver"), ("fines", "avec amende"), ("withdrawn", "retirées"),
)  # fmt: skip
TILES = ("to_send", "awaited", "unproven", "late", "refused", "answered")
LABELS = {
    "kind": "Qui", "name": "Nom", "address": "Adresse", "purpose": "Pourquoi", "asked": "Ce qui est demandé",
    "concerned": "Personnes concernées", "is_identified": "Personnes non identifiées", "attempt_on": "Demandé le",
    "attempt_way": "Comment", "no_attempt_reason": "Pourquoi non",
}  # fmt: skip
TEXTS = ("kind", "name", "address", "purpose", "asked", "concerned", "attempt_on", "attempt_way", "no_attempt_reason")


@require_GET
@for_roles(SEE)
def third_parties(request: HttpRequest) -> HttpResponse:
    """Who was asked, what is awaited and since when; the last request first."""
    day, user = today(), request.user
    fields = [
        Field("box", "Liste", BOXES, is_feminine=True), Field("kind", "Qui", PartyKind.choices),
        Field("q", "N° de demande, de dossier, nom"),
    ]  # fmt: skip
    bar = filter_bar("fraud:third_parties", user, request.GET, fields)  # type: ignore[arg-type]
    found = selectors.listed(user, day, bar.values)  # type: ignore[arg-type]
    counts, names = selectors.counts(user, day), dict(BOXES)  # type: ignore[arg-type]
    context = {
        "page": page_of(found, request.GET.dict(), order=("-pk",)), "bar": bar, "total": count_up_to(found), "on": day,
        "tiles": [(name, counts[name], names[name], name in ("late", "unproven") and counts[name]) for name in TILES],
        "may_direct": may(request, DIRECT),
        "fines": selectors.count_fines_to_decide(user, day) if may(request, DIRECT) else 0,  # type: ignore[arg-type]
    }  # fmt: skip
    return render(request, "fraud/third_parties.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(TREAT)
@closed_to_linked
def new(request: HttpRequest, case: int) -> HttpResponse:
    """Prepare a request for a case: the person was asked first, or it is written why not."""
    found, errors = get_one(cases_of(request.user, today()), case), {}  # type: ignore[arg-type]
    refuse_linked(user=request.user, day=today(), action="control.third_party.new", subject=found.subject)  # type: ignore[arg-type]
    if request.method == "POST":
        try:
            made, again = prepare(
                    case_pk=found.pk,
                    wanted=_wanted(request),
                    key=form_key(request),
                    by_pk=request.user.pk,  # type: ignore[arg-type]
                    on=today(),
                    at=moment_on(today()),
                )  # fmt: skip
        except RequestRefused as refused:
            errors = refused.errors
        else:
            told = (
                "C’est déjà reçu : rien n’a été préparé deux fois."
                if again
                else "La demande est prête. Relisez-la, puis envoyez-la."
            )
            messages.success(request, told)
            return redirect("fraud:third_request", pk=made.pk)
    return render(
        request, "fraud/third_new.html", _form(request, errors) | {"case": found}, status=422 if errors else 200
    )


def _wanted(request: HttpRequest) -> Wanted:
    typed = {name: request.POST.get(name, "").strip()[:5000] for name in TEXTS}
    lines = [line.strip() for line in typed.pop("concerned").splitlines() if line.strip()]
    return Wanted(
        **typed | {"attempt_on": day_typed(request, "attempt_on")}, concerned=lines,  # type: ignore[arg-type]
        is_identified=not request.POST.get("is_unidentified"),
    )  # fmt: skip


def _form(request: HttpRequest, errors: dict[str, str]) -> dict[str, Any]:
    day = today()
    return {
        "kinds": PartyKind.choices, "purposes": PartyPurpose.choices, "ways": AttemptWay.choices, "typed": request.POST,
        "errors": errors, "listed": listed(errors, LABELS), "key": key_of(request), "on": day,
        "must_ask_first": rules.is_first_attempt_due(day), "act": authorisation_on(request.user, day),  # type: ignore[arg-type]
    }  # fmt: skip
