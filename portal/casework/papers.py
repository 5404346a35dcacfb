"""Messages and papers of a family: encrypted, sent once, and refused in plain words when they are the wrong kind."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from portal.casework.models import Attachment, Dossier, Message
from portal.people.vault import decrypt, encrypt

LARGEST = 10 * 1024 * 1024
LONGEST = 5_000
# Of one subject in a day: ten pages of five documents; what comes after fills the store, not a file.
A_DAY = 50
# Told of each new message, in its transaction: an application registers what it does then.
AFTER_MESSAGE: list[Callable[[Message], object]] = []
# What a file really is, by its first bytes: its name and its announced type are not believed.
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"%PDF-", "application/pdf"),
)


class PaperRefused(Exception):
    """Why a paper or message cannot be taken, in French, with what to do."""


@dataclass(frozen=True)
class Sent:
    """A message as kept; `again` when the same form had been sent before."""

    message: Message
    again: bool


def send_message(
    *, subject: str, from_family: bool, author: str, text: str, form_key: UUID, at: datetime,
    dossier: Dossier | None = None,
) -> Sent:  # fmt: skip
    """Keep one message; the same form again gives the first receipt.

    Raises PaperRefused for an empty or too long one, and for a form that served for another conversation.
    """
    written = text.replace("\x00", "").strip()
    if not written:
        raise PaperRefused("Écrivez votre message.")
    if len(written) > LONGEST:
        raise PaperRefused(f"Ce message a {len(written)} signes, la limite est {LONGEST}. Envoyez-le en deux fois.")
    try:
        with transaction.atomic():
            message = Message.objects.create(
                subject=subject, dossier=dossier, from_family=from_family, author=author, at=at, form_key=form_key,
                text=encrypt(written.encode()),
            )  # fmt: skip
            for tell in AFTER_MESSAGE:
                tell(message)
    except IntegrityError as taken:
        first = Message.objects.filter(form_key=form_key, subject=subject, from_family=from_family).first()
        if first is None:
            raise PaperRefused("Cette page est trop ancienne : rechargez-la, puis recommencez.") from taken
        return Sent(first, again=True)
    return Sent(message, again=False)


def text_of(message: Message) -> str:
    """The message's text. Raises Undecipherable."""
    return decrypt(message.text).decode()


def content_type_of(content: bytes) -> str:
    """What the file really is. Raises PaperRefused."""
    for signature, content_type in SIGNATURES:
        if content.startswith(signature):
            return content_type
    raise PaperRefused("Ce fichier n’est ni une photo (JPEG, PNG) ni un PDF. Prenez une photo du document.")


def check_paper(size: int, beginning: bytes) -> str:
    """What the file is, from its size and first bytes, before anything of it is kept. Raises PaperRefused."""
    if size > LARGEST:
        raise PaperRefused(
            f"Ce fichier pèse {size / 1048576:.0f} Mo, la limite est 10 Mo. "
            "Envoyez les pages une par une, ou une photo plus légère."
        )
    return content_type_of(beginning)


def keep_attachment(
    *, subject: str, about: str, name: str, content: bytes, given_by: str, at: datetime
) -> Attachment:  # fmt: skip
    """Keep one paper; the same content about the same thing is kept once, and so many a day. Raises PaperRefused."""
    content_type = check_paper(len(content), content)
    digest = hashlib.sha256(content).hexdigest()
    known = Attachment.objects.filter(subject=subject, about=about, sha256=digest).defer("content").first()
    if known is not None:
        return known
    if Attachment.objects.filter(subject=subject, given_at__gt=at - timedelta(days=1)).count() >= A_DAY:
        raise PaperRefused(f"Vous avez déjà donné {A_DAY} pièces aujourd’hui. Continuez demain : rien n’est perdu.")
    safe = "".join(char for char in name if char.isprintable() and char not in '/\\"')[-120:] or "document"
    return Attachment.objects.create(
        subject=subject, about=about, name=safe, content_type=content_type, size=len(content), sha256=digest,
        content=encrypt(content), given_by=given_by, given_at=at,
    )  # fmt: skip


def content_of(attachment: Attachment) -> bytes:
    """The paper as it was given. Raises Undecipherable."""
    return decrypt(attachment.content)
