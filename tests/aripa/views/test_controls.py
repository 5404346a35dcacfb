"""« Contrôles à faire »: thirty days before the last day, on the list and as the next step, until somebody has found."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aripa.acts.entering import version_of
from aripa.models import Case
from aripa.operations import run_days
from portal.audit.models import JournalEntry
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.aripa.rows import event_row, forced_case, live_case
from tests.aripa.views.test_no_title import without_title

pytestmark = pytest.mark.django_db
PAGE = "/agent/pensions/"
CONTROL = "Contrôler si le parent qui paie peut payer"


@pytest.fixture
def awa(settings: Any) -> Client:
    on_day(settings, date(2026, 4, 10))
    return client_of(agent("awa", "CAF63"))


def listed(client: Client) -> list[tuple[str, date]]:
    return [(one.case.pk, one.due) for one in client.get(PAGE, {"box": "controls"}).context["lines"]]


@pytest.mark.parametrize(("until", "wanted"), [
    (date(2026, 4, 9), []), (date(2026, 4, 10), [("N1", date(2026, 5, 10))]), (date(2026, 6, 4), [("N1", date(2026, 5, 10))]),
])  # fmt: skip
def test_a_claim_of_10_january_is_listed_thirty_days_before_10_may_and_while_late(
    awa: Client, until: date, wanted: list
) -> None:
    without_title()
    without_title("N2", "CAF29")
    run_days(until=until)

    assert listed(awa) == wanted
    counted = {name: number for name, number, _label in awa.get(PAGE).context["tiles"]}
    assert counted["controls"] == len(wanted)


def test_the_case_says_it_with_its_article_and_offers_both_outcomes(awa: Client) -> None:
    without_title()
    run_days(until=date(2026, 4, 10))

    page = text_of(awa.get(f"{PAGE}N1/"))

    assert CONTROL in page
    assert "CSS D. 523-2, III" in page
    for code in ("UNABLE_TO_PAY", "ABLE_TO_PAY"):
        assert f'class="button quiet" href="/agent/pensions/inscrire/{code}/N1/"' in page


def test_a_finding_is_journaled_and_dates_the_next(awa: Client) -> None:
    without_title()
    run_days(until=date(2026, 4, 10))
    form = {"step": "confirm", "why": "employeur connu", "version": version_of("N1"), "key": str(uuid4())}

    assert awa.post(f"{PAGE}inscrire/ABLE_TO_PAY/N1/", form).status_code == 302
    run_days(until=date(2026, 4, 11))

    assert Case.objects.get(pk="N1").control_by == date(2027, 4, 10)
    assert listed(awa) == []
    assert JournalEntry.objects.filter(action="aripa.act", subject="aripa:case:N1").exists()
    assert "En état de payer" in text_of(awa.get(f"{PAGE}N1/"))


@pytest.mark.parametrize(("answer", "first", "last"), [
    ("NOT_HELD", "Décider d’un moyen de recouvrement", CONTROL),
    ("ACCEPTED", CONTROL, "Mainlevée après six échéances payées, si rien d’autre n’est dû"),
])  # fmt: skip
def test_another_gesture_comes_before_what_is_only_waited_for_after(
    awa: Client, answer: str, first: str, last: str
) -> None:
    """Without a tool a person decides one first; a tool that runs only waits. The control is always among the steps."""
    forced_case("F1")
    event_row("2025-12-15", "ASF_CLAIM", "F1", reason="C1")
    event_row("2026-02-11", "GARNISHEE_ANSWER", "F1", ref="EMP1", reason=answer)
    run_days(until=date(2026, 4, 1))

    steps = awa.get(f"{PAGE}F1/").context["steps"]

    assert [one.text for one in steps if one.state == "current"] == [first]
    assert steps[-1].text == last
    assert [(one.by, one.article) for one in steps if one.text == CONTROL] == [(date(2026, 4, 15), "CSS D. 523-2, III")]
    assert listed(awa) == [("F1", date(2026, 4, 15))]


def test_a_case_without_asf_has_no_control(awa: Client) -> None:
    live_case("C1")
    run_days(until=date(2026, 4, 10))

    assert CONTROL not in text_of(awa.get(f"{PAGE}C1/"))
    assert listed(awa) == []


def test_the_list_asks_as_many_questions_for_one_as_for_four(awa: Client) -> None:
    without_title("N1")
    for case in ("N2", "N3", "N4", "N5"):
        without_title(case, "CAF29")
    run_days(until=date(2026, 4, 10))
    asked = {}
    for client in (awa, client_of(agent("quimper", "CAF29"))):
        client.get(PAGE)
        with CaptureQueriesContext(connection) as found:
            number = len(listed(client))
        asked[number] = len(found)

    assert set(asked) == {1, 4}
    assert asked[1] == asked[4]
