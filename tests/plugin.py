"""Starts the embedded servers before pytest-django reads the settings; one cluster for a whole run.

Processes that share a run (`-n 3`) share the cluster: each has its test database, and its own database of the broker, so
that no worker takes the tasks of another one's test.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from portal.embedded.attach import Servers

_started: list[tuple[Servers, Path]] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    # The processes of a run share the processors already: threads of their own only wait for each other.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    # Before any life that is tried: the letters of the pensions leave, and the bank is asked.
    os.environ.setdefault("PENSIONS_SINCE", "2016-04-01")
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ["BROKER_URL"] = f"{os.environ['BROKER_URL'].rpartition('/')[0]}/{int(worker[2:]) + 1}"
        return
    if os.environ.get("DATABASE_URL"):
        return
    home = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    os.environ["PORTAL_HOME"] = str(home)
    servers = Servers(home)
    servers.postgres.durable = False
    os.environ.update(servers.start())
    _started.append((servers, home))


def pytest_unconfigure(config: pytest.Config) -> None:
    while _started:
        servers, home = _started.pop()
        servers.stop()
        shutil.rmtree(servers.postgres.home, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
