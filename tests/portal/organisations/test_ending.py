"""A joint fund that works ends by an order: its bodies answer again, files and rights go back, nothing is lost; an experiment is
made permanent by an order, or ends."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection

from portal.accounts.models import Door, Posting, Role, User
from portal.accounts.permissions import funds_on, may, moment_on
from portal.accounts.postings import PostingRefused, post
from portal.accounts.rights import Right
from portal.audit.models import JournalEntry
from portal.casework.models import Dossier
from portal.casework.moves import MoveNotAllowed
from portal.organisations.joint import returning, running
from portal.organisations.joint.acting import JointRefused, Who, missions_now
from portal.organisations.joint.deliberations import Presented, present_file
from portal.organisations.joint.files import Entered, enter_opinion, enter_order, enter_vote, open_creation_file
from portal.organisations.joint.funds import going_back
from portal.organisations.joint.living import go_live
from portal.organisations.joint.orders import (
    Ordered,
    confirm_fund_order,
    drop_fund_order,
    enter_fund_order,
)
from portal.organisations.joint.proving import note_money
from portal.organisations.joint.returning import go_back, returns_due
from portal.organisations.joint.running import check_return, move_open_files, return_open_files
from portal.organisations.joint.tasks import end_due
from portal.organisations.models import BodyMission, CreationFile, FileMove, FundOrder, FundReturn, Organisation
from portal.organisations.operations import load_directory
from portal.organisations.rules.competence import competent_body
from portal.organisations.serving import competent_for, funds_served, name_on, serving
from tests.portal.organisations.test_moving import agent, dossier
from tests.portal.organisations.world import BEGINS, CANTAL, NAME, director, ordered, who

pytestmark = pytest.mark.django_db
ENDS = date(2028, 1, 1)
EVE = ENDS - timedelta(days=1)
END = Ordered("CCSS15", "END", "Arrêté du 1er juin 2027", date(2027, 6, 1), ENDS)
ENTERED = date(2027, 6, 10)


def officer(on: date = ENTERED) -> Who:
    user, is_new = User.objects.get_or_create(username="comptable", defaults={"door": Door.AGENT})
    if is_new:
        Posting.objects.create(user=user, role=Role.ACCOUNTING_OFFICER, fund="", starts_on=date(2026, 1, 1))
    return who(user, on)


def conducting(on: date = ENTERED) -> Who:
    return replace(director(), on=on, at=moment_on(on))


def working(file: CreationFile | None = None, on: date = BEGINS) -> CreationFile:
    """A fund that works, its first day proved."""
    made = go_live(creation_pk=(file or ordered()).pk, by="directrice", on=on, at=moment_on(on))[0]
    return move_open_files(creation_pk=made.pk)


def entered(order: Ordered = END, on: date = ENTERED) -> FundOrder:
    return enter_fund_order(ordered=order, key=uuid4(), who=conducting(on))[0]


def confirmed(order: Ordered = END, on: date = ENTERED) -> FundOrder:
    return confirm_fund_order(order_pk=entered(order, on).pk, who=officer(on))[0]


def ended(on: date = ENDS) -> FundReturn:
    back = go_back(body="CCSS15", ends_on=ENDS, by="portail", on=on, at=moment_on(on))
    return return_open_files(return_pk=back.pk)


def ends_of(body: str = "CCSS15") -> dict[str, date | None]:
    return dict(BodyMission.objects.filter(body=body).values_list("branch", "ends_on"))


# Ending a fund that works.


def test_nothing_changes_until_another_person_confirms():
    working()
    order = entered()
    assert ends_of() == {"FAMILY": None, "SICKNESS": None}
    with pytest.raises(JointRefused, match="une autre personne le confirme"):
        confirm_fund_order(order_pk=order.pk, who=conducting())
    supervisor = who(agent("adjointe", "", Role.SUPERVISOR), ENTERED)
    with pytest.raises(JointRefused, match="l’agence comptable"):
        confirm_fund_order(order_pk=order.pk, who=supervisor)
    assert confirm_fund_order(order_pk=order.pk, who=officer())[1] is False
    assert ends_of() == {"FAMILY": ENDS, "SICKNESS": ENDS}
    assert confirm_fund_order(order_pk=order.pk, who=officer())[1]
    assert JournalEntry.objects.filter(subject=f"joint-order:{order.pk}").count() == 2


def test_on_the_day_bodies_answer_again_and_files_and_rights_go_back_as_they_stood():
    made = [dossier(number) for number in range(1, 6)]
    user = agent("odile", "CAF15", until=date(2029, 1, 1))
    file = working()
    confirmed()
    before = list(Dossier.objects.order_by("pk").values())
    back = ended()

    assert list(Dossier.objects.order_by("pk").values()) == before, "the return writes in no file"
    assert (competent_for("CAF15", "FAMILY", EVE), competent_for("CAF15", "FAMILY", ENDS)) == ("CCSS15", "CAF15")
    assert (funds_served("CCSS15", "FAMILY", ENDS), funds_served("CAF15", "FAMILY", ENDS)) == ([], ["CAF15"])
    assert competent_body("15", "FAMILY", "GENERAL", ENDS, missions_now("15")).code == "CAF15"
    assert (name_on("CAF15", EVE), name_on("CAF15", ENDS)) == (NAME, "Caf du Cantal")
    told = serving("CAF15", ENDS)
    assert (told.former, told.since, told.is_back) == (NAME, ENDS, True)
    lives = dict(Organisation.objects.filter(code__in=["CAF15", "CPAM15", "CCSS15"]).values_list("code", "valid_to"))
    assert lives == {"CAF15": None, "CPAM15": None, "CCSS15": ENDS}
    assert funds_on(user, EVE) == funds_on(user, ENDS) == ["CAF15"]
    assert Posting.objects.get(user=user, starts_on=ENDS).ends_on == date(2029, 1, 1)
    proof = check_return(return_pk=back.pk, day=ENDS)
    line = next(one for one in proof.lines if one.kind == "cmg.dossier")
    assert (line.noted, line.moved, line.open, line.closed) == (len(made), len(made), len(made), 0)
    assert proof.is_proved
    file.refresh_from_db()
    assert (file.state, file.withdrawn_on, file.has_worked) == ("WITHDRAWN", ENDS, True)
    assert "Arrêté du 1er juin 2027" in file.withdrawn_because
    connection.check_constraints()


def test_a_day_done_twice_is_done_once_and_the_task_does_the_rest(settings):
    dossier(1)
    working()
    confirmed()
    settings.PORTAL_DAY = EVE
    end_due()
    assert returns_due(EVE) == []
    with pytest.raises(ValueError, match="not before"):
        ended(EVE)
    settings.PORTAL_DAY = ENDS
    end_due()
    end_due()
    back = FundReturn.objects.get()
    assert ended() == back
    assert FileMove.objects.filter(returned=back).count() == 1
    assert JournalEntry.objects.filter(action="joint.returned").count() == 1


def test_nothing_is_half_done_when_it_is_killed_on_the_way(monkeypatch):
    dossier(1)
    user = agent("odile", "CAF15")
    file = working()
    confirmed()

    def killed(*_told):
        assert FileMove.objects.filter(creation=None).count() == 1, "everything was written when it died"
        raise KeyboardInterrupt

    begun = returning.start_moving
    monkeypatch.setattr(returning, "start_moving", killed)
    with pytest.raises(KeyboardInterrupt):
        ended()
    assert not FundReturn.objects.exists()
    assert Organisation.objects.get(code="CAF15").valid_to == BEGINS
    assert Posting.objects.filter(user=user, fund="CCSS15", ends_on=None).exists()
    monkeypatch.setattr(returning, "start_moving", begun)
    ended()
    file.refresh_from_db()
    assert file.state == "WITHDRAWN"


def test_a_file_lost_or_begun_again_is_told_after_the_return_and_what_is_put_right_is_found():
    again, lost = dossier(1), dossier(2)
    working()
    confirmed()
    back = go_back(body="CCSS15", ends_on=ENDS, by="portail", on=ENDS, at=moment_on(ENDS))
    Dossier.objects.filter(pk=again.pk).update(deadline=again.deadline + timedelta(days=30))
    Dossier.objects.filter(pk=lost.pk).update(fund="CAF63")
    return_open_files(return_pk=back.pk)
    proof = check_return(return_pk=back.pk, day=ENDS)
    assert {one.key: one.words.partition(" :")[0] for one in proof.differences} == {
        str(again.pk): "délai noté", str(lost.pk): "introuvable sous l’organisme qui répond à nouveau",
    }  # fmt: skip
    Dossier.objects.filter(pk=again.pk).update(deadline=again.deadline)
    Dossier.objects.filter(pk=lost.pk).update(fund="CAF15")
    assert check_return(return_pk=back.pk, day=ENDS).is_proved


def test_ending_gives_access_to_nobody():
    """The Cpam's people at the joint fund had nothing of families: they have nothing at the Caf or at the Cpam either."""
    health = [agent(f"sante-{role}", "CCSS15", role, "SICKNESS") for role in (Role.FUND_CASEWORKER, Role.AUDITOR)]
    neighbour, local = agent("voisine", "CAF43"), agent("odile", "CCSS15", branch="FAMILY")
    auditor = agent("a", "CCSS15", Role.AUDITOR, "FAMILY")
    seat = agent("b", "CCSS15", Role.BOARD_MEMBER, "FAMILY")
    working()
    confirmed()
    told = going_back("CCSS15", EVE)
    assert (told.people, told.seats) == (2, 1)
    before = {one.pk: [funds_on(one, EVE, right) for right in Right] for one in (neighbour, local, auditor)}
    ended()
    for user in health:
        assert [funds_on(user, ENDS, right) for right in Right] == [[] for _right in Right]
        assert not Posting.objects.filter(user=user, fund="CPAM15").exists()
    for user in (neighbour, local, auditor):
        assert [funds_on(user, ENDS, right) for right in Right] == before[user.pk]
    assert funds_on(auditor, ENDS) == ["CAF15"], "at a fund an auditor opens its files, and nothing of the country"
    assert not any(may(seat, right, ENDS) for right in Right), "the board of the Caf is another one"


def test_who_is_posted_after_the_end_is_posted_at_the_former_body():
    agent("directrice-b", "", Role.AUTHORISING_OFFICER)
    User.objects.create(username="nouvelle", door=Door.AGENT)
    working()
    confirmed()
    asked = {
        "username": "nouvelle",
        "role": Role.FUND_CASEWORKER,
        "granted_by": "directrice-b",
        "ends_on": None,
        "fund": "CAF15",
    }
    with pytest.raises(PostingRefused, match="agit à la place"):
        post(**asked, starts_on=EVE)
    assert post(**asked, starts_on=ENDS).fund == "CAF15"
    there = asked | {"fund": "CCSS15", "branch": "FAMILY"}
    with pytest.raises(PostingRefused, match="finit le 31/12/2027 : donnez l’affectation à CAF15"):
        post(**there, starts_on=ENDS)
    assert post(**there, starts_on=EVE).fund == "CCSS15"
    user = User.objects.get(username="nouvelle")
    Posting.objects.create(user=user, role=Role.FUND_CASEWORKER, fund="CCSS15", branch="FAMILY", starts_on=BEGINS)
    ended()
    assert Posting.objects.filter(user=user, fund="CAF15").count() == 1, "theirs stands"


@pytest.mark.parametrize(
    ("case", "changes", "field", "words"),
    [
        ("signed tomorrow", {"signed_on": ENTERED + timedelta(days=1)}, "signed_on", "jour à venir"),
        ("ended before it is signed", {"ends_on": date(2027, 5, 31)}, "ends_on", "précéder la signature"),
        ("ended today", {"ends_on": ENTERED}, "ends_on", "La fin est à venir"),
        ("no day", {"ends_on": None}, "ends_on", "premier jour sans"),
        ("no reference", {"reference": ""}, "reference", "5 à 80"),
        ("a fund that holds nothing", {"body": "CCSS05"}, "signed_on", "aucune branche"),
    ],
)
def test_orders_that_end_nothing(case, changes, field, words):
    working()
    with pytest.raises(JointRefused) as refused:
        entered(replace(END, **changes))
    assert words in refused.value.errors[field], case
    assert not FundOrder.objects.exists()


def test_tomorrow_is_the_first_day_that_an_order_may_end_a_fund_on():
    working()
    assert confirmed(replace(END, ends_on=ENTERED + timedelta(days=1))).state == "CONFIRMED"


def test_an_end_is_refused_while_something_would_be_lost():
    dossier(1)
    file = go_live(creation_pk=ordered().pk, by="directrice", on=BEGINS, at=moment_on(BEGINS))[0]
    with pytest.raises(JointRefused, match="n’est pas prouvée"):
        entered()
    move_open_files(creation_pk=file.pk)
    order = entered()
    presented = Presented("CCSS15", "Aide aux vacances des familles", date(2027, 6, 1), "Accès aux vacances")
    present_file(presented=presented, key=uuid4(), who=conducting())
    with pytest.raises(JointRefused, match="1 dossier d’action sociale attend le conseil"):
        confirm_fund_order(order_pk=order.pk, who=officer())
    assert going_back("CCSS15", ENTERED).losses
    assert ends_of() == {"FAMILY": None, "SICKNESS": None}


def holds_the_turn(of: str) -> bool:
    """Whether this very connection does: the other databases of the same server have turns of the same name."""
    told = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        " AND objid::bigint = hashtext(%s)::bigint & 4294967295"
    )
    with connection.cursor() as cursor:
        cursor.execute(told, (of,))
        return cursor.fetchone() == (1,)


def test_both_days_take_the_turn_of_the_fund_and_write_the_journal_once_the_ledger_is_read(monkeypatch):
    """The journal takes one writer at a time until the end of the transaction: every sign-in would wait for the ledger."""
    written: list[int] = []

    def read(move):
        written.append(JournalEntry.objects.count() - before)
        return note_money(move)

    monkeypatch.setattr(running, "note_money", read)
    for name in ("odile", "paul"):
        agent(name, "CAF15")
    file = ordered()
    before = JournalEntry.objects.count()
    assert not holds_the_turn("joint:CCSS15")
    working(file)
    assert holds_the_turn("joint:CCSS15")
    assert JournalEntry.objects.filter(action="account.posting_followed").count() == 2
    confirmed()
    before = JournalEntry.objects.count()
    ended()
    assert written == [0, 0]
    assert JournalEntry.objects.filter(action="account.posting_followed").count() == 4


def test_an_order_too_late_to_be_confirmed_or_dropped_changes_nothing():
    working()
    order = entered()
    with pytest.raises(JointRefused, match="La fin est à venir"):
        confirm_fund_order(order_pk=order.pk, who=officer(ENDS))
    with pytest.raises(JointRefused, match="attend déjà sa confirmation"):
        entered()
    assert drop_fund_order(order_pk=order.pk, who=officer())[0].state == "DROPPED"
    with pytest.raises(MoveNotAllowed):
        confirm_fund_order(order_pk=order.pk, who=officer())
    assert ends_of() == {"FAMILY": None, "SICKNESS": None}
    assert confirmed().state == "CONFIRMED"


def test_a_form_sent_twice_is_one_order():
    working()
    key = uuid4()
    sent = [enter_fund_order(ordered=END, key=key, who=conducting()) for _time in range(2)]
    assert (sent[0][0], sent[1][1]) == (sent[1][0], True)


def test_lozere_that_the_directory_knew_ends_too_and_its_caf_answers_again_under_its_own_name():
    load_directory()
    confirmed(replace(END, body="CCSS48"))
    go_back(body="CCSS48", ends_on=ENDS, by="portail", on=ENDS, at=moment_on(ENDS))
    load_directory()
    assert competent_body("48", "FAMILY", "GENERAL", ENDS, missions_now("48")).name == "Caf de la Lozère"
    assert name_on("CAF48", ENDS) == "Caf de la Lozère"
    lives = dict(Organisation.objects.filter(code__in=["CAF48", "CCSS48"]).values_list("code", "valid_to"))
    assert lives == {"CAF48": None, "CCSS48": ENDS}, "the directory, loaded again, does not close it"


def created_again() -> date:
    """Proposed, voted and ordered anew after its end; its new first day."""
    again = replace(CANTAL, proposed_on=date(2028, 2, 1))
    load_directory()
    later = conducting(date(2028, 3, 1))
    file = open_creation_file(proposed=again, key=uuid4(), who=later)[0]
    for body in file.concerned:
        enter_vote(creation_pk=file.pk, vote=Entered(body, date(2028, 2, 2), True, "PV"), who=later)
    for body in file.consulted:
        enter_opinion(creation_pk=file.pk, opinion=Entered(body, date(2028, 2, 3), True, "Avis"), who=later)
    day = date(2028, 4, 1)
    enter_order(creation_pk=file.pk, reference="Arrêté deux", signed_on=date(2028, 3, 1), starts_on=day, who=later)
    working(file, day)
    return day


def test_the_proof_of_a_return_stays_true_once_the_place_is_taken_again(settings):
    dossier(1)
    working()
    confirmed()
    back = ended()
    day = settings.PORTAL_DAY = created_again()
    proof = check_return(return_pk=back.pk, day=day)
    assert (proof.differences, proof.is_proved) == ([], True)
    call_command("check_joint_fund", "CCSS15")
    Dossier.objects.update(fund="CAF63")
    assert not check_return(return_pk=back.pk, day=day).is_proved, "what is lost is told all the same"


def test_a_fund_that_ended_may_be_created_again():
    working()
    confirmed()
    ended()
    day = created_again()
    assert competent_for("CAF15", "FAMILY", day) == "CCSS15"
    assert Organisation.objects.get(code="CCSS15").valid_to is None
    assert Organisation.objects.get(code="CAF15").valid_to == day
