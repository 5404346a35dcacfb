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
from playwright.sync_api import Browser, BrowserContext, Page

from portal.accounts.models import Role
from tests.e2e.widths import HEIGHT, WIDE, faults_of
from tests.portal.test_access import ACCESS, STRANGER, Line, client_of, expected, objects

__all__ = ["objects"]
Check = Callable[[Page], None]
pytestmark = pytest.mark.django_db(transaction=True)
# Who opens a page: the first of these who may, so that most pages have all their forms.
OPENERS = (
    Role.SUPERVISOR, Role.PAJEMPLOI_CASEWORKER, Role.AUTHORISING_OFFICER, Role.ARIPA_CASEWORKER, Role.PARENT,
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


def is_page(client: Client, address: str) -> bool:
    return str(client.get(address).headers.get("Content-Type", "")).startswith("text/html")


def test_every_page_of_the_table_is_accessible_and_fits(
    browser: Browser, live_server: Any, objects: dict[str, Any], assert_accessible: Check
) -> None:
    clients = {who: client_of(who, objects) for who in OPENERS}
    opened = {who: context_of(browser, clients[who], live_server.url).new_page() for who in OPENERS}
    wrong, count = [], 0
    for who, path in pages(objects):
        if not is_page(clients[who], path):
            continue
        page, count = opened[who], count + 1
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        answer = page.goto(live_server.url + path)
        assert answer is not None
        assert answer.status == 200, path
        wrong += [f"{path}: {fault}" for fault in faults_of(page, assert_accessible)]
    for page in opened.values():
        page.context.close()
    assert not wrong, "\n".join(wrong)
    assert count > LEAST
