"""Where people begin: one table, by role. The first line that a visitor's roles reach is their home."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse

from portal.accounts.models import Role
from portal.accounts.rights import Area, Right, holders, of_area

# The address of what waits for those who hold a right, or nothing: an application registers its own.
WAITING: dict[Right, Callable[[], str]] = {}
ACCOUNT = "accounts:account"


@dataclass(frozen=True)
class Home:
    """One line. `first`: what waits under this right comes before the page `name`."""

    roles: frozenset[Role]
    name: str
    first: Right | None = None

    @property
    def address(self) -> str:
        waiting = WAITING[self.first]() if self.first in WAITING else ""
        return waiting or reverse(self.name)


HOMES = (
    Home(holders(Right.SIGN_FIRST), "cmg:piloting", first=Right.SIGN_FIRST),
    Home(holders(Right.SIGN_SECOND), "cmg:months", first=Right.SIGN_SECOND),
    Home(holders(Right.SEE_CMG), "cmg:queue"),
    Home(holders(Right.SEE_SUPPORT), "aripa:cases"),
    Home(of_area(Area.FAMILY), "cmg:own_home"),
    Home(holders(Right.TREAT_CONTROL), "fraud:control"),
    Home(holders(Right.QUALIFY_FRAUD), "fraud:panel"),
    Home(holders(Right.GIVE_OPINION), "fraud:opinions"),
    Home(holders(Right.SAMPLE_JOURNAL), "fraud:journal"),
    Home(of_area(Area.PARTNER), "fraud:partner"),
    Home(of_area(Area.PROFESSIONAL), "monenfant:pro_home"),
)


def home_of(roles: Iterable[Role]) -> str:
    """The address where somebody with `roles` begins; their account when no role is in force."""
    held = set(roles)
    found = next((home for home in HOMES if home.roles & held), None)
    return found.address if found is not None else reverse(ACCOUNT)
