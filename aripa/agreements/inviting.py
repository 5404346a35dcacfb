"""The code by which one parent lets the other in: made by us, passed on by them, good once, for one person, for days.

Nobody is looked for: an invitation is the same whether the other parent has an account or not, and it names no place.
"""

from datetime import date
from types import SimpleNamespace

from django.utils.crypto import salted_hmac

from aripa.linking import is_same_person
from aripa.models import Agreement, AgreementState
from aripa.own.request import day_of
from aripa.rules.figures import number_on
from portal.accounts import links
from portal.accounts.models import User

# Without the letters and digits that are taken for one another.
SIGNS, LENGTH, GROUP = "ABCDEFGHJKMNPQRSTUVWXYZ23456789", 12, 4
NOT_USABLE = (
    "Ce code ne peut pas servir ici. Un code sert une seule fois, quelques jours, et à la seule personne nommée par l’autre "
    "parent. Vérifiez-le, puis demandez-en un autre."
)


def code_of(agreement: Agreement) -> str:
    """``K7QF-M3XR-2TAB``: made again from its seed, so that no code is kept; empty without an invitation."""
    if agreement.invited is None or agreement.state != AgreementState.INVITED:
        return ""
    number = int(
        salted_hmac("aripa.agreement.code", f"{agreement.pk}:{agreement.invited}", algorithm="sha256").hexdigest(), 16
    )
    signs = ""
    for _place in range(LENGTH):
        number, place = divmod(number, len(SIGNS))
        signs += SIGNS[place]
    return "-".join(signs[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def hash_of(code: str) -> str:
    """By what a typed code is looked for."""
    plain = "".join(code.upper().replace("-", "").split())
    return salted_hmac("aripa.agreement.hash", plain, algorithm="sha256").hexdigest()


def last_day_of_code(day: date) -> date:
    return date.fromordinal(day.toordinal() + number_on("choice.agreement_code_days", day))


def is_named(agreement: Agreement, user: User) -> bool:
    """Whether FranceConnect vouches that this is the person whom the first parent named."""
    said = agreement.shared
    named = SimpleNamespace(
        birth_name=said.get("other_name", ""), usual_name=None, first_names=said.get("other_first", ""),
        birth_date=day_of(said.get("other_born", "")),
    )  # fmt: skip
    return is_same_person(named, links.identity_of(user))


def is_usable(agreement: Agreement | None, user: User, day: date) -> bool:
    """Whether a code that was found still serves, and not to who made it."""
    return (
        agreement is not None
        and agreement.first_id != user.pk
        and agreement.code_until is not None
        and day <= agreement.code_until
    )
