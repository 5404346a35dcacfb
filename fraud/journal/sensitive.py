"""The files of which every look-up is read again."""

from datetime import date

from django.db import IntegrityError, transaction

from fraud.journal.reviewing import NOTE_LEAST, Reviewer, ReviewRefused
from fraud.models import SensitiveFile
from portal.audit.operations import journal


def enter_file(*, subject: str, reason: str, by: Reviewer) -> SensitiveFile:
    """From today on, every look-up of this file is read again. Raises ReviewRefused."""
    subject, reason = subject.strip()[:80], reason.strip()[:200]
    if ":" not in subject or len(reason) < NOTE_LEAST:
        raise ReviewRefused(
            "Écrivez la référence du dossier, comme cmg:employer:0012345678, et pourquoi il est sensible."
        )
    try:
        with transaction.atomic():
            made = SensitiveFile.objects.create(subject=subject, reason=reason, since=by.on, entered_by_id=by.user_pk)
            journal(actor=by.name, action="journal.sensitive_entered", subject=subject, at=by.at)
    except IntegrityError as known:
        raise ReviewRefused("Ce dossier est déjà dans la liste.") from known
    return made


def end_file(*, file_pk: int, by: Reviewer) -> SensitiveFile:
    """From today on, no longer; a file entered today stays until tomorrow. Raises ReviewRefused."""
    with transaction.atomic():
        found = SensitiveFile.objects.select_for_update(of=("self",)).filter(pk=file_pk, until=None).first()
        if found is None or not _was_there(found, by.on):
            raise ReviewRefused("Ce dossier n’est plus dans la liste, ou vient d’y entrer : il y reste jusqu’à demain.")
        found.until = by.on
        found.save(update_fields=["until"])
        journal(actor=by.name, action="journal.sensitive_ended", subject=found.subject, at=by.at)
    return found


def _was_there(found: SensitiveFile, on: date) -> bool:
    return found.since < on
