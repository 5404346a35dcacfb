"""The family's bank account: shown by its ending, changed under a fresh second factor, with a mandate of its own."""

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from cmg.models import Account, FamilyMandate, Repair
from cmg.remedies.following import resend
from portal.banking.models import OrderState, PaymentOrder
from portal.banking.typed import iban_error
from portal.people.vault import reveal_many
from tests.cmg.declaring.families import MONDAY, SUNDAY, parent, received
from tests.cmg.files import iban_with_key
from tests.cmg.remedies import families

NBSP = "\u00a0"
NEW = iban_with_key("4521")
LOCAL = "FR7630006000011234567890189"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (LOCAL, ""),
        ("fr76 3000 6000 0112 3456 7890 189", ""),
        ("IBAN FR76-3000-6000-0112-3456-7890-189", ""),
        (LOCAL[:-1], f"Il manque 1{NBSP}caractère : un IBAN français en a 27. Recopiez-le depuis votre relevé."),
        (LOCAL[:-2], f"Il manque 2{NBSP}caractères : un IBAN français en a 27. Recopiez-le depuis votre relevé."),
        (LOCAL + "1", f"Il y a 1{NBSP}caractère de trop : un IBAN français en a 27. Recopiez-le depuis votre relevé."),
        ("BE6853900754703", f"Il manque 1{NBSP}caractère : un IBAN qui commence par BE en a 16. Recopiez-le depuis votre relevé."),
        ("BE68539007547034", ""),
        (LOCAL[:-1] + "8", "inversés"),
        ("US64SVBKUS6S3300958879", "zone des prélèvements SEPA"),
        ("", "Écrivez votre IBAN"),
        ("FR76é000600001123456789018", "lettres sans accent"),
        ("٣" * 27, "lettres sans accent"),
    ],
)  # fmt: skip
def test_an_iban_is_checked_with_words(typed: str, told: str) -> None:
    error = iban_error(typed)

    assert (error == "") if told == "" else told in error


@pytest.fixture
def anne(tmp_path: Path, settings: Any, db: None) -> Client:
    settings.PORTAL_DAY = SUNDAY
    received(tmp_path)
    client = Client()
    client.force_login(parent())
    return client


def fresh(client: Client) -> None:
    session = client.session
    session["factor_at"] = time.time()
    session.save()


def form(**changes: str) -> dict[str, str]:
    return {"key": str(uuid4()), "iban": NEW, "holder": "Anne Martin", "mandate": "1"} | changes


def account() -> Account:
    return Account.objects.get(employer_no="E1", known_until__isnull=True)


def test_the_account_is_shown_by_its_ending_alone(anne: Client) -> None:
    page = anne.get("/famille/compte/").content.decode()

    assert f"Compte finissant par {account().iban_tail}." in page
    assert iban_with_key("1") not in page
    assert "Confirmer avec FranceConnect" in page
    assert 'name="iban"' not in page


def test_without_a_fresh_second_factor_nothing_changes(anne: Client) -> None:
    answer = anne.post("/famille/compte/", form())

    assert answer.status_code == 422
    assert "Confirmez d’abord que c’est vous" in answer.content.decode()
    assert not Repair.objects.exists()
    session = anne.session
    session["factor_at"] = time.time() - 3600
    session.save()
    assert anne.post("/famille/compte/", form()).status_code == 422


def test_another_account_and_its_mandate(anne: Client) -> None:
    fresh(anne)
    before = account()
    asked = form()

    answer = anne.post("/famille/compte/", asked)

    after, mandate = account(), FamilyMandate.objects.get()
    assert answer["Location"] == f"/famille/compte/?recu={mandate.key}"
    assert (after.iban_tail, after.iban_valid, after.mandate_signed_on) == (NEW[-4:], True, SUNDAY)
    assert after.mandate_ref == mandate.reference != before.mandate_ref
    assert (mandate.holder, mandate.iban_key, mandate.accepted_by.username) == ("Anne Martin", after.iban_key, "anne")
    assert reveal_many([mandate.iban_key])[mandate.iban_key] == NEW
    repair = Repair.objects.get()
    assert (repair.act, repair.done_by, mandate.repair) == ("CHANGE_BANK", "anne", repair)
    before.refresh_from_db()
    assert before.known_until is not None
    page = anne.get(answer["Location"]).content.decode()
    assert f"Nouveau compte enregistré, finissant par {NEW[-4:]}." in page
    assert NEW not in page
    again = anne.post("/famille/compte/", asked)
    assert again["Location"].endswith("&deja=1")
    assert Repair.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"iban": NEW[:-2], "holder": " ", "mandate": ""}, {"iban", "holder", "mandate"}),
        ({"holder": "=HYPERLINK()"}, {"holder"}),
        ({"holder": "x" * 70}, set()),
        ({"holder": "x" * 71}, {"holder"}),
        ({"holder": "Ÿves d’Orgeval-L’Haÿ"}, set()),
        ({"mandate": ""}, {"mandate"}),
    ],
)
def test_every_error_at_once(anne: Client, changes: dict[str, str], wrong: set[str]) -> None:
    fresh(anne)

    answer = anne.post("/famille/compte/", form(**changes))

    assert answer.status_code == (422 if wrong else 302)
    page = answer.content.decode()
    assert {name for name in ("iban", "holder", "mandate") if f'id="{name}-problem"' in page} == wrong
    assert Repair.objects.exists() != bool(wrong)


def test_a_receipt_is_its_family_s(anne: Client) -> None:
    fresh(anne)
    anne.post("/famille/compte/", form())
    stranger = Client()
    stranger.force_login(parent("luc", "E1-other"))

    assert stranger.get(f"/famille/compte/?recu={FamilyMandate.objects.get().key}").status_code == 302, "no family"
    assert anne.get("/famille/compte/?recu=x").status_code == 200


@pytest.mark.django_db
def test_money_on_its_way_keeps_its_account_and_what_came_back_is_sent_again(tmp_path: Path, settings: Any) -> None:
    settings.PORTAL_DAY = MONDAY
    families.received(tmp_path / "in")
    families.issued(tmp_path / "out")
    client = Client()
    client.force_login(parent())
    page = client.get("/famille/compte/").content.decode()
    assert f"428,70{NBSP}€ à recevoir, mercredi 28 octobre 2026, compte finissant par {iban_with_key('1')[-4:]}" in page
    PaymentOrder.objects.update(state=OrderState.REJECTED, reason_code="AC04", settled_on=MONDAY)
    page = client.get("/famille/compte/").content.decode()
    assert f"Votre banque nous a renvoyé 428,70{NBSP}€. Donnez un autre compte : nous le renvoyons." in page
    fresh(client)

    answer = client.post("/famille/compte/", form())

    page = client.get(answer["Location"]).content.decode()
    assert "Vous avez donné un autre compte : nous le renvoyons." in page
    assert resend(order_pk=PaymentOrder.objects.get().pk, by="thomas", on=MONDAY).endswith("-R")
    assert PaymentOrder.objects.latest("pk").iban_key == account().iban_key
