"""The family of a parent: the link itself. Who is whose is found by the application that holds the families."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from portal.accounts.limits import forget, take_try
from portal.accounts.models import FamilyLink, LinkedBy, User
from portal.audit.operations import journal
from portal.turns import one_at_a_time


class LinkRefused(Exception):
    """No family is linked; one sentence for every reason, so that nothing is learned by trying."""


NOT_FOUND = (
    "Nous ne trouvons pas de compte Pajemploi à votre nom et à votre date de naissance avec ce numéro. "
    "Vérifiez le numéro sur un courrier de la Caf, de la MSA ou de Pajemploi."
)


def identity_of(user: User) -> dict[str, Any]:
    """The civil status that FranceConnect gave: given_name, family_name, birthdate… Empty when there is none."""
    found = SocialAccount.objects.filter(user=user, provider="franceconnect").first()
    return dict(found.extra_data) if found else {}


def count_try(user: User) -> None:
    """One more number typed. Raises TooManyTries."""
    take_try(f"link:{user.pk}")


def refused(user: User, reason: str, sentence: str = NOT_FOUND) -> LinkRefused:
    """The refusal to raise, always the same `sentence` in one space; its reason goes to the journal only."""
    journal(actor=user.username, action="family.link_refused", subject=f"user:{user.pk}", detail={"reason": reason})
    return LinkRefused(sentence)


def link(*, user_pk: int, subject: str, how: LinkedBy, on: date, sentence: str = NOT_FOUND) -> FamilyLink:
    """Link the parent's account to `subject`, its own. Raises LinkRefused when either is linked already in that space."""
    user = User.objects.get(pk=user_pk)
    try:
        with transaction.atomic():
            one_at_a_time(f"links:{user.pk}")
            one_at_a_time(f"links:{subject}")
            made = FamilyLink.objects.create(user=user, subject=subject, since=on, how=how)
            journal(actor=user.username, action="family.linked", subject=subject, detail={"how": how, "user": user.pk})
    except IntegrityError as already:
        raise refused(user, "already_linked", sentence) from already
    forget(f"link:{user.pk}")
    return made


def move_links(*, former: str, to: str, by: str, only: Sequence[int] | None = None) -> list[int]:
    """Parents linked to the family `former` are linked to `to`, which it has become; returns the keys of their links.

    `only`: those links alone. A family that has a parent's account already keeps it, and nothing moves then.
    """
    found = FamilyLink.objects.filter(subject=former, until__isnull=True)
    found = found if only is None else found.filter(pk__in=list(only))
    if FamilyLink.objects.filter(subject=to, until__isnull=True).exists():
        return []
    moved = list(found.values_list("pk", flat=True))
    found.update(subject=to)
    for key in moved:
        journal(actor=by, action="family.link_moved", subject=to, detail={"link": key, "former": former})
    return moved
