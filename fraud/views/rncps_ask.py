"""`/agent/rncps/`: why first, then who, then the answer, shown once. Who is asked about is posted, never in an address."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fraud.models import RncpsAuthorisation
from fraud.rncps.asking import Looked, LookRefused, Reason, Wish, asked_on, check_reason, look, reason_of
from fraud.rncps.authorising import AuthorisationRefused, declare_own_number, has_own_number, permit_of
from fraud.rncps.connector import Person, configured_directory
from fraud.rncps.figures import number_on
from fraud.rncps.ordering import order_one
from fraud.rncps.people import PersonRefused, is_person_known, person_of_case, person_typed
from fraud.rules.rncps import CATEGORY_WORDS, LEAD, MOTIVE_WORDS, Category, Mode, Refusal, holds, served_twice
from fraud.views.rncps_common import ASK, day_typed, for_roles, key_of, listed, moment_on, own_looks, question, today
from portal.frame.forms import form_key
from portal.frame.questions import Question, typed_text

SESSION = "rncps"
LABELS = {
    "motive": "Motif", "reference": "Dossier ou demande", "nir": "Numéro de sécurité sociale", "last_name": "Nom",
    "birth_date": "Date de naissance",
}  # fmt: skip
MODES = ((Mode.REALTIME, "Tout de suite"), (Mode.DEFERRED, "Plus tard : je prendrai la réponse quand elle sera prête"))
USUAL = (Category.AFFILIATIONS, Category.RIGHTS)
FIELD_OF = {Refusal.NO_MOTIVE: "motive", Refusal.MOTIVE_NOT_AUTHORISED: "motive"}
BY_NUMBER = ("NO_REFERENCE", "NEEDS_A_CASE", "NEEDS_A_CLAIM", "UNKNOWN_REFERENCE", "CLOSED_CASE")


def _wish(request: HttpRequest, told: dict[str, str], key: UUID, categories: list[str] | None = None) -> Wish:
    day = today()
    return Wish(
        user=request.user, motive=told["motive"], reference=told["reference"], mode=told["mode"], key=key, on=day,  # type: ignore[arg-type]
        at=moment_on(day), categories=categories or [],
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(ASK)
def rncps(request: HttpRequest) -> HttpResponse:
    """Why: the motive and the case or claim. Nothing is asked yet; a refusal is kept."""
    told = {name: typed_text(request.POST.get(name, "")) for name in ("motive", "reference", "mode")}
    told["reference"] = told["reference"] or typed_text(request.GET.get("dossier", ""))[:40]
    told["mode"] = told["mode"] if told["mode"] in dict(MODES) else Mode.REALTIME
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            check_reason(_wish(request, told, form_key(request)))
        except LookRefused as refused:
            errors = {_field_of(refused): str(refused)}
        else:
            request.session[SESSION] = told
            return redirect("fraud:rncps_person")
    return render(request, "fraud/rncps.html", _why(request, told, errors), status=422 if errors else 200)


def _field_of(refused: LookRefused) -> str:
    return "reference" if refused.code in BY_NUMBER else FIELD_OF.get(refused.code, "")


def _why(request: HttpRequest, told: dict[str, str], errors: dict[str, str]) -> dict[str, Any]:
    day, user = today(), request.user
    held = [
        one
        for one in RncpsAuthorisation.objects.filter(user_id=user.pk).order_by("-valid_from")
        if holds(permit_of(one), day)
    ]
    return {
        "motives": [(code, words, code == told["motive"]) for code, words in MOTIVE_WORDS.items()],
        "modes": [(code, words, code == told["mode"]) for code, words in MODES],
        "reference": Question(
            "reference", "Numéro du dossier de contrôle ou de la demande", told["reference"], error=errors.get("reference", "")
        ),
        "errors": listed(errors, LABELS), "problems": errors, "key": key_of(request), "held": held, "words": MOTIVE_WORDS,
        "has_own_number": has_own_number(user, day), "done": asked_on(user, day),  # type: ignore[arg-type]
        "most": number_on("rncps.daily_limit", day), "lead": LEAD,
    }  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(ASK)
def person(request: HttpRequest) -> HttpResponse:
    """Who, for the motive just given; then the answer, on the page that answers the form and nowhere else."""
    if request.method == "POST":
        known = own_looks(request).filter(form_key=form_key(request), refusal="").first()
        if known is not None:
            return render(request, "fraud/rncps_again.html", {"row": known, "lead": LEAD})
    told = request.session.get(SESSION)
    if told is None:
        return redirect("fraud:rncps")
    if request.method != "POST":
        return _who(request, told, {})
    try:
        return _asked(request, told)
    except PersonRefused as wrong:
        return _who(request, told, {wrong.field: str(wrong)})
    except LookRefused as refused:
        return _who(request, told, {"": str(refused)})


def _asked(request: HttpRequest, told: dict[str, str]) -> HttpResponse:
    chosen = [code for code in request.POST.getlist("categories") if code in set(Category)]
    wish = _wish(request, told, form_key(request), [Category.IDENTITY.value, *chosen])
    whom, directory = _whom(request, reason_of(wish)), configured_directory()
    if wish.mode == Mode.DEFERRED:
        order = order_one(wish=wish, person=whom, directory=directory)
        request.session.pop(SESSION, None)
        return redirect("fraud:rncps_order", order.pk)
    looked = look(wish=wish, person=whom, directory=directory)
    request.session.pop(SESSION, None)
    return render(request, "fraud/rncps_answer.html", shown(looked))


def shown(looked: Looked) -> dict[str, Any]:
    """One answer as its page shows it."""
    answer = looked.answer
    return {
        "row": looked.row, "answer": answer, "told": looked.told, "lead": LEAD,
        "twice": served_twice(answer.rights) if answer else [],
    }  # fmt: skip


def _whom(request: HttpRequest, reason: Reason) -> Person:
    if request.POST.get("whom") == "case":
        return person_of_case(reason.case)
    names = {name: typed_text(request.POST.get(name, "")) for name in ("nir", "last_name", "first_names")}
    return person_typed(**names, birth_date=day_typed(request, "birth_date"))


def _who(request: HttpRequest, told: dict[str, str], errors: dict[str, str]) -> HttpResponse:
    reason = reason_of(_wish(request, told, UUID(int=0)))
    chosen = request.POST.getlist("categories") if request.method == "POST" else list(USUAL)
    of_case = is_person_known(reason.case)
    context = {
        "motive": MOTIVE_WORDS[told["motive"]], "told": told, "case": reason.case, "of_case": of_case,
        "whom": request.POST.get("whom", "case" if of_case else "other"),
        "by_number": [question(request, "nir", LABELS["nir"], errors)],
        "by_name": [
            question(request, "last_name", "Nom", errors), question(request, "first_names", "Prénoms", errors),
            question(request, "birth_date", LABELS["birth_date"], errors, unit="jour/mois/année"),
        ],
        "categories": [
            (code, words, code in chosen) for code, words in CATEGORY_WORDS.items() if code != Category.IDENTITY
        ],
        "errors": listed(errors, LABELS), "key": key_of(request), "lead": LEAD,
    }  # fmt: skip
    return render(request, "fraud/rncps_person.html", context, status=422 if errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(ASK)
def own_number(request: HttpRequest) -> HttpResponse:
    """One's own number, of which a fingerprint is kept: a look-up of oneself can then be told from another."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        form_key(request)
        day = today()
        try:
            declare_own_number(
                user_pk=request.user.pk,
                typed=typed_text(request.POST.get("nir", "")),
                on=day,
                at=moment_on(day),  # type: ignore[arg-type]
            )
        except AuthorisationRefused as refused:
            errors = {refused.field: str(refused)}
        else:
            return redirect("fraud:rncps")
    context = {
        "questions": [question(request, "nir", LABELS["nir"], errors)], "errors": listed(errors, LABELS), "key": key_of(request),
        "known": has_own_number(request.user, today()),  # type: ignore[arg-type]
    }  # fmt: skip
    return render(request, "fraud/rncps_own_number.html", context, status=422 if errors else 200)
