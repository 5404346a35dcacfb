"""What browser tests share: Chromium, a portal with a small region, people who enter, and what is checked everywhere."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from cmg.demo.people import create_people
from cmg.operations import close_month
from cmg.population import generate
from portal.embedded.provider import State
from portal.exchange.operations import import_files
from tests.doors import open_doors

MONTH, DAY = date(2026, 10, 1), date(2026, 10, 26)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    path = shutil.which("chromium")
    assert path, "Il manque Chromium : apt-get install chromium"
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture
def doors(settings) -> Iterator[State]:  # type: ignore[no-untyped-def]
    """ProConnect and FranceConnect, played by the demo's local provider."""
    with open_doors(settings) as state:
        yield state


@pytest.fixture
def received(live_server, settings, tmp_path: Path, doors: State) -> str:  # type: ignore[no-untyped-def]
    """A portal that received the files of a small region; the month is not closed."""
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, DAY
    settings.PORTAL_BANK_FOLDER = str(tmp_path / "bank")
    create_people()
    made = generate(1500, 3, tmp_path / "files", care_month=MONTH, region=["CAF63", "CAF43"], demo=True)
    import_files(made.files)
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
        found = Axe().run(page).response["violations"]
        assert not found, [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]

    return check
