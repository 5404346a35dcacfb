"""Coming in as people do: a card, the provider's own page, the first second factor, a key, a parent's link; every page accessible."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from cmg.demo.people import create_people
from portal.accounts import factors
from portal.accounts.models import FactorReset, User
from portal.embedded.provider import State
from tests.e2e.widths import is_too_wide
from tests.portal.accounts.test_factors import code_of

Enter, Check = Callable[[Page, str, str], None], Callable[[Page], None]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def portal(live_server: Any, settings: Any, doors: State) -> str:
    """The demo people and their doors; no month."""
    from tests.e2e.conftest import DAY

    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    create_people()
    return str(live_server.url).replace("localhost", "127.0.0.1")


def last_code() -> str:
    found = re.search(r"\b\d{6}\b", mail.outbox[-1].body)
    assert found
    return found[0]


def test_the_provider_lists_people_and_one_may_give_up(page: Page, portal: str, assert_accessible: Check) -> None:
    page.goto(portal + "/entree/")
    assert_accessible(page)
    page.get_by_role("button", name="Entrer avec ProConnect").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ProConnect de démonstration")
    assert_accessible(page)
    page.get_by_role("button", name="Renoncer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("L’entrée n’a pas abouti")
    assert_accessible(page)
    page.get_by_role("link", name="Recommencer").click()
    page.get_by_role("button", name="Entrer avec ProConnect").click()
    page.get_by_role("button", name="Thomas Vidal").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Ma file")


def test_awa_reads_her_code_on_the_telephone_of_the_demo(page: Page, portal: str, assert_accessible: Check) -> None:
    page.goto(portal + "/entree/")
    page.get_by_role("button", name="Entrer comme Awa").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second facteur")
    assert_accessible(page)
    page.get_by_role("link", name="Voir le téléphone").click()
    assert_accessible(page)
    code = page.get_by_text("Awa Diarra :").locator("code").inner_text()
    page.go_back()
    page.get_by_label("Code de votre application").fill(code)
    page.get_by_role("button", name="Continuer").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Pensions")
    assert_accessible(page)


def test_emilie_links_her_family(
    page: Page, portal: str, enter: Enter, assert_accessible: Check, tmp_path: Any
) -> None:
    from cmg.population import generate
    from portal.exchange.operations import import_files
    from tests.e2e.conftest import MONTH

    import_files(generate(300, 3, tmp_path, care_month=MONTH, region=["CAF63", "CAF43"], demo=True).files)
    enter(page, portal, "Émilie")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Émilie")
    assert_accessible(page)
    page.get_by_label("Numéro d’allocataire").fill("63 0211")
    page.get_by_role("button", name="Relier mon dossier").click()
    expect(page.get_by_role("alert")).to_contain_text("Nous ne trouvons pas")
    assert_accessible(page)
    page.get_by_label("Numéro d’allocataire").fill("6302118457")
    page.get_by_role("button", name="Relier mon dossier").click()

    expect(page.get_by_text("Votre dossier est relié à votre compte.")).to_be_visible()
    assert_accessible(page)
    page.goto(portal + "/agent/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page introuvable")


def test_the_first_second_factor_is_a_passkey(page: Page, portal: str, doors: State, assert_accessible: Check) -> None:
    page.goto("about:blank")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }})  # fmt: skip
    portal = portal.replace("127.0.0.1", "localhost")  # passkeys belong to a name, never to an address
    next(one for one in doors.people if one["username"] == "philippe")["amr"] = ["pwd"]
    page.goto(portal + "/entree/")
    page.get_by_role("button", name="Entrer comme Philippe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Code par courriel")
    assert_accessible(page)
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.get_by_label("Code")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Code").fill(last_code())
    page.get_by_role("button", name="Continuer").click()
    assert_accessible(page)
    page.get_by_role("link", name="Utiliser plutôt une clé").click()
    assert_accessible(page)
    page.get_by_role("button", name="Enregistrer cette clé").click()
    page.get_by_role("button", name="Montrer mes codes").click()
    assert_accessible(page)
    page.get_by_role("button", name="C’est noté, continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Contrôle")
    page.get_by_role("link", name="Philippe Aubert").click()
    assert_accessible(page)
    methods = factors.methods_of(User.objects.get(username="philippe"))
    assert (methods.keys, methods.mail, methods.codes_left) == (1, True, 10)

    page.get_by_role("button", name="Sortir").click()
    page.get_by_role("button", name="Entrer comme Philippe").click()
    page.get_by_role("button", name="Utiliser ma clé").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Contrôle")


def test_monique_comes_in_by_mail_and_her_application(page: Page, portal: str, assert_accessible: Check) -> None:
    page.goto(portal + "/entree/")
    page.get_by_role("button", name="Entrer comme Monique").click()
    assert_accessible(page)
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Code reçu par courriel")
    assert_accessible(page)
    page.get_by_label("Code").fill(last_code())
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Code de votre application").fill(code_of("monique"))
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce que les familles voient")


def test_helene_asks_bruno_decides(page: Page, portal: str, enter: Enter, assert_accessible: Check) -> None:
    enter(page, portal, "Hélène")
    page.get_by_role("link", name="Hélène Marchetti").click()
    page.get_by_role("link", name="Les habilitations de tous").click()
    assert_accessible(page)
    page.get_by_role("link", name="Reprise pour Awa Diarra").first.click()
    page.get_by_label("Ce qui s’est passé").fill("perdu")
    page.get_by_role("button", name="Demander la reprise").click()
    expect(page.get_by_role("alert")).to_contain_text("Dites ce qui")
    assert_accessible(page)
    page.get_by_label("Ce qui s’est passé").fill("téléphone perdu, vue en personne")
    page.get_by_role("button", name="Demander la reprise").click()
    expect(page.get_by_text("une autre personne décide")).to_be_visible()
    page.get_by_role("button", name="Sortir").click()
    enter(page, portal, "Bruno")
    page.goto(portal + "/agent/habilitations/reprises/")
    page.get_by_role("link", name="Décider pour Awa").click()
    assert_accessible(page)
    page.get_by_role("button", name="Approuver la reprise").click()

    expect(page.get_by_text("C’est enregistré.")).to_be_visible()
    assert FactorReset.objects.get().decided_by.username == "bruno"  # type: ignore[union-attr]
    assert not factors.methods_of(User.objects.get(username="awa")).any


def test_too_many_tries_is_a_page_one_can_read(page: Page, portal: str, assert_accessible: Check) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(portal + "/entree/")
    page.get_by_role("button", name="Entrer comme Awa").click()
    for _try in range(4):
        page.get_by_label("Code de votre application").fill("12")
        page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Trop d’essais")
    assert_accessible(page)
    assert not is_too_wide(page)
