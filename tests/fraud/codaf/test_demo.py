"""What the demonstration loads: requests at each step, the committee and its year."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cmg.demo.people import create_people
from cmg.population import generate
from fraud.demo import codaf, third_parties
from fraud.models import CodafMeeting, JointOperation, ObtainedInformation, ThirdPartyFine, ThirdPartyRequest
from portal.accounts.models import User
from portal.exchange.operations import import_files
from tests.aripa.agents import on_day
from tests.fraud.codaf.world import DAY
from tests.fraud.thirdparties.world import swear

pytestmark = pytest.mark.django_db


def some_families(folder: Path) -> None:
    """A few families of the fund, as its files tell them."""
    import_files(generate(60, 3, folder, care_month=date(2026, 10, 1), region=["CAF63"]).files)


def test_the_demonstration(tmp_path: Path, settings: Any) -> None:
    on_day(settings, DAY)
    create_people()
    swear(User.objects.get(username="philippe"))
    some_families(tmp_path)

    third_parties.load(tmp_path, DAY)
    codaf.load(tmp_path, DAY)

    states = dict(ThirdPartyRequest.objects.values_list("name", "state"))
    assert sorted(states.values()) == ["ANSWERED", "FINE_PROPOSED", "PREPARED", "SENT"]
    fine = ThirdPartyFine.objects.get()
    assert (fine.amount_cents, fine.proposed_by.username, fine.reply_until < DAY) == (300_000, "philippe", True)
    assert sorted(ObtainedInformation.objects.values_list("via", flat=True)) == ["CODAF", "THIRD_PARTY"]
    held = CodafMeeting.objects.filter(state="HELD", dated__year=2026)
    assert sorted(held.values_list("formation", flat=True)) == ["PLENARY", "PLENARY", "RESTRICTED"]
    assert list(JointOperation.objects.order_by("planned_on").values_list("state", flat=True)) == ["DONE", "DECIDED"]
