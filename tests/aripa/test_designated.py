"""A fund designated to serve another (CSS L. 122-6): its agents see and treat those cases from the day of the table."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from aripa import selectors
from aripa.acts.entering import version_of
from aripa.designated import with_served
from aripa.exports import export_aripa
from aripa.models import Act
from aripa.operations import run_days
from aripa.rules import figures
from portal.accounts.models import Role
from portal.legislation.parameters import DatedValue, Figure, Parameters
from tests.aripa.agents import LIVED, agent, client_of, on_day, text_of
from tests.aripa.rows import forced_case

EVE, FIRST, LAST, AFTER = date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 31), date(2026, 4, 1)
PAGE = "/agent/pensions/"


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    """From 1 February to 31 March 2026, CAF63 serves CAF15 and CAF48 serves CAF63."""
    values = (
        DatedValue(date(2020, 10, 1), {}, "policy", "test"),
        DatedValue(FIRST, {"CAF15": "CAF63", "CAF63": "CAF48"}, "policy", "test"),
        DatedValue(AFTER, {"CAF63": "CAF48"}, "policy", "test"),
    )
    figure = Figure("designated_funds", "x", "x", FIRST, values)
    known = Parameters(figures.aripa_parameters().figures | {"designated_funds": figure})
    monkeypatch.setattr("aripa.designated.aripa_parameters", lambda: known)


@pytest.mark.parametrize(("day", "funds"), [
    (date(2019, 5, 1), ["CAF63"]), (EVE, ["CAF63"]), (FIRST, ["CAF15", "CAF63"]), (LAST, ["CAF15", "CAF63"]), (AFTER, ["CAF63"]),
])  # fmt: skip
def test_from_its_day_to_its_last(day: date, funds: list[str]) -> None:
    assert with_served(["CAF63", ""], day) == funds


def test_who_serves_a_fund_does_not_serve_those_that_it_serves() -> None:
    assert with_served(["CAF48"], FIRST) == ["CAF48", "CAF63"]


def test_nothing_is_designated_as_installed() -> None:
    assert all(one.value == {} for one in figures.aripa_parameters().figures["designated_funds"].values)


@pytest.fixture
def cases(db: None, settings: Any) -> None:
    on_day(settings)
    forced_case("C15", fund="CAF15")
    forced_case("C29", fund="CAF29")
    run_days(until=LIVED)


@pytest.fixture
def awa(cases: None) -> Client:
    return client_of(agent("awa", "CAF63"))


def test_her_lists_her_search_and_her_filter_hold_the_served_fund_and_no_other(awa: Client) -> None:
    page, found = text_of(awa.get(PAGE, {"box": "all"})), text_of(awa.post(f"{PAGE}recherche/", {"q": "Martin"}))

    for text in (page, found):
        assert "C15" in text
        assert "C29" not in text
    assert '<option value="CAF15"' in page
    assert awa.get(f"{PAGE}C29/").status_code == 404


@pytest.mark.parametrize("day", [EVE, AFTER])
def test_outside_the_dates_the_case_is_not_there(awa: Client, settings: Any, day: date) -> None:
    on_day(settings, day)

    assert awa.get(f"{PAGE}C15/").status_code == 404
    assert "C15" not in text_of(awa.get(PAGE, {"box": "all"}))


def test_she_treats_the_case(awa: Client) -> None:
    form = {"step": "confirm", "why": "courrier du parent", "version": version_of("C15"), "key": str(uuid4())}

    assert awa.get(f"{PAGE}C15/").status_code == 200
    assert awa.post(f"{PAGE}inscrire/COMPLAINT/C15/", form).status_code == 302
    assert Act.objects.get().case_no == "C15"


def test_the_own_fund_goes_on_seeing_it_and_an_agent_elsewhere_sees_nothing(cases: None) -> None:
    assert client_of(agent("own", "CAF15")).get(f"{PAGE}C15/").status_code == 200
    for name, fund in (("elsewhere", "CAF29"), ("chained", "CAF48")):
        assert client_of(agent(name, fund)).get(f"{PAGE}C15/").status_code == 404
    assert not selectors.visible(agent("cmg", "CAF63", role=Role.FUND_CASEWORKER), LIVED).exists()


def test_the_fund_of_the_case_stays_the_creditors_in_the_export(cases: None, tmp_path: Any) -> None:
    export_aripa(tmp_path)
    lines = (tmp_path / "cases.csv").read_text(encoding="utf-8").splitlines()

    assert [line.split(",")[7] for line in lines[1:]] == ["CAF15", "CAF29"]
