"""Awa Diarra's day in a browser: her deadlines, the returned debit, the protected case, a fact told, the next day lived."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from aripa import tasks
from aripa.demo import scenario
from aripa.demo.stories import BESSON, FAURE
from aripa.models import Act
from cmg.demo.people import create_colleagues, create_people
from portal.embedded.provider import State
from tests.e2e.conftest import DAY
from tests.e2e.widths import is_too_wide

Check = Callable[[Page], None]
WIDTHS = (1280, 390, 320)


@pytest.fixture
def pensions(live_server: Any, settings: Any, tmp_path: Path, doors: State, monkeypatch: pytest.MonkeyPatch) -> str:
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    settings.PENSIONS_SINCE, settings.PORTAL_BANK_FOLDER = date(2026, 10, 12), str(tmp_path / "out")
    monkeypatch.setattr(scenario, "CASES", 20)
    # No worker here: the day is lived by the page's own process.
    monkeypatch.setattr(tasks.live_days, "delay", lambda until: tasks.live_days(until=until))
    create_people()
    create_colleagues()
    scenario.load(tmp_path, DAY, lambda _text: None)
    return str(live_server.url)


@pytest.fixture
def awa(page: Page, pensions: str) -> Page:
    """Awa, entered with the code of her telephone."""
    page.goto(pensions + "/entree/")
    page.get_by_role("button", name="Entrer comme Awa").click()
    page.get_by_role("link", name="Voir le téléphone").click()
    code = page.get_by_text("Awa Diarra :").locator("code").inner_text()
    page.go_back()
    page.get_by_label("Code de votre application").fill(code)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pensions")
    return page


def test_awas_day(awa: Page, pensions: str) -> None:
    page = awa
    expect(page.get_by_text("Vos dossiers protégés ont été consultés")).to_be_visible()
    page.get_by_role("button", name="C’est lu").click()
    expect(page.get_by_text("Vos dossiers protégés ont été consultés")).to_have_count(0)

    page.get_by_label("Nom, numéro de sécurité sociale, de dossier ou de titre").fill("meunier sandra")
    page.get_by_role("button", name="Chercher").first.click()
    page.get_by_role("link", name="Faure → Lina ← Meunier").click()
    expect(page.locator('[aria-current="step"]')).to_contain_text("mercredi 4 novembre 2026")

    page.get_by_role("link", name="Inscrire un paiement reçu").click()
    page.get_by_role("button", name="Voir ce que le jour suivant en fera").click()
    expect(page.get_by_role("alert")).to_contain_text("Le montant manque")
    page.get_by_label("Montant, €").fill("250,00")
    page.get_by_label("Moyen").select_option("TRANSFER")
    page.get_by_role("button", name="Voir ce que le jour suivant en fera").click()
    expect(page.get_by_role("table")).to_contain_text("Versement au parent qui reçoit, octobre 2026")
    page.get_by_label("D’où vient ce fait ?").fill("virement vu au compte")
    page.get_by_role("button", name="Inscrire un paiement reçu").click()
    expect(page.get_by_text("Enregistré le")).to_be_visible()
    assert Act.objects.get().case_no == FAURE.case_no

    page.get_by_role("link", name="Dossiers du jour").click()
    page.get_by_role("button", name="Vivre le jour suivant").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vivre le mardi 27 octobre 2026")
    expect(page.get_by_text("réveillée")).to_be_visible()
    page.goto(f"{pensions}/agent/pensions/{FAURE.case_no}/")
    expect(page.get_by_role("row", name="octobre 2026 10/10/2026")).to_contain_text("payé après rappel")


def test_a_protected_case_in_the_browser(awa: Page, pensions: str) -> None:
    page = awa
    page.goto(f"{pensions}/agent/pensions/{BESSON.case_no}/")
    assert "montée du Plot" not in page.content()
    page.get_by_text("Voir les informations protégées").click()
    page.get_by_label("Pourquoi devez-vous les voir ?").fill("adresse pour l’ordre L11")
    page.get_by_role("button", name="Voir, avec cette raison").click()
    expect(page.get_by_text("3 montée du Plot")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_accessible_and_fits(awa: Page, pensions: str, width: int, assert_accessible: Check) -> None:
    page = awa
    page.set_viewport_size({"width": width, "height": 800})
    for path in (
        "", "?box=all", "recherche/", f"{FAURE.case_no}/", f"{BESSON.case_no}/", f"recouvrement/{BESSON.case_no}/",
        f"recouvrement/{BESSON.case_no}/ordre-1/", f"releve/creancier/{FAURE.case_no}/", f"releve/debiteur/{BESSON.case_no}/",
        f"inscrire/RECOVERY_DECISION/{BESSON.case_no}/", f"inscrire/COMPLAINT/{FAURE.case_no}/", "jours/2026-10-26/",
    ):  # fmt: skip
        page.goto(f"{pensions}/agent/pensions/{path}")
        assert_accessible(page)
        assert not is_too_wide(page), path
