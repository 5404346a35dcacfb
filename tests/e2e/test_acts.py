"""Scene S4 in a browser: effect, hand-over, acceptance, repair, undo; on three widths, without a violation."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.accounts.models import User
from portal.casework.models import Dossier
from tests.e2e.widths import is_too_wide

Enter, Check = Callable[[Page, str, str], None], Callable[[Page], None]
pytestmark = pytest.mark.django_db(transaction=True)
EMILIE = "4300077219"


@pytest.fixture
def hers(portal: str) -> str:
    """The portal, with Émilie's dossier in Nathalie's hands."""
    dossier = Dossier.objects.filter(subject=f"cmg:employer:{EMILIE}")
    dossier.update(owner=User.objects.get(username="nathalie"), body="FUND")
    return portal


def test_the_dossier_goes_to_pajemploi_and_is_repaired_there(
    page: Page, browser: Browser, hers: str, enter: Enter, assert_accessible: Check
) -> None:
    enter(page, hers, "Nathalie")
    page.goto(f"{hers}/agent/familles/{EMILIE}/")
    page.get_by_role("link", name="Transmettre à Pajemploi").click()
    expect(page.get_by_text("Octobre 2026 : rien à prélever, 461,53 € à verser.")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Que doit faire l’autre équipe ?").fill("relier au nouveau numéro, déménagement de septembre")
    page.get_by_role("button", name="Transmettre à Pajemploi").click()
    expect(page.get_by_text("Vous restez responsable du dossier")).to_be_visible()
    expect(page.get_by_text("Responsable : Nathalie Roche (vous)")).to_be_visible()

    other = browser.new_context(viewport={"width": 390, "height": 800}).new_page()
    enter(other, hers, "Thomas")
    other.get_by_role("link", name="transmissions à accepter").click()
    other.get_by_role("link", name="Commencer : Chabrol Émilie").click()
    assert_accessible(other)
    other.get_by_role("button", name="Accepter").click()
    expect(other.get_by_text("Responsable : Thomas Vidal (vous)")).to_be_visible()
    other.get_by_role("link", name="Relier au nouveau numéro").first.click()
    assert_accessible(other)
    other.get_by_label("Pourquoi ?").fill("déménagement confirmé")
    other.get_by_role("button", name="Relier au nouveau numéro").click()
    expect(other.get_by_role("heading", level=2, name="Ce qui")).to_have_count(0)
    expect(other.get_by_text("Fait par Thomas Vidal : « déménagement confirmé »")).to_be_visible()
    assert_accessible(other)
    other.get_by_role("link", name="Annuler cette réparation").click()
    expect(other.get_by_text("encore retenu")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_of_acts_fits_and_is_accessible(
    browser: Browser, hers: str, enter: Enter, assert_accessible: Check, width: int
) -> None:
    page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    enter(page, hers, "Thomas")
    for address in (
        f"agent/familles/{EMILIE}/", f"agent/reparer/RELINK_NUMBER/{EMILIE}/", f"agent/reparer/CHANGE_RIGHT/{EMILIE}/",
        f"agent/reparer/REGISTER_EMPLOYEE/{EMILIE}/", f"agent/decisions/FALSE_POSITIVE/2026-10/{EMILIE}/?code=CMG-013",
        f"agent/fusion/{EMILIE}/", "agent/regularisations/", "agent/recherche/?q=chabrl+emilie",
    ):  # fmt: skip
        answer = page.goto(f"{hers}/{address}")
        assert answer is not None
        assert answer.ok, address
        assert_accessible(page)
        assert not is_too_wide(page), address
