"""The explanation and the dossier as people use them: what if by keyboard, without a script, on paper, in large letters."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from cmg.models import Settlement
from tests.e2e.widths import is_too_wide

Enter, Check = Callable[[Page, str, str], None], Callable[[Page], None]
pytestmark = pytest.mark.django_db(transaction=True)
EMILIE = "4300077219"


@pytest.fixture
def address(portal: str) -> str:
    return f"{portal}/agent/montant/{Settlement.objects.get(employer_no=EMILIE).pk}/"


def test_what_if_answers_and_takes_the_focus(
    page: Page, portal: str, address: str, enter: Enter, assert_accessible: Check
) -> None:
    enter(page, portal, "Thomas")
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("461,53 € à verser à Chabrol Émilie pour octobre 2026")
    expect(page.get_by_text("Parce que la garde de Noé a coûté 626,00 €")).to_be_visible()
    page.get_by_label("Ressources annuelles (€)").fill("36 000")
    page.get_by_label("Ressources annuelles (€)").press("Enter")

    expect(page.get_by_role("heading", name="Et si…")).to_be_focused()
    expect(page.get_by_role("row", name="À verser à la famille 461,53 €")).to_contain_text("de moins")
    page.get_by_text("étapes changées").click()
    expect(page.locator(".working .changed s").first).to_be_visible()
    assert_accessible(page)


def test_an_impossible_fact_takes_the_focus_and_leads_to_its_field(
    page: Page, portal: str, address: str, enter: Enter, assert_accessible: Check
) -> None:
    enter(page, portal, "Thomas")
    page.goto(address)
    page.get_by_label("Salaire net (€)").fill("beaucoup")
    page.get_by_role("button", name="Recalculer").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Salaire net").click()
    expect(page.get_by_label("Salaire net (€)")).to_be_focused()
    expect(page.get_by_label("Salaire net (€)")).to_have_value("beaucoup")
    assert_accessible(page)


def test_everything_is_there_without_a_script(browser: Browser, portal: str, address: str, enter: Enter) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, portal, "Thomas")
    page.goto(address + "?si=1&dependent_children=1")
    expect(page.get_by_text("CMG, part rémunération (b)").first).to_be_visible()
    expect(page.get_by_text("Ce qui changerait")).to_be_visible()
    expect(page.get_by_role("button", name="Imprimer")).to_have_count(0)
    page.get_by_text("Faits utilisés").click()
    expect(page.get_by_role("cell", name="rights_fund_CAF63.csv").first).to_be_visible()
    page.goto(f"{portal}/agent/familles/{EMILIE}/")
    page.get_by_text("6 informations identiques").click()
    expect(page.get_by_role("rowheader", name="Numéro d’employeur")).to_be_visible()
    context.close()


def test_paper_shows_the_facts_and_the_figures_and_no_form(page: Page, portal: str, address: str, enter: Enter) -> None:
    enter(page, portal, "Thomas")
    page.goto(address)
    page.emulate_media(media="print")

    expect(page.get_by_role("cell", name="4,91 € de l’heure")).to_be_visible()
    expect(page.get_by_role("cell", name="rights_fund_CAF63.csv").first).to_be_visible()
    expect(page.get_by_role("button", name="Recalculer")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Menu principal")).to_be_hidden()


def test_letters_twice_as_large_never_scroll_the_page_sideways(
    page: Page, portal: str, address: str, enter: Enter
) -> None:
    enter(page, portal, "Hélène")
    month = f"{portal}/agent/mois/2026-10/"
    for one in (address, f"{portal}/agent/familles/{EMILIE}/", month, month + "signature/", month + "anomalies/"):
        page.goto(one)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert not is_too_wide(page), one


def test_on_a_phone_the_two_values_stand_under_each_other_named(
    browser: Browser, portal: str, enter: Enter, assert_accessible: Check
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700})
    page = context.new_page()
    enter(page, portal, "Nathalie")
    page.goto(f"{portal}/agent/familles/{EMILIE}/")
    fund, copy = page.locator("tr.differs td").nth(0), page.locator("tr.differs td").nth(1)
    first, second = fund.bounding_box(), copy.bounding_box()

    assert first is not None
    assert second is not None
    assert second["y"] >= first["y"] + first["height"]
    named = "(one) => getComputedStyle(one, '::before').content"
    assert fund.evaluate(named) == '"Caisse dit"'
    assert copy.evaluate(named) == '"Pajemploi dit"'
    assert_accessible(page)
    context.close()
