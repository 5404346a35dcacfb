"""Which funds and months the figures of pensions are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from aripa.rules.calendar import month_shifted
from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right

MONTHS, CHOICES = 12, 36


@dataclass(frozen=True)
class Scope:
    """`funds` None: every fund. The months from `first` to `last`, both whole; `day` is the last one lived."""

    day: date
    funds: list[str] | None
    first: date
    last: date

    @property
    def until(self) -> date:
        """The first day after the period."""
        return month_shifted(self.last, 1)

    @property
    def months(self) -> list[date]:
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
        return [month_shifted(self.first, number) for number in range(count + 1)]

    @property
    def values(self) -> dict[str, Any]:
        """For queries written in SQL."""
        return {"day": self.day, "funds": self.funds, "first": self.first, "until": self.until}

    def within(self, name: str) -> Q:
        """The rows whose day `name` is in the period, and lived."""
        return Q(**{f"{name}__gte": self.first, f"{name}__lt": self.until, f"{name}__lte": self.day})

    def of_funds(self, name: str = "fund") -> Q:
        return Q() if self.funds is None else Q(**{f"{name}__in": self.funds})


def months_to_choose(day: date) -> list[date]:
    """The months that a period may begin or end with, the last first."""
    return [month_shifted(day.replace(day=1), -number) for number in range(CHOICES)]


def scope_of(user: User, today: date, day: date, filters: Mapping[str, str]) -> Scope:
    """What the user steers, narrowed by the fund and the months (``2026-10``) of the address: twelve unless said.

    A period said backwards is read forwards.
    """
    allowed, asked = funds_on(user, today, Right.STEER), filters.get("fund", "")
    funds = allowed if not asked else [asked] if allowed is None or asked in allowed else []
    known = {f"{one:%Y-%m}": one for one in months_to_choose(day)}
    last = known.get(filters.get("to", ""), day.replace(day=1))
    first = known.get(filters.get("from", ""), month_shifted(last, 1 - MONTHS))
    return Scope(day, funds, min(first, last), max(first, last))
