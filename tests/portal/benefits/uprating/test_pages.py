"""The pages of uprating day: announced by a form, previewed, read by family on both sides, exported with a reason."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Role
from portal.audit.models import JournalEntry
from portal.batches.models import Run
from portal.benefits.models import Uprating, UpratingLine
from portal.benefits.uprating import previewing
from portal.benefits.uprating.operations import ask_preview
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.portal.access import DAY
from tests.portal.benefits.uprating.worlds import november

pytestmark = pytest.mark.django_db
HOME = "/agent/prestations/revalorisation/"
TYPED = {
    "key": "",
    "from_day": "01/11/2026",
    "value": "488,20",
    "source": "instruction du 20 octobre 2026",
    "reason": "",
}


@pytest.fixture(autouse=True)
def here(received: None, settings: Any) -> None:
    on_day(settings, DAY)


@pytest.fixture
def helene() -> Client:
    return client_of(agent("helene", "", role=Role.AUTHORISING_OFFICER))


def computed(uprating: Uprating) -> Run:
    return previewing.work(ask_preview(uprating_pk=uprating.pk, on=DAY, by="helene").pk)


def test_from_the_form_to_the_confirmation(helene: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    monkeypatch.setattr("portal.benefits.views.upratings.work_on_preview.delay", lambda **told: called.append(told))
    form = {"key": str(uuid4())} | {name: told for name, told in TYPED.items() if name != "key"}

    wrong = helene.post(HOME, form | {"figure": "bmaf", "from_day": "01/09/2026"})
    assert wrong.status_code == 422
    assert "est passé" in text_of(wrong)
    assert "488,20" in text_of(wrong)
    done = helene.post(HOME, form | {"figure": "bmaf"})
    assert helene.post(HOME, form | {"figure": "bmaf"})["Location"] == done["Location"]
    uprating = Uprating.objects.get()
    page = done["Location"]
    assert "Calculer l’aperçu" in text_of(helene.get(page))

    helene.post(f"{page}apercu/")
    assert "Demandé à" in text_of(helene.get(page))
    assert len(called) == 1
    previewing.work(called[0]["run_pk"])

    seen = text_of(helene.get(page))
    assert "AEEH, novembre 2026 : 3 familles" in seen
    assert "pas encore dans le barème" in seen
    uprating.refresh_from_db()
    helene.post(f"{page}confirmer/", {"digest": uprating.run.digest})  # type: ignore[union-attr]
    assert "Noter l’entrée en vigueur" in text_of(helene.get(page))


def test_each_family_opens_both_calculations_and_its_reading_is_journaled(helene: Client) -> None:
    uprating = november()
    computed(uprating)
    page = text_of(helene.get(f"{HOME}{uprating.pk}/familles/"))
    line = UpratingLine.objects.get(beneficiary_no="0123456", benefit="AEEH")
    assert "Lefèvre Maud" in page
    assert "592,92" in page

    family = text_of(helene.get(f"{HOME}{uprating.pk}/familles/{line.pk}/"))

    assert "605,36 € au lieu de 592,92 €" in family
    assert "Le calcul, dans l’ordre" in family
    assert JournalEntry.objects.get(action="benefits.uprating_family.read").subject == "family:CAF63/0123456"


def test_those_who_wait_are_shown_by_name(helene: Client) -> None:
    uprating = november()
    computed(uprating)

    waits = text_of(helene.get(f"{HOME}{uprating.pk}/familles/", {"kind": "waits", "benefit": "AEEH"}))

    assert "0777777" in waits
    assert "0123456" not in waits
    assert "sixième catégorie n’est pas connu" in waits


def test_a_caseworker_sees_the_families_of_their_fund_and_starts_nothing() -> None:
    nathalie = client_of(agent("nathalie", "CAF63", role=Role.FUND_CASEWORKER))
    uprating = november()
    computed(uprating)

    page = text_of(nathalie.get(f"{HOME}{uprating.pk}/familles/"))

    assert "0123456" in page
    assert "0777777" not in page
    preview = text_of(nathalie.get(f"{HOME}{uprating.pk}/"))
    assert "Refaire" not in preview
    assert "0123456" in preview
    assert "0777777" not in preview, "figures are the country's, families are their fund's"
    assert nathalie.post(f"{HOME}{uprating.pk}/apercu/").status_code == 404
    assert nathalie.post(HOME, {"key": str(uuid4())}).status_code == 404


def test_an_officer_of_one_fund_does_not_confirm_the_scale_of_all_of_them(helene: Client) -> None:
    local, uprating = client_of(agent("locale", "CAF63", role=Role.AUTHORISING_OFFICER)), november()
    run, page = computed(uprating), f"{HOME}{uprating.pk}/"

    shown = text_of(local.get(page))
    assert "Confirmer cet aperçu" not in shown
    assert "Le barème vaut pour toutes les caisses : Helene Test le confirme." in shown
    local.post(f"{page}confirmer/", {"digest": run.digest})
    uprating.refresh_from_db()
    assert uprating.state == "PREVIEWED"
    assert "Confirmer cet aperçu" in text_of(helene.get(page))


def test_exported_with_a_reason_and_no_name(helene: Client) -> None:
    uprating = november()
    computed(uprating)
    address = f"{HOME}{uprating.pk}/familles/export/"
    assert helene.post(address, {"reason": "?"}).status_code == 302

    sheet = helene.post(f"{address}?kind=up", {"reason": "note au conseil"}).content.decode("utf-8-sig")

    assert "Lefèvre" not in sheet
    assert "CAF63;0123456;AEEH;592,92;605,36;12,44;" in sheet
    assert JournalEntry.objects.get(action="benefits.uprating_families.exported").detail["filters"] == {"kind": "up"}


def test_the_list_costs_the_same_with_one_family_and_with_three(helene: Client) -> None:
    uprating = november()
    computed(uprating)
    address = f"{HOME}{uprating.pk}/familles/"
    helene.get(address)

    with CaptureQueriesContext(connection) as many:
        helene.get(address)
    with CaptureQueriesContext(connection) as one:
        helene.get(address, {"q": "0123456"})

    assert len(many) == len(one)
