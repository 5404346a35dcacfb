"""A family asks on a phone, Céline proposes at her desk, the family confirms by its link: by the keyboard, without a fault."""

from collections.abc import Callable

import pytest
from django.conf import settings as portal_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from monenfant.appointments.hours import set_hours
from monenfant.models import AppointmentRequest
from monenfant.rules.appointments import WeeklyBand
from portal.accounts.models import User
from tests.e2e.widths import faults_of
from tests.monenfant.appointments.world import DAY, DESK, NOW, adviser, desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def celine(settings) -> User:  # type: ignore[no-untyped-def]
    settings.PORTAL_DAY, settings.PORTAL_DEMO = DAY, False
    desk()
    celine = adviser()
    set_hours(desk_no=DESK, bands=[WeeklyBand(day, 9 * 60, 12 * 60) for day in range(5)], by=celine, at=NOW)
    return celine


def signed_in(browser: Browser, user: User, address: str) -> Page:
    client = Client()
    client.force_login(user)
    context = browser.new_context()
    cookie = client.cookies[portal_settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    return context.new_page()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")


def test_asked_proposed_and_confirmed(
    browser: Browser,
    page: Page,
    live_server,
    celine: User,
    assert_accessible: Callable[[Page], None],  # type: ignore[no-untyped-def]
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/garde/rendez-vous/?commune=63300")
    press(page, "Envoyer ma demande")
    expect(page.get_by_role("alert")).to_be_focused()
    assert not list(faults_of(page, assert_accessible))
    page.get_by_label("Trouver un mode d’accueil").focus()
    page.keyboard.press("Space")
    page.get_by_label("Votre nom").fill("Claire")
    page.get_by_label("Téléphone").fill("06 39 98 00 12")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Votre demande est reçue.")).to_be_visible()
    link = page.url.split("?")[0]

    pro = signed_in(browser, celine, live_server.url)
    pro.goto(f"{live_server.url}/pro/rendez-vous/")
    pro.get_by_role("link", name="Claire").focus()
    pro.keyboard.press("Enter")
    pro.wait_for_url("**/pro/rendez-vous/*/")
    assert not list(faults_of(pro, assert_accessible))
    press(pro, "Proposer ces horaires")
    expect(pro.get_by_role("status").filter(has_text="C’est proposé")).to_be_focused()

    page.goto(link)
    assert not list(faults_of(page, assert_accessible))
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    press(page, "Confirmer cet horaire")
    expect(page.get_by_role("heading", name="Rendez-vous mercredi 28 octobre 2026 à 9 h 00")).to_be_visible()
    assert AppointmentRequest.objects.get().state == "CONFIRMED"
    pro.context.close()
