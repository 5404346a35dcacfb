"""`POST /api/v1/aripa/titles` and its receipts, for the software of courts, lawyers and notaries (docs/senders.md)."""

import re
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from aripa.models import TitleReceipt
from aripa.senders.receipts import get_receipt, told
from aripa.senders.receiving import Call, KeyReused, receive
from aripa.senders.rules import SENDERS
from aripa.senders.shape import Shape, shape_of
from portal.accounts.api import KeyedView, with_mission
from portal.accounts.permissions import today
from portal.frame.api import FactsParser, not_json
from portal.legislation import simulations
from portal.legislation.facts import error

KEY = re.compile(r"[\x21-\x7e]{1,100}", re.ASCII)
ONCE = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="Le même envoi rend le même reçu.")


@dataclass(frozen=True)
class Content:
    """A body as it came, and what it says."""

    whole: bytes
    said: Any


class CallParser(FactsParser):
    """One megabyte at most: a hundred titles of twenty children are a third of it."""

    megabytes = 1

    def read(self, content: bytes) -> Content:
        return Content(content, simulations.read_json(content))


class SenderView(KeyedView):
    """What the software of a sender calls, with its own key."""

    permission_classes = [with_mission(*SENDERS)]


class TitlesView(SenderView):
    """Titles in, a receipt out: 201 received (in whole or in part), 200 known already, 422 nothing could enter."""

    parser_classes = [CallParser]

    @extend_schema(
        request=OpenApiTypes.OBJECT,
        parameters=[ONCE],
        responses=dict.fromkeys((200, 201, 400, 422), OpenApiTypes.OBJECT),
    )
    def post(self, request: Request) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if key and not KEY.fullmatch(key):
            return _refused(_wrong_key("bad_value", "La clé compte de 1 à 100 signes sans espace ni accent."))
        if not isinstance(request.data, Content):
            return not_json(request.data, "L’entrée est vide.")
        shape = shape_of(request.data.said)
        if shape.errors:
            return _refused(shape)
        call = Call(request.data.whole, shape.titles, key, today(), timezone.now())
        return _answer(call, request)


def _answer(call: Call, request: Request) -> Response:
    try:
        receipt, again = receive(call=call, by=request.user)
    except KeyReused:
        shape = _wrong_key("key_reused", "Cette clé a déjà servi à un autre envoi : rien n’a été reçu.")
        return _refused(shape, status.HTTP_422_UNPROCESSABLE_ENTITY)
    answer = told(receipt)
    if again:
        return Response(answer | {"again": True})
    entered = answer["received"] + answer["already_received"]
    code = status.HTTP_201_CREATED if entered else status.HTTP_422_UNPROCESSABLE_ENTITY
    return Response(answer | {"again": False}, status=code)


def _wrong_key(code: str, message: str) -> Shape:
    return Shape(errors=[error("Idempotency-Key", code, message, "En tirer une nouvelle pour chaque envoi.")])


def _refused(shape: Shape, code: int = status.HTTP_400_BAD_REQUEST) -> Response:
    """Nothing was received: every error at once."""
    return Response({"errors": shape.errors}, status=code)


class ReceiptView(SenderView):
    """What became of each title of a receipt of one's own."""

    @extend_schema(responses={200: OpenApiTypes.OBJECT, 404: OpenApiTypes.OBJECT})
    def get(self, request: Request, number: str) -> Response:
        try:
            receipt = get_receipt(number, request.user)
        except TitleReceipt.DoesNotExist:
            return Response({"detail": "Reçu introuvable."}, status=status.HTTP_404_NOT_FOUND)
        return Response(told(receipt))
