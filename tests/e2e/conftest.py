"""What browser tests share: Chromium, a portal with a small region, people who enter, and what is checked everywhere."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cmg.demo.people import create_people
from cmg.operations import close_month
from cmg.population import generate
from portal.embedded.provider import State
from portal.exchange.operations import import_files
from tests.doors import open_doors

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip
AXE = Axe()
# How long a page is waited for, in milliseconds: others work on the same processors, and nothing here measures how fast it is.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)
# Half a megabyte of script is read once a page, not once a width; of what it finds, the faults alone come back.
FAULTS = """() => axe.run({resultTypes: ["violations"]}).then(
    found => found.violations.map(one => [one.id, one.nodes.slice(0, 3).map(node => node.target)]))"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    path = shutil.which("chromium")
    assert path, "Il manque Chromium : apt-get install chromium"
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session", autouse=True)
def _patient(browser: Browser) -> None:
    """Whoever opens a context: its pages are as patient as what is expected of them."""

    def be_patient(context: BrowserContext) -> None:
        context.set_default_timeout(PATIENCE)

    browser.on("context", be_patient)


@pytest.fixture
def doors(settings) -> Iterator[State]:  # type: ignore[no-untyped-def]
    """ProConnect and FranceConnect, played by the demo's local provider."""
    with open_doors(settings) as state:
        yield state


@pytest.fixture(scope="session")
def region(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """The files of a small region: written once, each test imports them."""
    folder = tmp_path_factory.mktemp("region")
    return generate(1500, 3, folder, care_month=MONTH, region=["CAF63", "CAF43"], demo=True).files


@pytest.fixture
def received(live_server, settings, tmp_path: Path, doors: State, region: tuple[Path, ...]) -> str:  # type: ignore[no-untyped-def]
    """A portal that received the files of a small region; the month is not closed."""
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    settings.PORTAL_BANK_FOLDER = str(tmp_path / "bank")
    create_people()
    import_files(region)
    return str(live_server.url)


@pytest.fixture
def portal(received: str) -> str:
    """The same, its month closed and ready to sign."""
    close_month(month=MONTH, on=DAY)
    return received


@pytest.fixture
def enter() -> Callable[[Page, str, str], None]:
    def do(page: Page, portal: str, name: str) -> None:
        page.goto(portal + "/entree/")
        page.get_by_role("button", name=f"Entrer comme {name}").click()
        page.get_by_role("button", name="Sortir").wait_for()

    return do


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    def check(page: Page) -> None:
        # What a click asked for may have no body yet.
        page.wait_for_load_state()
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(AXE.axe_script)
        found = page.evaluate(FAULTS)
        assert not found, found

    return check
