"""`/garde/lieu/…` and `/garde/cout/`: one place, and what it would cost."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from monenfant.models import CarePlace
from monenfant.reporting.contacts import known_of_many
from monenfant.search import asking, cost, words
from monenfant.search.place import place_shown, published
from monenfant.views.search import beside, leaves_no_trace
from portal.accounts.permissions import today


def _place(pk: int) -> CarePlace:
    """A place that is shown today; one that is not, or that never was, is the same page that is not there."""
    try:
        return published(pk, today())
    except (CarePlace.DoesNotExist, OverflowError) as absent:
        raise Http404 from absent


@require_GET
@leaves_no_trace
def place(request: HttpRequest, pk: int) -> HttpResponse:
    _asked, need = asking.of_address(request.GET, today())
    shown = place_shown(_place(pk), need, today())
    criteria = need.criteria.urlencode() if need else ""
    commune = need.commune.code if need else shown.commune
    return render(request, "monenfant/place.html", {
        "shown": shown, "need": need, "criteria": criteria, **beside(commune),
        "when": words.when(need) if need else "", "hours": words.of_hours(need.hours) if need else "",
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@leaves_no_trace
def place_cost(request: HttpRequest) -> HttpResponse:
    """Three facts, then what each mode leaves to pay, that of the place first. What is typed stands in no address."""
    _asked, need = asking.of_address(request.GET, today())
    chosen = _chosen(request.GET.get("place", ""))
    context = {
        "place": chosen,
        "pk": request.GET.get("place", ""),
        "criteria": need.criteria.urlencode() if need else "",
        **beside(need.commune.code if need else ""),
    }
    if request.method != "POST":
        typed = {"child_birth_date": cost.born_on(need)}
        return render(request, "monenfant/search_cost.html", context | {"questions": cost.questions(typed, {})})
    shown = cost.compared(request.POST, chosen, need.first if need else today())
    wrong = {error["column"]: error["message"] for error in shown.errors}
    context |= {"shown": shown, "questions": cost.questions(request.POST, wrong)}
    return render(request, "monenfant/search_cost.html", context, status=422 if shown.errors else 200)


def _chosen(text: str) -> cost.Place | None:
    if not (text.isascii() and text.isdigit()):
        return None
    place = _place(int(text))
    key = (place.provider, place.number)
    return cost.place_to_compare(place, known_of_many([key], today()).get(key))
