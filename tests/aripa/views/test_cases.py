"""The lists of the day: whose cases they hold, what they count, how they are searched, filtered, paged and exported."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aripa.models import Worry
from aripa.operations import run_days
from portal.accounts.models import Role
from portal.audit.models import JournalEntry
from portal.people.vault import lookup_key
from tests.aripa.agents import LIVED, agent, client_of, on_day, text_of
from tests.aripa.rows import event_row, forced_case, live_case, parent_row

pytestmark = pytest.mark.django_db
PAGE = "/agent/pensions/"


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    on_day(settings)


def returned(case: str, on: str = "2026-02-19", due_day: int = 10) -> None:
    live_case(case, due_day=due_day)
    event_row(on, "DEBIT_RETURNED", case, month="2026-02", reason="AM04", amount_cents=250_00)


def numbers(answer: Any) -> list[str]:
    return [one.case.pk for one in answer.context["lines"]]


def test_each_list_counts_what_it_shows() -> None:
    returned("R1", "2026-02-20")
    forced_case("F1")
    live_case("E1")
    event_row("2026-02-02", "END_REQUEST", "E1", party="CREDITOR")
    live_case("Q1")
    run_days(until=LIVED)
    Worry.objects.create(case_id="Q1", day=LIVED, sentence="à voir")
    Worry.objects.create(case_id="R1", day=LIVED, sentence="vu", handled_on=LIVED, handled_by="x")
    client = client_of(agent("awa"))
    wanted = {
        "notify": ["R1"], "receipts": [], "delays": [], "consents": ["E1"], "ends": [], "worries": ["Q1"],
        "overpaid": ["R1"], "orders": ["F1"], "controls": [], "no_title": [], "all": ["E1", "F1", "Q1", "R1"],
    }  # fmt: skip

    found = {name: sorted(numbers(client.get(PAGE, {"box": name}))) for name in wanted}

    assert found == wanted
    counted = {name: number for name, number, _label in client.get(PAGE).context["tiles"]}
    assert counted == {name: len(rows) for name, rows in wanted.items()}


@pytest.mark.parametrize(
    ("said", "received", "listed"),
    [
        ("its delay ends in seven days", "2026-02-12", True),
        ("in eight days: not this week", "2026-02-13", False),
        ("it ended yesterday, the term is forced", "2026-02-04", False),
    ],
)
def test_a_delay_that_ends_within_a_week(said: str, received: str, listed: bool) -> None:  # noqa: FBT001
    returned("R1", "2026-02-03", due_day=1)
    event_row(received, "NOTICE_RECEIVED", "R1", letter="L08", party="DEBTOR", month="2026-02", effective_on=received)
    run_days(until=LIVED)

    assert (numbers(client_of(agent("awa")).get(PAGE, {"box": "delays"})) == ["R1"]) == listed, said


def test_what_waits_since_a_day_has_an_age_and_is_not_late() -> None:
    returned("R1", "2026-02-20")
    forced_case("F1")
    run_days(until=date(2026, 3, 27))
    client = client_of(agent("awa"))

    assert "en retard" not in text_of(client.get(f"{PAGE}?box=all"))
    assert "en retard" not in text_of(client.get(f"{PAGE}?box=overpaid"))
    assert "en retard" in text_of(client.get(f"{PAGE}?box=orders")), "a garnishee answers by a day"


def test_under_forced_recovery_no_notice_is_to_send() -> None:
    live_case("D1")
    event_row("2026-01-14", "DEBIT_RETURNED", "D1", month="2026-01", reason="AM04", amount_cents=250_00)
    event_row(
        "2026-01-19", "NOTICE_RECEIVED", "D1", letter="L08", party="DEBTOR", month="2026-01", effective_on="2026-01-19"
    )
    event_row("2026-02-20", "DEBIT_RETURNED", "D1", month="2026-02", reason="AM04", amount_cents=250_00)
    run_days(until=LIVED)
    client = client_of(agent("awa"))

    line = client.get(PAGE, {"box": "all"}).context["lines"][0]
    assert (line.state[0], line.next.text) == ("Recouvrement forcé", "Décider d’un moyen de recouvrement")
    assert numbers(client.get(PAGE, {"box": "notify"})) == [], "the term is forced tomorrow, without L08"


def test_a_delay_that_ends_on_a_sunday_is_shown_on_the_working_day_that_the_case_knows() -> None:
    returned("R1", "2026-02-03", due_day=1)
    event_row(
        "2026-02-09", "NOTICE_RECEIVED", "R1", letter="L08", party="DEBTOR", month="2026-02", effective_on="2026-02-07"
    )
    run_days(until=LIVED)

    line = client_of(agent("awa")).get(PAGE, {"box": "delays"}).context["lines"][0]

    assert (line.due, line.next.by) == (date(2026, 2, 23), date(2026, 2, 23)), "22 February is a Sunday"


def test_the_first_list_with_something_in_it_opens() -> None:
    forced_case("F1")
    run_days(until=LIVED)

    assert client_of(agent("awa")).get(PAGE).context["box"] == "orders"


def test_a_notice_without_receipt_waits_in_its_own_list() -> None:
    returned("R1", "2026-02-12")
    run_days(until=LIVED)
    client = client_of(agent("awa"))

    assert numbers(client.get(PAGE, {"box": "receipts"})) == ["R1"]
    assert numbers(client.get(PAGE, {"box": "notify"})) == []


def test_the_most_urgent_first_and_its_last_day() -> None:
    returned("R2", "2026-02-20", due_day=15)
    returned("R1", "2026-02-20", due_day=12)
    run_days(until=LIVED)

    lines = client_of(agent("awa")).get(PAGE).context["lines"]

    assert [(one.case.pk, one.due) for one in lines] == [("R1", date(2026, 2, 27)), ("R2", date(2026, 3, 2))]


def test_only_the_cases_of_the_postings_on_the_day() -> None:
    forced_case("S-63", fund="CAF63")
    forced_case("S-43", fund="CAF43")
    forced_case("S-59", fund="CAF59")
    run_days(until=LIVED)

    both = client_of(agent("both", "CAF63", "CAF43"))
    assert numbers(both.get(PAGE, {"box": "all"})) == ["S-43", "S-63"]
    assert both.get(f"{PAGE}S-59/").status_code == 404
    for role in (Role.FUND_CASEWORKER, Role.SUPERVISOR, Role.CONTROLLER, Role.PAJEMPLOI_CASEWORKER):
        elsewhere = client_of(agent(f"x{role}", "CAF63", role=role))
        assert (elsewhere.get(PAGE).status_code, elsewhere.get(f"{PAGE}S-63/").status_code) == (404, 404), role


def test_a_protected_case_shows_a_shape_and_no_detail() -> None:
    forced_case("V1", violence=True)
    run_days(until=LIVED)

    page = text_of(client_of(agent("awa")).get(PAGE, {"box": "all"}))

    assert "Dossier protégé" in page
    assert not any(word in page for word in ("Martin", "Petit", "EMP1"))
    row = page[page.index("<tbody>") : page.index("</tbody>")]
    assert "CAF63" not in row


@pytest.mark.parametrize(
    ("typed", "found"),
    [("martin", ["C1", "C2"]), ("MARTIN c1", ["C1"]), ("petit", ["C1", "C2"]), ("C2", ["C2"]), ("T-C1", ["C1"]),
     ("marti", ["C1", "C2"]), ("artin", []),
     ("2 84 03 99 990 001 74", ["C1"])],
)  # fmt: skip
def test_the_search_by_name_nir_case_and_title(typed: str, found: list[str]) -> None:
    forced_case("C1")
    forced_case("C2")
    parent_row("P-C1", "2026-01-03", nir_key=lookup_key("284039999000174", "NIR"), nir_valid=True, birth_name="Martin",
               name_key="MARTIN C1")  # fmt: skip
    run_days(until=LIVED)

    answer = client_of(agent("awa")).post(f"{PAGE}recherche/", {"q": typed})

    assert numbers(answer) == found
    assert "284039999000174" not in str(JournalEntry.objects.values_list("detail", flat=True))
    assert "2 84 03" not in text_of(answer)


def test_a_nir_never_stays_in_an_address() -> None:
    answer = client_of(agent("awa")).get(PAGE, {"q": "284039999000174"})

    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}recherche/")


def test_pages_by_key_keep_the_filters() -> None:
    for number in range(30):
        forced_case(f"N_{number:02}")
    run_days(until=LIVED)
    client = client_of(agent("awa"))

    first = client.get(PAGE, {"box": "orders", "fund": "CAF63"})
    following = first.context["page"].next
    second = client.get(PAGE, {"box": "orders", "fund": "CAF63", "after": following})

    assert numbers(first) + numbers(second) == [f"N_{number:02}" for number in range(30)]
    assert "fund=CAF63" in text_of(first).replace("&amp;", "&")
    assert numbers(
        client.get(PAGE, {"box": "orders", "fund": "CAF63", "before": second.context["page"].previous})
    ) == numbers(first)


def queries(client: Any, path: str, **params: str) -> int:
    client.get(path, params)
    with CaptureQueriesContext(
        connection,
    ) as found:
        client.get(path, params)
    return len(found)


def test_as_many_queries_for_one_case_as_for_twenty() -> None:
    forced_case("A0")
    run_days(until=LIVED)
    client = client_of(agent("awa"))
    one = queries(client, PAGE, box="all")
    for number in range(1, 20):
        forced_case(f"A{number}")
    run_days(until=date(2026, 2, 21))

    assert queries(client, PAGE, box="all") == one
    assert one <= 30


def test_empty_lists_say_why_and_where_to_go() -> None:
    client = client_of(agent("awa"))

    assert "Rien à traiter dans cette liste" in text_of(client.get(PAGE))
    assert "Retirez-en un" in text_of(client.get(PAGE, {"q": "zzz"}))


def test_an_export_leaves_out_what_is_protected_and_says_so() -> None:
    forced_case("C1")
    parent_row("P-C1", "2026-01-02", address="12 rue des Gras", phone="0639984001", email="lea@courriel.example",
               employer_no="EMP77", iban_tail="4521", birth_name="Martin", first_names="Léa", name_key="MARTIN")  # fmt: skip
    forced_case("V1", violence=True)
    run_days(until=LIVED)
    client = client_of(agent("awa"))

    assert client.post(f"{PAGE}exporter/?box=all", {"reason": "court"}).status_code == 302
    sheet = client.post(f"{PAGE}exporter/?box=all", {"reason": "revue du lundi"}).content.decode("utf-8-sig")
    of_fund = client.post(f"{PAGE}exporter/?box=all&fund=CAF63", {"reason": "revue du lundi"}).content.decode(
        "utf-8-sig"
    )

    heading, own, protected = sheet.splitlines()
    assert "Léa Martin" in own
    assert protected.count("Information protégée") == 3
    assert "Noms et caisse : dossier protégé." in protected
    assert "Adresses, téléphones, courriels, employeurs et comptes ne sont jamais exportés." in own
    assert not any(word in sheet for word in ("Gras", "0639984001", "@", "EMP77", "4521"))
    assert "V1" not in of_fund, "a list of one fund would tell where a protected parent lives"
    assert JournalEntry.objects.filter(action="aripa.cases.exported", detail__reason="revue du lundi").count() == 2
