"""The way in of a third party to one request: the address and the code of its letter, without an account."""

from django.conf import settings
from django.urls import reverse

from fraud.models import ThirdPartyRequest
from portal.accounts.letter_doors import LetterDoor

DOOR = LetterDoor(
    salt="fraud.thirdparties.links", kind="THIRD", code="third-party-code", subject=ThirdPartyRequest.SUBJECT,
    action="control.third_party",
)  # fmt: skip
token_of, code_of = DOOR.token_of, DOOR.code_of


def address_of(request: ThirdPartyRequest) -> str:
    return settings.PORTAL_ADDRESS + reverse("fraud:third_answer", args=[token_of(request)])


def find(token: str) -> ThirdPartyRequest | None:
    """The request that an address leads to; None when it leads nowhere, or no longer."""
    key = DOOR.key_of(token)
    sent = ThirdPartyRequest.objects.select_related("case").filter(sent_on__isnull=False, purged_on=None)
    return sent.filter(secret_key=key).first() if key else None
