"""Telling a fact from the page: its effect first, entered once, a conflict that keeps what was typed."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from aripa.acts.entering import version_of
from aripa.models import Act, Event
from aripa.operations import run_days
from tests.aripa.agents import LIVED, agent, client_of, on_day, text_of
from tests.aripa.rows import event_row, forced_case, live_case

pytestmark = pytest.mark.django_db
PAGE = "/agent/pensions/"
PAYMENT = f"{PAGE}inscrire/PAYMENT_RECEIVED/C1/"
TYPED = {"amount": "300,00", "means": "TRANSFER", "month": ""}


@pytest.fixture(autouse=True)
def lived(settings: Any) -> None:
    on_day(settings)
    forced_case("C1")
    live_case("C2")
    run_days(until=LIVED)


@pytest.fixture
def awa() -> Client:
    return client_of(agent("awa"))


def confirmed(**more: Any) -> dict[str, Any]:
    known = {"step": "confirm", "why": "virement vu au compte", "version": version_of("C1"), "key": str(uuid4())}
    return TYPED | known | more


def test_the_effect_is_shown_before_anything_is_written(awa: Client) -> None:
    page = text_of(awa.post(PAYMENT, TYPED | {"step": "preview"}))

    assert "Paiement reçu" in page
    assert "300,00" in page
    assert "Versement au parent qui reçoit, février 2026" in page
    assert Act.objects.count() == 0


def test_confirmed_once_then_its_receipt(awa: Client) -> None:
    form = confirmed()

    first = awa.post(PAYMENT, form, follow=True)
    again = awa.post(PAYMENT, form, follow=True)

    assert "Paiement reçu, C1" in text_of(first)
    assert "rien n’a été inscrit deux fois" in text_of(again)
    assert (Act.objects.count(), Event.objects.get(kind="PAYMENT_RECEIVED").amount_cents) == (1, 30000)
    history = awa.get(f"{PAGE}C1/").context["history"][0]
    assert (history.origin, history.reason) == ("inscrit par Awa Test", "virement vu au compte")


def test_every_error_beside_its_field(awa: Client) -> None:
    answer = awa.post(PAYMENT, {"amount": "beaucoup", "means": "", "step": "preview"})

    assert answer.status_code == 422
    assert set(answer.context["sheet"].errors) == {"amount", "means"}
    assert 'id="amount-problem"' in text_of(answer)


def test_two_agents_at_once_the_second_sees_what_the_first_did_and_keeps_her_text(awa: Client) -> None:
    form = confirmed()
    mehdi = client_of(agent("mehdi"))
    complaint = {"step": "confirm", "why": "courrier du parent", "version": version_of("C1"), "key": str(uuid4())}
    assert mehdi.post(f"{PAGE}inscrire/COMPLAINT/C1/", complaint).status_code == 302

    answer = awa.post(PAYMENT, form)

    page = text_of(answer)
    assert answer.status_code == 409
    assert "Mehdi Test a fait « Ouvrir une réclamation »" in page
    assert "virement vu au compte" in page
    assert 'value="300,00"' in page
    assert Act.objects.count() == 1
    sheet = answer.context["sheet"]
    assert awa.post(PAYMENT, confirmed(version=sheet.version, key=sheet.key)).status_code == 302


def test_a_form_of_somebody_else_leads_nowhere(awa: Client) -> None:
    form = confirmed()
    awa.post(PAYMENT, form)
    elsewhere = client_of(agent("mehdi"))

    answer = elsewhere.post(PAYMENT, form | {"version": version_of("C1")})

    assert (answer.status_code, Act.objects.count()) == (409, 1)
    assert awa.post(PAYMENT, confirmed(key="rien")).status_code == 404


@pytest.mark.parametrize(
    ("code", "status"), [("COMPLAINT_CLOSED", 422), ("ABLE_TO_PAY", 422), ("COMPLAINT", 200), ("VIOLENCE", 200)]
)
def test_an_act_that_the_state_does_not_allow_says_so(awa: Client, code: str, status: int) -> None:
    assert awa.get(f"{PAGE}inscrire/{code}/C1/").status_code == status
    assert awa.get(f"{PAGE}inscrire/AUTRE/C1/").status_code == 404


def test_a_foreign_case_is_not_there() -> None:
    elsewhere = client_of(agent("lille", "CAF59"))

    assert elsewhere.get(PAYMENT).status_code == 404
    assert elsewhere.post(PAYMENT, confirmed()).status_code == 404
    assert Act.objects.count() == 0


def test_a_receipt_is_for_those_who_see_the_case(awa: Client) -> None:
    awa.post(PAYMENT, confirmed())
    act = Act.objects.get()

    assert awa.get(f"{PAGE}actes/{act.pk}/").status_code == 200
    assert client_of(agent("lille", "CAF59")).get(f"{PAGE}actes/{act.pk}/").status_code == 404


def test_the_decision_is_a_persons_the_proposed_tool_first(awa: Client) -> None:
    event_row("2026-02-20", "GARNISHEE_ANSWER", "C1", ref="EMP1", reason="ACCEPTED")
    run_days(until=LIVED.replace(day=21))
    page = awa.get(f"{PAGE}inscrire/RECOVERY_DECISION/C1/")
    assert page.context["questions"][0].choices[0] == ("DIRECT_PAYMENT", "Paiement direct"), (
        "one runs: nothing is proposed"
    )
    event_row("2026-02-21", "GARNISHEE_ANSWER", "C1", ref="EMP1", reason="NOT_HELD")
    run_days(until=LIVED.replace(day=22))

    page = awa.get(f"{PAGE}inscrire/RECOVERY_DECISION/C1/")
    assert page.context["questions"][0].choices[0] == ("BENEFIT_WITHHOLDING", "Retenue sur prestations (proposé)")
    form = confirmed(reason="BENEFIT_WITHHOLDING", ref="", amount="") | {"version": version_of("C1")}
    assert awa.post(f"{PAGE}inscrire/RECOVERY_DECISION/C1/", form).status_code == 302
    run_days(until=LIVED.replace(day=23))
    assert [one[1] for one in awa.get(f"{PAGE}recouvrement/C1/").context["orders"]] == [
        "Retenue sur prestations",
        "Paiement direct",
    ]


def test_a_receipt_of_a_letter_names_its_reader_and_month(awa: Client) -> None:
    event_row("2026-02-20", "DEBIT_RETURNED", "C2", month="2026-02", reason="AM04", amount_cents=250_00)
    run_days(until=LIVED.replace(day=23))
    page = awa.get(f"{PAGE}inscrire/NOTICE_RECEIVED/C2/")
    choice = next(value for value, _words in page.context["questions"][0].choices if value.startswith("L08"))
    assert choice == "L08|DEBTOR|2026-02"

    form = confirmed(letter=choice, effective_on="20/02/2026") | {"version": version_of("C2")}
    assert awa.post(f"{PAGE}inscrire/NOTICE_RECEIVED/C2/", form).status_code == 302

    event = Event.objects.get(kind="NOTICE_RECEIVED", case_no="C2")
    assert (event.letter, event.party, str(event.month), str(event.effective_on)) == (
        "L08",
        "DEBTOR",
        "2026-02-01",
        "2026-02-20",
    )


def test_the_answer_of_a_garnishee_names_its_order_by_number(awa: Client) -> None:
    page = awa.get(f"{PAGE}inscrire/GARNISHEE_ANSWER/C1/")
    assert page.context["questions"][0].choices[1] == ("1", "Paiement direct du 10/02/2026, EMP1")

    form = confirmed(ref="1", reason="ACCEPTED") | {"version": version_of("C1")}
    assert awa.post(f"{PAGE}inscrire/GARNISHEE_ANSWER/C1/", form).status_code == 302

    assert Event.objects.get(kind="GARNISHEE_ANSWER").ref == "EMP1"
