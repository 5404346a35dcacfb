"""The month without a mouse: skip links, tab order, focus always seen, close, sign twice."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from portal.batches.models import Run, RunState
from portal.celery import app

Enter = Callable[[Page, str, str], None]
pytestmark = pytest.mark.django_db(transaction=True)
MONTH_PAGE = "/agent/mois/2026-10/"

# What has the focus: its words, whether an outline shows it, whether it is inside the window, its rank in the page.
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) { return null; }
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")];
  return {
    words: (one.labels && one.labels[0] ? one.labels[0].innerText
            : one.getAttribute("aria-label") || one.innerText || one.value || "").trim(),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight
          && box.right > 0 && box.left < innerWidth,
    rank: all.indexOf(one), count: all.length,
  };
}"""


@pytest.fixture
def _at_once() -> Iterator[None]:
    """Tasks are done by whoever asks: the workers have tests of their own."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def tab_to(page: Page, words: str) -> list[str]:
    """Press Tab until what says `words` has the focus; returns what was met on the way, each of it seen."""
    met, rank = [], -1
    for _press in range(120):
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUSED)
        assert now, f"« {words} » ne se rejoint pas au clavier : {met}"
        assert now["outlined"], f"le focus de « {now['words']} » ne se voit pas"
        assert now["seen"], f"« {now['words']} » reçoit le focus hors de la fenêtre"
        assert now["rank"] > rank, f"« {now['words']} » n’est pas dans l’ordre de lecture"
        rank = now["rank"]
        met.append(now["words"])
        if now["words"].startswith(words):
            return met
    raise AssertionError(f"« {words} » est trop loin : {met}")


def press(page: Page, words: str) -> None:
    tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.usefixtures("_at_once")
def test_the_month_is_closed_and_signed_twice_from_the_keyboard(page: Page, received: str) -> None:
    page.goto(received + "/entree/")
    press(page, "Entrer comme Hélène")
    press(page, "Mois")
    press(page, "octobre 2026")
    press(page, "Clôturer le mois")
    expect(page.get_by_text("Écart 0,00 €")).to_be_visible()
    assert "La clôture est demandée" in page.evaluate(FOCUSED)["words"]

    for name in ("Hélène", "Bruno"):
        press(page, "Vérifier et signer")
        press(page, "Signer cette empreinte")
        expect(page.get_by_role("alert")).to_contain_text("Cochez")
        assert "Cochez" in page.evaluate(FOCUSED)["words"]
        press(page, "Y aller")
        for _box in range(3):
            page.keyboard.press("Tab")
            page.keyboard.press("Space")
            page.keyboard.press("Tab")
        assert page.get_by_role("checkbox", checked=True).count() == 3
        press(page, "Signer cette empreinte")
        expect(page.get_by_text("Signature enregistrée.")).to_be_visible()
        if name == "Hélène":
            page.goto(received + MONTH_PAGE + "signature/")
            expect(page.get_by_text("Vous avez déjà signé")).to_be_visible()
            assert "Signer cette empreinte" not in every_stop(page)
            page.goto(received + MONTH_PAGE)
            press(page, "Sortir")
            press(page, "Entrer comme Bruno")
            page.goto(received + MONTH_PAGE)
    assert Run.objects.get().state == RunState.SIGNED


def every_stop(page: Page) -> list[str]:
    """Tab through the whole page, once: every stop is seen, in reading order, and none keeps the focus."""
    met, rank = [], -1
    while True:
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUSED)
        if now is None or now["rank"] < rank:
            return met
        assert now["outlined"], now["words"]
        assert now["seen"], now["words"]
        assert now["rank"] > rank, f"le focus reste pris par « {now['words']} »"
        rank = now["rank"]
        met.append(now["words"])


def test_skip_links_come_first_and_lead_where_they_say(page: Page, portal: str, enter: Enter) -> None:
    enter(page, portal, "Hélène")
    for number, (words, target) in enumerate(
        (("Aller au contenu", "contenu"), ("Aller au menu", "menu"), ("Aller à la recherche", "recherche")), start=1
    ):
        page.goto(portal + MONTH_PAGE)
        for _press in range(number):
            page.keyboard.press("Tab")
        assert page.evaluate(FOCUSED)["words"] == words
        assert page.evaluate(FOCUSED)["outlined"]
        page.keyboard.press("Enter")
        expect(page.locator(f"#{target}")).to_be_focused()
    page.keyboard.type("Chabrol")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recherche")
    expect(page.get_by_role("link", name="Chabrol").first).to_be_visible()


@pytest.mark.parametrize("address", ["agent/?box=team", MONTH_PAGE[1:], "agent/mois/2026-10/anomalies/",
                                     "agent/mois/2026-10/retenus/", "agent/flux/", "composants/"])  # fmt: skip
def test_every_page_is_walked_by_tab_in_reading_order(page: Page, portal: str, enter: Enter, address: str) -> None:
    enter(page, portal, "Hélène")
    page.goto(f"{portal}/{address}")

    assert len(every_stop(page)) > 5


def test_the_bar_that_ends_never_takes_the_focus_from_somebody_at_work(page: Page, portal: str, enter: Enter) -> None:
    Run.objects.update(state=RunState.RUNNING)
    enter(page, portal, "Hélène")
    page.goto(portal + MONTH_PAGE)
    expect(page.get_by_role("link", name="Actualiser")).to_be_visible()
    tab_to(page, "voir les flux")

    Run.objects.update(state=RunState.TO_SIGN)

    expect(page.get_by_text("Calcul terminé. Voir les totaux")).to_be_visible()
    assert page.evaluate(FOCUSED)["words"] == "voir les flux"
    press(page, "Voir les totaux")
    expect(page.get_by_role("link", name="Vérifier et signer")).to_be_visible()
