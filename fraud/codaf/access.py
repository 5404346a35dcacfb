"""Whose committee somebody sees: that of their fund's département, and of its restricted formations those they attend."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from fraud.models import CodafAttendance, CodafFormation, CodafMeeting, CodafMember
from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right
from portal.organisations.directory import departements, fund_of


def departements_of(user: User, day: date) -> list[str]:
    """Those of the funds that the user represents at the committee."""
    funds = funds_on(user, day, Right.HOLD_CODAF)
    if funds is None:
        return list(departements())
    return sorted({number for fund in funds for number in fund_of(fund).departements})


def members_on(departement: str, day: date) -> QuerySet[CodafMember]:
    """The members in force that day in a département."""
    found = CodafMember.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=day), departement=departement, valid_from__lte=day
    )
    return found.order_by("category", "body", "last_name", "pk")


def seat_of(user: User, departement: str, day: date) -> CodafMember | None:
    """The user's own seat that day, that of the secretariat first; None without any."""
    return members_on(departement, day).filter(user=user).order_by("-secretariat_act", "pk").first()


def secretary_of(user: User, departement: str, day: date) -> CodafMember | None:
    """The user's seat at the permanent secretariat, or None."""
    return members_on(departement, day).filter(user=user).exclude(secretariat_act="").first()


def meetings_of(user: User, day: date) -> QuerySet[CodafMeeting]:
    """Every plenary of the user's département; of restricted formations, those they are called to or came to."""
    called = CodafAttendance.objects.filter(meeting=OuterRef("pk"), member__user=user).exclude(attended=False)
    found = CodafMeeting.objects.filter(departement__in=departements_of(user, day))
    return found.filter(Q(formation=CodafFormation.PLENARY) | Exists(called))
