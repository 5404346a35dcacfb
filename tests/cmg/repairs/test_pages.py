"""Scene S4: Nathalie sees the effect of a repair and hands the dossier over; Thomas accepts and relinks. And what is tried wrong."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from cmg.demo.people import create_people
from cmg.models import Account, PersonVerdict, Regularisation, Repair, Right
from cmg.operations import close_month
from portal.accounts.models import Posting, Role, User
from portal.banking.models import PaymentOrder
from portal.casework.models import Dossier, HandOver
from tests.cmg.files import row
from tests.cmg.remedies.families import DAY, MONTH, Files, closed, issued, moved_away, received
from tests.cmg.repairs.test_regularising import AUGUST, JULY, c01, pending
from tests.cmg.repairs.test_repairs import do, other_nir

pytestmark = pytest.mark.django_db
SUBJECT = "cmg:employer:E1"
FAMILY, RELINK = "/agent/familles/E1/", "/agent/reparer/RELINK_NUMBER/E1/"


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def said(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def confirm_form(client: Client, address: str = RELINK) -> dict[str, str]:
    """The hidden fields of the confirmation, as the page gives them."""
    sheet = client.get(address).context["sheet"]
    return {
        "step": "confirm",
        "key": sheet.key,
        "version": sheet.version,
        "right": str(sheet.right.pk) if sheet.right else "",
    }


@pytest.fixture
def family(settings: Any, tmp_path: Path) -> Callable[..., None]:
    """One held family, received and closed; every dossier belongs to Nathalie."""
    settings.PORTAL_DEMO, settings.PORTAL_DAY, settings.PORTAL_BANK_FOLDER = True, DAY, str(tmp_path / "bank")

    def make(change: Callable[[Files], None] = moved_away, *, issue: bool = False) -> None:
        create_people()
        received(tmp_path / "files", change)
        if issue:
            issued(tmp_path / "out")
        else:
            closed()
        Dossier.objects.update(owner=User.objects.get(username="nathalie"), body="FUND")

    return make


def test_nathalie_sees_the_effect_hands_over_and_thomas_relinks(family: Callable[..., None]) -> None:
    family()
    nathalie, thomas = client_of("nathalie"), client_of("thomas")
    dossier = Dossier.objects.get()
    assert "Transmettre à Pajemploi" in page(nathalie, FAMILY)

    effect = page(nathalie, RELINK)
    assert "Octobre 2026 : rien à prélever, 428,70 € à verser." in effect
    assert 'name="step" value="confirm"' not in effect, "the act belongs to Pajemploi"
    assert not Repair.objects.exists()
    nathalie.post(f"/agent/dossiers/{dossier.pk}/transmettre/", {"message": "relier au nouveau numéro"})
    again = nathalie.post(
        f"/agent/dossiers/{dossier.pk}/transmettre/", {"message": "relier au nouveau numéro"}, follow=True
    )
    assert "rien n’a été fait deux fois" in said(again, 200)
    offer = HandOver.objects.get()
    assert (offer.answer_by, Dossier.objects.get().owner.username) == (date(2026, 10, 27), "nathalie")

    assert "<strong>1</strong> transmissions à accepter" in page(thomas, "/agent/")
    assert "Martin Anne" in page(thomas, "/agent/?box=offered")
    assert "<strong>0</strong> transmissions à accepter" in page(nathalie, "/agent/")
    thomas.post(f"/agent/transmissions/{offer.pk}/", {"answer": "accept"})
    dossier.refresh_from_db()
    assert (dossier.owner.username, dossier.body) == ("thomas", "PAJEMPLOI")
    assert "<strong>0</strong> transmissions à accepter" in page(thomas, "/agent/")

    done = thomas.post(RELINK, confirm_form(thomas) | {"reason": "déménagement confirmé"}, follow=True)

    receipt = said(done, 200)
    assert "déménagement confirmé" in receipt
    assert "Compte Pajemploi, numéro allocataire" in receipt
    assert Account.objects.get(known_until__isnull=True).beneficiary_no == "B1"
    close_month(month=MONTH, on=DAY)
    assert Dossier.objects.get().state == "RESOLVED"
    assert "Relier au nouveau numéro" in page(nathalie, FAMILY)


def test_a_confirmation_sent_twice_gives_the_first_receipt(family: Callable[..., None]) -> None:
    family()
    thomas = client_of("thomas")
    form = confirm_form(thomas) | {"reason": "vérifié"}

    first, second = thomas.post(RELINK, form), thomas.post(RELINK, form)

    assert first["Location"] == second["Location"] == f"/agent/reparations/{Repair.objects.get().pk}/"


def test_without_reason_nothing_is_done_and_the_effect_stays_in_sight(family: Callable[..., None]) -> None:
    family()
    thomas = client_of("thomas")

    answer = said(thomas.post(RELINK, confirm_form(thomas) | {"reason": "  "}), 422)

    assert "Dites en une ligne pourquoi" in answer
    assert "428,70 € à verser" in answer
    assert not Repair.objects.exists()


def test_the_act_of_another_desk_or_another_fund_is_refused(family: Callable[..., None]) -> None:
    family()
    nathalie, thomas = client_of("nathalie"), client_of("thomas")
    assert "transmettez-lui le dossier" in said(
        nathalie.post(RELINK, confirm_form(nathalie) | {"reason": "je peux"}), 422
    )
    change = "/agent/reparer/CHANGE_RIGHT/E1/"
    right = Right.objects.get(side="F", known_until__isnull=True)
    form = (
        confirm_form(thomas, change)
        | thomas.get(change).context["sheet"].typed
        | {"reason": "x", "dependent_children": "2"}
    )
    assert "revient à la caisse" in said(thomas.post(change, form), 422)

    Posting.objects.filter(user__username="nathalie").exclude(fund="CAF43").delete()
    Account.objects.update(fund="CAF43")
    form = confirm_form(nathalie, change) | {"right": str(right.pk)} | form_of(right)
    assert "revient à la caisse" in said(nathalie.post(change, form | {"reason": "autre caisse"}), 422)
    assert not Repair.objects.exists()


def form_of(right: Right) -> dict[str, str]:
    from cmg.repairs.asking import typed_of

    return typed_of(right) | {"dependent_children": "2"}


def test_two_at_once_the_second_reads_what_the_first_did_and_keeps_the_text(family: Callable[..., None]) -> None:
    family()
    User.objects.create(username="lea", first_name="Léa", last_name="Bonnet")
    Posting.objects.create(
        user=User.objects.get(username="lea"), role=Role.PAJEMPLOI_CASEWORKER, starts_on=date(2019, 1, 1)
    )
    thomas, lea = client_of("thomas"), client_of("lea")
    nir = "/agent/reparer/TYPE_NIR/E1/"
    late = confirm_form(lea, nir)
    thomas.post(RELINK, confirm_form(thomas) | {"reason": "déménagement"})

    answer = said(lea.post(nir, late | {"reason": "lu sur la carte", "nir": row("accounts")["nir"]}), 409)

    assert "Thomas Vidal a fait « Relier au nouveau numéro » à" in answer
    assert 'value="lu sur la carte"' in answer
    assert "Votre motif" in answer
    assert Repair.objects.count() == 1


def test_a_repair_is_undone_with_its_effect_first(family: Callable[..., None]) -> None:
    family()
    thomas = client_of("thomas")
    thomas.post(RELINK, confirm_form(thomas) | {"reason": "déménagement"})
    repair = Repair.objects.get()
    address = f"/agent/reparations/{repair.pk}/annuler/"

    assert "encore retenu" in page(thomas, address)
    assert client_of("nathalie").get(address).status_code == 404, "another desk"
    assert thomas.post(address, {"reason": ""}).status_code == 422
    thomas.post(address, {"reason": "mauvaise famille"})
    assert "Annulé depuis" in page(thomas, f"/agent/reparations/{repair.pk}/")
    assert (
        thomas.post(address, {"reason": "encore"})["Location"]
        == f"/agent/reparations/{Repair.objects.latest('pk').pk}/"
    )
    assert Repair.objects.count() == 2
    assert Account.objects.get(known_until__isnull=True).beneficiary_no == "B9"


def test_a_new_decision_on_a_right_shows_every_error_then_its_effect(family: Callable[..., None]) -> None:
    family(lambda files: None)
    nathalie, change = client_of("nathalie"), "/agent/reparer/CHANGE_RIGHT/E1/"
    assert 'value="30000"' in page(nathalie, change)
    typed = confirm_form(nathalie, change) | form_of(Right.objects.get(side="F")) | {"reason": "revenus relus"}

    mistakes = {"annual_resources_cents": "beaucoup", "starts_on": "hier", "aah": "peut-être"}
    wrong = said(nathalie.post(change, typed | mistakes), 422)
    for message in ("« beaucoup » n’est pas un montant", "« hier » n’est pas une date", "une des réponses proposées"):
        assert message in wrong
    tried = said(nathalie.post(change, typed | {"step": "preview"}), 200)
    # 626.00 × (1 − 2 500 × 0.0516 % ÷ 4.91): the rate of two children, Émilie's figure.
    assert "Octobre 2026 : rien à prélever, 461,53 € à verser" in tried
    assert not Repair.objects.exists()
    nathalie.post(change, typed)
    assert set(Right.objects.filter(known_until__isnull=True).values_list("dependent_children", flat=True)) == {2}


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-1", "1e12", "3,001", "\x00"])
def test_no_figure_breaks_the_form(family: Callable[..., None], text: str) -> None:
    family(lambda files: None)
    nathalie, change = client_of("nathalie"), "/agent/reparer/CHANGE_RIGHT/E1/"
    typed = confirm_form(nathalie, change) | form_of(Right.objects.get(side="F")) | {"step": "preview"}

    answer = nathalie.post(change, typed | {"annual_resources_cents": text})

    assert answer.status_code == (200 if text == "\x00" else 422)


def test_a_refusal_has_its_reason_and_the_owner_stays(family: Callable[..., None]) -> None:
    family()
    nathalie, thomas, dossier = client_of("nathalie"), client_of("thomas"), Dossier.objects.get()
    nathalie.post(f"/agent/dossiers/{dossier.pk}/transmettre/", {"message": "relier"})
    offer = HandOver.objects.get()
    address = f"/agent/transmissions/{offer.pk}/"
    assert "se motive" in said(thomas.post(address, {"answer": "refuse", "reason": ""}), 409)

    thomas.post(address, {"answer": "refuse", "reason": "le compte est juste"})

    assert "Transmission refusée : le compte est juste" in page(nathalie, FAMILY)
    assert Dossier.objects.get().owner.username == "nathalie"
    late = said(thomas.post(address, {"answer": "accept"}), 409)
    assert "Thomas Vidal a répondu le 26/10/2026" in late
    assert "est proposée à une autre équipe" in said(
        nathalie.post(f"/agent/transmissions/{_again(nathalie, dossier).pk}/", {"answer": "accept"}), 409
    )


def _again(nathalie: Client, dossier: Dossier) -> HandOver:
    nathalie.post(f"/agent/dossiers/{dossier.pk}/transmettre/", {"message": "encore"})
    return HandOver.objects.latest("pk")


def test_nobody_s_dossier_is_taken_once_and_given_to_a_colleague_of_the_desk(family: Callable[..., None]) -> None:
    family()
    dossier = Dossier.objects.get()
    Dossier.objects.update(owner=None)
    nathalie, address = client_of("nathalie"), f"/agent/dossiers/{dossier.pk}/attribuer/"
    assert "Prendre ce dossier" in page(nathalie, FAMILY)
    lea = User.objects.create(username="lea", first_name="Léa", last_name="Bonnet")
    assert "n’est pas de l’équipe" in said(nathalie.post(address, {"to": "lea", "seen": ""}, follow=True), 200)
    Posting.objects.create(user=lea, role=Role.FUND_CASEWORKER, fund="CAF63", starts_on=date(2019, 1, 1))

    nathalie.post(address, {"to": "nathalie", "seen": ""})
    late = client_of("lea").post(address, {"to": "lea", "seen": ""}, follow=True)
    assert "c’est Nathalie Roche" in said(late, 200)
    assert Dossier.objects.get().owner.username == "nathalie"
    taken = client_of("lea").post(address, {"to": "lea", "seen": str(dossier_owner())}, follow=True)
    assert "seule cette personne" in said(taken, 200)

    nathalie.post(address, {"to": "lea", "seen": str(dossier_owner())})
    assert Dossier.objects.get().owner == lea
    assert "Nathalie Roche confie le dossier à Léa Bonnet." in page(nathalie, FAMILY)


def dossier_owner() -> int:
    return Dossier.objects.values_list("owner_id", flat=True).get()


def test_a_false_positive_shows_what_it_lets_go_and_is_withdrawn(family: Callable[..., None]) -> None:
    family(other_nir)
    thomas = client_of("thomas")
    address = "/agent/decisions/FALSE_POSITIVE/2026-10/E1/?code=CMG-012&child="
    assert "428,70" in page(thomas, address)
    assert thomas.post(address, {"code": "CMG-012", "child": "", "reason": " "}).status_code == 422

    for _twice in range(2):
        assert thomas.post(address, {"code": "CMG-012", "child": "", "reason": "même personne"}).status_code == 302

    verdict = PersonVerdict.objects.get()
    assert (verdict.kind, verdict.decided_by) == ("FALSE_POSITIVE", "thomas")
    assert "Sans objet par Thomas Vidal : « même personne »" in page(thomas, FAMILY)
    other = said(client_of("nathalie").post(address, {"code": "CMG-012", "child": "", "reason": "non"}), 409)
    assert "Thomas Vidal l’a déjà décidé : « même personne »" in other
    assert "non" in other
    thomas.post(f"/agent/decisions/{verdict.pk}/", {"act": "withdraw"})
    verdict.refresh_from_db()
    assert verdict.withdrawn_at is not None


def test_a_large_release_shows_its_debit_and_waits_for_somebody_else(family: Callable[..., None]) -> None:
    def large(files: Files) -> None:
        pending(files)
        files["declarations"][0] |= {"net_salary": "3000.00", "hours": "300"}

    family(large)
    thomas, nathalie = client_of("thomas"), client_of("nathalie")
    address = "/agent/decisions/RELEASED/2026-10/E1/"
    # 3 000.00 × 685.51 ÷ 820.00: the contributions of a month without right.
    assert "2 507,94 € à prélever" in page(thomas, address)
    thomas.post(address, {"reason": "la famille renonce"})
    verdict = PersonVerdict.objects.get()
    assert (verdict.four_eyes, verdict.decided_by) == (True, "")

    assert "Lever la retenue de octobre" not in page(thomas, FAMILY)
    thomas.post(f"/agent/decisions/{verdict.pk}/", {"act": "approve"})
    assert PersonVerdict.objects.get().decided_by == ""
    assert "la famille renonce" in page(nathalie, "/agent/regularisations/")
    nathalie.post(f"/agent/decisions/{verdict.pk}/", {"act": "approve"})
    assert PersonVerdict.objects.get().decided_by == "nathalie"


def test_s6_c01_is_listed_approved_by_another_person_and_executed_once(settings: Any, tmp_path: Path) -> None:
    settings.PORTAL_DEMO, settings.PORTAL_DAY, settings.PORTAL_BANK_FOLDER = (
        True,
        date(2019, 9, 30),
        str(tmp_path / "bank"),
    )
    received(tmp_path, c01)
    issued(tmp_path / "july", JULY, date(2019, 7, 26))
    issued(tmp_path / "august", AUGUST, date(2019, 8, 26))
    do("CHANGE_RIGHT", by="nathalie", status="ACTIVE", ends_on=None)
    nathalie, thomas = client_of("nathalie"), client_of("thomas")

    listed = said(nathalie.post("/agent/regularisations/proposer/E1/", {"reason": "droit rouvert"}, follow=True), 200)

    assert "1 411,50 € pour la famille : 820,26 € de cotisations rendues et 591,24 € d’aide due." in listed
    assert "une autre personne l’approuve" in listed
    found = Regularisation.objects.get()
    decide = f"/agent/regularisations/{found.pk}/decider/"
    assert "une autre personne" in said(nathalie.post(decide, {"act": "approve"}), 409)
    assert "attend l’approbation" in said(thomas.post(decide, {"act": "execute"}), 409)
    assert "<strong>1</strong> à approuver par une autre personne" in page(thomas, "/agent/regularisations/")
    thomas.post(decide, {"act": "approve"})
    for _twice in range(2):
        assert thomas.post(decide, {"act": "execute"}).status_code == 302
    assert sum(PaymentOrder.objects.filter(kind="CREDIT").values_list("amount_cents", flat=True)) == 82_026 + 59_124
    assert "rien à rendre ni à verser" in said(
        nathalie.post("/agent/regularisations/proposer/E1/", {"reason": "encore"}, follow=True), 200
    )


def test_a_correction_is_dropped_with_a_reason(family: Callable[..., None]) -> None:
    family(issue=True)
    do("RELINK_NUMBER")
    thomas = client_of("thomas")
    assert "une ligne pourquoi" in said(thomas.post("/agent/regularisations/proposer/E1/", {}, follow=True), 200)
    thomas.post("/agent/regularisations/proposer/E1/", {"reason": "relié"})
    found = Regularisation.objects.get()
    decide = f"/agent/regularisations/{found.pk}/decider/"

    assert thomas.post(decide, {"act": "drop", "reason": ""}).status_code == 409
    thomas.post(decide, {"act": "drop", "reason": "trop tôt"})

    assert Regularisation.objects.get().state == "DROPPED"
    assert not PaymentOrder.objects.filter(kind="CREDIT").exists()


def test_the_dossier_costs_the_same_number_of_queries_whatever_it_holds(
    family: Callable[..., None], django_assert_max_num_queries: Any
) -> None:
    family()
    thomas = client_of("thomas")
    page(thomas, FAMILY)
    with django_assert_max_num_queries(52) as few:
        page(thomas, FAMILY)
    repair = do("RELINK_NUMBER")
    Repair.objects.bulk_create(
        Repair(
            act="COPY_NIR",
            employer_no="E1",
            file=_file(repair, number),
            reason="x",
            done_by="thomas",
            done_at=repair.done_at,
        )
        for number in range(20)
    )
    with django_assert_max_num_queries(len(few)):
        page(thomas, FAMILY)


def _file(repair: Repair, number: int) -> Any:
    from portal.exchange.models import ReceivedFile

    return ReceivedFile.objects.create(
        name=str(number), kind="repair", sha256=str(uuid4()), size=1, state="APPLIED", received_at=repair.done_at
    )
