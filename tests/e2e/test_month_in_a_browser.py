"""The month as people live it: close, look, sign twice, issue; every page accessible, on a desk and on a phone."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from cmg.demo.people import create_people
from cmg.operations import close_month
from cmg.population import generate
from portal.exchange.operations import import_files

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    path = shutil.which("chromium")
    assert path, "Il manque Chromium : apt-get install chromium"
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture
def portal(live_server, settings, tmp_path: Path) -> str:  # type: ignore[no-untyped-def]
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    settings.PORTAL_BANK_FOLDER = str(tmp_path / "bank")
    create_people()
    made = generate(1500, 3, tmp_path / "files", care_month=MONTH, region=["CAF63", "CAF43"], demo=True)
    import_files(made.files)
    close_month(month=MONTH, on=DAY)
    return str(live_server.url)


def enter(page: Page, portal: str, name: str) -> None:
    page.goto(portal + "/entree/")
    page.get_by_role("button", name=f"Entrer comme {name}").click()


def assert_accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]


def test_two_people_sign_and_the_files_go_out(page: Page, portal: str, tmp_path: Path) -> None:
    for name in ("Hélène", "Bruno"):
        enter(page, portal, name)
        page.goto(portal + "/agent/mois/2026-10/")
        page.get_by_role("link", name="Vérifier et signer").click()
        page.get_by_role("button", name="Signer cette empreinte").click()
        expect(page.get_by_role("alert")).to_contain_text("Cochez")
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


def test_emilie_is_found_held_explained_and_annotated(page: Page, portal: str) -> None:
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


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark"), (320, "light")])
def test_every_page_is_accessible_and_never_scrolls_sideways(
    browser: Browser, portal: str, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(portal + "/entree/")
    assert_accessible(page)
    enter(page, portal, "Hélène")
    for address in ("agent/?box=team", "agent/mois/", "agent/mois/2026-10/", "agent/mois/2026-10/signature/",
                    "agent/mois/2026-10/anomalies/", "agent/mois/2026-10/retenus/", "agent/mois/2026-10/banque/",
                    "agent/flux/", "agent/recherche/?q=martin", "composants/"):  # fmt: skip
        assert page.goto(f"{portal}/{address}").status == 200, address  # type: ignore[union-attr]
        assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, address
    assert not errors
    context.close()
