"""Papers that prove: kept once, encrypted; opened with their hash proven again, the read journaled, the officer's mark on."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import transaction
from django.utils import timezone

from fraud.cases.watermark import watermarked
from fraud.guarding import refuse_linked
from fraud.models import EvidenceItem, EvidenceKind
from portal.accounts.models import User
from portal.audit.operations import journal
from portal.casework.papers import LARGEST, PaperRefused, content_type_of
from portal.people.vault import Undecipherable, decrypt, encrypt

PROVENANCE = ("body", "system", "extraction_at", "officer")
KINDS = {"application/pdf": EvidenceKind.PDF, "image/png": EvidenceKind.PNG, "image/jpeg": EvidenceKind.JPEG}
EXTENSIONS = {EvidenceKind.PDF: "pdf", EvidenceKind.PNG: "png", EvidenceKind.JPEG: "jpg", EvidenceKind.TEXT: "txt"}


class EvidenceRefused(Exception):
    """Why a paper cannot be kept as evidence, in French."""


class EvidenceAltered(Exception):
    """The paper no longer agrees with its hash: it is not shown, and proves nothing."""


class EvidenceGone(Exception):
    """Its time of keeping is over, or it was taken out of a draft; only its hash is left."""


def keep_evidence(
    *, case_pk: int | None, reference: str, title: str, content: bytes, provenance: Mapping[str, str], by: str, at: datetime
) -> EvidenceItem:  # fmt: skip
    """Keep one paper of a reference; the same bytes again under it give the first row, tied to the case if it was to none.
    What was emptied since is kept anew, in a row of its own.

    `provenance`: body, system, extraction_at, officer, none of them empty. Raises EvidenceRefused.
    """
    missing = [name for name in PROVENANCE if not str(provenance.get(name, "")).strip()]
    if missing or not reference.strip() or not title.strip():
        raise EvidenceRefused("Il manque la provenance, la référence ou le titre de cette pièce.")
    kind, digest = _kind_of(content), hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        found, is_new = EvidenceItem.objects.get_or_create(
            reference=reference, sha256=digest, purged_on=None,
            defaults={
                "case_id": case_pk, "kind": kind, "title": title[:200], "size": len(content), "content": encrypt(content),
                "provenance": {name: str(provenance[name]) for name in PROVENANCE}, "kept_by": by, "kept_at": at,
            },
        )  # fmt: skip
        if is_new:
            detail = {"evidence": found.pk, "sha256": digest, "kind": kind}
            journal(actor=by, action="control.evidence_kept", subject=_subject(found), detail=detail, at=at)
        elif case_pk is not None and found.case_id is None:
            EvidenceItem.objects.filter(pk=found.pk, case=None).update(case_id=case_pk)
            found.refresh_from_db(fields=["case"])
    return found


def may_be_kept(content: bytes) -> bool:
    """Whether these bytes are a paper that can be kept, before anything is."""
    try:
        _kind_of(content)
    except EvidenceRefused:
        return False
    return True


def open_evidence(*, evidence_pk: int, user: User, at: datetime) -> bytes:
    """The paper as a PDF that bears the officer's name and the time. The right to the page is for the caller to check.

    Call it outside any transaction: what is refused stays in the journal. Raises EvidenceItem.DoesNotExist, LinkedToThem,
    EvidenceGone, EvidenceAltered, or CannotBeShown (`fraud.cases.watermark`).
    """
    found = EvidenceItem.objects.select_related("case").get(pk=evidence_pk)
    if found.case is not None:
        day = timezone.localdate(at)
        refuse_linked(user=user, day=day, action="control.evidence_read", subject=found.case.subject)
    if found.purged_on is not None:
        raise EvidenceGone(f"Cette pièce a été effacée le {found.purged_on:%d/%m/%Y} : il n’en reste que l’empreinte.")
    content = _proven(found, user, at)
    detail = {"evidence": found.pk, "sha256": found.sha256}
    journal(actor=user.get_username(), action="control.evidence_read", subject=_subject(found), detail=detail, at=at)
    return watermarked(kind=found.kind, title=found.title, content=content, officer=user.full_name, at=at)


def bundle(*, items: Iterable[EvidenceItem], user: User, at: datetime) -> bytes:
    """The documents as they were received, in one archive, to be sent to the person with the letter that names them.

    Each is proven by its hash and journaled. Raises EvidenceAltered or EvidenceGone: nothing is sent in part.
    """
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for place, one in enumerate(items, start=1):
            if one.purged_on is not None:
                raise EvidenceGone(f"La pièce « {one.title} » a été effacée : elle ne peut plus être jointe.")
            archive.writestr(
                f"{place:02d}-{one.sha256[:12]}.{EXTENSIONS[EvidenceKind(one.kind)]}", _proven(one, user, at)
            )
            detail = {"evidence": one.pk, "sha256": one.sha256}
            journal(
                actor=user.get_username(), action="control.evidence_copied", subject=_subject(one), detail=detail, at=at
            )
    return made.getvalue()


def purge_evidence(*, evidence_pk: int, by: str, on: date, at: datetime) -> None:
    """Empty a paper whose time is over, or that leaves a draft; its hash and provenance stay. A second call does nothing."""
    with transaction.atomic():
        found = EvidenceItem.objects.select_for_update(of=("self",)).select_related("case").get(pk=evidence_pk)
        if found.purged_on is not None:
            return
        found.content, found.purged_on = b"", on
        found.save(update_fields=["content", "purged_on"])
        journal(
            actor=by, action="control.evidence_purged", subject=_subject(found), detail={"evidence": found.pk}, at=at
        )


def _proven(found: EvidenceItem, user: User, at: datetime) -> bytes:
    """The bytes, when they are those that were kept."""
    try:
        content = decrypt(found.content)
    except Undecipherable:
        content = b""
    if hashlib.sha256(content).hexdigest() != found.sha256:
        detail = {"evidence": found.pk, "sha256": found.sha256}
        journal(
            actor=user.get_username(), action="control.evidence_altered", subject=_subject(found), detail=detail, at=at
        )
        raise EvidenceAltered(
            "Cette pièce ne correspond plus à son empreinte : elle n’est pas montrée et ne prouve rien. "
            "L’écart est inscrit au journal."
        )
    return content


def _kind_of(content: bytes) -> EvidenceKind:
    """What the bytes are. Raises EvidenceRefused."""
    if not content or len(content) > LARGEST:
        raise EvidenceRefused("Cette pièce est vide ou pèse plus de 10 Mo.")
    try:
        return KINDS[content_type_of(content)]
    except PaperRefused:
        pass
    try:
        if "\x00" in content.decode():
            raise EvidenceRefused("Cette pièce n’est ni un PDF, ni une image (JPEG, PNG), ni un texte.")
    except UnicodeDecodeError as error:
        raise EvidenceRefused("Cette pièce n’est ni un PDF, ni une image (JPEG, PNG), ni un texte.") from error
    return EvidenceKind.TEXT


def _subject(found: EvidenceItem) -> str:
    return found.case.subject if found.case is not None else f"evidence:{found.reference}"
