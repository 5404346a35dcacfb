"""What every test of intermediation proves beside its own subject."""

import logging
from collections.abc import Iterator

import pytest

LETTERS = "aripa.letters.asking"


@pytest.fixture(autouse=True)
def every_letter_can_be_told(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A letter whose facts fail stops no money, and is only logged: without this, no test would see it."""
    yield
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    failed = [one.getMessage() for one in records if one.name == LETTERS and one.levelno >= logging.ERROR]
    assert not failed, failed
