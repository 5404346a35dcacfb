"""What a fund answers, and what it never reads of a family that a desk answers."""

from datetime import date
from typing import Any

import pytest

from monenfant.appointments.answering import ask_others
from monenfant.appointments.sweeping import pass_on_overdue
from portal.accounts.models import Role, User
from tests.monenfant.appointments.world import (
    DAY,
    LILLE,
    NOW,
    adviser,
    agent,
    at,
    client_of,
    desk,
    offered,
    request,
    text,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def celine(settings: Any) -> User:
    settings.PORTAL_DAY, settings.PORTAL_DEMO = DAY, False
    desk()
    return adviser()


def test_a_fund_answers_what_waits_for_it_and_reads_no_contact_of_a_desk_s(celine: User) -> None:
    with_the_desk, passed, there = request(), request(date(2026, 10, 8)), request(insee_code=LILLE)
    pass_on_overdue(on=date(2026, 10, 23), at=at(date(2026, 10, 23)))
    nathalie, list_page = client_of(agent()), "/agent/enfance/rendez-vous/"
    page = text(nathalie.get(list_page))
    assert passed.number in page
    assert with_the_desk.number not in page
    assert there.number not in page
    assert "Fournier" not in page

    assert nathalie.get(f"{list_page}{there.pk}/").status_code == 404
    desk_s = text(nathalie.get(f"{list_page}{with_the_desk.pk}/"))
    assert "Claire" not in desk_s
    assert "04 73 00 00 01" in desk_s
    assert (
        nathalie.post(f"{list_page}{with_the_desk.pk}/", {"action": "cancel", "round": 0, "words": "x"}).status_code
        == 404
    )
    own = text(nathalie.get(f"{list_page}{passed.pk}/"))
    assert "claire@exemple.fr" in own
    assert "Demandée d’abord à" in own

    sent = {"action": "propose", "round": 0, "day1": "28/10/2026", "hour1": "9:30", "way": "BY_PHONE"}
    assert nathalie.post(f"{list_page}{passed.pk}/", sent).status_code == 302
    assert passed.number in text(nathalie.get(list_page, {"etat": "choix"}))
    assert client_of(celine).get(f"/pro/rendez-vous/{passed.pk}/").status_code == 404


def test_what_a_family_wrote_to_its_desk_is_read_by_no_fund(celine: User) -> None:
    found = offered(celine)
    ask_others(request_pk=found.pk, seen_round=1, words="Appelez ma mère, Jeanne, au 04 73 00 00 99", at=NOW)
    page = text(client_of(agent()).get(f"/agent/enfance/rendez-vous/{found.pk}/"))

    assert "Jeanne" not in page
    assert "Horaires proposés" in page
    assert "Jeanne" in text(client_of(celine).get(f"/pro/rendez-vous/{found.pk}/"))


def test_who_only_watches_reads_no_contact_and_acts_on_nothing(celine: User) -> None:
    found = request(insee_code=LILLE)
    auditor = client_of(agent("odile", "", Role.AUDITOR))
    page = auditor.get(f"/agent/enfance/rendez-vous/{found.pk}/")

    assert page.status_code == 200
    assert "Claire" not in text(page)
    assert (
        auditor.post(
            f"/agent/enfance/rendez-vous/{found.pk}/", {"action": "cancel", "round": 0, "words": "x"}
        ).status_code
        == 404
    )
