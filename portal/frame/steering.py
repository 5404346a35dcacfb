"""What the dashboard of the direction shows of work that has its own pages: registered by each application.

The menu of a director or of an auditor is full: from here they reach what it has no room for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portal.accounts.models import User


@dataclass(frozen=True)
class Waiting:
    """Something that waits for this very person: how many, in words (one and several), and where."""

    count: int
    words: str
    link: str


@dataclass(frozen=True)
class Way:
    """One line of a section: where it leads, and what is said of it there."""

    label: str
    link: str
    said: str = ""
    alert: bool = False


@dataclass(frozen=True)
class Section:
    """What one application shows; without a way, nothing of it is shown."""

    title: str
    ways: list[Way]


# Asked in the order of their registration.
SECTIONS: list[Callable[[User, date], Section]] = []
WAITING: list[Callable[[User, date], list[Waiting]]] = []


def sections_for(user: User, day: date) -> list[Section]:
    return [section for ask in SECTIONS if (section := ask(user, day)).ways]


def waiting_for(user: User, day: date) -> list[Waiting]:
    """What waits, without what is at zero."""
    return [one for ask in WAITING for one in ask(user, day) if one.count]
