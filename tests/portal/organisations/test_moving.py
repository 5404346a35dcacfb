"""Open files go on with the joint fund: noted as they stood, found again, proved; rights go on by branch, and no further."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Door, Posting, Role, User, branch_of
from portal.accounts.permissions import funds_on, may, moment_on, roles_on
from portal.accounts.postings import PostingRefused, post
from portal.accounts.rights import Right
from portal.audit.models import JournalEntry
from portal.batches.models import Run, RunState, Signature, SliceState
from portal.batches.operations import start_run
from portal.casework.models import Dossier
from portal.casework.selectors import colleagues_of, visible
from portal.organisations.joint import running
from portal.organisations.joint.living import go_live
from portal.organisations.joint.moving import holding_of, holdings
from portal.organisations.joint.running import check_moving, move_open_files, run_of
from portal.organisations.models import CreationFile, FileMove
from portal.organisations.serving import competent_for, funds_served, name_on, names_on, serving
from tests.portal.organisations.world import BEGINS, NAME, ordered

pytestmark = pytest.mark.django_db
EVE = BEGINS - timedelta(days=1)
OLD_NAME = "Caf du Cantal"


def agent(name: str, fund: str, role: Role = Role.FUND_CASEWORKER, branch: str = "", until: date | None = None,
          since: date = date(2026, 1, 1)) -> User:  # fmt: skip
    user, _new = User.objects.get_or_create(username=name, defaults={"door": Door.AGENT})
    Posting.objects.create(user=user, role=role, fund=fund, branch=branch, starts_on=since, ends_on=until)
    return user


def dossier(number: int, *, fund: str = "CAF15", body: str = "FUND", state: str = "OPEN") -> Dossier:
    return Dossier.objects.create(
        subject=f"cmg:employer:{number:05}", title="Deux revenus", fund=fund, body=body, state=state, opened_on=EVE,
        deadline=BEGINS + timedelta(days=number), reasons="C01",
    )  # fmt: skip


def live(file: CreationFile, on: date = BEGINS) -> CreationFile:
    return go_live(creation_pk=file.pk, by="directrice", on=on, at=moment_on(on))[0]


# Who answers, and under which name.


def test_the_fund_answers_until_the_eve_and_the_joint_fund_from_the_day():
    live(ordered())
    assert (name_on("CAF15", EVE), name_on("CAF15", BEGINS)) == (OLD_NAME, NAME)
    assert (competent_for("CAF15", "FAMILY", EVE), competent_for("CAF15", "FAMILY", BEGINS)) == ("CAF15", "CCSS15")
    told = serving("CAF15", BEGINS)
    assert (told.former, told.since) == (OLD_NAME, BEGINS)


def test_a_branch_that_is_not_joined_a_neighbour_and_the_msa_do_not_change():
    live(ordered())
    assert competent_for("CAF15", "COLLECTION", BEGINS) == "CAF15"
    assert name_on("CAF63", BEGINS) == "Caf du Puy-de-Dôme"
    assert competent_for("MSA15", "FAMILY", BEGINS) == "MSA15"
    assert names_on(["CAF15", "PAJEMPLOI"], BEGINS) == {"CAF15": NAME, "PAJEMPLOI": "PAJEMPLOI"}


def test_each_body_serves_files_by_branch_and_by_day():
    live(ordered())
    assert funds_served("CCSS15", "FAMILY", EVE) == []
    assert funds_served("CCSS15", "FAMILY", BEGINS) == ["CAF15"]
    assert funds_served("CCSS15", "SICKNESS", BEGINS) == ["CPAM15"]
    assert funds_served("CAF15", "FAMILY", EVE) == ["CAF15"]
    assert funds_served("CAF15", "FAMILY", BEGINS) == []


def test_names_of_many_funds_are_one_query(django_assert_num_queries):
    live(ordered())
    with django_assert_num_queries(1):
        names_on([f"CAF{number:02}" for number in range(1, 60)], BEGINS)


# Who may see and act.


def test_who_worked_at_the_caf_goes_on_at_the_joint_fund_for_families_only():
    user = agent("odile", "CAF15")
    live(ordered())
    was, now = Posting.objects.filter(user=user).order_by("starts_on")
    assert (was.fund, was.ends_on) == ("CAF15", BEGINS)
    assert (now.fund, now.branch, now.role, now.starts_on, now.ends_on) == (
        "CCSS15", "FAMILY", Role.FUND_CASEWORKER, BEGINS, None,
    )  # fmt: skip
    assert funds_on(user, EVE) == ["CAF15"] == funds_on(user, BEGINS)
    assert may(user, Right.TREAT_CMG, BEGINS)
    assert JournalEntry.objects.filter(action="account.posting_followed", subject=f"user:{user.pk}").count() == 1


def test_a_posting_that_ends_keeps_its_end_and_one_to_come_begins_at_the_joint_fund():
    ending, coming = agent("fin", "CAF15", until=date(2027, 3, 1)), agent("debut", "CAF15", since=date(2027, 2, 1))
    over = agent("partie", "CAF15", until=BEGINS)
    live(ordered())
    assert (funds_on(ending, date(2027, 2, 28)), funds_on(ending, date(2027, 3, 1))) == (["CAF15"], [])
    assert (funds_on(coming, date(2027, 1, 31)), funds_on(coming, date(2027, 2, 1))) == ([], ["CAF15"])
    assert Posting.objects.filter(user=over).get().fund == "CAF15"


def test_merging_bodies_merges_no_access():
    """Somebody of the Cpam, at the joint fund for sickness, whatever the role: no family file, no role, no signature."""
    health = [agent(f"sante-{role}", "CCSS15", role, "SICKNESS") for role in (
        Role.FUND_CASEWORKER, Role.ARIPA_CASEWORKER, Role.CONTROLLER, Role.AUDITOR, Role.ACCOUNTING_OFFICER)]  # fmt: skip
    found = dossier(1)
    live(ordered())
    for user in health:
        assert roles_on(user, BEGINS) == []
        for right in Right:
            assert funds_on(user, BEGINS, right) == [], right
            assert not may(user, right, BEGINS)
        assert not visible(user, BEGINS).exists()
        assert user not in colleagues_of(found, BEGINS)


def test_a_session_of_the_sickness_branch_gets_of_the_api_what_nobody_gets():
    """Keys of outside bodies open the API, postings never do: signed in there for sickness, one is a stranger."""
    agent("sante", "CCSS15", branch="SICKNESS")
    live(ordered())
    inside, outside = Client(), Client()
    inside.force_login(User.objects.get(username="sante"))
    paths = (
        "aripa/orders", "aripa/orders/O-0000001", "aripa/titles", "aripa/titles/receipts/R-0000001", "exchanges/envelopes",
        "structures/P-1/availability",
    )  # fmt: skip
    for path in paths:
        for method in ("get", "post", "put"):
            got, wanted = (getattr(one, method)(f"/api/v1/{path}") for one in (inside, outside))
            assert (got.status_code, got.content) == (wanted.status_code, wanted.content), (method, path)
            assert got.status_code in (401, 403, 404, 405, 415), (method, path)


def test_families_of_the_joint_fund_are_not_those_of_the_neighbours():
    user = agent("famille", "CCSS15", branch="FAMILY")
    mine, other, msa = dossier(1), dossier(2, fund="CAF63"), dossier(3, fund="MSA15")
    file = ordered()
    assert (roles_on(user, EVE), funds_on(user, EVE)) == ([], []), "nothing before the first day"
    live(file)
    assert list(visible(user, BEGINS)) == [mine]
    assert user in colleagues_of(mine, BEGINS)
    assert user not in colleagues_of(other, BEGINS)
    assert user not in colleagues_of(msa, BEGINS)


def test_who_exchanges_for_the_cpam_stays_under_the_code_of_its_designation():
    user = agent("cpam", "CPAM15", Role.PARTNER_AGENT)
    live(ordered())
    assert Posting.objects.get(user=user).fund == "CPAM15"
    assert may(user, Right.PARTNER_EXCHANGE, BEGINS)


@pytest.mark.parametrize("role", Role.values)
def test_the_database_and_the_code_say_the_same_of_a_role_and_its_branch(role):
    live(ordered())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b, accounts_serves(%s, 'CCSS48', b, %s) FROM unnest(ARRAY['SICKNESS', 'FAMILY', 'COLLECTION']) b",
            (role, BEGINS),
        )
        serves = {branch for branch, code in cursor.fetchall() if code is not None}
    assert serves == {branch_of(role)}


def test_an_auditor_of_the_joint_fund_sees_its_families_and_not_all_those_of_the_country():
    local, national = agent("a", "CCSS15", Role.AUDITOR, "FAMILY"), agent("b", "", Role.AUDITOR)
    live(ordered())
    assert funds_on(local, BEGINS) == ["CAF15"]
    assert funds_on(national, BEGINS) is None


def test_nobody_is_posted_any_more_where_another_acts_and_the_refusal_says_who():
    live(ordered())
    agent("directrice-b", "", Role.AUTHORISING_OFFICER)
    User.objects.create(username="nouvelle", door=Door.AGENT)
    asked = {"username": "nouvelle", "role": Role.FUND_CASEWORKER, "granted_by": "directrice-b", "ends_on": None}
    with pytest.raises(PostingRefused, match="Caisse commune de sécurité sociale du Cantal"):
        post(**asked, fund="CAF15", starts_on=BEGINS)
    # A posting that was over on the eve may still be told.
    post(**asked | {"ends_on": BEGINS}, fund="CAF15", starts_on=date(2026, 6, 1))
    assert post(**asked, fund="CCSS15", branch="FAMILY", starts_on=BEGINS).place == "CCSS15, famille"
    with pytest.raises(PostingRefused, match="a sa branche"):
        post(**asked, fund="CCSS15", starts_on=date(2027, 2, 1))


@pytest.mark.parametrize(("fund", "branch"), [("CCSS15", ""), ("CAF15", "FAMILY"), ("CCSS15", "RETIREMENT")])
def test_the_database_refuses_a_branch_elsewhere_than_at_a_joint_fund(fund, branch):
    user = User.objects.create(username="x", door=Door.AGENT)
    with pytest.raises(IntegrityError, match="posting_branch_at_joint_fund"), transaction.atomic():
        Posting.objects.create(user=user, role=Role.AUDITOR, fund=fund, branch=branch, starts_on=date(2026, 1, 1))


# What is open goes on.


def test_every_kind_has_its_name_for_one_and_for_several_and_can_be_asked():
    kinds = holdings()
    assert {one.kind.partition(".")[0] for one in kinds} == {"aripa", "benefits", "cmg", "fraud", "monenfant"}
    for one in kinds:
        assert one.label.count(",") == 1, one.kind
        columns = [one.key, *([one.deadline] if one.deadline else [])]
        assert not one.rows().filter(one.is_open, one.of("CAF15")).values_list(*columns).exists(), one.kind


@pytest.mark.parametrize("kind", ["cmg.dossier", "benefits.family", "fraud.lead"])
def test_numbers_of_pensions_and_of_control_are_never_listed(kind):
    assert holding_of(kind).tells_keys == (not kind.startswith(("aripa.", "fraud.")))
    assert all(not one.tells_keys for one in holdings() if one.kind.startswith(("aripa.", "fraud.")))


def test_open_files_are_noted_as_they_stand_and_nothing_else():
    open_one, up, closed, other, pajemploi = (
        dossier(1), dossier(2, state="ESCALATED"), dossier(3, state="CLOSED"), dossier(4, fund="CAF63"),
        dossier(5, body="PAJEMPLOI"),
    )  # fmt: skip
    file = live(ordered())
    noted = FileMove.objects.filter(creation=file, kind="cmg.dossier").values_list("key", "former", "deadline")
    assert set(noted) == {(str(one.pk), "CAF15", one.deadline) for one in (open_one, up)}
    assert {str(one.pk) for one in (closed, other, pajemploi)}.isdisjoint({key for key, *_rest in noted})


def test_every_file_is_found_again_with_its_deadline_and_its_number():
    made = [dossier(number) for number in range(1, 6)]
    before = list(Dossier.objects.order_by("pk").values())
    file = move_open_files(creation_pk=live(ordered()).pk)
    assert list(Dossier.objects.order_by("pk").values()) == before, "the move writes in no file"
    proof = check_moving(creation_pk=file.pk, day=BEGINS)
    line = next(one for one in proof.lines if one.kind == "cmg.dossier")
    assert (line.noted, line.moved, line.open, line.closed) == (len(made), len(made), len(made), 0)
    assert proof.is_proved
    run = run_of(file)
    assert run is not None
    assert run.state == RunState.DONE
    assert run.totals["proof"]["is_proved"]


def test_a_run_killed_half_way_is_taken_up_where_it_was(monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 2)
    for number in range(1, 8):
        dossier(number)
    file = live(ordered())
    begun, found = [], running.found_again

    def killed(*told):
        begun.append(told)
        if len(begun) == 3:
            raise KeyboardInterrupt
        return found(*told)

    monkeypatch.setattr(running, "found_again", killed)
    with pytest.raises(KeyboardInterrupt):
        move_open_files(creation_pk=file.pk)
    run = run_of(file)
    assert run is not None
    assert run.slices.filter(state=SliceState.DONE).count() == 2
    moved = set(FileMove.objects.exclude(moved_at=None).values_list("pk", "moved_at"))
    assert len(moved) == 4

    move_open_files(creation_pk=file.pk)
    move_open_files(creation_pk=file.pk)
    assert not FileMove.objects.filter(moved_at=None).exists()
    assert moved <= set(FileMove.objects.values_list("pk", "moved_at")), "what was found is not found twice"
    assert check_moving(creation_pk=file.pk, day=BEGINS).is_proved
    assert JournalEntry.objects.filter(action="joint.files_moved").count() == 1


def test_a_deadline_begun_again_and_a_lost_file_are_told_and_a_file_closed_since_is_not():
    again, lost, closed, kept = (dossier(number) for number in range(1, 5))
    file = live(ordered())
    Dossier.objects.filter(pk=again.pk).update(deadline=again.deadline + timedelta(days=30))
    Dossier.objects.filter(pk=lost.pk).update(fund="CAF63")
    Dossier.objects.filter(pk=closed.pk).update(state="CLOSED")
    move_open_files(creation_pk=file.pk)
    proof = check_moving(creation_pk=file.pk, day=BEGINS)
    line = next(one for one in proof.lines if one.kind == "cmg.dossier")
    assert not proof.is_proved
    assert (line.noted, line.moved, line.open, line.closed, line.differences) == (4, 2, 2, 1, 2)
    assert {one.key: one.words for one in proof.differences} == {
        str(again.pk): "délai noté : 02/01/2027 ; lu : 01/02/2027", str(lost.pk): "introuvable sous la caisse commune",
    }  # fmt: skip
    with pytest.raises(CommandError, match="n’est pas prouvée"):
        call_command("check_joint_fund", "CCSS15")
    assert kept.pk

    Dossier.objects.filter(pk=again.pk).update(deadline=again.deadline)
    Dossier.objects.filter(pk=lost.pk).update(fund="CAF15")
    assert check_moving(creation_pk=file.pk, day=BEGINS).is_proved, "what is put right is found again"


def test_what_is_noted_never_changes_whoever_writes():
    dossier(1)
    file = live(ordered())
    noted = FileMove.objects.filter(creation=file)
    with pytest.raises(IntegrityError, match="ne change plus"), transaction.atomic():
        noted.update(deadline=date(2030, 1, 1))
    with pytest.raises(DatabaseError), transaction.atomic():
        noted.delete()
    with pytest.raises(IntegrityError, match="filemove_found_or_in_trouble"), transaction.atomic():
        noted.update(moved_at=moment_on(BEGINS), trouble="perdu")


def test_a_fund_without_any_open_file_is_proved_at_once():
    file = move_open_files(creation_pk=live(ordered()).pk)
    assert check_moving(creation_pk=file.pk, day=BEGINS).is_proved


def test_a_fund_that_the_directory_knew_already_has_nothing_to_prove():
    ordered()
    with pytest.raises(CommandError, match="n’a été mise en service ici"):
        call_command("check_joint_fund", "CCSS48")


def test_the_database_takes_no_signature_from_another_branch_nor_for_more_than_its_files():
    live(ordered())
    health = agent("sante", "CCSS15", Role.AUTHORISING_OFFICER, "SICKNESS")
    family = agent("famille", "CCSS15", Role.AUTHORISING_OFFICER, "FAMILY")
    run = start_run(
        kind="test", month=BEGINS, ordinal=1, day=BEGINS, dry_run=False, slices=0, rows_total=0, inputs_digest="",
        rule_version="1", parameters_digest="",
    )  # fmt: skip
    Run.objects.filter(pk=run.pk).update(state=RunState.TO_SIGN, digest="d" * 64)
    given = {"run": run, "role": "AUTHORISING_OFFICER", "digest": "d" * 64, "signed_at": moment_on(BEGINS)}
    with pytest.raises(IntegrityError, match="n'a pas ce rôle"), transaction.atomic():
        Signature.objects.create(user=health, **given)
    with pytest.raises(IntegrityError, match="n'ouvre pas"), transaction.atomic():
        Signature.objects.create(user=family, **given)
    assert Signature.objects.create(user=agent("nationale", "", Role.AUTHORISING_OFFICER), **given).pk


def test_the_page_of_the_file_shows_the_run_then_the_proof_then_what_differs(settings):
    settings.PORTAL_DAY = BEGINS
    made = dossier(1)
    file = live(ordered())
    client = Client()
    client.force_login(User.objects.get(username="directrice"))

    def page() -> str:
        return client.get(reverse("organisations:creation_file", args=[file.pk])).content.decode()

    assert "Chaque tranche est reprise si elle s’arrête" in page()
    move_open_files(creation_pk=file.pk)
    assert "preuve complète" in page()
    assert "Dossiers CMG" in page()
    Dossier.objects.filter(pk=made.pk).update(deadline=made.deadline + timedelta(days=1))
    assert not check_moving(creation_pk=file.pk, day=BEGINS).is_proved
    assert "écarts à traiter" in page()
    assert "délai noté : 02/01/2027 ; lu : 03/01/2027" in page()
