"""The month: control room, closing, signature, issue, bank."""

from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from cmg import comparing, month_figures, operations, selectors, tasks
from cmg.closing.prepare import month_of
from cmg.month_state import STATE_TONES, Bar, Seat, balance_of, bar_of, next_gesture, seats_of
from cmg.reconciliation.catalogue import catalogue
from cmg.remedies.reports import left_out
from cmg.views.access import AGENTS, CLOSERS, SIGNERS, for_roles, today
from cmg.words import BANK_REASONS, OPEN_REASONS
from portal.accounts import sessions
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.banking.issue import bank_folder
from portal.banking.statements import statement_faults
from portal.batches import operations as batches
from portal.batches.models import Run, RunState, Signature
from portal.batches.selectors import progress
from portal.frame.errors import Conflict
from portal.frame.paging import count_up_to, page_of
from portal.frame.templatetags.portal import digest_groups

WAIT_FOR_WORKER = 60
WAITING = "Demandé, le calcul va commencer. Vous pouvez fermer cette page."


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
    asked = _asked(request, run)
    if run is not None or asked:
        context |= _bar_context(run, first_day, asked=asked) | {"asked": asked, "query": request.GET.urlencode()}
    context["gesture"] = next_gesture(run, context["seats"], declared=declared, changed=changed)  # type: ignore[arg-type]
    return render(request, "cmg/month.html", context)


def _changed_since(run: Run, month: date) -> bool:
    if run.state in operations.ISSUED_STATES or run.state == RunState.RUNNING:
        return False
    return run.inputs_digest != operations.inputs_digest(month) or left_out(run).exists()


def _run_context(run: Run, user: User) -> dict[str, object]:
    counted = "sums" in run.totals
    return _signed_context(run) | {
        "tone": STATE_TONES.get(RunState(run.state), "wait"),
        "codes": selectors.code_lines(run),
        "doubt": month_figures.in_doubt(run) if counted else None,
        "comparison": comparing.compare_with_last_month(run) if counted else None,
        "bank_files": operations.bank_files_of(run.pk),
        "open_count": count_up_to(selectors.open_items(user, today())),
    }


def _signed_context(run: Run) -> dict[str, object]:
    given = run.signatures.filter(voided_at__isnull=True).select_related("user").order_by("signed_at")
    return {
        "seats": seats_of(list(given), month_figures.people_by_role(batches.SIGNING_ORDER, today())),
        "voided": _voided(run),
        "since": comparing.since_signature(run),
        "balance": balance_of(run.totals["sums"]) if "sums" in run.totals else None,
    }


def _voided(run: Run) -> list[Signature]:
    """The signatures that no longer count, the last first."""
    return list(run.signatures.filter(voided_at__isnull=False).select_related("user").order_by("-signed_at", "-pk")[:2])


def _bar_context(run: Run | None, month: date, *, asked: bool) -> dict[str, object]:
    """What the bar needs; `asked`: the closing has been asked for and waits for a worker."""
    bar = Bar(0, 0, "WAITING", WAITING) if asked or run is None else bar_of(run, progress(run), timezone.now())
    moving = asked or (run is not None and run.state == RunState.RUNNING)
    return {"run": run, "progress": bar, "month": month, "moving": moving}


@require_GET
@for_roles(AGENTS)
def progress_fragment(request: HttpRequest, month: str) -> HttpResponse:
    """The bar alone, polled while a run works; the page itself without htmx."""
    if not getattr(request, "htmx", False):
        return redirect("cmg:month", month=month)
    first_day = _month(month)
    run = selectors.runs_of(first_day).first()
    asked = _asked(request, run)
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
    return redirect(reverse("cmg:month", args=[month]) + f"?demande={int(timezone.now().timestamp())}")


def _asked(request: HttpRequest, run: Run | None) -> bool:
    """Whether a closing asked for a moment ago has not begun yet."""
    text = request.GET.get("demande", "")
    if not text.isdecimal() or len(text) > 12:
        return False
    since, now = int(text), timezone.now().timestamp()
    begun = run is not None and run.started_at.timestamp() >= since
    return not begun and since <= now + 1 and now - since < WAIT_FOR_WORKER


@for_roles(SIGNERS)
def signature(request: HttpRequest, month: str) -> HttpResponse:
    """What the signature binds, and the button."""
    run = _run_or_404(_month(month))
    outliers = selectors.largest_debits(run)
    error = ""
    if request.method == "POST":
        if _has_signed(request, run):
            messages.info(request, "C’est déjà signé : rien n’a été fait deux fois.")
            return redirect("cmg:signature", month=month)
        error = _sign(request, run, {str(row.pk) for row in outliers})
        if not error:
            messages.success(request, "Signature enregistrée.")
            return redirect("cmg:signature", month=month)
    context = _signed_context(run)
    context |= {
        "month": run.month,
        "run": run,
        "comparison": comparing.compare_with_last_month(run),
        "outliers": outliers,
        "names": selectors.names_of([row.employer_no for row in outliers]),
        "error": error,
        "seen": request.POST.getlist("seen"),
        "refusal": batches.signature_refusal(run, request.user.get_username(), today()),
        "leaving": month_figures.leaving(run) if run.ordinal == 1 and run.digest else [],
        "receipt": _receipt(request, run, context["seats"]),  # type: ignore[arg-type]
        "fresh": sessions.is_factor_fresh(request),
    }
    return render(request, "cmg/signature.html", context, status=409 if error else 200)


def _receipt(request: HttpRequest, run: Run, seats: list[Seat]) -> dict[str, object] | None:
    """What the signed-in person signed, and what comes next; None when they have not."""
    own = next((seat.signature for seat in seats if seat.signature and seat.signature.user_id == request.user.pk), None)
    if own is None:
        return None
    steps = [
        {"text": f"Signature de l’{seat.role}{' : ' + ' ou '.join(seat.people) if seat.people else ''}.",
         "done": seat.signature is not None}
        for seat in seats
    ]  # fmt: skip
    last = {
        "text": "Émission vers la banque à 16 h : prélèvements et versements partent ensemble.",
        "done": run.issued_at is not None,
    }
    done = f"Vous avez signé l’empreinte {digest_groups(own.digest)[:19]}…"
    return {"number": f"S-{own.pk}", "at": own.signed_at, "done": done, "steps": [*steps, last]}


def _has_signed(request: HttpRequest, run: Run) -> bool:
    """Whether the person already signed the digest that this form was read with: the form was sent twice."""
    own = run.signatures.filter(voided_at__isnull=True, user=request.user)
    return own.filter(digest=request.POST.get("digest", "")).exists()


def _sign(request: HttpRequest, run: Run, to_see: set[str]) -> str:
    """Sign; or why not, in French."""
    read = request.POST.get("digest", "")
    if not sessions.is_factor_fresh(request):
        return "Votre second facteur date de plus de quelques minutes : confirmez que c’est vous, puis signez."
    if read != run.digest:
        return batches.DIGEST_CHANGED
    if not to_see <= set(request.POST.getlist("seen")):
        return "Cochez chaque prélèvement de la liste comme vu avant de signer."
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
    page = page_of(comparing.changes_of(run, selectors.funds_of(request.user, today())), request.GET.dict())
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
