"""The directory of the demonstration: who may exchange on its Monday, who may not any more, and what the director has to do."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cmg.demo.people import create_people
from fraud.demo import directory
from fraud.directory import selectors
from fraud.directory.tasks import revoke_departed
from fraud.envelopes import sending
from fraud.envelopes.tasks import deliver, deliver_waiting
from fraud.models import AuthorisedOfficer, BodyKey, OutgoingState
from portal.accounts.models import User
from tests.fraud.envelopes.scene import DAY, paper

SATURDAY, SUNDAY = date(2026, 10, 31), date(2026, 11, 1)


@pytest.fixture
def loaded(db: None, settings: Any, tmp_path: Path) -> None:
    settings.PORTAL_EXCHANGE_ROOTS = str(tmp_path / "exchange" / "roots.pem")
    settings.PORTAL_DAY = DAY
    create_people()
    directory.load(tmp_path, DAY)


def code_of(username: str, day: date) -> str:
    return selectors.code_of(AuthorisedOfficer.objects.select_related("body").get(user__username=username), day)


def test_who_may_exchange_on_monday(loaded):
    assert {name: code_of(name, DAY) for name in ("philippe", "sylvie", "clemence", "denis")} == {
        "philippe": "", "sylvie": "", "clemence": "", "denis": "EXPIRED",
    }  # fmt: skip
    assert (code_of("clemence", SATURDAY), code_of("clemence", SUNDAY)) == ("", "EXPIRED")
    assert {one.user.username for one in selectors.ending_soon(AuthorisedOfficer.objects.all(), DAY)} == {"clemence"}
    assert [one.last_name for one in selectors.to_review(User.objects.get(username="helene"), DAY)] == [
        "Aubert",
        "Mercier",
    ]
    assert BodyKey.objects.exclude(private=None).exclude(body__is_here=True).count() == 0


def test_an_envelope_of_the_demonstration_is_delivered_by_its_task(loaded, monkeypatch):
    officer = AuthorisedOfficer.objects.get(user__username="sylvie")
    made = sending.send(
        message={"kind": "unknown"}, documents=[paper()], sender="CAF63", recipient="ARS84", officer_pk=officer.pk
    )
    monkeypatch.setattr(deliver, "delay", deliver.run)

    deliver_waiting.run()
    deliver_waiting.run()

    made.refresh_from_db()
    assert (made.state, made.refusal, made.attempts) == (OutgoingState.REFUSED, "UNKNOWN_KIND", 1)
    revoke_departed.run()
    assert AuthorisedOfficer.objects.exclude(revoked_on=None).count() == 0
