"""A childminder's week on a phone, by the link of an e-mail: three taps, no network in between, and nothing lost."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from monenfant.models import CarePlace, Publication, Purpose
from monenfant.publishing import publish_offer
from monenfant.reporting.links import link_for
from portal.accounts.permissions import moment_on
from tests.e2e.widths import is_too_wide
from tests.monenfant.files import row, take_in
from tests.monenfant.reporting.conftest import present, tell, week

pytestmark = pytest.mark.django_db(transaction=True)
ON = date(2026, 10, 26)
PHONE = {"width": 390, "height": 844}
SQUARE = "#free-3-PM-ANY-X"


@pytest.fixture
def link(live_server: Any, settings: Any, tmp_path: Path) -> str:
    settings.PORTAL_DAY, settings.PORTAL_ADDRESS = ON, live_server.url
    take_in(tmp_path, "childminder-approvals", row("childminder-approvals"))
    publish_offer(on=ON)
    place = CarePlace.objects.get()
    tell(place, week(mon_am=1), present=present(3))
    return link_for(place_pk=place.pk, purpose=Purpose.WEEK, now=moment_on(ON))


def test_three_taps_on_a_phone_survive_a_lost_network(
    browser: Browser, link: str, assert_accessible: Callable[[Page], None]
) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(link)
    assert_accessible(page)
    assert not is_too_wide(page)

    page.locator(SQUARE).check()
    context.set_offline(True)
    page.get_by_role("button", name="Comme cette semaine jusqu’au 31 mai").click()
    expect(page.get_by_text("Rien de nouveau n’est publié.")).to_be_visible()
    expect(page.locator(SQUARE)).to_be_checked()

    context.set_offline(False)
    page.get_by_role("button", name="Comme cette semaine jusqu’au 31 mai").click()
    expect(page.get_by_role("heading", name="Avant de publier")).to_be_focused()
    assert_accessible(page)
    assert Publication.objects.count() == 1
    page.get_by_role("button", name="Publier", exact=True).click()
    expect(page.get_by_role("heading", name="C’est publié")).to_be_focused()
    assert_accessible(page)
    assert Publication.objects.count() == 2

    # More than the approval: the refusal is shown where she is, and takes the focus.
    page.goto(link)
    page.locator("#free-3-AM-ANY-X").check()
    page.locator("#n-3-AM-ANY-X").fill("2")
    page.get_by_role("button", name="Cette semaine seulement").click()
    expect(page.get_by_role("alert").filter(has_text="3 contrats + 2 places dépassent votre agrément")).to_be_focused()
    expect(page.locator("#free-3-AM-ANY-X")).not_to_be_checked()
    assert_accessible(page)
    context.close()
