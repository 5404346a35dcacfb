"""The public simulators by HTTP."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from portal.legislation import simulations


class SimulationView(APIView):
    """`POST /api/v1/simulations/KIND`: facts in, result with its steps and articles out; 400 with every error."""

    permission_classes = [AllowAny]
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "simulations"

    @extend_schema(request=OpenApiTypes.OBJECT, responses={200: OpenApiTypes.OBJECT, 400: OpenApiTypes.OBJECT})
    def post(self, request: Request, kind: str) -> Response:
        try:
            simulate = simulations.get(kind)
        except KeyError:
            return Response({"detail": "Simulation inconnue."}, status=status.HTTP_404_NOT_FOUND)
        answers, ok = simulate(request.data)
        return Response(answers, status=status.HTTP_200_OK if ok else status.HTTP_400_BAD_REQUEST)
