"""Stops that professionals told: who receives no child, from when, and until when. The fund reads it and asks nothing of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from monenfant.duties import selectors
from monenfant.models import Stop
from monenfant.naming import names_of
from monenfant.views.agent_campaigns import city_of
from monenfant.views.agent_common import SEE
from portal.accounts.permissions import for_roles, today
from portal.frame.filters import Field, filter_bar
from portal.frame.paging import count_up_to, page_of

KINDS = (("final", "Arrêtent ce métier"), ("open", "Sans date de reprise"), ("until", "Jusqu’à une date"))


@dataclass(frozen=True)
class Line:
    """A stop in the list."""

    one: Stop
    name: str
    city: str


def _lines(rows: Sequence[Stop]) -> list[Line]:
    names = names_of(one.place for one in rows)
    return [Line(one, names[one.place_id], city_of(one.place.insee_code)) for one in rows]


@require_GET
@for_roles(SEE)
def stops(request: HttpRequest) -> HttpResponse:
    """Those that hold today or are to come, the last told first."""
    fields = [Field("q", "Nom ou n°, dans cette liste"), Field("kind", "Arrêt", KINDS)]
    bar = filter_bar("monenfant:stops", request.user, request.GET, fields)  # type: ignore[arg-type]
    found = selectors.stops(request.user, today())  # type: ignore[arg-type]
    if bar.values["kind"]:
        found = found.filter(selectors.stop_kinds()[bar.values["kind"]])
    if bar.values["q"]:
        found = found.filter(selectors.of_text(bar.values["q"], "place"))
    page = page_of(found, request.GET.dict(), order=("-pk",))
    context = {"page": page, "lines": _lines(page.rows), "total": count_up_to(found), "bar": bar, "on": today()}
    return render(request, "monenfant/childcare_stops.html", context)
