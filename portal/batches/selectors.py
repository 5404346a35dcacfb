"""Progress of a run, read from its rows: the page's bar and the terminal's tell the same."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, Sum

from portal.batches.models import Run, SliceState


@dataclass(frozen=True)
class Progress:
    """`rows_done` of `rows_total`; `last_beat` is when the last slice ended."""

    slices_done: int
    slices_total: int
    rows_done: int
    rows_total: int
    last_beat: datetime | None
    failed: int

    @property
    def percent(self) -> int:
        return 100 * self.slices_done // self.slices_total if self.slices_total else 0


def progress(run: Run) -> Progress:
    """One query."""
    found = run.slices.aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(state=SliceState.DONE)),
        rows=Sum("rows_done", default=0),
        beat=Max("finished_at"),
        failed=Count("pk", filter=~Q(last_error="")),
    )
    return Progress(found["done"], found["total"], found["rows"], run.rows_total, found["beat"], found["failed"])
