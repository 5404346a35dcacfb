"""What must never be is refused by the database too, whoever writes."""

import re
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from portal.accounts.models import User
from portal.accounts.permissions import moment_on
from portal.organisations.models import (
    BoardVote,
    BodyMission,
    CreationFile,
    NationalOpinion,
    Organisation,
    SocialActionDeliberation,
)
from portal.organisations.operations import load_directory
from portal.organisations.rules.creation import MOVES
from portal.organisations.rules.ending import ORDER_MOVES
from tests.portal.organisations.world import BEGINS, DAY, heard, opened, ordered, vote, voted

pytestmark = pytest.mark.django_db
MIGRATION = Path(__file__).parents[3] / "portal/organisations/migrations/0005_orders_end_or_make_permanent.py"


def refused(words: str):
    """Whatever is written inside is refused, in these words."""
    return pytest.raises(DatabaseError, match=words)


def write(file: CreationFile, **changes: object) -> None:
    with transaction.atomic():
        CreationFile.objects.filter(pk=file.pk).update(**changes)


ORDER = {"order_reference": "Arrêté", "order_signed_on": date(2026, 10, 20), "starts_on": DAY}
LIVE = {"state": "LIVE", "live_since": moment_on(DAY)}


def test_the_pairs_of_the_trigger_are_those_of_the_table():
    text = MIGRATION.read_text(encoding="utf-8")
    for name, moves in (("creation_pair", MOVES), ("order_pair", ORDER_MOVES)):
        found = re.findall(r"\('(\w+)', '(\w+)'\)", text[text.index(name) :].partition("$$;")[0])
        assert sorted(found) == sorted((str(a), str(b)) for a, after in moves.items() for b in after)


def one_against() -> CreationFile:
    file = opened()
    vote(file, "CAF15")
    return vote(file, "CPAM15", favourable=False)


@pytest.mark.parametrize(
    ("case", "step", "changes", "words"),
    [
        ("live at once", opened, LIVE | ORDER, "PROPOSED ne mène pas à LIVE"),
        ("an order without opinions asked", opened, {"state": "ORDER_SIGNED"} | ORDER, "PROPOSED ne mène pas"),
        ("live without an order", heard, LIVE | ORDER, "NATIONAL_OPINIONS ne mène pas à LIVE"),
        ("opinions before the votes", opened, {"state": "NATIONAL_OPINIONS"}, "vote favorable d’un conseil"),
        ("opinions with one board against", one_against, {"state": "NATIONAL_OPINIONS"}, "vote favorable d’un conseil"),
        ("an order without its opinions", voted, {"state": "ORDER_SIGNED"} | ORDER, "avis d’un organisme national"),
        ("an order that nobody wrote", heard, {"state": "ORDER_SIGNED"}, "arrêté du ministre"),
        ("an order signed after the first day", heard, {"state": "ORDER_SIGNED"} | ORDER | {"starts_on": date(2026, 10, 19)},
         "creation_order_not_after_start"),
        ("live before its day", ordered, LIVE, "premier jour n’est pas venu"),
        ("live without a moment", ordered, {"state": "LIVE"}, "premier jour n’est pas venu"),
        ("a moment without being live", ordered, {"live_since": moment_on(DAY)}, "pas en service"),
        ("withdrawn without a reason", ordered, {"state": "WITHDRAWN"}, "son jour et son motif"),
        ("a reason without being withdrawn", ordered, {"withdrawn_on": DAY, "withdrawn_because": "Autre"}, "son jour et son motif"),
        ("another first day once ordered", ordered, {"starts_on": date(2028, 1, 1)}, "ne change pas"),
        ("one board less", opened, {"concerned": ["CAF15"]}, "ne change pas"),
        ("another branch", opened, {"branches": ["FAMILY"]}, "ne change pas"),
        ("back to the boards", heard, {"state": "PROPOSED"}, "ne mène pas à PROPOSED"),
    ],
)  # fmt: skip
def test_no_step_without_what_it_needs(case, step, changes, words):
    with refused(words):
        write(step(), **changes)


def test_a_file_that_ended_never_changes():
    file = ordered()
    write(file, state="WITHDRAWN", withdrawn_on=DAY, withdrawn_because="Renoncé")
    with refused("il ne change plus"):
        write(file, state="LIVE", live_since=moment_on(BEGINS), withdrawn_on=None, withdrawn_because="")


def test_a_file_begins_at_its_beginning():
    load_directory()
    user = User.objects.create(username="u")
    with refused("commence proposé"), transaction.atomic():
        CreationFile.objects.create(
            code="CCSS15", name="C", departement="15", branches=["FAMILY"], seat_city="A", concerned=["CAF15"], consulted=["CNAF"],
            proposed_on=DAY, opened_by=user, form_key=uuid4(), state="ORDER_SIGNED", **ORDER,
        )  # fmt: skip
    with refused("commence proposé"), transaction.atomic():
        CreationFile.objects.create(
            code="CCSS15", name="C", departement="15", branches=["FAMILY"], seat_city="A", proposed_on=DAY, opened_by=user,
            form_key=uuid4(),
        )  # fmt: skip


def test_no_vote_changes_after_the_order_and_a_late_one_is_refused():
    file = ordered()
    with refused("votes ne changent plus"), transaction.atomic():
        BoardVote.objects.filter(file=file, body="CAF15").update(is_favourable=False)
    with refused("votes ne changent plus"), transaction.atomic():
        BoardVote.objects.create(
            file=file, body_id="CAF43", held_on=DAY, is_favourable=True, reference="x", entered_by=file.opened_by
        )
    with refused("avis : il vient"), transaction.atomic():
        NationalOpinion.objects.filter(file=file, body="CNAF").update(is_favourable=False)
    for kind in (BoardVote, NationalOpinion, CreationFile):
        with refused("ne se modifie pas"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {kind._meta.db_table}")


def test_votes_are_of_the_boards_concerned_and_stay_favourable_once_all_are():
    file = opened()
    told = {"held_on": DAY, "reference": "x", "entered_by": file.opened_by}
    with refused("CAF43 ne vote pas"), transaction.atomic():
        BoardVote.objects.create(file=file, body_id="CAF43", is_favourable=True, **told)
    with refused("avis : il vient"), transaction.atomic():
        NationalOpinion.objects.create(
            file=file, body="CNAF", given_on=DAY, is_favourable=True, reference="x", entered_by=file.opened_by
        )
    for body in file.concerned:
        vote(file, body)
    with refused("un conseil contre"), transaction.atomic():
        BoardVote.objects.filter(file=file, body="CAF15").update(is_favourable=False)
    with refused("il reste celui d’un conseil"), transaction.atomic():
        BoardVote.objects.filter(file=file, body="CAF15").update(body_id="CPAM15")


def test_a_live_fund_holds_the_branches_of_its_file():
    file = ordered(starts_on=DAY)
    write(file, **LIVE)
    with refused("sans les branches de son dossier"), transaction.atomic():
        connection.check_constraints()
    # Put right for the end of this test's own transaction.
    body = Organisation.objects.create(code="CCSS15", name="C", body="CCSS", seat_departement="15", departements=["15"])
    for branch, former in (("SICKNESS", "CPAM15"), ("FAMILY", "CAF15")):
        BodyMission.objects.create(body=body, branch=branch, departement="15", former_id=former, starts_on=DAY)
    connection.check_constraints()


def test_one_live_body_at_a_time_and_only_a_joint_fund():
    load_directory()
    held = {"branch": "FAMILY", "departement": "48", "former_id": "CAF48"}
    with pytest.raises(IntegrityError, match="mission_one_body_at_a_time"), transaction.atomic():
        BodyMission.objects.create(body_id="CCSS48", starts_on=date(2020, 1, 1), **held)
    with pytest.raises(IntegrityError, match="mission_one_body_at_a_time"), transaction.atomic():
        BodyMission.objects.create(body_id="CCSS48", starts_on=date(2008, 1, 1), ends_on=date(2009, 1, 2), **held)
    BodyMission.objects.create(body_id="CCSS48", starts_on=date(2008, 1, 1), ends_on=date(2009, 1, 1), **held)
    with refused("n’est pas une caisse commune"), transaction.atomic():
        BodyMission.objects.create(body_id="CAF63", branch="FAMILY", departement="63", former_id="CAF63", starts_on=DAY)
    with refused("seule sa fin peut changer"), transaction.atomic():
        BodyMission.objects.filter(body="CCSS48").update(starts_on=date(2010, 1, 1))


def test_a_deliberation_is_of_a_joint_fund_names_a_guideline_and_is_taken_once():
    load_directory()
    user = User.objects.create(username="u")

    def present(**more: object) -> SocialActionDeliberation:
        told = {"body_id": "CCSS48", "guideline": "Accès aux vacances"} | more
        with transaction.atomic():
            return SocialActionDeliberation.objects.create(
                title="Aide aux vacances", presented_by=user, presented_on=DAY, form_key=uuid4(), **told
            )

    with refused("n’est pas une caisse commune"):
        present(body_id="CAF63")
    with refused("deliberation_names_a_guideline"):
        present(guideline="")
    with refused("présenté avant d’être délibéré"):
        present(deliberated_on=DAY, is_adopted=True)
    made = present()
    mine = SocialActionDeliberation.objects.filter(pk=made.pk)
    with refused("ne change pas"), transaction.atomic():
        mine.update(guideline="Autre chose")
    mine.update(deliberated_on=DAY, is_adopted=True)
    with refused("ne change pas"), transaction.atomic():
        mine.update(is_adopted=False)
    with refused("ne se modifie pas"), transaction.atomic():
        mine.delete()
