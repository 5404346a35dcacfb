"""The conversation of a family and the team, read by either side; who is who, in names."""

from dataclasses import dataclass, field
from datetime import datetime

from cmg.family.papers import about_message, by_about
from cmg.selectors import full_names
from portal.casework.models import Attachment, Message
from portal.casework.papers import text_of
from portal.notices.models import Notice

SHOWN_MOST = 100
NOTICES_SHOWN = 20


@dataclass(frozen=True)
class Said:
    """One message: who wrote, when, what; `unread` by the other side."""

    who: str
    from_family: bool
    at: datetime
    text: str
    unread: bool
    papers: list[Attachment] = field(default_factory=list)


def conversation(subject: str) -> list[Said]:
    """The last messages with their papers, the latest first. Three queries."""
    found = list(Message.objects.filter(subject=subject).order_by("-pk")[:SHOWN_MOST])
    names, papers = full_names([one.author for one in found]), by_about(subject)
    return [
        Said(
            names.get(one.author, one.author), one.from_family, one.at, text_of(one), one.read_at is None,
            papers.get(about_message(one), []),
        )
        for one in found
    ]  # fmt: skip


def mark_read(subject: str, *, by_family: bool, at: datetime) -> int:
    """What the other side wrote has been shown; returns how many were new."""
    found = Message.objects.filter(subject=subject, from_family=not by_family, read_at__isnull=True)
    return found.update(read_at=at)


def notices_of(subject: str) -> list[Notice]:
    """The e-mails asked for a family and what became of them, for support: never their address. One query."""
    return list(Notice.objects.filter(subject=subject).order_by("-pk")[:NOTICES_SHOWN])
