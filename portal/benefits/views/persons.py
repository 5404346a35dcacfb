"""`/agent/prestations/personnes/`: a family found by name, number or NIR; and everything known about it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.naming import full_names
from portal.accounts.permissions import for_roles, today
from portal.accounts.rights import Right
from portal.audit.operations import journal, journal_read
from portal.banking.words import BANK_REASONS
from portal.benefits.models import EnteredFacts
from portal.benefits.persons import selectors
from portal.benefits.persons.finding import MOST, search_families
from portal.benefits.persons.proposing import category_words
from portal.benefits.persons.selectors import Family, family_seen
from portal.benefits.persons.stuck import stuck_of
from portal.benefits.small.selectors import debts_of, waiting_of
from portal.benefits.views.person_common import METHODS, SEE, get_family
from portal.frame.filters import clean
from portal.people.identity import normalised_nir

READ = "benefits.family.read"
FIELDS = ("identité", "enfants", "ressources", "scolarité", "CDAPH", "internat", "prestations")
ENTERED_SHOWN = 12


@never_cache
@require_http_methods(METHODS)
@for_roles(SEE)
def persons(request: HttpRequest) -> HttpResponse:
    """The search. Posted, so that nothing typed stays in an address; a NIR is not even shown again."""
    text = clean(request.POST.get("q", ""))
    found = search_families(text, request.user, today())  # type: ignore[arg-type]
    is_nir = bool(normalised_nir(text))
    if request.method == "POST":
        detail = {"found": len(found), "nir": is_nir}
        journal(actor=request.user.get_username(), action="benefits.families.search", subject="benefits", detail=detail)
    context = {"text": "" if is_nir else text, "searched": bool(text), "found": found[:MOST], "more": len(found) > MOST}
    return render(request, "benefits/persons.html", context)


@never_cache
@require_GET
@for_roles(SEE)
def family(request: HttpRequest, fund: str, number: str) -> HttpResponse:
    """One family: who, what was received, what was decided. Opening it is journaled."""
    found = get_family(request, fund, number)
    journal_read(
        actor=request.user.get_username(), action=READ, subject=found.subject, fields=FIELDS,
        why="dossier de prestations ouvert", body=found.file.fund,
    )  # fmt: skip
    return render(request, "benefits/family.html", _context(request, found))


def _context(request: HttpRequest, found: Family) -> dict[str, object]:
    day, file = today(), found.file
    treats = family_seen(request.user, day, file.fund, file.beneficiary_no, Right.TREAT_BENEFITS)  # type: ignore[arg-type]
    entered = EnteredFacts.objects.filter(fund=file.fund, beneficiary_no=file.beneficiary_no).order_by("-pk")
    shown, stuck = list(entered[:ENTERED_SHOWN]), stuck_of(found.subject)
    decisions = [one for child in found.children for one in child.decisions]
    return {
        "family": found, "day": day, "awards": selectors.awards_of(file), "bar": selectors.periods_of(found, day),
        "waiting": waiting_of(file.fund, file.beneficiary_no),
        "debts": debts_of(file.fund, file.beneficiary_no), "may_treat": treats is not None,
        "stuck": stuck, "stuck_awards": {one.award: one for one in stuck}, "bank_reasons": BANK_REASONS,
        "entered": shown, "people": full_names(one.done_by for one in shown), "decisions": decisions,
        "lacking": [(one, words) for one in decisions if (words := category_words(one, found))],
        "replaced": selectors.former_versions(decisions), "receives": file.iban_key and file.iban_valid,
        "dependent": [one for one in found.children if one.is_dependent_on(day)],
    }  # fmt: skip
