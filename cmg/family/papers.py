"""The papers that a family gave: with a report or a message, and in whose words each is listed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from cmg.models import Report
from portal.casework.models import Attachment, Message
from portal.casework.papers import keep_attachment
from portal.casework.selectors import papers_of

MESSAGE = "casework.message"


def about_report(report: Report) -> str:
    """What a report's papers are about."""
    return f"{Report.SUBJECT}:{report.pk}"


def about_message(message: Message) -> str:
    """What a message's papers are about."""
    return f"{MESSAGE}:{message.pk}"


def keep_photo(photo: UploadedFile, *, subject: str, about: str, by: str, at: datetime) -> Attachment:
    """Keep an uploaded photo, whose first bytes were already looked at. Raises PaperRefused."""
    photo.seek(0)
    return keep_attachment(
        subject=subject, about=about, name=photo.name or "", content=photo.read(), given_by=by, at=at
    )  # fmt: skip


def by_about(subject: str) -> dict[str, list[Attachment]]:
    """A family's papers by what they are about, each list in its order. One query."""
    found: dict[str, list[Attachment]] = {}
    for paper in reversed(papers_of(subject)):
        found.setdefault(paper.about, []).append(paper)
    return found


def with_origin(papers: dict[str, list[Attachment]], reports: Sequence[Report]) -> list[dict[str, Any]]:
    """Every paper with what it came with, the last first."""
    numbers = {about_report(one): one.number for one in reports}
    listed = [{"paper": paper, "origin": _origin(about, numbers)} for about, group in papers.items() for paper in group]
    return sorted(listed, key=lambda one: -one["paper"].pk)


def _origin(about: str, numbers: dict[str, str]) -> str:
    if about.startswith(f"{MESSAGE}:"):
        return "avec un message"
    return f"avec le signalement {numbers[about]}" if about in numbers else "avec un signalement"
