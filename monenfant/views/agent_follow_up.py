"""One follow-up: what happened, its letters, who helps, and what a caseworker may do; a letter as it left."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from monenfant.duties import acting, selectors
from monenfant.duties.acting import ActRefused, Noted
from monenfant.duties.reminding import letter_subject
from monenfant.models import DeclarationFollowUp, Delivery
from monenfant.naming import names_of
from monenfant.reporting.stops import stops_of
from monenfant.rules import follow_up as rules
from monenfant.rules.follow_up import MoveNotAllowed
from monenfant.views.agent_campaigns import awaited, city_of
from monenfant.views.agent_common import SEE, TREAT
from portal.accounts.permissions import for_roles, moment_on, today
from portal.audit.operations import journal
from portal.frame.errors import Conflict
from portal.frame.forms import day_typed, form_key, get_one, key_of, listed, may, question
from portal.frame.questions import Question
from portal.frame.templatetags.portal import long_day
from portal.letters.answers import as_pdf
from portal.letters.models import LetterJob
from portal.letters.selectors import letters_of

NEXT = {
    rules.DUE: "La déclaration est attendue avant l’échéance. Les rappels partent seuls, par courriel.",
    rules.OVERDUE: "Le courrier de rappel de la caisse est demandé. Le suivi avance quand il est écrit.",
    rules.REMINDED: "La personne a trente jours. Le relais peut l’aider.",
    rules.REFERRED: "Le département écrit à la personne. Notez ici ce qu’il décide : un simple avertissement au plus.",
    rules.WARNED: "L’avertissement est noté. Une déclaration met fin au suivi.",
    rules.RECORDED: "Le manquement est noté au dossier. Une déclaration le régularise aussitôt.",
    rules.COMPLIANT: "Les places ont été dites. Rien de plus n’est attendu.",
    rules.EXEMPT: "La déclaration n’est pas due : le suivi est terminé.",
}


@dataclass(frozen=True)
class Act:
    """What a caseworker may do from a state."""

    code: str
    state: str
    label: str
    effect: str


ACTS = {
    one.code: one
    for one in (
        Act("transmettre", rules.REMINDED, "Transmettre au département",
            "Le service de PMI du département écrit à la personne. C’est fait seul trente jours après le rappel."),
        Act("avertissement", rules.REFERRED, "Noter l’avertissement",
            "Le département a averti la personne. À un premier manquement, la loi ne permet rien de plus."),
        Act("manquement", rules.WARNED, "Noter le manquement",
            "Il est gardé au dossier, et régularisé dès que la personne déclare."),
    )
}  # fmt: skip


def _found(request: HttpRequest, pk: int) -> DeclarationFollowUp:
    return get_one(selectors.follow_ups(request.user, today()), pk)  # type: ignore[arg-type]


@require_GET
@for_roles(SEE)
def follow_up(request: HttpRequest, follow_up: int) -> HttpResponse:
    """What happened, and what may be done now."""
    found, day = _found(request, follow_up), today()
    referral = getattr(found, "referral", None)
    context = _frame(found) | {
        "on": day, "opened": rules.campaign_opens(found.deadline), "next": NEXT[found.state],
        "awaited": awaited(found), "approval": selectors.approval_of(found.place),
        "moves": found.moves.select_related("by").order_by("pk"), "notes": found.notes.select_related("noted_by").order_by("pk"),
        "letters": letters_of(letter_subject(found.place.number))[:20],
        "asked": LetterJob.objects.filter(subject=letter_subject(found.place.number)).exclude(state="DONE"),
        "stops": stops_of(found.place)[:5], "referral": referral, "desk": selectors.desk_named(referral.desk_no) if referral else None,
        "others": selectors.follow_ups(request.user, day).filter(place=found.place).exclude(pk=found.pk).order_by("-deadline")[:8],  # type: ignore[arg-type]
        "acts": _offered(found) if may(request, TREAT) else [],
        "may_treat": may(request, TREAT),
    }  # fmt: skip
    return render(request, "monenfant/childcare_follow_up.html", context)


def _offered(found: DeclarationFollowUp) -> list[Act]:
    """What may be done now; thirty days are left to declare before anything goes on."""
    first = rules.moves_on(found.state, found.moved_on)
    return [] if first and first > today() else [one for one in ACTS.values() if one.state == found.state]


def _frame(found: DeclarationFollowUp) -> dict[str, Any]:
    name = names_of([found.place])[found.place_id]
    return {"one": found, "name": name, "city": city_of(found.place.insee_code)}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(TREAT)
def act(request: HttpRequest, follow_up: int, code: str) -> HttpResponse:
    """One act: its fields, then what was done."""
    found, done = _found(request, follow_up), ACTS.get(code)
    if done is None:
        raise Http404
    errors: dict[str, str] = {}
    if request.method == "POST":
        key = form_key(request)
        try:
            messages.success(request, _do(request, found, done, key))
        except ActRefused as refused:
            errors = refused.errors
        except MoveNotAllowed as moved:
            raise _already(request, found) from moved
        else:
            return redirect("monenfant:follow_up", follow_up=found.pk)
    elif found.state != done.state:
        raise _already(request, found)
    questions = _questions(request, done, errors)
    labels = {one.name: one.label for one in questions} | {"text": "Ce que dit le texte"}
    context = _frame(found) | {
        "act": done, "questions": questions, "errors": listed(errors, labels), "problem": errors.get("text", ""),
        "text": request.POST.get("text", ""), "has_text": code != "transmettre", "key": key_of(request),
        "text_most": acting.TEXT_MOST,
    }  # fmt: skip
    return render(request, "monenfant/childcare_act.html", context, status=422 if errors else 200)


def _do(request: HttpRequest, found: DeclarationFollowUp, done: Act, key: UUID) -> str:
    """Do it; the sentence of what was done. Raises ActRefused, MoveNotAllowed."""
    who: dict[str, Any] = {"follow_up_pk": found.pk, "by_pk": request.user.pk, "on": today()}
    if done.code == "transmettre":
        if found.moves.filter(after=rules.REFERRED, by=request.user).exists():
            return "C’est déjà reçu : rien n’a été transmis deux fois."
        acting.refer(**who)
        return "Le suivi est transmis au département."
    noted = Noted(
        day_typed(request, "dated"), request.POST.get("text", "").replace("\x00", "").strip(), key,
        request.POST.get("delivery", ""), day_typed(request, "delivered_on"),
    )  # fmt: skip
    operation = acting.note_warning if done.code == "avertissement" else acting.note_breach
    _note, again = operation(noted=noted, now=moment_on(today()), **who)
    return "C’est déjà reçu : rien n’a été noté deux fois." if again else f"{done.label} : c’est inscrit au suivi."


def _already(request: HttpRequest, found: DeclarationFollowUp) -> Conflict:
    """Somebody was first, or the person declared meanwhile."""
    found.refresh_from_db()
    last = found.moves.select_related("by").order_by("-pk").first()
    by = f" par {last.by.full_name}" if last and last.by else ""
    when = f" depuis le {long_day(last.on)}{by}" if last else ""
    return Conflict(
        f"Ce suivi est « {found.get_state_display().lower()} »{when} : cet acte n’est plus possible. Rien n’a été noté.",
        link=request.path.rsplit("/", 2)[0] + "/", action="Voir le suivi",
    )  # fmt: skip


def _questions(request: HttpRequest, done: Act, errors: dict[str, str]) -> list[Question]:
    if done.code == "transmettre":
        return []
    dated = question(request, "dated", "Jour de l’acte", errors, unit="jour/mois/année")
    if done.code == "manquement":
        return [dated]
    choices = (("", "à choisir"), *Delivery.choices)
    return [
        dated,
        question(request, "delivery", "Remise à la personne", errors, choices=choices),
        question(request, "delivered_on", "Remis le", errors, unit="jour/mois/année"),
    ]


@require_GET
@for_roles(SEE)
def letter(request: HttpRequest, follow_up: int, letter: int) -> HttpResponse:
    """A letter as it left; opening it is journaled."""
    found = _found(request, follow_up)
    one = get_one(letters_of(letter_subject(found.place.number)), letter)
    actor = request.user.get_username()
    journal(actor=actor, action="letter.read", subject=one.subject, detail={"number": one.number})
    return as_pdf(one, shown=True)
