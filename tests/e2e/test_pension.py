"""The two parents of a pension on their phones: the returned debit, the agreement to deduct, the safe mode; axe."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings as portal_settings
from django.test import Client
from playwright.sync_api import Page, expect

from aripa.models import Movement
from portal.accounts.models import User
from portal.letters.operations import write_letters
from tests.aripa.own.cases import DAY, besson, faure, live, paid, person, reminded, returned_in_october
from tests.aripa.rows import event_row
from tests.e2e.widths import faults_of

Check = Callable[[Page], None]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32
pytestmark = pytest.mark.django_db(transaction=True)
DEBTOR = ("", "releve/{}/", "montant/2026-10/{}/", "fin/{}/", "deja-paye/{}/", "difficulte/{}/", "plan/{}/", "mainlevee/{}/",
          "repondre/{}/", "compte/", "paiement/", "courriers/", "actes/")  # fmt: skip
CREDITOR = ("", "releve/{}/", "montant/2026-09/{}/", "fin/{}/", "rendre/{}/", "arriere/{}/", "confirmer/{}/", "repondre/{}/",
            "compte/", "courriers/", "actes/", "avis/", "demande/", "demande/vous/", "demande/enfants/", "demande/document/")  # fmt: skip


@pytest.fixture
def lived(live_server, settings) -> str:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    faure()
    returned_in_october()
    reminded()
    besson()
    paid()
    event_row("2026-10-20", "PAYMENT_RECEIVED", "BESSON-1", means="TRANSFER", amount_cents=400_00)
    live()
    write_letters()
    return str(live_server.url)


def enter(page: Page, portal: str, username: str, parent_no: str = "") -> None:
    """Signed in as FranceConnect would leave them; somebody who came before comes back."""
    client = Client()
    client.force_login(User.objects.filter(username=username).first() or person(username, parent_no))
    name = portal_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": portal}])


@pytest.mark.parametrize(("username", "parent_no", "case", "paths"), [
    ("sandra", "D-FAURE-1", "FAURE-1", DEBTOR), ("julien", "P-FAURE-1", "FAURE-1", CREDITOR),
    ("laure", "P-BESSON-1", "BESSON-1", CREDITOR), ("newcomer", "", "", ("", "demande/")),
])  # fmt: skip
def test_every_page_is_accessible_and_fits_at_three_widths(
    page: Page, lived: str, assert_accessible: Check, username: str, parent_no: str, case: str, paths: tuple[str, ...]
) -> None:
    enter(page, lived, username, parent_no)
    for path in paths:
        page.goto(f"{lived}/famille/pension/{path.format(case)}")
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert list(faults_of(page, assert_accessible)) == [], path


def test_sandra_reads_why_and_says_that_she_has_paid(page: Page, lived: str, assert_accessible: Check) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    enter(page, lived, "sandra", "D-FAURE-1")
    page.goto(f"{lived}/famille/pension/")
    expect(page.get_by_text("provision insuffisante")).to_be_visible()
    expect(page.get_by_text("Vous pouvez payer jusqu’au mercredi 4 novembre 2026.")).to_be_visible()
    page.get_by_role("link", name="J’ai déjà payé").first.click()
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("Directement à l’autre parent").check()
    page.get_by_label("Montant payé").fill("250,00")
    page.get_by_label("Date du paiement").fill("2026-10-14")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("Ce qui va se passer")).to_be_visible()
    number = page.locator(".receipt code").inner_text()
    assert_accessible(page)
    page.goto(f"{lived}/famille/pension/deja-paye/FAURE-1/")
    page.get_by_label("Directement à l’autre parent").check()
    page.get_by_label("Montant payé").fill("250,00")
    page.get_by_label("Date du paiement").fill("2026-10-14")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("Rien n’a été fait deux fois.")).to_be_visible()
    assert page.locator(".receipt code").inner_text() == number


def test_julien_agrees_to_the_deduction_by_keyboard(page: Page, lived: str) -> None:
    enter(page, lived, "julien", "P-FAURE-1")
    page.goto(f"{lived}/famille/pension/")
    expect(page.get_by_text("Nous ne reprenons rien sur votre compte.")).to_be_visible()
    page.get_by_role("link", name="Choisir comment rendre").press("Enter")
    page.get_by_label("Peu à peu").press("Space")
    page.get_by_role("button", name="Envoyer mon choix").press("Enter")
    expect(page.get_by_text("déduits de vos prochains versements")).to_be_visible()


def test_laure_leaves_at_once_and_marc_has_no_person_s_name(page: Page, lived: str, settings) -> None:  # type: ignore[no-untyped-def]
    settings.PENSIONS_EXIT = f"{lived}/garde-inconnue/"
    enter(page, lived, "laure", "P-BESSON-1")
    page.goto(f"{lived}/famille/pension/")
    page.get_by_role("link", name="Quitter cette page").click()
    page.goto(f"{lived}/famille/pension/")
    expect(page).to_have_url(f"{lived}/entree/?next=/famille/pension/")
    enter(page, lived, "marc", "D-BESSON-1")
    page.goto(f"{lived}/famille/pension/fin/BESSON-1/")
    expect(page.get_by_text("juge aux affaires familiales")).to_be_visible()
    expect(page.get_by_role("button", name="Demander la fin")).to_have_count(0)


def test_sandra_proves_that_she_paid_julien_who_says_yes_in_one_tap_and_nothing_is_paid_twice(
    page: Page, lived: str, settings
) -> None:  # type: ignore[no-untyped-def]
    page.set_viewport_size({"width": 390, "height": 800})
    enter(page, lived, "sandra", "D-FAURE-1")
    page.goto(f"{lived}/famille/pension/deja-paye/FAURE-1/")
    page.get_by_label("Directement à l’autre parent").check()
    page.get_by_label("Montant payé").fill("250,00")
    page.get_by_label("Date du paiement").fill("2026-10-14")
    page.get_by_label("Preuve").set_input_files({"name": "releve.png", "mimeType": "image/png", "buffer": PNG})
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("L’autre parent doit confirmer qu’il a bien reçu cette somme.")).to_be_visible()

    enter(page, lived, "julien", "P-FAURE-1")
    page.goto(f"{lived}/famille/pension/")
    page.get_by_role("link", name="Répondre").click()
    page.get_by_role("button", name="Oui, je l’ai reçu").click()
    expect(page.get_by_text("Cette somme est réglée.")).to_be_visible()

    before = Movement.objects.filter(kind="PAYOUT").count()
    live(DAY + timedelta(days=1))
    settings.PORTAL_DAY = DAY + timedelta(days=1)
    assert Movement.objects.filter(kind="PAYOUT").count() == before
    page.goto(f"{lived}/famille/pension/")
    expect(page.get_by_text("250,00 € reçus directement de l’autre parent")).to_be_visible()
    enter(page, lived, "sandra")
    page.goto(f"{lived}/famille/pension/")
    expect(page.get_by_text("250,00 € payés directement à l’autre parent, qui l’a confirmé.")).to_be_visible()
    expect(page.get_by_role("link", name="J’ai déjà payé")).to_have_count(0)
