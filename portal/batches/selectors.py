"""Progress of a run, read from its rows: the page's bar and the terminal's tell the same; and who may sign it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Q, Sum

from portal.accounts.models import Posting, Role
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


def people_by_role(roles: Sequence[Role], day: date) -> dict[str, list[str]]:
    """The names of those who hold each role for every fund on `day`, in one query."""
    found: dict[str, list[str]] = {}
    postings = Posting.objects.in_force_on(day).filter(role__in=list(roles), fund="", user__is_active=True)
    for posting in postings.select_related("user").order_by("user__last_name", "pk"):
        names = found.setdefault(posting.role, [])
        if posting.user.full_name not in names:
            names.append(posting.user.full_name)
    return found
