"""The journal's morning: the day that is over is sealed, reads too old to be kept are emptied."""

from datetime import date
from pathlib import Path

from celery import shared_task
from django.conf import settings

from portal.accounts.permissions import today
from portal.audit.erasing import erase_reads
from portal.audit.models import JournalSeal
from portal.audit.sealing import eve, seal_journal, write_seals


@shared_task(acks_late=True, ignore_result=True)
def seal(*, day: str = "", **_later_arguments: object) -> None:
    """Seal `day` or yesterday; delivered twice, it is sealed once. With JOURNAL_SEALS_FILE, the file follows."""
    seal_journal(day=date.fromisoformat(day) if day else eve(today()))
    if settings.JOURNAL_SEALS_FILE:
        write_seals(Path(settings.JOURNAL_SEALS_FILE), JournalSeal.objects.order_by("day"))


@shared_task(acks_late=True, ignore_result=True)
def erase(**_later_arguments: object) -> None:
    """Empty the reads that are too old."""
    erase_reads(on=today(), by="portail")
