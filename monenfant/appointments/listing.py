"""A list of requests on a page: searched, by tab, a page at a time, the oldest promise first."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from monenfant.appointments.selectors import TABS, matching
from monenfant.models import AppointmentRequest, Need
from portal.frame.filters import Field, filter_bar
from portal.frame.paging import count_up_to, page_of
from portal.organisations.communes import commune_of

ORDER = ("due_on", "pk")


def listed(request: HttpRequest, found: QuerySet[AppointmentRequest], page: str, on: date) -> dict[str, Any]:
    """What the template of a list needs: a page of rows, each with its commune and needs in words."""
    fields = [Field("q", "Nom, commune ou numéro"), Field("etat", "", TABS, hidden=True)]
    bar = filter_bar(page, request.user, request.GET, fields)  # type: ignore[arg-type]
    kept = matching(found, bar.values["q"])
    shown = page_of(kept, request.GET, order=ORDER)
    rows = [
        (row, commune_of(row.insee_code).name, ", ".join(Need(one).label for one in row.needs)) for row in shown.rows
    ]
    here = bar.values["etat"] or TABS[0][0]
    return {
        "bar": bar,
        "page": shown,
        "rows": rows,
        "total": count_up_to(kept),
        "tabs": TABS,
        "here": here,
        "today": on,
    }
