"""The same month closed by one and by two worker processes: bench.workers [families]. Status 1 when digests differ.

The files are imported once; each closing starts from a copy of that database. The clock runs from the moment the
workers, already started, are told to go, until the last has finished; making the run ready is told apart.
"""

import os
import subprocess
import sys
import time
from datetime import date

from bench.common import FOLDER, peak_mib, portal, timed

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
WORKERS = (1, 2)


def work() -> None:
    """One worker: says it is ready, waits for the number of a run, does slices of it as a Celery worker would."""
    import django

    django.setup()
    from cmg.tasks import work_on_run

    print("ready", flush=True)
    work_on_run(run_pk=int(sys.stdin.readline()))
    print(peak_mib(), flush=True)


def start_worker(database_url: str) -> subprocess.Popen[str]:
    worker = subprocess.Popen(
        [sys.executable, "-m", "bench.workers", "work"],
        cwd=FOLDER.parent, env=os.environ | {"DATABASE_URL": database_url}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    return worker


def finish(worker: subprocess.Popen[str]) -> int:
    """Peak memory of a worker that has ended well."""
    said, _errors = worker.communicate()
    assert worker.returncode == 0
    return int(said)


def close(count: int) -> tuple[float, str]:
    """Close the month of a copy of the database with `count` workers; returns the seconds of the slices, the digest."""
    from django.db import connection

    from cmg.operations import start_month

    times: dict[str, float] = {}
    plain, copy = connection.settings_dict["NAME"], f"closed_by_{count}"
    copy_database(plain, copy)
    connection.settings_dict["NAME"] = copy
    workers = [start_worker(url_of(copy)) for _number in range(count)]
    with timed("ready", times):
        run = start_month(month=MONTH, on=DAY)
    start = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(f"{run.pk}\n")
        worker.stdin.flush()
    memory = [finish(worker) for worker in workers]
    seconds = time.perf_counter() - start
    run.refresh_from_db()
    assert run.state == "TO_SIGN"
    taken = list(run.slices.values_list("leased_by", flat=True))
    connection.close()
    connection.settings_dict["NAME"] = plain
    shares = " + ".join(str(taken.count(name)) for name in sorted(set(taken)))
    print(
        f"{count} worker(s): made ready in {times['ready']:.1f} s, {shares} slices and the digest in {seconds:.1f} s, "
        f"peak {max(memory)} MiB each; {run.digest}"
    )
    return seconds, run.digest


def url_of(database: str) -> str:
    return os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{database}"


def copy_database(name: str, copy: str) -> None:
    """A copy of a database, to which no connection may be open."""
    import psycopg2
    from django.db import connection

    connection.close()
    admin = psycopg2.connect(url_of("template1"))
    admin.autocommit = True
    admin.cursor().execute(f"CREATE DATABASE {copy} TEMPLATE {name}")
    admin.close()


def main(families: int) -> int:
    with portal() as home:
        from cmg.population import generate
        from portal.exchange.operations import import_file

        for path in generate(families, 7, home / "files", care_month=MONTH).files:
            assert not import_file(path).refusals
        print(f"{families} families, {os.cpu_count()} cores")
        (alone, digest), (together, other) = [close(count) for count in WORKERS]
    print(f"two workers take {together / alone:.2f} of the time of one")
    print("digests are equal" if digest == other else "DIGESTS DIFFER")
    return 0 if digest == other else 1


if __name__ == "__main__":
    if sys.argv[1:] == ["work"]:
        work()
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
