"""An employer on its own page: the code, the order, what is missing, its receipt; wide, on a phone, by the keyboard; axe."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from aripa.garnishees.links import code_of, token_of
from aripa.models import GarnisheeAnswer, OrderLink
from aripa.operations import run_days
from tests.aripa.rows import forced_case
from tests.e2e.widths import is_too_wide

Check = Callable[[Page], None]
pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 2, 12)
SHOTS = os.environ.get("PORTAL_SHOTS", "")


@pytest.fixture
def order(live_server, settings) -> tuple[str, OrderLink]:  # type: ignore[no-untyped-def]
    settings.PORTAL_DAY, settings.PORTAL_DEMO = DAY, False
    forced_case("C1")
    run_days(until=DAY)
    link = OrderLink.objects.get()
    return f"{live_server.url}/tiers/{token_of(link)}/", link


def sound(page: Page, check: Check, name: str) -> None:
    """No fault of accessibility, and nothing wider than the screen, at two widths."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        check(page)
        assert not is_too_wide(page), name
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)


def test_an_employer_answers_by_the_keyboard(
    page: Page, order: tuple[str, OrderLink], assert_accessible: Check
) -> None:
    address, link = order
    page.goto(address)
    sound(page, assert_accessible, "code")
    page.get_by_label("Code de la lettre").focus()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    sound(page, assert_accessible, "code-wrong")
    page.get_by_label("Code de la lettre").fill(code_of(link))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ordre de paiement direct pour Paul Petit")
    sound(page, assert_accessible, "order")

    page.get_by_role("button", name="Envoyer la réponse").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    sound(page, assert_accessible, "order-wrong")
    page.get_by_label("Je paie, mais pas tout").focus()
    page.keyboard.press("Space")
    page.get_by_label("combien par mois").fill("120,50")
    page.get_by_label("ou rien : pourquoi ?").select_option("FLOOR")
    page.get_by_label("Votre nom, ou celui du service").fill("Service de paie")
    page.get_by_label("Téléphone").fill("04 73 00 00 00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre réponse est reçue")
    expect(page.get_by_role("heading", level=2)).to_have_text(f"Reçu {GarnisheeAnswer.objects.get().number}")
    sound(page, assert_accessible, "receipt")

    page.get_by_role("link", name="Revenir à l’ordre").click()
    expect(page.get_by_text("Payez 120,50")).to_be_visible()
    sound(page, assert_accessible, "answered")


def test_a_link_that_opens_nothing_says_what_to_do(
    page: Page, order: tuple[str, OrderLink], assert_accessible: Check
) -> None:
    address, _link = order
    page.goto(address.replace("/tiers/", "/tiers/X"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien n’ouvre aucun ordre")
    sound(page, assert_accessible, "unknown")
