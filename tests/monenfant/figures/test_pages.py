"""The public pages and files: what they say agrees everywhere, and no childminder is in any of them."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from monenfant.figures.counting import count_childcare
from monenfant.figures.open_data import DATA_SETS
from monenfant.models import CarePlace
from monenfant.reporting.contacts import tell_contacts
from monenfant.reporting.writing import Who
from monenfant.rules.childminders import Hidden
from portal.accounts.permissions import moment_on
from tests.monenfant.figures.offer import (
    CLERMONT,
    DAY,
    MOULINS,
    RIOM,
    THIERS,
    childminder,
    children,
    free,
    hours,
    receive,
    structure,
    tell,
)
from tests.monenfant.files import HOUSE, take_in

pytestmark = pytest.mark.django_db
FORMS = [(name, "csv") for name in DATA_SETS] + [(name, "geojson") for name, one in DATA_SETS.items() if one.shape]
# A childminder's and a house's: none of it may be anywhere.
SECRET = (
    "Martinet",
    "Annabelle",
    "1 rue Cachée",
    "06 12 34 56 78",
    "annabelle@exemple.fr",
    "AM0",
    "AAM0",
    "Chez Annabelle",
)
HERS = {"last_name": "Martinet", "first_names": "Annabelle", "phone": "06 12 34 56 78", "email": "annabelle@exemple.fr"}


@pytest.fixture(scope="module")
def offer(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[None]:
    """Four communes and two départements, counted once for every test of this file."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        fill(tmp_path_factory.mktemp("offer"))
        yield
        transaction.set_rollback(True)


def fill(folder: Path) -> None:
    where = {CLERMONT: 4, RIOM: 2, THIERS: 3, MOULINS: 5}
    structures = [
        structure(f"S{commune}{number}", commune, name=f"Crèche {commune} {number}", address="3 rue des Forges", lat="", lon="")
        for commune, many in where.items() for number in range(many)
    ]  # fmt: skip
    house = structure("SHOUSE", CLERMONT, **HOUSE | {"name": "Chez Annabelle", "email": "annabelle@exemple.fr"})
    people = [
        childminder(f"AM0{commune}{number}", commune, **HERS)
        for commune, many in where.items()
        for number in range(many + 1)
    ]
    receive(folder, [*structures, house], people)
    for number in ("S631130", "S631131", "S631132"):
        tell(number, 1, free(0, "AM", 2, group="0-12"))
    take_in(folder, "structure-hours", *[hours(one["cnaf_id"], 600, 700, 1000) for one in structures])
    children(folder, "63", 1000)
    children(folder, CLERMONT, 400)
    count_childcare(on=DAY)


@pytest.fixture(autouse=True)
def _on_the_day(settings: Any) -> None:
    settings.PORTAL_DAY = DAY


def text(client: Client, name: str, form: str) -> str:
    answer = client.get(f"/garde/donnees/{name}.{form}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def table(client: Client, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(client, name, "csv"))))


def page(client: Client, address: str) -> str:
    """The page, without the tokens of its forms: letters at random, where any short word may stand."""
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", answer.content.decode())


# The two tests without the offer come first: it stays from its first use to the end of the file.
def test_before_the_first_count_the_pages_say_so(client: Client) -> None:
    assert "Rien n’est encore compté" in page(client, "/garde/chiffres/")
    assert "pas encore de chiffres" in page(client, "/garde/chiffres/63/")
    assert "Rien n’est encore compté" in page(client, "/garde/donnees/")
    assert client.get("/garde/donnees/communes.csv").status_code == 404


def test_the_volumes_of_2019_stand_beside_todays(client: Client, tmp_path: Path) -> None:
    receive(tmp_path, [structure("S1", CLERMONT), structure("S2", RIOM, type="MICRO", capacity="12")], [])
    count_childcare(on=DAY)
    told = page(client, "/garde/chiffres/")

    assert '12\u00a0729</td><td class="num">2</td>' in told
    assert "Trop peu de lieux d’accueil" in told


@pytest.mark.usefixtures("offer")
@pytest.mark.parametrize(("name", "form"), FORMS)
def test_nothing_of_a_childminder_is_in_a_file(client: Client, name: str, form: str) -> None:
    told = text(client, name, form)

    assert [secret for secret in SECRET if secret in told] == []
    assert "63" in told, "an empty file would hide nothing"


@pytest.mark.usefixtures("offer")
@pytest.mark.parametrize("address", ["/garde/chiffres/", "/garde/chiffres/63/", "/garde/donnees/"])
def test_nothing_of_a_childminder_is_in_a_page(client: Client, address: str) -> None:
    assert [secret for secret in SECRET if secret in page(client, address)] == []


@pytest.mark.usefixtures("offer")
def test_page_csv_geojson_and_places_agree(client: Client) -> None:
    (allier, puy) = table(client, "departements")
    feature = json.loads(text(client, "departements", "geojson"))["features"][1]
    structures = [one for one in table(client, "structures") if one["code_commune"].startswith("63")]

    # 4 + 2 + 3 crèches of 30 places, 5 + 3 + 4 childminders of 4.
    assert (puy["structures"], puy["places_structures"], puy["places_assistants_maternels"]) == ("9", "270", "48")
    assert puy["places_pour_1000_enfants"] == "318"
    assert allier["places_pour_1000_enfants"] == ""
    assert {name: str(value) for name, value in feature["properties"].items() if value is not None} == {
        name: value for name, value in puy.items() if value
    }
    assert feature["geometry"]["type"] in ("Polygon", "MultiPolygon")
    assert len(structures) == 9
    assert sum(int(one["places"]) for one in structures) == 270
    assert CarePlace.objects.filter(provider="STRUCTURE", insee_code__startswith="63").count() == 9 + 1
    for address in ("/garde/chiffres/", "/garde/chiffres/63/"):
        assert "31,8" in page(client, address)
    assert "3 places d’accueil pour 10 enfants" in page(client, "/garde/chiffres/")


@pytest.mark.usefixtures("offer")
def test_a_small_commune_is_not_told_nor_its_neighbour(client: Client) -> None:
    """Riom has two crèches: with it goes Thiers, the smallest of the others."""
    told = {one["commune"]: one for one in table(client, "communes") if one["departement"] == "63"}

    assert told[CLERMONT]["structures"] == "4"
    assert (told[RIOM]["structures"], told[THIERS]["structures"], told[""]["structures"]) == ("", "", "5")
    assert (told[RIOM]["heures_presence"], told[""]["heures_presence"]) == ("", "3000")
    assert told[RIOM]["assistants_maternels"] == "3"
    lines = page(client, "/garde/chiffres/63/")
    assert "Autres communes, ensemble" in lines


@pytest.mark.usefixtures("offer")
def test_each_availability_figure_has_its_reporting_rate_beside_it(client: Client) -> None:
    told = page(client, "/garde/chiffres/63/")

    assert "33,3\u00a0% des crèches" in told
    assert "(3 sur 9)" in told
    monday = next(one for one in table(client, "places-libres") if one["departement"] == "63" and not one["commune"])
    assert (monday["jour"], monday["demi_journee"], monday["places_libres"]) == ("lundi", "matin", "6")
    assert (monday["ont_repondu"], monday["references"], monday["semaine_du"]) == ("3", "9", "2026-11-30")


@pytest.mark.usefixtures("offer")
def test_freshness_of_each_structure(client: Client) -> None:
    told = {one["cnaf_id"]: (one["places_dites_le"], one["fraicheur"]) for one in table(client, "structures")}

    assert told["S631130"] == ("2026-11-24", "à jour")
    assert told["S631133"] == ("", "")
    assert "SHOUSE" not in told


@pytest.mark.usefixtures("offer")
def test_contacts_of_a_structure_are_those_that_its_manager_told(client: Client) -> None:
    address = "/garde/donnees/structures.csv"
    mark, place = client.get(address)["ETag"], CarePlace.objects.get(number="S631130")

    tell_contacts(
        place_pk=place.pk, phone="04 73 99 99 99", email="", web="", hidden=Hidden(), who=Who("yann"), on=DAY,
        now=moment_on(DAY),
    )  # fmt: skip

    assert client.get(address, headers={"If-None-Match": mark}).status_code == 200
    told = {one["cnaf_id"]: (one["telephone"], one["courriel"]) for one in table(client, "structures")}
    assert told["S631130"] == ("04 73 99 99 99", "")
    assert told["S631131"][0] != "04 73 99 99 99"


@pytest.mark.usefixtures("offer")
def test_every_column_is_documented_and_every_row_has_them_all(client: Client) -> None:
    documented = page(client, "/garde/donnees/")
    for name, one in DATA_SETS.items():
        assert all(f"<code>{column.name}</code>" in documented for column in one.columns), name
        assert all(None not in row and None not in row.values() for row in table(client, name)), name


@pytest.mark.usefixtures("offer")
@pytest.mark.parametrize("name", DATA_SETS)
def test_a_file_read_again_is_not_sent_until_something_changes(client: Client, name: str) -> None:
    address = f"/garde/donnees/{name}.csv"
    mark = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": mark}).status_code == 304

    tell("S631130", 0, free(1, "AM"))
    count_childcare(on=DAY)
    assert client.get(address, headers={"If-None-Match": mark}).status_code == 200


@pytest.mark.usefixtures("offer")
def test_what_a_set_has_not_is_not_there(client: Client) -> None:
    for address in ("places-libres.geojson", "structures.xlsx", "assistants-maternels.csv"):
        assert client.get(f"/garde/donnees/{address}").status_code == 404
    assert client.get("/garde/chiffres/99/").status_code == 404


@pytest.mark.usefixtures("offer")
def test_pages_ask_as_much_for_one_commune_as_for_many(client: Client, django_assert_max_num_queries: Any) -> None:
    for address in ("/garde/chiffres/", "/garde/chiffres/63/"):
        with django_assert_max_num_queries(4):
            client.get(address)
