"""A fund's director decides what the fund does with small sums, from a day on; and what that would change, beforehand."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Sum

from portal.audit.operations import journal
from portal.batches.models import RunState
from portal.benefits.models import Award, AwardStatus, DeferredSum, SmallPaymentPolicy, SmallPolicy, SumState
from portal.benefits.small.selectors import policy_on

SMALL = (AwardStatus.DEFERRED, AwardStatus.WAIVED)
ISSUED = (RunState.ISSUED, RunState.RECONCILED)


class PolicyRefused(Exception):
    """Why this cannot be decided, in French."""


@dataclass(frozen=True)
class Change:
    """What a policy would change: the one in force that day, what waits now, the small sums of the last issued run."""

    before: str
    after: str
    waiting: int
    waiting_cents: int
    last_month: date | None
    last: int
    last_cents: int


def preview(*, fund: str, policy: str, from_day: date) -> Change:
    """The change, in numbers; nothing is written."""
    waiting = DeferredSum.objects.filter(fund=fund, state=SumState.WAITING)
    count, cents = waiting.aggregate(count=Count("pk"), cents=Sum("amount_cents", default=0)).values()
    small = Award.objects.filter(fund=fund, status__in=SMALL, run__state__in=ISSUED, run__dry_run=False)
    month = small.order_by("-month").values_list("month", flat=True).first()
    of_month = small.filter(month=month) if month else small.none()
    last = of_month.aggregate(count=Count("pk"), cents=Sum(F("net_cents") - F("already_cents"), default=0))
    return Change(policy_on(fund, from_day), policy, count, cents, month, last["count"], last["cents"])


def decide_policy(
    *, fund: str, policy: str, from_day: date, reason: str, form_key: UUID, by: str, at: datetime, on: date
) -> tuple[SmallPaymentPolicy, bool]:
    """Write the decision; a second sending gives the first and True. Raises PolicyRefused."""
    first = SmallPaymentPolicy.objects.filter(form_key=form_key).first()
    if first is not None:
        return first, True
    if policy not in SmallPolicy.values:
        raise PolicyRefused("Choisissez ce que la caisse fait des petites sommes.")
    if from_day < on:
        raise PolicyRefused("Une règle ne revient pas en arrière : choisissez aujourd’hui ou un jour à venir.")
    if policy_on(fund, from_day) == policy:
        raise PolicyRefused("C’est déjà la règle à cette date : il n’y a rien à changer.")
    with transaction.atomic():
        decided, created = SmallPaymentPolicy.objects.get_or_create(
            form_key=form_key,
            defaults={"fund": fund, "policy": policy, "from_day": from_day, "reason": reason[:300], "decided_by": by,
                      "decided_on": on, "decided_at": at},
        )  # fmt: skip
        if created:
            detail = {"policy": policy, "from": from_day.isoformat(), "decision": decided.pk}
            journal(actor=by, action="benefits.small.policy", subject=f"fund:{fund}", detail=detail, at=at)
    return decided, not created
