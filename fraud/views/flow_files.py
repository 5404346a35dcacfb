"""Files received to be compared: what entered, what did not and why, and the replay of one corrected row."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from fraud.guarding import refuse_linked
from fraud.signals.flows import KINDS, WORDS
from fraud.signals.selectors import compared_files
from fraud.views.case_common import closed_to_linked
from portal.accounts.models import User
from portal.accounts.permissions import for_roles, today
from portal.accounts.rights import Right, holders
from portal.exchange.pages import Cells, Door, files_page, row_page, rows_page
from portal.frame.forms import may
from portal.people.identity import normalised_nir
from portal.people.vault import lookup_key

SEE = holders(Right.SEE_CONTROL)
# Files of no fund are seen by national postings alone: the direction corrects their rows.
TREAT = holders(Right.TREAT_CONTROL, Right.DIRECT_CONTROL)


def _check_link(user: User, cells: Cells) -> None:
    """Nobody corrects the row of somebody close. Raises LinkedToThem."""
    if nir := normalised_nir(cells.get("nir") or ""):
        refuse_linked(user=user, day=today(), action="flow.row_read", people=[lookup_key(nir, "NIR")])


DOOR = Door(
    files="fraud:flow_files", rows="fraud:flow_rows", row="fraud:flow_row", kinds={kind.name: WORDS[kind.name] for kind in KINDS},
    seen=compared_files, check=_check_link,
    entered="La ligne corrigée est entrée. Le prochain passage des règles en tient compte.",
)  # fmt: skip


@require_GET
@for_roles(SEE)
def files(request: HttpRequest) -> HttpResponse:
    """Files to compare that speak of the reader's funds alone."""
    return files_page(request, DOOR, "fraud/flow_files.html")


@require_GET
@for_roles(SEE)
def rows(request: HttpRequest, file: int) -> HttpResponse:
    return rows_page(request, DOOR, file, "fraud/flow_rows.html", may_treat=may(request, TREAT))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(TREAT)
@closed_to_linked
def row(request: HttpRequest, row: int) -> HttpResponse:
    return row_page(request, DOOR, row, "fraud/flow_row.html")
