"""The e-mails that the demonstration wrote to its folder, instead of sending them."""

import email
from dataclasses import dataclass
from email import policy
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Mail:
    """One e-mail. `link` is the last address of its text that leads to a page of the family's space, without its host."""

    to: str
    subject: str
    text: str
    link: str


def last_mails(count: int) -> list[Mail]:
    """The last e-mails, the newest first; none without a folder."""
    folder = Path(settings.EMAIL_FILE_PATH) if settings.EMAIL_FILE_PATH else None
    if folder is None or not folder.is_dir():
        return []
    paths = sorted(folder.glob("*.log"), key=lambda one: one.stat().st_mtime, reverse=True)[:count]
    return [mail for path in paths for mail in reversed(_read(path))][:count]


def _read(path: Path) -> list[Mail]:
    """A file holds every e-mail of one connection, each closed by a line of hyphens."""
    found = []
    for part in path.read_bytes().split(b"\n" + b"-" * 79):
        if part.strip():
            message = email.message_from_bytes(part.lstrip(b"\n"), policy=policy.default)
            text = message.get_content()
            found.append(Mail(message["To"], message["Subject"], text, _link(text)))
    return found


def _link(text: str) -> str:
    base = settings.PORTAL_ADDRESS
    for line in text.splitlines():
        if line.startswith(base + "/"):
            return line.removeprefix(base).strip()
    return ""
