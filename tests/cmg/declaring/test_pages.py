"""Declaring by its pages: begin, estimate, check, send, send twice, correct, cancel; never another family's."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from cmg.models import Declaration, FamilyDraft
from cmg.operations import close_month
from portal.exchange.operations import import_files
from tests.cmg.declaring.families import MONDAY, MONTH, SUNDAY, TYPED, Files, parent, received
from tests.cmg.files import nir_with_key, row, write_all
from tests.cmg.remedies.families import moved_away

pytestmark = pytest.mark.django_db
NBSP = "\u00a0"


def others(files: Files) -> None:
    """A second family beside the first."""
    cells = {"employer_no": "E2", "nir": nir_with_key("2840163001002"), "beneficiary_no": "B2"}
    files["accounts"].append(row("accounts", **cells, last_name="Durand", mandate_ref="M2"))
    for kind in ("rights_fund", "rights_pajemploi"):
        files[kind].append(row(kind, **cells, right_no="R2", child_id="C2", child_first_name="Tom", sequence_no="11"))
    files["employees"].append(row("employees", employer_no="E2"))


@pytest.fixture
def anne(tmp_path: Path, settings: Any) -> Client:
    settings.PORTAL_DAY = SUNDAY
    received(tmp_path, others)
    client = Client()
    client.force_login(parent())
    return client


def begun(client: Client) -> FamilyDraft:
    answer = client.post("/famille/declarer/", {"month": "2026-10", "employee_no": "S1", "child_ids": "C1"})
    draft = FamilyDraft.objects.get(employer_no="E1")
    assert answer["Location"] == f"/famille/declarer/{draft.key}/"
    return draft


def text(answer: Any) -> str:
    """The page on one line, without the tokens of its forms: letters at random, where any short word may stand."""
    return re.sub(r"[ \n\t]+", " ", re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", answer.content.decode()))


def test_the_first_page_says_what_is_left_and_until_when(anne: Client) -> None:
    page = text(anne.get("/famille/declarer/"))

    assert "1 garde à déclarer pour octobre 2026. Dernier jour : jeudi 5 novembre 2026." in page
    assert "Léa" in page
    assert "Tom" not in page
    assert "Numéro <code>D9</code>" in page, "September was declared by a file"
    assert "Une déclaration en retard est acceptée" in page


def test_before_the_25th_the_month_is_not_open(anne: Client, settings: Any) -> None:
    settings.PORTAL_DAY = SUNDAY.replace(day=24)

    page = text(anne.get("/famille/declarer/"))

    assert "La déclaration d’octobre 2026 ouvre dimanche 25 octobre 2026." in page
    asked = {"month": "2026-10", "employee_no": "S1", "child_ids": "C1"}
    assert anne.post("/famille/declarer/", asked).status_code == 404
    assert anne.post("/famille/declarer/", asked | {"month": "2026-08"}).status_code == 302
    assert anne.post("/famille/declarer/", asked | {"month": "2026-05"}).status_code == 404


def test_the_draft_copies_last_month_and_is_one(anne: Client) -> None:
    draft = begun(anne)

    assert draft.values["net_salary"] == "560,00"
    assert draft.values["hours"] == "120"
    assert begun(anne) == draft
    page = text(anne.get(f"/famille/declarer/{draft.key}/"))
    assert f"À prélever : 0{NBSP}€. À recevoir : 428,70{NBSP}€." in page
    assert "Étape 1 sur 3" in page
    assert "Commencé" in text(anne.get("/famille/declarer/"))


def test_the_estimate_follows_what_is_typed_with_and_without_a_script(anne: Client) -> None:
    draft = begun(anne)
    address = f"/famille/declarer/{draft.key}/"
    typed = TYPED | {"action": "estimate", "net_salary": "600,00"}

    whole = text(anne.post(address, typed))
    part = text(anne.post(address, typed, headers={"HX-Request": "true"}))

    told = f"À prélever : 0{NBSP}€. À recevoir : 456,09{NBSP}€."
    assert told in whole
    assert "<h1>" in whole
    assert told in part
    assert "<h1>" not in part
    assert 'hx-swap-oob="innerHTML"' in part
    assert FamilyDraft.objects.get(pk=draft.pk).values["net_salary"] == "600,00", "kept as typed"
    half = anne.post(address, typed | {"net_salary": "6x"}, headers={"HX-Request": "true"})
    assert half.status_code == 200
    assert "dès que ce champ est rempli, ou corrigé : salaire net versé" in text(half)
    assert anne.post(address, typed | {"net_salary": "6x"}).status_code == 422


def test_every_error_stands_beside_its_field_and_in_the_summary(anne: Client) -> None:
    draft = begun(anne)

    answer = anne.post(f"/famille/declarer/{draft.key}/", TYPED | {"hours": "<b>", "net_salary": "x", "days": "40"})

    page = text(answer)
    assert answer.status_code == 422
    for name in ("hours", "net_salary", "days"):
        assert f'href="#{name}"' in page
        assert f'id="{name}-problem"' in page
    assert "Écrivez des heures, de 0 à 744, par exemple 120 ou 120,5." in page
    assert "<b>" not in page
    assert "<title>Erreur : Déclarer octobre 2026" in page
    check = anne.get(f"/famille/declarer/{draft.key}/verifier/")
    assert check.status_code == 302
    assert anne.post(f"/famille/declarer/{draft.key}/verifier/").status_code == 302
    assert not Declaration.objects.filter(care_month=MONTH).exists()


def test_sent_once_with_its_receipt(anne: Client) -> None:
    draft = begun(anne)
    address = f"/famille/declarer/{draft.key}/"
    assert anne.post(address, TYPED)["Location"] == address + "verifier/"
    page = text(anne.get(address + "verifier/"))
    assert "Vérifiez vos réponses" in page
    assert f'href="{address}#net_salary"' in page
    assert "Pourquoi ce montant" in page

    first = anne.post(address + "verifier/")
    second = anne.post(address + "verifier/")

    assert first["Location"] == address + "recu/"
    assert second["Location"] == address + "recu/?deja=1"
    receipt = text(anne.get(first["Location"]))
    assert f"Déclaration d’octobre 2026 envoyée. Prévu : rien à prélever, 428,70{NBSP}€ à recevoir." in receipt
    assert "Lundi 26 octobre 2026 : nous calculons votre mois" in receipt
    assert f"Mercredi 28 octobre 2026 : 428,70{NBSP}€ arrivent sur votre compte." in receipt
    assert "Rien n’a été envoyé deux fois" in text(anne.get(second["Location"]))
    assert Declaration.objects.filter(care_month=MONTH).count() == 1
    assert anne.get(address)["Location"] == address + "recu/"
    assert "Tout est déclaré pour octobre 2026." in text(anne.get("/famille/declarer/"))
    asked = {"month": "2026-10", "employee_no": "S1", "child_ids": "C1"}
    assert anne.post("/famille/declarer/", asked).status_code == 409


def test_corrected_and_cancelled_with_the_euros_of_the_change(anne: Client) -> None:
    draft = begun(anne)
    anne.post(f"/famille/declarer/{draft.key}/verifier/")
    number = {"declaration_no": draft.declaration_no}

    to_correct = anne.post("/famille/declarer/changer/", number | {"kind": "CORRECTION"})["Location"]
    checked = anne.post(to_correct, TYPED | {"net_salary": "600,00"})["Location"]
    page = text(anne.get(checked))
    assert f"428,70{NBSP}€" in page
    assert f"456,09{NBSP}€" in page
    assert f"27,39{NBSP}€ de plus" in page
    anne.post(checked)
    to_cancel = anne.post("/famille/declarer/changer/", number | {"kind": "CANCELLATION"})["Location"]
    page = text(anne.get(to_cancel))
    assert "<h1>Annuler la déclaration d’octobre 2026 ?</h1>" in page
    assert f"Les 456,09{NBSP}€ ne seront pas versés." in page
    assert "La garder" in page
    assert Declaration.objects.filter(care_month=MONTH).count() == 2, "nothing is cancelled by looking"
    assert "est annulée" in text(anne.get(anne.post(to_cancel)["Location"]))
    versions = Declaration.objects.filter(care_month=MONTH).order_by("version")
    assert [(one.version, one.kind) for one in versions] == [(1, "ORIGINAL"), (2, "CORRECTION"), (3, "CANCELLATION")]
    assert anne.post("/famille/declarer/changer/", number | {"kind": "CORRECTION"}).status_code == 404


def test_a_draft_is_dropped_and_nothing_was_sent(anne: Client) -> None:
    draft = begun(anne)

    anne.post(f"/famille/declarer/{draft.key}/", {"action": "drop"})

    assert not FamilyDraft.objects.exists()
    assert not Declaration.objects.filter(care_month=MONTH).exists()


def test_another_family_meets_nothing(anne: Client) -> None:
    draft = begun(anne)
    stranger = Client()
    stranger.force_login(parent("luc", "E2"))

    for page in ("", "verifier/", "recu/"):
        assert stranger.get(f"/famille/declarer/{draft.key}/{page}").status_code == 404
    assert stranger.post(f"/famille/declarer/{draft.key}/verifier/").status_code == 404
    assert stranger.post("/famille/declarer/changer/", {"declaration_no": "D9"}).status_code == 404
    mine = {"month": "2026-10", "employee_no": "S1", "child_ids": "C1"}
    assert stranger.post("/famille/declarer/", mine).status_code == 404, "a child of others"
    assert "Léa" not in text(stranger.get("/famille/declarer/"))
    assert stranger.get(f"/famille/declarer/{uuid4()}/").status_code == 404


def test_a_number_borne_by_two_people_shows_no_child_of_the_other(tmp_path: Path, settings: Any) -> None:
    settings.PORTAL_DAY = SUNDAY

    def same_number(files: Files) -> None:
        others(files)
        files["accounts"][1]["beneficiary_no"] = "B1"
        # One side names no account, the other the wrong one: only the NIR tells whose right it is.
        files["rights_fund"][0]["employer_no"], files["rights_pajemploi"][0]["employer_no"] = "", "E2"

    received(tmp_path, same_number)
    client = Client()
    client.force_login(parent("luc", "E2"))

    assert "Léa" not in text(client.get("/famille/declarer/"))
    assert "Tom" in text(client.get("/famille/declarer/"))
    assert "Léa" not in text(client.get("/famille/droits/"))


def test_a_held_family_reads_that_nothing_is_taken(tmp_path: Path, settings: Any) -> None:
    settings.PORTAL_DAY = SUNDAY
    received(tmp_path, moved_away)
    client = Client()
    client.force_login(parent())
    draft = begun(client)

    client.post(f"/famille/declarer/{draft.key}/verifier/")

    receipt = text(client.get(f"/famille/declarer/{draft.key}/recu/"))
    assert "Rien n’est prélevé tant qu’une information est à vérifier." in receipt
    assert "sont prélevés" not in receipt


def test_a_month_already_issued_is_said(anne: Client, settings: Any) -> None:
    draft = begun(anne)
    anne.post(f"/famille/declarer/{draft.key}/verifier/")
    close_month(month=MONTH, on=MONDAY)
    settings.PORTAL_DAY = MONDAY

    to_cancel = anne.post(
        "/famille/declarer/changer/", {"declaration_no": draft.declaration_no, "kind": "CANCELLATION"}
    )

    assert "Le calcul de ce mois est déjà fait." in text(anne.get(to_cancel["Location"]))


def test_as_many_queries_with_twenty_months_as_with_one(
    anne: Client, tmp_path: Path, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(30) as few:
        anne.get("/famille/declarer/")
    files = {"employees": [row("employees", employee_no=f"S{number}") for number in range(2, 21)]}
    files["declarations"] = [
        row("declarations", declaration_no=f"D{number}", employee_no=f"S{number}") for number in range(2, 21)
    ]
    import_files(write_all(tmp_path / "more", files))
    with django_assert_max_num_queries(30) as many:
        anne.get("/famille/declarer/")
    assert len(many) == len(few)


def test_the_receipt_says_first_what_differs_once_the_month_is_computed(
    anne: Client, tmp_path: Path, settings: Any
) -> None:
    draft = begun(anne)
    anne.post(f"/famille/declarer/{draft.key}/verifier/")
    address = f"/famille/declarer/{draft.key}/recu/"
    assert "nous avions prévu" not in text(anne.get(address))
    decided = {"sequence_no": "12", "decided_at": "2026-10-25T20:00:00+02:00", "annual_resources": "36000"}
    import_files(
        write_all(tmp_path / "late", {kind: [row(kind, **decided)] for kind in ("rights_fund", "rights_pajemploi")})
    )
    close_month(month=MONTH, on=MONDAY)
    settings.PORTAL_DAY = MONDAY

    page = text(anne.get(address))

    assert (
        f"Dimanche, nous avions prévu 428,70{NBSP}€ à recevoir. C’est 389,24{NBSP}€, parce que vos ressources" in page
    )
    assert page.index("Dimanche, nous avions") < page.index("Ce qui va se passer")
