"""No file of oneself, of a relative, of a colleague: a declared link closes it, and the attempt is journaled."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from fraud.models import DeclaredLink
from fraud.signals.people import known_people_of, links_on, people_of
from portal.accounts.models import User
from portal.audit.operations import journal


class LinkedToThem(Exception):
    """The officer declared a link with this family or person. `str()` is the sentence shown."""


def link_of(*, user: User, day: date, subject: str = "", people: Iterable[UUID] = ()) -> DeclaredLink | None:
    """The declared link in force that ties the user to the file, to somebody that the file knows or to one of the people; or None.
    A link with a person closes their file and that of the other parent; a link with a file closes its own people: whoever
    declares names what they know."""
    links = list(links_on(user, day))
    if not links:
        return None
    concerned = set(people) | known_people_of(subject)
    return next((one for one in links if _ties(one, subject, concerned)), None)


def _ties(link: DeclaredLink, subject: str, people: set[UUID]) -> bool:
    if link.person_key in people or (subject and link.subject == subject):
        return True
    return bool(people and link.subject and people & set(people_of(link.subject)))


def refuse_linked(*, user: User, day: date, action: str, subject: str = "", people: Iterable[UUID] = ()) -> None:
    """Journal the attempt and raise LinkedToThem when a link is declared. Call it outside any transaction that the refusal
    would roll back: the attempt must stay in the journal."""
    link = link_of(user=user, day=day, subject=subject, people=people)
    if link is None:
        return
    journal(
        actor=user.get_username(), action="control.linked_refused", subject=subject or link.subject or f"person:{link.person_key}",
        detail={"tried": action, "relation": link.relation},
    )  # fmt: skip
    raise LinkedToThem(
        f"Vous avez déclaré un lien avec une personne de ce dossier ({link.get_relation_display()}) : il vous est fermé, et cette "
        "tentative est inscrite au journal. Demandez à votre encadrement de le confier à quelqu’un d’autre."
    )
