"""The month: control room, closing, signature, issue, bank."""

from datetime import date
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cmg import comparing, operations, selectors, tasks
from cmg.closing.prepare import month_of
from cmg.reconciliation.catalogue import catalogue
from cmg.views.access import AGENTS, CLOSERS, SIGNERS, for_roles, today
from cmg.words import BANK_REASONS, OPEN_REASONS
from portal.accounts import sessions
from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.audit.operations import journal
from portal.banking.statements import statement_faults
from portal.batches import operations as batches
from portal.batches.models import Run, RunState, Signature
from portal.batches.selectors import progress
from portal.embedded.attach import home_folder
from portal.exchange.lots import missing_lots
from portal.frame.errors import Conflict
from portal.frame.paging import count_up_to, page_of


def _month(text: str) -> date:
    try:
        return month_of(text)
    except ValueError as wrong:
        raise Http404 from wrong


def _run_or_404(month: date) -> Run:
    run = selectors.runs_of(month).first()
    if run is None:
        raise Http404
    return run


@require_GET
@for_roles(AGENTS)
def month_list(request: HttpRequest) -> HttpResponse:
    """Every month with declarations, where it stands."""
    months = [(month, selectors.runs_of(month).first()) for month in selectors.months()[:24]]
    return render(request, "cmg/month_list.html", {"months": months})


@require_GET
@for_roles(AGENTS)
def control_room(request: HttpRequest, month: str) -> HttpResponse:
    """Where the month stands and who must act."""
    first_day = _month(month)
    run = selectors.runs_of(first_day).first()
    roles = set(request.portal_roles)  # type: ignore[attr-defined]
    context: dict[str, object] = {
        "month": first_day,
        "run": run,
        "runs": list(selectors.runs_of(first_day)),
        "files": selectors.last_files(),
        "missing": missing_lots(),
        "declared": run is not None or selectors.is_declared(first_day),
        "may_close": bool(CLOSERS & roles),
        "may_sign": bool(SIGNERS & roles),
        "changed": run is not None and _changed_since(run, first_day),
    }
    if run is not None:
        context |= _run_context(run, request.user)
    return render(request, "cmg/month.html", context)


def _changed_since(run: Run, month: date) -> bool:
    issued = run.state in operations.ISSUED_STATES
    return not issued and run.state != RunState.RUNNING and run.inputs_digest != operations.inputs_digest(month)


def _run_context(run: Run, user: User) -> dict[str, object]:
    return _signed_context(run) | {
        "progress": progress(run),
        "codes": selectors.code_lines(run),
        "bank_files": operations.bank_files_of(run.pk),
        "movements": selectors.movements_of(run),
        "open_count": count_up_to(selectors.open_items(user, today())),
    }


def _signed_context(run: Run) -> dict[str, object]:
    return {
        "signatures": list(run.signatures.filter(voided_at__isnull=True).select_related("user").order_by("signed_at")),
        "voided": _voided(run),
        "since": comparing.since_signature(run),
        "unexplained_cents": operations.unexplained_cents(run.totals) if "sums" in run.totals else None,
    }


def _voided(run: Run) -> list[Signature]:
    """The signatures that no longer count, the last first."""
    return list(run.signatures.filter(voided_at__isnull=False).select_related("user").order_by("-signed_at", "-pk")[:2])


@require_GET
@for_roles(AGENTS)
def progress_fragment(request: HttpRequest, month: str) -> HttpResponse:
    """The bar alone, polled while a run works; the page itself without htmx."""
    if not getattr(request, "htmx", False):
        return redirect("cmg:month", month=month)
    run = _run_or_404(_month(month))
    response = render(request, "cmg/_progress.html", {"run": run, "progress": progress(run), "month": run.month})
    if run.state != RunState.RUNNING:
        # 286 ends the polling; the script then loads the totals, unless somebody is at work on the page.
        response.status_code = 286
        response["HX-Trigger"] = "run-finished"
    return response


@require_POST
@for_roles(CLOSERS)
def close(request: HttpRequest, month: str) -> HttpResponse:
    """Ask the workers to close the month; pressing twice joins the same run."""
    first_day = _month(month)
    if not selectors.is_declared(first_day):
        raise Conflict(
            "Aucune déclaration n’est reçue pour ce mois : il n’y a rien à clôturer.",
            link=reverse("cmg:files"), action="Voir les fichiers reçus",
        )  # fmt: skip
    journal(actor=request.user.get_username(), action="cmg.month.close", subject=f"month:{month}", detail={})
    transaction.on_commit(lambda: tasks.close_month.delay(month=first_day.isoformat(), on=today().isoformat()))
    messages.success(request, "La clôture est demandée. Vous pouvez fermer cette page : le travail continue.")
    return redirect("cmg:month", month=month)


@for_roles(SIGNERS)
def signature(request: HttpRequest, month: str) -> HttpResponse:
    """What the signature binds, and the button."""
    run = _run_or_404(_month(month))
    outliers = selectors.largest_debits(run)
    error = ""
    if request.method == "POST":
        error = _sign(request, run, {str(row.pk) for row in outliers})
        if not error:
            messages.success(request, "Signature enregistrée.")
            return redirect("cmg:month", month=month)
    context = {
        "month": run.month,
        "run": run,
        "comparison": comparing.compare_with_last_month(run),
        "outliers": outliers,
        "names": selectors.names_of([row.employer_no for row in outliers]),
        "error": error,
        "refusal": batches.signature_refusal(run, request.user.get_username(), today()),
        "fresh": sessions.is_factor_fresh(request),
        **_signed_context(run),
    }
    return render(request, "cmg/signature.html", context, status=409 if error else 200)


def _sign(request: HttpRequest, run: Run, to_see: set[str]) -> str:
    """Sign; or why not, in French."""
    read = request.POST.get("digest", "")
    if not sessions.is_factor_fresh(request):
        return "Votre second facteur date de plus de quelques minutes : confirmez que c’est vous, puis signez."
    if read != run.digest:
        return batches.DIGEST_CHANGED
    if not to_see <= set(request.POST.getlist("seen")):
        return "Cochez chaque montant inhabituel comme vu avant de signer."
    try:
        batches.sign(run_pk=run.pk, username=request.user.get_username(), on=today(), digest=read)
    except batches.SignatureRefused as refusal:
        return str(refusal)
    return ""


@require_GET
@for_roles(AGENTS)
def changes(request: HttpRequest, month: str) -> HttpResponse:
    """What is no longer what was signed, one declaration per line: read it again, then sign."""
    run = _run_or_404(_month(month))
    page = page_of(comparing.changes_of(run, funds_on(request.user, today())), request.GET.dict())
    context = {
        "month": run.month,
        "run": run,
        "page": page,
        "since": comparing.since_signature(run),
        "voided": _voided(run),
        "names": selectors.names_of([row.employer_no for row in page.rows]),
        "settlements": selectors.settlements_by_declaration(run, [row.declaration_id for row in page.rows]),
        "catalogue": catalogue(),
        "may_sign": bool(SIGNERS & set(request.portal_roles)),  # type: ignore[attr-defined]
    }
    return render(request, "cmg/changes.html", context)


@require_POST
@for_roles(CLOSERS)
def issue(request: HttpRequest, month: str) -> HttpResponse:
    """Issue the signed run: movements are booked and the bank files written."""
    run = _run_or_404(_month(month))
    out = Path(settings.PORTAL_BANK_FOLDER or home_folder() / "bank" / "out")
    try:
        operations.issue_run(run_pk=run.pk, out=out, on=today(), by=request.user.get_username())
    except operations.RunNotIssuable as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "L’arrêté est émis : les fichiers bancaires sont prêts.")
    return redirect("cmg:month", month=month)


@require_GET
@for_roles(AGENTS)
def bank(request: HttpRequest, month: str) -> HttpResponse:
    """Bank files out, answers in, and what matches nothing."""
    run = _run_or_404(_month(month))
    items = selectors.open_items(request.user, today())
    context = _run_context(run, request.user) | {
        "month": run.month,
        "run": run,
        "page": page_of(items, request.GET.dict(), order=("opened_on", "pk")),
        "last_message": selectors.last_bank_message(),
        "reasons": OPEN_REASONS,
        "bank_reasons": BANK_REASONS,
        "statement_faults": statement_faults(),
    }
    return render(request, "cmg/bank.html", context)
