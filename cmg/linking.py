"""Which family is a parent's: civil status first, then a number that the parent holds. Never by contact data.

The ladder: the name and the birth date that FranceConnect certifies are those of exactly one employer account of
Pajemploi; and the number typed is that account's employer number, or the beneficiary number that the account or a
right of the same person bears: after a move, the parent knows the new number before Pajemploi does.
"""

import re
from datetime import date

from cmg.models import Account, Right
from portal.accounts import links
from portal.accounts.models import FamilyLink, LinkedBy, User
from portal.people.identity import name_key

SUBJECT = "cmg:employer:"


def link_own_family(*, user_pk: int, number: str, on: date) -> FamilyLink:
    """Link the parent to the one account that bears their civil status, when `number` confirms it.

    Raises links.LinkRefused, the same sentence whatever lacked, and TooManyTries.
    """
    user = User.objects.get(pk=user_pk)
    links.count_try(user)
    accounts = accounts_of(links.identity_of(user))
    if len(accounts) != 1:
        raise links.refused(user, "no_account" if not accounts else "several_accounts")
    account, typed = accounts[0], _compact(number)
    how = _confirmed_by(account, typed) if typed else None
    if how is None:
        raise links.refused(user, "wrong_number")
    return links.link(user_pk=user.pk, subject=SUBJECT + account.employer_no, how=how, on=on)


def accounts_of(identity: dict[str, str]) -> list[Account]:
    """The employer accounts that bear this civil status: one of its names, its first names or the first, its birth date."""
    try:
        born = date.fromisoformat(identity.get("birthdate", ""))
    except ValueError:
        return []
    given = identity.get("given_name", "")
    names = {identity.get("family_name", ""), identity.get("preferred_username", "")} - {""}
    keys = {name_key(f"{name} {first}") for name in names for first in {given, given.split(" ")[0]} - {""}}
    found = Account.objects.filter(known_until__isnull=True, name_key__in=keys, birth_date=born)
    return list(found.order_by("employer_no")[:2])


def _confirmed_by(account: Account, typed: str) -> LinkedBy | None:
    """Which number of the family `typed` is; None when it is none of them."""
    if typed == _compact(account.employer_no):
        return LinkedBy.EMPLOYER_NO
    of_account = typed == _compact(account.beneficiary_no or "")
    rights = Right.objects.filter(known_until__isnull=True, beneficiary_no=typed, nir_key=account.nir_key)
    if of_account or (account.nir_key and account.nir_valid and rights.exists()):
        return LinkedBy.BENEFICIARY_NO
    return None


def _compact(number: str) -> str:
    return re.sub(r"[\s.-]", "", number).upper()
