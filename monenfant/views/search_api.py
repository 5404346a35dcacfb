"""`GET /api/v1/childcare/search`: the search of the pages, for software. Nothing of it is kept.

The child's age is given in months: a date of birth in an address would be written by whatever carries it.
"""

from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from monenfant.rules.availability import KINDS
from monenfant.search.answer import Answer, answer_to
from monenfant.search.need import CRITERIA, MODES, RADII, WEEKDAYS, Error, Need, read_need
from monenfant.search.selectors import PAGES_MOST
from monenfant.search.shown import Card
from portal.accounts.permissions import today
from portal.organisations.communes import communes_of_postcode

ABOUT = {
    "commune": "Numéro Insee de la commune (5 caractères), ou bien `postcode`.",
    "date_from": "Premier jour, AAAA-MM-JJ.",
    "date_to": "Dernier jour ; absent : un seul jour, ou douze semaines pour REGULAR.",
    "time_from": "HH:MM, avec `time_to` ; absentes : la journée entière.",
    "time_to": "HH:MM.",
    "age_months": "Âge de l’enfant en mois révolus le premier jour, de 0 à 72.",
    "disability": "1 : un enfant handicapé est accueilli.",
    "atypical_hours": "1 : avant 8 h, après 18 h 30 ou le week-end.",
}
CHOICES: dict[str, tuple[object, ...]] = {
    "radius_km": RADII, "kind": KINDS, "weekdays": WEEKDAYS, "modes": tuple(MODES),
    "disability": ("1",), "atypical_hours": ("1",),
}  # fmt: skip
SEVERAL = {"weekdays", "modes"}
REQUIRED = {"date_from", "age_months"}
PARAMETERS = [
    OpenApiParameter(
        name, type=OpenApiTypes.STR, many=name in SEVERAL, required=name in REQUIRED, enum=CHOICES.get(name),
        description=ABOUT.get(name, ""),
    )
    for name in CRITERIA
] + [
    OpenApiParameter("postcode", type=OpenApiTypes.STR, description="Code postal d’une seule commune."),
    OpenApiParameter("page", type=OpenApiTypes.INT, description=f"De 1 à {PAGES_MOST}."),
]  # fmt: skip
KNOWN = {*CRITERIA, "postcode", "page"}


class SearchView(APIView):
    """The places that serve a need, best first, as the pages show them; 400 with every error."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "childcare"

    @extend_schema(
        operation_id="childcare_search", parameters=PARAMETERS,
        responses={200: OpenApiTypes.OBJECT, 400: OpenApiTypes.OBJECT},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        given = request.query_params.copy()
        errors = [*_of_postcode(given), *_foreign(given)]
        need, wrong = read_need(given, today())
        if errors or need is None:
            told = errors or [{"key": _key(one), "message": one["message"]} for one in wrong]
            return _traceless(Response({"errors": told}, status=status.HTTP_400_BAD_REQUEST))
        page = given.get("page", "1")
        answer = answer_to(need, on=today(), page=int(page) if page in map(str, range(1, PAGES_MOST + 1)) else 1)
        return _traceless(Response(_told(need, answer)))


def _traceless(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer


def _key(error: Error) -> str:
    return "commune" if error["column"] == "where" else error["column"]


def _of_postcode(given: Any) -> list[dict[str, Any]]:
    """The commune of a postcode; those among which to choose when it has several."""
    if "postcode" not in given or given.get("commune"):
        return []
    found = communes_of_postcode(given["postcode"])
    if len(found) == 1:
        given["commune"] = found[0].code
        return []
    told = "Aucune commune n’a ce code postal." if not found else "Plusieurs communes ont ce code : donnez `commune`."
    return [{"key": "postcode", "message": told, "choices": {one.code: one.name for one in found}}]


def _foreign(given: Any) -> list[dict[str, Any]]:
    """What is not asked, a date of birth above all, is refused rather than ignored."""
    told = "Cette donnée n’est pas attendue ici. L’âge se donne en mois, dans `age_months`."
    return [{"key": name, "message": told} for name in given if name not in KNOWN]


def _told(need: Need, answer: Answer) -> dict[str, Any]:
    return {
        "commune": {"code": need.commune.code, "name": need.commune.name},
        "results": [_card(card) for card in answer.cards],
        "has_more": answer.has_more,
        "next_page": answer.next_page,
        "unconfirmed": [_card(card) for card in answer.unconfirmed],
        "not_reported": [_card(card) for card in answer.silent],
        "relaxations": [
            {"label": one.label, "count": one.count, "has_more": one.has_more, "query": one.need.criteria.urlencode()}
            for one in answer.relaxations
        ],
    }


def _card(card: Card) -> dict[str, Any]:
    """What the page shows. A hidden address has no point, and its distance is to the kilometre."""
    found: dict[str, Any] = {
        "id": card.pk, "name": card.name, "kind": card.kind, "distance_km": card.distance_km,
        "is_distance_rounded": card.is_hidden, "confirmed_on": card.declared_on and card.declared_on.isoformat(),
        "url": reverse("monenfant:place", args=[card.pk]),
    }  # fmt: skip
    if card.places:
        found |= {"places": card.places, "percent": card.percent}
    return found if card.is_hidden else found | {"lat": card.lat, "lon": card.lon}
