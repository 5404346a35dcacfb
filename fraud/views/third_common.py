"""What the pages of third parties and of the committee share: papers given, papers shown."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse

from cmg.selectors import full_names
from fraud.cases.evidence import EvidenceAltered, EvidenceGone, open_evidence
from fraud.cases.watermark import CannotBeShown
from fraud.models import EvidenceItem
from fraud.thirdparties.said import Paper
from portal.accounts.permissions import moment_on, today
from portal.casework.papers import PaperRefused, check_paper
from portal.frame.errors import Conflict


def papers_given(request: HttpRequest, name: str = "papers") -> tuple[list[Paper], dict[str, str]]:
    """The files of a form, none of them kept yet, or what is wrong with one."""
    papers, sent = [], request.FILES.getlist(name)
    try:
        for one in sent:
            papers.append(_paper(one))
    except PaperRefused as refused:
        return [], {name: str(refused)}
    return papers, {}


def _paper(sent: UploadedFile) -> Paper:
    """Raises PaperRefused."""
    check_paper(sent.size or 0, sent.read(16))
    sent.seek(0)
    safe = "".join(char for char in sent.name or "" if char.isprintable() and char not in '/\\"')[-120:] or "document"
    return Paper(safe, sent.read())


def names_in(moves: Iterable[Any]) -> dict[str, str]:
    """Who made some moves, by what they are signed with."""
    return full_names(sorted({one.by for one in moves})) | {"portail": "le portail", "tiers": "le tiers"}


def papers_of(reference: str) -> Sequence[EvidenceItem]:
    """The papers kept under a number, without their content."""
    return EvidenceItem.objects.filter(reference=reference).defer("content").order_by("pk")[:100]


def show_evidence(request: HttpRequest, found: EvidenceItem, *, back: str) -> HttpResponse:
    """The paper with the reader's name and the hour on each page; opening it is journaled. Raises LinkedToThem."""
    try:
        pdf = open_evidence(evidence_pk=found.pk, user=request.user, at=moment_on(today()))  # type: ignore[arg-type]
    except (EvidenceGone, EvidenceAltered, CannotBeShown) as unseen:
        raise Conflict(str(unseen), link=back, action="Revenir") from unseen
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="piece-{found.pk}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer
