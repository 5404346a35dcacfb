"""Handing an envelope over: to the body next door when this portal plays it too, by HTTPS otherwise. Never in a transaction."""

import requests
from django.conf import settings

from fraud.envelopes.receiving import receive
from fraud.models import ExchangeBody, OutgoingEnvelope

DOOR = "/api/v1/exchanges/envelopes"
MEDIA_TYPE = "application/jose"
CONNECT_SECONDS, READ_SECONDS = 5, 30
ANSWER_MOST = 20_000


class NotDelivered(Exception):
    """No receipt came; it is tried again. `str()` says why, without anything of the content."""


def hand_over(envelope: OutgoingEnvelope) -> str:
    """The receipt of the recipient, as it came. Raises NotDelivered."""
    body = ExchangeBody.objects.get(code=envelope.recipient_id)
    content = bytes(envelope.sealed or b"")
    if body.is_here:
        return _next_door(content)
    return _posted(body.endpoint, content)


def _next_door(content: bytes) -> str:
    answer = receive(content, client="")
    if not answer.receipt:
        raise NotDelivered(answer.code)
    return answer.receipt


def _posted(endpoint: str, content: bytes) -> str:
    if not endpoint.startswith("https://"):
        raise NotDelivered("adresse sans TLS")
    try:
        answer = requests.post(
            endpoint.rstrip("/") + DOOR, data=content, headers={"Content-Type": MEDIA_TYPE},
            timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False, stream=True,
            cert=settings.PORTAL_EXCHANGE_CLIENT or None, verify=settings.PORTAL_EXCHANGE_CA or True,
        )  # fmt: skip
        with answer:
            return _receipt_in(answer)
    except requests.RequestException as failed:
        raise NotDelivered(type(failed).__name__) from failed


def _receipt_in(answer: requests.Response) -> str:
    text = answer.raw.read(ANSWER_MOST + 1, decode_content=True)
    if answer.headers.get("Content-Type", "").split(";")[0] != MEDIA_TYPE or len(text) > ANSWER_MOST:
        raise NotDelivered(f"HTTP {answer.status_code}")
    return text.decode("ascii", "replace")
