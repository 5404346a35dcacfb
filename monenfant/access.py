"""What somebody may see and report: their place, the structures of their manager, their desk; what a fund follows."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from monenfant.models import CarePlace, CareStructure, ChildcareDesk, Manager, ProAccessGrant, Provider
from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right
from portal.exchange.received import CURRENT
from portal.organisations.directory import fund_of


def grants_of(user: User, day: date) -> QuerySet[ProAccessGrant]:
    return ProAccessGrant.objects.filter(Q(end=None) | Q(end__gt=day), user_id=user.pk, start__lte=day)


def managers_of(user: User, day: date) -> QuerySet[Manager]:
    return Manager.objects.filter(pk__in=grants_of(user, day).values("manager")).order_by("siret")


def places_of(user: User, day: date) -> QuerySet[CarePlace]:
    """The places that the account may report: its own, and those of the structures that its managers run today."""
    grants = grants_of(user, day)
    sirets = Manager.objects.filter(pk__in=grants.values("manager")).values("siret")
    numbers = CareStructure.objects.filter(CURRENT, manager_siret__in=sirets).values("cnaf_id")
    own = Q(pk__in=grants.values("place")) | Q(provider=Provider.STRUCTURE, number__in=numbers)
    return CarePlace.objects.filter(own).order_by("provider", "number")


def desks_of(user: User, day: date) -> QuerySet[ChildcareDesk]:
    return ChildcareDesk.objects.filter(CURRENT, desk_no__in=grants_of(user, day).values("desk_no")).order_by("desk_no")


def followed_by(user: User, day: date) -> QuerySet[CarePlace]:
    """The places of the départements of the funds of which the account sees childcare."""
    funds = funds_on(user, day, Right.SEE_CHILDCARE)
    if funds is None:
        return CarePlace.objects.all()
    inside = Q(pk__in=[])
    for departement in departements_followed(funds):
        inside |= Q(insee_code__startswith=departement)
    return CarePlace.objects.filter(inside)


def departements_followed(funds: Iterable[str]) -> list[str]:
    """Those of the family funds named: the CNAF alone runs the service, an MSA follows no place."""
    return sorted({number for fund in funds if fund.startswith("CAF") for number in fund_of(fund).departements})
