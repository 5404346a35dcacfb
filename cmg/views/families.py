"""Families: the dossier with its two sides, the explanation of an amount, the search."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cmg import explaining, selectors
from cmg.family_month import month_of_family
from cmg.models import Account, Settlement
from cmg.periods import family_rows
from cmg.reconciliation.catalogue import catalogue
from cmg.searching import search_families
from cmg.selectors import SUBJECT
from cmg.two_sides import rights_of, two_sides
from cmg.used_facts import because, used_facts
from cmg.views.access import AGENTS, for_roles, moment_on, today
from cmg.views.acts_block import actions_of, children_of, papers_of
from cmg.views.acts_merge import way_to_kept
from cmg.views.next_dossier import following
from cmg.what_if import what_if
from portal.audit.operations import journal
from portal.batches.models import RunState
from portal.casework import operations as casework
from portal.casework import selectors as dossiers
from portal.casework.models import Dossier, DossierEvent
from portal.casework.presence import note_presence
from portal.frame.filters import clean
from portal.frame.forms import form_key
from portal.frame.periods import draw
from portal.ledger.operations import statement


@for_roles(AGENTS)
def family(request: HttpRequest, employer_no: str) -> HttpResponse:
    """One family: what the two sides say, what was decided, money, history. Opening it is journaled."""
    try:
        account = selectors.get_account(employer_no, request.user, today())
    except Account.DoesNotExist as unknown:
        elsewhere = way_to_kept(request, employer_no)
        if elsewhere is not None:
            return elsewhere
        raise Http404 from unknown
    dossier = dossiers.last_of(SUBJECT + employer_no)
    if request.method == "POST":
        if dossier is None:
            raise Http404
        _note(request, dossier)
        return redirect("cmg:family", employer_no=employer_no)
    journal(actor=request.user.get_username(), action="cmg.family.read", subject=SUBJECT + employer_no, detail={})
    return render(request, "cmg/family.html", _family_context(request, account, dossier))


def _note(request: HttpRequest, dossier: Dossier) -> None:
    """Write the note down, once for a form."""
    text, key = request.POST.get("note", "").replace("\x00", "").strip(), form_key(request)
    if DossierEvent.objects.filter(form_key=key).exists():
        messages.info(request, "Cette note est déjà enregistrée : rien n’a été écrit deux fois.")
    elif text:
        casework.add_note(
            dossier_pk=dossier.pk, text=text[:2000], by=request.user.get_username(), at=moment_on(today()), form_key=key
        )
        messages.success(request, "Note ajoutée.")
    else:
        messages.error(request, "La note est vide : écrivez ce que vous avez fait ou demandé.")


def _family_context(request: HttpRequest, account: Account, dossier: Dossier | None) -> dict[str, object]:
    employer_no = account.employer_no
    events = list(dossier.events.order_by("-pk")[:50]) if dossier else []
    settlements, rights = selectors.family_settlements(employer_no), rights_of(account)
    last = month_of_family(settlements)
    sides = two_sides(account, rights, last.declared if last else {})
    context = {
        "account": account,
        "dossier": dossier,
        "events": events,
        "sides": sides,
        "differing": [line for line in sides if line.verdict == "DIFFER"],
        "children": len({right.child_id for right in rights}),
        "last": last,
        "bar": draw(family_rows(rights, settlements), today()),
        "people": selectors.full_names([event.actor for event in events]),
        "settlements": settlements,
        "codes": [catalogue()[code] for code in (last.codes if last else [])],
        "statement": statement(SUBJECT + employer_no),
        "family_children": children_of(rights),
        "note_key": uuid4(),
        "following": following(request, dossier),
        "present": note_presence(subject=SUBJECT + employer_no, user=request.user, at=timezone.now()),
    }
    return context | actions_of(request, account, rights, settlements, dossier) | papers_of(account)


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
    context: dict[str, object] = {
        "row": row,
        "explained": explained,
        "name": names.get(row.employer_no, row.employer_no),
        "is_issued": row.run.state in (RunState.ISSUED, RunState.RECONCILED) and row.status == "SETTLED",
    }
    status = 200
    if explained is not None:
        asked = what_if(explained, row.declaration_id, row.care_month, request.GET.dict())
        context |= {
            "facts": used_facts(row, explained.row),
            "what_if": asked,
            "because": because(row, explained.row, selectors.first_names_of(row.declaration.child_ids.split("|"))),
        }
        status = 422 if asked.errors else 200
    return render(request, "cmg/explanation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(AGENTS)
def search(request: HttpRequest) -> HttpResponse:
    """One field: name, NIR, employer or beneficiary number. Posted, so that no NIR stands in an address or its history."""
    text = clean(request.POST.get("q") or request.GET.get("q", ""))
    found = search_families(text, request.user, today())
    return render(request, "cmg/search.html", {"q": text, "found": found[:50], "too_many": len(found) > 50})
