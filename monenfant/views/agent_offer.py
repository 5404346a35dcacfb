"""Files of the offer: what entered, what did not and why, and the replay of one corrected row."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from monenfant.duties import selectors
from monenfant.views.agent_common import SEE, TREAT
from portal.accounts.permissions import for_roles
from portal.exchange.pages import Door, files_page, row_page, rows_page
from portal.frame.forms import may

DOOR = Door(
    files="monenfant:offer_files", rows="monenfant:refused_rows", row="monenfant:refused_row",
    kinds={"care-structures": "Structures", "childminder-approvals": "Agréments", "childcare-desks": "Relais et lieux"},
    seen=selectors.offer_files, entered="La ligne corrigée est entrée. Les familles la voient demain matin.",
)  # fmt: skip


@require_GET
@for_roles(SEE)
def files(request: HttpRequest) -> HttpResponse:
    """Files of the offer that speak of the départements followed."""
    return files_page(request, DOOR, "monenfant/childcare_files.html")


@require_GET
@for_roles(SEE)
def refused_rows(request: HttpRequest, file: int) -> HttpResponse:
    return rows_page(request, DOOR, file, "monenfant/childcare_refused_rows.html", may_treat=may(request, TREAT))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(TREAT)
def refused_row(request: HttpRequest, row: int) -> HttpResponse:
    return row_page(request, DOOR, row, "monenfant/childcare_refused_row.html")
