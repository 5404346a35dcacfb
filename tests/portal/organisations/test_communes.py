"""The list of communes: complete, placed where they are, and found by number and by postcode."""

from pathlib import Path

import pytest

from portal.organisations.communes import UnknownCommune, commune_of, communes, communes_of_postcode, distance_km
from portal.organisations.directory import departements


def test_the_whole_of_france_is_there_and_each_commune_in_a_departement_that_exists() -> None:
    listed = communes()

    assert len(listed) == 34_912
    assert sum(commune.population for commune in listed.values()) > 67_000_000
    assert {commune.departement for commune in listed.values()} == set(departements()) - {"975", "977", "978"}
    assert all(commune.postcodes and commune.name for commune in listed.values())


@pytest.mark.parametrize(
    ("code", "name", "postcode", "lat", "lon"),
    [
        ("63113", "Clermont-Ferrand", "63000", 45.78, 3.08),
        ("2A004", "Ajaccio", "20000", 41.92, 8.74),
        ("75112", "Paris 12e Arrondissement", "75012", 48.84, 2.39),
        # Their town hall's source has it elsewhere, five to fifteen kilometres away: not believed.
        ("93029", "Drancy", "93700", 48.923, 2.444),
        ("91223", "Étampes", "91150", 48.43, 2.15),
        # A commune as large as a département: its town hall stands a degree from its middle.
        ("97311", "Saint-Laurent-du-Maroni", "97320", 5.50, -54.03),
        ("97302", "Cayenne", "97300", 4.94, -52.33),
        ("97611", "Mamoudzou", "97600", -12.78, 45.23),
    ],
)
def test_a_commune_is_where_it_is(code: str, name: str, postcode: str, lat: float, lon: float) -> None:
    commune = commune_of(code)

    assert commune.name == name
    assert postcode in commune.postcodes
    assert distance_km(commune.lat, commune.lon, lat, lon) < 3


def test_a_postcode_names_its_communes_the_largest_first() -> None:
    found = communes_of_postcode("63100")

    assert [commune.name for commune in found] == ["Clermont-Ferrand"]
    populations = [commune.population for commune in communes_of_postcode("01400")]
    assert len(populations) > 3
    assert populations == sorted(populations, reverse=True)
    assert communes_of_postcode("99999") == ()


@pytest.mark.parametrize("code", ["75056", "99999", "", "6311"])
def test_a_number_that_no_commune_bears(code: str) -> None:
    with pytest.raises(UnknownCommune):
        commune_of(code)


def test_known_distances() -> None:
    """A degree of a meridian is 111.195 km; a degree along the parallel of 60 degrees is half of it."""
    assert distance_km(45, 3, 46, 3) == pytest.approx(111.195, abs=0.001)
    assert distance_km(60, 3, 60, 4) == pytest.approx(55.597, abs=0.003)
    assert distance_km(45, 3, 45, 3) == 0


def test_the_list_says_where_it_comes_from() -> None:
    text = Path("docs/dependencies.md").read_text(encoding="utf-8")

    assert "Licence Ouverte" in text
    assert "communes.csv.gz" in text
