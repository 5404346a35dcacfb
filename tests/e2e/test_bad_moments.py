"""Bad moments: a session that ends while one types, a form from another sign-in, a link that served, ids changed by hand, two clicks."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Page, expect

from cmg.models import Settlement
from portal.accounts.models import User
from portal.batches.models import Run, Signature
from portal.casework.models import DossierEvent
from tests.e2e.widths import is_too_wide

Enter, Check = Callable[[Page, str, str], None], Callable[[Page], None]
pytestmark = pytest.mark.django_db(transaction=True)
FAMILY, MONTH = "/agent/familles/4300077219/", "/agent/mois/2026-10/"
NOTE = "Appelée à 9 h : elle a déménagé,\nson numéro a <b>changé</b>."
OVER = "Votre session s’est arrêtée"


def notes() -> int:
    return DossierEvent.objects.filter(kind="NOTE").count()


def test_a_session_that_ends_while_one_types_gives_the_text_back(
    page: Page, portal: str, enter: Enter, assert_accessible: Check
) -> None:
    enter(page, portal, "Nathalie")
    page.goto(portal + FAMILY)
    page.get_by_label("Ajouter une note").fill(NOTE)
    Session.objects.all().delete()
    page.get_by_role("button", name="Enregistrer la note").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(OVER)
    expect(page.get_by_label("Ce que vous aviez écrit")).to_have_value(NOTE)
    assert notes() == 0
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert_accessible(page)
        assert not is_too_wide(page)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Se reconnecter").click()
    again = opened.value
    again.get_by_role("button", name="Entrer comme Nathalie").click()

    expect(again.get_by_role("heading", level=1)).to_have_text("Chabrol Émilie")
    expect(page.get_by_label("Ce que vous aviez écrit")).to_have_value(NOTE)


def test_a_button_pressed_too_late_leads_back_to_the_page_that_had_it(page: Page, received: str, enter: Enter) -> None:
    """The address of the act takes no visit: coming back to it would be a page of its own that says nothing."""
    enter(page, received, "Hélène")
    page.goto(received + MONTH)
    Session.objects.all().delete()
    page.locator(f"form[action='{MONTH}cloturer/'] button").click()
    page.get_by_role("button", name="Entrer comme Hélène").click()

    expect(page).to_have_url(received + MONTH)
    assert not Run.objects.exists()


def test_a_form_opened_under_another_name_gives_the_text_back(
    page: Page, portal: str, enter: Enter, assert_accessible: Check
) -> None:
    enter(page, portal, "Nathalie")
    page.goto(portal + FAMILY)
    page.get_by_label("Ajouter une note").fill(NOTE)
    elsewhere = page.context.new_page()
    elsewhere.goto(portal + "/agent/")
    elsewhere.get_by_role("button", name="Sortir").click()
    enter(elsewhere, portal, "Thomas")
    page.get_by_role("button", name="Enregistrer la note").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Formulaire trop ancien")
    expect(page.get_by_label("Ce que vous aviez écrit")).to_have_value(NOTE)
    assert notes() == 0
    assert_accessible(page)
    page.get_by_role("link", name="Rouvrez la page du formulaire").click()
    expect(page).to_have_url(portal + FAMILY)


def test_a_return_from_the_provider_that_already_served_opens_nothing(
    page: Page, portal: str, assert_accessible: Check
) -> None:
    page.goto(portal + "/entree/retour/proconnect/?code=already&state=served")

    expect(page.get_by_role("heading", level=1)).to_have_text("L’entrée n’a pas abouti")
    assert_accessible(page)
    page.goto(portal + "/agent/")
    expect(page.get_by_role("button", name="Entrer comme Nathalie")).to_be_visible()


def test_two_clicks_sign_once(page: Page, portal: str, enter: Enter) -> None:
    enter(page, portal, "Hélène")
    page.goto(portal + MONTH + "signature/")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Signer").dblclick()

    # The form has the same heading: the answer is awaited.
    expect(page.get_by_text("Vous avez déjà signé").first).to_be_visible()
    assert page.get_by_text("Le service ne répond pas").count() == 0
    assert Signature.objects.filter(run=Run.objects.get(), user__username="helene").count() == 1


def test_an_id_changed_by_hand_teaches_nothing(portal: str) -> None:
    """What belongs to another fund, what does not exist and what is no number: the same words."""
    client = Client()
    client.force_login(User.objects.get(username="philippe"))
    theirs = Settlement.objects.order_by("pk").first()
    assert theirs is not None
    told = {
        path: client.get(path)
        for path in (FAMILY, "/agent/familles/0000000000/", f"/agent/montant/{theirs.pk}/", "/agent/montant/999999999/",
                     "/agent/montant/x/", "/agent/mois/2026-99/", "/agent/flux/1/", "/agent/flux/ligne/99999999/",
                     "/agent/familles/%00/", "/agent/montant/99999999999999999999999/")
    }  # fmt: skip

    assert {path: answer.status_code for path, answer in told.items()} == dict.fromkeys(told, 404)
    assert len({answer.content.decode().split("<h1")[1].split("</main>")[0] for answer in told.values()}) == 1


@pytest.mark.parametrize(
    "path", ["/agent/montant/99999999999999999999999/", "/agent/mois/2026-99/", "/agent/mois/0000-01/",
             "/agent/flux/ligne/99999999999999999999/", "/agent/familles/%00/", "/agent/recherche/?q=%00%00",
             "/agent/?box=nowhere&q=%00", f"{MONTH}retenus/?owner=99999999999999999999&q=%00",
             f"{MONTH}anomalies/?code=%00&after=x"],
)  # fmt: skip
def test_an_address_made_up_never_breaks_a_page_of_somebody_who_may_see_it(portal: str, path: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username="thomas"))

    assert client.get(path).status_code in (200, 404)
