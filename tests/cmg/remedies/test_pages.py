"""Pages of remedies, reports, the board and letters: acts done once, refusals said, strangers kept out, queries bounded."""

from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cmg.models import Advance, BoardCase, Overpayment, Refund, Report
from cmg.models.remedies import OverpaymentOrigin
from cmg.remedies.automatic import advance_what_is_late
from cmg.remedies.limits import answer_day
from portal.accounts.models import Posting, Role, User
from portal.banking.models import PaymentOrder
from portal.casework.models import Dossier
from portal.letters.models import JobState, Letter, LetterBatch, LetterJob
from portal.letters.operations import write_letters
from tests.cmg.remedies.families import DAY, MONTH, Files, closed, issued, moved_away, no_account, received

pytestmark = pytest.mark.django_db
FAMILY = "/agent/remedes/famille/E1/"


@pytest.fixture(autouse=True)
def _day(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DAY = DAY


@pytest.fixture
def held(tmp_path: Path) -> Client:
    received(tmp_path, moved_away)
    closed()
    return entered("nathalie")


def entered(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def of_fund(fund: str, role: Role = Role.FUND_CASEWORKER) -> Client:
    user = User.objects.create_user(f"{role}-{fund}", password="x" * 20)
    Posting.objects.create(user=user, role=role, fund=fund, starts_on=date(2019, 1, 1))
    return entered(user.username)


def text(answer) -> str:  # type: ignore[no-untyped-def]
    return answer.content.decode().replace("\xa0", " ")


def propose(client: Client, amount: str = "428,70", **sent: object) -> Advance:
    answer = client.post(FAMILY, {"act": "advance", "month": ["2026-10"], "amount": amount, "reason": "retenu"} | sent)
    assert answer.status_code == 302, text(answer)
    return Advance.objects.get()


def test_an_advance_from_proposal_to_its_letter(held: Client) -> None:
    assert "428,70 €" in text(held.get(FAMILY))
    advance = propose(held)
    address = f"/agent/remedes/avance/{advance.pk}/"
    assert "accordé 428,70 €" in text(held.get("/agent/remedes/"))

    sent = {"act": "grant", "state": "PROPOSED"}
    first, second = held.post(address, sent, follow=True), held.post(address, sent, follow=True)

    assert "Avance accordée" in text(first)
    assert "rien n’a été fait deux fois" in text(second)
    assert PaymentOrder.objects.count() == 1
    write_letters()
    archive = text(held.get("/agent/courriers/famille/E1/"))
    assert "Votre avance arrive" in archive
    letter = Letter.objects.get()
    pdf = held.get(f"/agent/courriers/{letter.pk}/pdf/")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert "Anne Martin" not in text(held.get(f"/agent/courriers/{letter.pk}/")), (
        "the body alone: the frame is the page's"
    )
    assert 'Avance accordée : <span class="amount">428,70 €' in text(held.get(f"/agent/courriers/{letter.pk}/"))


def test_a_colleague_who_was_first_is_named_and_what_was_typed_is_given_back(held: Client) -> None:
    advance = propose(held)
    address = f"/agent/remedes/avance/{advance.pk}/"
    entered("thomas").post(address, {"act": "grant", "state": "PROPOSED"})

    late = held.post(address, {"act": "refuse", "state": "PROPOSED", "reason": "le mois est déjà parti"})

    assert late.status_code == 409
    assert "Thomas Vidal a agi le" in text(late)
    assert "c’est maintenant « Accordée »" in text(late)
    assert "le mois est déjà parti" in text(late)
    assert Advance.objects.get().state == "GRANTED"


def test_a_form_sent_twice_proposes_once(held: Client) -> None:
    propose(held)
    propose(held)

    assert Advance.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"amount": "beaucoup"}, "Le montant s’écrit en euros"),
        ({"amount": "428,71"}, "428,70"),
        ({"reason": " "}, "Dites pourquoi"),
        ({"month": []}, "de un à 6 mois"),
        ({"month": ["2026-13"]}, "La date s’écrit"),
    ],
)
def test_what_cannot_be_proposed_is_said_and_kept(held: Client, sent: dict, sentence: str) -> None:
    base = {"act": "advance", "month": ["2026-10"], "amount": "100", "reason": "ma raison"}

    answer = held.post(FAMILY, base | sent)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "ma raison" in text(answer) or "reason" in sent
    assert not Advance.objects.exists()


def test_a_refusal_needs_its_reason(held: Client) -> None:
    address = f"/agent/remedes/avance/{propose(held).pk}/"

    assert held.post(address, {"act": "refuse", "state": "PROPOSED", "reason": ""}).status_code == 422
    assert held.post(address, {"act": "nothing", "state": "PROPOSED"}).status_code == 422
    held.post(address, {"act": "refuse", "state": "PROPOSED", "reason": "L’aide part demain."})

    assert Advance.objects.get().refusal == "L’aide part demain."
    assert LetterJob.objects.get().kind == "cmg.advance_refused"


def test_another_fund_sees_nothing_and_an_auditor_decides_nothing(held: Client) -> None:
    advance = propose(held)
    address, stranger = f"/agent/remedes/avance/{advance.pk}/", of_fund("CAF59")
    auditor = of_fund("", Role.AUDITOR)

    assert stranger.get(address).status_code == stranger.get(FAMILY).status_code == 404
    assert stranger.post(address, {"act": "grant", "state": "PROPOSED"}).status_code == 404
    assert "Martin" not in text(stranger.get("/agent/remedes/"))
    assert "Accorder" not in text(auditor.get(address))
    assert auditor.post(address, {"act": "grant", "state": "PROPOSED"}).status_code == 404
    assert auditor.post(FAMILY, {"act": "advance"}).status_code == 404
    assert not PaymentOrder.objects.exists()


def overpaid(cents: int = 9_482, number: str = "E1", **more: object) -> Overpayment:
    return Overpayment.objects.create(**{
        "employer_no": number, "fund": "CAF63", "care_month": MONTH, "paid_cents": 46_882, "due_cents": 46_882 - cents,
        "amount_cents": cents, "origin": OverpaymentOrigin.FAMILY, "cause": "déclaration corrigée", "opened_on": DAY,
    } | more)  # fmt: skip


def test_an_overpayment_shows_its_letter_before_it_leaves(held: Client) -> None:
    found = overpaid()
    address = f"/agent/remedes/indu/{found.pk}/"
    page = text(held.get(address))
    assert "Nous vous avons versé" in page
    assert "dimanche 15 novembre 2026" in page

    assert "vingt jours" in text(held.post(address, {"act": "notify", "state": "OPENED"}, follow=True))
    refused = held.post(address, {"act": "confirm", "state": "NOTIFIED", "reason": "due"})

    assert refused.status_code == 422
    assert "peut encore répondre" in text(refused)
    assert LetterJob.objects.get().kind == "cmg.overpayment"


def test_a_remission_by_two_people(held: Client) -> None:
    from portal.ledger.models import Account as Ledger
    from portal.ledger.operations import post

    found = overpaid(150_000, paid_cents=200_000, due_cents=50_000, notified_on=DAY, state="NOTIFIED")
    post(
        key="t",
        subject="cmg:employer:E1",
        dated=DAY,
        label="x",
        legs={Ledger.OVERPAYMENT: 150_000, Ledger.FUND_PART_B: -150_000},
    )
    address, sent = f"/agent/remedes/indu/{found.pk}/", {"act": "remit", "state": "NOTIFIED", "reason": "précarité"}
    assert held.post(address, sent).status_code == 422
    held.post(address, {"act": "propose_remission", "state": "NOTIFIED"})
    assert "une autre personne" in text(held.post(address, sent))

    entered("thomas").post(address, sent)

    found.refresh_from_db()
    assert (found.state, found.outstanding_cents) == ("REMITTED", 0)


def test_a_refund_asked_on_the_phone_is_checked_against_the_month(tmp_path: Path) -> None:
    from tests.cmg.remedies.families import debited_home

    received(tmp_path, debited_home)
    issued(tmp_path / "out")
    client = entered("thomas")
    client.post(FAMILY, {"act": "refund", "month": "2026-10", "words": "je ne dois rien"})
    found = Refund.objects.get()

    answer = client.post(
        f"/agent/remedes/remboursement/{found.pk}/", {"act": "verify", "state": "REQUESTED"}, follow=True
    )

    found.refresh_from_db()
    assert (found.state, found.due_cents) == ("REJECTED", found.debited_cents), "the debit was due to the cent"
    assert "ce qui a été prélevé était dû" in text(answer)


def test_a_report_by_phone_is_taken_in_once_controlled_and_answered(held: Client) -> None:
    assert "Martin Anne" in text(held.get("/agent/signalements/?famille=martin"))
    sent = {
        "key": str(uuid4()),
        "symptom": "DEBITED",
        "channel": "PHONE",
        "month": ["2026-10"],
        "words": "On me prélève",
    }
    address = "/agent/signalements/nouveau/E1/"
    assert held.post(address, sent | {"symptom": "X"}).status_code == 422

    held.post(address, sent)
    again = held.post(address, sent, follow=True)

    report = Report.objects.get()
    assert "déjà reçu" in text(again)
    assert "On me prélève" in text(held.get("/agent/signalements/"))
    page = f"/agent/signalements/{report.pk}/"
    held.post(page, {"act": "control", "state": report.state})
    assert Report.objects.get().controlled_at is not None
    held.post(page, {"act": "answer", "state": "LINKED", "answer": "Le numéro est relié."})
    assert (Report.objects.get().state, LetterJob.objects.get().kind) == ("ANSWERED", "cmg.report_answer")
    assert report.number in text(held.get(f"/agent/signalements/?state=ANSWERED&q={report.number}"))


def test_the_board_decides_by_two_and_always_says_why_one_comes_first(held: Client) -> None:
    sent = {"words": "Découvert", "months_unpaid": "2", "missing": "428,70", "net_pay": "400", "banking_incident": "1"}
    assert held.post("/agent/commission/nouveau/E1/", sent | {"months_unpaid": "deux"}).status_code == 422
    held.post("/agent/commission/nouveau/E1/", sent)
    held.post("/agent/commission/nouveau/E1/", sent)
    case = BoardCase.objects.get()
    page, thomas = f"/agent/commission/{case.pk}/", entered("thomas")
    held.post(page, {"act": "complete", "state": "REFERRED"})
    held.post(page, {"act": "schedule", "state": "COMPLETE", "held_on": "26/10/2026"})
    listed = text(held.get("/agent/commission/"))
    assert (
        "priorité 11 = 6 (2 mois sans versement) + 2 (il manque au moins un mois de salaire net) + 3 (incident bancaire)"
        in listed
    )

    held.post(page, {"act": "vote", "state": "SCHEDULED", "amount": "300"})
    assert held.post(page, {"act": "vote", "state": "SCHEDULED", "amount": "300"}).status_code == 422
    thomas.post(page, {"act": "vote", "state": "SCHEDULED", "amount": "300"})

    case.refresh_from_db()
    assert (case.state, case.amount_cents, PaymentOrder.objects.get().purpose) == ("GRANTED", 30_000, "CMG_AID")
    assert LetterJob.objects.get().kind == "cmg.board"


def test_the_letters_of_a_month_and_retrying_only_what_failed(tmp_path: Path) -> None:
    received(tmp_path, moved_away)
    issued(tmp_path / "out")
    client = entered("thomas")
    batch, job = LetterBatch.objects.get(), LetterJob.objects.get()
    assert (batch.kind, job.key) == ("cmg.hold", "hold:2026-10:E1")
    LetterJob.objects.update(state=JobState.FAILED, attempts=3, last_error="Pango manque")
    assert "Pango manque" in text(client.get(f"/agent/courriers/lot/{batch.pk}/"))
    assert "des échecs" in text(client.get("/agent/courriers/"))

    client.post(f"/agent/courriers/lot/{batch.pk}/relancer/")
    write_letters()

    assert "1 sur 1 écrits" in text(client.get(f"/agent/courriers/lot/{batch.pk}/"))
    stranger = of_fund("CAF59")
    letter = Letter.objects.get()
    for address in (
        f"/agent/courriers/{letter.pk}/",
        f"/agent/courriers/{letter.pk}/pdf/",
        "/agent/courriers/famille/E1/",
    ):
        assert stranger.get(address).status_code == 404


def test_an_end_of_hold_is_told_once_with_what_leaves(tmp_path: Path) -> None:
    from tests.cmg.repairs.test_repairs import do

    received(tmp_path, moved_away)
    issued(tmp_path / "out")
    do("RELINK_NUMBER")
    issued(tmp_path / "again", day=DAY + timedelta(days=1))

    assert sorted(LetterJob.objects.values_list("kind", flat=True)) == ["cmg.hold", "cmg.hold_ended"]
    write_letters()
    told = text(entered("thomas").get(f"/agent/courriers/{Letter.objects.get(kind='cmg.hold_ended').pk}/"))
    assert "428,70 €" in told
    assert "Rien n’est à prélever" in told


@pytest.mark.parametrize("box", ["advances", "refunds", "overpayments", "returned", "reports", "board"])
def test_lists_are_empty_with_a_next_step_and_do_not_ask_more_for_more_rows(held: Client, box: str) -> None:
    address = {"reports": "/agent/signalements/", "board": "/agent/commission/"}.get(box, f"/agent/remedes/?box={box}")
    assert 'class="empty"' in text(held.get(address))
    assert held.get(f"{address}{'&' if '?' in address else '?'}q=x%00é&state=NIMPORTE&after=x_y").status_code == 200
    client = entered("thomas")

    def cost() -> int:
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert client.get(address).status_code == 200
        return len(counted)

    fill(box, 1)
    one = cost()
    fill(box, 20)
    assert cost() == one


def fill(box: str, count: int) -> None:
    for _number in range(count):
        number = f"N{uuid4().hex[:8]}"
        base = {"employer_no": number, "fund": "CAF63"}
        if box == "advances":
            Advance.objects.create(**base, amount_cents=1, estimate_cents=1, origin="ASKED", reason="x", four_eyes=False,
                                   proposed_by="x", proposed_on=DAY)  # fmt: skip
        elif box == "refunds":
            Refund.objects.create(**base, care_month=MONTH, declaration_no=number, version=1, reason="FAMILY",
                                  debited_cents=5, state="REQUESTED", opened_on=DAY, deadline=DAY)  # fmt: skip
        elif box == "overpayments":
            overpaid(number=number)
        elif box == "returned":
            PaymentOrder.objects.create(
                id=10_000 + PaymentOrder.objects.count(), kind="CREDIT", purpose="CMG_ADVANCE", name="x", amount_cents=1,
                subject=f"cmg:employer:{number}", end_to_end_id=number, iban_key=uuid4(), due_on=DAY, remittance="x",
                state="RETURNED",
            )  # fmt: skip
        elif box == "reports":
            Report.objects.create(**base, number=number[:10], form_key=uuid4(), channel="PHONE", symptom="OTHER", months=[MONTH],
                                  opened_at="2026-10-26T09:00:00Z", opened_by="x", first_answer_by=DAY)  # fmt: skip
        else:
            BoardCase.objects.create(**base, hardship="x", months_unpaid=1, missing_cents=1, net_pay_cents=1,
                                     referred_by="x", referred_on=DAY)  # fmt: skip


def test_an_advance_that_lacks_an_account_is_seen_with_its_owner_its_day_and_what_it_waits_for(tmp_path: Path) -> None:
    def both(files: Files) -> None:
        no_account(files)
        moved_away(files)

    received(tmp_path, both)
    closed()
    late = Dossier.objects.get().deadline + timedelta(days=1)
    advance_what_is_late(on=late)
    Dossier.objects.update(owner=User.objects.get(username="nathalie"))
    client = entered("nathalie")

    listed = text(client.get("/agent/remedes/"))
    page = text(client.get(f"/agent/remedes/avance/{Advance.objects.get().pk}/"))

    assert "attend un compte bancaire de la famille" in listed
    assert f'datetime="{answer_day("policy.report_answer_business_days", late)}"' in listed
    assert "Responsable du dossier" in page
    assert "un compte bancaire de la famille, à qui il est demandé" in page
    refused = client.post(
        f"/agent/remedes/avance/{Advance.objects.get().pk}/", {"act": "grant", "state": "PROPOSED"}, follow=True
    )
    assert "Il manque un compte bancaire valable" in text(refused)


def test_an_advance_that_came_back_is_cancelled_on_its_page(held: Client) -> None:
    advance = propose(held)
    address = f"/agent/remedes/avance/{advance.pk}/"
    held.post(address, {"act": "grant", "state": "PROPOSED"})
    sent = {"act": "cancel", "state": "GRANTED", "reason": "Le mois part demain."}
    assert "pas revenu" in text(held.post(address, sent, follow=True))
    PaymentOrder.objects.update(state="REJECTED", reason_code="AC04")

    assert "Avance annulée" in text(held.post(address, sent, follow=True))

    advance.refresh_from_db()
    assert advance.state == "CANCELLED"
