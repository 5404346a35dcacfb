"""`/garde/rendez-vous/`: a commune, who answers and by when, then what is asked. Without an account, without a script."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monenfant.appointments.asking import LONGEST, REACHABLE, Asked, Errors, ask, months_offered, read
from monenfant.appointments.links import follow_path
from monenfant.appointments.routing import Answerer, answerer_for
from monenfant.models import AppointmentRequest, Need
from monenfant.rules.appointments import desk_answer_by, promised_number
from portal.accounts.limits import TooManyTries, address_of, take_turn
from portal.accounts.permissions import moment_on, today
from portal.frame.forms import form_key
from portal.frame.questions import typed_text
from portal.organisations.communes import UnknownCommune, commune_meant

FROM_ONE_PLACE, ONE_PLACE_WITHIN = 20, timedelta(hours=1)
TO_ONE_CONTACT, ONE_CONTACT_WITHIN = 3, timedelta(days=1)
LABELS = {
    "needs": "Ce que vous cherchez", "words": "En quelques mots", "expected_from": "À partir de quel mois",
    "name": "Votre nom", "email": "Adresse électronique", "phone": "Téléphone",
}  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appointment(request: HttpRequest) -> HttpResponse:
    """A commune in the address (its number, as the search of a place gives it) leads to the form at once."""
    if request.method == "POST":
        return _ask(request)
    if code := request.GET.get("commune", ""):
        try:
            return _form(request, answerer_for(code, today()))
        except UnknownCommune:
            return _place(request, problem="Nous ne connaissons pas cette commune. Écrivez son nom ou son code postal.")
    return _place(request) if "lieu" not in request.GET else _found(request, typed_text(request.GET["lieu"]))


def _found(request: HttpRequest, typed: str) -> HttpResponse:
    found = commune_meant(typed) if typed else ()
    if len(found) == 1:
        return _form(request, answerer_for(found[0].code, today()))
    problem = (
        "" if found else "Nous ne trouvons pas cette commune. Écrivez son nom ou son code postal, par exemple 63200."
    )
    return _place(request, typed, problem, found)


def _place(request: HttpRequest, typed: str = "", problem: str = "", found: tuple = ()) -> HttpResponse:
    context = {"typed": typed, "problem": problem, "found": found, "days": promised_number("answer_days", today())}
    return render(request, "monenfant/appointment_place.html", context, status=422 if problem else 200)


def _ask(request: HttpRequest) -> HttpResponse:
    key, given = form_key(request), request.POST
    before = AppointmentRequest.objects.filter(key=key).first()
    if before is not None:
        return redirect(follow_path(before) + "?encore")
    try:
        answerer = answerer_for(given.get("commune", ""), today())
    except UnknownCommune as wrong:
        raise Http404 from wrong
    asked, errors = read(
        answerer.commune.code, given, given.getlist("needs"), given.getlist("reachable"), today()
    )  # fmt: skip
    if errors:
        return _form(request, answerer, key, asked, errors, status=422)
    try:
        _count(request, asked)
    except TooManyTries as shut:
        answer = _form(request, answerer, key, asked, {}, status=429, until=shut.until)
        answer.headers["Retry-After"] = str(shut.seconds)
        return answer
    made, again = ask(key=key, asked=asked, at=moment_on(today()))
    return redirect(follow_path(made) + ("?encore" if again else "?recu"))


def _count(request: HttpRequest, asked: Asked) -> None:
    """So many requests from one place, so many for one contact. Raises TooManyTries."""
    take_turn(f"appointment:from:{address_of(request)}", most=FROM_ONE_PLACE, within=ONE_PLACE_WITHIN)
    for contact in filter(None, (asked.email, re.sub(r"\D", "", asked.phone))):
        take_turn(f"appointment:to:{contact}", most=TO_ONE_CONTACT, within=ONE_CONTACT_WITHIN)


def _form(
    request: HttpRequest, answerer: Answerer, key: UUID | None = None, asked: Asked | None = None,
    errors: Errors | None = None, status: int = 200, until: object = None,
) -> HttpResponse:  # fmt: skip
    told = errors or {}
    context = {
        "answerer": answerer, "answer_by": desk_answer_by(today()), "days": promised_number("answer_days", today()),
        "today": today(), "key": key or uuid4(), "asked": asked, "errors": told, "until": until, "needs": Need.choices,
        "months": months_offered(today()), "reachable": REACHABLE, "longest": LONGEST,
        "kept_months": promised_number("kept_months", today()),
        "listed": [{"column": one, "label": LABELS[one], "message": told[one]} for one in LABELS if one in told],
    }  # fmt: skip
    return render(request, "monenfant/appointment.html", context, status=status)
