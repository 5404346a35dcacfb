"""Which family of ARS and AEEH is a parent's: civil status first, then the number that the fund gave. Never by contact data."""

import re
from datetime import date

from portal.accounts import links
from portal.accounts.models import FamilyLink, LinkedBy, User
from portal.accounts.permissions import family_of
from portal.benefits.models import FamilyFile
from portal.benefits.persons.selectors import subject_of
from portal.exchange.received import CURRENT
from portal.people.identity import name_key

SPACE = "family"
NOT_FOUND = (
    "Nous ne trouvons pas de dossier à votre nom et à votre date de naissance avec ce numéro d’allocataire. "
    "Vérifiez le numéro sur un courrier de la Caf ou de la MSA."
)


def link_own_benefits(*, user_pk: int, number: str, on: date) -> FamilyLink:
    """Link a parent to the one family that bears their civil status under this number.

    Raises links.LinkRefused, the same sentence whatever lacked, and TooManyTries.
    """
    user = User.objects.get(pk=user_pk)
    links.count_try(user)
    typed = re.sub(r"[\s.-]", "", number)
    found = _families(typed, links.identity_of(user)) if typed else []
    if len(found) != 1:
        raise links.refused(user, "no_family" if not found else "several_families", NOT_FOUND)
    subject = subject_of(found[0].fund, found[0].beneficiary_no)
    return links.link(user_pk=user.pk, subject=subject, how=LinkedBy.BENEFICIARY_NO, on=on, sentence=NOT_FOUND)


def _families(number: str, identity: dict[str, str]) -> list[FamilyFile]:
    """A number is a fund's own: two funds may give the same one, to people who are not the same."""
    try:
        born = date.fromisoformat(identity.get("birthdate", ""))
    except ValueError:
        return []
    given = identity.get("given_name", "")
    names = {identity.get("family_name", ""), identity.get("preferred_username", "")} - {""}
    keys = {name_key(f"{name} {first}") for name in names for first in {given, given.split(" ")[0]} - {""}}
    found = FamilyFile.objects.filter(CURRENT, beneficiary_no=number, name_key__in=keys, birth_date=born)
    return list(found.order_by("fund")[:2])


def own_subject(user: User, day: date) -> str:
    """The subject of the parent's own family on `day`; empty before it is linked."""
    return family_of(user, day, SPACE)
