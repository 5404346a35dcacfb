"""The file of a joint fund, from its proposal to its first day: each step, each refusal and that nothing moved, twice."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection

from portal.accounts.permissions import moment_on
from portal.audit.models import JournalEntry
from portal.casework.moves import MoveNotAllowed
from portal.organisations.directory import bodies
from portal.organisations.joint import living
from portal.organisations.joint.acting import JointRefused, missions_now
from portal.organisations.joint.files import (
    Entered,
    enter_opinion,
    enter_order,
    enter_vote,
    open_creation_file,
    withdraw,
)
from portal.organisations.joint.living import files_due, go_live
from portal.organisations.joint.tasks import begin_due
from portal.organisations.models import BodyMission, CreationFile, FundReturn, Organisation
from portal.organisations.operations import load_directory, write_returns
from portal.organisations.rules.competence import competent_body
from tests.portal.organisations.world import (
    BEGINS,
    CANTAL,
    DAY,
    director,
    heard,
    opened,
    opinion,
    ordered,
    vote,
    voted,
)

pytestmark = pytest.mark.django_db


def state(file: CreationFile) -> str:
    return CreationFile.objects.get(pk=file.pk).state


def live(file: CreationFile, on: date = BEGINS) -> tuple[CreationFile, bool]:
    return go_live(creation_pk=file.pk, by="directrice", on=on, at=moment_on(on))


def journaled(file: CreationFile) -> list[str]:
    return list(JournalEntry.objects.filter(subject=f"joint:{file.pk}").order_by("pk").values_list("action", flat=True))


def test_the_directory_knows_who_lived_and_what_lozere_holds():
    assert load_directory() == load_directory() == Organisation.objects.count() == len(bodies())
    caf, joint = Organisation.objects.get(code="CAF48"), Organisation.objects.get(code="CCSS48")

    assert (caf.name, caf.valid_to) == ("Caf de la Lozère", date(2009, 1, 1))
    assert (joint.body, joint.valid_from, joint.valid_to) == ("CCSS", date(2009, 1, 1), None)
    held = (
        BodyMission.objects.filter(body="CCSS48")
        .order_by("branch")
        .values_list("branch", "former", "starts_on", "ends_on")
    )
    assert list(held) == [
        ("COLLECTION", "URSSAF48", date(2009, 1, 1), None),
        ("FAMILY", "CAF48", date(2009, 1, 1), None),
        ("SICKNESS", "CPAM48", date(2009, 1, 1), None),
    ]
    assert not BodyMission.objects.filter(departement="05").exists(), "its first day is not known"


def test_a_file_from_its_proposal_to_its_first_day():
    file = ordered()

    assert (file.state, file.concerned, file.consulted) == ("ORDER_SIGNED", ["CAF15", "CPAM15"], ["CNAF", "CNAM"])
    done, again = live(file)
    assert (done.state, again) == ("LIVE", False)
    connection.check_constraints()
    held = (
        BodyMission.objects.filter(body="CCSS15")
        .order_by("branch")
        .values_list("branch", "former", "starts_on", "ends_on")
    )
    assert list(held) == [("FAMILY", "CAF15", BEGINS, None), ("SICKNESS", "CPAM15", BEGINS, None)]
    assert Organisation.objects.get(code="CCSS15").valid_from == BEGINS
    assert competent_body("15", "FAMILY", "GENERAL", BEGINS, missions_now("15")).code == "CCSS15"
    assert competent_body("15", "FAMILY", "GENERAL", date(2026, 12, 31), missions_now("15")).code == "CAF15"
    assert journaled(file) == [
        "joint.opened", "joint.vote", "joint.vote", "joint.moved", "joint.opinion", "joint.opinion", "joint.moved", "joint.moved",
    ]  # fmt: skip


def test_former_bodies_end_and_stay_so_when_the_directory_is_loaded_again():
    live(ordered())
    load_directory()

    assert Organisation.objects.get(code="CAF15").valid_to == BEGINS
    assert Organisation.objects.get(code="CPAM15").valid_to == BEGINS
    assert Organisation.objects.get(code="CAF43").valid_to is None


def test_a_regional_body_goes_on_elsewhere():
    file = opened(replace(CANTAL, branches=("FAMILY", "COLLECTION")))
    for body in file.concerned:
        vote(file, body)
    for body in file.consulted:
        opinion(file, body)
    enter_order(
        creation_pk=file.pk, reference="Arrêté du 20 octobre 2026", signed_on=date(2026, 10, 20), starts_on=BEGINS, who=director()
    )  # fmt: skip
    live(file)

    assert BodyMission.objects.get(branch="COLLECTION", departement="15").former_id == "URSSAF63"
    assert Organisation.objects.get(code="URSSAF63").valid_to is None


def test_a_form_sent_twice_opens_one_file():
    load_directory()
    key = uuid4()
    first, again = open_creation_file(proposed=CANTAL, key=key, who=director())
    second, twice = open_creation_file(proposed=CANTAL, key=key, who=director())

    assert (first, again, second, twice) == (second, False, first, True)
    with pytest.raises(JointRefused, match="déjà ouvert"):
        open_creation_file(proposed=CANTAL, key=uuid4(), who=director())
    assert CreationFile.objects.count() == 1


@pytest.mark.parametrize(
    ("case", "proposed", "field", "words"),
    [
        ("a day to come", replace(CANTAL, proposed_on=date(2026, 10, 27)), "proposed_on", "aujourd’hui au plus tard"),
        ("no day", replace(CANTAL, proposed_on=None), "proposed_on", "aujourd’hui au plus tard"),
        ("no name", replace(CANTAL, name=""), "name", "10 à 120"),
        ("no seat", replace(CANTAL, seat_city=""), "seat_city", "2 à 80"),
        ("one branch", replace(CANTAL, branches=("FAMILY",)), "branches", "CSS L. 216-4"),
        ("before the reform, one municipality outside", replace(CANTAL, proposed_on=date(2019, 12, 31), outside_rural_zone=1),
         "outside_rural_zone", "loi 2006-1640"),
        ("Lozère has hers", replace(CANTAL, departement="48"), "branches", "une seule par branche et par jour"),
    ],
)  # fmt: skip
def test_what_cannot_be_opened(case, proposed, field, words):
    load_directory()
    with pytest.raises(JointRefused) as refused:
        open_creation_file(proposed=proposed, key=uuid4(), who=director())

    assert words in refused.value.errors[field], case
    assert not CreationFile.objects.exists()


def test_nothing_is_opened_in_a_portal_without_its_directory():
    with pytest.raises(JointRefused, match="CAF15, CPAM15 y manque"):
        open_creation_file(proposed=CANTAL, key=uuid4(), who=director())
    assert not CreationFile.objects.exists()


def test_one_board_against_holds_the_file_until_it_votes_again():
    file = opened()
    vote(file, "CAF15")
    vote(file, "CPAM15", favourable=False)
    assert state(file) == "PROPOSED"
    with pytest.raises(JointRefused, match="avis nationaux viennent après"):
        opinion(file, "CNAF")

    vote(file, "CPAM15", on=date(2026, 9, 20))
    assert state(file) == "NATIONAL_OPINIONS"
    assert file.votes.count() == 2


def test_a_vote_told_twice_is_one_vote():
    file = opened()
    vote(file, "CAF15")
    told = len(journaled(file))
    _file, again = enter_vote(
        creation_pk=file.pk, vote=Entered("CAF15", date(2026, 9, 10), True, "PV CAF15"), who=director()
    )
    assert again
    assert len(journaled(file)) == told


@pytest.mark.parametrize(
    ("case", "entered", "field"),
    [
        ("a body that is not concerned", Entered("CAF43", DAY, True, "PV 1"), "body"),
        ("tomorrow", Entered("CAF15", date(2026, 10, 27), True, "PV 1"), "on"),
        ("no way", Entered("CAF15", DAY, None, "PV 1"), "is_favourable"),
        ("no reference", Entered("CAF15", DAY, True, ""), "reference"),
    ],
)
def test_votes_that_are_none(case, entered, field):
    file = opened()
    with pytest.raises(JointRefused) as refused:
        enter_vote(creation_pk=file.pk, vote=entered, who=director())
    assert list(refused.value.errors) == [field], case
    assert not file.votes.exists()


def test_once_all_are_favourable_a_vote_is_only_corrected():
    file = voted()
    vote(file, "CAF15", on=date(2026, 9, 12))
    assert file.votes.get(body="CAF15").held_on == date(2026, 9, 12)
    with pytest.raises(JointRefused, match="retirez le dossier"):
        vote(file, "CAF15", favourable=False, on=date(2026, 9, 12))
    opinion(file, "CNAF")
    with pytest.raises(JointRefused, match="précède les avis"):
        vote(file, "CAF15", on=date(2026, 10, 2))
    assert file.votes.get(body="CAF15").is_favourable


def test_no_vote_and_no_opinion_after_the_order():
    file = ordered()
    with pytest.raises(JointRefused, match="ne changent plus"):
        vote(file, "CAF15", on=date(2026, 9, 11))
    with pytest.raises(JointRefused, match="avant l’arrêté"):
        opinion(file, "CNAF", on=date(2026, 10, 2))


def test_an_opinion_against_is_written_and_stops_nothing():
    file = voted()
    opinion(file, "CNAF", favourable=False)
    with pytest.raises(JointRefused, match="Caisse nationale de l’assurance maladie"):
        enter_order(creation_pk=file.pk, reference="Arrêté X", signed_on=DAY, starts_on=BEGINS, who=director())
    opinion(file, "CNAM")
    done, _again = enter_order(
        creation_pk=file.pk, reference="Arrêté X", signed_on=DAY, starts_on=BEGINS, who=director()
    )
    assert done.state == "ORDER_SIGNED"


def test_an_opinion_follows_the_votes_and_is_of_who_is_consulted():
    file = voted()
    for entered, field in (
        (Entered("CNAF", date(2026, 9, 9), True, "Avis"), "on"),
        (Entered("URSSAF-CN", DAY, True, "Avis"), "body"),
    ):
        with pytest.raises(JointRefused) as refused:
            enter_opinion(creation_pk=file.pk, opinion=entered, who=director())
        assert list(refused.value.errors) == [field]


def test_an_order_told_twice_is_one_order_and_another_is_refused():
    file = ordered()
    same = {
        "creation_pk": file.pk,
        "reference": file.order_reference,
        "signed_on": file.order_signed_on,
        "who": director(),
    }
    assert enter_order(starts_on=BEGINS, **same)[1]
    with pytest.raises(JointRefused, match="une seule fois"):
        enter_order(starts_on=date(2027, 2, 1), **same)


def test_a_fund_begins_on_its_day_and_once():
    file = ordered()
    with pytest.raises(JointRefused, match="pas avant"):
        live(file, date(2026, 12, 31))
    assert not BodyMission.objects.filter(departement="15").exists()
    live(file)
    missions, told = BodyMission.objects.count(), len(journaled(file))

    assert live(file)[1]
    assert (BodyMission.objects.count(), len(journaled(file))) == (missions, told)


def test_a_fund_begun_late_holds_its_branches_from_its_day():
    file = ordered()
    live(file, date(2027, 1, 4))
    assert set(BodyMission.objects.filter(body="CCSS15").values_list("starts_on", flat=True)) == {BEGINS}


def test_nothing_is_half_done_when_it_is_killed_on_the_way(monkeypatch):
    file = ordered()

    def killed(*_told):
        assert BodyMission.objects.filter(body="CCSS15").count() == 2, "everything was written when it died"
        raise KeyboardInterrupt

    begun = living.start_moving
    monkeypatch.setattr(living, "start_moving", killed)
    with pytest.raises(KeyboardInterrupt):
        live(file)

    assert state(file) == "ORDER_SIGNED"
    assert not BodyMission.objects.filter(departement="15").exists()
    assert not Organisation.objects.filter(code="CCSS15").exists()
    assert Organisation.objects.get(code="CAF15").valid_to is None
    monkeypatch.setattr(living, "start_moving", begun)
    assert live(file)[0].state == "LIVE"


def test_the_task_begins_what_is_due_and_a_second_delivery_nothing(settings):
    file = ordered()
    settings.PORTAL_DAY = date(2026, 12, 31)
    begin_due()
    assert state(file) == "ORDER_SIGNED"
    settings.PORTAL_DAY = BEGINS
    assert files_due(BEGINS) == [file.pk]
    begin_due()
    begin_due()
    assert state(file) == "LIVE"
    assert files_due(BEGINS) == []


@pytest.mark.parametrize("step", [opened, voted, heard])
def test_no_step_is_skipped(step):
    file = step()
    with pytest.raises(MoveNotAllowed):
        live(file)
    assert state(file) == file.state


def test_a_file_is_withdrawn_with_its_reason_until_its_day():
    file = ordered()
    with pytest.raises(JointRefused, match="10 à 500"):
        withdraw(creation_pk=file.pk, reason="non", who=director())
    late = replace(director(), on=BEGINS)
    with pytest.raises(JointRefused, match="premier jour est venu"):
        withdraw(creation_pk=file.pk, reason="Les conseils ont renoncé.", who=late)
    done, again = withdraw(creation_pk=file.pk, reason="Les conseils ont renoncé.", who=director())
    assert (done.state, done.withdrawn_on, again) == ("WITHDRAWN", DAY, False)
    assert withdraw(creation_pk=file.pk, reason="Les conseils ont renoncé.", who=director())[1]
    assert files_due(BEGINS) == []
    assert open_creation_file(proposed=CANTAL, key=uuid4(), who=director())[0].state == "PROPOSED"


def test_an_experiment_of_the_first_law_ends_after_five_years():
    file = opened(replace(CANTAL, proposed_on=date(2008, 3, 1), outside_rural_zone=0))
    for body in file.concerned:
        vote(file, body, on=date(2008, 4, 1))
    for body in file.consulted:
        opinion(file, body, on=date(2008, 6, 1))
    enter_order(
        creation_pk=file.pk, reference="Arrêté du 1er décembre 2008", signed_on=date(2008, 12, 1), starts_on=date(2009, 1, 1),
        who=director(),
    )  # fmt: skip
    live(file)
    assert set(BodyMission.objects.filter(body="CCSS15").values_list("ends_on", flat=True)) == {date(2014, 1, 1)}
    assert competent_body("15", "FAMILY", "GENERAL", date(2013, 12, 31), missions_now("15")).code == "CCSS15"


@pytest.mark.parametrize(
    ("case", "departement", "branches", "ended"),
    [
        ("the CGSS keeps collection", "974", ("SICKNESS", "FAMILY"), {"CAF974"}),
        ("it keeps nothing", "974", ("COLLECTION", "SICKNESS", "FAMILY"), {"CAF974", "CGSS974"}),
        ("Guadeloupe's serve Saint-Martin, which follows", "971", ("SICKNESS", "FAMILY"), {"CAF971"}),
    ],
)
def test_a_joint_fund_overseas_takes_the_place_of_the_caf_and_of_the_cgss(case, departement, branches, ended):
    there = replace(
        CANTAL, departement=departement, branches=branches, name="Caisse commune d’outre-mer", seat_city="Ville"
    )
    file = ordered(proposed=there)
    assert sorted(file.concerned) == [f"CAF{departement}", f"CGSS{departement}"]

    live(file)

    held = BodyMission.objects.filter(body=f"CCSS{departement}").values_list("branch", "former")
    formers = {"FAMILY": f"CAF{departement}", "SICKNESS": f"CGSS{departement}", "COLLECTION": f"CGSS{departement}"}
    assert dict(held) == {branch: formers[branch] for branch in branches}, case
    over = Organisation.objects.filter(code__in=set(formers.values()), valid_to=BEGINS)
    assert set(over.values_list("code", flat=True)) == ended
    assert competent_body(departement, "FAMILY", "AGRICULTURAL", BEGINS, missions_now()).code == f"CCSS{departement}"


def test_a_cgss_that_has_one_of_its_branches_back_lives_again():
    there = replace(
        CANTAL, departement="974", branches=("COLLECTION", "SICKNESS", "FAMILY"), name="Caisse commune d’outre-mer"
    )
    live(ordered(proposed=there))
    end = date(2028, 1, 1)
    sickness = BodyMission.objects.filter(body="CCSS974", branch="SICKNESS")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    done = FundReturn.objects.create(body_id="CCSS974", ends_on=end, done_at=moment_on(end))
    sickness.update(ends_on=end, returned=done)

    write_returns()

    assert Organisation.objects.get(code="CGSS974").valid_to is None
    assert Organisation.objects.get(code="CAF974").valid_to == BEGINS
