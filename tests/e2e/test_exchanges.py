"""Clémence answers one item and refuses another, by the keyboard; the fund reads both."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as portal_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from fraud.models import InfoExchange
from portal.accounts.models import User
from tests.e2e.widths import faults_of
from tests.fraud.envelopes.scene import trust, two_bodies
from tests.fraud.exchanges.world import PERIODS, STAY, asked, delivered

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(browser: Browser, user: User, address: str) -> Page:
    client = Client()
    client.force_login(user)
    context = browser.new_context(viewport={"width": 390, "height": 800})
    cookie = client.cookies[portal_settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    return context.new_page()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")


def test_one_item_answered_another_refused(
    browser: Browser, live_server, settings, tmp_path: Path, assert_accessible: Callable[[Page], None],  # type: ignore[no-untyped-def]
) -> None:  # fmt: skip
    trust(settings, tmp_path)
    pair = two_bodies()
    out, _side = asked(pair)
    assert pair[1].user is not None
    page = signed_in(browser, pair[1].user, live_server.url)
    page.goto(f"{live_server.url}/partenaire/")
    expect(page.get_by_text("finit le samedi 31 octobre 2026")).to_be_visible()
    assert not list(faults_of(page, assert_accessible))
    page.get_by_role("link", name=out.number).click()

    stay = page.locator(f"#{STAY}")
    press(page, "Noter cette réponse : Dates d’accueil")
    expect(page.get_by_role("alert")).to_be_focused()
    assert not list(faults_of(page, assert_accessible))
    stay.get_by_label("Je réponds").check()
    stay.get_by_label("Réponse, ou ce qui explique le refus").fill("du 1er au 28 septembre 2026")
    stay.get_by_label("Système d’où vient la réponse").fill("FINESS")
    press(page, "Noter cette réponse : Dates d’accueil")
    expect(page.get_by_text("Il en reste 1.")).to_be_visible()
    other = page.locator(f"#{PERIODS}")
    other.get_by_label("Je refuse", exact=True).check()
    other.get_by_label("Motif, si je refuse").select_option("NOT_NECESSARY")
    press(page, "Noter cette réponse : Activité")
    press(page, "Envoyer la réponse")
    expect(page.get_by_text("La réponse est partie.")).to_be_visible()
    assert not list(faults_of(page, assert_accessible))

    delivered()
    assert InfoExchange.objects.get(pk=out.pk).state == "PARTIAL"
