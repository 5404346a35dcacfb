"""The directory of funds: each département has its Caf, each mainland one its MSA, and any valid code a name."""

import pytest

from portal.organisations import directory


@pytest.mark.parametrize(
    ("case", "text", "expected"),
    [
        ("an ordinary Caf", "CAF59", True),
        ("southern Corsica", "CAF2A", True),
        ("northern Corsica", "MSA2B", True),
        ("the old single Corsica", "CAF20", False),
        ("first number", "CAF01", True),
        ("no number zero", "CAF00", False),
        ("last mainland number", "CAF95", True),
        ("one past the mainland", "CAF96", False),
        ("Guadeloupe", "CAF971", True),
        ("Saint-Martin", "MSA978", True),
        ("below the overseas range", "CAF970", False),
        ("past the overseas range", "CAF979", False),
        ("a missing nought", "CAF1", False),
        ("lower case", "caf59", False),
        ("another body", "CPAM59", False),
        ("nothing", "", False),
        ("text after", "CAF59 ", False),
        ("a line break after", "CAF59\n", False),
    ],
)
def test_fund_codes(case, text, expected):
    assert directory.is_fund_code(text) is expected, case


@pytest.mark.parametrize(
    ("case", "body", "departement", "code"),
    [
        ("Caf of its own département", "CAF", "63", "CAF63"),
        ("MSA of four départements, under its seat", "MSA", "15", "MSA63"),
        ("MSA of its seat", "MSA", "35", "MSA35"),
        ("MSA around Paris sits in Gentilly", "MSA", "75", "MSA94"),
        ("Lozère's joint fund keeps the Caf's code", "CAF", "48", "CAF48"),
        ("Lozère's collection is its own", "URSSAF", "48", "URSSAF48"),
        ("Saint-Martin is served from Guadeloupe", "CAF", "978", "CAF971"),
        ("Urssaf of a region", "URSSAF", "43", "URSSAF63"),
    ],
)
def test_who_serves_a_departement(case, body, departement, code):
    assert directory.competent_fund(body, departement).code == code, case


def test_there_is_no_regional_msa_overseas_and_no_other_kind_of_body():
    assert directory.competent_fund("MSA", "974") is None
    with pytest.raises(ValueError, match="CPAM"):
        directory.competent_fund("CPAM", "75")


def test_every_departement_has_one_caf_and_one_urssaf_and_each_mainland_one_an_msa():
    served = {body: [] for body in directory.BODIES}
    for fund in directory.funds().values():
        served[fund.body].extend(fund.departements)
    everywhere = [number for number in directory.departements() if number != "975"]
    mainland = [n for n, place in directory.departements().items() if place.territory == "METROPOLE"]

    assert sorted(served["CAF"]) == sorted(everywhere)
    assert sorted(served["URSSAF"]) == sorted(everywhere)
    assert sorted(served["MSA"]) == sorted(mainland)
    assert len(mainland) == 96


def test_the_network_has_its_known_size_and_codes_of_the_published_form():
    by_body = {body: [f for f in directory.funds().values() if f.body == body] for body in directory.BODIES}

    assert [len(by_body["CAF"]), len(by_body["MSA"])] == [101, 35]
    for fund in by_body["CAF"] + by_body["MSA"]:
        assert directory.is_fund_code(fund.code)
        assert fund.code == fund.body + fund.seat_departement
        assert fund.seat_departement in fund.departements
        assert fund.seat_city or fund.note, "a missing city is said"
    assert directory.fund_of("PAJEMPLOI").seat_city == "Le Puy-en-Velay"


@pytest.mark.parametrize(
    ("code", "territory"),
    [
        ("CAF15", "METROPOLE"),
        ("MSA2A", "METROPOLE"),
        ("CAF974", "OVERSEAS"),
        ("CAF978", "OVERSEAS"),
        ("CAF976", "MAYOTTE"),
    ],
)
def test_territory_of_a_fund(code, territory):
    assert directory.territory_of(code) == territory


@pytest.mark.parametrize(
    ("case", "code", "name"),
    [
        ("listed", "CAF15", "Caf du Cantal"),
        ("an MSA under a département it serves without sitting there", "MSA43", "MSA Auvergne (numéro 43)"),
        ("a Caf that does not exist", "CAF975", "Caf, Saint-Pierre-et-Miquelon (975)"),
        ("an MSA where there is none", "MSA974", "MSA, La Réunion (974)"),
    ],
)
def test_a_valid_code_always_has_a_name(case, code, name):
    assert directory.fund_name(code) == name, case


def test_every_valid_code_has_a_territory():
    numbers = [f"{n:02}" for n in range(1, 96) if n != 20] + ["2A", "2B"] + [str(n) for n in range(971, 979)]
    for body in ("CAF", "MSA"):
        for number in numbers:
            assert directory.is_fund_code(body + number)
            assert directory.territory_of(body + number) in {"METROPOLE", "OVERSEAS", "MAYOTTE"}


@pytest.mark.parametrize("code", ["CAF96", "", "CPAM63", "CAF"])
def test_anything_else_is_refused(code):
    with pytest.raises(directory.UnknownFund):
        directory.fund_of(code)
