"""`/agent/prestations/`: the runs of ARS and AEEH, this one first; one run, calculated, issued, answered by the bank."""

from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.permissions import for_roles, today
from portal.audit.operations import journal
from portal.banking.issue import bank_folder
from portal.banking.words import BANK_REASONS, OPEN_REASONS
from portal.batches import operations as batches
from portal.batches.models import Run, RunState
from portal.batches.pages import asked_query, bar_context, is_asked
from portal.benefits.running import closing, selectors, tasks
from portal.benefits.running.kinds import AEEH, ARS, KINDS, term_of_year
from portal.benefits.views.run_common import CLOSERS, SEE, answers_count, get_run, run_context
from portal.frame.errors import Conflict
from portal.frame.forms import may
from portal.frame.paging import page_of
from portal.legislation.calendar import months_later

MONTHS_BACK = 12


@require_GET
@for_roles(SEE)
def runs(request: HttpRequest) -> HttpResponse:
    """What is under way and who must act, then the latest; and the periods that may be calculated."""
    day = today()
    context = {
        "lines": selectors.latest_runs(), "may_close": may(request, CLOSERS), "periods": periods(day),
        "unknown": unknown(day), "answers": answers(request),
    }  # fmt: skip
    return render(request, "benefits/runs.html", context)


def answers(request: HttpRequest) -> list[tuple[Run, int]]:
    """The starts of term of which families told something since their last run, with how many tellings wait for another."""
    counted = [(run, answers_count(request, run)) for run in selectors.last_runs_of_terms()]
    return [(run, count) for run, count in counted if count]


def periods(day: date) -> list[tuple[str, str]]:
    """What may be calculated on `day`: this start of term and the last, one before them that was and may still be claimed or was
    in the year, the months of the year that has passed."""
    earlier = [run.month.year for run in selectors.last_runs_of_terms() if run.month.year == day.year - 2]
    terms = [term_of_year(year) for year in (day.year, day.year - 1, *earlier) if term_of_year(year) <= day]
    months = [months_later(day.replace(day=1), -back) for back in range(MONTHS_BACK)]
    return [
        *((f"{ARS.code}:{month:%Y-%m}", f"ARS, {ARS.period_words(month)}") for month in terms),
        *((f"{AEEH.code}:{month:%Y-%m}", f"AEEH, {AEEH.period_words(month)}") for month in months),
    ]


def unknown(day: date) -> list[tuple[str, str]]:
    """The latest start of term and the present month, when a figure of theirs is not known yet: which one, who writes it."""
    newest: dict[str, tuple[date, str]] = {}
    for period, words in periods(day):
        code, month = read_period(period)
        newest.setdefault(code, (month, words))
    told = [(words, closing.why_not(KINDS[code], month, on=day)) for code, (month, words) in newest.items()]
    return [(words, why) for words, why in told if why]


def read_period(period: str) -> tuple[str, date]:
    """``aeeh-month:2026-10``, as the form sends it."""
    code, _, text = period.partition(":")
    return code, date.fromisoformat(f"{text}-01")


@require_POST
@for_roles(CLOSERS)
def close(request: HttpRequest) -> HttpResponse:
    """Ask the workers for a run; asked twice, they join the same one."""
    period = request.POST.get("period", "")
    if period not in dict(periods(today())):
        raise Conflict(
            "Choisissez une rentrée ou un mois de la liste.", link=reverse("benefits:runs"), action="Choisir"
        )
    code, month = read_period(period)
    if why := closing.why_not(KINDS[code], month, on=today()):
        raise Conflict(why, link=reverse("benefits:runs"), action="Choisir une autre période")
    journal(actor=request.user.get_username(), action="benefits.run.close", subject=period, detail={})
    transaction.on_commit(lambda: _ask(code, month))
    messages.success(request, "Le calcul est demandé. Vous pouvez fermer cette page : le travail continue.")
    run = selectors.runs().filter(kind=code, month=month).order_by("-ordinal").first()
    return redirect(reverse("benefits:run", args=[run.pk]) + asked_query() if run else reverse("benefits:runs"))


def _ask(code: str, month: date) -> None:
    if KINDS[code] is ARS:
        tasks.close_ars.delay(school_year=month.year, on=today().isoformat())
    else:
        tasks.close_aeeh.delay(month=month.isoformat(), on=today().isoformat())


@require_GET
@for_roles(SEE)
def run(request: HttpRequest, run: int) -> HttpResponse:
    """Where a run stands and who must act."""
    found = get_run(run)
    if newer := begun_beside(request, found):
        return redirect(newer)
    asked = is_asked(request, found)
    context = run_context(request, found) | bar_context(found, asked=asked) | {
        "asked": asked, "query": request.GET.urlencode(), "period": f"{found.kind}:{found.month:%Y-%m}",
        "statuses": selectors.status_lines(found), "territories": selectors.territory_lines(found),
        "reasons": selectors.reason_lines(found), "former": selectors.former_runs(found),
        "lacking": [(selectors.TERRITORIES[place], words) for place, words in closing.lacking_in(found).items()],
    }  # fmt: skip
    return render(request, "benefits/run.html", context)


def begun_beside(request: HttpRequest, found: Run) -> str:
    """The page of the run that the calculation asked for began, when it is not that of `found`: issued, it stays as it is and
    another one carries the differences. Empty while none has begun."""
    if not is_asked(request, found):
        return ""
    same = selectors.runs().filter(kind=found.kind, month=found.month, ordinal__gt=found.ordinal)
    newer = same.order_by("-ordinal").first()
    begun = newer is not None and not is_asked(request, newer)
    return f"{reverse('benefits:run', args=[newer.pk])}?{request.GET.urlencode()}" if newer and begun else ""


@require_GET
@for_roles(SEE)
def progress_fragment(request: HttpRequest, run: int) -> HttpResponse:
    """The bar alone, polled while a run works; the page itself without htmx."""
    found = get_run(run)
    if not getattr(request, "htmx", False):
        return redirect("benefits:run", found.pk)
    if newer := begun_beside(request, found):
        return HttpResponse(headers={"HX-Redirect": newer})
    asked = is_asked(request, found)
    response = render(request, "benefits/_progress.html", bar_context(found, asked=asked))
    if not asked and found.state != RunState.RUNNING:
        # 286 ends the polling; the script then loads the totals.
        response.status_code = 286
        response["HX-Trigger"] = "run-finished"
    return response


@require_POST
@for_roles(CLOSERS)
def issue(request: HttpRequest, run: int) -> HttpResponse:
    """Issue the signed run: entries, orders, bank files."""
    found: Run = get_run(run)
    try:
        batches.issue(run_pk=found.pk, out=bank_folder(), on=today(), by=request.user.get_username())
    except batches.RunNotIssuable as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "L’arrêté est émis : les fichiers bancaires sont prêts.")
    return redirect("benefits:run", found.pk)


@require_GET
@for_roles(SEE)
def bank(request: HttpRequest, run: int) -> HttpResponse:
    """Bank files out, answers in, and what of the run is still to settle."""
    found = get_run(run)
    items = selectors.open_items_of(found, request.user, today())  # type: ignore[arg-type]
    page = page_of(items, request.GET.dict(), order=("opened_on", "pk"))
    context = run_context(request, found) | {
        "movements": selectors.movements_of(found), "page": page, "rows": selectors.to_settle(page.rows),
        "words": OPEN_REASONS, "bank_reasons": BANK_REASONS, "today": today(),
    }  # fmt: skip
    return render(request, "benefits/bank.html", context)
