"""The dashboard and the replay as the direction opens them: every figure a link, accessible on a desk and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from cmg.replay.operations import ask_replay, run_replay
from tests.e2e.widths import is_too_wide, unfold

Enter, Check = Callable[[Page, str, str], None], Callable[[Page], None]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_every_page_is_accessible_and_never_scrolls_sideways(
    browser: Browser, portal: str, width: int, scheme: str, enter: Enter, assert_accessible: Check
) -> None:
    run_replay(replay_pk=ask_replay(by="test", families=900).pk)
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    enter(page, portal, "Hélène")
    for address in ("agent/pilotage/", "agent/pilotage/?fund=CAF63&month=2026-10", "agent/pilotage/prelevements/",
                    "agent/pilotage/liste/retenues/", "agent/pilotage/liste/avances/", "agent/rejeu/?jour=2019-07-01",
                    "agent/rejeu/liste/left_wrong/?jour=2019-07-19", "agent/rejeu/familles/4300077219/",
                    "composants/"):  # fmt: skip
        assert page.goto(f"{portal}/{address}").status == 200, address  # type: ignore[union-attr]
        unfold(page)
        assert_accessible(page)
        assert not is_too_wide(page), address
    assert not errors
    context.close()


def test_from_the_menu_to_emilie_s_two_timelines(page: Page, portal: str, enter: Enter) -> None:
    run_replay(replay_pk=ask_replay(by="test", families=900).pk)
    enter(page, portal, "Hélène")
    page.get_by_role("link", name="Pilotage").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pilotage")
    page.get_by_role("link", name="Juin 2019, rejoué").click()
    expect(page.get_by_text("410,13 € prélevés, dont 410,13 € à tort.")).to_be_visible()
    page.get_by_role("textbox", name="Jour").fill("2019-07-01")
    page.get_by_role("button", name="Voir ce jour").click()
    expect(page.get_by_text("295,62 € d’aide versés.")).to_be_visible()
    page.get_by_role("link", name="prélevées à tort").first.click()
    page.get_by_role("link", name="Chabrol Émilie").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Chabrol Émilie, juin 2019 rejoué")
    expect(page.get_by_text("lundi 1er juillet 2019")).to_be_visible()
