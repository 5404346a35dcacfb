"""The pages of cost: the cents of the command, prices of an hour made into months, every error beside its field."""

from datetime import date

import pytest
from django.test import Client

from monenfant.simulations import creche
from monenfant.simulations.forms import COMPARISON, CRECHE, FORMS
from monenfant.simulations.prices import shaped, times
from portal.frame.simulators import Form, blank, simulated
from portal.legislation import simulations

NBSP = "\u00a0"
TYPED = {
    "creche": {"care_month": "10/2019", "annual_resources": "36 000 €", "dependent_children": "1", "resources_case": "KNOWN",
               "care_kind": "COLLECTIVE", "hours_month": "150", "disabled_children": "", "agreed_ceiling": ""},
    "childcare_comparison": {
        "care_month": "10/2026", "child_birth_date": "11/02/2025", "annual_resources": "36000", "dependent_children": "1",
        "isolated_parent": "0", "shared_residence": "0", "hours": "150", "days": "18", "creche_kind": "COLLECTIVE",
        "childminder_hourly": "4,50", "childminder_upkeep": "4", "childminder_meals": "", "home_hourly": "10,5",
        "micro_hourly": "9", "body_hourly": "26",
    },
}  # fmt: skip
SENTENCES = {
    "creche": f"273,00{NBSP}€ pour le mois, soit 1,82{NBSP}€ de l’heure.",
    "childcare_comparison":
        f"Crèche collective : il vous reste 139,50{NBSP}€ par mois à payer, c’est le moins cher. "
        f"Le plus cher : garde à domicile par un organisme, 2{NBSP}482,25{NBSP}€.",
}  # fmt: skip


def problems(**changes: str) -> dict[str, str]:
    found = simulated(COMPARISON, TYPED["childcare_comparison"] | changes)
    return {one["column"]: one["message"] for one in found.errors}


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
    assert client.post(address, {"care_month": "\x00", "hours": "٣", "childminder_hourly": "<b>"}).status_code == 422
    assert form.title in client.get("/simulateurs/").content.decode()


def test_the_form_of_a_creche_asks_for_every_fact() -> None:
    assert {one.name for _title, asks in CRECHE.groups for one in asks} == set(creche.FACTS)


def test_the_page_says_what_the_command_says() -> None:
    typed = TYPED["childcare_comparison"]
    facts = {name: value.replace(",", ".") for name, value in typed.items() if value} | {
        "care_month": "2026-10", "child_birth_date": "2025-02-11", "dependent_children": 1, "days": 18,
        "isolated_parent": False, "shared_residence": False,
    }  # fmt: skip
    told = simulations.get("childcare_comparison")(shaped(facts).facts)[0]
    comparison = simulated(COMPARISON, typed).summary.comparison  # type: ignore[union-attr]

    assert comparison is not None
    nets = sorted(int(one["net_cost"].replace(".", "")) for one in told["result"]["modes"])
    shown = [dict(line.amounts)["Reste par mois"] for line in comparison.lines]
    assert [int(one.replace(NBSP, "").replace(",", "").rstrip("€")) for one in shown] == nets
    assert comparison.hypotheses == told["result"]["hypotheses"]
    assert [bar.value for bar in comparison.chart.bars] == [(net + 50) // 100 for net in nets]


def test_each_line_leads_to_its_own_steps() -> None:
    found = simulated(COMPARISON, TYPED["childcare_comparison"])

    titles = [title for title, _steps in found.steps]
    assert titles == [line.title for line in found.summary.comparison.lines]  # type: ignore[union-attr]
    by_title = {title: [one["label"] for one in steps] for title, steps in found.steps}
    assert "Participation par heure" in by_title["Crèche collective"]
    assert "Participation par heure" not in by_title["Assistante maternelle"]
    assert all(labels[-1] == "Reste de l’année" for labels in by_title.values())


def test_a_mode_without_price_is_not_compared() -> None:
    typed = TYPED["childcare_comparison"] | dict.fromkeys(
        ("creche_kind", "home_hourly", "micro_hourly", "body_hourly"), ""
    )
    found = simulated(COMPARISON, typed)

    assert [title for title, _steps in found.steps] == ["Assistante maternelle"]
    assert found.summary is not None
    assert "le moins cher" not in found.summary.sentence


def test_a_childminder_of_a_body_is_compared_too() -> None:
    found = simulated(COMPARISON, TYPED["childcare_comparison"] | {"body_childminder_hourly": "9"})

    assert found.summary is not None
    assert found.summary.comparison is not None
    amounts = {line.title: dict(line.amounts) for line in found.summary.comparison.lines}
    assert amounts["Assistante maternelle d’un organisme"]["Coût du mois"] == f"1{NBSP}350,00{NBSP}€"
    assert set(problems(body_childminder_hourly="cher")) == {"body_childminder_hourly"}


def test_a_creche_closed_to_the_child_is_neither_the_cheapest_nor_hidden() -> None:
    found = simulated(COMPARISON, TYPED["childcare_comparison"] | {"child_birth_date": "11/02/2020"})

    assert found.summary is not None
    assert found.summary.comparison is not None
    titles = [line.title for line in found.summary.comparison.lines]
    assert titles[-2:] == ["Crèche collective (pas à cet âge)", "Micro-crèche privée (pas à cet âge)"]
    assert "Crèche" not in found.summary.sentence
    assert len(found.summary.comparison.chart.bars) == len(titles) - 2
    alone = dict.fromkeys(("childminder_hourly", "home_hourly", "micro_hourly", "body_hourly"), "")
    nowhere = simulated(COMPARISON, TYPED["childcare_comparison"] | alone | {"child_birth_date": "11/02/2020"}).summary
    assert nowhere is not None
    assert nowhere.sentence == "Aucun de ces modes ne reçoit un enfant de cet âge."


def test_a_creche_by_the_year_on_its_page() -> None:
    typed = TYPED["creche"] | {"hours_month": "", "annual_hours": "1 000", "invoices": "12"}

    assert simulated(CRECHE, typed).summary.sentence.startswith(f"151,67{NBSP}€ pour le mois")  # type: ignore[union-attr]
    found = {one["column"]: one["message"] for one in simulated(CRECHE, typed | {"invoices": ""}).errors}
    assert found == {"invoices": "Écrivez un nombre de factures, de 1 à 12."}


def test_every_error_at_once_beside_its_field() -> None:
    found = problems(hours="beaucoup", micro_hourly="cher", child_birth_date="", annual_resources="36000,50", days="40",
                     childminder_upkeep="x", dependent_children="0")  # fmt: skip

    assert set(found) == {
        "hours", "micro_hourly", "child_birth_date", "annual_resources", "days", "childminder_upkeep", "dependent_children",
    }  # fmt: skip
    assert found["hours"] == "Écrivez des heures, de 0 à 744, par exemple 150."
    assert all(message.startswith("Écrivez") for message in found.values())


def test_errors_between_facts_have_their_field() -> None:
    assert set(problems(child_birth_date="11/02/2027")) == {"child_birth_date"}
    assert set(problems(care_month="01/2010", child_birth_date="11/02/2009")) == {"care_month"}
    nothing = dict.fromkeys(("creche_kind", "childminder_hourly", "home_hourly", "micro_hourly", "body_hourly"), "")
    assert set(problems(**nothing)) == {"childminder_hourly"}
    assert set(problems(home_hourly="999999")) == {"home_hourly"}


@pytest.mark.parametrize(
    ("price", "count", "amount"),
    [
        ("4.50", "150", "675.00"),
        ("4.55", "0.1", "0.46"),
        ("4.45", "0.1", "0.45"),
        ("cher", "150", "cher"),
        ("4.5", None, "4.5"),
    ],
)
def test_a_price_by_a_count(price: str, count: str | None, amount: str) -> None:
    assert times(price, count) == amount


def test_the_first_page_proposes_prices_and_a_month_and_nothing_of_the_family() -> None:
    shown = blank(COMPARISON, date(2026, 10, 26))
    values = {one.name: one.value for _title, questions in shown.groups for one in questions}

    assert values["care_month"] == "10/2026"
    assert values["childminder_hourly"] == "4,50"
    assert values["annual_resources"] == values["child_birth_date"] == values["dependent_children"] == ""


def test_the_steps_of_the_aid_are_said_in_words_and_euros() -> None:
    found = simulated(COMPARISON, TYPED["childcare_comparison"] | {"child_birth_date": "11/02/2020"})
    by_label = {
        one["label"]: one["value"] for title, steps in found.steps for one in steps if title == "Assistante maternelle"
    }

    assert by_label["Motif de refus des montants"] == "L’enfant a passé l’âge limite."
    assert by_label["Coût horaire de référence"] == f"4,91{NBSP}€"
    assert by_label["Coût retenu"] == f"747,00{NBSP}€"
    assert by_label["Taux d’effort horaire"] == f"0,0619{NBSP}%"
