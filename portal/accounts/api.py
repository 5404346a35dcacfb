"""The doors of the API: a body's key, its mission, and how often anybody may call."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from portal.accounts.keys import key_of
from portal.accounts.limits import TooManyTries, address_of, take_turn
from portal.accounts.models import AccessKey, Mission
from portal.accounts.permissions import today

SCHEME = "Bearer"
CALLS_A_MINUTE = 300


class Caller:
    """The body that calls: who a request is from when a key opens the door."""

    is_authenticated = True

    def __init__(self, key: AccessKey) -> None:
        self.mission, self.body, self.name = Mission(key.mission), key.body, key.name

    @property
    def code(self) -> str:
        """``CLERK:TJ63``: whose things these are, whatever key it holds."""
        return f"{self.mission}:{self.body}"


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer KEY`. Without one, nobody; with a wrong one, 401."""

    def authenticate(self, request: Request) -> tuple[Caller, AccessKey] | None:
        scheme, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        key = key_of(text.strip(), today())
        if key is None:
            raise AuthenticationFailed("Cette clé n’est pas connue, ou n’est plus en vigueur.")
        return Caller(key), key

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class KeyScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document tells it."""

    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "Clé remise à l’organisme, à sa mission."}


def with_mission(*missions: Mission) -> type[BasePermission]:
    """Only the software of bodies with one of these missions."""

    class HasMission(BasePermission):
        message = "La mission de cette clé ne permet pas cet appel."

        def has_permission(self, request: Request, view: Any) -> bool:
            return isinstance(request.user, Caller) and request.user.mission in missions

    return HasMission


class Turns(BaseThrottle):
    """So many calls a minute for a body, else for an address; rows, so that every process counts the same."""

    until = None

    def allow_request(self, request: Request, view: Any) -> bool:
        who = request.user.code if isinstance(request.user, Caller) else address_of(request)
        try:
            take_turn(f"api:{who}", most=CALLS_A_MINUTE, within=timedelta(minutes=1))
        except TooManyTries as shut:
            self.until = shut.until
            return False
        return True

    def wait(self) -> float | None:
        return max(1.0, (self.until - timezone.now()).total_seconds()) if self.until else None


class KeyedView(APIView):
    """What the software of a body calls. Its answers are the caller's alone: no cache on the way keeps them, for the
    next who asks for the same address may not hold what opened it."""

    authentication_classes = [KeyAuthentication]
    throttle_classes = [Turns]

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        add_never_cache_headers(answer)
        return answer
