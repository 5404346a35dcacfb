"""A parent declares on a phone: the estimate follows what she types; every page of the area accessible at three widths."""

from collections.abc import Callable
from datetime import date

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page, expect

from cmg.linking import link_own_family
from cmg.models import Declaration
from cmg.population.demo import EMPLOYER_NO, NEW_NO
from portal.accounts.models import Door, User
from tests.e2e.widths import is_too_wide

Enter, Check = Callable[[Page, str, str], None], Callable[[Page], None]
SUNDAY, NOVEMBER = date(2026, 10, 25), date(2026, 11, 25)
pytestmark = pytest.mark.django_db(transaction=True)


def linked() -> None:
    user = User.objects.get(door=Door.FAMILY)
    link_own_family(user_pk=user.pk, number=NEW_NO, on=SUNDAY)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_a_parent_declares_and_every_page_is_accessible(
    browser: Browser, received: str, settings: LazySettings, width: int, scheme: str, enter: Enter,
    assert_accessible: Check,
) -> None:  # fmt: skip
    # Her October is in the region's files: she declares November, late in the month.
    settings.PORTAL_DAY = NOVEMBER
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    enter(page, received, "Émilie")
    linked()

    def looked_at() -> None:
        assert_accessible(page)
        assert not is_too_wide(page)

    page.goto(received + "/famille/declarer/")
    looked_at()
    page.get_by_role("button", name="Déclarer novembre 2026").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Déclarer novembre 2026")
    page.get_by_label("Salaire net versé").fill("600,00")
    expect(page.locator("#estimate")).to_contain_text("491,02")
    expect(page.get_by_label("Salaire net versé")).to_be_focused()
    expect(page.locator("#status")).to_contain_text("491,02")
    looked_at()
    page.get_by_label("Heures de garde du mois").fill("mille")
    page.get_by_role("button", name="Vérifier mes réponses").click()
    expect(page.get_by_role("alert")).to_contain_text("par exemple 120")
    looked_at()
    page.get_by_label("Heures de garde du mois").fill("120")
    page.get_by_role("button", name="Vérifier mes réponses").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifiez vos réponses")
    page.get_by_text("Pourquoi ce montant").click()
    looked_at()
    page.get_by_role("button", name="Envoyer la déclaration").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Déclaration envoyée")
    looked_at()
    assert Declaration.objects.filter(employer_no=EMPLOYER_NO, care_month=NOVEMBER.replace(day=1)).count() == 1
    page.goto(received + "/famille/droits/")
    looked_at()
    page.get_by_role("button", name="Essayer d’autres valeurs").first.click()
    expect(page.get_by_role("heading", name="Résultat")).to_be_focused()
    looked_at()
    page.goto(received + "/famille/compte/")
    looked_at()
    assert [one for one in errors if "422" not in one] == []
    context.close()


def test_without_a_script_a_button_computes(
    browser: Browser, received: str, settings: LazySettings, enter: Enter
) -> None:
    settings.PORTAL_DAY = NOVEMBER
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, received, "Émilie")
    linked()
    page.goto(received + "/famille/declarer/")
    page.get_by_role("button", name="Déclarer novembre 2026").first.click()
    page.get_by_label("Salaire net versé").fill("600,00")
    page.get_by_role("button", name="Calculer").click()

    expect(page.locator("#estimate")).to_contain_text("491,02")
    context.close()


def test_the_account_changes_after_the_second_factor(
    page: Page, received: str, settings: LazySettings, enter: Enter, assert_accessible: Check
) -> None:
    enter(page, received, "Émilie")
    linked()
    settings.PORTAL_FRESH_FACTOR_MINUTES = 0
    page.goto(received + "/famille/compte/")
    expect(page.get_by_label("IBAN")).to_have_count(0)
    settings.PORTAL_FRESH_FACTOR_MINUTES = 10
    page.get_by_role("button", name="Confirmer avec FranceConnect").click()
    page.get_by_role("button", name="Émilie").click()
    page.get_by_label("IBAN").fill("FR76 3000 6000 0112 3456 7890 1")
    page.get_by_role("button", name="Enregistrer ce compte").click()
    expect(page.get_by_role("alert")).to_contain_text("Il manque 2")
    assert_accessible(page)
    page.get_by_label("IBAN").fill("FR76 3000 6000 0112 3456 7890 189")
    page.get_by_label("J’accepte le mandat").check()
    page.get_by_role("button", name="Enregistrer ce compte").click()

    expect(page.get_by_text("Nouveau compte enregistré, finissant par 0189.")).to_be_visible()
    assert_accessible(page)
