"""The public simulators by HTTP."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from portal.legislation import simulations

# Anybody may ask: one call is bounded, the command is not.
OBJECTS_MAX = 10_000


class FactsParser(BaseParser):
    """JSON read as the command reads it; nothing more than so many megabytes is taken in."""

    media_type = "application/json"
    megabytes = 10

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        content = stream.read(self.megabytes * 1_000_000 + 1)
        if len(content) > self.megabytes * 1_000_000:
            return simulations.NotJson(f"L’entrée dépasse {self.megabytes} Mo.")
        try:
            return self.read(content)
        except simulations.NotJson as refused:
            return refused

    def read(self, content: bytes) -> Any:
        return simulations.read_json(content)


def not_json(data: object, otherwise: str = "") -> Response:
    """400 for what the parser could not read, or for another reason that the body is not what is asked."""
    why = data if isinstance(data, simulations.NotJson) else simulations.NotJson(otherwise)
    return Response(simulations.not_json(why), status=status.HTTP_400_BAD_REQUEST)


class SimulationView(APIView):
    """`POST /api/v1/simulations/KIND`: facts in, result with its steps and articles out; 400 with every error."""

    permission_classes = [AllowAny]
    parser_classes = [FactsParser]
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "simulations"

    @extend_schema(request=OpenApiTypes.OBJECT, responses={200: OpenApiTypes.OBJECT, 400: OpenApiTypes.OBJECT})
    def post(self, request: Request, kind: str) -> Response:
        try:
            simulate = simulations.get(kind)
        except KeyError:
            return Response({"detail": "Simulation inconnue."}, status=status.HTTP_404_NOT_FOUND)
        facts = request.data
        if isinstance(facts, list) and len(facts) > OBJECTS_MAX:
            facts = simulations.NotJson(f"L’entrée compte plus de {OBJECTS_MAX} objets.")
        if isinstance(facts, simulations.NotJson):
            return not_json(facts)
        answers, ok = simulate(facts)
        return Response(answers, status=status.HTTP_200_OK if ok else status.HTTP_400_BAD_REQUEST)
