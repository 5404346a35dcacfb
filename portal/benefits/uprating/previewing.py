"""A preview: a run over all the families, in slices that can be killed at any second. It orders nothing and pays nothing.

What was asked stands in the run itself: a worker that takes it up needs nothing else.
"""

import hashlib
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from portal.batches import operations as batches
from portal.batches.models import Run, RunState, Slice, SliceState
from portal.batches.operations import SliceResult
from portal.batches.slicing import add_totals, buckets_of, slice_count, workers_for
from portal.benefits.models import Benefit, FamilyFile, UpratingLine
from portal.benefits.rules.figures import benefit_parameters
from portal.benefits.rules.yearly import ending_each_year
from portal.benefits.running.kinds import RULE_VERSION
from portal.benefits.running.loading import refresh_statistics
from portal.benefits.uprating.amounts import Sides, aeeh_lines, ars_lines
from portal.benefits.uprating.guards import Announced, value_on
from portal.benefits.uprating.moves import note_preview
from portal.bulk import copy_in
from portal.exchange.received import CURRENT
from portal.legislation.parameters import Parameters

KIND = "uprating-preview"
DIGESTED = ("benefit", "fund", "beneficiary_no", "before_cents", "after_cents", "refusal")
# Classes of differences, in cents: from each bound to the next.
BOUNDS = (1, 200, 500, 1_000, 2_000, 5_000)
LOWER, SAME = "lower", "0"


def start(*, announced: Announced, source: str, on: date) -> Run:
    """A new run for what is announced, its slices waiting. Raises ValueError when the files already go that far.

    What it is set beside is the last figure known, also where the files say that nothing is known from the day on.
    """
    sides = _sides(benefit_parameters(), announced, source)
    month = sides.month
    families = FamilyFile.objects.filter(CURRENT).count()
    with transaction.atomic():
        batches.hold_kind(KIND)
        last = Run.objects.filter(kind=KIND, month=month).aggregate(last=Max("ordinal"))["last"] or 0
        count = slice_count(families)
        run = batches.start_run(
            kind=KIND, month=month, ordinal=last + 1, day=on, dry_run=True, slices=count, rows_total=families,
            inputs_digest="", rule_version=RULE_VERSION, parameters_digest=sides.after.digest(),
        )  # fmt: skip
        told = {"missing": sides.missing(), "school_year": sides.term.school_year}
        run.totals = {"slices": count, "asked": _asked(announced, source), **told}
        run.save(update_fields=["totals"])
        refresh_statistics()
    return run


def _asked(announced: Announced, source: str) -> dict[str, Any]:
    return {
        "key": announced.key, "from": announced.from_day.isoformat(), "value_cents": announced.value_cents,
        "source": source, "before_digest": benefit_parameters().digest(),
        "known_cents": value_on(announced.key, announced.from_day),
    }  # fmt: skip


def asked_of(run: Run) -> Announced:
    asked = run.totals["asked"]
    return Announced(asked["key"], date.fromisoformat(asked["from"]), asked["value_cents"])


def sides_of(run: Run) -> Sides:
    """The two sets of figures, also once the files hold the line that was announced."""
    asked = asked_of(run)
    known = benefit_parameters().until(asked.key, asked.from_day)
    return _sides(known, asked, run.totals["asked"]["source"])


def _sides(known: Parameters, announced: Announced, source: str) -> Sides:
    """The value announced ends as a written line does: on the next day of change, if it is of every year."""
    after = ending_each_year(known.with_line(announced.key, announced.line(source)))
    return Sides(announced.from_day.replace(day=1), known.until(announced.key, announced.from_day), after)


def is_outdated(run: Run) -> bool:
    """Whether the files of the installation are no longer those that the run was asked with."""
    return bool(run.totals["asked"]["before_digest"] != benefit_parameters().digest())


def work(run_pk: int, *, workers: int = 1) -> Run:
    """Do a run to its end, on this machine; a slice that another worker holds is waited for."""
    run = Run.objects.get(pk=run_pk)
    most = workers_for(run.slices.count(), workers)
    return batches.work_to_end(run, "portal.benefits.uprating.previewing.do_slices", finish, workers=most)


def do_slices(run_pk: int) -> int:
    """Do slices of a run until none is left for this worker; a run asked with other figures than today's is given up."""
    run = Run.objects.get(pk=run_pk)
    if run.state != RunState.RUNNING:
        return 0
    if is_outdated(run):
        give_up(run_pk=run_pk, reason="le barème a changé depuis la demande")
        return 0
    return batches.work_through(run_pk, preview_slice)


def give_up(*, run_pk: int, reason: str) -> Run:
    """End a run that will not be done; what it kept of families is forgotten."""
    with transaction.atomic():
        run = batches.move_run(run_pk=run_pk, to=RunState.SUPERSEDED, by="portail", reason=reason)
        UpratingLine.objects.filter(run_id=run_pk).delete()
    return run


def preview_slice(part: Slice) -> SliceResult:
    """Compute and keep one slice. Repeatable: what a former attempt kept for it is replaced."""
    sides, buckets = sides_of(part.run), buckets_of(part)
    lines = _lines(aeeh_lines(sides, buckets), ars_lines(sides, buckets))
    UpratingLine.objects.filter(run_id=part.run_id, slice_number=part.number).delete()
    kept = lines.with_columns(run_id=pl.lit(part.run_id), slice_number=pl.lit(part.number))
    copy_in(kept, UpratingLine._meta.db_table)
    low, high = buckets
    families = FamilyFile.objects.filter(CURRENT, bucket__gte=low, bucket__lt=high).count()
    return SliceResult(rows_done=families, digest=digest_of(lines), totals=totals_of(lines))


def _lines(of_aeeh: pl.DataFrame, of_ars: pl.DataFrame) -> pl.DataFrame:
    parts = [
        frame.with_columns(benefit=pl.lit(benefit.value))
        for benefit, frame in ((Benefit.AEEH, of_aeeh), (Benefit.ARS, of_ars))
        if frame.height
    ]
    found = pl.concat(parts, how="vertical_relaxed") if parts else of_aeeh.with_columns(benefit=pl.lit(""))
    return found.with_columns(difference_cents=pl.col("after_cents") - pl.col("before_cents"))


def digest_of(lines: pl.DataFrame) -> str:
    """SHA-256 of what was computed, in the order of benefits, funds and numbers."""
    content = lines.select(DIGESTED).sort("benefit", "fund", "beneficiary_no").write_csv()
    return hashlib.sha256(content.encode()).hexdigest()


def totals_of(lines: pl.DataFrame) -> dict[str, Any]:
    """Counts and cents by benefit, as they add up over a run."""
    return {str(name): _totals(rows) for (name,), rows in lines.group_by("benefit", maintain_order=True)}


def _totals(rows: pl.DataFrame) -> dict[str, Any]:
    receiving = rows.filter((pl.col("before_cents") > 0) | (pl.col("after_cents") > 0))
    classes = receiving.group_by(_class_of(pl.col("difference_cents")).alias("class")).len()
    funds = receiving.group_by("fund").agg(families=pl.len(), before=pl.col("before_cents").sum(),
                                           after=pl.col("after_cents").sum())  # fmt: skip
    return {
        "families": receiving.height,
        "before_cents": int(receiving["before_cents"].sum()),
        "after_cents": int(receiving["after_cents"].sum()),
        "changed": int((receiving["difference_cents"] != 0).sum()),
        "crossing": int(rows["crosses"].sum()),
        "waiting": int((rows["refusal"] != "").sum()),
        "classes": {str(name): int(count) for name, count in classes.sort("class").iter_rows()},
        "funds": {
            one["fund"]: {"families": one["families"], "before_cents": one["before"], "after_cents": one["after"]}
            for one in funds.sort("fund").to_dicts()
        },
    }


def _class_of(difference: pl.Expr) -> pl.Expr:
    """The bound below a difference, as a text."""
    found = pl.when(difference < 0).then(pl.lit(LOWER)).otherwise(pl.lit(SAME))
    for bound in BOUNDS:
        found = pl.when(difference >= bound).then(pl.lit(str(bound))).otherwise(found)
    return found


def finish(*, run_pk: int) -> Run:
    """Seal a run whose slices are all done; before, or a second time, nothing. Its proposal has then been seen."""
    with transaction.atomic():
        run = Run.objects.select_for_update(of=("self",)).get(pk=run_pk)
        parts = list(run.slices.order_by("number"))
        if run.state != RunState.RUNNING or any(part.state != SliceState.DONE for part in parts):
            return run
        sums = add_totals(part.totals for part in parts)
        run.totals |= sums
        run.digest = _digest(run, parts)
        run.finished_at = timezone.now()
        run.save(update_fields=["totals", "digest", "finished_at"])
        run = batches.move_run(run_pk=run.pk, to=RunState.DONE, by="portail", reason="aperçu calculé")
        note_preview(run_pk=run.pk)
    return run


def _digest(run: Run, parts: list[Slice]) -> str:
    """Of the figures and of every slice: the same preview by the same figures has the same digest."""
    content = [run.parameters_digest, *(part.digest for part in parts)]
    return hashlib.sha256("|".join(content).encode()).hexdigest()
