"""The figures of the direction over a population of three cases, each known by hand; equal to their lists; few queries."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aripa.models import Case
from aripa.operations import run_days
from aripa.piloting import board, facts, timings
from aripa.piloting.facts import FACTS, Figure
from aripa.piloting.scope import Scope
from portal.accounts.models import Role
from portal.audit.models import JournalEntry
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.aripa.rows import event_row, forced_case, live_case, parent_row, title_row

pytestmark = pytest.mark.django_db
PAGE = "/agent/pilotage/pensions/"


def three(*, protected: bool = False) -> None:
    """250 euros due on 10 January and 10 February. A pays by debit. R's January comes back on the 15th, after its payout.
    F pays nothing: L08 of 16 January received on the 20th, forced on 5 February."""
    live_case("A")
    live_case("R")
    event_row("2026-01-15", "DEBIT_RETURNED", "R", month="2026-01", reason="AM04", amount_cents=250_00)
    forced_case("F", fund="CAF43", violence=protected)
    event_row("2026-01-22", "ASF_CLAIM", "F", reason="C1")


def scope(day: date, funds: list[str] | None = None, first: date = date(2025, 12, 1)) -> Scope:
    return Scope(day, funds, first, day.replace(day=1))


def figures(day: date, **more: Any) -> dict[str, Figure]:
    run_days(until=day)
    return facts.figures(scope(day, **more))


FEBRUARY, MARCH, APRIL = date(2026, 2, 20), date(2026, 3, 9), date(2026, 4, 20)


@pytest.mark.parametrize(("key", "number", "cents"), [
    ("recus-title_automatic", 3, 0), ("en-place", 3, 0), ("appelees", 6, 1500_00), ("impayees", 3, 750_00),
    ("manquantes", 3, 750_00), ("forcees", 2, 500_00), ("apres-rappel", 0, 0), ("preleve", 4, 1000_00),
    ("revenu", 1, 250_00), ("retour-am04", 1, 250_00), ("retour-ac04", 0, 0), ("verse", 4, 1000_00),
    ("trop-verse", 1, 250_00), ("a-rendre", 1, 250_00), ("mises-en-place", 3, 0), ("rappels", 2, 0),
    ("moyen-direct_payment", 1, 250_00), ("age-0", 1, 250_00), ("age-1", 2, 500_00), ("asf-avancee", 0, 0),
])  # fmt: skip
def test_the_figures_of_february(key: str, number: int, cents: int) -> None:
    three()

    assert figures(FEBRUARY)[key] == Figure(number, cents), FACTS[key].label


@pytest.mark.parametrize(("day", "young", "old", "older"), [
    (date(2026, 2, 9), 500_00, 0, 0), (date(2026, 2, 10), 0, 500_00, 0), (date(2026, 4, 9), 250_00, 750_00, 0),
    (date(2026, 4, 10), 0, 500_00, 500_00),
])  # fmt: skip
def test_a_debt_grows_a_month_older_on_its_day(day: date, young: int, old: int, older: int) -> None:
    """January of R and F, then F's February and March, each due on the tenth; a term of the day itself is not late yet."""
    three()
    found = figures(day)

    assert (found["age-0"].cents, found["age-1"].cents, found["age-3"].cents) == (young, old, older)


def test_a_month_between_the_parents_is_counted_apart() -> None:
    three()
    event_row("2026-02-16", "PAID_BETWEEN_PARENTS", "R", month="2026-01", amount_cents=250_00)
    found = figures(FEBRUARY)

    assert (found["entre-parents"], found["recu"], found["verse"]) == (
        Figure(1, 25000),
        Figure(0, 0),
        Figure(4, 100000),
    )
    # It was unpaid once, and its notice was enough.
    assert (found["impayees"], found["manquantes"], found["apres-rappel"]) == (
        Figure(3, 75000), Figure(2, 50000), Figure(1, 25000),
    )  # fmt: skip


def test_asf_advanced_recoverable_recovered() -> None:
    three()
    event_row("2026-03-06", "PAYMENT_RECEIVED", "F", means="TRANSFER", amount_cents=400_00)
    found = figures(MARCH)

    # February alone: January is the first month of the default. Of 400 euros, the fund's part of February comes first.
    assert found["asf-avancee"] == found["asf-recuperable"] == found["asf-recouvree"] == Figure(1, 199_18)
    assert found["asf-complement"] == found["asf-acquise"] == Figure(0, 0)


def test_delays_to_the_day() -> None:
    three()
    run_days(until=FEBRUARY)
    here = scope(FEBRUARY)

    # Live on 10 December; the debit of Monday 12 January is passed on on the 13th. L08 six days after the due day.
    assert timings.first_payouts(here) == timings.Share(2, 2, 34)
    assert timings.openings(here) == timings.Share(3, 3, 9)
    assert timings.noticed(here) == timings.Share(2, 2, 6)
    assert timings.first_euros(here) == timings.Share(0, 2, None)


def test_recovery_by_both_definitions_once_three_months_have_passed() -> None:
    three()
    event_row("2026-03-06", "PAYMENT_RECEIVED", "F", means="TRANSFER", amount_cents=400_00)
    run_days(until=APRIL)
    three_months, six_months, *_later = timings.recovery_of_terms(scope(APRIL))
    advance = timings.recovery_of_advances(scope(APRIL))[0]

    # Due on 10 January: A's 250, R's nothing, F's 150 of 6 March. Those of February have not lived three months.
    assert (three_months.of_unpaid, three_months.of_called) == (
        timings.Share(150_00, 500_00), timings.Share(400_00, 750_00),
    )  # fmt: skip
    assert (three_months.of_unpaid.words, three_months.of_called.words) == ("30,0\u00a0%", "53,3\u00a0%")
    assert (six_months.of_called, six_months.of_called.words) == (timings.Share(0, 0), "–")
    assert (advance.of_called, advance.of_called.words) == (timings.Share(0, 0), "–")


@pytest.mark.parametrize(("day", "whole"), [(date(2026, 4, 9), 0), (date(2026, 4, 10), 750_00)])
def test_a_term_enters_a_column_on_the_very_day(day: date, whole: int) -> None:
    three()
    run_days(until=day)

    assert timings.recovery_of_terms(scope(day))[0].of_called.whole == whole


def opened(case: str, answered: str) -> None:
    """L01 of 1 December received on the 2nd: the answer is awaited until Wednesday 17 December."""
    parent_row(f"P-{case}")
    parent_row(f"D-{case}")
    title_row(case)
    event_row("2025-12-02", "NOTICE_RECEIVED", case, letter="L01", party="BOTH", effective_on="2025-12-02")
    event_row(answered, "INFORMATION", case, party="BOTH", reason="FULL")


@pytest.mark.parametrize(("answered", "part"), [("2025-12-16", 2), ("2025-12-17", 2), ("2025-12-18", 0)])
def test_an_answer_is_in_time_up_to_its_last_day(answered: str, part: int) -> None:
    opened("A", answered)
    run_days(until=FEBRUARY)

    assert timings.answers(scope(FEBRUARY)) == timings.Share(part, 2)


def test_an_answer_still_awaited_is_not_late() -> None:
    opened("A", "2025-12-20")
    run_days(until=date(2025, 12, 17))

    assert timings.answers(scope(date(2025, 12, 17))) == timings.Share(0, 0)


def test_children_of_one_term_are_one_term() -> None:
    live_case("A")
    title_row("A", child_id="K-second", cash_share_cents=100_00)

    assert figures(FEBRUARY)["appelees"] == Figure(2, 700_00)


def test_a_fund_and_a_period_narrow_everything() -> None:
    three()
    run_days(until=FEBRUARY)
    here = facts.figures(scope(FEBRUARY, ["CAF63"]))
    february = facts.figures(scope(FEBRUARY, first=date(2026, 2, 1)))

    assert (here["appelees"], here["impayees"], here["forcees"]) == (Figure(4, 100000), Figure(1, 25000), Figure(0, 0))
    assert (february["appelees"], february["impayees"], february["rappels"]) == (
        Figure(3, 75000), Figure(1, 25000), Figure(0, 0),
    )  # fmt: skip
    assert timings.noticed(scope(FEBRUARY, ["CAF63"])) == timings.Share(1, 1, 6)


@pytest.mark.parametrize("key", list(FACTS))
def test_each_figure_is_the_sum_of_its_list(key: str) -> None:
    three()
    event_row("2026-03-06", "PAYMENT_RECEIVED", "F", means="GARNISHEE", amount_cents=400_00)
    event_row("2026-03-07", "COMPLAINT", "A")
    event_row("2026-03-07", "DEATH", "A", party="DEBTOR", effective_on="2026-03-07")
    found, fact, here = figures(MARCH), FACTS[key], scope(MARCH)
    rows = list(facts.listed(fact, here))

    assert sum(one.n for one in rows) == found[key].number
    if fact.cents is not None:
        assert sum(one.cents for one in rows) == found[key].cents


def test_a_protected_case_is_counted_and_in_no_list() -> None:
    three(protected=True)
    here, fact = figures(FEBRUARY), FACTS["forcees"]

    assert here["forcees"].number == 2
    assert list(facts.listed(fact, scope(FEBRUARY))) == []
    assert facts.hidden(fact, scope(FEBRUARY)) == 1


# ---- pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def helene(db: None, settings: Any) -> Client:
    on_day(settings, FEBRUARY)
    return client_of(agent("helene", "CAF63", "CAF43", role=Role.SUPERVISOR))


def test_nothing_lived_is_not_nought(helene: Client) -> None:
    page = text_of(helene.get(PAGE))

    assert "il n’y a rien à compter" in page
    assert "Taux d’impayé" not in page


def test_before_the_first_case_nothing_is_known(helene: Client) -> None:
    three()
    run_days(until=FEBRUARY)

    page = text_of(helene.get(PAGE, {"from": "2025-01", "to": "2025-06"}))

    assert "avant, rien n’est connu" in page
    assert "Taux d’impayé" not in page


def test_the_page_says_each_figure_with_what_it_counts(helene: Client) -> None:
    three()
    run_days(until=FEBRUARY)

    page = text_of(helene.get(PAGE))

    assert "50,0 % des montants appelés ont été impayés un jour" in page
    assert "Du dossier complet (L05) au premier versement (CSS R. 582-5). 2 sur 2." in page
    assert "Dernier jour vécu : vendredi 20 février 2026" in page
    assert "ne sont pas à zéro, ils ne sont pas connus" in page
    for fact in FACTS.values():
        shown = fact.key in page
        assert shown or fact.key.startswith("retour-"), fact.key
    assert "/agent/pilotage/pensions/" in text_of(helene.get("/agent/pilotage/"))


def test_a_director_of_one_fund_sees_that_fund(helene: Client) -> None:
    three()
    run_days(until=FEBRUARY)
    one = client_of(agent("one", "CAF63", role=Role.SUPERVISOR))

    assert "F" not in [row.pk for row in one.get(f"{PAGE}liste/appelees/").context["page"].rows]
    assert one.get(f"{PAGE}liste/appelees/", {"fund": "CAF43"}).context["total"] == 0
    assert helene.get(f"{PAGE}liste/appelees/", {"fund": "CAF43"}).context["total"] == 1


def test_an_export_has_a_reason_and_the_figures_of_the_page(helene: Client) -> None:
    three(protected=True)
    run_days(until=FEBRUARY)

    assert helene.post(f"{PAGE}exporter/", {"reason": "court"}).status_code == 302
    figures = helene.post(f"{PAGE}exporter/", {"reason": "comité du lundi"}).content.decode("utf-8-sig")
    cases = helene.post(f"{PAGE}liste/appelees/exporter/", {"reason": "comité du lundi"}).content.decode("utf-8-sig")

    assert "Impayés;Échéances appelées;6;1\u00a0500,00\u00a0€" in figures
    assert "1 dossiers protégés ne sont pas dans cette liste" in cases
    assert "CAF43" not in cases
    assert JournalEntry.objects.filter(action="aripa.piloting.exported").count() == 2


def test_queries_do_not_grow_with_the_cases(helene: Client) -> None:
    three()
    run_days(until=FEBRUARY)
    counts = []
    for _round in range(2):
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            helene.get(PAGE)
            helene.get(f"{PAGE}liste/appelees/")
        counts.append(len(seen))
        for number in range(12):
            Case.objects.create(
                case_no=f"X{_round}-{number}", household_id="P-A", title_no="T", origin="TITLE_AUTOMATIC", state="LIVE",
                violence=False, fund="CAF63", received_on=date(2026, 1, 5), overpaid_cents=0, fees_due_cents=0,
                penalty_due_cents=0,
            )  # fmt: skip
    assert counts[0] == counts[1]
    assert counts[0] <= 60


def test_the_page_is_counted_once_and_anew_when_a_day_was_lived(helene: Client) -> None:
    three()
    run_days(until=FEBRUARY)
    before = helene.get(PAGE).context["sections"]
    Case.objects.update(state="SUSPENDED")
    assert helene.get(PAGE).context["sections"] == before

    run_days(until=FEBRUARY + timedelta(days=1))
    assert helene.get(PAGE).context["sections"] != before


def test_a_caseworker_does_not_steer(helene: Client) -> None:
    assert client_of(agent("awa")).get(PAGE).status_code == 404
    assert board.HEADING[0] == "Indicateur"


def test_past_months_are_followed_from_their_letter() -> None:
    """November 2025 asked for on 20 January: three months later, on 20 April, 100 of its 250 euros have come."""
    live_case("A", effective_on=date(2025, 11, 1))
    event_row("2026-01-20", "ARREARS_REQUEST", "A", month="2025-11", child_id="K-A", amount_cents=250_00)
    event_row("2026-01-23", "PAYMENT_RECEIVED", "A", means="TRANSFER", amount_cents=100_00)
    run_days(until=APRIL)

    assert timings.recovery_of_terms(scope(APRIL), arrears=True)[0].of_unpaid == timings.Share(100_00, 250_00)
    assert timings.recovery_of_terms(scope(APRIL, first=date(2026, 2, 1)), arrears=True)[0].of_unpaid.whole == 0
