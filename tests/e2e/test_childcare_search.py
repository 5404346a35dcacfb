"""Scene S9 in a browser, at the width of a phone and without script: Thursday afternoon in Riom, then what it costs."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.widths import is_too_wide
from tests.monenfant.search.world import MONDAY, childminder, creche, slot


@pytest.mark.django_db(transaction=True)
def test_a_family_finds_thursday_afternoon_and_its_cost_on_a_phone_without_script(
    live_server: Any, browser: Browser, settings: Any
) -> None:
    settings.PORTAL_DAY = MONDAY
    creche("Les Lucioles", slot(), km=0.3)
    childminder("A", slot(group="ANY"), km=2, hides_address=True)
    page = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{live_server.url}/garde/")
    page.get_by_label("Où commune ou code postal").fill("riom")
    page.get_by_label("Quand").fill("2026-10-29")
    page.get_by_label("De vide : toute la journée").fill("14:00")
    page.get_by_label("À", exact=True).fill("18:00")
    page.get_by_label("ou sa naissance").fill("2025-02-11")
    page.get_by_role("button", name="Chercher", exact=True).click()

    expect(page.get_by_role("heading", name="2 lieux ont une place jeudi après-midi")).to_be_visible()
    # Of the address, what was searched: the port of the server is drawn.
    assert "2025" not in page.url.removeprefix(live_server.url)
    assert not is_too_wide(page)
    page.get_by_role("link", name="Voir la carte").click()
    expect(page.get_by_role("link", name="Lieu 1")).to_be_visible()
    expect(page.get_by_text("1 personne dont l’adresse n’est pas montrée")).to_be_visible()
    page.get_by_role("link", name="Revenir à la liste").click()

    page.get_by_role("link", name="Crèche Les Lucioles", exact=True).click()
    expect(page.get_by_role("heading", name="Crèche Les Lucioles")).to_be_visible()
    page.get_by_role("link", name="Ce que cela vous coûterait").click()
    for label, value in (("Ressources de l’année", "36000"), ("Enfants à charge", "1"), ("Heures par mois", "150")):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Calculer").click()
    expect(page.locator("tbody tr").first).to_contain_text("Crèche collective")
    expect(page.locator("tbody tr").first).to_contain_text("139,50 €")
