"""What becomes of the postings of a body whose branch a joint fund takes over (CSS L. 216-4): the same files, no others.

`fate_of` says it once: the page of the creation file tells it before the day, and the first day does it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from portal.accounts.models import Posting, Role, branch_of
from portal.audit.operations import journal
from portal.organisations.models import BodyMission


class Fate(StrEnum):
    """FOLLOWS: same role, same files, where they are now held. ENDS: a seat on the board of a body, which ends with it.

    STAYS: a role of another branch. At a body that is taken over it goes on under the code of that body, which the files of its
    branch still bear. At a joint fund it opens nothing, and ends with the mission for which it was held."""

    FOLLOWS = "FOLLOWS"
    STAYS = "STAYS"
    ENDS = "ENDS"


def fate_of(role: str, branch: str) -> Fate:
    """Of a posting in `role` at a body whose `branch` is taken over.

    The council of a joint fund is another one (CSS R. 216-3): who sat on the board gives no opinion in its name.
    """
    if branch_of(role) != branch:
        return Fate.STAYS
    return Fate.ENDS if role == Role.BOARD_MEMBER else Fate.FOLLOWS


def going_on(fund: str, day: date) -> QuerySet[Posting]:
    """The postings of a body that `day` does not find over."""
    return Posting.objects.filter(Q(ends_on=None) | Q(ends_on__gt=day), fund=fund)


@dataclass(frozen=True)
class Becoming:
    """How many people hold a role at a former body, and what becomes of it on the first day."""

    fund: str
    role: Role
    people: int
    fate: Fate


def becoming_of(places: Iterable[tuple[str, str]], day: date) -> list[Becoming]:
    """What `day` does of the postings of these bodies, each taken over in a branch, role by role: what is lost first. One query
    a body."""
    found = [each for fund, branch in places for each in _becoming(fund, branch, day)]
    return sorted(found, key=lambda one: (one.fate != Fate.ENDS, one.fate != Fate.FOLLOWS, one.fund, one.role.label))


def _becoming(fund: str, branch: str, day: date) -> list[Becoming]:
    counted = going_on(fund, day).values_list("role").annotate(people=Count("user", distinct=True)).order_by("role")
    return [Becoming(fund, Role(role), people, fate_of(role, branch)) for role, people in counted]


@dataclass(frozen=True)
class Followed:
    """What was done of somebody's posting, to be written in the journal once everything else is done."""

    user_pk: int
    action: str
    told: dict[str, str]


def journal_followed(followed: Iterable[Followed], *, by: str, at: datetime) -> None:
    """One line each, last in the transaction: the journal takes one writer at a time, and keeps the others waiting until then."""
    for one in followed:
        journal(actor=by, action=one.action, subject=f"user:{one.user_pk}", at=at, detail=one.told)


def lock_postings(funds: Iterable[str]) -> None:
    """Hold every posting at these bodies until the transaction ends, in one order: before any line of the journal, so that who
    holds one of them never waits for the journal while we wait for theirs."""
    held = Posting.objects.select_for_update(of=("self",)).filter(fund__in=set(funds)).order_by("pk")
    list(held.values_list("pk", flat=True))


def follow_joint_fund(*, mission: BodyMission) -> list[Followed]:
    """Do what `fate_of` says of each posting of the former body; what changed. A second call finds none left.

    What is over before the first day stays as it was; what goes on is ended that day and begun again at the joint fund, for
    that branch and no other; what begins later begins there. Call it in the transaction that begins the fund, or that has it go
    on after the day that an order had told, once `lock_postings` holds them.
    """
    found = going_on(mission.former_id, mission.starts_on).order_by("pk")
    there = Place(mission.body_id, mission.branch)
    return _follow([one for one in found if fate_of(one.role, mission.branch) != Fate.STAYS], there, mission)


def follow_return(*, mission: BodyMission) -> list[Followed]:
    """The same the other way, for a mission that ended: who worked at the joint fund goes back to the former body, until the
    same end. Whose role does not follow ends there, since the joint fund holds nothing for that branch any more. A second call
    finds none. Call it in the transaction that gives the files back, once `lock_postings` holds them.
    """
    assert mission.ends_on is not None, "it ended"
    held = going_on(mission.body_id, mission.ends_on).filter(branch=mission.branch).order_by("pk")
    return _follow(list(held), Place(mission.former_id), mission)


def people_returning(fund: str, branch: str, day: date) -> Counter[Fate]:
    """Of a joint fund, how many people would go back (FOLLOWS) if it held this branch no more from `day`, and how many hold
    there a seat that would end (ENDS). One query."""
    held = set(going_on(fund, day).filter(branch=branch).values_list("user_id", "role"))
    fates = {(user, fate_of(role, branch)) for user, role in held}
    return Counter(fate for _user, fate in fates if fate != Fate.STAYS)


@dataclass(frozen=True)
class Place:
    """Where a posting goes on: a body, and at a joint fund the branch."""

    fund: str
    branch: str = ""


def _follow(postings: Sequence[Posting], to: Place, mission: BodyMission) -> list[Followed]:
    day = mission.starts_on if to.fund == mission.body_id else mission.ends_on
    assert day is not None, "it ended"
    return [_followed(one, to, mission, day) for one in postings]


def _followed(one: Posting, to: Place, mission: BodyMission, day: date) -> Followed:
    left, until, begins = one.fund, one.ends_on, max(one.starts_on, day)
    _leave(one, day)
    if fate_of(one.role, mission.branch) != Fate.FOLLOWS:
        return Followed(one.user_id, "account.posting_ended", {"role": one.role, "fund": left, "until": str(begins)})
    _go_on_at(one, to, begins, until)
    told = {"role": one.role, "from": left, "to": to.fund, "branch": mission.branch, "on": str(begins)}
    return Followed(one.user_id, "account.posting_followed", told)


def _leave(one: Posting, day: date) -> None:
    """The body that is left keeps what was held before `day`; what had not begun leaves no trace but the journal's."""
    if one.starts_on >= day:
        one.delete()
        return
    one.ends_on = day
    one.save(update_fields=["ends_on"])


def _go_on_at(one: Posting, to: Place, begins: date, until: date | None) -> None:
    """There until the same end. Who was posted there from that day already keeps the longer of the two."""
    made, is_new = Posting.objects.select_for_update(of=("self",)).get_or_create(
        user_id=one.user_id, role=one.role, fund=to.fund, branch=to.branch, starts_on=begins,
        defaults={"ends_on": until, "granted_by_id": one.granted_by_id},
    )  # fmt: skip
    if not is_new and made.ends_on is not None and (until is None or until > made.ends_on):
        made.ends_on = until
        made.save(update_fields=["ends_on"])
