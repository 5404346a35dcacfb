"""A list of requests on a page: searched, by tab, a page at a time, the oldest promise first."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from monenfant.appointments.selectors import TABS, matching
from monenfant.models import AppointmentRequest, Need
from portal.frame.filters import clean
from portal.frame.paging import count_up_to, page_of
from portal.organisations.communes import commune_of

ORDER = ("due_on", "pk")


def listed(request: HttpRequest, found: QuerySet[AppointmentRequest], on: date, *, by_name: bool) -> dict[str, Any]:
    """What the template of a list needs: a page of rows, each with its commune and needs in words. `by_name`: whether the
    reader answers these families, and may look for them by their name."""
    typed, here = clean(request.GET.get("q", "")), request.GET.get("etat", "")
    kept = matching(found, typed, by_name=by_name)
    page = page_of(kept, request.GET, order=ORDER)
    rows = [
        (row, commune_of(row.insee_code).name, ", ".join(Need(one).label for one in row.needs)) for row in page.rows
    ]
    return {
        "q": typed, "page": page, "rows": rows, "total": count_up_to(kept), "tabs": TABS, "names": by_name, "today": on,
        "here": here if here in dict(TABS) else TABS[0][0],
    }  # fmt: skip
