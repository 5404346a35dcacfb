"""One's own look-ups, what their leads were worth, deferred answers and lists."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from fraud.models import Outcome, ProgrammeAxis, RncpsConsultation, RncpsOrderState, Worth
from fraud.programme.selectors import axes_in_force
from fraud.rncps.asking import LookRefused, Wish, fund_of_lists
from fraud.rncps.confirming import ConfirmationRefused, confirm
from fraud.rncps.connector import DirectoryError, configured_directory
from fraud.rncps.figures import number_on
from fraud.rncps.ordering import OrderRefused, ask_list, send_list, take
from fraud.rncps.people import PersonRefused, people_typed
from fraud.rules.rncps import (
    CATEGORY_NAMES,
    CATEGORY_WORDS,
    LEAD,
    LIST_MOTIVES,
    MOTIVE_WORDS,
    SENTENCES,
    Category,
    Mode,
    Refusal,
    served_twice,
)
from fraud.views.rncps_common import (
    ASK,
    day_typed,
    for_roles,
    get_one,
    key_of,
    listed,
    moment_on,
    own_looks,
    own_orders,
    question,
    today,
    told_moves,
)  # fmt: skip
from portal.frame.filters import Field, filter_bar
from portal.frame.forms import form_key
from portal.frame.paging import count_up_to, page_of
from portal.frame.questions import typed_text

LABELS = {
    "worth": "Ce que la piste est devenue", "body": "Organisme", "said": "Ce qu’il a dit", "answered_on": "Répondu le",
    "motive": "Motif", "axis": "Axe du programme", "purpose": "Ce que la liste doit vérifier", "people": "Numéros",
}  # fmt: skip
BOXES = (("confirm", "à confirmer"), ("refused", "refusées"))


@require_GET
@for_roles(ASK)
def mine(request: HttpRequest) -> HttpResponse:
    """What I looked up, the last first, with what waits for a confirmation."""
    bar = filter_bar("fraud:rncps_mine", request.user, request.GET, [Field("box", "Liste", BOXES, is_feminine=True)])  # type: ignore[arg-type]
    found = own_looks(request)
    to_confirm = found.filter(result__outcome=Outcome.ANSWERED, confirmation=None)
    match bar.values["box"]:
        case "confirm":
            found = to_confirm
        case "refused":
            found = found.exclude(refusal="")
    page = page_of(found, request.GET.dict(), order=("-pk",))
    context = {
        "page": page, "bar": bar, "total": count_up_to(found), "to_confirm": count_up_to(to_confirm), "sentences": SENTENCES,
        "lead": LEAD,
    }  # fmt: skip
    return render(request, "fraud/rncps_mine.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(ASK)
def consultation(request: HttpRequest, look: int) -> HttpResponse:
    """One look-up in its few figures, and what the body that serves the benefit said of the lead."""
    row, errors = get_one(own_looks(request).select_related("authorisation"), look), {}
    if request.method == "POST":
        errors = _confirm(request, row)
        if not errors:
            messages.success(
                request, "C’est noté. La personne sera informée du contenu et de l’origine avant toute décision."
            )
            return redirect("fraud:rncps_consultation", row.pk)
    result = getattr(row, "result", None)
    context = {
        "row": row, "result": result, "noted": getattr(row, "confirmation", None), "errors": listed(errors, LABELS),
        "lines": [(words, result.lines[code]) for code, words in CATEGORY_NAMES.items() if result and code in result.lines],
        "asked": [CATEGORY_NAMES[code] for code in row.categories], "sentence": SENTENCES.get(row.refusal, ""),
        "worths": [(value, label, value == request.POST.get("worth")) for value, label in Worth.choices],
        "questions": [
            question(request, "body", "Organisme qui sert la prestation", errors),
            question(request, "answered_on", "Répondu le", errors, unit="jour/mois/année"),
        ],
        "said": typed_text(request.POST.get("said", "")), "key": key_of(request), "lead": LEAD, "problems": errors,
        "may_confirm": result is not None and result.outcome == Outcome.ANSWERED,
    }  # fmt: skip
    return render(request, "fraud/rncps_consultation.html", context, status=422 if errors else 200)


def _confirm(request: HttpRequest, row: RncpsConsultation) -> dict[str, str]:
    form_key(request)
    day = today()
    try:
        confirm(
            consultation_pk=row.pk, worth=request.POST.get("worth", ""), in_favour=request.POST.get("in_favour") == "1",
            body=typed_text(request.POST.get("body", "")), said=request.POST.get("said", ""),
            answered_on=day_typed(request, "answered_on"), by_pk=request.user.pk, on=day, at=moment_on(day),  # type: ignore[arg-type]
        )  # fmt: skip
    except ConfirmationRefused as refused:
        return {refused.field: str(refused)}
    return {}


@require_GET
@for_roles(ASK)
def orders(request: HttpRequest) -> HttpResponse:
    """What I asked for that is not answered at once."""
    found = own_orders(request)
    page = page_of(found, request.GET.dict(), order=("-pk",))
    context = {
        "page": page, "total": count_up_to(found), "waiting": found.filter(state=RncpsOrderState.READY).count(), "lead": LEAD,
    }  # fmt: skip
    return render(request, "fraud/rncps_orders.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(ASK)
def order(request: HttpRequest, order: int) -> HttpResponse:
    """One deferred request or list: where it stands; its answer, once, on the page that answers the form."""
    found = get_one(own_orders(request).select_related("visa_by"), order)
    context: dict[str, Any] = {
        "one": found,
        "lead": LEAD,
        "categories": [CATEGORY_NAMES[code] for code in found.categories],
    }
    status = 200
    if request.method == "POST":
        form_key(request)
        day = today()
        known: dict[str, Any] = {"order_pk": found.pk, "by_pk": request.user.pk, "at": moment_on(day)}
        try:
            if found.state == RncpsOrderState.VISA_GIVEN:
                send_list(**known, on=day, directory=configured_directory())
            else:
                taken = take(**known, directory=configured_directory())
                context["lines"] = [
                    (row, line, served_twice(line.answer.rights) if line.answer else []) for row, line in taken
                ]
        except (OrderRefused, LookRefused, DirectoryError) as refused:
            context["problem"], status = str(refused), 409
        found.refresh_from_db()
    context |= {"key": key_of(request), "moves": told_moves(found.moves.order_by("pk"))}
    return render(request, "fraud/rncps_order.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(ASK)
def new_list(request: HttpRequest) -> HttpResponse:
    """A list, for an axis of the programme: data protection reads it before the directory does."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = _ask_list(request)
        except PersonRefused as wrong:
            errors = {wrong.field: str(wrong)}
        except LookRefused as refused:
            errors = {"axis" if refused.code == Refusal.NO_AXIS else "": str(refused)}
        except OrderRefused as refused:
            errors = {"": str(refused)}
        else:
            messages.success(request, "La liste est demandée. Elle attend le visa de la protection des données.")
            return redirect("fraud:rncps_order", made.pk)
    chosen = request.POST.getlist("categories") if request.method == "POST" else ["AFFILIATIONS", "RIGHTS"]
    context = {
        "motives": [(code, MOTIVE_WORDS[code], code == request.POST.get("motive")) for code in sorted(LIST_MOTIVES)],
        "axes": [(one.code, one.object, one.code == request.POST.get("axis")) for one in _axes(request)],
        "purpose": typed_text(request.POST.get("purpose", "")), "people": request.POST.get("people", "")[:8000],
        "categories": [(code, words, code in chosen) for code, words in CATEGORY_WORDS.items() if code != Category.IDENTITY],
        "errors": listed(errors, LABELS), "problems": errors, "key": key_of(request), "lead": LEAD,
        "most": number_on("rncps.collective_limit", today()),
    }  # fmt: skip
    return render(request, "fraud/rncps_new_list.html", context, status=422 if errors else 200)


def _axes(request: HttpRequest) -> QuerySet[ProgrammeAxis]:
    """Those for which a list may be asked today, in the fund where it would be."""
    return axes_in_force(fund_of_lists(request.user, today()), today())  # type: ignore[arg-type]


def _ask_list(request: HttpRequest) -> Any:
    day, key = today(), form_key(request)
    chosen = [code for code in request.POST.getlist("categories") if code in set(Category)]
    wish = Wish(
        user=request.user, motive=request.POST.get("motive", ""), reference=typed_text(request.POST.get("axis", "")),  # type: ignore[arg-type]
        mode=Mode.COLLECTIVE, key=key, at=moment_on(day), on=day, categories=[Category.IDENTITY.value, *chosen],
    )  # fmt: skip
    people = people_typed(request.POST.get("people", ""), number_on("rncps.collective_limit", day))
    return ask_list(wish=wish, people=people, purpose=request.POST.get("purpose", ""))
