"""Which parent of a pension somebody is: civil status first, then the number of our letters. Never by contact data.

A parent has one number, whoever owes: creditor in one case, debtor in another, linked once.
"""

import re
from datetime import date
from typing import Protocol

from django.db.models import Q

from aripa.models import Case, Parent
from portal.accounts import links
from portal.accounts.models import FamilyLink, LinkedBy, User
from portal.accounts.permissions import family_of
from portal.people.identity import name_key

SPACE = "aripa"
SUBJECT = "aripa:parent:"
NOT_FOUND = (
    "Nous ne trouvons pas de parent à votre nom et à votre date de naissance avec ce numéro. "
    "Vérifiez le numéro de parent en haut d’un courrier du Service national des pensions."
)


class Named(Protocol):
    """Somebody as a row or a form names them."""

    birth_name: str | None
    usual_name: str | None
    first_names: str | None
    birth_date: date | None


def link_own_pension(*, user_pk: int, number: str, on: date) -> FamilyLink:
    """Link somebody to the one parent who bears their civil status, when `number` confirms it.

    Raises links.LinkRefused, the same sentence whatever lacked, and TooManyTries.
    """
    user = User.objects.get(pk=user_pk)
    links.count_try(user)
    parent = _current(_compact(number), on)
    if parent is None or not is_same_person(parent, links.identity_of(user)):
        raise links.refused(user, "no_parent" if parent is None else "another_identity", NOT_FOUND)
    return links.link(
        user_pk=user.pk, subject=SUBJECT + parent.parent_no, how=LinkedBy.PARENT_NO, on=on, sentence=NOT_FOUND
    )


def parent_of(user: User, day: date) -> str:
    """The parent's number on `day`; empty before it is linked."""
    return family_of(user, day, SPACE).removeprefix(SUBJECT)


def _current(number: str, on: date) -> Parent | None:
    """The latest row of this parent, as known on the day."""
    if not number:
        return None
    found = Parent.objects.filter(parent_no__in={number, number.upper()}, known_until__isnull=True, updated_on__lte=on)
    return found.order_by("-updated_at", "-pk").first()


def is_same_person(parent: Named, identity: dict[str, str]) -> bool:
    """Whether FranceConnect vouches for this name (of birth or of use), first name and birth date."""
    given = identity.get("given_name", "")
    ours = name_key(f"{parent.first_names or ''}")
    names = {name_key(name or "") for name in (parent.birth_name, parent.usual_name)} - {""}
    theirs = {name_key(identity.get(name, "")) for name in ("family_name", "preferred_username")} - {""}
    firsts = {name_key(given), name_key(given.split(" ")[0])} - {""}
    same_first = bool(ours) and (ours in firsts or ours.split(" ")[0] in firsts)
    born = parent.birth_date is not None and identity.get("birthdate", "") == parent.birth_date.isoformat()
    return born and same_first and bool(names & theirs)


def same_people(user: User) -> set[str]:
    """The numbers under which this person may be known, linked or not: those who bear the civil status that FranceConnect
    vouches for. Told to nobody: an account never linked hides from the law neither a title nor a danger."""
    identity = links.identity_of(user)
    names = {name_key(identity.get(name, "")) for name in ("family_name", "preferred_username")} - {""}
    if not names or not identity.get("birthdate"):
        return set()
    bears = Q(*[("name_key__contains", name) for name in sorted(names)], _connector=Q.OR)
    rows = Parent.objects.filter(bears, birth_date=identity["birthdate"], known_until__isnull=True)
    return {row.parent_no for row in rows if is_same_person(row, identity)}


def own_cases(parent_no: str) -> list[Case]:
    """Every case of a parent, as creditor or as debtor, the latest first; a row without a title is the creditor's alone."""
    found = Case.objects.filter(Q(household_id=parent_no) | Q(debtor_no=parent_no, state__gt=""))
    return list(found.order_by("-received_on", "pk"))


def _compact(number: str) -> str:
    return re.sub(r"\s", "", number)
