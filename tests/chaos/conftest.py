"""One cluster of real servers for all the killing, with a month received and the same month signed."""

import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from cmg.demo.people import create_people
from cmg.operations import close_month
from cmg.population import generate
from portal.exchange.operations import import_files
from portal.organisations.operations import load_directory
from tests.chaos.disturbed import DAY, MONTH, Cluster, Result, sign_and_issue, sign_twice

FAMILIES, SEED = 1500, 5
names = (f"disturbed_{number}" for number in count())


@pytest.fixture(scope="session")
def flow_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return generate(FAMILIES, SEED, tmp_path_factory.mktemp("flow"), care_month=MONTH).files


@pytest.fixture(scope="session")
def killable(flow_files: list[Path], django_db_blocker: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Databases `empty`, `received` (files taken in) and `signed` (closed, signed twice, not issued)."""
    with tempfile.TemporaryDirectory(prefix="portal-chaos-") as home:
        cluster = Cluster.at(Path(home))
        usual = dict(connection.settings_dict)
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            try:
                _prepare(cluster, flow_files)
                connection.settings_dict |= usual
                connection.close()
                yield cluster
            finally:
                connection.settings_dict |= usual
                connection.close()
                cluster.servers.stop()


def _prepare(cluster: Cluster, files: list[Path]) -> None:
    cluster.copy("template0", "empty")
    cluster.use("empty")
    call_command("migrate", verbosity=0, interactive=False)
    create_people()
    load_directory()
    cluster.copy("empty", "received")
    cluster.use("received")
    assert not [report for report in import_files(files) if report.refusals]
    cluster.copy("received", "signed")
    cluster.use("signed")
    sign_twice(close_month(month=MONTH, on=DAY))


@pytest.fixture
def cluster(killable: Cluster, django_db_blocker: pytest.FixtureRequest) -> Iterator[Cluster]:
    """The cluster, for one test: what the test kills is up again afterwards."""
    usual = dict(connection.settings_dict)
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        try:
            yield killable
        finally:
            killable.tidy()
            connection.close()
            connection.settings_dict |= usual
            for server in (killable.servers.postgres, killable.servers.valkey):
                assert server.process is not None
                if server.process.poll() is not None:
                    server.start()


def _copy_of(cluster: Cluster, template: str) -> Cluster:
    name = next(names)
    cluster.copy(template, name)
    cluster.use(name)
    return cluster


@pytest.fixture
def empty(cluster: Cluster) -> Cluster:
    return _copy_of(cluster, "empty")


@pytest.fixture
def received(cluster: Cluster) -> Cluster:
    return _copy_of(cluster, "received")


@pytest.fixture
def signed(cluster: Cluster) -> Cluster:
    return _copy_of(cluster, "signed")


@pytest.fixture(scope="session")
def undisturbed(killable: Cluster, tmp_path_factory: pytest.TempPathFactory, django_db_blocker) -> Result:  # type: ignore[no-untyped-def]
    """What the month gives when nobody kills anything."""
    usual = dict(connection.settings_dict)
    with django_db_blocker.unblock():
        try:
            _copy_of(killable, "received")
            return sign_and_issue(close_month(month=MONTH, on=DAY), tmp_path_factory.mktemp("undisturbed") / "out")
        finally:
            connection.close()
            connection.settings_dict |= usual
