"""A replay from end to end: a population made up, taken in apart, computed by both circuits, its lines kept.

Work is asked for as a row, and its progress is that row's: whoever reloads the page reads the same counts. A worker
that dies leaves a row that no longer beats; asking again begins anew.
"""

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import polars as pl
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cmg.closing.families import Families
from cmg.closing.figures import MonthFigures, figures_of
from cmg.closing.loading import load_declarations, load_received
from cmg.closing.prepare import prepare
from cmg.closing.settling import LIVE_KINDS, compute_slice
from cmg.models import Declaration, Replay, ReplayLine, ReplayState
from cmg.population import AUVERGNE, generate
from cmg.reconciliation.duplicates import mark_duplicates
from cmg.replay.apart import tables_apart, take_in
from cmg.replay.circuits import Slice, side_by_side
from cmg.replay.days import promises_on, with_days
from portal.audit.operations import journal
from portal.batches.models import Run
from portal.batches.slicing import slice_count
from portal.bulk import copy_in
from portal.exchange.buckets import BUCKETS

MONTH = date(2019, 6, 1)
FAMILIES, SEED = 20_000, 2019
RATE = Fraction(35, 1000)
DECLARING_DAYS = 11
RULE_VERSION = "2026.1"
OPEN = (ReplayState.WAITING, ReplayState.RUNNING)
DEAD_AFTER = timedelta(minutes=5)
KEPT = (
    "declaration_no", "employer_no", "name", "fund", "declared_on", "taken_on", "leaves_on", "wait", "is_decided",
    "codes", "left_debit_cents", "left_payout_cents", "due_debit_cents", "due_payout_cents", "right_debit_cents",
    "right_payout_cents", "left_wrong_cents", "left_undecided_cents", "left_missing_cents", "right_wrong_cents",
)  # fmt: skip
Tell = Callable[[str, int, int], object]


def ask_replay(*, by: str, families: int = FAMILIES, seed: int = SEED, month: date = MONTH) -> Replay:
    """The replay to work on: the one under way, or a new one. Pressing twice joins the same."""
    now = timezone.now()
    Replay.objects.filter(care_month=month, state__in=OPEN, beat_at__lt=now - DEAD_AFTER).update(
        state=ReplayState.FAILED
    )
    try:
        with transaction.atomic():
            found = Replay.objects.create(
                care_month=month, families=families, seed=seed, asked_by=by, asked_at=now, beat_at=now
            )
            journal(actor=by, action="cmg.replay.asked", subject=f"cmg.replay:{found.pk}", detail={"seed": seed})
    except IntegrityError:
        return Replay.objects.get(care_month=month, state__in=OPEN)
    return found


def run_replay(*, replay_pk: int, region: Sequence[str] | None = AUVERGNE, demo: bool = True) -> Replay | None:
    """Do the whole of a replay; None when another worker is at it. A second call on one that is done changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('cmg-replay'), %s)", (replay_pk,))
        if not cursor.fetchone()[0]:
            return None
    try:
        replay = Replay.objects.get(pk=replay_pk)
        return replay if replay.state not in OPEN else _run(replay, region, demo)
    except Exception:
        Replay.objects.filter(pk=replay_pk).update(state=ReplayState.FAILED, beat_at=timezone.now())
        raise
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('cmg-replay'), %s)", (replay_pk,))


def _run(replay: Replay, region: Sequence[str] | None, demo: bool) -> Replay:
    def tell(step: str, done: int, total: int) -> None:
        Replay.objects.filter(pk=replay.pk).update(
            state=ReplayState.RUNNING, step=step, done=done, total=total, beat_at=timezone.now()
        )

    tell("Fabrication de la population", 0, replay.families)
    replay.lines.all().delete()
    with tempfile.TemporaryDirectory(prefix="replay-") as folder, tables_apart():
        made = generate(
            replay.families, replay.seed, Path(folder), care_month=replay.care_month, region=region,
            anomaly_rate=RATE, demo=demo, declaring_days=DECLARING_DAYS,
        )  # fmt: skip
        for number, path in enumerate(made.files):
            tell("Entrée des fichiers des deux côtés", number, len(made.files))
            take_in(path)
            path.unlink()
        lines = _compute(replay, tell)
    replay.desynchronised = int(replay.families * RATE + Fraction(1, 2))
    return _keep(replay, lines)


def _compute(replay: Replay, tell: Tell) -> pl.DataFrame:
    """Both circuits, slice by slice; only the declarations that differ or that the control looked at are kept."""
    figures = figures_of(replay.care_month)
    last = Declaration.objects.filter(care_month=replay.care_month).order_by("-received_at").first()
    assert last is not None
    run = Run.objects.create(
        kind="cmg-month", month=replay.care_month, ordinal=1, day=timezone.localdate(last.received_at), dry_run=True,
        parameters_digest="", rule_version="", started_at=timezone.now(),
    )  # fmt: skip
    prepare(run, shared_residence_allowed=figures.scale.shared_residence_allowed)
    rows = Declaration.objects.filter(care_month=replay.care_month).count()
    count = slice_count(rows)
    width, parts = BUCKETS // count, []
    replay.declarations = 0
    for number in range(count):
        tell("Calcul des deux circuits", replay.declarations, rows)
        found = compute_part(run, Families(number * width, (number + 1) * width), figures)
        replay.declarations += found.height
        parts.append(found.filter(is_of_interest()))
    replay.first_day = timezone.localdate(
        Declaration.objects.filter(care_month=replay.care_month).earliest("received_at").received_at
    )
    return pl.concat(parts).sort("declaration_no")


def compute_part(run: Run, families: Families, figures: MonthFigures) -> pl.DataFrame:
    """Every living declaration of some families in both circuits, with its days (columns KEPT)."""
    outcome = compute_slice(run, families, figures)
    versions = load_declarations(run, families).with_columns(
        first_received_at=pl.col("received_at").min().over("declaration_no")
    )
    latest = versions.sort("version", descending=True).unique("declaration_no", keep="first", maintain_order=True)
    marked = mark_duplicates(latest.filter(pl.col("kind").is_in(LIVE_KINDS)))
    # A second declaration of the same care is set aside by both circuits: it is not what failed in 2019.
    live = marked.filter(pl.col("duplicate").is_null())
    part = Slice(live, load_received(run.pk, run.month, live, families), outcome)
    rows = side_by_side(part, run.month, run.day, figures)
    return with_days(rows, promises_on(run.month)).rename({"anomaly_codes": "codes"}).select(KEPT)


def is_of_interest() -> pl.Expr:
    """A declaration that is not clean in both circuits."""
    wrong = ("left_wrong_cents", "left_undecided_cents", "left_missing_cents", "right_wrong_cents")
    return (pl.col("wait") != "NONE") | pl.any_horizontal(pl.col(name) > 0 for name in wrong)


def _keep(replay: Replay, lines: pl.DataFrame) -> Replay:
    days = pl.concat([lines["taken_on"], lines["leaves_on"].drop_nulls()])
    with transaction.atomic():
        copy_in(lines.with_columns(replay_id=pl.lit(replay.pk)), ReplayLine._meta.db_table, ("replay_id", *KEPT))
        replay.last_day = days.max() if len(days) else replay.first_day  # type: ignore[assignment]
        replay.digest = hashlib.sha256(lines.write_csv().encode()).hexdigest()
        replay.parameters_digest = figures_of(replay.care_month).parameters.digest()
        replay.rule_version, replay.state, replay.step = RULE_VERSION, ReplayState.DONE, ""
        replay.finished_at = replay.beat_at = timezone.now()
        replay.done = replay.total = replay.declarations
        replay.save()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cmg_replayline")
    return replay
