"""The public simulator: the same cents as the command, every error at once, nothing kept."""

import pytest
from django.conf import LazySettings
from django.test import Client

from cmg.declaring.simulating import FORM_NAMES, blank, facts_typed, simulated
from cmg.simulated_facts import FACTS
from cmg.views import simulator
from tests.cmg.declaring.families import MONDAY

NBSP = "\u00a0"
MINDER = {
    "care_month": "2026-10", "care_mode": "CHILDMINDER", "child_birth_date": "11/02/2025", "hours": "120", "days": "18",
    "net_salary": "560,00", "maintenance_allowance": "66", "annual_resources": "30 000", "dependent_children": "2",
}  # fmt: skip
CRECHE = {
    "care_month": "2026-10", "care_mode": "MICRO_CRECHE", "child_birth_date": "11/02/2025", "hours": "120",
    "invoice_amount": "560,00", "hourly_tariff": "9", "annual_resources": "30000", "dependent_children": "2",
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "typed", "aid", "left"),
    [
        ("a childminder, two children", MINDER, 46_153, 16_447),
        ("a micro-crèche, 85 % of the invoice", CRECHE, 47_600, 8_400),
        ("nobody works", MINDER | {"ground_1": "NONE", "ground_2": "NONE"}, 0, 62_600 + 46_815),
        (
            "alone, the other's activity does not count",
            MINDER | {"isolated_parent": "1", "ground_2": "NONE"},
            46_153,
            16_447,
        ),
    ],
)
def test_the_result_is_that_of_the_command(words: str, typed: dict[str, str], aid: int, left: int) -> None:
    found = simulated(typed, MONDAY)

    assert not found.errors, words
    assert found.result is not None
    assert (found.result["part_b"], found.result["left_to_family"]) == (aid, left)
    assert found.figures
    assert bool(found.chapters) != bool(found.steps)


def test_every_error_at_once_beside_its_field() -> None:
    found = simulated(
        MINDER | {"child_birth_date": "hier", "annual_resources": "beaucoup", "hours": "", "days": "1.5"}, MONDAY
    )

    assert {one["column"] for one in found.errors} == {"child_birth_date", "annual_resources", "hours", "days"}
    shown = {one.name: one.error for _title, questions in found.groups for one in questions if one.error}
    assert shown["annual_resources"] == "Écrivez des euros entiers, par exemple 36000."
    assert found.result is None
    typed = {one.name: one.value for _title, questions in found.groups for one in questions}
    assert typed["child_birth_date"] == "hier", "what was typed stays"


def test_the_form_asks_for_every_fact_of_the_simulator() -> None:
    asked = {one.name for _title, questions in blank(MONDAY).groups for one in questions}

    assert asked - {"ground_2"} == {FORM_NAMES.get(name, name) for name in FACTS}
    assert set(facts_typed(dict.fromkeys(asked, "1"))) <= set(FACTS)


@pytest.mark.django_db
def test_the_page_without_account() -> None:
    client = Client()
    assert "Calculer" in client.get("/simulateur/").content.decode()

    answer = client.post("/simulateur/", MINDER)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"Aide : 461,53{NBSP}€. Cotisations prises en charge : 468,15{NBSP}€." in page
    assert f"Il vous reste 164,47{NBSP}€" in page
    assert "CSS D. 531-18" in page
    assert "décret" in page or "openfisca" in page
    assert client.post("/simulateur/", {}).status_code == 422
    assert client.post("/simulateur/", {"care_month": "\x00", "care_mode": "<b>"}).status_code == 422
    assert client.post("/simulateur/", CRECHE).status_code == 200


@pytest.mark.django_db
def test_a_visitor_who_calculates_without_end_is_told_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulator, "TURNS_MOST", 3)
    client = Client()
    # Half of them wrong: an error costs a turn too, and looking at the form costs none.
    statuses = [client.post("/simulateur/", one).status_code for one in (MINDER, {}, MINDER)]
    assert statuses == [200, 422, 200]
    assert client.get("/simulateur/").status_code == 200

    answer = client.post("/simulateur/", MINDER)

    page = answer.content.decode()
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert f"Attendez {answer['Retry-After']} seconde" in page
    assert 'value="560,00"' in page, "what was typed stays"
    assert "Résultat" not in page
    # Another visitor is not slowed down by this one, whatever address this one says it has.
    assert client.post("/simulateur/", MINDER, headers={"x-forwarded-for": "9.9.9.9"}).status_code == 429
    assert client.post("/simulateur/", MINDER, REMOTE_ADDR="192.0.2.7").status_code == 200


@pytest.mark.django_db
def test_behind_the_proxy_the_address_is_the_one_that_it_saw(
    monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:  # fmt: skip
    monkeypatch.setattr(simulator, "TURNS_MOST", 1)
    settings.PORTAL_BEHIND_PROXY = True

    def asked(forwarded: str) -> int:
        return Client().post("/simulateur/", MINDER, headers={"x-forwarded-for": forwarded}).status_code

    assert [asked("192.0.2.7"), asked("192.0.2.8"), asked("9.9.9.9, 192.0.2.7")] == [200, 200, 429]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [
    {"net_salary": "9" * 5_000}, {"child_birth_date": ", ".join(["11/02/2025"] * 500)}, {"hours": "1" * 100_000},
    {"annual_resources": "9" * 4_000}, {"days": "٣" * 3}, {"care_month": "9999-99"},
])  # fmt: skip
def test_what_is_too_long_or_odd_is_an_error_beside_its_field(typed: dict[str, str]) -> None:
    answer = Client().post("/simulateur/", MINDER | typed)

    assert answer.status_code == 422
    assert len(answer.content) < 100_000


@pytest.mark.django_db
def test_a_form_of_thousands_of_fields_or_megabytes_is_refused() -> None:
    assert Client().post("/simulateur/", {f"x{n}": "1" for n in range(2_000)}).status_code == 400
    big = "net_salary=" + "9" * 3_000_000
    assert Client().post("/simulateur/", big, content_type="application/x-www-form-urlencoded").status_code == 400
