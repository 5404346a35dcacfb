"""Who may open which page of the CMG, from the table of rights; a page refused looks like one that is not there."""

from collections.abc import Callable

from portal.accounts import permissions
from portal.accounts.permissions import moment_on, today
from portal.accounts.rights import Right, holders

__all__ = [
    "AGENTS", "CASEWORKERS", "CLOSERS", "EXPORTERS", "HEALERS", "PARENTS", "SIGNERS", "STEERERS", "for_roles", "moment_on",
    "today",
]  # fmt: skip

AGENTS = holders(Right.SEE_CMG)
CASEWORKERS = holders(Right.TREAT_CMG)
CLOSERS = holders(Right.CLOSE_MONTH)
EXPORTERS = holders(Right.EXPORT)
SIGNERS = holders(Right.SIGN_FIRST, Right.SIGN_SECOND)
STEERERS = holders(Right.STEER)
HEALERS = holders(Right.HEAL)
PARENTS = holders(Right.OWN_FAMILY)


def for_roles(allowed: frozenset = AGENTS) -> Callable:
    """Only signed-in users who hold one of `allowed` on the day."""
    return permissions.for_roles(allowed)
