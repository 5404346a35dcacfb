"""The run that finds again every file noted on a joint fund's first day, or on the day it ended. Killed at any second, another
worker takes it up: a slice is one transaction, and what is left to find is read from the rows."""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from portal.accounts.permissions import moment_on
from portal.audit.operations import journal
from portal.batches.models import Run, RunState, Slice, SliceState
from portal.batches.operations import SliceResult, move_run, start_run, work_through
from portal.organisations.joint.moving import Move, moves_of
from portal.organisations.joint.proving import AT_ONCE, Proof, found_again, note_money, proof_of
from portal.organisations.models import CreationFile, CreationState, FileMove, FundReturn

KIND, VERSION = "joint-fund", "1"


def start_moving(move: Move, day: date) -> Run:
    """Its slices, over the files noted; with the money of their families. In the transaction of the day."""
    rows = moves_of(move).aggregate(count=Count("pk"), first=Min("pk"), last=Max("pk"))
    slices = 1 if not rows["count"] else (rows["last"] - rows["first"]) // AT_ONCE + 1
    last = Run.objects.filter(kind=KIND, month=move.moves_on).aggregate(last=Max("ordinal"))["last"]
    money = note_money(move)
    run = start_run(
        kind=KIND, month=move.moves_on, ordinal=(last or 0) + 1, day=day, dry_run=False, slices=slices,
        rows_total=rows["count"], inputs_digest=_digest(money), rule_version=VERSION, parameters_digest="",
        scope=[_told(move)],
    )  # fmt: skip
    run.totals |= {"first": rows["first"] or 0, "money": money}
    run.save(update_fields=["totals"])
    return run


def run_of(move: Move) -> Run | None:
    """The run of a fund that began, or that ended; none before, nor for those that the directory knows already."""
    return Run.objects.filter(kind=KIND, scope=[_told(move)]).first()


def _told(move: Move) -> str:
    return f"{move.SUBJECT}:{move.pk}"


def move_of(run: Run) -> Move:
    """What it moves for: ``joint:12`` a creation file, ``joint-return:3`` the return of a fund that ended."""
    assert run.scope, "a run of joint funds names what it moves for"
    subject, _colon, pk = run.scope[0].rpartition(":")
    found: Move = (FundReturn if subject == FundReturn.SUBJECT else CreationFile).objects.get(pk=int(pk))
    return found


def move_open_files(*, creation_pk: int) -> CreationFile:
    """Find the open files of a fund that began. Raises as `find_files`; CreationFile.DoesNotExist."""
    file = CreationFile.objects.get(pk=creation_pk)
    find_files(run_of(file))
    return file


def return_open_files(*, return_pk: int) -> FundReturn:
    """Find the open files of a fund that ended. Raises as `find_files`; FundReturn.DoesNotExist."""
    back = FundReturn.objects.get(pk=return_pk)
    find_files(run_of(back))
    return back


def find_files(run: Run | None) -> None:
    """Do the slices that are left, then prove. A second call does what is left, and nothing when nothing is.

    Raises SliceFailed when a slice failed too often.
    """
    if run is not None and run.state == RunState.RUNNING:
        work_through(run.pk, do_slice)
        _finish(run.pk, move_of(run))


def do_slice(part: Slice) -> SliceResult:
    """Find the files of one slice again under who answers, each with the deadline noted; what is not so is told."""
    run = part.run
    move = move_of(run)
    first = run.totals["first"] + part.number * AT_ONCE
    left = moves_of(move).filter(pk__gte=first, pk__lt=first + AT_ONCE, moved_at=None)
    moves = list(left.select_for_update(of=("self",)).order_by("pk"))
    found = found_again(move, moves, run.day)
    _write(moves, {pk: one.trouble for pk, one in found.items()}, moment_on(run.day))
    return SliceResult(len(moves), _digest(sorted((one.kind, one.key) for one in moves)))


def _write(moves: list[FileMove], troubles: dict[int, str], at: datetime) -> None:
    for one in moves:
        one.trouble = troubles[one.pk]
        one.moved_at = None if one.trouble else at
    FileMove.objects.bulk_update(moves, ["trouble", "moved_at"], batch_size=AT_ONCE)


def _finish(run_pk: int, move: Move) -> None:
    """Once, by whoever did the last slice."""
    with transaction.atomic():
        run = Run.objects.select_for_update(of=("self",)).get(pk=run_pk)
        if run.state != RunState.RUNNING or run.slices.exclude(state=SliceState.DONE).exists():
            return
        proof = _prove(run, move, run.day)
        move_run(run_pk=run_pk, to=RunState.DONE, by="portail", reason="dossiers ouverts repris")
        journal(
            actor="portail", action="joint.files_moved", subject=_told(move),
            detail={"files": run.rows_total, "proved": proof.is_proved}, at=moment_on(run.day),
        )  # fmt: skip


def check_moving(*, creation_pk: int, day: date) -> Proof:
    """Look for what the run of a fund that works did not find, then prove anew; what is found again is marked.

    Raises CreationFile.DoesNotExist.
    """
    return _check(CreationFile.objects.get(pk=creation_pk, state=CreationState.LIVE), day)


def check_return(*, return_pk: int, day: date) -> Proof:
    """The same of a fund that ended. Raises FundReturn.DoesNotExist."""
    return _check(FundReturn.objects.get(pk=return_pk), day)


def _check(move: Move, day: date) -> Proof:
    run = run_of(move)
    if run is None:
        return Proof([])
    with transaction.atomic():
        run = Run.objects.select_for_update(of=("self",)).get(pk=run.pk)
        in_trouble = moves_of(move).exclude(trouble="").select_for_update(of=("self",)).order_by("pk")
        moves = list(in_trouble[:AT_ONCE])
        found = found_again(move, moves, day)
        _write(moves, {pk: one.trouble for pk, one in found.items()}, moment_on(day))
        return _prove(run, move, day)


def _prove(run: Run, move: Move, day: date) -> Proof:
    proof = proof_of(move, run.totals["money"], day)
    run.totals["proof"] = {
        "on": str(day), "is_proved": proof.is_proved, "money": all(one.before == one.after for one in proof.money),
        "lines": {one.kind: [one.open, one.closed, one.differences] for one in proof.lines},
        "differences": [[one.label, one.key, one.words] for one in proof.differences],
    }  # fmt: skip
    run.finished_at = run.finished_at or timezone.now()
    run.save(update_fields=["totals", "finished_at"])
    return proof


def _digest(facts: Any) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()
