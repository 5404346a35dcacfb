"""A lead is rejected: innocent explanations first, no way to pay or stop, and the rule that was too often wrong ends."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from fraud.models import DeclaredLink, Lead
from portal.accounts.models import Role, User
from tests.e2e.test_every_page import context_of
from tests.e2e.widths import faults_of
from tests.fraud.signals.world import DAY, NOW, account, lead, person, publish

pytestmark = pytest.mark.django_db(transaction=True)


def page_of(browser: Browser, address: str, user: User) -> Page:
    client = Client()
    client.force_login(user)
    return context_of(browser, client, address).new_page()


def decided_before(by: User) -> None:
    Lead.objects.bulk_create(
        Lead(
            rule_code="DM05", rule_version=1, fund="CAF63", subject="", key=f"p{number}", title="effacé", found_on=DAY,
            state="ACCEPTED", decided_by=by, decided_at=NOW, reason="effacé", purged_on=DAY, proved=number < 61,
        )
        for number in range(211)
    )  # fmt: skip


def test_philippe_rejects_a_lead_and_the_rule_suspends_itself(
    browser: Browser, live_server: Any, settings: Any, assert_accessible: Callable[[Page], None]
) -> None:
    settings.PORTAL_DAY = DAY
    publish()
    philippe = person("philippe")
    decided_before(philippe)
    account("E1")
    facts = {
        "facts": [{"label": "Heures aux deux endroits", "value": "11 h", "source": "Relevés", "dated": "2026-09-01"}]
    }
    one = lead(subject="cmg:employer:E1", title="11 h à deux endroits", facts=facts)
    owed = lead("DR01", in_favour=True, title="CMG jamais réglé")
    closed = lead("DM03")
    DeclaredLink.objects.create(user=philippe, subject=closed.subject, relation="OTHER", since=DAY)
    page, wrong = page_of(browser, live_server.url, philippe), []
    paths = ("", f"signaux/{one.pk}/", f"signaux/{owed.pk}/", f"signaux/{closed.pk}/", f"signaux/{one.pk}/retenir/", "regles/",
             "regles/DM05/", "passages/")  # fmt: skip
    for path in paths:
        page.goto(f"{live_server.url}/agent/controle/{path}")
        wrong += [f"{path}: {fault}" for fault in faults_of(page, assert_accessible)]
    page.goto(f"{live_server.url}/algorithmes/")
    wrong += faults_of(page, assert_accessible)

    page.goto(f"{live_server.url}/agent/controle/")
    page.get_by_role("link", name="11 h à deux endroits").click()
    page.get_by_role("link", name="Écarter").click()
    wrong += faults_of(page, assert_accessible)
    page.get_by_label("Période d’adaptation").check()
    page.get_by_role("textbox", name="En une ligne").fill("Premier mois à la crèche.")
    page.get_by_role("button", name="Écarter").click()
    expect(page.get_by_text("La règle DM05 est maintenant suspendue")).to_be_visible()
    page.goto(f"{live_server.url}/agent/controle/regles/DM05/")
    expect(page.get_by_text("Précise à 29 % sur 212").first).to_be_visible()
    page.context.close()

    anne = page_of(browser, live_server.url, person("kowalski", Role.DATA_PROTECTION, ""))
    anne.goto(f"{live_server.url}/agent/controle/regles/DM01/suspendre/")
    wrong += faults_of(anne, assert_accessible)
    anne.context.close()
    assert not wrong, "\n".join(wrong)
