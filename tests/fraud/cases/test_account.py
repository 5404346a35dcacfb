"""A sum paid in excess of the CMG, from the month that is corrected to the debit, told by the case that found it.

Everything by the real operations: a month closed and paid, its correction issued, a case decided, the notice, its twenty days.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client

from cmg.models import Overpayment
from cmg.remedies import overpayments
from cmg.remedies.limits import RemedyRefused
from fraud.cases import deciding, hearing, informing, living, notifying
from fraud.cases.receiving import note_receipt
from fraud.models import CaseOverpayment, ControlCase
from portal.accounts.models import User
from portal.banking.models import PaymentOrder
from portal.ledger.proof import check_ledger
from portal.letters.models import LetterJob
from tests.cmg.remedies.families import PAYOUT, received
from tests.cmg.remedies.world import World
from tests.fraud.cases.test_steps import refusal
from tests.fraud.cases.world import by, opened, people

SUBJECT, ONE = "cmg:employer:E1", timedelta(days=1)
OPENED, HEARD, DECIDED = date(2026, 11, 9), date(2026, 11, 16), date(2026, 12, 7)
pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(tmp_path: Path) -> World:
    """October is issued and the bank paid it."""
    received(tmp_path)
    world = World(tmp_path)
    people()
    from cmg.demo.people import create_people

    create_people()
    world.october(0)
    world.files(0)
    world.booked(0)
    return world


def decided(found: informing.Found) -> ControlCase:
    """A case on the months of `found`, up to the decision of a sum paid in excess."""
    case = opened(SUBJECT, on=OPENED, benefit="CMG")
    informing.send_information(case_pk=case.pk, documents="Bulletins", act=by("sylvie", OPENED))
    informing.start_investigation(case_pk=case.pk, act=by("sylvie", OPENED))
    informing.add_finding(case_pk=case.pk, found=found, act=by("sylvie", OPENED))
    informing.send_findings(case_pk=case.pk, act=by("sylvie", HEARD))
    hearing.begin_adversarial(case_pk=case.pk, act=by("sylvie", HEARD))
    hearing.ready_to_decide(case_pk=case.pk, act=by("sylvie", DECIDED))
    deciding.decide_overpayment(case_pk=case.pk, avoided_cents=0, reason="Heures", act=by("sylvie", DECIDED))
    return ControlCase.objects.get(pk=case.pk)


def of_october(cents: int = 20_000) -> informing.Found:
    return informing.Found("Salaire déclaré trop haut", date(2026, 10, 5), date(2026, 11, 1), "Bulletins", cents)


def corrected(world: World) -> Overpayment:
    """The month as it should have been declared, issued anew."""
    world.day = OPENED
    world.corrected(1)
    world.october(0)
    return Overpayment.objects.get()


def enter(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def page(case: ControlCase, act: str = "") -> str:
    address = f"/agent/controle/dossiers/{case.number}/" + (f"{act}/" if act else "")
    return enter("sylvie").get(address).content.decode()


def test_the_case_tells_what_the_correction_left_and_nothing_is_taken_before_twenty_days(
    paid: World, settings: pytest.FixtureRequest
) -> None:
    settings.PORTAL_DAY = DECIDED  # type: ignore[attr-defined]
    case = decided(of_october())
    assert "Corrigez d’abord ces mois" in page(case, "notification"), "said before, not after a click"
    left = corrected(paid)
    assert 0 < left.amount_cents < PAYOUT
    draft = page(case, "notification")
    assert "part rémunération" in draft, "the letter of the account, not the case's own"

    (paper,) = notifying.send_overpayment_notice(case_pk=case.pk, act=by("sylvie", DECIDED))
    left.refresh_from_db()
    assert (left.state, left.rectification_until, paper.until) == ("NOTIFIED", DECIDED + 20 * ONE, DECIDED + 20 * ONE)
    assert [one.kind for one in LetterJob.objects.filter(kind__contains="overpayment")] == ["cmg.overpayment"]
    assert CaseOverpayment.objects.get(case=case).overpayment == left
    again = {"case_pk": case.pk, "act": by("sylvie", DECIDED)}
    assert refusal(notifying.send_overpayment_notice, **again) == "control.told_already"
    assert "notifiée, délai pour répondre" in page(case)

    handed = DECIDED + 5 * ONE
    note_receipt(paper_pk=paper.pk, way="REGISTERED", received_on=handed, proof="1A", act=by("sylvie", handed))
    last = handed + 20 * ONE
    confirm = {"overpayment_pk": left.pk, "reason": "sans réponse", "by": "nathalie"}
    with pytest.raises(RemedyRefused, match="peut encore répondre"):
        overpayments.confirm_overpayment(on=last, **confirm)
    orders = PaymentOrder.objects.count()
    assert overpayments.collect_instalments(on=last) == 0
    overpayments.confirm_overpayment(on=last + ONE, **confirm)
    plan = {"overpayment_pk": left.pk, "months": 2, "by": "E1"}
    overpayments.agree_instalments(first_due_on=last + 30 * ONE, on=last + 2 * ONE, **plan)
    assert overpayments.collect_instalments(on=last + 20 * ONE) == 0
    assert PaymentOrder.objects.count() == orders
    paid.day = last
    paid.collect(0)
    paid.files(0)
    paid.booked(0)
    left.refresh_from_db()
    living.live_day(day=paid.day)
    assert 0 < left.repaid_cents == sum(case.recoveries.values_list("cents", flat=True))
    deciding.close_case(case_pk=case.pk, reason="Notifiée", act=by("sylvie", paid.day))
    assert check_ledger() == []


def test_another_month_of_the_account_is_not_the_case_s(paid: World) -> None:
    left = corrected(paid)
    case = decided(informing.Found("Heures de septembre", date(2026, 9, 1), date(2026, 10, 1), "Bulletins", 20_000))
    asked = {"case_pk": case.pk, "act": by("sylvie", DECIDED)}
    assert refusal(notifying.send_overpayment_notice, **asked) == "control.no_account_entry"
    left.refresh_from_db()
    assert left.state == "OPENED"


def test_told_by_the_benefit_s_own_service_it_is_told_once_and_the_case_may_end(paid: World) -> None:
    left, case = corrected(paid), decided(of_october())
    overpayments.notify_overpayment(overpayment_pk=left.pk, by="nathalie", on=DECIDED)
    (paper,) = notifying.send_overpayment_notice(case_pk=case.pk, act=by("sylvie", DECIDED + ONE))
    assert (paper.sent_on, LetterJob.objects.filter(kind="cmg.overpayment").count()) == (DECIDED, 1)
    deciding.close_case(case_pk=case.pk, reason="Notifiée", act=by("sylvie", DECIDED + ONE))


def test_a_sum_below_the_threshold_is_given_up_and_does_not_keep_the_case_open(paid: World) -> None:
    left, case = corrected(paid), decided(of_october(1_000))
    Overpayment.objects.filter(pk=left.pk).update(repaid_cents=left.amount_cents - 2_799)
    assert notifying.send_overpayment_notice(case_pk=case.pk, act=by("sylvie", DECIDED)) == []
    left.refresh_from_db()
    assert left.state == "ABANDONED"
    deciding.close_case(case_pk=case.pk, reason="Sous le seuil", act=by("sylvie", DECIDED))


def test_past_two_years_a_sum_is_claimed_only_when_the_panel_saw_fraud(paid: World) -> None:
    left, late = corrected(paid), date(2029, 3, 1)
    assert "prescrite" in overpayments.why_given_up(left, late)
    assert overpayments.why_given_up(left, late, date(2024, 3, 1)) == ""
    assert "prescrite" in overpayments.why_given_up(left, late, date(2027, 3, 1))
