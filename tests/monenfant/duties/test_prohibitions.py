"""What no decision may rest on (CASF L. 421-4, III), tried through every door, the database's owner included.

Each door is tried with what it must refuse and with a look-alike that it must let through. The rule, the operations and
the plain rows are tried in tests/monenfant/rules, test_operations.py and models; the page in views/test_agent_decisions.py.
"""

import re
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import get_resolver

from monenfant import operations
from monenfant.models import (
    CarePlace,
    DeclarationFollowUp,
    FollowUpMove,
    SuspensionDecision,
    WithdrawalDecision,
    WithdrawalGround,
)  # fmt: skip
from monenfant.rules import follow_up as rules
from monenfant.rules.follow_up import Ground
from portal.accounts.models import User
from portal.exchange.flows import kind_named, kinds_of_others

pytestmark = pytest.mark.django_db
DAY, NOW = date(2022, 10, 1), datetime(2022, 10, 1, 9, tzinfo=UTC)
MISSING, SAFETY, UNPUBLISHED = "AVAILABILITY_NOT_DECLARED", "SAFETY", "PUBLICATION_NOT_AUTHORISED"
APP = Path(settings.BASE_DIR, "monenfant")


@pytest.fixture
def place() -> CarePlace:
    return CarePlace.objects.create(
        provider="CHILDMINDER", number="A1", kind="HOME", insee_code="63113", lat=45.78, lon=3.08, cell=1, most_places=4
    )


@pytest.fixture
def root() -> User:
    """The most powerful account that can be: it opens no door here."""
    return User.objects.create(username="root", is_superuser=True, is_staff=True)


def a_suspension(place: CarePlace, by: User, *grounds: str) -> SuspensionDecision:
    return SuspensionDecision(
        place=place, departement="63", decided_on=DAY, grounds=list(grounds), recorded_at=NOW, recorded_by=by
    )


def a_withdrawal(place: CarePlace, by: User, *grounds: Ground) -> WithdrawalDecision:
    return operations.record_withdrawal(
        place_pk=place.pk, departement="63", heard_on=DAY, commission_on=DAY, decided_on=DAY, grounds=grounds,
        by_pk=by.pk, now=NOW,
    )  # fmt: skip


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def to_the_end(door: Any, *values: Any) -> None:
    """What a door does, and the checks of the end of its transaction."""
    door(*values)
    end_of_transaction()


def end_of_transaction() -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


# ---- suspensions --------------------------------------------------------------------------------------------------


def saved(place: CarePlace, by: User, grounds: list[str]) -> None:
    a_suspension(place, by, *grounds).save()


def made_in_bulk(place: CarePlace, by: User, grounds: list[str]) -> None:
    SuspensionDecision.objects.bulk_create([a_suspension(place, by, SAFETY), a_suspension(place, by, *grounds)])


def changed_later(place: CarePlace, by: User, grounds: list[str]) -> None:
    a_suspension(place, by, SAFETY).save()
    SuspensionDecision.objects.update(grounds=grounds)


def changed_in_bulk(place: CarePlace, by: User, grounds: list[str]) -> None:
    one = a_suspension(place, by, SAFETY)
    one.save()
    one.grounds = grounds
    SuspensionDecision.objects.bulk_update([one], ["grounds"])


def written_in_sql(place: CarePlace, by: User, grounds: list[str]) -> None:
    run(
        "INSERT INTO monenfant_suspensiondecision (place_id, departement, decided_on, grounds, recorded_at, recorded_by_id) "
        "VALUES (%s, '63', %s, %s, %s, %s)", place.pk, DAY, grounds, NOW, by.pk,
    )  # fmt: skip


def appended_in_sql(place: CarePlace, by: User, grounds: list[str]) -> None:
    a_suspension(place, by, SAFETY).save()
    for ground in grounds:
        run("UPDATE monenfant_suspensiondecision SET grounds = array_append(grounds, %s)", ground)


def recorded(place: CarePlace, by: User, grounds: list[str]) -> None:
    operations.record_suspension(
        place_pk=place.pk, departement="63", decided_on=DAY, grounds=grounds, by_pk=by.pk, now=NOW, key=UUID(int=1)
    )


SUSPENDING = (saved, made_in_bulk, changed_later, changed_in_bulk, written_in_sql, appended_in_sql, recorded)


@pytest.mark.parametrize("door", SUSPENDING)
@pytest.mark.parametrize("grounds", [[MISSING], [SAFETY, MISSING]])
def test_no_door_suspends_for_a_missing_declaration(
    door: Any, grounds: list[str], place: CarePlace, root: User
) -> None:
    with pytest.raises((IntegrityError, rules.ForbiddenGroundError)), transaction.atomic():
        door(place, root, grounds)

    assert not SuspensionDecision.objects.exists()


@pytest.mark.parametrize("door", SUSPENDING)
def test_each_door_lets_another_ground_through(door: Any, place: CarePlace, root: User) -> None:
    door(place, root, [UNPUBLISHED])

    assert UNPUBLISHED in SuspensionDecision.objects.order_by("pk").last().grounds  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "grounds",
    [
        "'{{AVAILABILITY_NOT_DECLARED}}'",
        "'{SAFETY,NULL}'",
        "'{availability_not_declared}'",
        "'{ AVAILABILITY_NOT_DECLARED}'",
        "'{}'",
        "NULL",
    ],
)  # fmt: skip
def test_no_spelling_of_it_gets_round_the_table(grounds: str, place: CarePlace, root: User) -> None:
    a_suspension(place, root, SAFETY).save()

    with pytest.raises(IntegrityError), transaction.atomic():
        run(f"UPDATE monenfant_suspensiondecision SET grounds = {grounds}")


def test_a_form_of_the_model_refuses_it_too(place: CarePlace, root: User) -> None:
    """As an administration site would validate it."""
    with pytest.raises(ValidationError):
        a_suspension(place, root, MISSING).full_clean()
    a_suspension(place, root, SAFETY).full_clean()


# ---- withdrawals --------------------------------------------------------------------------------------------------


def proof_emptied(decision: WithdrawalDecision) -> None:
    decision.grounds.filter(code=SAFETY).update(evidence="")


def proof_blank(decision: WithdrawalDecision) -> None:
    run("UPDATE monenfant_withdrawalground SET evidence = E' \\t\\n\\u00a0\\u200b' WHERE code = %s", SAFETY)


def code_changed(decision: WithdrawalDecision) -> None:
    ground = decision.grounds.get(code=SAFETY)
    ground.code = UNPUBLISHED
    ground.save()


def other_removed(decision: WithdrawalDecision) -> None:
    decision.grounds.get(code=SAFETY).delete()


def other_removed_in_sql(decision: WithdrawalDecision) -> None:
    run("DELETE FROM monenfant_withdrawalground WHERE code = %s", SAFETY)


def all_emptied(decision: WithdrawalDecision) -> None:
    run("TRUNCATE monenfant_withdrawalground")


def other_moved_away(decision: WithdrawalDecision) -> None:
    other = a_withdrawal(decision.place, decision.recorded_by, Ground(UNPUBLISHED, "lettre"))
    decision.grounds.filter(code=SAFETY).update(decision=other)


def asked_of_the_operation(decision: WithdrawalDecision) -> None:
    operations.remove_ground(ground_pk=decision.grounds.get(code=SAFETY).pk, by_pk=decision.recorded_by_id, now=NOW)


UNDOING = (
    proof_emptied, proof_blank, code_changed, other_removed, other_removed_in_sql, all_emptied, other_moved_away,
    asked_of_the_operation,
)  # fmt: skip


@pytest.mark.parametrize("door", UNDOING)
def test_no_door_leaves_a_withdrawal_on_a_missing_declaration_alone(door: Any, place: CarePlace, root: User) -> None:
    decision = a_withdrawal(place, root, Ground(MISSING), Ground(SAFETY, "rapport de PMI"))
    end_of_transaction()

    with pytest.raises((DatabaseError, rules.SoleGroundError)), transaction.atomic():
        to_the_end(door, decision)

    assert list(decision.grounds.order_by("code").values_list("code", "evidence")) == [
        (MISSING, ""), (SAFETY, "rapport de PMI"),
    ]  # fmt: skip


def test_what_may_be_changed_of_a_withdrawal_is(place: CarePlace, root: User) -> None:
    """Another proof, the missing declaration taken away, a second condition of care and the first one removed."""
    decision = a_withdrawal(place, root, Ground(MISSING), Ground(SAFETY, "rapport"))
    decision.grounds.filter(code=SAFETY).update(evidence="rapport complété")
    WithdrawalGround.objects.create(decision=decision, code="HEALTH", evidence="certificat")
    other_removed(decision)
    end_of_transaction()
    decision.grounds.filter(code=MISSING).delete()
    end_of_transaction()

    assert [one.code for one in decision.grounds.all()] == ["HEALTH"]


def test_a_withdrawal_written_in_sql_without_its_grounds_does_not_stay(place: CarePlace, root: User) -> None:
    sql = (
        "INSERT INTO monenfant_withdrawaldecision (place_id, departement, heard_on, commission_on, decided_on, recorded_at, "
        "recorded_by_id) VALUES (%s, '63', %s, %s, %s, %s, %s)"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        to_the_end(run, sql, place.pk, DAY, DAY, DAY, NOW, root.pk)


# ---- follow-ups ---------------------------------------------------------------------------------------------------


def test_the_database_knows_the_same_moves_as_the_rule(place: CarePlace) -> None:
    for number, (before, after) in enumerate(product(rules.ALLOWED_MOVES, repeat=2)):
        deadline = date(2000 + number, 6, 1)
        one = DeclarationFollowUp.objects.create(place=place, deadline=deadline, state=before, moved_on=DAY)
        try:
            with transaction.atomic():
                DeclarationFollowUp.objects.filter(pk=one.pk).update(state=after)
        except IntegrityError:
            assert after not in rules.ALLOWED_MOVES[before], (before, after)
        else:
            assert before == after or after in rules.ALLOWED_MOVES[before], (before, after)


@pytest.mark.parametrize("state", ["SUSPENDED", "WITHDRAWN", "SANCTIONED"])
def test_there_is_no_state_of_a_sanction(state: str, place: CarePlace) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        DeclarationFollowUp.objects.create(place=place, deadline=date(2022, 6, 1), moved_on=DAY, state=state)


@pytest.mark.parametrize("state", ["WARNED", "RECORDED"])
def test_only_a_person_notes_a_warning_or_a_breach(state: str, place: CarePlace, root: User) -> None:
    one = DeclarationFollowUp.objects.create(place=place, deadline=date(2022, 6, 1), moved_on=DAY)
    line = {"follow_up": one, "before": "REFERRED", "after": state, "on": DAY, "reason": "essai"}
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUpMove.objects.create(**line)

    FollowUpMove.objects.create(**line, by=root)


# ---- doors that are not there -------------------------------------------------------------------------------------


def test_no_file_no_address_and_no_administration_site_writes_a_decision() -> None:
    tables = {kind_named(name).table for name in kinds_of_others("")}
    assert "monenfant_approval" in tables
    assert not [table for table in tables if READERS.search(table)]
    addresses = [str(one.pattern) for one in get_resolver().url_patterns]
    assert not [
        path for path in addresses if path.startswith("api/") and re.search("suspension|withdrawal|retrait", path)
    ]
    assert not apps.is_installed("django.contrib.admin")


READERS = re.compile(r"DeclarationFollowUp|FollowUpNote|SuspensionDecision|WithdrawalDecision|WithdrawalGround|"
                     r"declarationfollowup|followupnote|suspensiondecision|withdrawal(?:decision|ground)")  # fmt: skip
# Who reads follow-ups and decisions: duties, their pages, the operations, the demonstration. Nobody who searches, ranks,
# counts in public or answers a family.
ALLOWED = re.compile(r"^(models|migrations|duties|operations\.py|views/agent\w*\.py|demo)(/|$)")


def test_nothing_that_ranks_or_searches_reads_a_breach() -> None:
    readers = {
        str(path.relative_to(APP)) for path in APP.rglob("*.py") if READERS.search(path.read_text(encoding="utf-8"))
    }

    assert "duties/acting.py" in readers
    assert not {path for path in readers if not ALLOWED.match(path)}
