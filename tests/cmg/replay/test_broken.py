"""A replay that breaks, with real transactions: nothing else is in the database."""

import pytest

from cmg.models import Account, Replay, ReplayState
from cmg.replay import operations


@pytest.mark.django_db(transaction=True)
def test_a_replay_that_breaks_says_so_and_leaves_the_portal_its_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = operations.ask_replay(by="helene", families=300)
    monkeypatch.setattr(operations, "prepare", lambda *_args, **_named: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        operations.run_replay(replay_pk=asked.pk)

    assert Replay.objects.get(pk=asked.pk).state == ReplayState.FAILED
    assert Account.objects.count() == 0, "its accounts went with the tables apart"
    assert operations.ask_replay(by="helene").pk != asked.pk
