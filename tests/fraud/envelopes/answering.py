"""The portal as gunicorn serves it, with what the two-portals test treats: a request is answered at once, with a document."""

from portal.wsgi import application  # first: it loads the applications

# isort: split
from datetime import UTC, datetime

from fraud.envelopes.content import Document, Opened
from fraud.envelopes.receiving import RECEIVERS
from fraud.envelopes.sending import send
from fraud.models import AuthorisedOfficer

__all__ = ["application"]


def answer(asked: Opened) -> str:
    paper = Document("attestation.pdf", "application/pdf", b"%PDF-1.7 attestation", "REGISTRE", datetime.now(UTC))
    officer = AuthorisedOfficer.objects.get(body=asked.recipient, user__isnull=False)
    send(
        message={"kind": "test.answer", "of": str(asked.envelope_id)}, documents=[paper], sender=asked.recipient,
        recipient=asked.sender, officer_pk=officer.pk,
    )  # fmt: skip
    return ""


RECEIVERS["test.request"] = answer
RECEIVERS["test.answer"] = lambda _opened: ""
