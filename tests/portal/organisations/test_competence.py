"""Who is competent: the joint fund first, agricultural workers apart, overseas by their own rules; nobody is guessed."""

from datetime import date

import pytest

from portal.organisations.directory import Mission, bodies, body_on, departements, fund_name, funds, missions
from portal.organisations.rules.competence import NoCompetentBody, Scheme, competent_body

G, A = Scheme.GENERAL, Scheme.AGRICULTURAL
CANTAL = Mission("CCSS15", "Caisse commune du Cantal", "FAMILY", "15", "CAF15", date(2027, 1, 1), date(2032, 1, 1))


@pytest.mark.parametrize(
    ("case", "departement", "branch", "scheme", "day", "code", "article"),
    [
        ("Mende, family, a month after the start", "48", "FAMILY", G, date(2009, 2, 1), "CCSS48", "CSS L. 216-4"),
        ("Mende, family, a month before", "48", "FAMILY", G, date(2008, 12, 1), "CAF48", "CSS L. 212-1"),
        ("the very eve", "48", "FAMILY", G, date(2008, 12, 31), "CAF48", "CSS L. 212-1"),
        ("the very day", "48", "FAMILY", G, date(2009, 1, 1), "CCSS48", "CSS L. 216-4"),
        ("sickness, the eve", "48", "SICKNESS", G, date(2008, 12, 31), "CPAM48", "CSS L. 211-1"),
        ("sickness, the day", "48", "SICKNESS", G, date(2009, 1, 1), "CCSS48", "CSS L. 216-4"),
        ("collection, the eve", "48", "COLLECTION", G, date(2008, 12, 31), "URSSAF48", "CSS L. 213-1"),
        ("collection, the day", "48", "COLLECTION", G, date(2009, 1, 1), "CCSS48", "CSS L. 216-4"),
        ("between the experiment and the order that made it last", "48", "FAMILY", G, date(2014, 1, 2), "CCSS48", "CSS L. 216-4"),
        ("Mende, farm worker", "48", "FAMILY", A, date(2009, 2, 1), "MSA48", "code rural L. 723-2"),
        ("Mende, farm worker today", "48", "SICKNESS", A, date(2026, 10, 26), "MSA48", "code rural L. 723-2"),
        ("Mamoudzou, family", "976", "FAMILY", G, date(2026, 10, 26), "CSSM976", "ordonnance 96-1122"),
        ("Mamoudzou, sickness", "976", "SICKNESS", G, date(2026, 10, 26), "CSSM976", "ordonnance 96-1122"),
        ("Mamoudzou, agricultural", "976", "FAMILY", A, date(2026, 10, 26), "CSSM976", "ordonnance 96-1122"),
        ("La Réunion, family", "974", "FAMILY", G, date(2026, 10, 26), "CAF974", "CSS L. 752-1"),
        ("La Réunion, sickness", "974", "SICKNESS", G, date(2026, 10, 26), "CGSS974", "CSS L. 752-1"),
        ("La Réunion, collection", "974", "COLLECTION", G, date(2026, 10, 26), "CGSS974", "CSS L. 752-1"),
        ("La Réunion, farm worker: no MSA there, the Caf pays", "974", "FAMILY", A, date(2026, 10, 26), "CAF974", "CSS L. 752-1"),
        ("La Réunion, farm worker, sickness", "974", "SICKNESS", A, date(2026, 10, 26), "CGSS974", "CSS L. 752-1"),
        ("Saint-Martin, family", "978", "FAMILY", G, date(2026, 10, 26), "CAF971", "CSS L. 752-1"),
        ("Gap, 1 January 2020", "05", "FAMILY", G, date(2020, 1, 1), "CAF05", "CSS L. 212-1"),
        ("Clermont, sickness", "63", "SICKNESS", G, date(2026, 10, 26), "CPAM63", "CSS L. 211-1"),
        ("Aurillac, collection", "15", "COLLECTION", G, date(2026, 10, 26), "URSSAF63", "CSS L. 213-1"),
        ("Aurillac, family, the eve of a fund to come", "15", "FAMILY", G, date(2026, 12, 31), "CAF15", "CSS L. 212-1"),
        ("Aurillac, family, its day", "15", "FAMILY", G, date(2027, 1, 1), "CCSS15", "CSS L. 216-4"),
        ("Aurillac, a branch that it has not", "15", "SICKNESS", G, date(2027, 1, 1), "CPAM15", "CSS L. 211-1"),
        ("Aurillac, its last day", "15", "FAMILY", G, date(2031, 12, 31), "CCSS15", "CSS L. 216-4"),
        ("Aurillac, the day after", "15", "FAMILY", G, date(2032, 1, 1), "CAF15", "CSS L. 212-1"),
        ("Le Puy, the neighbour", "43", "FAMILY", G, date(2027, 1, 1), "CAF43", "CSS L. 212-1"),
    ],
)  # fmt: skip
def test_who_is_competent(case, departement, branch, scheme, day, code, article):
    found = competent_body(departement, branch, scheme, day, (*missions(), CANTAL))

    assert found.code == code, case
    assert found.article.startswith(article), case
    assert found.name == (CANTAL.name if code == "CCSS15" else bodies()[code].name)
    assert found.why


@pytest.mark.parametrize(
    ("case", "departement", "branch", "code"),
    [
        ("a number that is none", "20", "FAMILY", "competence.unknown_departement"),
        ("not a number", "", "FAMILY", "competence.unknown_departement"),
        ("Saint-Pierre-et-Miquelon", "975", "FAMILY", "competence.outside"),
        ("several Cpam in the Nord: none is listed", "59", "SICKNESS", "competence.not_listed"),
        ("the joint fund unknown: the former Caf is closed", "48", "FAMILY", "competence.not_listed"),
    ],
)
def test_nobody_is_guessed(case, departement, branch, code):
    with pytest.raises(NoCompetentBody) as refused:
        competent_body(departement, branch, Scheme.GENERAL, date(2026, 10, 26), ())
    assert refused.value.code == code, case


@pytest.mark.parametrize(
    ("case", "departement", "scheme", "day", "code"),
    [
        ("the eve", "971", G, date(2026, 12, 31), "CAF971"),
        ("the day", "971", G, date(2027, 1, 1), "CCSS971"),
        ("farm workers too, whom the Caf served", "971", A, date(2027, 1, 1), "CCSS971"),
        ("Saint-Martin, served from Guadeloupe", "978", G, date(2027, 1, 1), "CCSS971"),
        ("the neighbour", "972", G, date(2027, 1, 1), "CAF972"),
        ("the last day", "978", G, date(2031, 12, 31), "CCSS971"),
        ("the day after", "971", G, date(2032, 1, 1), "CAF971"),
    ],
)
def test_a_joint_fund_overseas_serves_whom_the_caf_served(case, departement, scheme, day, code):
    joint = Mission("CCSS971", "C", "FAMILY", "971", "CAF971", date(2027, 1, 1), date(2032, 1, 1))

    found = competent_body(departement, "FAMILY", scheme, day, [joint])

    assert found.code == code, case
    assert ("répond à nouveau" in found.why) == (day == date(2032, 1, 1))
    assert competent_body(departement, "SICKNESS", scheme, day, [joint]).kind == "CGSS"


def test_a_name_of_today_is_said_for_a_day_before_the_mergers():
    def caution(departement, branch, scheme, day):
        return competent_body(departement, branch, scheme, day, missions()).caution

    assert "nom d’aujourd’hui" in caution("15", "COLLECTION", G, date(2017, 12, 31))
    assert caution("15", "COLLECTION", G, date(2018, 1, 1)) == ""
    assert "nom d’aujourd’hui" in caution("48", "FAMILY", A, date(2009, 2, 1))
    assert caution("48", "COLLECTION", G, date(2008, 12, 31)) == ""
    assert caution("15", "FAMILY", G, date(2009, 2, 1)) == ""


def test_a_joint_fund_whose_first_day_is_unknown_is_said_and_never_assumed():
    found = competent_body("05", "FAMILY", G, date(2026, 10, 26), missions())

    assert found.code == "CAF05"
    assert "à confirmer" in found.caution
    assert competent_body("05", "COLLECTION", G, date(2026, 10, 26), missions()).caution == ""


@pytest.mark.parametrize(
    ("case", "kind", "departement", "day", "code"),
    [
        ("retirement, Auvergne", "CARSAT", "15", date(2026, 10, 26), "CARSAT63"),
        ("its first day", "CARSAT", "15", date(2010, 7, 1), "CARSAT63"),
        ("before it was created", "CARSAT", "15", date(2010, 6, 30), None),
        ("none overseas", "CARSAT", "974", date(2026, 10, 26), None),
        ("Lozère's Cpam, its last day", "CPAM", "48", date(2008, 12, 31), "CPAM48"),
        ("and the day after", "CPAM", "48", date(2009, 1, 1), None),
    ],
)
def test_bodies_live_from_a_day_to_another(case, kind, departement, day, code):
    found = body_on(kind, departement, day)
    assert (found.code if found else None) == code, case


def test_every_mission_that_has_begun_is_of_bodies_that_are_listed():
    for one in missions():
        if one.starts_on is not None:
            assert bodies()[one.body].valid_from == one.starts_on
            assert bodies()[one.former].valid_to == one.starts_on
        else:
            assert one.note


def test_codes_of_bodies_are_of_one_form_and_serve_known_places():
    for code, one in bodies().items():
        assert code in (one.body + one.seat_departement, "PAJEMPLOI")
        assert set(one.departements) <= set(departements())
        assert one.seat_city or one.note, "a missing city is said"


def test_codes_of_files_do_not_change_and_tell_the_joint_fund():
    assert fund_name("CAF48") == "Caisse commune de sécurité sociale de la Lozère"
    assert bodies()["CAF48"].name == "Caf de la Lozère"
    assert {one.body for one in funds().values()} == {"CAF", "MSA", "URSSAF"}
    assert set(funds()) < set(bodies())
