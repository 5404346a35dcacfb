"""The profile: what a family reads before and after, what is hidden, and what stays; stops, closed days, the home."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from monenfant.models import Approval, CarePlace, Manager
from monenfant.publishing import publish_offer
from monenfant.reporting.shut import shut_of
from portal.accounts.models import Role
from tests.monenfant.files import row, take_in
from tests.monenfant.reporting.conftest import tell, week
from tests.monenfant.views.conftest import ON, client_of
from tests.monenfant.views.test_pro_week import form, text_of

pytestmark = pytest.mark.django_db
PROFILE = "/pro/profil/AM1/"
CONDITIONS = {"has_pets": "0", "gives_meals": "1"}


def shown(answer: Any) -> str:
    """The block that a family reads."""
    found = re.search(r'<section class="shown-place">(.*?)</section>', answer.content.decode(), re.DOTALL)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1]))


def saved(client: Client, **typed: str) -> Any:
    return client.post(PROFILE, form(client.get(PROFILE)) | typed, follow=True)


def test_the_hidden_address_is_in_no_page_a_family_reads(client: Client) -> None:
    page = client.get(PROFILE)

    assert "Cachée : seule la distance est donnée." in shown(page)
    assert "Forges" not in page.content.decode()


def test_the_profile_opens_the_page_of_families_as_long_as_there_is_one(client: Client, hers: CarePlace) -> None:
    link = f'href="/garde/lieu/{hers.pk}/"'
    assert link in client.get(PROFILE).content.decode()
    assert Client().get(f"/garde/lieu/{hers.pk}/").status_code == 200

    CarePlace.objects.update(published_until=ON)

    assert link not in client.get(PROFILE).content.decode()
    assert Client().get(f"/garde/lieu/{hers.pk}/").status_code == 404


def test_a_new_phone_is_read_at_once_and_the_approval_keeps_the_old_one(client: Client) -> None:
    answer = saved(client, phone="06 39 98 00 00", rate="4,50", **CONDITIONS)

    assert "C’est enregistré" in text_of(answer)
    for words in ("06 39 98 00 00", "4,50", "Pas d’animal à la maison", "Repas fournis"):
        assert words in shown(answer).replace("\u00a0", " ")
    assert Approval.objects.get().phone == "04 73 00 00 00"


def test_the_preview_shows_what_is_typed_and_saves_nothing(client: Client) -> None:
    answer = client.post(PROFILE, form(client.get(PROFILE)) | {"phone": "06 39 98 00 00", "do": "preview"})

    assert "06 39 98 00 00" in shown(answer).replace("\u00a0", " ")
    assert "rien n’est encore enregistré" in text_of(answer)
    assert "06 39 98 00 00" not in shown(client.get(PROFILE)).replace("\u00a0", " ")


def test_one_contact_may_be_hidden_and_the_other_stays_with_the_reason(client: Client) -> None:
    """Example 21: there is no way to ask for both."""
    answer = saved(client, reached="phone")

    assert "accueil@exemple.fr" not in shown(answer)
    assert "04 73 00 00 00" in shown(answer).replace("\u00a0", " ")
    assert "Votre téléphone reste visible tant que votre e-mail est caché." in text_of(answer)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"phone": "", "reached": "phone"}, "Il faut un moyen de vous joindre"),
        ({"phone": "", "email": ""}, "Il faut un moyen de vous joindre"),
        ({"phone": "bonjour"}, "Écrivez un numéro de téléphone"),
        ({"email": "anne"}, "Écrivez une adresse comme nom@exemple.fr"),
        ({"rate": "0"}, "Écrivez un prix de l’heure"),
        ({"rate": "4.505"}, "Écrivez un prix de l’heure"),
        ({"open-monday": "1", "from": "18:00", "to": "07:00"}, "L’heure de fin vient avant"),
        ({"open-monday": "1", "from": "", "to": ""}, "Écrivez deux heures"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(client: Client, typed: dict[str, str], sentence: str) -> None:
    answer = client.post(PROFILE, form(client.get(PROFILE)) | typed)

    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_the_authorisation_is_told_with_its_date_and_without_a_threat(client: Client) -> None:
    text = text_of(client.get(PROFILE))

    assert "Vous avez autorisé cette publication le lundi 1er janvier 2024." in text
    assert not re.search(r"sanction|retrait|suspen|avertissement|amende|manquement|obligat", text, re.IGNORECASE)


def test_no_page_of_a_professional_speaks_of_sanctions() -> None:
    written = [*Path("templates/monenfant").glob("*pro*"), *Path("monenfant/views").glob("pro*.py")]
    said = [
        one
        for one in written
        if re.search("sanction|manquement|amende|retrait d", one.read_text("utf-8"), re.IGNORECASE)
    ]

    assert len(written) > 15
    assert said == []


def test_a_stop_is_told_in_one_form_and_families_read_it(client: Client, hers: CarePlace) -> None:
    page = client.get("/pro/arret/AM1/")
    wrong = client.post("/pro/arret/AM1/", form(page) | {"start": "26/10/2026"})
    assert (wrong.status_code, "Choisissez une des trois réponses" in text_of(wrong)) == (422, True)

    answer = client.post(
        "/pro/arret/AM1/", form(page) | {"start": "26/10/2026", "how": "until", "last": "1/11/2026"}, follow=True
    )

    assert "Les familles lisent « indisponible »." in text_of(answer)
    assert [shut_of(hers, None).is_stopped(ON + timedelta(days=ahead)) for ahead in (6, 7)] == [True, False]
    assert "Indisponible jusqu’au 01/11/2026" in shown(client.get(PROFILE))
    assert "Indisponible jusqu’au 01/11/2026" in text_of(Client().get(f"/garde/lieu/{hers.pk}/"))
    assert "Les familles lisent « indisponible »" in text_of(client.get("/pro/"))


@pytest.mark.parametrize("changes", [{"start": "31/12/9999"}, {"start": "26/10/2206"}, {"last": "31/12/9999"}])
def test_a_year_typed_wrong_tells_no_century(client: Client, hers: CarePlace, changes: dict[str, str]) -> None:
    typed = {"start": "26/10/2026", "how": "until", "last": "1/11/2026"} | changes

    answer = client.post("/pro/arret/AM1/", form(client.get("/pro/arret/AM1/")) | typed)

    assert (answer.status_code, "C’est trop loin" in text_of(answer)) == (422, True)
    assert not hers.stops.exists()


def test_the_home_says_what_is_true_and_what_is_awaited(client: Client, hers: CarePlace) -> None:
    assert "Les familles ne lisent aucune place" in text_of(client.get("/pro/"))

    tell(hers, week(thu_pm=1), on=ON - timedelta(days=14))
    text = text_of(client.get("/pro/"))
    assert "confirmé le lundi 12 octobre 2026" in text
    assert "Vos places jusqu’au 31 mai sont à dire avant le mardi 1er décembre 2026." in text
    assert "Cette semaine : 1 demi-journée libre" in text

    tell(hers, {}, "SAME")
    assert "sont à dire" not in text_of(client.get("/pro/"))
    assert "Tout est comme avant, du lundi 26 octobre 2026 au lundi 31 mai 2027" in text_of(client.get("/pro/publie/"))


@pytest.fixture
def director(tmp_path: Path) -> Client:
    rows = [row("care-structures", cnaf_id=f"S{number:02d}", name=f"Crèche {number:02d}") for number in range(12)]
    take_in(tmp_path, "care-structures", *rows)
    publish_offer(on=ON)
    return client_of(None, Role.STRUCTURE_MANAGER, manager=Manager.objects.get())


def test_a_manager_reads_one_block_a_structure_ten_a_page(director: Client) -> None:
    first = director.get("/pro/")
    assert first.content.decode().count('class="pro-place"') == 10
    assert director.get("/pro/semaine/")["Location"] == "/pro/"

    after = re.search(r'href="(\?after=[^"]+)"', first.content.decode())
    assert after is not None
    assert director.get("/pro/" + after[1]).content.decode().count('class="pro-place"') == 2


def test_a_structure_tells_ages_apart_closes_a_day_and_has_its_contacts(director: Client) -> None:
    address = "/pro/semaine/S00/"
    page = form(director.get(address)) | {"n-3-AM-0-12-REGULAR": "20", "n-3-AM-13-24-REGULAR": "11"}
    foreseen = director.post(address, page | {"do": "week"})
    refused = director.post(address, form(foreseen) | {"do": "publish"})
    assert (refused.status_code, "30 places au plus : le jeudi matin" in text_of(refused)) == (422, True)

    closed = director.post(
        "/pro/fermeture/S00/", form(director.get("/pro/fermeture/S00/")) | {"day": "29/10/2026"}, follow=True
    )
    assert "Jour de fermeture, le jeudi 29 octobre 2026" in text_of(closed)
    assert "Fermé" in text_of(director.get(address))

    profile = "/pro/profil/S00/"
    answer = director.post(profile, form(director.get(profile)) | {"web": "https://exemple.fr/creche"}, follow=True)
    assert "https://exemple.fr/creche" in shown(answer)


def test_an_approval_for_fewer_children_is_told_on_the_home(client: Client, hers: CarePlace, tmp_path: Path) -> None:
    tell(hers, week(thu_pm=4))
    fewer = row("childminder-approvals", hides_address=1, max_children=3, updated_at="2026-10-25T08:00:00+01:00")
    take_in(tmp_path, "childminder-approvals", fewer)
    publish_offer(on=ON)

    assert "Votre agrément est maintenant pour 3 enfants." in text_of(client.get("/pro/"))
    assert "Le portail" in text_of(client.get("/pro/publie/"))

    tell(hers, week(thu_pm=1))
    assert "Votre agrément est maintenant" not in text_of(client.get("/pro/"))


def test_a_page_of_ten_structures_is_read_in_a_bounded_number_of_queries(
    director: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(130):
        director.get("/pro/")
