"""Who may open which page of the pensions, from the table of rights; a page refused looks like one that is not there."""

from datetime import date

from aripa.operations import last_day
from portal.accounts.permissions import for_roles, moment_on, today
from portal.accounts.rights import Right, holders

__all__ = [
    "AGENTS", "BANKERS", "BANK_READERS", "CASEWORKERS", "EXPORTERS", "READERS", "SIGNATORIES", "for_roles", "lived_day", "moment_on",
    "today",
]  # fmt: skip

AGENTS = holders(Right.SEE_SUPPORT)
CASEWORKERS = holders(Right.TREAT_SUPPORT)
EXPORTERS = holders(Right.EXPORT_SUPPORT)
BANKERS = holders(Right.FETCH_SUPPORT_FILES)
BANK_READERS = AGENTS | BANKERS
# Who reads the joint requests of parents: caseworkers of pensions, and who signs their titles.
SIGNATORIES = holders(Right.SIGN_TITLE)
READERS = AGENTS | SIGNATORIES


def lived_day() -> date:
    """The day at whose end the cases stand: the last one lived, which the demonstration may have gone past its own."""
    return last_day() or today()
