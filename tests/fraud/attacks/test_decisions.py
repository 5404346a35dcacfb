"""Decisions taken again by hand-written SQL, or before what came late was told; investigators on the panel; readers who write."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from fraud.cases import deciding, hearing, informing, penalties, qualifying
from fraud.cases.acting import ActRefused
from fraud.models import PanelSeat, Penalty, SampledLine, SensitiveFile, SwornOfficer
from portal.accounts.models import Role, User
from tests.aripa.agents import client_of, on_day
from tests.fraud.cases.test_database import refused
from tests.fraud.cases.world import (
    D1,
    D3,
    DECIDED_ON,
    again,
    asked_of_panel,
    at,
    bank_said,
    by,
    decided,
    found,
    investigated,
    people,
    proposed,
    received,
    to_decide,
)
from tests.fraud.journal.test_sampling import draw
from tests.fraud.journal.world import look, nathalie, seal
from tests.fraud.programme.world import DAY, anne, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def staff() -> dict[str, User]:
    return people()


@pytest.mark.parametrize(
    "change", ["owed_by_cents = 900000", "owed_to_cents = 5", "decided_on = '2026-06-30'", "avoided_cents = 5"]
)
def test_what_is_decided_stays(change: str) -> None:
    case = to_decide()
    deciding.decide_overpayment(case_pk=case.pk, avoided_cents=0, reason="Salaires", act=by("sylvie", D3))
    assert "ne change pas" in refused(f"UPDATE fraud_controlcase SET {change} WHERE id = %s", case.pk)


@pytest.mark.parametrize(
    "change", ["reply_until = '2026-07-02'", "notified_on = '2026-01-01'", "decided_on = '2026-12-01'"]
)
def test_the_days_of_a_penalty_stay(change: str) -> None:
    penalty = decided()
    assert "garde ses jours" in refused(f"UPDATE fraud_penalty SET {change} WHERE id = %s", penalty.pk)


def pronounced_by_hand(penalty: Penalty) -> None:
    with transaction.atomic():
        penalty.moves.create(from_state="NOTIFIED", to_state="DECIDED", at=at(DECIDED_ON), dated=DECIDED_ON, by="x")
        Penalty.objects.filter(pk=penalty.pk).update(
            state="DECIDED",
            decided_on=DECIDED_ON,
            decided_cents=150_000,
            decided_by=User.objects.get(username="helene"),
        )


def test_no_penalty_is_pronounced_before_what_came_late_is_told() -> None:
    penalty = proposed()
    penalties.sign_notification(penalty_pk=penalty.pk, act=by("helene", D3))
    bank_said(penalty.case, on=D3)
    wanted = {"penalty_pk": penalty.pk, "reason": "Faits établis"}
    with pytest.raises(ActRefused, match="L. 114-21"):
        penalties.decide_penalty(**wanted, amount_cents=150_000, act=by("helene", DECIDED_ON))
    with pytest.raises(ActRefused, match="L. 114-21"):
        penalties.warn(**wanted, act=by("helene", DECIDED_ON))
    with pytest.raises(IntegrityError, match="L. 114-21"):
        pronounced_by_hand(penalty)
    hearing.send_notice(case_pk=penalty.case_id, act=by("sylvie", D3))
    received(penalty, D3)
    penalties.decide_penalty(**wanted, amount_cents=150_000, act=by("helene", DECIDED_ON))


def test_who_wrote_the_sworn_report_sits_in_no_panel() -> None:
    hakim = User.objects.get(username="hakim")
    for user, number in ((hakim, "AG-9"), (User.objects.get(username="philippe"), "AG-8")):
        SwornOfficer.objects.create(
            user=user, sworn_on=date(2020, 1, 1), court="x", approval_no=number, approved_on=date(2020, 1, 1),
            until=date(2030, 1, 1),
        )  # fmt: skip
    person("hakim", Role.CONTROLLER)
    case = investigated(officer_pk=User.objects.get(username="philippe").pk, on_site=False)
    informing.file_report(case_pk=case.pk, text="Vu sur place", act=by("hakim", D1))
    informing.add_finding(case_pk=case.pk, found=found(), act=by("sylvie", D1))
    informing.send_findings(case_pk=case.pk, act=by("sylvie", D1))
    hearing.begin_adversarial(case_pk=case.pk, act=by("sylvie", D1))
    hearing.ready_to_decide(case_pk=case.pk, act=by("sylvie", D3))
    asked = qualifying.ask_panel(case_pk=case.pk, question="?", intent=(qualifying.Intent("x"),), act=by("sylvie", D3))
    view: dict[str, Any] = {"qualification_pk": asked.pk, "outcome": "FAULT", "reason": "Au vu des pièces"}
    with pytest.raises(ActRefused, match="n’y siégez pas"):
        qualifying.give_view(**view, act=by("hakim", D3))
    with pytest.raises(IntegrityError, match="n’y siège pas"), transaction.atomic():
        PanelSeat.objects.create(qualification=asked, member=hakim, outcome="FAULT", reason="x", at=at(D3))
    qualifying.give_view(**view, act=by("claire", D3))


def test_who_noted_a_reply_sits_in_no_panel_and_somebody_else_does() -> None:
    person("hakim", Role.CONTROLLER)
    asked = asked_of_panel()
    said = hearing.Said("Je conteste", D3, "WRITTEN")
    hearing.note_reply(case_pk=asked.case_id, said=said, act=by("hakim", D3))
    assert qualifying.is_investigator(User.objects.get(username="hakim"), again(asked.case))
    assert not qualifying.is_investigator(User.objects.get(username="claire"), again(asked.case))


def test_an_auditor_reads_the_journal_and_writes_nothing_in_it(settings: Any) -> None:
    on_day(settings, DAY)
    look(nathalie())
    seal()
    draw()
    line = SampledLine.objects.get()
    auditor, page = client_of(person("audit", Role.AUDITOR)), f"/agent/journal/lignes/{line.pk}/"
    for told in (
        {"deed": "judge", "verdict": "NORMAL"},
        {"deed": "reveal", "why": "Savoir de qui il s’agit"},
        {"deed": "ask"},
    ):
        assert auditor.post(page, told | {"key": str(uuid4())}).status_code == 404
    entered = {"subject": "cmg:employer:1", "reason": "Personne connue", "key": str(uuid4())}
    assert auditor.post("/agent/journal/sensibles/", entered).status_code == 404
    assert auditor.post("/agent/journal/tirer/", {"key": str(uuid4())}).status_code == 404
    read = auditor.get(page)
    assert read.status_code == 200
    assert 'name="deed"' not in read.content.decode()
    assert not SensitiveFile.objects.exists()
    client = client_of(anne())
    assert client.post("/agent/journal/sensibles/", entered | {"key": str(uuid4())}).status_code == 302
    assert client.post(page, {"deed": "judge", "verdict": "NORMAL", "key": str(uuid4())}).status_code == 302


@pytest.mark.parametrize("typed", ["20261", "2026" + "9" * 5000, "0020261", "٢٠٢٦", "²", "-1", "\x00"])
def test_a_year_that_is_none_breaks_no_page(settings: Any, typed: str) -> None:
    on_day(settings, DAY)
    client = client_of(anne())
    assert client.get("/agent/rncps/extraction/", {"annee": typed}).status_code == 200
    wrong = {"end": typed, "key": str(uuid4())}
    assert client.post("/agent/journal/sensibles/", wrong).status_code == 422
