"""What the demonstration loads: nothing that the portal's own operations would refuse."""

from datetime import date
from pathlib import Path

import pytest

from cmg.demo.people import create_people
from fraud.demo import programme, rncps
from fraud.models import ParliamentReport, RncpsAlert, RncpsConsultation, RncpsOrder
from portal.people.vault import lookup_key

pytestmark = pytest.mark.django_db


def test_the_demonstration_shows_look_ups_a_refused_one_a_list_and_a_late_report(tmp_path: Path) -> None:
    create_people()
    programme.load(tmp_path / "controle", date(2026, 10, 26))
    rncps.load(tmp_path / "controle", date(2026, 10, 26))

    assert sorted(RncpsConsultation.objects.values_list("refusal", flat=True)) == ["", "", "", "LINKED", "NO_REFERENCE"]
    own = RncpsConsultation.objects.get(refusal="LINKED")
    assert own.person_key == lookup_key(rncps._with_key(rncps.OWN["philippe"]), "NIR")
    assert set(RncpsConsultation.objects.filter(refusal="").values_list("result__outcome", flat=True)) == {"ANSWERED"}
    assert RncpsOrder.objects.get().state == "TO_VISA"
    report = ParliamentReport.objects.get()
    assert (report.state, report.due_on, report.sent_on) == ("SENT", date(2020, 9, 27), date(2020, 10, 15))
    assert sorted(RncpsAlert.objects.values_list("kind", flat=True)) == ["AUTHORISATION_ENDS", "LINKED"]
