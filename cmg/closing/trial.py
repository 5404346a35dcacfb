"""What a month would give some families now, computed like a run and left nowhere."""

import secrets
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from cmg.closing.families import Families
from cmg.closing.figures import figures_of
from cmg.closing.prepare import prepare
from cmg.closing.settling import Outcome, compute_slice
from portal.batches.models import Run

KIND = "cmg-month"
# A trial stands after every run of its month: what was issued is its past. Its ordinal is drawn, because families who
# estimate the same month at the same time would otherwise wait for each other (one run per month and ordinal).
TRIAL_ORDINALS = range(20_000, 32_000)


def try_month(month: date, employers: Sequence[str], *, on: date) -> Outcome:
    """Reconcile and settle `employers` for `month` on what is known now; whatever it writes is rolled back.

    Raises NoParameterInForce.
    """
    figures = figures_of(month)
    with transaction.atomic():
        run = Run.objects.create(
            kind=KIND, month=month, ordinal=secrets.choice(TRIAL_ORDINALS), day=on, dry_run=True, scope=sorted(set(employers)),
            parameters_digest="", rule_version="", totals={"slices": 1}, started_at=timezone.now(),
        )  # fmt: skip
        prepare(run, shared_residence_allowed=figures.scale.shared_residence_allowed)
        found = compute_slice(run, Families.named(employers), figures)
        transaction.set_rollback(True)
    return found
