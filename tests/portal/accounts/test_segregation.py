"""What the database refuses, whoever asks: two officers in one, self-granted postings, a parent posted, one's own reset."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal.accounts import postings
from portal.accounts.models import Door, FactorReset, FamilyLink, LinkedBy, Posting, Role, User
from portal.accounts.rights import TABLE, Right, holders

START, MIDDLE, END = date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 31)
pytestmark = pytest.mark.django_db


def agent(username: str, door: Door = Door.AGENT) -> User:
    return User.objects.create(username=username, door=door)


def post(user: User, role: Role, starts_on: date = START, ends_on: date | None = None) -> Posting:
    return Posting.objects.create(user=user, role=role, starts_on=starts_on, ends_on=ends_on)


@pytest.mark.parametrize(("words", "first", "second", "refused"), [
    ("both without end", (START, None), (MIDDLE, None), True),
    ("one day in common", (START, MIDDLE + timedelta(days=1)), (MIDDLE, END), True),
    ("one ends on the day the other starts", (START, MIDDLE), (MIDDLE, END), False),
    ("a gap between", (START, MIDDLE - timedelta(days=1)), (MIDDLE, None), False),
])  # fmt: skip
@pytest.mark.parametrize("order", [1, -1])
def test_nobody_is_both_officers_on_one_day(words: str, first: tuple, second: tuple, refused: bool, order: int) -> None:
    user = agent("camille")
    roles = (Role.AUTHORISING_OFFICER, Role.ACCOUNTING_OFFICER)[::order]
    post(user, roles[0], *first)
    if not refused:
        post(user, roles[1], *second)
        return
    with pytest.raises(IntegrityError, match="posting_one_officer"), transaction.atomic():
        post(user, roles[1], *second)
    post(agent("another"), roles[1], *second)


def test_prolonging_a_posting_into_the_other_office_is_refused_too() -> None:
    user = agent("camille")
    first = post(user, Role.AUTHORISING_OFFICER, START, MIDDLE)
    post(user, Role.ACCOUNTING_OFFICER, MIDDLE)

    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.filter(pk=first.pk).update(ends_on=MIDDLE + timedelta(days=1))


def test_other_roles_may_be_held_together_and_one_office_twice() -> None:
    user = agent("camille")
    post(user, Role.AUTHORISING_OFFICER)
    post(user, Role.SUPERVISOR)
    post(user, Role.AUTHORISING_OFFICER, MIDDLE)
    assert user.postings.count() == 3


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("door", list(Door))
def test_the_database_posts_by_door_as_the_table_says(role: Role, door: Door) -> None:
    user = agent("camille", door)
    if TABLE[role].door == door and role != Role.PARENT:
        assert post(user, role).pk
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        post(user, role)


def test_the_door_of_an_account_never_changes() -> None:
    user = agent("camille")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(door=Door.FAMILY)


def test_only_a_parent_is_linked_to_a_family_one_family_one_account() -> None:
    anne, paul = agent("anne", Door.FAMILY), agent("paul", Door.FAMILY)
    first = FamilyLink.objects.create(user=anne, subject="cmg:employer:1", since=START, how=LinkedBy.EMPLOYER_NO)
    for user, subject in ((anne, "cmg:employer:2"), (paul, "cmg:employer:1"), (agent("camille"), "cmg:employer:3")):
        with pytest.raises(IntegrityError), transaction.atomic():
            FamilyLink.objects.create(user=user, subject=subject, since=MIDDLE, how=LinkedBy.EMPLOYER_NO)
    FamilyLink.objects.filter(pk=first.pk).update(until=MIDDLE)
    FamilyLink.objects.create(user=anne, subject="cmg:employer:2", since=MIDDLE, how=LinkedBy.EMPLOYER_NO)


def test_nobody_grants_themselves_a_posting() -> None:
    user = agent("camille")
    with pytest.raises(IntegrityError, match="posting_granted_by_another"), transaction.atomic():
        Posting.objects.create(user=user, role=Role.AUDITOR, starts_on=START, granted_by=user)
    with pytest.raises(postings.PostingRefused, match="Personne ne s’habilite soi-même"):
        postings.post(
            username="camille", role=Role.AUDITOR, fund="", starts_on=START, ends_on=None, granted_by="camille"
        )
    assert not user.postings.exists()


@pytest.mark.parametrize("who", ["asker decides", "asker is the holder", "holder decides"])
def test_a_reset_takes_two_others(who: str) -> None:
    holder, asker, decider = agent("holder"), agent("asker"), agent("decider")
    asked_by = holder if who == "asker is the holder" else asker
    decided_by = {"asker decides": asker, "holder decides": holder}.get(who, decider)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        FactorReset.objects.create(
            user=holder, reason="perdu", asked_by=asked_by, asked_at=timezone.now(), decided_by=decided_by,
            decided_at=timezone.now(), state="APPROVED",
        )  # fmt: skip


def test_a_reset_is_not_approved_by_nobody() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorReset.objects.create(
            user=agent("holder"), reason="perdu", asked_by=agent("asker"), asked_at=timezone.now(), state="APPROVED"
        )


def test_the_two_signatures_are_never_in_one_hand_by_the_table_of_rights() -> None:
    assert holders(Right.SIGN_FIRST) == {Role.AUTHORISING_OFFICER}
    assert holders(Right.SIGN_SECOND) == {Role.ACCOUNTING_OFFICER}
    assert set(TABLE) == set(Role)


def test_the_constraints_are_in_the_database_and_not_only_in_the_models() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conname LIKE 'posting_%' OR conname LIKE 'familylink_%'"
        )
        found = {row[0] for row in cursor.fetchall()}
    assert {"posting_one_officer_at_a_time", "posting_granted_by_another", "familylink_one_family",
            "familylink_one_account"} <= found  # fmt: skip
