"""Families: the dossier with its two sides, the explanation of an amount, the search."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from cmg import explaining, selectors
from cmg.models import Account, Settlement
from cmg.reconciliation.catalogue import catalogue
from cmg.two_sides import two_sides
from cmg.views.access import AGENTS, for_roles, today
from portal.audit.operations import journal
from portal.casework import operations as casework
from portal.casework import selectors as dossiers
from portal.frame.filters import clean
from portal.ledger.operations import statement

SUBJECT = "cmg:employer:"


@for_roles(AGENTS)
def family(request: HttpRequest, employer_no: str) -> HttpResponse:
    """One family: what the two sides say, what was decided, money, history. Opening it is journaled."""
    day = today()
    try:
        account = selectors.get_account(employer_no, request.user, day)
    except Account.DoesNotExist as unknown:
        raise Http404 from unknown
    dossier = dossiers.last_of(SUBJECT + employer_no)
    if request.method == "POST" and dossier is not None:
        text = request.POST.get("note", "").replace("\x00", "").strip()
        if text:
            casework.add_note(dossier_pk=dossier.pk, text=text[:2000], by=request.user.get_username())
            messages.success(request, "Note ajoutée.")
        else:
            messages.error(request, "La note est vide : écrivez ce que vous avez fait ou demandé.")
        return redirect("cmg:family", employer_no=employer_no)
    journal(actor=request.user.get_username(), action="cmg.family.read", subject=SUBJECT + employer_no, detail={})
    settlements = selectors.family_settlements(employer_no)
    context = {
        "account": account,
        "dossier": dossier,
        "events": list(dossier.events.order_by("-pk")[:50]) if dossier else [],
        "sides": two_sides(account),
        "settlements": settlements,
        "codes": [catalogue()[code] for code in _codes(settlements)],
        "statement": statement(SUBJECT + employer_no),
    }
    return render(request, "cmg/family.html", context)


def _codes(settlements: list[Settlement]) -> list[str]:
    """The codes of the family's last month."""
    if not settlements:
        return []
    last = settlements[0].care_month
    return sorted(
        {code for row in settlements if row.care_month == last for code in row.anomaly_codes.split("|") if code}
    )


@require_GET
@for_roles(AGENTS)
def explanation(request: HttpRequest, settlement: int) -> HttpResponse:
    """How the amounts of one declaration were computed, step by step."""
    try:
        row = selectors.get_settlement(settlement, request.user, today())
    except Settlement.DoesNotExist as unknown:
        raise Http404 from unknown
    explained = explaining.explain(row)
    names = selectors.names_of([row.employer_no])
    context = {"row": row, "explained": explained, "name": names.get(row.employer_no, row.employer_no)}
    return render(request, "cmg/explanation.html", context)


@require_GET
@for_roles(AGENTS)
def search(request: HttpRequest) -> HttpResponse:
    """One field: name, NIR, employer or beneficiary number."""
    text = clean(request.GET.get("q", ""))
    found = selectors.search_families(text, request.user, today())
    return render(request, "cmg/search.html", {"q": text, "found": found[:50], "too_many": len(found) > 50})
