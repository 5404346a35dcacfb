"""The spaces of a signed-in parent: each application names its first page; every page of theirs leads to the others."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from portal.accounts.models import User
from portal.accounts.permissions import family_of


@dataclass(frozen=True)
class Space:
    """`name` is the address of its first page; what stands under `prefix` and under no longer one belongs to it. `links`
    is the beginning of the subjects by which a parent is linked there (``cmg``). `begun` gives the address of what a parent
    began there before any link, or nothing."""

    label: str
    name: str
    prefix: str
    links: str = ""
    begun: Callable[[User], str] | None = None


@dataclass(frozen=True)
class Door:
    """A space as the page shows it."""

    label: str
    link: str
    is_here: bool


_spaces: list[Space] = []


def register(space: Space) -> None:
    """Make a space known; the same name again replaces it."""
    _spaces[:] = sorted([*(one for one in _spaces if one.name != space.name), space], key=lambda one: one.prefix)


def doors(path: str) -> list[Door]:
    """Every space, the one of `path` marked."""
    around = [one for one in _spaces if path.startswith(one.prefix)]
    here = max(around, key=lambda one: len(one.prefix), default=None)
    return [Door(one.label, reverse(one.name), one is here) for one in _spaces]


def first_page(user: User, day: date) -> str:
    """Where a parent linked in one space alone begins; linked in none, at what they began. Empty for anybody else."""
    linked = [one for one in _spaces if one.links and family_of(user, day, one.links)]
    if linked:
        return reverse(linked[0].name) if len(linked) == 1 else ""
    return next(filter(None, (one.begun(user) for one in _spaces if one.begun)), "")
