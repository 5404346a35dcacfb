"""What waits for the two officers when they arrive: the month to sign, or what the bank answered to the last one."""

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from cmg.operations import KIND
from portal.accounts.models import Role
from portal.batches.models import Run, RunState, Signature


def month_to_sign_first() -> str:
    """The month that waits for the authorising officer; nothing once they have signed."""
    signed = Signature.objects.filter(run=OuterRef("pk"), role=Role.AUTHORISING_OFFICER, voided_at__isnull=True)
    return _page("cmg:month", _runs(RunState.TO_SIGN).filter(~Exists(signed)).order_by("month"))


def month_to_sign_second() -> str:
    """The month to sign or to issue; else what the bank answered to the last one that left."""
    waiting = _runs(RunState.TO_SIGN, RunState.SIGNED).order_by("month")
    left = _runs(RunState.ISSUED, RunState.RECONCILED).order_by("-month")
    return _page("cmg:month", waiting) or _page("cmg:bank", left)


def _runs(*states: RunState) -> QuerySet[Run]:
    """The runs of whole months: neither dry runs nor those that correct named families."""
    return Run.objects.filter(kind=KIND, dry_run=False, scope__isnull=True, state__in=states)


def _page(name: str, runs: QuerySet[Run]) -> str:
    month = runs.values_list("month", flat=True).first()
    return reverse(name, args=[f"{month:%Y-%m}"]) if month else ""
