"""What is protected in a case: hidden for everybody, opened for one person with a reason, told to who is in charge."""

from datetime import timedelta

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from aripa import selectors
from aripa.exporting import REASON_LEAST
from aripa.models import Disclosure, Parent
from aripa.selectors import SUBJECT
from aripa.views.access import CASEWORKERS, for_roles, today
from aripa.views.case import get_row
from portal.audit.operations import journal
from portal.frame.forms import form_key
from portal.people.vault import reveal_many

OPEN_FOR = timedelta(minutes=10)


@require_POST
@for_roles(CASEWORKERS)
def reveal(request: HttpRequest, case_no: str) -> HttpResponse:
    """Ask to see: the reason is journaled, and the person in charge is told; sent twice, it is one look."""
    row, key = get_row(request, case_no), form_key(request)
    reason = request.POST.get("reason", "").strip()[:200]
    if len(reason) < REASON_LEAST:
        messages.error(request, "Dites pourquoi vous devez voir ces informations, par exemple « adresse pour L11 ».")
        return redirect("aripa:case", case_no=row.pk)
    return redirect("aripa:revealed", disclosure=_keep(request, row.pk, reason, key).pk)


def _keep(request: HttpRequest, case_no: str, reason: str, key: object) -> Disclosure:
    own = {"form_key": key, "case_no": case_no, "by": request.user}
    referent = selectors.referent_of(case_no)
    try:
        with transaction.atomic():
            found, new = Disclosure.objects.get_or_create(
                **own,
                defaults={"reason": reason, "at": timezone.now(), "referent": referent.user if referent else None},
            )
            if new:
                journal(
                    actor=request.user.get_username(), action="aripa.protected.read", subject=SUBJECT + case_no,
                    detail={"reason": reason, "told": referent.user.get_username() if referent else ""},
                )  # fmt: skip
    except IntegrityError as somebody_elses:
        raise Http404 from somebody_elses
    return found


@never_cache
@require_GET
@for_roles(CASEWORKERS)
def revealed(request: HttpRequest, disclosure: int) -> HttpResponse:
    """The fields, ten minutes, for the person who gave a reason and nobody else."""
    found = get_object_or_404(Disclosure.objects.select_related("referent"), pk=disclosure, by=request.user)
    row = get_row(request, found.case_no)
    is_over = timezone.now() - found.at > OPEN_FOR
    context = {"disclosure": found, "row": row, "is_over": is_over, "parties": [] if is_over else _parties(row)}
    return render(request, "aripa/revealed.html", context, status=410 if is_over else 200)


def _parties(row: object) -> list[tuple[str, str, list[tuple[str, str]]]]:
    parents = selectors.parents_of([row])  # type: ignore[list-item]
    accounts = reveal_many([one.iban_key for one in parents.values() if one.iban_key])
    both = (("parent qui reçoit", row.household_id), ("parent qui paie", row.debtor_no))  # type: ignore[attr-defined]
    return [
        (words, selectors.full_name(parents.get(number), is_protected=False), fields_of(parents.get(number), accounts))
        for words, number in both
    ]


def fields_of(parent: Parent | None, accounts: dict) -> list[tuple[str, str]]:
    """What is protected of a parent, in words; empty for nobody."""
    if parent is None:
        return []
    address = ", ".join(one for one in (parent.address, parent.postcode, parent.city, parent.country) if one)
    account = accounts.get(parent.iban_key, "") if parent.iban_key else ""
    return [
        ("Adresse", address), ("Téléphone", parent.phone or ""), ("Courriel", parent.email or ""),
        ("Employeur", parent.employer_no or ""), ("Compte", account), ("Caisse de résidence", parent.fund or ""),
    ]  # fmt: skip


__all__ = ["fields_of", "reveal", "revealed", "today"]
