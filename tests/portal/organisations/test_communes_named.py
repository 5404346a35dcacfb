"""A commune is found as people write it: accents, hyphens, apostrophes, « St », arrondissements, postcodes, beginnings."""

import pytest

from portal.organisations.communes import commune_meant, communes_named


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Riom", "63300"),
        ("riom 63200", "63300"),
        ("Riom (63200)", "63300"),
        ("clermont ferrand", "63113"),
        ("CLERMONT-FERRAND", "63113"),
        ("Ménétrol", "63224"),
        ("menetrol", "63224"),
        ("Havre", "76351"),
        ("L’Haÿ-les-Roses", "94038"),
        ("l'hay les roses", "94038"),
        ("hay les roses", "94038"),
        ("St-Etienne", "42218"),
        ("Coeuvres et Valsery", "02201"),
        ("Paris 11", "75111"),
        ("paris 11e", "75111"),
        ("Lyon 1er", "69381"),
        ("Paris 1", "75101"),
        ("Paris 1er arrondissement", "75101"),
        ("Marseille 2ème", "13202"),
        ("75011", "75111"),
        ("Saint-Denis 97400", "97411"),
    ],
)
def test_what_is_typed_names_one_commune(typed: str, code: str) -> None:
    assert [one.code for one in commune_meant(typed)] == [code]


def test_a_name_of_several_is_a_choice_the_largest_first_and_no_longer_name_among_them() -> None:
    found = commune_meant("saint denis")

    assert {one.name for one in found} == {"Saint-Denis"}
    assert [one.departement for one in found][:2] == ["974", "93"]


def test_a_beginning_names_the_likeliest_first() -> None:
    assert communes_named("clerm")[0].code == "63113"
    assert [one.code for one in communes_named("Paris")][:2] == ["75115", "75120"]
    assert len(communes_named("Paris")) == 20
    assert communes_named("632")[0].code == "63300"


@pytest.mark.parametrize("typed", ["", "  ", "-", "Xyzzy", "99999", "Riom 63000", "ri om"])
def test_what_names_nothing(typed: str) -> None:
    assert commune_meant(typed) == ()
