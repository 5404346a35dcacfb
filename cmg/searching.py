"""Finding a family: by a number, or by its name without accents, in any order, and with a letter wrong.

Numbers are looked up as they are; names as `portal.people.searching` compares them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from cmg.models import Account, Right
from cmg.selectors import SUBJECT, funds_of
from portal.accounts.models import User
from portal.people.identity import normalised_nir
from portal.people.searching import alike, without_date, words_begun, words_of
from portal.people.vault import lookup_key

MOST = 50
SHORTEST = 2


@dataclass(frozen=True)
class Found:
    """A family, and what matched, in words."""

    account: Account
    reason: str


def search_families(text: str, user: User, day: date) -> list[Found]:
    """The families that a number or a name designates, among those the user may see; at most fifty-one."""
    text = text.strip()
    if len(text) < SHORTEST:
        return []
    visible = _visible(user, day)
    found = {one.account.pk: one for one in _by_number(text, visible, funds_of(user, day))}
    named, born = without_date(text)
    words = words_of(named)
    if words and not text.isdecimal() and not found:
        accounts = visible.filter(birth_date=born) if born else visible
        found = {one.account.pk: one for one in _by_name(words, accounts, born)}
    return list(found.values())[: MOST + 1]


def dossiers_matching(text: str) -> Q:
    """Dossiers of the families that a text designates, as a search of families finds them; everything for no text.

    The whole list is searched, not its first page: « Martin » in somebody's queue is not the fifty first Martin of all.
    """
    text = text.strip()
    if not text:
        return Q()
    current = Account.objects.filter(known_until__isnull=True)
    named, born = without_date(text)
    has_number = born is None and any(char.isdigit() for char in text)
    wanted = _numbered(text, current) if has_number else _named(named, current, born)
    found = Q(subject=SUBJECT + text)
    for accounts in wanted:
        found |= Q(subject__in=accounts.annotate(subject=Concat(Value(SUBJECT), "employer_no")).values("subject"))
    return found


def _numbered(text: str, accounts: QuerySet[Account]) -> list[QuerySet[Account]]:
    """The accounts with this number, one query set for each kind of number: each goes through its own index."""
    numbers = sorted({text, "".join(text.split())})
    rights = Right.objects.filter(known_until__isnull=True, beneficiary_no__in=numbers, employer_no__isnull=False)
    found = [
        accounts.filter(employer_no__in=numbers),
        accounts.filter(beneficiary_no__in=numbers),
        accounts.filter(employer_no__in=rights.values("employer_no")),
    ]
    nir = normalised_nir(text)
    return [*found, accounts.filter(nir_key=lookup_key(nir, "NIR"))] if nir else found


def _named(named: str, accounts: QuerySet[Account], born: date | None) -> list[QuerySet[Account]]:
    words = words_of(named)
    accounts = accounts.filter(birth_date=born) if born else accounts
    if not words:
        return [accounts] if born else []
    begun = accounts.filter(words_begun(words))
    return [begun if begun.exists() else accounts.filter(pk__in=[one.pk for one in alike(words, accounts, MOST + 1)])]


def _visible(user: User, day: date) -> QuerySet[Account]:
    """The current accounts of the user's funds: by the account's own fund, or by a right that names it."""
    accounts = Account.objects.filter(known_until__isnull=True)
    funds = funds_of(user, day)
    if funds is None:
        return accounts
    of_fund = Right.objects.filter(known_until__isnull=True, employer_no=OuterRef("employer_no"), fund__in=funds)
    return accounts.filter(Q(fund__in=funds) | Exists(of_fund))


def _by_number(text: str, visible: QuerySet[Account], funds: list[str] | None) -> list[Found]:
    compact = "".join(text.split())
    numbers = sorted({text, compact})
    found = [Found(one, "numéro d’employeur") for one in visible.filter(employer_no__in=numbers)[: MOST + 1]]
    nir = normalised_nir(text)
    if nir:
        keyed = visible.filter(nir_key=lookup_key(nir, "NIR")).order_by("name_key", "pk")
        found += [Found(one, "numéro de sécurité sociale") for one in keyed[: MOST + 1]]
    own = visible.filter(beneficiary_no__in=numbers).order_by("name_key", "pk")
    found += [Found(one, "numéro allocataire") for one in own[: MOST + 1]]
    # After a move, the new number is on the right before it is on the account.
    rights = Right.objects.filter(known_until__isnull=True, beneficiary_no__in=numbers)
    rights = rights if funds is None else rights.filter(fund__in=funds)
    employers = list(rights.values_list("employer_no", flat=True)[: MOST + 1])
    linked = visible.filter(employer_no__in=[one for one in employers if one]).order_by("name_key", "pk")
    found += [Found(one, "numéro allocataire, sur le droit") for one in linked]
    first: dict[int, Found] = {}
    for one in found:
        first.setdefault(one.account.pk, one)
    return list(first.values())


def _by_name(words: Sequence[str], accounts: QuerySet[Account], born: date | None) -> list[Found]:
    reason = "nom et naissance" if born else "nom"
    begun = accounts.filter(words_begun(words))
    exact = [Found(one, reason) for one in begun.order_by("name_key", "pk")[: MOST + 1]]
    return exact or [Found(one, f"{reason}, à une lettre près") for one in alike(words, accounts, MOST + 1)]
