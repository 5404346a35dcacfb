"""The programme of a body and a year: target against what was counted, both ways, and the guards in sight."""

import json
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cmg.selectors import full_names
from fraud.models import CaseOutcome, ControlProgramme, ProgrammeSynthesis
from fraud.programme import figures
from fraud.programme.lists import Scope, cases_behind
from fraud.programme.operations import LETTER, subject_of
from fraud.programme.selectors import bodies_of, dates_of, plan_of, programmes_of, review_of, shown_of
from fraud.programme.shown import BOTH_WAYS, axis_lines, charts_of, counted, indicator_lines, rule_lines
from fraud.programme.synthesis import lines_of
from fraud.rules import programme as rules
from fraud.rules.indicators import INDICATORS
from fraud.views.programme_common import SEE, for_roles, may_write, programme_asked, today, year_typed
from fraud.views.programme_steps import DATE_WORDS, acts_of
from portal.audit.operations import journal
from portal.frame.paging import count_up_to, page_of
from portal.frame.sheets import as_csv
from portal.frame.templatetags.portal import month_name
from portal.letters.answers import as_pdf
from portal.letters.selectors import letters_of
from portal.organisations.serving import name_on, names_on

YEARS_AHEAD, YEARS_BACK = 1, 5


@require_GET
@for_roles(SEE)
def programme(request: HttpRequest) -> HttpResponse:
    """The programme of the year of a body: the version in force, or its draft, or what is missing."""
    day, user = today(), request.user
    bodies = bodies_of(user, day)  # type: ignore[arg-type]
    body = request.GET.get("body", "")
    body = body if body in bodies else next(iter(bodies), "")
    year = year_typed(request.GET.get("year", ""), day)
    found = shown_of(user, day, body, year) if body else None  # type: ignore[arg-type]
    if found is None:
        context = _frame(request, bodies, body, year) | {"may_write": bool(body) and may_write(request, body)}
        return render(request, "fraud/programme_none.html", context)
    return _page(request, found, bodies)


@require_GET
@for_roles(SEE)
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: the draft that is written, the one in force, one that was."""
    found = programme_asked(request, pk)
    return _page(request, found, bodies_of(request.user, today()))  # type: ignore[arg-type]


def _frame(request: HttpRequest, bodies: list[str], body: str, year: int) -> dict[str, Any]:
    day = today()
    names = names_on(bodies, day)
    return {
        "bodies": [(one, names[one]) for one in bodies], "years": range(day.year + YEARS_AHEAD, day.year - YEARS_BACK, -1),
        "body": body, "year": year, "name": name_on(body, day) if body else "", "today": day,
        "dates": [(one, done, DATE_WORDS[one.code]) for one, done in dates_of(body, year, day)] if body else [],
    }  # fmt: skip


def _page(request: HttpRequest, found: ControlProgramme, bodies: list[str]) -> HttpResponse:
    day = today()
    figures_now, scope = counted(found, day), _scope(request, found)
    counts = figures_now.of(benefit=scope.benefit, month=scope.month)
    lines = indicator_lines(found, counts, is_whole=not scope.benefit and scope.month is None)
    synthesis = getattr(found, "synthesis", None)
    moves = list(found.moves.order_by("pk"))
    by_code = {line.code: line for line in lines}
    context = _frame(request, bodies, found.body, found.year) | {
        "one": found, "lines": [line for line in lines if line.code not in BOTH_WAYS],
        "money": [by_code[code] for code in BOTH_WAYS], "by_code": by_code, "counts": counts, "as_of": figures_now.as_of,
        "axes": axis_lines(found, figures_now, scope), "rules": rule_lines(figures_now),
        "charts": charts_of(figures_now) if found.status != rules.DRAFT and figures_now.of().done else [],
        "scope": scope, "benefits": figures_now.benefits, "months": [(f"{one:%Y-%m}", month_name(one)) for one in figures_now.months],
        "review": review_of(found.body, found.year), "plan": found.plan or plan_of(found.body, found.year), "synthesis": synthesis,
        "is_same": synthesis and _counted_again(found, synthesis) == synthesis.digest,
        "versions": programmes_of(request.user, day).filter(body=found.body, year=found.year).order_by("-version"),  # type: ignore[arg-type]
        "acts": acts_of(request, found), "may_write": may_write(request, found.body),
        "moves": moves, "names": full_names([move.by for move in moves]), "letter": _letter_of(found),
    }  # fmt: skip
    return render(request, "fraud/programme.html", context)


def _counted_again(found: ControlProgramme, synthesis: ProgrammeSynthesis) -> str:
    return figures.digest_of(figures.frozen(figures.figures_of(found, as_of=synthesis.as_of)))


def _scope(request: HttpRequest, found: ControlProgramme) -> Scope:
    axis, month = request.GET.get("axis"), request.GET.get("month", "")
    try:
        when = date.fromisoformat(f"{month}-01") if month else None
    except ValueError:
        when = None
    benefit = request.GET.get("benefit", "")[:24]
    return Scope(
        axis[:20] if axis is not None else None,
        benefit,
        when if when and when.year == found.year else None,
    )


@require_GET
@for_roles(SEE)
def behind(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The cases that a figure counts, by their numbers: neither a family nor a name is shown here."""
    found = programme_asked(request, pk)
    if code not in INDICATORS:
        raise Http404
    scope, synthesis = _scope(request, found), getattr(found, "synthesis", None)
    as_of = synthesis.as_of if synthesis else today()
    rows = cases_behind(found, code, scope, as_of)
    context = {
        "one": found, "indicator": INDICATORS[code], "scope": scope, "as_of": as_of, "name": name_on(found.body, today()),
        "page": page_of(rows, request.GET.dict(), order=("decided_on", "pk")), "total": count_up_to(rows),
        "outcomes": dict(CaseOutcome.choices), "axes": dict(found.axes.values_list("code", "object")),
        "month_words": month_name(scope.month) if scope.month else "",
    }  # fmt: skip
    return render(request, "fraud/programme_list.html", context)


@require_GET
@for_roles(SEE)
def synthesis_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The synthesis of a closed year: its letter, or its data."""
    found = programme_asked(request, pk)
    synthesis = getattr(found, "synthesis", None)
    if synthesis is None or kind not in ("pdf", "csv", "json"):
        raise Http404
    journal(
        actor=request.user.get_username(),
        action="control.programme.exported",
        subject=subject_of(found),
        detail={"kind": kind},
    )
    if kind == "pdf":
        letter = _letter_of(found)
        if letter is None:
            raise Http404
        return as_pdf(letter, name="synthese-controle", shown=True)
    name = f"programme-{found.body}-{found.year}"
    if kind == "json":
        told = json.dumps(synthesis.figures | {"digest": synthesis.digest}, ensure_ascii=False, indent=1)
        return _file(told, "application/json", f"{name}.json")
    lines = [*lines_of(synthesis), [], ["Empreinte", synthesis.digest]]
    return _file(as_csv(lines), "text/csv; charset=utf-8", f"{name}.csv")


def _letter_of(found: ControlProgramme) -> Any:
    return letters_of(subject_of(found)).filter(kind=LETTER).first() if found.status == rules.REPORTED else None


def _file(text: str | bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
