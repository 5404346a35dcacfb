"""The stand-in directory, one for each file of tests: a real server on this machine."""

from collections.abc import Iterator

import pytest

from fraud.rncps.connector import HttpDirectory
from fraud.rncps.stand_in import State, start_thread
from tests.fraud.rncps.world import door, write_people


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpDirectory]:
    server = start_thread(State(write_people(tmp_path_factory.mktemp("rncps")), "portail", "secret"))
    yield door(server.server_port)
    server.shutdown()
