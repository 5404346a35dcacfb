"""`PUT /api/v1/structures/{cnaf_id}/availability` and `POST /api/v1/oauth/token` (docs/availability.md)."""

import json
import logging
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils.cache import add_never_cache_headers
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import APIException, AuthenticationFailed, NotAuthenticated
from rest_framework.parsers import BaseParser, FormParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from monenfant.models import SoftwareVendor
from monenfant.transmission import openapi
from monenfant.transmission.codes import problem, status_of
from monenfant.transmission.oauth import token_answer, vendor_of
from monenfant.transmission.receiving import Call, Refused, receive
from monenfant.transmission.shape import BODY_MEGABYTES
from portal.accounts.limits import TooManyTries, address_of, take_turn
from portal.accounts.permissions import moment_on, today

logger = logging.getLogger(__name__)
AWAY = (OperationalError, InterfaceError)
RETRY_SECONDS = 60
TOKENS_A_MINUTE = 300
TRIAL = "dry-run=1"


class VendorCaller:
    """Who a request is from when a vendor's token opens the door."""

    is_authenticated = True

    def __init__(self, vendor: SoftwareVendor) -> None:
        self.vendor = vendor


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer TOKEN`. Without one, nobody; with a wrong one, 401."""

    def authenticate(self, request: Request) -> tuple[VendorCaller, str] | None:
        scheme, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        vendor = vendor_of(text.strip(), today())
        if vendor is None:
            raise AuthenticationFailed
        return VendorCaller(vendor), text

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="places libres", error="invalid_token"'


class Bytes(BaseParser):
    """The body stays what it was; it is read when it is its turn, and no more of it than may be."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> bytes:
        content: bytes = stream.read(BODY_MEGABYTES * 1_000_000 + 1)
        return content


class AvailabilityView(APIView):
    """A window of free places in, what became of each slot out."""

    authentication_classes = [TokenAuthentication]
    parser_classes = [Bytes]

    @extend_schema(
        operation_id="put_availability", tags=["Places libres"], request={openapi.JSON: openapi.MESSAGE_SCHEMA},
        parameters=openapi.PARAMETERS, responses={**openapi.taken(), **openapi.refusals()}, examples=[openapi.MESSAGE_EXAMPLE],
        summary="Dire les places libres d’une structure",
        description="Remplace la fenêtre déclarée. Un jour de la fenêtre absent de « slots » n’a plus de place libre ; "
        "hors de la fenêtre, rien ne change.",
    )  # fmt: skip
    def put(self, request: Request, cnaf_id: str) -> Response:
        asked = request.META["QUERY_STRING"]
        call = Call(
            vendor=request.user.vendor, cnaf_id=cnaf_id, key=request.headers.get("Idempotency-Key", ""),
            read=lambda: _content(request), now=moment_on(today()), is_trial=asked == TRIAL,
        )  # fmt: skip
        # « ?dry-run=true » must not publish what its sender believes to be a trial.
        if asked not in ("", TRIAL):
            return _errors(400, "E001_SCHEMA", "Seul « ?dry-run=1 » est attendu dans l’adresse. Rien n’a été pris.")
        reply = receive(call)
        return Response(reply.body, reply.status, headers=reply.headers)

    def handle_exception(self, exc: Exception) -> Response:
        """Whatever goes wrong has the code of the table."""
        if isinstance(exc, AWAY):
            return away(exc)
        if isinstance(exc, NotAuthenticated | AuthenticationFailed):
            answer = super().handle_exception(exc)
            return _errors(answer.status_code, "E002_AUTH", "", answer.headers["WWW-Authenticate"])
        if isinstance(exc, APIException):
            return _errors(exc.status_code, "E001_SCHEMA", str(exc.detail))
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        add_never_cache_headers(answer)
        return answer


def _content(request: Request) -> bytes:
    content: bytes = request.data or b""
    if len(content) > BODY_MEGABYTES * 1_000_000:
        remedy = "Découpez la fenêtre, ou employez « pattern »."
        raise Refused(problem("E001_SCHEMA", "", f"Le message dépasse {BODY_MEGABYTES} Mo.", remedy))
    return content


def _errors(status: int, code: str, message: str, scheme: str = "") -> Response:
    headers = {"WWW-Authenticate": scheme} if scheme else None
    return Response({"errors": [problem(code, "", message)]}, status, headers=headers)


def away(exc: Exception) -> Response:
    """The database is away, or gave up: nothing was taken, and the same call may be made again."""
    logger.error("availability: %s", type(exc).__name__)
    errors = [problem("E050_UNAVAILABLE")]
    return Response({"errors": errors}, status_of(errors), headers={"Retry-After": str(RETRY_SECONDS)})


class TokenView(APIView):
    """A token for who shows a vendor's secret (RFC 6749, 4.4)."""

    authentication_classes = []
    permission_classes = [AllowAny]
    parser_classes = [FormParser]

    @extend_schema(
        operation_id="post_token", tags=["Places libres"], auth=[], summary="Obtenir un jeton",
        description="Code et secret de l’éditeur par HTTP Basic, ou « client_id » et « client_secret » dans le corps.",
        request={"application/x-www-form-urlencoded": openapi.TOKEN_REQUEST},
        responses={(200, openapi.JSON): openapi.TOKEN_SCHEMA} | {
            (status, openapi.JSON): openapi.TOKEN_ERROR for status in (400, 401, 429, 503)
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        take_turn(f"token:{address_of(request)}", most=TOKENS_A_MINUTE, within=timedelta(minutes=1))
        # An address is written by whatever carries it: no secret stands there, and nothing is read there (RFC 6749, 2.3.1).
        if request.META.get("QUERY_STRING"):
            return Response({"error": "invalid_request"}, 400, headers={"Cache-Control": "no-store"})
        headers, said, status = token_answer(
            address=request.build_absolute_uri(),
            body=request.body.decode("utf-8", "replace"),
            headers=dict(request.headers),
        )
        if status == 401:
            headers["WWW-Authenticate"] = 'Basic realm="jeton"'
        headers.pop("Content-Type", None)
        return Response(json.loads(said), status, headers=headers)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, TooManyTries):
            return _not_now(429, "slow_down", exc.seconds)
        if isinstance(exc, AWAY):
            logger.error("token: %s", type(exc).__name__)
            return _not_now(503, "temporarily_unavailable", RETRY_SECONDS)
        return super().handle_exception(exc)


def _not_now(status: int, error: str, seconds: int) -> Response:
    return Response({"error": error}, status, headers={"Retry-After": str(seconds), "Cache-Control": "no-store"})
