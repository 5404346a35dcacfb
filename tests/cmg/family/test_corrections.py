"""A correction executed: its family reads one sentence a movement, one total, and what is left of an advance."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cmg.models import Advance, Regularisation
from cmg.models.remedies import Origin
from cmg.remedies import advances
from cmg.remedies.daily import issue_remedies
from cmg.remedies.following import follow_orders
from cmg.repairs import regularising
from portal.accounts.models import FamilyLink, User
from portal.banking.answers import import_message
from portal.banking.models import PaymentOrder
from tests.cmg.closing.issued import booking, statement
from tests.cmg.family.conftest import parent
from tests.cmg.remedies.families import c01, issued, received
from tests.cmg.repairs.test_repairs import do

JULY, AUGUST, SEPTEMBER_30 = date(2019, 7, 1), date(2019, 8, 1), date(2019, 9, 30)


@pytest.fixture
def whole(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> Client:
    """C01 to its end: 820,26 given back, 591,24 of aid kept on the advance of 670,00."""
    settings.PORTAL_DEMO, settings.PORTAL_DAY = True, SEPTEMBER_30
    received(tmp_path, c01)
    issued(tmp_path / "july", JULY, date(2019, 7, 26))
    issued(tmp_path / "august", AUGUST, date(2019, 8, 26))
    # Before the right is known nothing of it can be computed: the caseworker's own estimate stands for it.
    monkeypatch.setattr(advances, "estimate", lambda _number, _months, **_on: 67_000)
    advance = advances.propose_advance(
        employer_no="E1", months=[JULY, AUGUST], amount_cents=67_000, origin=Origin.ASKED, reason="attend", by="E1",
        on=date(2019, 8, 19),
    )  # fmt: skip
    advances.grant_advance(advance_pk=advance.pk, by="nathalie", on=date(2019, 8, 20))
    issue_remedies(tmp_path / "day", on=date(2019, 8, 20))
    order = PaymentOrder.objects.get(purpose="CMG_ADVANCE")
    import_message(statement(booking(order), number=1), name="camt.xml", on=date(2019, 8, 21))
    follow_orders(on=date(2019, 8, 21))
    do("CHANGE_RIGHT", by="nathalie", status="ACTIVE", ends_on=None)
    found = regularising.propose_regularisation(employer_no="E1", reason="C01", by="nathalie", on=SEPTEMBER_30)
    assert found is not None
    regularising.approve_regularisation(regularisation_pk=found.pk, by="thomas", on=SEPTEMBER_30)
    regularising.execute_regularisation(regularisation_pk=found.pk, out=tmp_path / "out", by="thomas", on=SEPTEMBER_30)
    client = Client()
    client.force_login(parent("anne", "E1"))
    FamilyLink.objects.update(since=date(2019, 1, 1))
    return client


@pytest.mark.parametrize("address", ["/famille/", "/famille/paiements/"])
def test_one_sentence_a_movement_and_one_total(whole: Client, address: str) -> None:
    page = whole.get(address).content.decode().replace("\xa0", " ")

    assert "Vos mois de juillet 2019 et août 2019 sont corrigés" in page
    for month in ("juillet", "août"):
        assert page.count(f"Remboursement de cotisations, {month} 2019 : 410,13 € seront versés") == 1
        assert page.count(f"Aide à la garde, {month} 2019 : 295,62 € dus, déduits de l’avance déjà reçue.") == 1
    assert "En tout : 820,26 € pour vous. Il reste 78,76 € d’avance à déduire de la prochaine aide." in page
    assert Advance.objects.get().outstanding_cents == 7_876


def test_the_agents_page_says_what_was_kept_and_not_what_may_be_kept_next(whole: Client) -> None:
    thomas = Client()
    thomas.force_login(User.objects.get(username="thomas"))

    page = thomas.get(f"/agent/regularisations/{Regularisation.objects.get().pk}/")

    said = page.content.decode().replace("\xa0", " ")
    assert "820,26 € pour la famille" in said
    assert "dont 591,24 € gardés sur une avance" in said


def test_after_two_months_it_is_no_longer_news(whole: Client, settings: Any) -> None:
    settings.PORTAL_DAY = SEPTEMBER_30 + timedelta(days=60)
    assert "sont corrigés" not in whole.get("/famille/").content.decode()
    settings.PORTAL_DAY = SEPTEMBER_30 + timedelta(days=59)
    assert "sont corrigés" in whole.get("/famille/").content.decode()
