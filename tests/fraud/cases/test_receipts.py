"""Receipts, copies that name what was joined, papers by hand, an acquittal, a penalty that is not paid, reminders."""

import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from fraud.cases import (
    appeals,
    deciding,
    hearing,
    informing,
    living,
    notifying,
    penalties,
    proving,
    recovering,
    suspending,
)
from fraud.cases.acting import ActRefused
from fraud.cases.evidence import keep_evidence
from fraud.cases.receiving import note_receipt
from fraud.cases.standing import last_day_of
from fraud.models import CopiedItem, EvidenceItem, PaperDelivery, PaperKind, Penalty, PenaltyDemand, SwornOfficer
from fraud.rules.figures import control_parameters
from fraud.rules.recovery import (
    INDEMNITY,
    claimed_indemnity_cents,
    demand_until,
    indemnity_cents,
    opposition_until,
    surcharge_cents,
)
from portal.accounts.models import User
from portal.audit.models import JournalEntry
from portal.legislation.parameters import Figure
from portal.letters.preview import preview_of
from portal.people.vault import decrypt
from tests.fraud.cases.test_pages import enter, text, url
from tests.fraud.cases.test_steps import refusal
from tests.fraud.cases.world import (
    D1,
    D2,
    D3,
    at,
    bank_said,
    by,
    decided,
    heard,
    investigated,
    opened,
    people,
    proposal,
    proposed,
    qualified,
    received,
    to_decide,
)

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)
TODAY = date(2027, 3, 1)
PROVENANCE = {"body": "Banque du Centre", "system": "x", "extraction_at": "2026-06-01", "officer": "M. Roux"}


@pytest.fixture(autouse=True)
def staff(settings: pytest.FixtureRequest) -> dict[str, User]:
    settings.PORTAL_DAY = TODAY  # type: ignore[attr-defined]
    return people()


def refused(sql: str, *values: object) -> str:
    with pytest.raises(DatabaseError) as told, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(told.value).splitlines()[0]


def signed() -> Penalty:
    penalty = proposed()
    return penalties.sign_notification(penalty_pk=penalty.pk, act=by("helene", D3))


def test_no_penalty_before_somebody_noted_that_it_was_received() -> None:
    penalty = signed()
    asked = {"penalty_pk": penalty.pk, "amount_cents": 150_000, "reason": "x"}
    assert refusal(penalties.decide_penalty, act=by("helene", date(2026, 9, 1)), **asked) == "control.receipt_missing"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fraud_penaltymove (penalty_id, from_state, to_state, at, dated, by, reason) "
            "VALUES (%s, 'NOTIFIED', 'WARNED', now(), '2026-09-01', 'x', '')", [penalty.pk],
        )  # fmt: skip
    warned = "UPDATE fraud_penalty SET state = 'WARNED', decided_on = '2026-09-01', decided_by_id = signed_by_id WHERE id = %s"
    assert "court depuis la réception" in refused(warned, penalty.pk)


@pytest.mark.parametrize(("day", "code"), [(date(2026, 8, 10), "control.penalty_month"), (date(2026, 8, 11), "")])
def test_the_month_runs_from_the_receipt_and_not_from_the_sending(day: date, code: str) -> None:
    penalty = signed()
    received(penalty, date(2026, 7, 10))
    asked = {"penalty_pk": penalty.pk, "amount_cents": 150_000, "reason": "x", "act": by("helene", day)}
    if code:
        assert refusal(penalties.decide_penalty, **asked) == code
    else:
        assert penalties.decide_penalty(**asked).state == "DECIDED"


def test_a_receipt_is_noted_once_between_the_sending_and_today() -> None:
    case = heard()
    paper = case.papers.get(kind=PaperKind.FINDINGS)
    asked = {"paper_pk": paper.pk, "way": "BY_HAND", "proof": "Décharge", "act": by("sylvie", D3)}
    assert refusal(note_receipt, received_on=D2 - ONE, **asked) == "control.receipt_wrong"
    assert refusal(note_receipt, received_on=D3 + ONE, **asked) == "control.receipt_wrong"
    assert refusal(note_receipt, received_on=D2, **asked | {"proof": " "}) == "control.receipt_incomplete"
    before = last_day_of(case, D3)
    with pytest.raises(DatabaseError, match="avant son envoi"), transaction.atomic():
        PaperDelivery.objects.create(paper=paper, way="BY_HAND", received_on=D2 - ONE, proof="x", by="x", at=at(D3))
    assert note_receipt(received_on=D2 + ONE, **asked).until == date(2026, 6, 30)
    after = last_day_of(case, D3)
    assert (before, after) == (date(2026, 6, 29), date(2026, 6, 30))
    assert refusal(note_receipt, received_on=D2, **asked | {"act": by("sylvie", D3)}) == "control.received_already"
    assert "ne" in refused("UPDATE fraud_paperdelivery SET received_on = received_on - 1")


def test_copies_name_what_was_joined_and_the_caseworker_sends_those_very_bytes() -> None:
    case = heard()
    bank_said(case)
    hearing.send_notice(case_pk=case.pk, act=by("sylvie", D2))
    for title, body, content in (("Relevé", "Banque du Centre", b"450 euros"), ("Note", "CAF63", b"brouillon")):
        keep_evidence(case_pk=case.pk, reference=f"R-{title}", title=title, content=content,
                      provenance=PROVENANCE | {"body": body}, by="x", at=at(D2))  # fmt: skip
    hearing.note_copy_asked(case_pk=case.pk, asked_on=D2, act=by("sylvie", D2))
    shown = enter("sylvie").post(url(case, "copies"), {"key": str(uuid4()), "step": "preview"}).content.decode()
    assert "1 document est joint" in shown
    assert "Relevé, de Banque du Centre" in shown
    paper = hearing.send_copies(case_pk=case.pk, act=by("sylvie", D2))
    assert [one.item.title for one in CopiedItem.objects.filter(paper=paper)] == ["Relevé"]
    page = text(enter("sylvie"), url(case))
    assert f"{url(case)}copies/{paper.pk}/" in page
    answer = enter("sylvie").get(f"{url(case)}copies/{paper.pk}/")
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        assert [archive.read(name) for name in archive.namelist()] == [b"450 euros"]
    assert JournalEntry.objects.filter(action="control.evidence_copied").count() == 1
    assert "n’est pas de ce dossier" in refused(
        "INSERT INTO fraud_copieditem (paper_id, item_id) VALUES (%s, %s)",
        case.papers.get(kind=PaperKind.FINDINGS).pk, EvidenceItem.objects.get(title="Note").pk,
    )  # fmt: skip


def test_copies_without_a_document_do_not_say_that_one_is_joined() -> None:
    case = heard()
    bank_said(case)
    hearing.send_notice(case_pk=case.pk, act=by("sylvie", D2))
    hearing.note_copy_asked(case_pk=case.pk, asked_on=D2, act=by("sylvie", D2))
    shown = enter("sylvie").post(url(case, "copies"), {"key": str(uuid4()), "step": "preview"}).content.decode()
    assert "données sans document" in shown
    assert "joint à ce courrier" not in shown


def test_a_paper_of_somebody_else_added_by_hand_is_owed_to_the_person() -> None:
    case, client = heard(), enter("sylvie")
    form = {"key": str(uuid4()), "title": "Attestation", "given_by": "OTHER", "body": "Le bailleur", "dated": "16/06/2026",
            "content": "Le logement est rendu", "file": SimpleUploadedFile("a.txt", b"Rendu le 2 mars")}  # fmt: skip
    assert client.post(url(case, "piece"), form).status_code == 302
    assert case.obtained.get().origin == "Le bailleur"
    assert refusal(hearing.ready_to_decide, case_pk=case.pk, act=by("sylvie", D3)) == "control.notice_missing"
    own = proving.Piece("Facture", b"Facture", "PERSON", "", D2)
    proving.add_piece(case_pk=case.pk, piece=own, act=by("sylvie", D2))
    assert case.obtained.count() == 1
    unsaid = proving.Piece("Facture", b"Autre", "OTHER", "Le bailleur", D2)
    assert refusal(proving.add_piece, case_pk=case.pk, piece=unsaid, act=by("sylvie", D2)) == "control.piece_of_whom"
    without = {name: value for name, value in form.items() if name != "file"} | {"key": str(uuid4())}
    assert client.post(url(case, "piece"), without).status_code == 422


def test_an_acquittal_makes_the_penalty_fall_and_forbids_another() -> None:
    penalty = proposed()
    case = penalty.case
    told = {"court": "Tribunal correctionnel", "reference": "26/114"}
    assert (
        refusal(deciding.note_acquittal, case_pk=case.pk, ruled_on=D3 + ONE, act=by("sylvie", D3), **told)
        == "control.acquittal_incomplete"
    )
    deciding.note_acquittal(case_pk=case.pk, ruled_on=D3, act=by("sylvie", D3), **told)
    penalty.refresh_from_db()
    assert penalty.state == "DROPPED"
    again = {"case_pk": case.pk, "proposed": proposal(200_000), "act": by("sylvie", D3)}
    assert refusal(penalties.propose_penalty, **again) == "control.penalty_acquitted"
    assert "relaxé" in refused(
        'INSERT INTO fraud_penalty SELECT (jsonb_populate_record(p, \'{"id": 999999, "state": "PROPOSED"}\')).* FROM fraud_penalty p'
    )
    other = qualified(subject="cmg:employer:00777")
    deciding.begin_penalty(case_pk=other.pk, reason="x", act=by("sylvie", D3))
    assert penalties.propose_penalty(case_pk=other.pk, proposed=proposal(), act=by("sylvie", D3)).pk


FINAL_ON = date(2026, 11, 2)
RECEIVED = date(2026, 8, 5)
DEMANDED, HANDED = date(2026, 11, 10), date(2026, 11, 13)


def final() -> Penalty:
    penalty = decided()
    received(penalty, RECEIVED, PaperKind.PENALTY_DECIDED)
    return appeals.make_final(penalty_pk=penalty.pk, act=by(None, FINAL_ON))


def test_nothing_is_demanded_before_the_penalty_is_final_nor_by_who_proposed_it() -> None:
    penalty = decided()
    assert refusal(recovering.send_demand, penalty_pk=penalty.pk, act=by("helene", D3)) == "control.penalty_not_final"
    insert = ("INSERT INTO fraud_penaltydemand (penalty_id, kind, dated, due_cents, surcharge_cents, signed_by_id, at) "
              "VALUES (%s, 'FORMAL_NOTICE', '2026-11-10', %s, 0, %s, now())")  # fmt: skip
    helene, sylvie = User.objects.get(username="helene").pk, User.objects.get(username="sylvie").pk
    assert "définitive" in refused(insert, penalty.pk, 150_000, helene)
    appeals.make_final(penalty_pk=penalty.pk, act=by(None, FINAL_ON))
    assert "ne le signe pas" in refused(insert, penalty.pk, 150_000, sylvie)
    assert "plus que ce qui reste" in refused(insert, penalty.pk, 150_001, helene)


def test_nothing_is_demanded_while_the_appeal_runs_from_the_receipt() -> None:
    penalty = decided()
    appeals.make_final(penalty_pk=penalty.pk, act=by(None, FINAL_ON))
    asked = {"penalty_pk": penalty.pk, "act": by("helene", FINAL_ON)}
    assert refusal(recovering.send_demand, **asked) == "control.decision_not_received"
    received(penalty, date(2026, 9, 2), PaperKind.PENALTY_DECIDED)
    assert refusal(recovering.send_demand, **asked | {"act": by("helene", FINAL_ON)}) == "control.appeal_open"
    assert recovering.send_demand(penalty_pk=penalty.pk, act=by("helene", FINAL_ON + ONE)).pk


def test_formal_notice_then_surcharge_then_contrainte_each_after_its_delay() -> None:
    penalty = final()
    pay = {"penalty_pk": penalty.pk, "received_on": DEMANDED}
    recovering.note_payment(cents=49_995, reference="VIR-1", act=by("sylvie", DEMANDED), **pay)
    assert (
        refusal(recovering.note_payment, cents=100_006, reference="VIR-2", act=by("sylvie", DEMANDED), **pay)
        == "control.payment_too_much"
    )
    assert recovering.send_demand(penalty_pk=penalty.pk, act=by("helene", DEMANDED)).due_cents == 100_005
    late = date(2026, 12, 14)
    assert (
        refusal(recovering.add_surcharge, penalty_pk=penalty.pk, act=by("helene", late))
        == "control.demand_not_received"
    )
    received(penalty, HANDED, PaperKind.PENALTY_DEMAND)
    last = {"penalty_pk": penalty.pk, "act": by("helene", date(2026, 12, 13))}
    assert refusal(recovering.add_surcharge, **last) == "control.demand_month"
    assert (
        refusal(recovering.issue_contrainte, **last | {"act": by("helene", date(2026, 12, 13))})
        == "control.demand_month"
    )
    assert recovering.add_surcharge(penalty_pk=penalty.pk, act=by("helene", late)).surcharge_cents == 10_001
    assert recovering.left_of(penalty) == 110_006
    made = recovering.issue_contrainte(penalty_pk=penalty.pk, act=by("helene", late))
    assert (made.due_cents, made.surcharge_cents) == (100_005, 10_001)
    assert "Reste à payer : <strong>1" in text(enter("helene"), url(penalty.case)).replace("\n", "")
    assert PenaltyDemand.objects.count() == 3


def test_the_database_waits_for_the_month_of_the_formal_notice() -> None:
    penalty = final()
    recovering.send_demand(penalty_pk=penalty.pk, act=by("helene", DEMANDED))
    received(penalty, HANDED, PaperKind.PENALTY_DEMAND)
    sql = ("INSERT INTO fraud_penaltydemand (penalty_id, kind, dated, due_cents, surcharge_cents, signed_by_id, at) "
           "SELECT penalty_id, 'SURCHARGE', %s, 1000, 100, signed_by_id, now() FROM fraud_penaltydemand")  # fmt: skip
    assert "n’est pas passé" in refused(sql, date(2026, 12, 13))
    with connection.cursor() as cursor:
        cursor.execute(sql, [date(2026, 12, 14)])
    assert "ne" in refused("DELETE FROM fraud_penaltydemand")


@pytest.mark.parametrize(
    ("what", "cents", "expected"),
    [
        ("exact", 100_000, 10_000),
        ("half a cent goes up", 100_005, 10_001),
        ("below half goes down", 100_004, 10_000),
        ("nothing", 0, 0),
    ],
)
def test_one_tenth_in_exact_cents(what: str, cents: int, expected: int) -> None:
    parameters = control_parameters()
    assert surcharge_cents(cents, D3, parameters) == expected, what
    assert indemnity_cents(cents, D3, parameters) == expected, what


def test_delays_of_recovery_run_from_the_receipt() -> None:
    assert demand_until(date(2027, 1, 31), control_parameters()) == date(2027, 2, 28)
    assert opposition_until(date(2027, 1, 31), control_parameters()) == date(2027, 2, 15)


def test_the_indemnity_is_shown_as_uncertain_and_never_claimed() -> None:
    case = proposed().case
    page = text(enter("sylvie"), url(case))
    assert "400,00" in page
    assert "pour mémoire : le portail ne la réclame pas" in page
    assert control_parameters().dated("overpayment.fraud_indemnity", D3).status == "uncertain"


def verified_since(day: date, status: str = "verified") -> Figure:
    figure = control_parameters().figures[INDEMNITY]
    return replace(figure, values=(replace(figure.values[0], since=day, status=status),))


def test_the_indemnity_is_claimed_once_verified_and_after_the_panel_saw_fraud_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fraud, fault, unsaid = proposed().case, qualified("FAULT", "cmg:employer:7"), to_decide("cmg:employer:8")

    def claimed() -> list[object]:
        return [notifying.overpayment_facts(one, D3)["indemnity_cents"] for one in (fraud, fault, unsaid)]

    figures = control_parameters().figures
    assert claimed() == [0, 0, 0], "uncertain, as the portal comes"
    for said, figure, expected in (
        ("verified from that day", verified_since(D3), 40_000),
        ("verified from the day after", verified_since(D3 + ONE), 0),
        ("in force, not verified", verified_since(D3, "unverified"), 0),
    ):
        monkeypatch.setitem(figures, INDEMNITY, figure)
        assert claimed() == [expected, 0, 0], said
        assert claimed_indemnity_cents(400_000, D3, control_parameters()) == expected, said
    monkeypatch.setitem(figures, INDEMNITY, verified_since(D3))
    (paper,) = notifying.send_overpayment_notice(case_pk=fraud.pk, act=by("sylvie", D3))
    letter = preview_of(paper.job.kind, json.loads(decrypt(paper.job.facts)), dated=D3)
    assert "400,00" in letter
    assert "4\u00a0400,00" in letter
    assert "réclamée par la notification" in text(enter("sylvie"), url(fraud))


def test_documents_are_asked_again_once_each_morning_and_not_when_they_came() -> None:
    waiting, came, nothing = investigated(), investigated("cmg:employer:77"), opened("cmg:employer:78")
    informing.send_information(case_pk=nothing.pk, documents="Aucun document", act=by("sylvie", D1))
    informing.note_documents(case_pk=came.pk, act=by("sylvie", D2))
    day = D1 + timedelta(days=21)
    assert living.reminders_due(day - ONE) == []
    living.live_day(day=day)
    living.live_day(day=day)
    living.live_day(day=day + ONE)
    sent = waiting.papers.filter(kind=PaperKind.DOCUMENTS)
    assert [(one.sent_on, one.by) for one in sent] == [(day, "portail")]
    assert not came.papers.filter(kind=PaperKind.DOCUMENTS).exists()
    assert not nothing.papers.filter(kind=PaperKind.DOCUMENTS).exists()
    asked = {"case_pk": waiting.pk, "missing": "Bail", "reason": "Logement"}
    propose = suspending.propose_suspension
    assert refusal(propose, act=by("sylvie", day + 29 * ONE), **asked) == "control.reminder_too_recent"
    assert propose(act=by("sylvie", day + 30 * ONE), **asked).pk


def test_the_director_registers_an_oath_never_their_own() -> None:
    client, sylvie = enter("helene"), User.objects.get(username="sylvie")
    form = {"key": str(uuid4()), "officer": str(sylvie.pk), "sworn_on": "01/02/2027", "court": "Clermont", "approval_no": "AG-9",
            "approved_on": "02/02/2027", "last_day": "01/02/2032"}  # fmt: skip
    address = "/agent/controle/assermentations/"
    helene = str(User.objects.get(username="helene").pk)
    assert client.post(address, form | {"officer": helene}).status_code == 422
    assert client.post(address, form | {"sworn_on": "02/03/2027"}).status_code == 422
    assert not SwornOfficer.objects.exists()
    for _time in range(2):
        assert client.post(address, form).status_code == 302
    assert SwornOfficer.objects.get().until == date(2032, 2, 2)
    assert "AG-9" in text(client, address)
    assert enter("sylvie").get(address).status_code == 404


def test_a_refused_act_leaves_nothing() -> None:
    penalty = final()
    with pytest.raises(ActRefused):
        recovering.add_surcharge(penalty_pk=penalty.pk, act=by("helene", DEMANDED))
    assert not PenaltyDemand.objects.exists()
