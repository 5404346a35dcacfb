"""Two presses of the same button at the same instant, on two connections of PostgreSQL: one effect, and an answer for both."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from cmg.models import (
    Account,
    Advance,
    BoardCase,
    BoardVote,
    Declaration,
    PersonVerdict,
    Refund,
    Regularisation,
    Repair,
    Report,
)
from cmg.repairs import regularising
from portal.accounts.models import User
from portal.banking.models import PaymentOrder
from portal.batches.models import Run
from portal.casework.models import Attachment, Dossier, HandOver, Message
from portal.exchange.operations import import_files
from portal.ledger.proof import check_ledger
from tests.cmg.declaring.families import TYPED
from tests.cmg.declaring.families import received as not_declared
from tests.cmg.family.conftest import parent
from tests.cmg.family.test_requests import PNG, URGENT
from tests.cmg.files import iban_with_key, row, write
from tests.cmg.remedies.families import DAY, MONTH, Files, c01, closed, debited_home, issued, moved_away, received
from tests.cmg.repairs.test_pages import confirm_form
from tests.cmg.repairs.test_repairs import do

pytestmark = pytest.mark.django_db(transaction=True)
FAMILY = "cmg:employer:E1"


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    settings.CELERY_TASK_ALWAYS_EAGER = False


def of(user: AbstractBaseUser) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def named(username: str) -> Client:
    return of(User.objects.get(username=username))


def at_once(*presses: Callable[[], Any]) -> list[Any]:
    """What each press answers; all leave together, each on its own connection."""
    barrier = Barrier(len(presses))

    def press(one: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(presses)) as pool:
        return [one.result(timeout=60) for one in [pool.submit(press, one) for one in presses]]


def twice(client: Client, address: str, sent: Callable[[], dict[str, Any]]) -> list[Any]:
    """The same form twice, by one person in two windows."""
    other = Client(raise_request_exception=False)
    other.cookies = client.cookies
    answers = at_once(lambda: client.post(address, sent()), lambda: other.post(address, sent()))
    assert {answer.status_code for answer in answers} <= {200, 302, 409, 422}, [one.status_code for one in answers]
    return answers


def places(answers: list[Any]) -> set[str]:
    return {answer["Location"].split("?")[0] for answer in answers}


def anne(tmp_path: Path, change: Callable[[Files], None] | None = None, *, issue: bool = False) -> Client:
    received(tmp_path / "files", change)
    issued(tmp_path / "out") if issue else closed()
    return of(parent("anne", "E1"))


def test_a_report_with_its_photo(tmp_path: Path) -> None:
    client, key = anne(tmp_path), str(uuid4())

    def sent() -> dict[str, Any]:
        photo = SimpleUploadedFile("a.png", PNG)
        return {"key": key, "symptom": "DEBITED", "month": "2026-10", "words": "trop", "photo": photo}

    assert len(places(twice(client, "/famille/signaler/", sent))) == 1
    assert (Report.objects.count(), Attachment.objects.count()) == (1, 1)


def test_a_message(tmp_path: Path) -> None:
    key = str(uuid4())
    twice(anne(tmp_path), "/famille/messages/", lambda: {"key": key, "text": "bonjour"})
    assert Message.objects.count() == 1


def test_an_advance_asked_for(tmp_path: Path) -> None:
    answers = twice(anne(tmp_path, moved_away), "/famille/avance/", dict)
    assert places(answers) == {f"/famille/suivi/A-{Advance.objects.get().pk}/"}


def test_the_emergency_board(tmp_path: Path) -> None:
    answers = twice(anne(tmp_path), "/famille/urgence/", lambda: URGENT)
    assert places(answers) == {f"/famille/suivi/U-{BoardCase.objects.get().pk}/"}


def test_a_refund(tmp_path: Path) -> None:
    client = anne(tmp_path, debited_home, issue=True)
    answers = twice(client, "/famille/remboursement/", lambda: {"month": "2026-10", "words": "trop"})
    assert places(answers) == {f"/famille/suivi/R-{Refund.objects.get().pk}/"}


def test_a_declaration(tmp_path: Path) -> None:
    not_declared(tmp_path)
    client = of(parent("anne", "E1"))
    care = {"month": "2026-10", "employee_no": "S1", "child_ids": "C1"}
    (draft,) = places(twice(client, "/famille/declarer/", lambda: care))
    client.post(draft, TYPED | {"action": "next"})

    answers = twice(client, f"{draft}verifier/", dict)

    assert places(answers) == {f"{draft}recu/"}
    assert Declaration.objects.filter(care_month=MONTH).count() == 1


def test_a_bank_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.accounts.sessions.is_factor_fresh", lambda request: True)
    client, key = anne(tmp_path), str(uuid4())
    sent = {"key": key, "iban": "FR76 3000 6000 0112 3456 7890 189", "holder": "Anne Martin", "mandate": "1"}
    twice(client, "/famille/compte/", lambda: sent)
    assert Account.objects.filter(employer_no="E1").count() == 2
    assert Repair.objects.filter(act="CHANGE_BANK").count() == 1


def test_an_advance_granted_is_paid_once(tmp_path: Path) -> None:
    anne(tmp_path, moved_away).post("/famille/avance/")
    advance = Advance.objects.get()
    twice(named("thomas"), f"/agent/remedes/avance/{advance.pk}/", lambda: {"act": "grant", "state": "PROPOSED"})
    assert PaymentOrder.objects.filter(purpose="CMG_ADVANCE").count() == 1


def test_an_advance_granted_by_one_and_refused_by_another_is_one_of_them(tmp_path: Path) -> None:
    anne(tmp_path, moved_away).post("/famille/avance/")
    advance = Advance.objects.get()
    address = f"/agent/remedes/avance/{advance.pk}/"
    grants, refuses = named("thomas"), named("nathalie")
    at_once(
        lambda: grants.post(address, {"act": "grant", "state": "PROPOSED"}),
        lambda: refuses.post(address, {"act": "refuse", "state": "PROPOSED", "reason": "déjà partie"}),
    )
    advance.refresh_from_db()
    paid = PaymentOrder.objects.filter(purpose="CMG_ADVANCE").count()
    assert (advance.state, paid) in {("GRANTED", 1), ("REFUSED", 0)}


def test_two_votes_of_one_member_are_one(tmp_path: Path) -> None:
    anne(tmp_path).post("/famille/urgence/", URGENT)
    case, thomas = BoardCase.objects.get(), named("thomas")
    address = f"/agent/commission/{case.pk}/"
    thomas.post(address, {"act": "complete", "state": "REFERRED"})
    thomas.post(address, {"act": "schedule", "state": "COMPLETE", "held_on": "2026-10-26"})
    twice(thomas, address, lambda: {"act": "vote", "state": "SCHEDULED", "amount": "100"})
    case.refresh_from_db()
    assert (BoardVote.objects.count(), case.state) == (1, "SCHEDULED")


def held(tmp_path: Path) -> Dossier:
    received(tmp_path / "files", moved_away)
    closed()
    Dossier.objects.update(owner=User.objects.get(username="nathalie"), body="FUND")
    return Dossier.objects.get()


def test_a_repair_by_two_people_on_the_version_they_both_read(tmp_path: Path) -> None:
    held(tmp_path)
    first, second, address = named("thomas"), named("thomas"), "/agent/reparer/RELINK_NUMBER/E1/"
    one, other = (confirm_form(client, address) | {"reason": "vu"} for client in (first, second))
    answers = at_once(lambda: first.post(address, one), lambda: second.post(address, other))
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert Repair.objects.count() == 1


def test_a_hand_over_accepted_and_withdrawn_has_one_end(tmp_path: Path) -> None:
    dossier, nathalie, thomas = held(tmp_path), named("nathalie"), named("thomas")
    twice(nathalie, f"/agent/dossiers/{dossier.pk}/transmettre/", lambda: {"message": "à relier"})
    offer = HandOver.objects.get()
    address = f"/agent/transmissions/{offer.pk}/"
    answers = at_once(
        lambda: thomas.post(address, {"answer": "accept"}), lambda: nathalie.post(address, {"answer": "withdraw"})
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    offer.refresh_from_db()
    dossier.refresh_from_db()
    owner = dossier.owner.username if dossier.owner else ""
    assert (offer.state, owner) in {("ACCEPTED", "thomas"), ("WITHDRAWN", "nathalie")}


def test_a_release_is_proposed_once_and_withdrawn_it_counts_no_more_whoever_approves(tmp_path: Path) -> None:
    held(tmp_path)
    thomas, sent = named("thomas"), {"reason": "vu avec la caisse"}
    address = "/agent/decisions/RELEASED/2026-10/E1/"
    twice(thomas, address, lambda: sent)
    verdict = PersonVerdict.objects.get()
    PersonVerdict.objects.filter(pk=verdict.pk).update(four_eyes=True, decided_by="", decided_at=None)
    nathalie, other = named("nathalie"), named("thomas")
    at_once(
        lambda: nathalie.post(f"/agent/decisions/{verdict.pk}/", {"act": "approve"}),
        lambda: other.post(f"/agent/decisions/{verdict.pk}/", {"act": "withdraw", "reason": "non"}),
    )
    verdict.refresh_from_db()
    assert verdict.withdrawn_at is not None
    assert verdict.decided_by in ("", "nathalie")


def corrected(tmp_path: Path) -> Regularisation:
    """Anne's August 2019 (C01), debited wrongly and issued; the correction of July and August is approved."""
    received(tmp_path / "files", c01)
    issued(tmp_path / "july", date(2019, 7, 1), date(2019, 7, 26))
    issued(tmp_path / "august", date(2019, 8, 1), date(2019, 8, 26))
    do("CHANGE_RIGHT", by="nathalie", status="ACTIVE", ends_on=None)
    on = date(2019, 9, 30)
    found = regularising.propose_regularisation(employer_no="E1", reason="droit rouvert", by="nathalie", on=on)
    assert found is not None
    return regularising.approve_regularisation(regularisation_pk=found.pk, by="thomas", on=on)


@pytest.mark.parametrize("other", ["execute", "drop"])
def test_a_correction_moves_its_money_once_or_says_what_has_left(tmp_path: Path, settings: Any, other: str) -> None:
    found = corrected(tmp_path)
    settings.PORTAL_BANK_FOLDER, address = str(tmp_path / "bank"), f"/agent/regularisations/{found.pk}/decider/"
    first, second = named("thomas"), named("nathalie")

    answers = at_once(
        lambda: first.post(address, {"act": "execute"}),
        lambda: second.post(address, {"act": other, "reason": "erreur"}),
    )

    assert {answer.status_code for answer in answers} <= {302, 409}
    found.refresh_from_db()
    left = sum(PaymentOrder.objects.filter(kind="CREDIT").values_list("amount_cents", flat=True))
    months = list(found.months.all())
    promised = sum(one.refund_cents + one.arrears_cents for one in months) if found.state == "EXECUTED" else 0
    assert (found.state, left) in {("EXECUTED", promised), ("DROPPED", 0)}
    assert other == "drop" or left == 2 * (41_013 + 29_562)
    assert check_ledger() == []


def test_two_corrections_proposed_are_one(tmp_path: Path, settings: Any) -> None:
    settings.PORTAL_DAY = date(2019, 9, 30)
    received(tmp_path / "files", c01)
    issued(tmp_path / "july", date(2019, 7, 1), date(2019, 7, 26))
    do("CHANGE_RIGHT", by="nathalie", status="ACTIVE", ends_on=None)
    answers = twice(named("nathalie"), "/agent/regularisations/proposer/E1/", lambda: {"reason": "droit rouvert"})
    assert places(answers) == {f"/agent/regularisations/{Regularisation.objects.get().pk}/"}
    assert Run.objects.filter(scope__isnull=False).count() == 1


def test_a_transfer_that_came_back_is_sent_again_once(tmp_path: Path) -> None:
    anne(tmp_path, issue=True)
    order = PaymentOrder.objects.get()
    PaymentOrder.objects.update(state="REJECTED", reason_code="AC04", settled_on=DAY)
    import_files(
        [
            write(
                tmp_path / "again",
                "accounts",
                [row("accounts", iban=iban_with_key("2"), updated_at="2026-10-26T08:00:00+01:00")],
            )
        ]
    )
    address = f"/agent/remedes/virement/{order.pk}/renvoyer/"
    twice(named("thomas"), address, dict)
    late = named("thomas").post(address, follow=True)
    assert "Ce versement est déjà renvoyé." in late.content.decode()
    assert PaymentOrder.objects.filter(end_to_end_id=f"{order.end_to_end_id}-R").count() == 1
    assert PaymentOrder.objects.count() == 2
