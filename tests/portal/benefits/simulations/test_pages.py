"""The pages of the simulators of ARS and AEEH: every fact asked, an answer in a sentence, errors beside their field."""

from datetime import date

import pytest
from django.test import Client

from portal.benefits.simulations import aeeh, ars
from portal.benefits.simulations.forms import AEEH, ARS, FORMS
from portal.frame.simulators import Form, blank, simulated

NBSP = "\u00a0"
FACTS = {"ars": ars.FACTS, "aeeh": aeeh.FACTS}
TYPED = {
    "ars": {
        "school_year": "2019", "territory": "METROPOLE", "annual_resources": f"36{NBSP}200", "dependent_children": "3",
        "rows": "2", "children-0-birth_date": "1/5/2012", "children-0-cycle": "", "children-1-birth_date": "01/05/2007",
    },
    "aeeh": {
        "date": "15/05/2019", "territory": "METROPOLE", "incapacity_rate": "80", "has_support": "0", "complement": "6",
        "complement_by_help": "1", "isolated_parent": "1", "boarding_fully_covered": "0", "child_birth_date": "",
    },
}  # fmt: skip
SENTENCES = {
    "ars": f"Allocation de rentrée scolaire : 653,55{NBSP}€, réduite parce que les ressources dépassent le plafond.",
    "aeeh": f"Allocation d’éducation de l’enfant handicapé : 1{NBSP}696,21{NBSP}€ pour le mois.",
}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
def test_the_form_asks_for_every_fact_of_the_simulator(form: Form) -> None:
    facts = {one.name for _title, asks in form.groups for one in asks}
    repeated = {form.repeat.key} if form.repeat else set()

    assert facts | repeated == set(FACTS[form.kind])
    assert not form.repeat or {one.name for one in form.repeat.asks} == set(ars.CHILD_FACTS)


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
    assert "AT_PAYMENT" not in page
    assert client.post(address, {}).status_code == 422
    assert (
        client.post(address, {"school_year": "\x00", "date": "<b>", "rows": "٣", "complement": "²"}).status_code == 422
    )


def test_the_last_known_start_of_term_is_proposed() -> None:
    for today, year in ((date(2026, 10, 26), "2026"), (date(2030, 1, 1), "2026"), (date(2020, 2, 1), "2020")):
        values = {one.name: one.value for _title, asked in blank(ARS, today).groups for one in asked}
        assert values["school_year"] == year


def test_errors_find_their_field() -> None:
    typed = TYPED["ars"] | {"territory": "MAYOTTE", "children-0-birth_date": "hier", "dependent_children": "1"}
    found = {one["column"]: one["message"] for one in simulated(ARS, typed).errors}

    assert set(found) == {"children-0-birth_date", "children-0-cycle", "children-1-cycle", "dependent_children"}
    assert found["children-0-birth_date"] == "Écrivez une date, par exemple 12/03/2015."
    assert found["children-1-cycle"] == "Choisissez l’école primaire, le collège ou le lycée."
    assert found["dependent_children"].startswith("Il y a plus d’enfants à l’école que d’enfants à charge.")


def test_a_month_without_the_amount_of_the_sixth_category_says_so() -> None:
    (error,) = simulated(AEEH, TYPED["aeeh"] | {"date": "15/04/2026"}).errors

    assert error["column"] == "date"
    assert "catégorie 6" in error["message"]


def test_nothing_due_is_said_in_a_sentence() -> None:
    rich = simulated(ARS, TYPED["ars"] | {"annual_resources": "90000"})
    low = simulated(AEEH, TYPED["aeeh"] | {"incapacity_rate": "40"})

    assert rich.summary is not None
    assert low.summary is not None
    assert rich.summary.sentence.startswith("Aucune allocation")
    assert low.summary.sentence.startswith("Aucune allocation")
    assert [one["code"] for one in rich.refusals] == ["benefits.above_ceiling"]
    assert [one["code"] for one in low.refusals] == ["benefits.rate_too_low"]
