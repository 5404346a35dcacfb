"""What a month would give some families now, computed like a run and left nowhere."""

import secrets
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from cmg.closing.families import Families
from cmg.closing.figures import figures_of
from cmg.closing.prepare import prepare
from cmg.closing.settling import Outcome, compute_slice
from cmg.closing.slices import digest_of, only_changed
from cmg.closing.verifying import run_digest
from portal.batches.models import Run

KIND = "cmg-month"
T = TypeVar("T")
# A trial stands after every run of its month: what was issued is its past. Its ordinal is drawn, because families who
# estimate the same month at the same time would otherwise wait for each other (one run per month and ordinal).
TRIAL_ORDINALS = range(20_000, 32_000)


def try_month(month: date, employers: Sequence[str], *, on: date) -> Outcome:
    """Reconcile and settle `employers` for `month` on what is known now; whatever it writes is rolled back.

    Raises NoParameterInForce.
    """
    return _try(month, employers, on, lambda outcome, _run: outcome)


def digest_now(month: date, employers: Sequence[str], *, on: date) -> str:
    """The digest that a run on `employers` would have if it were computed now."""
    families = Families.named(employers)
    changed = _try(month, employers, on, lambda outcome, run: only_changed(outcome.settlements, run, families))
    return run_digest([digest_of(changed)], "")


def _try(month: date, employers: Sequence[str], on: date, read: Callable[[Outcome, Run], T]) -> T:
    """What `read` takes of the outcome, while the trial's run is there."""
    figures = figures_of(month)
    with transaction.atomic():
        run = Run.objects.create(
            kind=KIND, month=month, ordinal=secrets.choice(TRIAL_ORDINALS), day=on, dry_run=True, scope=sorted(set(employers)),
            parameters_digest="", rule_version="", totals={"slices": 1}, started_at=timezone.now(),
        )  # fmt: skip
        prepare(run, shared_residence_allowed=figures.scale.shared_residence_allowed)
        found = read(compute_slice(run, Families.named(employers), figures), run)
        transaction.set_rollback(True)
    return found
