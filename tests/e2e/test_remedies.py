"""Remedies as agents use them: no fault of accessibility at three widths, an advance granted, a report taken in, without a script."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from cmg.models import Account, Advance, Report, Settlement
from cmg.models.remedies import Overpayment, OverpaymentOrigin
from portal.letters.operations import write_letters
from tests.e2e.conftest import DAY, MONTH
from tests.e2e.widths import is_too_wide

Enter, Check = Callable[[Page, str, str], None], Callable[[Page], None]
pytestmark = pytest.mark.django_db(transaction=True)


def overpaid(number: str) -> Overpayment:
    return Overpayment.objects.create(
        employer_no=number, fund="CAF63", care_month=MONTH, paid_cents=46_882, due_cents=37_400, amount_cents=9_482,
        origin=OverpaymentOrigin.FAMILY, cause="La déclaration du mois a été corrigée.", opened_on=DAY,
    )  # fmt: skip


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_hold_at_every_width(
    page: Page, portal: str, enter: Enter, assert_accessible: Check, width: int
) -> None:
    number = Settlement.objects.filter(status="HELD", payout_cents__gt=0).order_by("pk")[0].employer_no
    found = overpaid(number)
    page.set_viewport_size({"width": width, "height": 900})
    enter(page, portal, "Thomas")
    for address in (
        "/agent/remedes/", "/agent/remedes/?box=overpayments", f"/agent/remedes/indu/{found.pk}/",
        f"/agent/remedes/famille/{number}/", "/agent/signalements/", f"/agent/signalements/nouveau/{number}/",
        "/agent/commission/", f"/agent/commission/nouveau/{number}/", "/agent/courriers/",
        f"/agent/courriers/famille/{number}/",
    ):  # fmt: skip
        page.goto(portal + address)
        assert_accessible(page)
        assert not is_too_wide(page), address


def test_an_advance_and_a_report_without_a_script(browser: Browser, portal: str, enter: Enter) -> None:
    held = Settlement.objects.filter(status="HELD", payout_cents__gt=0).order_by("pk")
    with_account = Account.objects.filter(known_until__isnull=True, iban_valid=True).values("employer_no")
    row = next(one for one in held.filter(employer_no__in=with_account) if one.payout_cents < 100_000)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, portal, "Thomas")
    page.goto(f"{portal}/agent/remedes/famille/{row.employer_no}/")
    page.get_by_label("Montant (€)").fill("10")
    page.get_by_label("Pourquoi").fill("La famille attend depuis trop longtemps.")
    page.get_by_role("button", name="Proposer l’avance").click()
    page.get_by_role("button", name="Accorder et verser").click()

    expect(page.get_by_text("Avance accordée : le virement part avec le fichier du jour")).to_be_visible()
    assert Advance.objects.get().amount_cents == 1_000
    write_letters()
    page.get_by_role("link", name="Courriers de la famille").click()
    page.get_by_role("link", name="Votre avance arrive").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre avance arrive")

    page.goto(f"{portal}/agent/signalements/nouveau/{row.employer_no}/")
    page.get_by_label("On me prélève alors que je ne dois rien").check()
    page.get_by_label("Avec ses mots").fill("On me prend trop.")
    page.get_by_role("button", name="Enregistrer le signalement").click()
    told = page.get_by_text(re.compile(r"Signalement \S+, première réponse avant le"))
    expect(told).to_contain_text(f"Signalement {Report.objects.get().number},")
    context.close()
