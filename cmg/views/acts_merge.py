"""Two accounts of one family: found, laid side by side, merged with their effect in euros first, and parted again."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cmg.models import Account, FamilyMerge, Repair
from cmg.remedies.limits import RemedyRefused
from cmg.repairs import merging
from cmg.repairs.acts import PAJEMPLOI
from cmg.repairs.entering import ChangedMeanwhile
from cmg.repairs.previewing import MonthEffect
from cmg.repairs.reading import desks_of
from cmg.views.access import CASEWORKERS, for_roles, moment_on, today
from cmg.views.acts import get_family, reason_of
from portal.frame.errors import Conflict, Version
from portal.frame.forms import form_key

GROUP_WORDS = {
    "number": "Numéro allocataire", "nir": "Numéro de sécurité sociale", "bank": "Compte bancaire et mandat",
    "all_in_one": "Pajemploi+",
}  # fmt: skip


@for_roles(CASEWORKERS)
def merge(request: HttpRequest, employer_no: str) -> HttpResponse:
    """Choose the other account, compare, choose what stands, see the effect, merge."""
    kept = get_family(request, employer_no)
    other = (request.POST.get("other") or request.GET.get("avec") or "").replace("\x00", "").strip()
    if not other or other == employer_no:
        found = merging.lookalikes(kept)
        context = {
            "account": kept,
            "found": [(one, _words(criteria)) for one, criteria in found],
            "criteria": merging.CRITERIA,
        }
        return render(request, "cmg/acts/merge_choose.html", context)
    if request.method == "POST" and request.POST.get("step") == "confirm":
        earlier = Repair.objects.filter(form_key=form_key(request), employer_no=employer_no).first()
        if earlier is not None:
            messages.info(request, "C’est déjà reçu : rien n’a été fait deux fois.")
            return redirect("cmg:acts:repaired", repair=earlier.pk)
    chosen = frozenset(name for name in merging.GROUPS if request.POST.get(f"take-{name}") == "absorbed")
    pair = merging.Pair(kept, _other_account(request, employer_no, other), chosen)
    refusal, status = "", 200
    if request.method == "POST" and request.POST.get("step") == "confirm":
        try:
            return redirect("cmg:acts:repaired", repair=_merge(request, pair).pk)
        except ChangedMeanwhile as changed:
            refusal, status = f"{changed} Votre motif est gardé ; l’effet est recalculé.", 409
        except RemedyRefused as refused:
            refusal, status = str(refused), 422
    return render(request, "cmg/acts/merge.html", _context(request, pair, refusal), status=status)


def _other_account(request: HttpRequest, employer_no: str, other: str) -> Account:
    """The account to absorb; already absorbed by somebody else, the page says so."""
    done = merging.merge_into(other)
    if done is not None and done.kept == employer_no:
        raise Conflict(
            "Ces deux comptes sont déjà réunis.", link=reverse("cmg:family", args=[employer_no]), action="Revenir au dossier",
            versions=[Version("Votre motif", "", reason_of(request))] if reason_of(request) else [],
        )  # fmt: skip
    return get_family(request, other)


def _merge(request: HttpRequest, pair: merging.Pair) -> Repair:
    return merging.merge(
        pair, version=request.POST.get("version", ""), reason=reason_of(request), by=request.user,
        at=moment_on(today()), on=today(), form_key=form_key(request),
    )  # fmt: skip


def _context(request: HttpRequest, pair: merging.Pair, refusal: str) -> dict[str, object]:
    effects: tuple[list[MonthEffect], list[MonthEffect]] | None = None
    try:
        effects = merging.try_merge(pair, at=moment_on(today()), on=today())
    except RemedyRefused as refused:
        refusal = refusal or str(refused)
    return {
        "pair": pair,
        "refusal": refusal,
        "criteria": _words(merging.criteria_of(pair.kept, pair.absorbed)),
        "conflicts": [
            (name, GROUP_WORDS[name], _shown(pair.kept, name), _shown(pair.absorbed, name), name in pair.chosen)
            for name in merging.conflicts_of(pair)
        ],
        "effects": effects,
        "kept_changed": [one for one in effects[0] if one.changes] if effects else [],
        "absorbed_changed": [one for one in effects[1] if one.changes] if effects else [],
        "mine": PAJEMPLOI in desks_of(request.user, today(), set()),
        "key": uuid4(),
        "reason": reason_of(request),
    }


def _words(criteria: list[str]) -> str:
    return ", ".join(merging.CRITERIA[name] for name in criteria) or "aucune"


def _shown(account: Account, group: str) -> str:
    """What an account says, without its secrets."""
    if group == "number":
        return f"{account.fund or ''} {account.beneficiary_no or ''}".strip() or "–"
    if group == "nir":
        return "–" if account.nir_key is None else "connu, clé juste" if account.nir_valid else "connu, clé fausse"
    if group == "bank":
        return f"compte finissant par {account.iban_tail}" if account.iban_tail else "–"
    return "oui" if account.all_in_one else "non"


@require_POST
@for_roles(CASEWORKERS)
def part(request: HttpRequest, merge: int) -> HttpResponse:
    """Undo a merge, until its date."""
    found = FamilyMerge.objects.filter(pk=merge).first()
    if found is None:
        raise Http404
    get_family(request, found.kept)
    if found.state == "UNDONE":
        messages.info(request, "Cette fusion est déjà défaite : rien n’a été fait deux fois.")
        return redirect("cmg:family", employer_no=found.kept)
    try:
        repair = merging.undo_merge(
            merge_pk=found.pk, reason=reason_of(request), by=request.user, at=moment_on(today()), on=today()
        )
    except RemedyRefused as refused:
        messages.error(request, str(refused))
        return redirect("cmg:acts:repaired", repair=found.repair_id)
    return redirect("cmg:acts:repaired", repair=repair.pk)


def way_to_kept(request: HttpRequest, employer_no: str) -> HttpResponse | None:
    """An account that another has absorbed leads to it: those who may see that one, and nobody else."""
    found = merging.merge_into(employer_no)
    return redirect("cmg:family", employer_no=get_family(request, found.kept).employer_no) if found else None
