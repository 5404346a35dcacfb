"""The pensions as the direction sees them: the figures, the cases behind each, their exports."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from aripa.exporting import EXPORT_MOST, REASON_LEAST
from aripa.models import Case
from aripa.operations import last_day, last_run
from aripa.piloting import board, facts
from aripa.piloting.facts import FACTS, Fact
from aripa.piloting.scope import Scope, months_to_choose, scope_of
from aripa.views.access import for_roles, today
from aripa.words import STATES
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right, holders
from portal.audit.operations import journal
from portal.frame.filters import Field, FilterBar, clean, filter_bar
from portal.frame.paging import COUNTED, count_up_to, page_of
from portal.frame.sheets import as_csv
from portal.frame.templatetags.portal import amount, month_name

STEERERS = holders(Right.STEER)
NO_REASON = "Dites en quelques mots à quoi servira cet export, par exemple « comité du lundi »."
TOO_LONG = "Cette liste a plus de 5 000 lignes : ajoutez un filtre, puis exportez. Rien n’est sorti."


def _scope(request: HttpRequest) -> Scope | None:
    """What the address asks for; None while no day has been lived."""
    day = last_day()
    return scope_of(request.user, today(), day, request.GET.dict()) if day else None  # type: ignore[arg-type]


def _bar(request: HttpRequest, page: str, scope: Scope) -> FilterBar:
    allowed = funds_on(request.user, today(), Right.STEER)  # type: ignore[arg-type]
    funds = allowed if allowed is not None else Case.objects.exclude(fund="").values_list("fund", flat=True).distinct()
    months = [(f"{one:%Y-%m}", month_name(one)) for one in months_to_choose(scope.day)]
    fields = [
        Field("from", "Depuis", months), Field("to", "Jusqu’à", months),
        Field("fund", "Caisse", [(one, one) for one in sorted(one for one in funds if one)], is_feminine=True),
    ]  # fmt: skip
    return filter_bar(page, request.user, request.GET, fields)  # type: ignore[arg-type]


@require_GET
@for_roles(STEERERS)
def dashboard(request: HttpRequest) -> HttpResponse:
    """Every indicator of the period; what is not known yet says so, it is not nought."""
    scope, since = _scope(request), facts.first_day()
    if scope is None or since is None:
        return render(request, "aripa/piloting/none.html", {"lived": scope})
    bar, known = _bar(request, "aripa:piloting", scope), scope.until > since
    found = board.board_of(scope, last_run()) if known else board.Board([], [])
    context = {
        "scope": scope, "bar": bar, "query": f"?{bar.query}" if bar.query else "", "known": known, "since": since,
        "sections": found.sections, "charts": found.charts,
        "export_most": EXPORT_MOST,
    }  # fmt: skip
    return render(request, "aripa/piloting/dashboard.html", context)


def _fact(key: str) -> Fact:
    if key not in FACTS:
        raise Http404
    return FACTS[key]


@require_GET
@for_roles(STEERERS)
def listing(request: HttpRequest, kind: str) -> HttpResponse:
    """The cases behind one figure, each with its part of it."""
    fact, scope = _fact(kind), _scope(request)
    if scope is None:
        raise Http404
    found = facts.listed(fact, scope)
    page = page_of(found, request.GET.dict(), order=("case_no",))
    context = {
        "fact": fact, "scope": scope, "bar": _bar(request, "aripa:piloting_list", scope), "page": page,
        "lines": [_cells(one, fact) for one in page.rows], "total": min(count_up_to(found), COUNTED + 1),
        "hidden": facts.hidden(fact, scope), "export_most": EXPORT_MOST,
        "may_open": bool(holders(Right.SEE_SUPPORT) & set(request.portal_roles)),  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "aripa/piloting/list.html", context)


LIST_HEADING = ["Dossier", "Caisse", "État", "Nombre", "Montant, €"]


def _cells(one: Case, fact: Fact) -> list[str]:
    cents = getattr(one, "cents", None) if fact.cents is not None else None
    return [one.pk, one.fund, STATES[one.state][0], str(one.n), amount(cents) if cents is not None else ""]  # type: ignore[attr-defined]


@require_POST
@for_roles(STEERERS)
def export(request: HttpRequest) -> HttpResponse:
    """The figures as CSV."""
    scope = _scope(request)
    if scope is None:
        raise Http404
    return _export(request, "pensions", reverse("aripa:piloting"), 0, lambda: _figures(scope))


def _figures(scope: Scope) -> list[list[str]]:
    funds = ", ".join(scope.funds) if scope.funds is not None else "toutes"
    head = [
        [
            f"Du {scope.first:%d/%m/%Y} au {scope.day:%d/%m/%Y} au plus, jour vécu {scope.day:%d/%m/%Y}, caisses : {funds}"
        ]
    ]
    return head + board.as_lines(board.board_of(scope, last_run()).sections)


@require_POST
@for_roles(STEERERS)
def export_listing(request: HttpRequest, kind: str) -> HttpResponse:
    """The cases behind a figure as CSV, without those that are protected."""
    fact, scope = _fact(kind), _scope(request)
    if scope is None:
        raise Http404
    rows = list(facts.listed(fact, scope).order_by("case_no")[: EXPORT_MOST + 1])
    left = f"{facts.hidden(fact, scope)} dossiers protégés ne sont pas dans cette liste."
    lines = lambda: [LIST_HEADING, *(_cells(one, fact) for one in rows), [left]]  # noqa: E731
    return _export(request, f"pensions-{kind}", reverse("aripa:piloting_list", args=[kind]), len(rows), lines)


def _export(
    request: HttpRequest, name: str, back: str, count: int, lines: Callable[[], list[list[str]]]
) -> HttpResponse:
    """A CSV with its reason in the journal; back to the page when the reason or the size is wrong."""
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:200]
    filters = {key: clean(request.GET[key]) for key in ("fund", "from", "to") if request.GET.get(key)}
    if len(reason) < REASON_LEAST or count > EXPORT_MOST:
        messages.error(request, NO_REASON if len(reason) < REASON_LEAST else TOO_LONG)
        return redirect(back + (f"?{request.GET.urlencode()}" if filters else ""))
    journal(
        actor=request.user.get_username(), action="aripa.piloting.exported", subject=f"piloting:{name}",
        detail={"reason": reason, "filters": filters, "rows": count},
    )  # fmt: skip
    answer = HttpResponse(as_csv(lines()), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{today():%Y-%m-%d}.csv"'
    return answer
