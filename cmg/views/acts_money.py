"""Issued months put right after a repair: proposed as a list, approved by another person, executed, or dropped."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cmg import selectors
from cmg.models import Regularisation, RegularisationState
from cmg.operations import ProposalOutdated, RunNotIssuable
from cmg.remedies.limits import RemedyRefused
from cmg.repairs import owing, regularising, standing
from cmg.selectors import SUBJECT
from cmg.views.access import AGENTS, CASEWORKERS, for_roles, today
from cmg.views.acts import get_family, open_dossier, reason_of
from cmg.views.next_dossier import following
from portal.batches.operations import SignatureRefused
from portal.casework import selectors as dossiers
from portal.casework.moves import MoveNotAllowed
from portal.embedded.attach import home_folder
from portal.frame.errors import Conflict, Version
from portal.frame.exports import EXPORT_MOST, may_export
from portal.frame.filters import Field, FilterBar, filter_bar
from portal.frame.paging import count_up_to, page_of

BOXES = (
    ("waiting", "à approuver par une autre personne", RegularisationState.PROPOSED),
    ("approved", "approuvées, à exécuter", RegularisationState.APPROVED),
    ("done", "exécutées", RegularisationState.EXECUTED),
    ("dropped", "abandonnées", RegularisationState.DROPPED),
)
RELEASES_SHOWN = 50
TONES = {"EXECUTED": "ok", "DROPPED": ""}
STATES = {name: state for name, _words, state in BOXES}


def get_regularisation(request: HttpRequest, pk: int) -> Regularisation:
    """One that the person may see, or « page introuvable »."""
    found = owing.regularisations_of(request.user, today()).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def corrections_bar(request: HttpRequest) -> FilterBar:
    """The tile of the address."""
    return filter_bar("cmg:acts:regularisations", request.user, request.GET, [Field("box", "Liste", hidden=True)])


def corrections_of(request: HttpRequest, bar: FilterBar) -> QuerySet[Regularisation]:
    """The corrections of a tile that the person may see; those that wait for somebody when it is none of ours."""
    state = STATES.get(bar.values["box"], RegularisationState.PROPOSED)
    return owing.regularisations_of(request.user, today()).filter(state=state)


@require_GET
@for_roles(AGENTS)
def regularisations(request: HttpRequest) -> HttpResponse:
    """Those that wait for somebody, the oldest first; a tile is the list under it."""
    found = owing.regularisations_of(request.user, today())
    bar = corrections_bar(request)
    box, here = bar.values["box"], corrections_of(request, bar)
    page = page_of(here, request.GET.dict(), order=("proposed_on", "pk"))
    counts = owing.counts_of(found)
    may_treat = bool(CASEWORKERS & set(request.portal_roles))  # type: ignore[attr-defined]
    releases = list(standing.releases_to_approve(request.user, today()).order_by("pk")[:RELEASES_SHOWN])
    context = {
        "releases": releases,
        "export_link": f"{reverse('cmg:acts:export_regularisations')}?{bar.query}" if may_export(request) else "",
        "export_most": EXPORT_MOST,
        "waiting": owing.waiting_for(request.user, today()) if may_treat else None,
        "page": page,
        "total": count_up_to(here),
        "tiles": [(name, counts.get(value, 0), words) for name, words, value in BOXES],
        "box": box if box in STATES else "waiting",
        "names": selectors.names_of([one.employer_no for one in [*page.rows, *releases]]),
        "people": selectors.full_names([one.proposed_by for one in [*page.rows, *releases]]),
    }
    return render(request, "cmg/acts/regularisations.html", context)


@require_GET
@for_roles(AGENTS)
def regularisation(request: HttpRequest, regularisation: int) -> HttpResponse:
    """The movements before they move, month by month, and who must still say yes."""
    found = get_regularisation(request, regularisation)
    username = request.user.get_username()
    may_treat = bool(CASEWORKERS & set(request.portal_roles))  # type: ignore[attr-defined]
    context = {
        "regularisation": found,
        "name": selectors.names_of([found.employer_no]).get(found.employer_no, found.employer_no),
        "months": list(found.months.order_by("care_month")),
        "sums": owing.sums_of(found),
        "tone": TONES.get(found.state, "wait"),
        "people": selectors.full_names([found.proposed_by, found.decided_by]),
        "following": following(request, found.dossier or dossiers.last_of(SUBJECT + found.employer_no)),
        "may_approve": may_treat and found.state == "PROPOSED" and found.proposed_by != username,
        "may_execute": may_treat and found.state == "APPROVED",
        "may_drop": may_treat and found.state in ("PROPOSED", "APPROVED"),
        "is_author": found.proposed_by == username,
    }
    if request.GET.get("ecart") and found.state in owing.OPEN_STATES:
        context |= {
            "changes": regularising.changes_since(found),
            "settled_since": regularising.settled_since(found),
        }
    return render(request, "cmg/acts/regularisation.html", context)


@require_POST
@for_roles(CASEWORKERS)
def propose(request: HttpRequest, employer_no: str) -> HttpResponse:
    """Compute again the issued months of the family, and list what changes."""
    get_family(request, employer_no)
    reason = reason_of(request)
    if not reason:
        messages.error(request, "Dites en une ligne pourquoi : la personne qui approuve lira cette raison.")
        return redirect("cmg:family", employer_no=employer_no)
    try:
        found = regularising.propose_regularisation(
            employer_no=employer_no, reason=reason, by=request.user.get_username(), on=today(),
            dossier=open_dossier(employer_no),
        )  # fmt: skip
    except (RemedyRefused, SignatureRefused) as refused:
        open_one = owing.open_of(employer_no)
        if open_one is None:
            messages.error(request, str(refused))
            return redirect("cmg:family", employer_no=employer_no)
        messages.info(request, str(refused))
        return redirect("cmg:acts:regularisation", regularisation=open_one.pk)
    if left_out := regularising.why_left_out(employer_no, today()):
        messages.info(request, left_out)
    if found is None:
        messages.success(request, "Aucun mois déjà émis ne change : il n’y a rien à rendre ni à verser.")
        return redirect("cmg:family", employer_no=employer_no)
    return redirect("cmg:acts:regularisation", regularisation=found.pk)


@require_POST
@for_roles(CASEWORKERS)
def decide(request: HttpRequest, regularisation: int) -> HttpResponse:
    """Approve, execute or drop; pressing twice does nothing twice."""
    found = get_regularisation(request, regularisation)
    act, username = request.POST.get("act", ""), request.user.get_username()
    if act == "renew":
        return _renewed(request, found)
    if DONE_BY.get(act) == found.state:
        messages.info(request, "C’est déjà fait : rien n’a été fait deux fois.")
        return redirect("cmg:acts:regularisation", regularisation=found.pk)
    try:
        said = _decide(found, act, username, reason_of(request))
    except ProposalOutdated:
        link = reverse("cmg:acts:regularisation", args=[found.pk])
        return redirect(f"{link}?ecart=1#ecart")
    except (RemedyRefused, SignatureRefused, MoveNotAllowed, RunNotIssuable) as refused:
        link = reverse("cmg:acts:regularisation", args=[found.pk])
        typed = [Version("Votre texte", "", reason_of(request))] if reason_of(request) else []
        raise Conflict(
            f"{refused} Rien n’est parti.", link=link, action="Revenir à la liste des mois", versions=typed
        ) from refused
    messages.success(request, said)
    return redirect("cmg:acts:regularisation", regularisation=found.pk)


def _renewed(request: HttpRequest, found: Regularisation) -> HttpResponse:
    """The list as it is now, in the place of the one that is no longer true; pressing twice shows the same new one."""
    try:
        new = regularising.renew_regularisation(regularisation_pk=found.pk, by=request.user.get_username(), on=today())
    except (RemedyRefused, SignatureRefused, MoveNotAllowed) as refused:
        new = owing.open_of(found.employer_no)
        if new is None or new.pk == found.pk:
            messages.error(request, f"{refused} Rien n’est parti.")
            return redirect("cmg:acts:regularisation", regularisation=found.pk)
    if new is None:
        messages.success(request, "Plus rien n’est à corriger : l’ancienne liste est écartée, rien n’est parti.")
        return redirect("cmg:acts:regularisation", regularisation=found.pk)
    messages.success(request, "Voici la nouvelle liste. L’ancienne est écartée, rien n’en est parti.")
    return redirect("cmg:acts:regularisation", regularisation=new.pk)


DONE_BY = {
    "approve": RegularisationState.APPROVED,
    "execute": RegularisationState.EXECUTED,
    "drop": RegularisationState.DROPPED,
}


def _decide(found: Regularisation, act: str, by: str, reason: str) -> str:
    if act == "approve":
        regularising.approve_regularisation(regularisation_pk=found.pk, by=by, on=today())
        return "Approuvée : elle peut être exécutée."
    if act == "execute":
        out = Path(settings.PORTAL_BANK_FOLDER or home_folder() / "bank" / "out")
        regularising.execute_regularisation(regularisation_pk=found.pk, out=out, by=by, on=today())
        return "Exécutée : les écritures sont passées et les fichiers bancaires prêts."
    if act == "drop":
        if not reason:
            raise RemedyRefused("Dites en une ligne pourquoi elle est abandonnée.")
        dropped = regularising.drop_regularisation(regularisation_pk=found.pk, reason=reason, by=by)
        if dropped.state == RegularisationState.EXECUTED:
            return "Le reste est abandonné. Les mois écrits ici étaient déjà partis."
        return "Abandonnée : rien n’est parti."
    raise RemedyRefused("Choisissez d’approuver, d’exécuter ou d’abandonner.")
