"""A page that is open, tried at each width without being asked for again."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page

WIDE, HEIGHT = 1280, 800
WIDTHS = (WIDE, 390, 320)
# What changes between the two phones is the room, which is measured; the faults axe knows do not.
CHECKED = (WIDE, 320)
Check = Callable[[Page], None]


def is_too_wide(page: Page) -> bool:
    """Whether the page goes beyond the screen. What a click asked for is waited for: it may have no body yet."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def unfold(page: Page) -> None:
    page.wait_for_load_state()
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


def faults_of(page: Page, assert_accessible: Check) -> Iterator[str]:
    """What is wrong with the page that is open, at each width; everything that folds is unfolded first."""
    unfold(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if is_too_wide(page):
            yield f"wider than {width}"
        if width in CHECKED:
            try:
                assert_accessible(page)
            except AssertionError as faults:
                yield f"at {width}: {faults}"[:500]
