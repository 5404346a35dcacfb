"""The page of one sum paid in excess: each act is seen before it is done, done once, told; the parent's own page."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from portal.accounts.models import Role
from portal.benefits.models import BenefitOverpayment, OverpaymentAct, RepaymentAgreement
from tests.aripa.agents import agent, client_of, on_day, text_of
from tests.portal.access import DAY
from tests.portal.benefits.rows import family_in
from tests.portal.benefits.small.owed_world import left, overpaid
from tests.portal.benefits.small.world import FUND
from tests.portal.benefits.views.test_own import HOME, parent

pytestmark = pytest.mark.django_db
PAGE = "/agent/prestations/petites-sommes/trop-verses/somme/"
SAID = {"words": "dit au téléphone ce matin", "day": "26/10/2026"}


@pytest.fixture(autouse=True)
def here(settings: Any, tmp_path: Path) -> None:
    on_day(settings, DAY)
    family_in(tmp_path)


def caseworker(name: str = "nathalie", fund: str = FUND) -> Client:
    return client_of(agent(name, fund, role=Role.FUND_CASEWORKER))


def act(
    client: Client, debt: BenefitOverpayment, name: str, *, decide: bool = True, key: str = "", **typed: str
) -> Any:
    sent = {"key": key or str(uuid4())} | SAID | typed | ({"decide": "1"} if decide else {})
    return client.post(f"{PAGE}{debt.pk}/{name}/", sent, follow=True)


def test_an_agreement_is_seen_then_recorded_once_then_withdrawn() -> None:
    debt, client, key = overpaid(90_00, DAY), caseworker(), str(uuid4())
    assert "la famille n’a donné aucun accord" in text_of(client.get(f"{PAGE}{debt.pk}/"))

    shown = text_of(act(client, debt, "accord", decide=False, key=key, amount="30,00"))
    assert "90,00 € restent à rendre (1 somme) : 30,00 € par mois au plus" in shown
    assert "Au plus tôt en janvier 2027, en 3 fois, jusqu’en mars 2027 (30,00 € la dernière fois)" in shown
    assert not RepaymentAgreement.objects.exists()

    first = text_of(act(client, debt, "accord", key=key, amount="30,00"))
    assert "Accord du lundi 26 octobre 2026 noté : 30,00 €" in first
    assert "Rien n’est retenu avant le vendredi 1er janvier 2027" in first
    assert "C’était déjà fait" in text_of(act(client, debt, "accord", key=key, amount="30,00"))
    assert RepaymentAgreement.objects.count() == 1
    assert "Plus rien n’est retenu" in text_of(act(client, debt, "retirer", decide=False))
    assert "la famille n’a donné aucun accord" in text_of(act(client, debt, "retirer"))


def test_contested_then_ruled_for_the_family() -> None:
    debt, client = overpaid(90_00, DAY), caseworker()
    assert "rien n’est retenu jusqu’à la décision" in text_of(act(client, debt, "contester", decide=False))
    assert "Contestation notée" in text_of(act(client, debt, "contester"))
    listed = text_of(client.get("/agent/prestations/petites-sommes/trop-verses/?state=CONTESTED"))
    assert "1 contestée, 90,00 €" in listed
    assert "Noter un accord" not in text_of(client.get(f"{PAGE}{debt.pk}/"))
    assert "cela ne se fait pas, ou plus" in text_of(client.get(f"{PAGE}{debt.pk}/accord/", follow=True))

    assert "Cela ne se défait pas" in text_of(act(client, debt, "annuler", decide=False))
    assert "la famille ne doit plus rien" in text_of(act(client, debt, "annuler"))
    assert left() == [("CANCELLED", 0, 90_00)]


def test_what_could_not_be_done_is_not_shown_as_if_it_could() -> None:
    debt, client = overpaid(90_00, DAY), caseworker()

    for name, typed in (("contester", {}), ("accord", {"amount": "30"})):
        shown = act(client, debt, name, decide=False, day="27/10/2026", **typed)
        assert (shown.status_code, "n’est pas encore venue" in text_of(shown)) == (422, True), name
    assert act(client, debt, "accord", decide=False, day="25/10/2026", amount="30").status_code == 422
    act(client, debt, "contester")
    assert act(client, debt, "confirmer", decide=False, day="25/10/2026").status_code == 422
    assert act(client, debt, "annuler", decide=False, day="27/10/2026").status_code == 422


def test_confirmed_it_is_to_recover_again() -> None:
    debt, client = overpaid(90_00, DAY), caseworker()
    act(client, debt, "contester")
    assert "sans un nouvel accord" in text_of(act(client, debt, "confirmer", decide=False))
    act(client, debt, "confirmer")
    assert left() == [("TO_RECOVER", 0, 0)]


def test_a_large_remission_is_proposed_then_decided_by_another() -> None:
    debt, first, second = overpaid(1_200_00, DAY), caseworker(), caseworker("carole")
    assert "une autre personne décide" in text_of(act(first, debt, "remettre", decide=False, amount="1200"))
    assert "proposée : une autre personne décide" in text_of(act(first, debt, "remettre", amount="1200"))
    refused = act(first, debt, "remettre", amount="1200")
    assert (refused.status_code, left()) == (422, [("TO_RECOVER", 0, 0)])
    assert "nathalie propose de remettre 1 200,00" in text_of(second.get(f"{PAGE}{debt.pk}/")).replace("\u202f", " ")

    assert "accordée" in text_of(act(second, debt, "remettre", amount="1200"))
    assert left() == [("REMITTED", 0, 1_200_00)]


def test_a_refused_remission_and_a_cause_that_joins_others() -> None:
    overpaid(20_00, DAY)
    debt, client = overpaid(20_00, DAY, cause="CORRECTED"), caseworker()
    assert "20,00 € : abandonnés" not in text_of(client.get(f"{PAGE}{debt.pk}/"))
    shown = text_of(act(client, debt, "cause", decide=False, cause="RIGHT_ENDED"))
    assert "Avec 1 déjà abandonnées pour « droit terminé » : 40,00 € en tout." in shown
    assert "Rien d’autre ne change" in text_of(act(client, debt, "cause", decide=False, cause="FUND_ERROR"))
    act(client, debt, "cause", cause="RIGHT_ENDED")
    assert [state for state, *_cents in left()] == ["TO_RECOVER", "TO_RECOVER"]
    assert "mot pour mot" in text_of(act(client, debt, "refuser", decide=False))
    assert "Remise refusée" in text_of(act(client, debt, "refuser"))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("accord", {"amount": "4,99"}), ("accord", {"amount": "beaucoup"}), ("accord", {"amount": "30", "day": "27/10/2026"}),
        ("accord", {"amount": "30", "words": "oui"}), ("contester", {"day": ""}), ("contester", {"day": "01/09/2026"}),
        ("remettre", {"amount": "90,01"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_done(name: str, wrong: dict[str, str]) -> None:
    debt = overpaid(90_00, DAY)
    answer = act(caseworker(), debt, name, **wrong)

    assert answer.status_code == 422
    assert left() == [("TO_RECOVER", 0, 0)]
    assert (OverpaymentAct.objects.count(), RepaymentAgreement.objects.count()) == (0, 0)


def test_another_fund_s_sum_is_not_there() -> None:
    debt, stranger = overpaid(90_00, DAY), caseworker("paul", "CAF59")
    assert stranger.get(f"{PAGE}{debt.pk}/").status_code == 404
    assert act(stranger, debt, "contester").status_code == 404
    assert caseworker().get(f"{PAGE}{debt.pk}/vendre/").status_code == 404


def test_a_parent_reads_that_nothing_is_taken_and_takes_an_agreement_back_alone() -> None:
    family = parent()
    assert "Versé en trop" not in text_of(family.get(HOME))
    debt = overpaid(90_00, DAY)
    page = text_of(family.get(HOME))
    for words in ("90,00 € à rendre", "Rien ne sera pris sans votre accord", "5,00 € au moins", "remise", "deux mois"):
        assert words in page, words

    act(caseworker(), debt, "accord", amount="30,00")
    page = text_of(family.get(HOME))
    assert "30,00 € au plus sont retenus par mois" in page
    one = RepaymentAgreement.objects.get()
    address = f"/famille/prestations/accord/{one.pk}/retirer/"
    assert parent("autre", "family:CAF63/0999999").get(address).status_code in (302, 404)
    key = family.get(address).context["key"]
    assert "Votre accord est retiré" in text_of(family.post(address, {"key": key}, follow=True))
    assert "C’était déjà fait" in text_of(family.post(address, {"key": key}, follow=True))
    one.refresh_from_db()
    assert (one.withdrawn_on, one.withdrawn_by) == (date(2026, 10, 26), "maud")
