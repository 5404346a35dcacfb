"""The door of the exchanges: envelopes come in, receipts go out; and the keys of the bodies played here, for all to read.

No session and no cookie: what opens the door is the signature of the envelope, and in production the certificate of the
connection, that the proxy has asked for.
"""

import logging
from datetime import timedelta

from cryptography import x509
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from fraud.envelopes import keys
from fraud.envelopes.receiving import Answer, receive
from fraud.envelopes.refusals import SENTENCES
from fraud.envelopes.sealing import bytes_most, now
from fraud.envelopes.transport import MEDIA_TYPE
from fraud.models import BodyKey, ExchangeBody
from fraud.rules.figures import control_parameters
from portal.accounts.limits import TooManyTries, address_of, take_turn
from portal.accounts.permissions import today

logger = logging.getLogger(__name__)
# Written by the proxy from the certificate that it checked, never by who calls (docs/operations.md).
CLIENT_HEADER = "X-Exchange-Client"
RETRY_SECONDS = 60


@csrf_exempt
@require_POST
def envelopes(request: HttpRequest) -> HttpResponse:
    """Take one envelope; the same one again gets the same receipt."""
    try:
        answer = _entered(request)
    except TooManyTries as often:
        answer = _problem(429, "TOO_OFTEN", "Trop d’enveloppes en une minute.")
        answer.headers["Retry-After"] = str(often.seconds)
    except (OperationalError, InterfaceError) as away:
        logger.error("envelopes: %s", type(away).__name__)
        answer = _problem(503, "UNAVAILABLE", "Rien n’a été pris : recommencez plus tard.")
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    add_never_cache_headers(answer)
    return answer


def _entered(request: HttpRequest) -> HttpResponse:
    client = client_of(request)
    if client is None:
        return _problem(403, "WRONG_CLIENT", "Cette adresse demande un certificat client.")
    if request.content_type != MEDIA_TYPE:
        return _problem(415, "MALFORMED", f"Type attendu : {MEDIA_TYPE}.")
    most = int(control_parameters().value("envelope.a_minute", today()))
    take_turn(f"envelopes:{client or address_of(request)}", most=most, within=timedelta(minutes=1))
    largest = bytes_most(now())
    content = request.read(largest + 1)
    if len(content) > largest:
        return _problem(413, "OVERSIZED", SENTENCES["OVERSIZED"])
    return _told(receive(content, client=client))


def client_of(request: HttpRequest) -> str | None:
    """The body of the client's certificate; empty when none is asked for here, None when one lacks."""
    if not settings.PORTAL_EXCHANGE_MTLS:
        return ""
    try:
        name = x509.Name.from_rfc4514_string(request.headers.get(CLIENT_HEADER, ""))
    except ValueError:
        return None
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if len(common) == 1 else None


def _told(answer: Answer) -> HttpResponse:
    status = 422 if answer.code else 200
    if not answer.receipt:
        return _problem(status, answer.code, SENTENCES.get(answer.code, ""))
    return HttpResponse(answer.receipt, content_type=MEDIA_TYPE, status=status)


def _problem(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"code": code, "message": message}, status=status, json_dumps_params={"ensure_ascii": False})


@require_GET
def published_keys(request: HttpRequest) -> HttpResponse:
    """The certificates of the bodies played here, in force: public by nature, proven by the authority that signed them."""
    try:
        take_turn(f"exchange-keys:{address_of(request)}", most=60, within=timedelta(minutes=1))
    except TooManyTries as often:
        return _problem(429, "TOO_OFTEN", f"Recommencez dans {often.seconds} s.")
    here = list(ExchangeBody.objects.filter(is_here=True).values_list("code", flat=True))
    return JsonResponse({"keys": [_public(key) for key in keys.published(here, now())]})


def _public(key: BodyKey) -> dict[str, str]:
    return {
        "body": key.body_id, "use": key.use, "kid": key.kid, "certificates": key.certificates,
        "valid_from": str(key.valid_from), "valid_to": str(key.valid_to),
    }  # fmt: skip
