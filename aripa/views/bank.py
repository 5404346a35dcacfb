"""The bank of pensions: what a day asked, the files that left, what waits and for whom. Files are for who answers for them."""

from datetime import date

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from aripa.bank import selectors
from aripa.views.access import BANK_READERS, BANKERS, for_roles, lived_day, today
from portal.accounts.permissions import for_national, may
from portal.accounts.rights import Right
from portal.audit.operations import journal
from portal.banking.issue import bank_folder
from portal.banking.models import BankFile
from portal.banking.services import PENSIONS
from portal.frame.paging import page_of


@never_cache
@require_GET
@for_roles(BANK_READERS)
def bank(request: HttpRequest) -> HttpResponse:
    """A day's orders, the last files, and what waits in the cases that the person may see."""
    user, day = request.user, _day(request)
    found = selectors.waiting(user, today())  # type: ignore[arg-type]
    page, reasons = page_of(found, request.GET.dict(), order=("since", "pk")), selectors.reasons_of(found)
    context = {
        "day": day, "asked": selectors.asked_on(day), "files": selectors.last_files(), "page": page,
        "lines": selectors.waiting_lines(page.rows), "reasons": reasons,
        "total": sum(one.count for one in reasons), "cents": sum(one.cents for one in reasons), "today": today(),
        "may_fetch": may(user, Right.FETCH_SUPPORT_FILES, today()),  # type: ignore[arg-type]
        "may_open": may(user, Right.SEE_SUPPORT, today()),  # type: ignore[arg-type]
    }  # fmt: skip
    return render(request, "aripa/bank.html", context)


def _day(request: HttpRequest) -> date:
    """The day asked for; the last day lived when none is, or it is no day."""
    try:
        return date.fromisoformat(request.GET.get("jour", ""))
    except ValueError:
        return lived_day()


@never_cache
@require_GET
@for_roles(BANKERS)
@for_national(Right.FETCH_SUPPORT_FILES)
def bank_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """One file as the bank fetches it: accounts and names are in it, so whoever takes it is journaled."""
    files = BankFile.objects.filter(run__isnull=True, message_id__startswith=f"{PENSIONS.prefix}-").exclude(sha256="")
    file = get_object_or_404(files, name=name)
    path = bank_folder() / file.name
    try:
        content = path.open("rb")
    except FileNotFoundError:
        messages.error(
            request,
            f"{file.name} n’est plus sur ce serveur. L’exploitant le réécrit à l’identique : "
            f"issue_remedies --on {file.created_at:%Y-%m-%d} --again.",
        )
        return redirect("aripa:bank")
    journal(actor=request.user.get_username(), action="aripa.bank_file.fetched", subject=f"bank:{file.message_id}")
    return FileResponse(content, as_attachment=True, filename=file.name, content_type="application/xml")
