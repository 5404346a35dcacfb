"""Months and days as people, and those who try, write them: refused in words or not found, never a failure, never far away."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cmg.closing.prepare import month_of
from cmg.models import BoardCase, Instalment, Overpayment
from cmg.remedies.limits import RemedyRefused
from cmg.views.remedies_acts import day_of
from tests.cmg.family.conftest import parent
from tests.cmg.family.test_requests import URGENT
from tests.cmg.remedies.families import DAY, MONTH, closed, received
from tests.cmg.repairs.test_pages import client_of

NO_MONTH = [
    "2026-13",
    "2026-00",
    "0000-01",
    "9999-12",
    "99999999999999999999-01",
    "２０２６-１０",
    "2026-1_0",
    "2026-10-01",
    "",
    "x",
]
NO_DAY = [
    "31/02/2026", "2026-02-31", "0000-00-00", "1/1/0", "31/12/9999", "1/1/99999999999999999999", "２６/１０/２０２６",
    "2026-W44-1", "1/1/1/1", "", "demain",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_MONTH)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="month|day"):
        month_of(text)


@pytest.mark.parametrize("text", NO_DAY)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(RemedyRefused, match="La date s’écrit"):
        day_of(text)


def test_a_month_and_a_day_are_read_as_they_are_written() -> None:
    assert (month_of("2026-10"), month_of("2019-06")) == (MONTH, date(2019, 6, 1))
    assert {day_of("2026-10-26"), day_of(" 26/10/2026 ")} == {DAY}
    assert day_of("1/2/2026") == date(2026, 2, 1)


@pytest.fixture
def family(db: None, settings: Any, tmp_path: Path) -> Client:
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    received(tmp_path)
    closed()
    client = Client()
    client.force_login(parent("anne", "E1"))
    return client


def test_no_page_fails_over_a_month(family: Client) -> None:
    thomas = client_of("thomas")
    for text in filter(None, NO_MONTH):
        assert family.get(f"/famille/mois/{text}/").status_code == 404, text
        assert family.post("/famille/declarer/", {"month": text}).status_code == 404, text
        assert thomas.get(f"/agent/mois/{text}/").status_code == 404, text


def test_no_family_is_told_to_wait_for_a_slip_of_the_year(family: Client) -> None:
    family.post("/famille/urgence/", URGENT)
    case, thomas = BoardCase.objects.get(), client_of("thomas")
    board = f"/agent/commission/{case.pk}/"
    thomas.post(board, {"act": "complete", "state": "REFERRED"})
    found = Overpayment.objects.create(
        employer_no="E1", care_month=MONTH, paid_cents=20_000, due_cents=10_000, amount_cents=10_000, origin="AGENCY",
        cause="essai", opened_on=DAY, state="CONFIRMED", notified_on=DAY,
        rectification_until=DAY,
    )  # fmt: skip
    plan = {"act": "instalments", "state": "CONFIRMED", "months": "2"}
    sum_page = f"/agent/remedes/indu/{found.pk}/"

    for held_on, due in (("27/10/2126", "10/12/2126"), ("28/10/2027", "28/10/2027")):
        refused = thomas.post(board, {"act": "schedule", "state": "COMPLETE", "held_on": held_on})
        assert (refused.status_code, "vérifiez l’année" in refused.content.decode()) == (422, True)
        refused = thomas.post(sum_page, plan | {"first_due_on": due})
        assert (refused.status_code, "vérifiez l’année" in refused.content.decode()) == (422, True)
    assert not Instalment.objects.exists()
    thomas.post(board, {"act": "schedule", "state": "COMPLETE", "held_on": "27/10/2027"})
    thomas.post(sum_page, plan | {"first_due_on": "27/10/2027"})

    case.refresh_from_db()
    assert case.state == "SCHEDULED"
    assert list(Instalment.objects.values_list("due_on", flat=True)) == [date(2027, 10, 27), date(2027, 11, 27)]
