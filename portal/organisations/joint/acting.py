"""What the operations of joint funds share: who acts, why an act is refused, the missions as they stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right
from portal.organisations import directory
from portal.organisations.directory import Mission, bodies
from portal.organisations.models import BodyMission, Organisation
from portal.organisations.rules.creation import CreationRefusal


class JointRefused(Exception):
    """Why an act is not possible: one French sentence a field, with its article."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors

    @classmethod
    def because(cls, refusals: Iterable[CreationRefusal]) -> "JointRefused":
        """Of what the rules refuse; several of one field in one text."""
        errors: dict[str, str] = {}
        for one in refusals:
            errors[one.field] = f"{errors[one.field]} {one.words}" if one.field in errors else one.words
        return cls(errors)


@dataclass(frozen=True)
class Who:
    """Who acts, when: the day of the pages and the instant."""

    user_pk: int
    on: date
    at: datetime

    @property
    def username(self) -> str:
        return User.objects.get(pk=self.user_pk).get_username()


def conducted(user: User, on: date, right: Right) -> frozenset[str] | None:
    """The départements for whose joint funds this person holds `right`: those that the files of their postings are of; None for
    every one, at a national posting."""
    funds, known = funds_on(user, on, right), bodies()
    return (
        None if funds is None else frozenset(one for code in funds if code in known for one in known[code].departements)
    )


def conducts(user: User, departement: str, on: date, right: Right = Right.FILE_JOINT_FUNDS) -> bool:
    """Whether this person acts for joint funds there: a national direction everywhere, that of a fund in its département."""
    there = conducted(user, on, right)
    return there is None or departement in there


def conducts_fund(user: User, code: str, on: date, right: Right) -> bool:
    """The same of a joint fund: where it has its seat. What the directory does not know is for national postings alone."""
    seat = Organisation.objects.filter(pk=code, body="CCSS").values_list("seat_departement", flat=True).first()
    return conducts(user, seat or "", on, right)


def missions_now(departement: str = "") -> tuple[Mission, ...]:
    """What joint funds hold, held or will hold, as the database knows it; and what the directory waits to know."""
    found = BodyMission.objects.select_related("body").order_by("departement", "branch", "starts_on")
    if departement:
        found = found.filter(departement=departement)
    held = tuple(mission_of(one) for one in found)
    known = {(one.departement, one.branch) for one in held}
    waiting = (one for one in directory.missions() if one.starts_on is None)
    return (*held, *(one for one in waiting if (one.departement, one.branch) not in known))


def mission_of(one: BodyMission) -> Mission:
    """The same for the rules; its `body` is read."""
    return Mission(
        one.body_id, one.body.name, one.branch, one.departement, one.former_id, one.starts_on, one.ends_on,
        experimental_until=one.experimental_until,
    )  # fmt: skip


def text_error(text: str, least: int, most: int, what: str) -> str:
    """What to write when `text` is too short or too long; nothing when it is right."""
    return "" if least <= len(text) <= most else f"Écrivez {what}, en {least} à {most} signes."
