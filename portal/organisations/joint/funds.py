"""One joint fund for its page: what it holds, the orders on it, what would go back and what went back."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from portal.accounts.following import Fate, becoming_of, people_returning
from portal.organisations.directory import Mission, bodies
from portal.organisations.joint.moving import Counted, count_open
from portal.organisations.joint.orders import ended_by_order_on, held_on, losses_of, made_permanent
from portal.organisations.joint.selectors import Moving, branch_labels, moving_of, replaced_by
from portal.organisations.models import BodyMission, CreationFile, FundOrder, FundReturn, OrderKind
from portal.organisations.rules.ending import lawful_end

MOST = 30


@dataclass(frozen=True)
class GoingBack:
    """What would go back if these missions ended: who answers again for what, files and sums, people, the seats of its council
    that end with it, what would be lost."""

    answering: list[tuple[str, str]]
    files: list[Counted]
    people: int
    seats: int
    losses: list[str]


def going_back(body: str, day: date, branches: list[str] | None = None) -> GoingBack:
    """Counted now, written nowhere. `branches`: those that end, None for every one that the fund holds."""
    held = [one for one in held_on(body, day) if branches is None or one.branch in branches]
    people = sum((people_returning(body, one.branch, day) for one in held), Counter[Fate]())
    return GoingBack(
        [(branch_labels([one.branch])[0], _name(one)) for one in held],
        count_open((one.branch, one.former) for one in held),
        people[Fate.FOLLOWS], people[Fate.ENDS], losses_of(body, day),
    )  # fmt: skip


@dataclass(frozen=True)
class Staying:
    """What an order changes that has a fund go on after the day that another had told: until when each branch was held, and would be;
    people posted at the former bodies from that day, who would go on at the joint fund; seats of their boards that would end."""

    ends: list[tuple[str, date, date | None]]
    people: int
    seats: int


def staying(body: str, day: date, ends_on: date | None) -> Staying | None:
    """Counted now, written nowhere: if the missions that an order ends went on until `ends_on`, or as the law has it (None). None
    when no order ends any, or when they would end sooner."""
    permanent, ended = made_permanent(body), ended_by_order_on(body, day)
    later = [one for one in ended if ends_on is None or (one.ends_on is not None and ends_on > one.ends_on)]
    if not later:
        return None
    staff = [each for one in later for each in becoming_of([(one.former, one.branch)], _until(one))]
    return Staying(
        [(branch_labels([one.branch])[0], _until(one), ends_on or lawful_end(one, permanent, day)) for one in later],
        sum(each.people for each in staff if each.fate == Fate.FOLLOWS), sum(each.people for each in staff if each.fate == Fate.ENDS),
    )  # fmt: skip


def _until(mission: Mission) -> date:
    assert mission.ends_on is not None, "an order ends it"
    return mission.ends_on


def _name(mission: Mission) -> str:
    known = bodies().get(mission.former)
    return known.name if known else mission.former


@dataclass(frozen=True)
class Back:
    """What went back on a day, by what, and its proof."""

    ends_on: date
    branches: list[str]
    why: str
    moving: Moving | None


def backs_of(body: str) -> list[Back]:
    """The last first."""
    found = FundReturn.objects.filter(body=body).prefetch_related("missions").order_by("-ends_on")[:MOST]
    ended = {one.ends_on: one.reference for one in confirmed_ends(body)}  # of two for one day, the last confirmed
    return [
        Back(
            one.ends_on, branch_labels(mission.branch for mission in one.missions.all()),
            f"par un arrêté : {ended[one.ends_on]}" if one.ends_on in ended else "son expérience finie, sans arrêté",
            moving_of(one),
        )
        for one in found
    ]  # fmt: skip


def confirmed_ends(body: str) -> list[FundOrder]:
    return list(FundOrder.objects.filter(body=body, kind=OrderKind.END, state="CONFIRMED").order_by("ends_on", "pk"))


def orders_of(body: str) -> list[tuple[FundOrder, list[str], bool]]:
    """The orders on a fund, the last first: the branches of each, and whether a later one replaced it."""
    found = list(FundOrder.objects.filter(body=body).order_by("-pk")[:MOST])
    return [(one, branch_labels(one.branches), replaced_by(one, found) is not None) for one in found]


def replacement_of(order: FundOrder) -> FundOrder | None:
    """The order that another day, or no end, was confirmed by before the day of this one; None while this one stands."""
    return replaced_by(order, FundOrder.objects.filter(body=order.body_id, pk__gt=order.pk).order_by("pk"))


def files_of(body: str) -> list[CreationFile]:
    """The files that created it here, the last first."""
    return list(CreationFile.objects.filter(code=body).order_by("-pk")[:MOST])


def ended_on(body: str) -> date | None:
    """The day on which its last mission ended, when all have; None while it holds one, or holds none yet."""
    last = BodyMission.objects.filter(body=body).order_by("-ends_on").values_list("ends_on", flat=True)
    days = list(last)
    return max((day for day in days if day is not None), default=None) if None not in days else None
