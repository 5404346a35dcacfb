"""The month as people live it: close, look, sign twice, issue; every page accessible, on a desk and on a phone."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cmg.models import Settlement
from tests.e2e.widths import is_too_wide

Enter, Check = Callable[[Page, str, str], None], Callable[[Page], None]
pytestmark = pytest.mark.django_db(transaction=True)


def test_two_people_sign_and_the_files_go_out(
    page: Page, portal: str, tmp_path: Path, enter: Enter, assert_accessible: Check
) -> None:
    for name in ("Hélène", "Bruno"):
        enter(page, portal, name)
        page.goto(portal + "/agent/mois/2026-10/")
        page.get_by_role("link", name="Vérifier et signer").click()
        page.get_by_role("button", name="Signer cette empreinte").click()
        expect(page.get_by_role("alert")).to_contain_text("Cochez")
        # The alert comes before the boxes: those of the whole page are wanted.
        page.wait_for_load_state()
        for box in page.get_by_role("checkbox").all():
            box.check()
        page.get_by_role("button", name="Signer cette empreinte").click()
        expect(page.get_by_text("Signature enregistrée.")).to_be_visible()
        if name == "Hélène":
            page.goto(portal + "/agent/mois/2026-10/signature/")
            expect(page.get_by_text("Vous avez déjà signé")).to_be_visible()
            expect(page.get_by_role("button", name="Signer cette empreinte")).to_have_count(0)
        page.get_by_role("button", name="Sortir").click()
    enter(page, portal, "Hélène")
    page.goto(portal + "/agent/mois/2026-10/")
    page.get_by_role("button", name="Émettre vers la banque").click()

    expect(page.get_by_text("L’arrêté est émis")).to_be_visible()
    assert sorted(path.name for path in (tmp_path / "bank").iterdir()) == [
        "CMG-202610-1-P001.xml", "CMG-202610-1-V001.xml",
    ]  # fmt: skip
    page.goto(portal + "/agent/mois/2026-10/banque/")
    expect(page.get_by_text("CMG-202610-1-V001.xml")).to_be_visible()
    assert_accessible(page)


def test_emilie_is_found_held_explained_and_annotated(
    page: Page, portal: str, enter: Enter, assert_accessible: Check
) -> None:
    enter(page, portal, "Thomas")
    page.goto(portal + "/agent/recherche/?q=chabrol+emilie")
    page.get_by_role("link", name="Chabrol").first.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Chabrol")
    expect(page.get_by_text("468,15").first).to_be_visible()
    expect(page.locator("tr.differs").first).to_contain_text("Numéro allocataire")
    page.get_by_label("Ajouter une note").fill("<b>appel</b> de la famille")
    page.get_by_role("button", name="Enregistrer la note").click()
    expect(page.get_by_text("<b>appel</b> de la famille")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Expliquer").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("461,53")
    expect(page.get_by_text("les mêmes centimes")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_every_page_is_accessible_and_never_scrolls_sideways(
    browser: Browser, portal: str, width: int, scheme: str, enter: Enter, assert_accessible: Check
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(portal + "/entree/")
    assert_accessible(page)
    enter(page, portal, "Hélène")
    explained = Settlement.objects.get(employer_no="4300077219").pk
    for address in ("agent/?box=team", "agent/mois/", "agent/mois/2026-10/", "agent/mois/2026-10/signature/",
                    "agent/mois/2026-10/anomalies/", "agent/mois/2026-10/retenus/", "agent/mois/2026-10/banque/",
                    "agent/flux/", "agent/recherche/?q=martin", "composants/", "agent/mois/2026-10/changements/",
                    "agent/familles/4300077219/", f"agent/montant/{explained}/?si=1&dependent_children=1",
                    f"agent/mois/2026-10/?demande={int(time.time())}",
                    "agent/mois/2026-10/anomalies/?code=CMG-013&owner=nobody"):  # fmt: skip
        assert page.goto(f"{portal}/{address}").status == 200, address  # type: ignore[union-attr]
        assert_accessible(page)
        assert not is_too_wide(page), address
    assert not errors
    context.close()
