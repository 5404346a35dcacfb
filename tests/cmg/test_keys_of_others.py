"""The key of a form belongs to one family: known by another, it shows nothing of hers and swallows nothing of theirs."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from cmg.declaring.bank import change_account
from cmg.models import Account, FamilyMandate, Repair, Report
from cmg.repairs.entering import ChangedMeanwhile
from portal.accounts.models import User
from portal.casework.models import Message
from portal.casework.papers import text_of
from tests.cmg.declaring.families import AT, MONDAY
from tests.cmg.family.conftest import parent
from tests.cmg.files import iban_with_key, nir_with_key, row
from tests.cmg.remedies.families import DAY, Files, closed, moved_away, received
from tests.cmg.repairs.test_pages import client_of, confirm_form

pytestmark = pytest.mark.django_db


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
