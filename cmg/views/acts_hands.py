"""Who has a dossier: taken, given to a colleague, proposed to the other body, accepted or refused there."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from cmg.remedies.limits import RemedyRefused, answer_day
from cmg.repairs import ending
from cmg.selectors import SUBJECT
from cmg.views.access import CASEWORKERS, for_roles, moment_on, today
from cmg.views.acts import reason_of
from portal.accounts.models import Door, User
from portal.casework import handing
from portal.casework import selectors as dossiers
from portal.casework.models import Dossier, DossierState, HandOver, HandOverState
from portal.casework.operations import AssignmentRefused, assign_dossier
from portal.frame.errors import Conflict, Version
from portal.frame.templatetags.portal import moment

MESSAGE_MOST = 500


def get_dossier(request: HttpRequest, pk: int) -> Dossier:
    """A dossier that the person may see, or « page introuvable »."""
    found = dossiers.visible(request.user, today()).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _family(dossier: Dossier) -> HttpResponse:
    return redirect("cmg:family", employer_no=dossier.subject.removeprefix(SUBJECT))


@require_POST
@for_roles(CASEWORKERS)
def assign(request: HttpRequest, dossier: int) -> HttpResponse:
    """Take a dossier, or give it to a colleague."""
    found = get_dossier(request, dossier)
    to = User.objects.filter(door=Door.AGENT, username=request.POST.get("to", "")).first()
    seen = request.POST.get("seen", "")
    if to is None:
        messages.error(request, "Choisissez une personne de l’équipe.")
        return _family(found)
    try:
        assign_dossier(
            dossier_pk=found.pk, to=to, seen_owner_pk=int(seen) if seen.isdecimal() else None, by=request.user,
            on=today(), at=moment_on(today()),
        )  # fmt: skip
    except AssignmentRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Le dossier est à vous." if to == request.user else f"{to.full_name} a le dossier.")
    return _family(found)


@require_POST
@for_roles(CASEWORKERS)
def propose(request: HttpRequest, dossier: int) -> HttpResponse:
    """Propose the dossier to the other body, with one line."""
    found = get_dossier(request, dossier)
    message = reason_of(request, "message", MESSAGE_MOST)
    earlier = dossiers.hand_over_of(found)
    if earlier is not None and earlier.proposed_by_id == request.user.pk and earlier.message == message:
        messages.info(request, "C’est déjà transmis : rien n’a été fait deux fois.")
        return _family(found)
    try:
        handing.propose_hand_over(
            dossier_pk=found.pk, message=message, by=request.user, at=moment_on(today()),
            answer_by=answer_day("policy.handover_business_days", today()),
        )  # fmt: skip
    except handing.HandOverRefused as refused:
        raise _conflict(found, str(refused), message) from refused
    messages.success(request, "C’est transmis. Vous restez responsable du dossier jusqu’à l’accord de l’autre équipe.")
    return _family(found)


@require_POST
@for_roles(CASEWORKERS)
def end(request: HttpRequest, dossier: int) -> HttpResponse:
    """Close a dossier of which nothing waits."""
    found = get_dossier(request, dossier)
    if found.state == DossierState.CLOSED:
        messages.info(request, "Ce dossier est déjà clos : rien n’a été fait deux fois.")
        return _family(found)
    reason = reason_of(request)
    try:
        ending.end_dossier(dossier_pk=found.pk, reason=reason, by=request.user, on=today(), at=moment_on(today()))
    except RemedyRefused as refused:
        raise _conflict(found, str(refused), reason) from refused
    messages.success(request, "Le dossier est clos. Une nouvelle retenue en ouvrirait un autre.")
    return _family(found)


@require_POST
@for_roles(CASEWORKERS)
def answer(request: HttpRequest, hand_over: int) -> HttpResponse:
    """Accept, refuse with a reason, or go back on one's own proposal."""
    found = HandOver.objects.select_related("dossier", "answered_by").filter(pk=hand_over).first()
    if found is None:
        raise Http404
    dossier, given = get_dossier(request, found.dossier_id), request.POST.get("answer", "")
    if _is_again(found, request.user, given):
        messages.info(request, "C’est déjà répondu : rien n’a été fait deux fois.")
        return _family(dossier)
    reason = reason_of(request, "reason", MESSAGE_MOST)
    try:
        said = _answer(found, request.user, given, reason)
    except handing.HandOverRefused as refused:
        sentence = str(refused)
        if found.answered_by is not None:
            sentence = f"{found.answered_by.full_name} a répondu le {moment(found.answered_at)} : {found.get_state_display().lower()}."
        raise _conflict(dossier, sentence, reason) from refused
    messages.success(request, said)
    return _family(dossier)


def _is_again(found: HandOver, user: User, given: str) -> bool:
    """The same answer by the same person: the form was sent twice."""
    states = {"accept": HandOverState.ACCEPTED, "refuse": HandOverState.REFUSED, "withdraw": HandOverState.WITHDRAWN}
    return found.answered_by_id == user.pk and states.get(given) == found.state


def _answer(found: HandOver, by: User, given: str, reason: str) -> str:
    at = moment_on(today())
    if given == "accept":
        handing.accept_hand_over(hand_over_pk=found.pk, by=by, at=at)
        return "Le dossier est à vous. Sa date ne change pas, et la famille voit votre nom."
    if given == "refuse":
        handing.refuse_hand_over(hand_over_pk=found.pk, reason=reason, by=by, at=at)
        return "Refus enregistré : la personne qui transmettait lit votre motif et garde le dossier."
    if given == "withdraw":
        handing.withdraw_hand_over(hand_over_pk=found.pk, by=by, at=at)
        return "Transmission retirée : le dossier reste à vous."
    raise handing.HandOverRefused("Choisissez d’accepter ou de refuser.")


def _conflict(dossier: Dossier, sentence: str, typed: str) -> Conflict:
    """Not done: why, and what was typed."""
    link = reverse("cmg:family", args=[dossier.subject.removeprefix(SUBJECT)])
    versions = [Version("Votre texte", "", typed)] if typed else []
    return Conflict(sentence, link=link, action="Revenir au dossier", versions=versions)
