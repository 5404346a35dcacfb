"""Émilie on her phone: the hold, her month, « c’est faux » pressed twice, an advance, a message; axe at three widths."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.widths import faults_of

Enter, Check = Callable[[Page, str, str], None], Callable[[Page], None]
pytestmark = pytest.mark.django_db(transaction=True)
PAGES = (
    "", "mois/", "mois/2026-10/", "signaler/", "suivi/", "avance/", "remboursement/", "urgence/", "paiements/",
    "courriers/", "messages/", "preferences/", "declarer/", "droits/", "compte/",
)  # fmt: skip


@pytest.fixture
def emilie(page: Page, portal: str, enter: Enter) -> Page:
    """Signed in and linked."""
    enter(page, portal, "Émilie")
    page.get_by_label("Numéro d’allocataire").fill("6302118457")
    page.get_by_role("button", name="Relier mon dossier").click()
    expect(page.get_by_text("Votre dossier est relié à votre compte.")).to_be_visible()
    return page


def test_every_page_is_accessible_and_fits_at_three_widths(emilie: Page, portal: str, assert_accessible: Check) -> None:
    for path in PAGES:
        emilie.goto(f"{portal}/famille/{path}")
        expect(emilie.get_by_role("heading", level=1)).to_have_count(1)
        assert list(faults_of(emilie, assert_accessible)) == [], path


def test_the_hold_is_told_first_and_what_is_reported_is_followed(
    emilie: Page, portal: str, assert_accessible: Check
) -> None:
    emilie.set_viewport_size({"width": 390, "height": 800})
    expect(emilie.get_by_role("heading", name="Nous avons arrêté un prélèvement")).to_be_visible()
    expect(emilie.get_by_text("468,15 € ne partent pas de votre compte.")).to_be_visible()
    expect(emilie.get_by_text("Thomas Vidal (Pajemploi) s’en occupe.").first).to_be_visible()
    emilie.get_by_role("link", name="Voir où ça en est").click()
    expect(emilie.get_by_text("Rien à prélever, 461,53 € à verser.")).to_be_visible()
    emilie.get_by_text("Pourquoi ce montant ?").click()
    expect(emilie.get_by_text("Parce que la garde de Noé a coûté 626,00 €")).to_be_visible()
    emilie.get_by_role("link", name="Ce montant est faux").click()
    expect(emilie.get_by_label("Le montant est faux")).to_be_checked()
    emilie.get_by_label("Dites-le avec vos mots").fill("J’ai déménagé à Clermont <b>")
    emilie.get_by_role("button", name="Envoyer").click()
    expect(emilie.get_by_text("Ce qui va se passer")).to_be_visible()
    number = emilie.locator(".receipt code").inner_text()
    assert_accessible(emilie)
    # The Back button in the middle, then the form again: its first receipt.
    emilie.go_back()
    emilie.get_by_role("button", name="Envoyer").click()
    expect(emilie.get_by_text("Rien n’a été envoyé deux fois.")).to_be_visible()
    assert emilie.locator(".receipt code").inner_text() == number


def test_a_form_with_mistakes_takes_the_focus_and_leads_to_its_field(
    emilie: Page, portal: str, assert_accessible: Check
) -> None:
    emilie.goto(f"{portal}/famille/signaler/")
    emilie.get_by_role("button", name="Envoyer").click()

    expect(emilie.get_by_role("alert")).to_be_focused()
    assert_accessible(emilie)
    emilie.get_by_role("link", name="Que se passe-t-il ?").click()
    expect(emilie.locator("#report-symptom")).to_be_focused()


def test_an_advance_and_a_message_by_keyboard(emilie: Page, portal: str) -> None:
    emilie.goto(f"{portal}/famille/avance/")
    emilie.get_by_role("button", name="Demander 461,53 €").press("Enter")
    expect(emilie.get_by_text("Votre demande est reçue.")).to_be_visible()
    emilie.goto(f"{portal}/famille/messages/")
    emilie.get_by_label("Votre message").fill("Bonjour")
    emilie.get_by_role("button", name="Envoyer").press("Enter")
    expect(emilie.get_by_text("Votre message est envoyé.")).to_be_visible()
