"""More processes for a run, on the machine where a command runs it. Celery workers need none of this."""

import multiprocessing
import sys
from collections.abc import Callable

import django
from django.db import InterfaceError, OperationalError, connections
from django.utils.module_loading import import_string


def work_in_parallel(run_pk: int, work: str, workers: int) -> None:
    """Call the function named `work` (dotted path) with `run_pk` in this process and in `workers` - 1 others.

    The others share the slices through their leases. One that dies leaves its slice to a last call made here; an
    error of this process is raised once the others have ended.
    """
    do: Callable[[int], object] = import_string(work)
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=_work, args=(work, run_pk), daemon=True) for _number in range(workers - 1)]
    for other in others:
        other.start()
    try:
        do(run_pk)
    finally:
        for other in others:
            other.join()
    if any(other.exitcode for other in others):
        do(run_pk)


def _work(work: str, run_pk: int) -> None:
    django.setup()
    try:
        import_string(work)(run_pk)
    except (InterfaceError, OperationalError):
        # The database is gone for the process that started this one too: that one says it, in a sentence.
        sys.exit(1)
    finally:
        connections.close_all()
