"""A child without a title: in a list, with the months paid and the day on which the four-month rule stops them."""

from datetime import date

import pytest
from django.test import Client

from aripa.models import Case
from aripa.operations import run_days
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.aripa.rows import event_row, parent_row, title_row

pytestmark = pytest.mark.django_db


def without_title(case: str = "N1", fund: str = "CAF63") -> None:
    """Claimed on 10 January 2026 for maintenance that stopped in December: January is the first month."""
    parent_row(f"P-{case}", fund=fund, birth_name="Nadaud", first_names="Inès")
    title_row(case, "2026-01-08", kind="NONE", debtor_no=None, title_date=None, enforceable_on=None, due_day=None,
              cash_share_cents=None, monthly_total_cents=None, effective_on=None, child_first_name="Sami")  # fmt: skip
    event_row("2026-01-10", "ASF_CLAIM", case, reason="C3", effective_on="2025-12-15")


@pytest.fixture
def awa(db: None, settings) -> Client:  # type: ignore[no-untyped-def]
    on_day(settings, date(2026, 8, 1))
    return client_of(agent("awa", "CAF63"))


def test_it_is_in_its_list_for_its_fund_alone(awa: Client) -> None:
    without_title()
    without_title("N2", "CAF29")
    run_days(until=date(2026, 3, 10))

    page = text_of(awa.get("/agent/pensions/?box=no_title"))

    assert Case.objects.get(pk="N1").fund == "CAF63"
    assert "N1" in page
    assert "N2" not in page
    assert awa.get("/agent/pensions/N2/").status_code == 404


@pytest.mark.parametrize(("until", "words", "reminded"), [
    (date(2026, 1, 20), "Encore 4 versements. Le dernier, pour avril 2026, le mardi 5 mai 2026", False),
    (date(2026, 3, 4), "Encore 3 versements. Le dernier, pour avril 2026, le mardi 5 mai 2026", False),
    (date(2026, 3, 5), "Encore 2 versements. Le dernier, pour avril 2026, le mardi 5 mai 2026", True),
    (date(2026, 7, 10), "Quatre versements faits, le dernier le mardi 5 mai 2026", True),
])  # fmt: skip
def test_its_page_counts_to_four(awa: Client, until: date, words: str, reminded: bool) -> None:
    without_title()
    run_days(until=until)

    page = text_of(awa.get("/agent/pensions/N1/"))

    assert words in page
    assert ("Rappel L23 parti le 05/03/2026" in page) == reminded
    assert "C3 entretien non assuré, sans titre" in page


def test_the_judge_lifts_the_limit(awa: Client) -> None:
    without_title()
    event_row("2026-04-10", "JUDGE_APPLIED", "N1")
    run_days(until=date(2026, 7, 10))

    assert "Levée : le juge est saisi" in text_of(awa.get("/agent/pensions/N1/"))
