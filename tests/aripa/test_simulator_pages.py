"""The pages of the simulators: the cents of the command, every error beside its field, rows that are added, nothing lost."""

from datetime import date

import pytest
from django.test import Client

from aripa.simulations import asf, direct_payment, indexation, pension_scale, seizable
from aripa.simulations.forms import ASF, DIRECT_PAYMENT, FORMS
from portal.frame.simulators import Form, blank, facts_typed, simulated, step_value, with_more_rows

NBSP = "\u00a0"
MONDAY = date(2026, 10, 26)
READ = {"asf": asf, "direct_payment": direct_payment, "indexation": indexation, "pension_scale": pension_scale,
        "seizable": seizable}  # fmt: skip
TYPED = {
    "asf": {"date": "26/10/2026", "lone_parent": "1", "fund_territory": "METROPOLE", "rows": "2",
            "children-0-kind_of_case": "D", "children-0-support_due": "150", "children-0-debtor_unable": "0",
            "children-1-kind_of_case": "D", "children-1-support_due": "250,00 €", "children-1-debtor_unable": "0"},
    "indexation": {"initial_amount": "300", "base_index": "87,07", "new_index": "100,03", "rounding": "CENT"},
    "pension_scale": {"date": "26/10/2026", "debtor_income": "1 600,00", "children": "2", "residence": "STANDARD",
                      "scale": "JUSTICE"},
    "seizable": {"date": "26/10/2026", "monthly_pay": "1600"},
    "direct_payment": {"date": "1/10/2026", "monthly_support": "170", "rows": "3", "arrears-0-month": "9/2026",
                       "arrears-0-amount": "100", "arrears-2-month": "08/2026", "arrears-2-amount": "70"},
}  # fmt: skip
SENTENCES = {
    "asf": f"ASF payée pour le mois : 50,78{NBSP}€.",
    "indexation": f"Pension revalorisée : 344,65{NBSP}€.",
    "pension_scale": f"109,02{NBSP}€ par enfant et par mois, 218,04{NBSP}€ en tout.",
    "seizable": f"Au plus 268,10{NBSP}€ par mois peuvent être saisis.",
    "direct_payment":
        f"Le premier mois, le tiers paie 255,00{NBSP}€, pension comprise ; les arriérés sont réglés en 2 mensualités.",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
def test_the_form_asks_for_every_fact_of_the_simulator(form: Form) -> None:
    module = READ[form.kind]
    facts = {one.name for _title, asks in form.groups for one in asks}
    repeated = {form.repeat.key} if form.repeat else set()

    assert facts | repeated == set(module.FACTS)
    if form.repeat:
        inner = module.CHILD_FACTS if form is ASF else module.TERM_FACTS
        assert {one.name for one in form.repeat.asks} == set(inner)


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
def test_the_page_without_account(form: Form) -> None:
    client, address = Client(), f"/simulateurs/{form.kind}/"
    assert "Calculer" in client.get(address).content.decode()

    answer = client.post(address, TYPED[form.kind])

    page = answer.content.decode()
    assert answer.status_code == 200, page
    assert SENTENCES[form.kind] in page
    assert "Étapes du calcul" in page
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"date": "\x00", "rows": "٣", "children": "<b>"}).status_code == 422


@pytest.mark.django_db
def test_the_list_names_every_simulator() -> None:
    page = Client().get("/simulateurs/").content.decode()

    assert [form.title for form in FORMS if form.title not in page] == []
    assert 'href="/simulateur/"' in page
    assert Client().get("/simulateurs/inconnu/").status_code == 404


def test_every_error_at_once_beside_its_field() -> None:
    typed = TYPED["asf"] | {
        "date": "hier", "children-0-kind_of_case": "", "children-0-support_due": "", "children-1-support_due": "beaucoup",
        "children-1-birth_date": "31/02/2010",
    }  # fmt: skip
    found = simulated(ASF, typed)

    assert {one["column"] for one in found.errors} == {"date", "children-1-support_due", "children-1-birth_date"}
    assert all(one["message"] for one in found.errors)
    shown = {one.name: one for _title, questions in found.groups for one in questions}
    assert shown["date"].error == "Écrivez une date, par exemple 26/10/2026."
    assert shown["date"].value == "hier", "what was typed stays"
    assert {one["label"] for one in found.errors} > {"Pension due pour le mois (enfant 2)"}
    assert found.summary is None


def test_errors_between_facts_find_their_row() -> None:
    typed = TYPED["direct_payment"] | {"arrears-2-month": "9/2026"}
    (error,) = simulated(DIRECT_PAYMENT, typed).errors

    assert error["column"] == "arrears-2-month", "the empty row between them does not count"
    assert error["message"].startswith("Ce mois est donné deux fois.")


def test_no_child_is_an_error_of_the_first_row() -> None:
    (error,) = simulated(ASF, {"date": "26/10/2026", "lone_parent": "1", "rows": "1"}).errors

    assert error["column"] == "children-0-kind_of_case"
    assert error["message"] == "Choisissez la situation de l’enfant."


def test_more_rows_keep_what_was_typed_and_stop_at_the_most() -> None:
    more = with_more_rows(ASF, TYPED["asf"])

    assert (more.rows, more.new_group) == (3, "Enfant 3")
    values = {one.name: one.value for _title, questions in more.groups for one in questions}
    assert values["children-1-support_due"] == "250,00 €"
    assert more.errors == []
    assert with_more_rows(ASF, TYPED["asf"] | {"rows": "999"}).rows == 20
    assert with_more_rows(ASF, TYPED["asf"] | {"rows": "x"}).rows == 2


@pytest.mark.django_db
def test_more_rows_on_the_page() -> None:
    page = Client().post("/simulateurs/direct_payment/", TYPED["direct_payment"] | {"more": "1"}).content.decode()

    assert 'name="arrears-5-month"' in page
    assert 'name="arrears-6-month"' not in page
    assert 'value="170"' in page
    assert 'role="alert"' not in page


def test_empty_fields_are_left_to_the_simulator() -> None:
    facts, places = facts_typed(DIRECT_PAYMENT, TYPED["direct_payment"], 3)

    assert "debtor_income" not in facts
    assert "agreed_months" not in facts
    assert places == [0, 2]
    assert [one["month"] for one in facts["arrears"]] == ["2026-09", "2026-08"]


def test_the_date_of_the_page_is_proposed() -> None:
    values = {one.name: one.value for _title, questions in blank(ASF, MONDAY).groups for one in questions}

    assert values["date"] == "26/10/2026"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("1234.50", "EUR", f"1{NBSP}234,50{NBSP}€"),
        ("656.6667", "EUR", f"656,6667{NBSP}€"),
        ("224.0000", "EUR", f"224,00{NBSP}€"),
        ("0.115000", "ratio", f"11,5{NBSP}%"),
        ("0.005000", "ratio", f"0,5{NBSP}%"),
        (True, "flag", "oui"),
        (None, "text", "–"),
        ("TOP_UP", "text", "complément"),
        (24, "index", "24"),
    ],
)
def test_steps_are_written_for_people(value: object, unit: str, shown: str) -> None:
    assert step_value({"value": value, "unit": unit}, ASF.words) == shown
