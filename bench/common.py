"""A throw-away portal on embedded servers, and timings."""

import os
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def portal() -> Iterator[Path]:
    """A portal of its own, durable settings, removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    os.environ.update({"PORTAL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "portal.settings"})
    for name in ("DATABASE_URL", "BROKER_URL"):
        os.environ.pop(name, None)
    from portal.embedded.attach import servers

    with servers(home):
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        yield home
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def timed(name: str, times: dict[str, float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    times[name] = times.get(name, 0) + time.perf_counter() - start


def peak_mib() -> int:
    """Largest resident memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
