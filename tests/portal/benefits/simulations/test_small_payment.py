"""`simulate small_payment` as outsiders call it, and its page."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from portal.benefits.simulations.small_form import SMALL_PAYMENT
from portal.benefits.simulations.small_payment import FACTS
from portal.frame.simulators import simulated
from portal.legislation import simulations

NBSP = "\u00a0"
EXAMPLE: dict[str, Any] = {"date": "2019-05-31", "benefit": "AEEH", "amount": "22.99"}
TYPED = {
    "date": "31/05/2019", "benefit": "AEEH", "territory": "METROPOLE", "operation": "PAYMENT", "amount": "22,99",
    "deferred_balance": "0", "policy": "DEFER",
}  # fmt: skip


def asked(**changes: Any) -> dict[str, Any]:
    facts = {name: value for name, value in (EXAMPLE | changes).items() if value is not ...}
    answer: dict[str, Any] = simulations.get("small_payment")(facts)[0]
    return answer


def errors(**changes: Any) -> list[tuple[str, str]]:
    found = asked(**changes)["errors"]
    assert all(set(one) == {"key", "code", "message", "remedy"} and one["remedy"] for one in found)
    return [(one["key"], one["code"]) for one in found]


def test_the_answer_has_every_key_of_the_contract() -> None:
    answer = asked()

    assert list(answer) == ["result", "refusals", "steps", "parameters"]
    assert answer["result"] == {"decision": "DEFER", "threshold": "23.00"}
    assert answer["refusals"] == []
    assert all(set(one) == {"name", "label", "value", "unit", "article"} and one["article"] for one in answer["steps"])
    told = {one["key"]: one["value"] for one in answer["parameters"]}
    assert told["social_security_ceiling.monthly"] == "3377"
    assert told["small_payments.ceiling_share"] == "0.0068"
    assert "ars.minimum_paid" not in told
    assert all(date.fromisoformat(one["date"]) <= date(2019, 5, 1) and one["source"] for one in answer["parameters"])


@pytest.mark.parametrize(
    ("case", "facts", "decision", "threshold"),
    [
        ("22: next month, what waited is added", {"amount": "5.00", "deferred_balance": "22.99"}, "PAY", "23.00"),
        ("22: exactly T", {"amount": "23.00"}, "PAY", "23.00"),
        ("22: in 2020", {"date": "2020-05-01", "amount": "23.50"}, "DEFER", "24.00"),
        ("23: written off", {"operation": "OVERPAYMENT", "amount": "22.00"}, "WRITE_OFF", "23.00"),
        ("23: two of the same cause", {"operation": "OVERPAYMENT", "amount": "12.00", "deferred_balance": "12.00"},
         "RECOVER", "23.00"),
        ("an overpayment has no policy", {"operation": "OVERPAYMENT", "policy": "PAY"}, "WRITE_OFF", "23.00"),
        ("a fund that pays", {"policy": "PAY"}, "PAY", "23.00"),
        ("a fund that gives up", {"policy": "WAIVE"}, "WAIVE", "23.00"),
        ("ARS below its minimum", {"benefit": "ARS", "amount": "14.99"}, "NOT_PAID", "15.00"),
        ("ARS at its minimum", {"benefit": "ARS", "amount": "15.00"}, "PAY", "15.00"),
        ("ARS: a balance has no effect", {"benefit": "ARS", "amount": "14.99", "deferred_balance": "9"}, "NOT_PAID", "15.00"),
        ("Mayotte before 2020", {"territory": "MAYOTTE"}, "PAY", "0.00"),
        ("Mayotte since", {"territory": "MAYOTTE", "date": "2020-01-01"}, "DEFER", "24.00"),
    ],
)  # fmt: skip
def test_decisions(case: str, facts: dict[str, Any], decision: str, threshold: str) -> None:
    assert asked(**facts)["result"] == {"decision": decision, "threshold": threshold}, case


def test_every_error_at_once() -> None:
    assert errors(date=..., benefit="RSA", amount="-1", operation="GIFT", colour="blue") == [
        ("colour", "unknown_key"), ("date", "required"), ("benefit", "bad_value"), ("amount", "bad_value"),
        ("operation", "bad_value"),
    ]  # fmt: skip
    assert errors(date="2017-12-31") == [("date", "no_parameter")]
    assert errors(date="2027-01-01", amount="x") == [("amount", "bad_value"), ("date", "no_parameter")]


@pytest.mark.django_db
def test_by_the_api_and_the_page() -> None:
    answer = APIClient().post("/api/v1/simulations/small_payment", EXAMPLE, format="json")
    assert answer.status_code == 200
    assert answer.json()["result"]["decision"] == "DEFER"

    client = Client()
    assert "Calculer" in client.get("/simulateurs/small_payment/").content.decode()
    page = client.post("/simulateurs/small_payment/", TYPED)
    assert page.status_code == 200
    assert "La somme est reportée" in page.content.decode()
    assert f"23,00{NBSP}€" in page.content.decode()
    assert "ASF_ADVANCE" not in page.content.decode()
    assert client.post("/simulateurs/small_payment/", {}).status_code == 422


def test_the_form_asks_for_every_fact_of_the_simulator() -> None:
    assert {one.name for _title, asks in SMALL_PAYMENT.groups for one in asks} == set(FACTS)
    (error,) = simulated(SMALL_PAYMENT, TYPED | {"date": "01/01/2027"}).errors
    assert error["column"] == "date"
