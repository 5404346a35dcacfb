"""What a person decides of a disagreement: confirmed, without object with a reason, or the hold of a month released."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cmg import selectors
from cmg.models import PersonVerdict, VerdictKind
from cmg.reconciliation.catalogue import catalogue
from cmg.remedies.limits import RemedyRefused
from cmg.repairs import deciding, standing
from cmg.repairs.previewing import MonthEffect, preview
from cmg.views.access import CASEWORKERS, for_roles, moment_on, today
from cmg.views.acts import get_family, reason_of
from cmg.views.months import _month
from portal.frame.errors import Conflict, Version

WORDS = {
    VerdictKind.CONFIRMED: "Confirmer le désaccord",
    VerdictKind.FALSE_POSITIVE: "Sans objet (faux positif)",
    VerdictKind.RELEASED: "Lever la retenue du mois",
}


@for_roles(CASEWORKERS)
def decide(request: HttpRequest, kind: str, month: str, employer_no: str) -> HttpResponse:
    """One decision: what it changes in euros, then its reason."""
    if kind not in WORDS:
        raise Http404
    account, care_month = get_family(request, employer_no), _month(month)
    values = request.POST if request.method == "POST" else request.GET
    code, child = values.get("code", "")[:7], values.get("child", "").replace("\x00", "")[: standing.CHILD_MOST]
    if (kind == VerdictKind.RELEASED) == bool(code) or (code and code not in catalogue()):
        raise Http404
    if child and not standing.concerns(employer_no, child):
        raise Http404
    reason, refusal = reason_of(request), ""
    if request.method == "POST":
        refusal = _do(request, VerdictKind(kind), employer_no, care_month, code, child, reason)
        if not refusal:
            return redirect("cmg:family", employer_no=employer_no)
    effects = _effects(VerdictKind(kind), employer_no, care_month, code, child)
    context = {
        "kind": kind, "words": WORDS[VerdictKind(kind)], "account": account, "month": care_month, "code": code,
        "line": catalogue().get(code), "child": child, "reason": reason, "refusal": refusal, "effects": effects,
        "child_name": selectors.children_names([child]).get(child, "") if child else "",
        "changed": [one for one in effects or [] if one.changes],
    }  # fmt: skip
    return render(request, "cmg/acts/decide.html", context, status=422 if refusal else 200)


def _writer(
    kind: VerdictKind, employer_no: str, month: date, code: str, child: str, reason: str, by: str
) -> Callable[[], PersonVerdict]:
    at = moment_on(today())
    if kind == VerdictKind.RELEASED:
        return lambda: deciding.release(employer_no=employer_no, month=month, reason=reason, by=by, at=at)
    act = deciding.confirm if kind == VerdictKind.CONFIRMED else deciding.set_aside
    return lambda: act(employer_no=employer_no, month=month, code=code, child_id=child, reason=reason, by=by, at=at)


def _effects(kind: VerdictKind, employer_no: str, month: date, code: str, child: str) -> list[MonthEffect] | None:
    """What the month gives before and after; None when it changes nothing, or is already decided."""
    if kind == VerdictKind.CONFIRMED:
        return None
    write = _writer(kind, employer_no, month, code, child, "essai", "essai")

    def decided() -> None:
        # As it will be once a second person has agreed, when one is needed.
        verdict = write()
        PersonVerdict.objects.filter(pk=verdict.pk).update(decided_by="essai 2", decided_at=moment_on(today()))

    try:
        return preview(employer_no, decided, on=today(), months=[month])
    except RemedyRefused:
        return None


def _do(
    request: HttpRequest, kind: VerdictKind, employer_no: str, month: date, code: str, child: str, reason: str
) -> str:
    """Decide; or why not, in French. The same form again does nothing twice."""
    username = request.user.get_username()
    known = standing.verdicts_of(employer_no).get((month, code, child))
    if known is not None and (known.kind, known.proposed_by, known.reason) == (kind, username, reason):
        messages.info(request, "C’est déjà décidé : rien n’a été fait deux fois.")
        return ""
    if known is not None and known.kind == kind:
        who = selectors.full_names([known.proposed_by]).get(known.proposed_by, known.proposed_by)
        raise Conflict(
            f"{who} l’a déjà décidé : « {known.reason} »", link=reverse("cmg:family", args=[employer_no]),
            action="Revenir au dossier", versions=[Version("Motif", known.reason, reason)],
        )  # fmt: skip
    try:
        verdict = _writer(kind, employer_no, month, code, child, reason, username)()
    except RemedyRefused as refused:
        return str(refused)
    if verdict.four_eyes:
        messages.success(
            request, "Proposé : à partir de ce montant, une autre personne décide. La retenue tient jusque-là."
        )
    else:
        messages.success(request, "Décision enregistrée. Le mois la prend à son prochain calcul.")
    return ""


@require_POST
@for_roles(CASEWORKERS)
def answer(request: HttpRequest, verdict: int) -> HttpResponse:
    """The second person of a release; or somebody who goes back on a decision."""
    found = PersonVerdict.objects.filter(pk=verdict).first()
    if found is None:
        raise Http404
    get_family(request, found.employer_no)
    username, at = request.user.get_username(), moment_on(today())
    back = redirect("cmg:family", employer_no=found.employer_no)
    try:
        if request.POST.get("act") == "approve":
            if found.decided_by == username and found.proposed_by != username:
                messages.info(request, "C’est déjà décidé : rien n’a été fait deux fois.")
                return back
            deciding.approve_release(verdict_pk=found.pk, by=username, at=at)
            messages.success(request, "Retenue levée. Le mois la prend à son prochain calcul.")
        elif request.POST.get("act") == "withdraw":
            deciding.withdraw(verdict_pk=found.pk, reason=reason_of(request), by=username, at=at)
            messages.success(request, "Décision retirée : au prochain calcul elle ne compte plus.")
        else:
            messages.error(request, "Choisissez d’accepter ou de retirer cette décision.")
    except RemedyRefused as refused:
        messages.error(request, str(refused))
    return back
