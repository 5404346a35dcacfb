"""Structures that report no more: the adviser's calls, the compliance indicator. No sanction exists."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cmg.views.lists import EXPORT_MOST, export_list
from monenfant.duties import acting, selectors
from monenfant.duties.acting import ActRefused
from monenfant.models import Mode, StructureSilence
from monenfant.naming import names_of
from monenfant.views.agent_campaigns import city_of
from monenfant.views.agent_common import EXPORTERS, SEE, TREAT
from portal.accounts.permissions import for_roles, moment_on, today
from portal.frame.filters import Field, FilterBar, filter_bar
from portal.frame.forms import form_key, get_one, key_of, may
from portal.frame.paging import count_up_to, page_of
from portal.frame.templatetags.portal import short_day

BOXES = (("mine", "mes appels"), ("call", "appels de l’équipe"), ("all", "toutes"))


@dataclass(frozen=True)
class Line:
    """A silent structure in the list."""

    one: StructureSilence
    name: str
    city: str
    mode: str


def _bar(request: HttpRequest) -> FilterBar:
    fields = [Field("q", "Nom ou n°, dans cette liste"), Field("box", "Liste", BOXES, is_feminine=True)]
    return filter_bar("monenfant:silences", request.user, request.GET, fields)  # type: ignore[arg-type]


def _listed(request: HttpRequest, bar: FilterBar) -> QuerySet[StructureSilence]:
    found = selectors.silences(request.user, today())  # type: ignore[arg-type]
    if bar.values["box"] == "mine":
        found = found.filter(adviser=request.user)
    elif bar.values["box"] == "call":
        found = found.filter(task_on__isnull=False, called_on=None)
    return found.filter(selectors.of_text(bar.values["q"], "place")) if bar.values["q"] else found


def _lines(rows: Sequence[StructureSilence]) -> list[Line]:
    names, modes = names_of(one.place for one in rows), dict(Mode.choices)
    return [
        Line(one, names[one.place_id], city_of(one.place.insee_code), modes.get(one.mode, "Jamais dit")) for one in rows
    ]


@require_GET
@for_roles(SEE)
def silences(request: HttpRequest) -> HttpResponse:
    """The silences that go on, with who calls."""
    bar, day = _bar(request), today()
    whole = selectors.silences(request.user, day)  # type: ignore[arg-type]
    found = _listed(request, bar)
    page = page_of(found, request.GET.dict())
    awaited, silent = selectors.awaited_structures(request.user, day), whole.count()  # type: ignore[arg-type]
    context = {
        "page": page, "lines": _lines(page.rows), "total": count_up_to(found), "bar": bar, "on": day, "silent": silent,
        "awaited": awaited, "reporting": 100 * (awaited - silent) // awaited if awaited else None,
        "key": key_of(request), "may_treat": may(request, TREAT), "may_export": may(request, EXPORTERS), "export_most": EXPORT_MOST,
        "export_link": f"{reverse('monenfant:export_silences')}?{bar.query}",
    }  # fmt: skip
    return render(request, "monenfant/childcare_silences.html", context)


@require_POST
@for_roles(TREAT)
def called(request: HttpRequest, silence: int) -> HttpResponse:
    """What was said on the telephone; the silence goes on until the structure reports."""
    form_key(request)
    found = get_one(selectors.silences(request.user, today()), silence)  # type: ignore[arg-type]
    said = request.POST.get("said", "").replace("\x00", "")
    try:
        acting.note_call(
            silence_pk=found.pk,
            said=said,
            by_pk=request.user.pk,
            on=today(),
            now=moment_on(today()),  # type: ignore[arg-type]
        )
    except ActRefused as refused:
        messages.error(request, str(refused))
    except StructureSilence.DoesNotExist as over:
        raise Http404 from over
    else:
        messages.success(
            request, "L’appel est noté. La structure reste dans la liste jusqu’à sa prochaine mise à jour."
        )
    return redirect("monenfant:silences")


@require_POST
@for_roles(EXPORTERS)
def export_silences(request: HttpRequest) -> HttpResponse:
    """The list as CSV, with its reason in the journal."""
    bar = _bar(request)
    return export_list(
        request, bar, _listed(request, bar), _cells, name="structures-silencieuses", about="childcare:silences"
    )


def _cells(rows: list[StructureSilence]) -> list[list[str]]:
    lines = [
        [line.one.place.number, line.name, line.city, short_day(line.one.since), short_day(line.one.mailed_on),
         line.one.adviser.full_name if line.one.adviser else "", short_day(line.one.called_on)]
        for line in _lines(rows)
    ]  # fmt: skip
    return [
        ["N°", "Nom", "Commune", "Sans mise à jour depuis le", "Courriel le", "Appel confié à", "Appelée le"],
        *lines,
    ]
