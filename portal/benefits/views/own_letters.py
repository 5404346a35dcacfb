"""`/famille/prestations/courriers/`: the letters that a family received about its ARS and AEEH."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portal.benefits.persons.selectors import Family
from portal.benefits.views.own_common import own_page
from portal.letters.answers import as_pdf
from portal.letters.selectors import letters_of

MOST = 60


@require_GET
@own_page
def letters(request: HttpRequest, family: Family) -> HttpResponse:
    """The last letters, the latest first."""
    return render(request, "benefits/own/letters.html", {"letters": letters_of(family.subject)[:MOST]})


@require_GET
@own_page
def letter(request: HttpRequest, family: Family, pk: int) -> HttpResponse:
    """One letter as it left; another family's is not there."""
    found = letters_of(family.subject).filter(pk=pk).first()
    if found is None:
        raise Http404
    return as_pdf(found, shown=True)
