"""What becomes of each role when a joint fund takes over: the same files the day after as the day before, and no others."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from portal.accounts.following import Becoming, Fate, becoming_of, fate_of
from portal.accounts.models import Door, Posting, Role, User, branch_of
from portal.accounts.permissions import NATIONAL, funds_on, is_national, may, moment_on, rights_on, roles_on
from portal.accounts.postings import PostingRefused, post
from portal.accounts.rights import OF_NO_FUND, TABLE, Right
from portal.audit.models import JournalEntry
from portal.organisations.joint.living import go_live
from portal.organisations.models import CreationFile
from tests.portal.organisations.world import BEGINS, DAY, ordered

pytestmark = pytest.mark.django_db
EVE, SINCE = BEGINS - timedelta(days=1), date(2026, 1, 1)
LOCAL = [role for role in Role if role not in (Role.PARENT, Role.DATA_PROTECTION)]


def at(fund: str, role: Role, branch: str = "", *, since: date = SINCE, until: date | None = None) -> User:
    user, _new = User.objects.get_or_create(username=role.lower(), defaults={"door": TABLE[role].door})
    Posting.objects.create(user=user, role=role, fund=fund, branch=branch, starts_on=since, ends_on=until)
    return user


def live(file: CreationFile | None = None) -> CreationFile:
    return go_live(creation_pk=(file or ordered()).pk, by="directrice", on=BEGINS, at=moment_on(BEGINS))[0]


def seen(user: User, day: date) -> dict[Right, list[str] | None]:
    """What the user may do that day, each right with the funds of whose files they hold it."""
    return {right: funds_on(user, day, right) for right in rights_on(user, day)}


def given(role: Role) -> frozenset[Right]:
    return TABLE[role].rights - OF_NO_FUND


def test_each_role_of_the_former_body_sees_and_does_the_same_the_day_after() -> None:
    """In one fund: neither a right more nor one less, the files of the Caf and none of the country's."""
    people = {role: at("CAF15", role) for role in LOCAL}
    file = ordered()
    before = {role: seen(user, EVE) for role, user in people.items()}
    live(file)
    for role, user in people.items():
        fate = fate_of(role, "FAMILY")
        assert before[role] == {right: ["CAF15"] for right in given(role)}, f"{role}: the eve, at the former body"
        assert seen(user, EVE) == before[role], f"{role}: the eve, read again"
        after = seen(user, BEGINS)
        assert after == ({} if fate == Fate.ENDS else before[role]), f"{role}: {fate}"
    assert [role for role in LOCAL if fate_of(role, "FAMILY") == Fate.ENDS] == [Role.BOARD_MEMBER]
    assert [role for role in LOCAL if fate_of(role, "FAMILY") == Fate.STAYS] == [Role.PAJEMPLOI_CASEWORKER]


def test_each_role_posted_at_the_joint_fund_works_from_its_day_and_in_its_branch_alone() -> None:
    family = {role: at("CCSS15", role, branch_of(role)) for role in LOCAL}
    health = {}
    for role in LOCAL:
        user = User.objects.create(username=f"sante-{role}", door=TABLE[role].door)
        Posting.objects.create(user=user, role=role, fund="CCSS15", branch="SICKNESS", starts_on=SINCE)
        health[role] = user
    file = ordered()
    assert not any(rights_on(user, EVE) for user in family.values()), "nothing before the first day"
    live(file)
    for role, user in family.items():
        # The Cantal's fund does not collect.
        expected = {} if role == Role.PAJEMPLOI_CASEWORKER else {right: ["CAF15"] for right in given(role)}
        assert seen(user, BEGINS) == expected, role
    for role, user in health.items():
        assert (roles_on(user, BEGINS), seen(user, BEGINS)) == ([], {}), f"{role}, sickness"


def test_national_roles_are_the_same_before_and_after() -> None:
    people = {role: at("", role) for role in NATIONAL}
    file = ordered()
    before = {role: seen(user, EVE) for role, user in people.items()}
    live(file)
    for role, user in people.items():
        assert seen(user, BEGINS) == before[role] == dict.fromkeys(TABLE[role].rights), role
        assert Posting.objects.get(user=user).fund == ""


@pytest.mark.parametrize("role", sorted(NATIONAL - {Role.DATA_PROTECTION}))
def test_at_a_fund_a_national_role_is_local_and_reads_nothing_of_the_country(role: Role) -> None:
    user = at("CAF63", role)
    assert seen(user, DAY) == {right: ["CAF63"] for right in given(role)}
    for right in OF_NO_FUND & TABLE[role].rights:
        assert not may(user, right, DAY)
        assert not is_national(user, DAY, right)
    Posting.objects.create(user=user, role=role, fund="", starts_on=DAY + timedelta(days=1))
    assert seen(user, DAY + timedelta(days=1)) == dict.fromkeys(TABLE[role].rights)


def test_data_protection_reads_the_whole_journal_and_is_posted_at_no_fund() -> None:
    helene = at("", Role.AUTHORISING_OFFICER)
    User.objects.create(username="anne", door=Door.AGENT)
    asked = {
        "username": "anne",
        "role": Role.DATA_PROTECTION,
        "starts_on": DAY,
        "ends_on": None,
        "granted_by": helene.username,
    }
    with pytest.raises(PostingRefused, match="laissez la caisse vide"):
        post(**asked, fund="CAF63")
    with pytest.raises(IntegrityError, match="posting_data_protection_national"), transaction.atomic():
        at("CAF63", Role.DATA_PROTECTION)
    assert post(**asked, fund="").place == "national"


def test_a_seat_on_the_former_board_ends_with_it_and_one_that_had_not_begun_never_begins() -> None:
    user = at("CAF15", Role.BOARD_MEMBER)
    later = User.objects.create(username="suppleante", door=Door.AGENT)
    Posting.objects.create(user=later, role=Role.BOARD_MEMBER, fund="CAF15", starts_on=BEGINS)
    live()
    assert Posting.objects.get(user=user).ends_on == BEGINS
    assert not Posting.objects.filter(user=later).exists()
    ended = JournalEntry.objects.filter(action="account.posting_ended").order_by("pk")
    assert [(one.subject, one.detail["until"]) for one in ended] == [
        (f"user:{user.pk}", str(BEGINS)), (f"user:{later.pk}", str(BEGINS)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "there", "here", "kept"),
    [
        ("the same end", None, None, None),
        ("posted for three months, and without end at the Caf", date(2027, 4, 1), None, None),
        ("posted without end, and until March at the Caf", None, date(2027, 3, 1), None),
        ("the longer of the two", date(2027, 2, 1), date(2027, 3, 1), date(2027, 3, 1)),
    ],
)
def test_who_was_posted_there_in_advance_is_followed_all_the_same(
    case: str, there: date | None, here: date | None, kept: date | None
) -> None:
    user = at("CAF15", Role.FUND_CASEWORKER, until=here)
    at("CCSS15", Role.FUND_CASEWORKER, "FAMILY", since=BEGINS, until=there)
    live()
    assert Posting.objects.get(user=user, fund="CCSS15").ends_on == kept, case
    assert funds_on(user, BEGINS) == ["CAF15"]


def test_what_each_role_becomes_is_told_before_the_day_what_is_lost_first(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DAY = DAY
    for role in (Role.BOARD_MEMBER, Role.AUDITOR, Role.FUND_CASEWORKER):
        at("CAF15", role)
    at("CPAM15", Role.PARTNER_AGENT)
    over = User.objects.create(username="partie", door=Door.AGENT)
    Posting.objects.create(user=over, role=Role.AUDITOR, fund="CAF15", starts_on=SINCE, ends_on=BEGINS)
    file, client = ordered(), Client()
    client.force_login(User.objects.get(username="directrice"))
    page = reverse("organisations:creation_file", args=[file.pk])

    assert becoming_of([("CAF15", "FAMILY")], BEGINS) == [
        Becoming("CAF15", Role.BOARD_MEMBER, 1, Fate.ENDS), Becoming("CAF15", Role.AUDITOR, 1, Fate.FOLLOWS),
        Becoming("CAF15", Role.FUND_CASEWORKER, 1, Fate.FOLLOWS),
    ]  # fmt: skip
    assert becoming_of([("CPAM15", "SICKNESS")], BEGINS) == [Becoming("CPAM15", Role.PARTNER_AGENT, 1, Fate.STAYS)]
    told = client.get(page).content.decode()
    assert "1 personne perd un droit le premier jour" in told
    assert "rien : reste sous CPAM15" in told
    live(file)
    assert "perd un droit" not in client.get(page).content.decode(), "what was to come has come"


def test_where_nobody_loses_anything_it_is_said(settings) -> None:  # type: ignore[no-untyped-def]
    settings.PORTAL_DAY = DAY
    at("CAF15", Role.AUDITOR)
    file, client = ordered(), Client()
    client.force_login(User.objects.get(username="directrice"))
    assert (
        "Personne ne perd de droit."
        in client.get(reverse("organisations:creation_file", args=[file.pk])).content.decode()
    )
