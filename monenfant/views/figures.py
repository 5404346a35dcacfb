"""`/garde/chiffres/` and `/garde/donnees/`: public figures and open data, for anybody."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from monenfant.figures import words
from monenfant.figures.open_data import DATA_SETS, LICENCE, DataSet
from monenfant.figures.published import OTHERS, Area, latest
from monenfant.figures.writing import as_csv, as_geojson
from portal.accounts.permissions import today
from portal.frame.paging import Page
from portal.organisations.directory import departements

COMMUNES_OF_A_PAGE = 50
FORMATS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "geojson": (as_geojson, "application/geo+json"),
}
REFERENCES = {"coverage_then": "coverage", "occupancy_then": "real_occupancy", "unfilled_then": "unfilled_places"}


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The country, and each département in a line."""
    published = latest()
    if published is None:
        return render(request, "monenfant/figures.html", {"published": None})
    covered = published.covered
    shown = covered if covered.coverage is not None else published.france
    return render(request, "monenfant/figures.html", {
        "published": published, "title": words.finding(shown), "shown": shown, "area": published.france,
        "known": sum(one.coverage is not None for one in published.departements),
        "map": words.coverage_map(published), "volumes": words.volumes(published.day.volumes), **_told(published.france),
    })  # fmt: skip


@require_safe
def departement_figures(request: HttpRequest, departement: str) -> HttpResponse:
    """One département, and those of its communes that may be shown."""
    named = departements().get(departement)
    if named is None:
        raise Http404
    published = latest()
    counted = {one.number: one for one in published.departements} if published else {}
    area = counted.get(departement)
    context: dict[str, Any] = {"published": published, "departement": named, "area": area, "shown": area}
    if published and area:
        context |= {
            "title": words.finding(area),
            "page": _page(published.communes(departement), request.GET),
            **_told(area),
        }
    return render(request, "monenfant/figures_departement.html", context)


def _page(areas: list[Area], params: Mapping[str, str]) -> Page:
    """Some communes by number; what stands for the others comes last."""
    named = [one for one in areas if one.number != OTHERS]
    numbers = [one.number for one in named]
    first = 0
    if params.get("after") in numbers:
        first = numbers.index(params["after"]) + 1
    elif params.get("before") in numbers:
        first = max(0, numbers.index(params["before"]) - COMMUNES_OF_A_PAGE)
    rows, end = named[first : first + COMMUNES_OF_A_PAGE], first + COMMUNES_OF_A_PAGE
    is_last = end >= len(named)
    if is_last:
        rows += areas[len(named) :]
    return Page(rows, numbers[first] if first else None, None if is_last else numbers[end - 1])


def _told(area: Area) -> dict[str, Any]:
    then = {name: words.reference(key) for name, key in REFERENCES.items()}
    then |= {name: int(then[name] * 10) for name in ("coverage_then", "occupancy_then")}
    return {"week": words.week(area), **then}


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    return render(request, "monenfant/figures_data.html", {
        "sets": DATA_SETS.values(), "licence": LICENCE, "published": latest(),
    })  # fmt: skip


def _data_set(name: str, form: str) -> DataSet | None:
    found = DATA_SETS.get(name)
    return found if found and form in FORMATS and (form == "csv" or found.shape) else None


def _mark(_request: HttpRequest, name: str, form: str) -> str | None:
    published, found = latest(), _data_set(name, form)
    return f'"{found.mark(published, today())}"' if published and found else None


@require_safe
@condition(etag_func=_mark)
def open_data_file(request: HttpRequest, name: str, form: str) -> StreamingHttpResponse:
    """One set, row by row. 404 before the first day counted, and for a set that has no such form."""
    published, found = latest(), _data_set(name, form)
    if published is None or found is None:
        raise Http404
    write, content_type = FORMATS[form]
    answer = StreamingHttpResponse(write(found, published, today()), content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cache-Control"] = "no-cache"
    return answer
