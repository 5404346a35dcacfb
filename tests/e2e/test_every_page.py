"""Every page of the table of access, opened by somebody who may: no fault of accessibility, nothing wider than the screen.

A new page of the table is opened here without being named; an address that gives no page (a file, a form's target, a
redirection) is left out by what it answers.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Error, Page

from portal.accounts.models import Role
from tests.e2e.widths import HEIGHT, WIDE, faults_of
from tests.portal.access import STRANGER, Line
from tests.portal.test_access import ACCESS, client_of, expected, objects

__all__ = ["objects"]
Check = Callable[[Page], None]
pytestmark = pytest.mark.django_db(transaction=True)
# Who opens a page: the first of these who may, so that most pages have all their forms.
OPENERS = (
    Role.SUPERVISOR, Role.PAJEMPLOI_CASEWORKER, Role.AUTHORISING_OFFICER, Role.ARIPA_CASEWORKER, Role.PARENT,
    Role.CONTROLLER, Role.FRAUD_PANEL, Role.BOARD_MEMBER, Role.DATA_PROTECTION,
    Role.PARTNER_AGENT, Role.STRUCTURE_MANAGER, Role.CHILDMINDER, Role.DESK_ADVISER, STRANGER,
)  # fmt: skip
LEAST = 70


def opener_of(line: Line) -> str | None:
    """Who opens this page here; nobody when it gives none to any of them."""
    able = (who for who in OPENERS if who in line.who and expected(line, who, "get", foreign=False) == 200)
    return next(able, None)


def pages(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Who, and the address of each page."""
    for name, line in ACCESS.items():
        who = opener_of(line) if line.get == 200 or line.but else None
        if who is not None:
            yield who, reverse(name, kwargs={key: found.get(value, value) for key, value in line.own.items()})


def context_of(browser: Browser, client: Client, address: str) -> BrowserContext:
    """A browser signed in as this client is."""
    context = browser.new_context(viewport={"width": WIDE, "height": HEIGHT})
    cookie = client.cookies.get(portal_settings.SESSION_COOKIE_NAME)
    if cookie is not None:
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    return context


def is_page(page: Page, address: str) -> bool:
    """Whether a page opened there; a file leaves the former page, or is no HTML."""
    try:
        answer = page.goto(address)
    except Error as other:
        if any(words in other.message for words in ("Download is starting", "ERR_ABORTED")):
            return False
        raise
    assert answer is not None
    is_html = answer.headers.get("content-type", "").startswith("text/html")
    assert not is_html or answer.status == 200, address
    return is_html


# In two halves, so that two processes share them.
@pytest.mark.parametrize("half", [0, 1])
def test_every_page_of_the_table_is_accessible_and_fits(
    half: int, browser: Browser, live_server: Any, objects: dict[str, Any], assert_accessible: Check
) -> None:
    clients = {who: client_of(who, objects) for who in OPENERS}
    opened = {who: context_of(browser, clients[who], live_server.url).new_page() for who in OPENERS}
    wrong, count = [], 0
    for who, path in list(pages(objects))[half::2]:
        page = opened[who]
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        if not is_page(page, live_server.url + path):
            continue
        count += 1
        wrong += [f"{path}: {fault}" for fault in faults_of(page, assert_accessible)]
    for page in opened.values():
        page.context.close()
    assert not wrong, "\n".join(wrong)
    assert count > LEAST // 2
