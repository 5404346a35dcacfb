"""The key of a form belongs to one family: known by another, it shows nothing of hers and swallows nothing of theirs."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from cmg.declaring.bank import change_account
from cmg.models import Account, FamilyDraft, FamilyMandate, FamilyMerge, PersonVerdict, Repair, Report, Right
from cmg.repairs.entering import ChangedMeanwhile
from portal.accounts.models import FamilyLink, Posting, Role, User
from portal.casework.models import Dossier, DossierEvent, Message
from portal.casework.papers import text_of
from portal.notices.models import Contact, Notice
from portal.notices.operations import ask, send
from tests.cmg.declaring.families import AT, MONDAY
from tests.cmg.family.conftest import parent
from tests.cmg.files import iban_with_key, nir_with_key, row
from tests.cmg.remedies.families import DAY, Files, closed, moved_away, received
from tests.cmg.repairs.test_pages import client_of, confirm_form

pytestmark = pytest.mark.django_db


def plain(answer: Any) -> str:
    """A page without the token of its forms and its own address."""
    return re.sub(r'value="\w{64}"|/E[89]/', "", answer.content.decode())


def neighbours(files: Files) -> None:
    """Another family of the same fund, held like the first: nothing of theirs is common but the fund."""
    other = {"employer_no": "E2", "beneficiary_no": "B2", "nir": nir_with_key("2850163001002")}
    files["accounts"].append(row("accounts", **other, last_name="Durand", iban=iban_with_key("2"), mandate_ref="M2"))
    child = {"child_id": "C2", "right_no": "R2"}
    for kind in ("rights_fund", "rights_pajemploi"):
        files[kind].append(row(kind, **other, **child))
    files["employees"].append(row("employees", employee_no="S2", employer_no="E2"))
    files["declarations"].append(
        row("declarations", declaration_no="D2", employer_no="E2", employee_no="S2", child_ids="C2")
    )
    moved_away(files)
    files["accounts"][1]["beneficiary_no"] = files["rights_pajemploi"][1]["beneficiary_no"] = "B8"


@pytest.fixture
def two_families(settings: Any, tmp_path: Path) -> dict[str, Client]:
    """Anne of E1, Claire of E2, and Thomas who works for both."""
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    received(tmp_path, neighbours)
    closed()
    anne, claire = Client(), Client()
    anne.force_login(parent("anne", "E1"))
    claire.force_login(parent("claire", "E2"))
    return {"anne": anne, "claire": claire, "thomas": client_of("thomas")}


def test_a_report_shows_no_number_of_another_family(two_families: dict[str, Client]) -> None:
    key = str(uuid4())
    sent = {"key": key, "symptom": "DEBITED", "month": "2026-10", "words": "trop"}
    two_families["anne"].post("/famille/signaler/", sent)
    first = Report.objects.get()

    answer = two_families["claire"].post("/famille/signaler/", sent)

    assert answer.status_code == 404
    assert first.number not in answer.content.decode()
    assert Report.objects.get() == first


def test_the_hotline_opens_no_report_of_another_family(two_families: dict[str, Client]) -> None:
    sent = {"key": str(uuid4()), "symptom": "DEBITED", "channel": "PHONE", "month": "2026-10", "words": "trop"}
    thomas = two_families["thomas"]
    thomas.post("/agent/signalements/nouveau/E1/", sent, follow=True)
    first = Report.objects.get()

    answer = thomas.post("/agent/signalements/nouveau/E2/", sent | {"words": "autre chose"})

    assert answer.status_code == 422
    assert "rechargez-la" in answer.content.decode()
    assert "autre chose" in answer.content.decode(), "what was typed is kept"
    assert first.number not in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "address"), [("claire", "/famille/messages/"), ("thomas", "/agent/messages/E1/"), ("thomas", "/agent/messages/E2/")]
)  # fmt: skip
def test_no_message_is_said_to_be_sent_when_another_one_was(
    two_families: dict[str, Client], who: str, address: str
) -> None:
    key = str(uuid4())
    two_families["anne"].post("/famille/messages/", {"key": key, "text": "de Anne"})

    answer = two_families[who].post(address, {"key": key, "text": "le mien"})

    assert answer.status_code == 422
    assert "le mien" in answer.content.decode(), "what was typed is kept"
    if address != "/agent/messages/E1/":
        assert "de Anne" not in answer.content.decode()
    assert text_of(Message.objects.get()) == "de Anne"


def test_a_repair_is_not_taken_for_another_familys(two_families: dict[str, Client]) -> None:
    thomas = two_families["thomas"]
    first = confirm_form(thomas, "/agent/reparer/RELINK_NUMBER/E1/")
    thomas.post("/agent/reparer/RELINK_NUMBER/E1/", first | {"reason": "vérifié"})
    done = Repair.objects.get()
    other = confirm_form(thomas, "/agent/reparer/RELINK_NUMBER/E2/") | {"key": first["key"], "reason": "vérifié aussi"}

    answer = thomas.post("/agent/reparer/RELINK_NUMBER/E2/", other)

    assert answer.status_code == 409
    assert "vérifié aussi" in answer.content.decode(), "what was typed is kept"
    assert answer.context["sheet"].key != first["key"], "the next press is a form of its own"
    assert Repair.objects.get() == done


def test_a_bank_account_is_not_taken_for_another_familys(two_families: dict[str, Client]) -> None:
    key, typed = uuid4(), {"holder": "Anne Martin", "accepted": True, "at": AT, "on": MONDAY}
    for number, username in (("E1", "anne"), ("E2", "claire")):
        account = Account.objects.get(employer_no=number, known_until__isnull=True)
        given = typed | {"account": account, "iban": iban_with_key("7"), "by": User.objects.get(username=username)}
        if number == "E1":
            change_account(key=key, **given)
        else:
            with pytest.raises(ChangedMeanwhile):
                change_account(key=key, **given)

    assert FamilyMandate.objects.get().employer_no == "E1"
    assert Account.objects.get(employer_no="E2", known_until__isnull=True).mandate_ref == "M2"


def test_hidden_fields_of_another_family_name_nothing(two_families: dict[str, Client]) -> None:
    claire, thomas = two_families["claire"], two_families["thomas"]
    theirs = Right.objects.get(employer_no="E1", side="F")

    assert (
        claire.post("/famille/declarer/changer/", {"declaration_no": "D1", "kind": "CANCELLATION"}).status_code == 404
    )
    begun = {"month": "2026-09", "employee_no": "S1", "child_ids": "C1"}
    assert claire.post("/famille/declarer/", begun).status_code == 404
    sheet = thomas.get("/agent/reparer/CHANGE_RIGHT/E2/", {"droit": theirs.pk}).context["sheet"]
    assert sheet.right is None or sheet.right.employer_no == "E2"
    assert not FamilyDraft.objects.exists()


OWN = [
    "mois/", "mois/2026-10/", "signaler/", "suivi/", "avance/", "remboursement/", "urgence/", "paiements/", "courriers/",
    "messages/", "preferences/", "declarer/", "droits/", "compte/",
]  # fmt: skip


def test_a_parent_whose_link_has_ended_reads_and_asks_nothing_more(two_families: dict[str, Client]) -> None:
    anne = two_families["anne"]
    assert {anne.get(f"/famille/{path}").status_code for path in OWN} == {200}
    FamilyLink.objects.filter(user__username="anne").update(until=DAY)

    for path in OWN:
        answer = anne.get(f"/famille/{path}")
        assert (answer.status_code, answer["Location"]) == (302, "/famille/"), path
        sent = {"key": str(uuid4()), "symptom": "DEBITED", "month": "2026-10", "words": "x", "text": "x"}
        assert anne.post(f"/famille/{path}", sent).status_code in (302, 404, 405), path
    assert "428,70" not in anne.get("/famille/").content.decode().replace("\xa0", " ")
    assert not Report.objects.exists()
    assert not Message.objects.exists()


def test_an_email_asked_for_before_the_link_ended_does_not_leave_after_it(two_families: dict[str, Client]) -> None:
    user = User.objects.get(username="anne")
    Contact.objects.create(user=user, address="anne@exemple.fr", asked_at=AT, confirmed_at=AT)
    assert ask(subject="cmg:employer:E1", kind="cmg.message", key="k", path="/famille/messages/") == 1
    FamilyLink.objects.filter(user=user).update(until=DAY)

    sent = send(notice_pk=Notice.objects.get().pk)

    assert sent is not None
    assert (sent.state, sent.last_error) == ("FAILED", "plus reliée à une famille")
    assert mail.outbox == []


def test_an_account_absorbed_by_another_leads_there_those_only_who_may_see_it(two_families: dict[str, Client]) -> None:
    elsewhere = User.objects.create(username="elsewhere")
    Posting.objects.create(user=elsewhere, role=Role.FUND_CASEWORKER, fund="CAF59", starts_on=DAY)
    other = Client()
    other.force_login(elsewhere)
    thomas = two_families["thomas"]
    thomas.post(
        "/agent/reparer/RELINK_NUMBER/E1/", confirm_form(thomas, "/agent/reparer/RELINK_NUMBER/E1/") | {"reason": "x"}
    )
    FamilyMerge.objects.create(
        kept="E1", absorbed="E9", criteria=["NIR", "IBAN"], repair=Repair.objects.get(), reversible_until=DAY
    )

    assert thomas.get("/agent/familles/E9/")["Location"] == "/agent/familles/E1/"
    absorbed, unknown = other.get("/agent/familles/E9/"), other.get("/agent/familles/E8/")
    assert (absorbed.status_code, unknown.status_code) == (404, 404)
    assert plain(absorbed) == plain(unknown), "nothing tells one from the other"


def test_a_note_sent_twice_is_one_and_the_same_words_later_are_another(two_families: dict[str, Client]) -> None:
    thomas, address = two_families["thomas"], "/agent/familles/E1/"
    first, second, third = (str(uuid4()) for _number in range(3))
    for key, text in (
        (first, "appelé la Caf"), (first, "appelé la Caf"), (second, "elle rappelle"), (third, "appelé la Caf"),
    ):  # fmt: skip
        thomas.post(address, {"note": text, "key": key})

    notes = DossierEvent.objects.filter(kind="NOTE").order_by("pk")
    assert list(notes.values_list("text", flat=True)) == ["appelé la Caf", "elle rappelle", "appelé la Caf"]


def test_a_decision_names_no_child_of_another_family(two_families: dict[str, Client]) -> None:
    thomas = two_families["thomas"]
    for month, child, status in (
        ("2026-10", "C1", 200),
        ("2026-10", "C2", 404),
        ("2026-10", "C9", 404),
        ("2026-10", "", 200),
    ):
        address = f"/agent/decisions/CONFIRMED/{month}/E1/"
        wanted = {"code": "CMG-013", "child": child, "reason": "vu"}
        assert thomas.get(address, wanted).status_code == status, (month, child)
    assert (
        thomas.post(
            "/agent/decisions/CONFIRMED/2026-10/E1/", {"code": "CMG-013", "child": "C2", "reason": "vu"}
        ).status_code
        == 404
    )
    assert not PersonVerdict.objects.exists()


def test_a_dossier_is_given_to_nobody_whose_name_the_team_does_not_know(two_families: dict[str, Client]) -> None:
    dossier, thomas = Dossier.objects.filter(subject="cmg:employer:E1").latest("pk"), two_families["thomas"]
    Dossier.objects.update(owner=None)

    answers = [
        thomas.post(f"/agent/dossiers/{dossier.pk}/attribuer/", {"to": name, "seen": ""}, follow=True).content.decode()
        for name in ("anne", "nobody")
    ]

    assert all("Choisissez une personne de l’équipe." in answer for answer in answers)
    assert "Anne Martin" not in answers[0]
