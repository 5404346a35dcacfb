"""The receipt of a movement: the cents, the day, the account and the bank's answer; never « reçu » of what did not pass."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from cmg.views import own_money
from portal.banking.models import PaymentOrder
from portal.letters.models import Letter, LetterJob
from portal.letters.rendering import render_letter
from tests.cmg.closing.issued import booking, receive, report, statement
from tests.cmg.remedies.families import debited_home, issued, received
from tests.portal.letters.test_letters import unpacked

pytestmark = pytest.mark.django_db


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def lines(page: str) -> dict[str, str]:
    return dict(re.findall(r"<div><dt>(.+?)</dt><dd>(.+?)</dd></div>", page))


@pytest.fixture
def order(tmp_path: Path, anne: Client) -> PaymentOrder:
    received(tmp_path)
    issued(tmp_path / "out")
    return PaymentOrder.objects.get()


def test_a_payout_that_passed_has_its_receipt(anne: Client, order: PaymentOrder) -> None:
    receive(statement(booking(order)), on=date(2026, 10, 29))

    page = text(anne, f"/famille/paiements/{order.pk}/")

    assert "<h1>Reçu d’un versement, 428,70 €</h1>" in page
    assert lines(page) == {
        "Montant": "428,70 €", "Date": "jeudi 29 octobre 2026", "Motif": "Aide à la garde, octobre 2026",
        "Compte finissant par": page.split("finissant par ")[1][:4], "Réponse de la banque": "passé sur votre compte",
        "Référence": order.end_to_end_id,
    }  # fmt: skip
    assert f'href="/famille/paiements/{order.pk}/"' in text(anne, "/famille/paiements/")


@pytest.mark.parametrize("accepted", [False, True])
def test_what_the_bank_only_has_is_no_receipt_and_keeps_the_day_asked(
    anne: Client, order: PaymentOrder, accepted: bool
) -> None:
    if accepted:
        receive(report(order, "ACCP"))
        order.refresh_from_db()
        assert order.state == "ACCEPTED"

    page = text(anne, f"/famille/paiements/{order.pk}/")

    assert "<h1>État d’un versement, 428,70 €</h1>" in page
    assert lines(page)["Prévu le"] == "mercredi 28 octobre 2026"
    assert lines(page)["Réponse de la banque"] == "envoyé à la banque, réponse attendue"
    assert "428,70 € seront versés" in text(anne, "/famille/paiements/")
    assert "le mercredi 28 octobre 2026." in text(anne, "/famille/paiements/")
    assert "Reçu d’un" not in page


def test_a_refused_debit_says_that_it_was_refused_and_why(tmp_path: Path, anne: Client) -> None:
    received(tmp_path, debited_home)
    issued(tmp_path / "out")
    debit = PaymentOrder.objects.get(kind="DEBIT")
    receive(report(debit, "RJCT", "AM04"))

    page = text(anne, f"/famille/paiements/{debit.pk}/")

    assert "<h1>État d’un prélèvement" in page
    assert "provision insuffisante" in lines(page)["Réponse de la banque"]
    assert "Date" not in lines(page)
    assert "Rien n’est représenté sans vous prévenir." in page


def test_the_pdf_is_tagged_dated_of_the_day_and_no_letter(
    anne: Client, order: PaymentOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    monkeypatch.setattr(
        own_money, "render_letter", lambda *args, **said: made.append(render_letter(*args, **said)) or made[-1]
    )
    receive(statement(booking(order)))
    before = (Letter.objects.count(), LetterJob.objects.count())

    answer = anne.get(f"/famille/paiements/{order.pk}/pdf/")

    assert answer["Content-Type"] == "application/pdf"
    assert order.end_to_end_id in answer["Content-Disposition"]
    content = unpacked(answer.content)
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", content)
    assert b'pdfuaid:part="1"' in content
    html = made[0].html.replace("\u00a0", " ")
    assert "<h1>Reçu d’un versement</h1>" in html
    assert f"Mouvement {order.end_to_end_id}" in html
    assert "où en est ce mouvement le lundi 26 octobre 2026" in html
    assert '<th scope="row">Montant</th><td>428,70 €</td>' in html
    assert "Courrier" not in html
    assert "Votre responsable de dossier" not in html
    assert (Letter.objects.count(), LetterJob.objects.count()) == before


def test_another_family_s_movement_is_not_there(anne: Client, stranger: Client, order: PaymentOrder) -> None:
    for address in (f"/famille/paiements/{order.pk}/", f"/famille/paiements/{order.pk}/pdf/"):
        assert anne.get(address).status_code == 200
        assert stranger.get(address).status_code == 404
    assert anne.get("/famille/paiements/99999999999999999999/").status_code == 404
