"""`/agent/prestations/fichiers/`: the six files, what did not enter of them and why, and the replay of one corrected row."""

from datetime import date

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.models import User
from portal.accounts.permissions import for_roles, funds_on
from portal.accounts.rights import Right
from portal.benefits.views.person_common import METHODS, SEE, TREAT
from portal.exchange.models import FileOrigin, ReceivedFile
from portal.exchange.pages import Door, files_page, row_page, rows_page
from portal.frame.forms import may

KINDS = {
    "benefit-families": "Familles", "benefit-children": "Enfants", "benefit-resources": "Ressources",
    "schooling": "Scolarité", "commission-decisions": "Décisions de la CDAPH", "boarding-periods": "Internat",
}  # fmt: skip


def files_seen(user: User, day: date) -> QuerySet[ReceivedFile]:
    """The files that funds sent, whose rows the user may read: those that speak of their funds alone."""
    found = ReceivedFile.objects.filter(kind__in=KINDS, origin=FileOrigin.FLOW)
    funds = funds_on(user, day, Right.SEE_BENEFITS)
    return found if funds is None else found.filter(scope__contained_by=funds).exclude(scope=[])


DOOR = Door(
    files="benefits:files", rows="benefits:refused_rows", row="benefits:refused_row", kinds=KINDS, seen=files_seen,
    entered="La ligne corrigée est entrée : le prochain arrêté la lit.",
)  # fmt: skip


@require_GET
@for_roles(SEE)
def files(request: HttpRequest) -> HttpResponse:
    """Files of the benefits that speak of the funds followed."""
    return files_page(request, DOOR, "benefits/files.html")


@require_GET
@for_roles(SEE)
def refused_rows(request: HttpRequest, file: int) -> HttpResponse:
    return rows_page(request, DOOR, file, "benefits/refused_rows.html", may_treat=may(request, TREAT))


@never_cache
@require_http_methods(METHODS)
@for_roles(TREAT)
def refused_row(request: HttpRequest, row: int) -> HttpResponse:
    return row_page(request, DOOR, row, "benefits/refused_row.html")
