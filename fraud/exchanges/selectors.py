"""What somebody sees of exchanges: those of their body, within their own designations that hold on the day, and no others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from fraud.directory.selectors import in_force
from fraud.models import AuthorisedOfficer, InfoExchange
from fraud.rules import exchange as rules
from portal.accounts.models import User

COUNTED = 99
TO_ANSWER = Q(direction="IN", kind=rules.REQUEST, state=rules.ACKNOWLEDGED)
# What each view of the list holds, by its count.
VIEWS = {
    "to_answer": TO_ANSWER,
    "sent": Q(direction="OUT") & ~Q(state=rules.DRAFT),
    "received": Q(direction="IN"),
    "refused": Q(direction="OUT", state__in=[rules.REFUSED, rules.PARTIAL]),
    "expired": Q(state=rules.EXPIRED),
    "drafts": Q(state=rules.DRAFT),
}


def designations_of(user: User, on: date) -> list[AuthorisedOfficer]:
    """Those that hold today, the first to end first."""
    return list(in_force(AuthorisedOfficer.objects.filter(user_id=user.pk), on).order_by("valid_to", "pk")[:20])


def last_designation(user: User, on: date) -> AuthorisedOfficer | None:
    """The one that ended last, for a page that says so."""
    ended = AuthorisedOfficer.objects.select_related("body").filter(user_id=user.pk)
    return ended.filter(Q(valid_to__lte=on) | Q(revoked_on__lte=on)).order_by("-valid_to", "-pk").first()


def exchanges_of(user: User, on: date) -> QuerySet[InfoExchange]:
    """Of their body and within their designation: benefits and territory. A draft is its writer's own."""
    within = Q(pk__in=[])
    for one in designations_of(user, on):
        here = Q(holder_id=one.body_id, scope__in=one.scopes)
        within |= here & Q(departement__in=one.territory) if one.territory else here
    found = InfoExchange.objects.filter(within).exclude(Q(state=rules.DRAFT) & ~Q(officer__user_id=user.pk))
    return found.select_related("counterpart", "officer", "counterpart_officer", "case")


@dataclass(frozen=True)
class Counts:
    """What the head of the page says."""

    to_answer: int
    sent: int
    received: int
    refused: int
    expired: int
    drafts: int


def counts_of(found: QuerySet[InfoExchange]) -> Counts:
    """Of the same rows as the list, none counted further than `COUNTED` + 1."""
    found = found.select_related(None).order_by()
    return Counts(**{name: found.filter(which)[: COUNTED + 1].count() for name, which in VIEWS.items()})


def count_to_answer(user: User, on: date) -> int:
    """What waits behind the entry of the menu."""
    return exchanges_of(user, on).filter(TO_ANSWER)[: COUNTED + 1].count()


def recipients_of(mine: Iterable[AuthorisedOfficer], on: date) -> QuerySet[AuthorisedOfficer]:
    """The officers of other bodies, designated today, to whom somebody with these designations may write."""
    bodies = {one.body_id for one in mine}
    found = in_force(AuthorisedOfficer.objects.exclude(body_id__in=bodies), on)
    return found.order_by("body__name", "last_name", "first_name", "pk")
