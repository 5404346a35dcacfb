"""Leases of slices: who takes what, from whom, and when."""

import socket
from collections.abc import Callable
from datetime import date, timedelta
from threading import Event, Thread

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from portal.batches.models import Run, RunState, Slice
from portal.batches.operations import (
    ATTEMPTS_MAX,
    SliceFailed,
    SliceResult,
    done_slices,
    end_run,
    next_ordinal,
    retry_failed,
    start_run,
    take_next,
    take_up,
    work_through,
    worker_name,
)


def a_run(slices: int) -> Run:
    return start_run(
        kind="test", month=date(2026, 10, 1), ordinal=1, day=date(2026, 10, 26), dry_run=False, slices=slices,
        rows_total=0, inputs_digest="i", rule_version="1", parameters_digest="p",
    )  # fmt: skip


def done(part: Slice) -> SliceResult:
    return SliceResult(1, f"digest {part.number}")


def lease(part: Slice, worker: str, seconds: int) -> None:
    part.state, part.leased_by, part.attempts = "LEASED", worker, 1
    part.lease_until = timezone.now() + timedelta(seconds=seconds)
    part.save()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "worker", "seconds", "taken"),
    [
        ("held by another machine", "elsewhere:1:1", 30, False),
        ("left by another machine", "elsewhere:1:1", -1, True),
        ("held by a process of this machine that lives", f"{socket.gethostname()}:1:1", 30, False),
        ("held by a process of this machine that is dead", f"{socket.gethostname()}:99999999:1", 30, True),
        ("held by this worker, which lost it", "", 30, True),
    ],
)
def test_a_slice_is_taken_from_those_who_no_longer_work_on_it(
    case: str, worker: str, seconds: int, taken: bool
) -> None:
    run = a_run(slices=1)
    lease(run.slices.get(), worker or worker_name(), seconds)

    assert work_through(run.pk, done) == int(taken), case
    assert run.slices.get().state == ("DONE" if taken else "LEASED"), case


@pytest.mark.django_db(transaction=True)
def test_a_slice_that_is_worked_on_longer_than_its_lease_is_not_taken() -> None:
    run, working, looked = a_run(slices=1), Event(), Event()

    def slowly(part: Slice) -> SliceResult:
        Slice.objects.filter(pk=part.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        working.set()
        assert looked.wait(60)
        return done(part)

    def work() -> None:
        work_through(run.pk, slowly)
        connection.close()

    thread = Thread(target=work)
    thread.start()
    assert working.wait(60)
    second = take_next(run.pk, "elsewhere:1:1")
    looked.set()
    thread.join(60)

    assert second is None
    assert run.slices.get().state == "DONE"


@pytest.mark.django_db
def test_a_slice_that_fails_too_often_waits_for_somebody() -> None:
    run = a_run(slices=2)

    def wrong(part: Slice) -> SliceResult:
        if part.number == 0:
            raise OperationalError("deadlock detected")
        return done(part)

    with pytest.raises(SliceFailed, match="La tranche 0 .* deadlock detected"):
        work_through(run.pk, wrong)

    assert [(part.state, part.attempts) for part in run.slices.order_by("number")] == [
        ("WAITING", ATTEMPTS_MAX),
        ("DONE", 1),
    ]
    assert retry_failed(run.pk) == 1
    assert work_through(run.pk, done) == 1


@pytest.mark.django_db
def test_slices_made_anew_while_one_is_taken_are_left_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    run, real = a_run(slices=1), take_next

    def taken_then_gone(run_pk: int, worker: str) -> Slice | None:
        part = real(run_pk, worker)
        Slice.objects.filter(run_id=run_pk).delete()
        return part

    monkeypatch.setattr("portal.batches.operations.take_next", taken_then_gone)
    never: Callable[[Slice], SliceResult] = lambda part: pytest.fail("its slice is gone")  # noqa: E731

    work_through(run.pk, never)


@pytest.mark.django_db
def test_a_run_left_open_is_taken_up_with_its_failed_slices_and_ended_once() -> None:
    assert take_up("test") is None
    run = a_run(slices=2)
    run.slices.filter(number=0).update(attempts=ATTEMPTS_MAX)

    assert (take_up("test"), take_up("another kind")) == (run, None)
    assert run.slices.get(number=0).attempts == 0
    work_through(run.pk, done)
    found, parts = done_slices(run.pk)
    assert [part.digest for part in parts or []] == ["digest 0", "digest 1"]
    found.totals = {"rows": 2}
    end_run(found, to=RunState.DONE, reason="essai")
    assert (found.state, found.totals, found.finished_at is None) == (RunState.DONE, {"rows": 2}, False)
    assert (done_slices(run.pk)[1], take_up("test")) == (None, None)
    assert [next_ordinal("test", month) for month in (date(2026, 10, 1), date(2026, 11, 1))] == [2, 1]


@pytest.mark.django_db
def test_a_run_ends_neither_before_its_last_slice_nor_without_any_to_wait_for() -> None:
    waiting = a_run(slices=1)
    assert done_slices(waiting.pk)[1] is None
    waiting.slices.all().delete()
    assert done_slices(waiting.pk)[1] == []
