"""Which funds and months a page of figures is about, and the SQL conditions that say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cmg.closing.past import months_before
from cmg.selectors import funds_of
from portal.accounts.models import User

MONTHS = 12
EVER = date(2019, 6, 1)


@dataclass(frozen=True)
class Scope:
    """`funds` None: every fund. `months` are the twelve up to that of `day`; `month` one of them, or None: all."""

    day: date
    funds: list[str] | None
    month: date | None = None

    @property
    def first_month(self) -> date:
        return months_before(self.day.replace(day=1), MONTHS - 1)

    @property
    def months(self) -> list[date]:
        return [months_before(self.day.replace(day=1), count) for count in range(MONTHS - 1, -1, -1)]

    @property
    def values(self) -> dict[str, Any]:
        """For queries: the funds, and the months `first` to `last` included. What still waits from before the twelve
        months counts in the first of them (`start`); `since` is when the months began, unless one is chosen."""
        return {
            "day": self.day, "funds": self.funds, "first": self.month or self.first_month,
            "last": self.month or self.day.replace(day=1), "start": self.first_month,
            "since": self.month or EVER,
        }  # fmt: skip


def scope_of(user: User, day: date, filters: Mapping[str, str]) -> Scope:
    """What the user may see, narrowed by the fund and the month (``2026-10``) of the address."""
    allowed, asked = funds_of(user, day), filters.get("fund", "")
    funds = allowed if not asked else [asked] if allowed is None or asked in allowed else []
    whole = Scope(day, funds)
    month = next((one for one in whole.months if f"{one:%Y-%m}" == filters.get("month")), None)
    return Scope(day, funds, month)
