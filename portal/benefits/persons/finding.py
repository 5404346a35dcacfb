"""Finding a family of ARS and AEEH, among those of the user's funds: by number, NIR, or name as `people.searching` does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right
from portal.benefits.models import FamilyFile
from portal.exchange.received import CURRENT
from portal.people.identity import normalised_nir
from portal.people.searching import alike, without_date, words_begun, words_of
from portal.people.vault import lookup_key

MOST = 50
SHORTEST = 2


@dataclass(frozen=True)
class Found:
    """A family, and what matched, in words."""

    family: FamilyFile
    reason: str


def visible(user: User, day: date, right: Right = Right.SEE_BENEFITS) -> QuerySet[FamilyFile]:
    """The families, as last heard, of the funds where the user holds `right` on the day."""
    families = FamilyFile.objects.filter(CURRENT)
    funds = funds_on(user, day, right)
    return families if funds is None else families.filter(fund__in=funds)


def search_families(text: str, user: User, day: date) -> list[Found]:
    """The families that a number, a NIR or a name designates; at most one more than `MOST`."""
    text = text.strip()
    if len(text) < SHORTEST:
        return []
    families = visible(user, day)
    nir = normalised_nir(text)
    if nir:
        return _told(families.filter(nir_key=lookup_key(nir, "NIR")), "numéro de sécurité sociale")
    numbers = sorted({text, "".join(text.split())})
    found = _told(families.filter(beneficiary_no__in=numbers), "numéro d’allocataire")
    if found or text.isdecimal():
        return found
    named, born = without_date(text)
    words = words_of(named)
    return _by_name(words, families.filter(birth_date=born) if born else families, born) if words else []


def _by_name(words: Sequence[str], families: QuerySet[FamilyFile], born: date | None) -> list[Found]:
    reason = "nom et naissance" if born else "nom"
    return _told(families.filter(words_begun(words)), reason) or [
        Found(one, f"{reason}, à une lettre près") for one in alike(words, families, MOST + 1)
    ]


def _told(families: QuerySet[FamilyFile], reason: str) -> list[Found]:
    return [Found(one, reason) for one in families.order_by("name_key", "pk")[: MOST + 1]]
