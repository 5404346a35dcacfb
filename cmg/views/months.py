"""The month: control room, closing, signature, issue, bank."""

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cmg import comparing, month_figures, operations, selectors, tasks
from cmg.closing.prepare import month_of
from cmg.models import Settlement
from cmg.month_state import balance_of, next_gesture
from cmg.reconciliation.catalogue import catalogue
from cmg.remedies.reports import left_out
from cmg.views.access import AGENTS, CLOSERS, SIGNERS, for_roles, today
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.banking.issue import bank_files_of, bank_folder
from portal.banking.statements import statement_faults
from portal.banking.words import BANK_REASONS, OPEN_REASONS
from portal.batches.models import Run, RunState
from portal.batches.pages import (
    Outlier,
    asked_query,
    bar_context,
    has_signed,
    is_asked,
    seats_on,
    sign_as_read,
    signature_context,
    voided_of,
)
from portal.batches.room import STATE_TONES
from portal.frame.errors import Conflict
from portal.frame.paging import count_up_to, page_of

LAST_STEP = "Émission vers la banque à 16 h : prélèvements et versements partent ensemble."
UNSEEN = "Cochez chaque prélèvement de la liste comme vu avant de signer."


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
    months = selectors.months()[:24]
    runs = selectors.last_runs(months)
    return render(request, "cmg/month_list.html", {"months": [(month, runs.get(month)) for month in months]})


@require_GET
@for_roles(AGENTS)
def control_room(request: HttpRequest, month: str) -> HttpResponse:
    """Where the month stands and who must act."""
    first_day = _month(month)
    runs = list(selectors.runs_of(first_day))
    run = runs[0] if runs else None
    files, missing = selectors.last_files(), selectors.missing_lots()
    roles = set(request.portal_roles)  # type: ignore[attr-defined]
    declared = run is not None or selectors.is_declared(first_day)
    changed = run is not None and _changed_since(run, first_day)
    context: dict[str, object] = {
        "month": first_day,
        "run": run,
        "former_runs": runs[1:],
        "files": files,
        "missing": missing,
        "expected": files["total"] + len(missing),
        "declared": declared,
        "may_close": bool(CLOSERS & roles),
        "may_sign": bool(SIGNERS & roles),
        "changed": changed,
        "late": month_figures.late_files(run) if run is not None and changed else None,
        "seats": [],
    }
    if run is not None:
        context |= _run_context(run, request.user)
    asked = is_asked(request, run)
    if run is not None or asked:
        context |= _bar_context(run, first_day, asked=asked) | {"asked": asked, "query": request.GET.urlencode()}
    context["gesture"] = next_gesture(run, context["seats"], declared=declared, changed=changed)  # type: ignore[arg-type]
    return render(request, "cmg/month.html", context)


def _changed_since(run: Run, month: date) -> bool:
    if run.state in operations.ISSUED_STATES or run.state == RunState.RUNNING:
        return False
    inputs, decisions = operations.digests(month)
    if run.inputs_digest != inputs or left_out(run).exists():
        return True
    # What people repaired, decided or declared waits for the next run once somebody has signed this one.
    given = run.signatures.filter(voided_at__isnull=True)
    return run.state == RunState.TO_SIGN and run.decisions_digest != decisions and not given.exists()


def _run_context(run: Run, user: User) -> dict[str, object]:
    counted = "sums" in run.totals
    return _signed_context(run) | {
        "tone": STATE_TONES.get(RunState(run.state), "wait"),
        "codes": selectors.code_lines(run),
        "doubt": month_figures.in_doubt(run) if counted else None,
        "comparison": comparing.compare_with_last_month(run) if counted else None,
        "bank_files": bank_files_of(run.pk),
        "open_count": count_up_to(selectors.open_items(user, today())),
    }


def _signed_context(run: Run) -> dict[str, object]:
    return {
        "seats": seats_on(run, today()),
        "voided": voided_of(run),
        "since": comparing.since_signature(run),
        "balance": balance_of(run.totals["sums"]) if "sums" in run.totals else None,
    }


def _bar_context(run: Run | None, month: date, *, asked: bool) -> dict[str, object]:
    """What the bar needs; `asked`: the closing has been asked for and waits for a worker."""
    return bar_context(run, asked=asked) | {"month": month}


@require_GET
@for_roles(AGENTS)
def progress_fragment(request: HttpRequest, month: str) -> HttpResponse:
    """The bar alone, polled while a run works; the page itself without htmx."""
    if not getattr(request, "htmx", False):
        return redirect("cmg:month", month=month)
    first_day = _month(month)
    run = selectors.runs_of(first_day).first()
    asked = is_asked(request, run)
    if run is None and not asked:
        raise Http404
    response = render(request, "cmg/_progress.html", _bar_context(run, first_day, asked=asked))
    if not asked and run is not None and run.state != RunState.RUNNING:
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
    # The worker begins in a moment: until it has, the page waits for it instead of showing the former state as done.
    return redirect(reverse("cmg:month", args=[month]) + asked_query())


@for_roles(SIGNERS)
def signature(request: HttpRequest, month: str) -> HttpResponse:
    """What the signature binds, and the button."""
    run = _run_or_404(_month(month))
    outliers = selectors.largest_debits(run)
    error = ""
    if request.method == "POST":
        if has_signed(request, run):
            messages.info(request, "C’est déjà signé : rien n’a été fait deux fois.")
            return redirect("cmg:signature", month=month)
        error = sign_as_read(request, run, (str(row.pk) for row in outliers), unseen=UNSEEN)
        if not error:
            messages.success(request, "Signature enregistrée.")
            return redirect("cmg:signature", month=month)
    context = _signed_context(run)
    context |= {
        "month": run.month,
        "run": run,
        "comparison": comparing.compare_with_last_month(run),
        "outliers": _shown(outliers),
        "error": error,
        "leaving": month_figures.leaving(run) if run.ordinal == 1 and run.digest else [],
    } | signature_context(request, run, context["seats"], last_step=LAST_STEP)  # type: ignore[arg-type]
    return render(request, "cmg/signature.html", context, status=409 if error else 200)


def _shown(outliers: Sequence[Settlement]) -> list[Outlier]:
    names = selectors.names_of([row.employer_no for row in outliers])
    return [
        Outlier(row.pk, names.get(row.employer_no) or row.employer_no, row.debit_cents, "à prélever.",
                reverse("cmg:explanation", args=[row.pk]))
        for row in outliers
    ]  # fmt: skip


@require_GET
@for_roles(AGENTS)
def changes(request: HttpRequest, month: str) -> HttpResponse:
    """What is no longer what was signed, one declaration per line: read it again, then sign."""
    run = _run_or_404(_month(month))
    page = page_of(comparing.changes_of(run, selectors.funds_of(request.user, today())), request.GET.dict())
    context = {
        "month": run.month,
        "run": run,
        "page": page,
        "since": comparing.since_signature(run),
        "voided": voided_of(run),
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
    try:
        operations.issue_run(run_pk=run.pk, out=bank_folder(), on=today(), by=request.user.get_username())
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
        "movements": selectors.movements_of(run),
        "page": page_of(items, request.GET.dict(), order=("opened_on", "pk")),
        "last_message": selectors.last_bank_message(),
        "reasons": OPEN_REASONS,
        "bank_reasons": BANK_REASONS,
        "statement_faults": statement_faults(),
    }
    return render(request, "cmg/bank.html", context)
