"""A case: what its page says is what the exports say, each parent's statement alone, the number of queries bounded."""

import csv
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aripa.casefile import read_case
from aripa.exports import export_aripa
from aripa.models import Case, Referent, Worry
from aripa.operations import run_days
from portal.audit.models import JournalEntry
from tests.aripa.agents import LIVED, agent, client_of, on_day, text_of
from tests.aripa.rows import event_row, forced_case, live_case, parent_row

pytestmark = pytest.mark.django_db
PAGE = "/agent/pensions/"


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    on_day(settings)


def exported(folder: Path, name: str, case: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8") as handle:
        return [row for row in csv.DictReader(handle) if row["case_no"] == case]


def cents(text: str) -> int:
    return int(text.replace(".", ""))


def test_the_calendar_and_the_money_are_those_of_the_export(tmp_path: Path) -> None:
    forced_case("C1")
    event_row("2026-02-01", "ASF_CLAIM", "C1", reason="C1")
    event_row("2026-02-18", "PAYMENT_RECEIVED", "C1", amount_cents=300_00, means="GARNISHEE")
    run_days(until=date(2026, 3, 31))
    export_aripa(tmp_path)
    file = read_case(Case.objects.get(), day=date(2026, 3, 31), today=LIVED)

    lines = [one for one in file.calendar(2026) if one.received is not None]
    told = exported(tmp_path, "terms", "C1")
    assert [(f"{one.month:%Y-%m}", one.due, one.received, one.lacking) for one in lines] == [
        (
            row["month"],
            cents(row["amount_due"]),
            cents(row["to_creditor"]) + cents(row["to_asf"]),
            cents(row["lacking"]),
        )
        for row in told
    ]
    paid = [row for row in exported(tmp_path, "movements", "C1") if row["kind"] == "PAYOUT"]
    assert sum(one.paid_out or 0 for one in lines) == sum(cents(row["amount"]) for row in paid) == 300_00
    assert sum(one.asf or 0 for one in lines) == sum(cents(row["paid"]) for row in exported(tmp_path, "asf", "C1"))
    answer = client_of(agent("awa")).get(f"{PAGE}C1/")
    assert answer.context["money"].gap == 0
    case = exported(tmp_path, "cases", "C1")[0]
    assert answer.context["money"].came[0][1] == cents(case["collected"])
    assert answer.context["file"].state.fees == cents(case["fees_due"])


def test_each_parents_statement_is_the_exported_one_and_stands_alone(tmp_path: Path) -> None:
    forced_case("C1")
    parent_row(
        "P-C1",
        "2026-01-02",
        address="12 rue des Gras",
        phone="0639984001",
        birth_name="Martin",
        first_names="Léa",
        name_key="MARTIN",
    )
    run_days(until=LIVED)
    export_aripa(tmp_path)
    client = client_of(agent("awa"))

    for party, folder in (("creancier", "CREDITOR"), ("debiteur", "DEBTOR")):
        answer = client.get(f"{PAGE}releve/{party}/C1/")
        with (tmp_path / "statements" / folder / "C1.csv").open(encoding="utf-8") as handle:
            told = [(row["label"], cents(row["due"]), cents(row["balance"])) for row in csv.DictReader(handle)]
        assert [(row.label, row.due, row.balance) for row in answer.context["rows"]] == told
        page = text_of(answer)
        assert not any(word in page for word in ("Gras", "0639984001", "Martin", "Petit", "EMP1"))
        assert page.count("<table") == 1
    assert client.get(f"{PAGE}releve/autre/C1/").status_code == 404


def test_the_next_gesture_has_a_day_and_an_article() -> None:
    live_case("C1")
    event_row("2026-02-12", "DEBIT_RETURNED", "C1", month="2026-02", reason="AM04", amount_cents=250_00)
    event_row(
        "2026-02-16", "NOTICE_RECEIVED", "C1", letter="L08", party="DEBTOR", month="2026-02", effective_on="2026-02-16"
    )
    run_days(until=LIVED)

    page = text_of(client_of(agent("awa")).get(f"{PAGE}C1/"))

    assert "Attendre la fin des quinze jours de L08 (février 2026)" in page
    assert "mardi 3 mars 2026" in page
    assert "CSS R. 582-8, I" in page
    assert "AM04 provision insuffisante" in page
    assert "Impayé notifié" in page
    assert "250,00 € à régler avec le parent qui reçoit" in page


def test_recovery_proposes_the_next_tool_and_each_order_opens_its_steps() -> None:
    forced_case("C1")
    event_row("2026-02-18", "GARNISHEE_ANSWER", "C1", ref="EMP1", reason="NOT_HELD")
    run_days(until=LIVED)
    client = client_of(agent("awa"))

    answer = client.get(f"{PAGE}recouvrement/C1/")
    assert answer.context["proposed"] == "Retenue sur prestations", "the employer holds nothing: the next tool"
    assert "646,52 €" in text_of(answer), "the RSA of one person in February 2026"
    order = client.get(f"{PAGE}recouvrement/C1/ordre-1/")
    steps = {one["label"]: one["value"].replace("\u00a0", " ") for one in order.context["figures"].direct_payment}
    assert steps["Mensualité ordinaire des arriérés"] == "250,00 €"
    assert order.context["first_month"] == 500_00
    assert {one["label"] for one in order.context["figures"].seizable} >= {"Part saisissable"}
    assert client.get(f"{PAGE}recouvrement/C1/ordre-2/").status_code == 404


def test_the_history_tells_facts_as_they_came_and_not_those_of_tomorrow() -> None:
    forced_case("C1")
    event_row("2026-03-02", "COMPLAINT", "C1")
    event_row("2026-02-19", "VIOLENCE", "C1")
    run_days(until=LIVED)

    # The bank's own numbers are far above those of files, and its facts no later for that.
    event_row(
        "2026-01-12", "DEBIT_RETURNED", "C1", month="2026-01", reason="AM04", amount_cents=1, event_no=95 * 10**13
    )
    page = client_of(agent("awa")).get(f"{PAGE}C1/")
    words = [one.words for one in page.context["history"]]

    assert page.context["history"][2].party == "parent qui paie"
    assert words == [
        "Parent à protéger",
        "Décision de recouvrement : paiement direct",
        "Courrier reçu",
        "Prélèvement revenu : AM04, provision insuffisante",
        "Réponse d’un parent : complète",
    ]


def test_as_many_queries_for_one_term_as_for_twenty_years() -> None:
    live_case("C1")
    live_case("C2")
    run_days(until=LIVED)
    client = client_of(agent("awa"))
    paths = [f"{PAGE}C1/", f"{PAGE}recouvrement/C1/", f"{PAGE}releve/debiteur/C1/"]
    few = [queries(client, path) for path in paths]
    run_days(until=date(2046, 1, 31))

    assert [queries(client, path) for path in paths] == few
    assert max(few) <= 28


def queries(client: Any, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(found)


def test_opening_a_case_is_journaled_and_taking_it_makes_one_person_in_charge() -> None:
    forced_case("C1")
    run_days(until=LIVED)
    first, second = client_of(agent("awa")), client_of(agent("mehdi"))
    first.get(f"{PAGE}C1/")
    assert JournalEntry.objects.filter(action="aripa.case.read", subject="aripa:case:C1", actor="awa").exists()

    first.post(f"{PAGE}responsable/C1/")
    second.post(f"{PAGE}responsable/C1/")

    assert [one.user.username for one in Referent.objects.all()] == ["mehdi"]


def test_a_point_is_handled_once() -> None:
    forced_case("C1")
    run_days(until=LIVED)
    point = Worry.objects.create(case_id="C1", day=LIVED, sentence="à voir")
    awa, mehdi = client_of(agent("awa")), client_of(agent("mehdi"))

    awa.post(f"{PAGE}points/{point.pk}/")
    again = mehdi.post(f"{PAGE}points/{point.pk}/", follow=True)

    point.refresh_from_db()
    assert (point.handled_by, point.handled_on) == ("awa", LIVED)
    assert "déjà traité" in text_of(again)
    elsewhere = client_of(agent("lille", "CAF59"))
    assert elsewhere.post(f"{PAGE}points/{point.pk}/").status_code == 404


def test_nothing_protected_is_in_the_source_of_any_page() -> None:
    forced_case("V1", violence=True)
    secrets = {"address": "12 rue des Gras", "phone": "0639984001", "email": "lea@courriel.example", "employer_no": "EMP77",
               "iban_tail": "QX7Z", "usual_name": "Secret", "city": "Issoire", "postcode": "63500"}  # fmt: skip
    for number in ("P-V1", "D-V1"):
        parent_row(
            number,
            "2026-01-02",
            birth_name="Martin",
            first_names="Léa",
            name_key="MARTIN",
            payment_means="TRANSFER",
            **secrets,
        )
    run_days(until=LIVED)
    client = client_of(agent("awa"))

    for path in (
        "V1/",
        "recouvrement/V1/",
        "recouvrement/V1/ordre-1/",
        "releve/creancier/V1/",
        "releve/debiteur/V1/",
        "inscrire/GARNISHEE_ANSWER/V1/",
        "inscrire/COMPLAINT/V1/",
    ):
        page = text_of(client.get(PAGE + path))
        assert [word for word in [*secrets.values(), "EMP1", "CAF63"] if word in page] == [], path
    assert len(set(re.findall(r'<span class="protected">.*?</span>', text_of(client.get(f"{PAGE}V1/"))))) == 1
