"""Letters of a subject, and the progress of a batch from its jobs."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from portal.letters.models import JobState, Letter, LetterBatch, LetterJob


@dataclass(frozen=True)
class Progress:
    """How far a batch is."""

    done: int
    failed: int
    total: int


def letters_of(subject: str) -> QuerySet[Letter]:
    """The letters of a subject, the last first; their contents are left where they are."""
    return Letter.objects.filter(subject=subject).defer("pdf", "text").order_by("-pk")


def progress_of(batch: LetterBatch) -> Progress:
    """Counts of a batch's jobs, in one query."""
    counts = batch.jobs.aggregate(
        done=Count("pk", filter=Q(state=JobState.DONE)),
        failed=Count("pk", filter=Q(state=JobState.FAILED)),
        total=Count("pk"),
    )
    return Progress(**counts)


def progress_of_batches(batch_pks: Sequence[int]) -> dict[int, Progress]:
    """Counts of several batches, in one query."""
    found = LetterJob.objects.filter(batch_id__in=batch_pks).values_list("batch_id").order_by("batch_id")
    return {pk: Progress(**counts) for pk, counts in _counted(found)}


def _counted(found: QuerySet) -> list[tuple[int, dict[str, int]]]:
    counted = found.annotate(
        done=Count("pk", filter=Q(state=JobState.DONE)),
        failed=Count("pk", filter=Q(state=JobState.FAILED)),
        total=Count("pk"),
    )
    return [(pk, {"done": done, "failed": failed, "total": total}) for pk, done, failed, total in counted]


def progress_of_singles() -> Progress:
    """Counts of the letters asked for one by one."""
    counts = LetterJob.objects.filter(batch__isnull=True).aggregate(
        done=Count("pk", filter=Q(state=JobState.DONE)),
        failed=Count("pk", filter=Q(state=JobState.FAILED)),
        total=Count("pk"),
    )
    return Progress(**counts)


def failures_of(batch: LetterBatch | None) -> list[tuple[str, int]]:
    """What failed, by cause, the most frequent first; without a batch, of the letters asked for one by one."""
    found = LetterJob.objects.filter(batch=batch, state=JobState.FAILED).values_list("last_error")
    return list(found.annotate(count=Count("pk")).order_by("-count", "last_error")[:20])
