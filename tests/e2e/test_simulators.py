"""The simulators in a browser without script: a whole visit by labels alone; and what a machine sees of accessibility."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect


@pytest.mark.django_db(transaction=True)
def test_a_family_simulates_its_asf_without_script(live_server, browser: Browser) -> None:  # type: ignore[no-untyped-def]
    page = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{live_server.url}/simulateurs/")
    page.get_by_role("link", name="Allocation de soutien familial").click()
    page.get_by_role("button", name="Ajouter un enfant").click()
    expect(page.get_by_role("group", name="Enfant 2")).to_be_visible()
    page.get_by_role("button", name="Calculer").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez la situation de l’enfant.")
    first = page.get_by_role("group", name="Enfant 1")
    first.get_by_label("Situation").select_option("C1")
    first.get_by_label("Pension due pour le mois").fill("250")
    page.get_by_role("button", name="Calculer").click()
    expect(page.get_by_text("ASF payée pour le mois")).to_be_visible()
    assert "?" not in page.url, "facts never stand in the address"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "kind",
    [
        "asf",
        "indexation",
        "pension_scale",
        "seizable",
        "direct_payment",
        "creche",
        "childcare_comparison",
        "ars",
        "aeeh",
    ],
)
def test_form_errors_and_answer_are_accessible(
    live_server, page: Page, kind: str, assert_accessible: Callable[[Page], None]
) -> None:  # type: ignore[no-untyped-def]
    page.goto(f"{live_server.url}/simulateurs/{kind}/")
    assert_accessible(page)
    for amount in page.locator("main input:not([type=hidden])").all():
        amount.fill("2")
    page.get_by_role("button", name="Calculer").click()
    assert_accessible(page)
