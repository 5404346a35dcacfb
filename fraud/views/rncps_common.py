"""What the pages of the directory share: who may, whose look-ups, and that a number never stands in an address."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from cmg.selectors import full_names
from fraud.models import RncpsConsultation, RncpsOrder
from portal.accounts.models import Role
from portal.accounts.permissions import for_roles, moment_on, today
from portal.accounts.rights import Right, holders
from portal.frame.forms import day_typed, get_one, key_of, listed, may, question

__all__ = [
    "ASK", "DIRECT", "OVERSEE", "PROGRAMME", "VISA", "WRITE", "day_typed", "for_roles", "get_one", "key_of", "listed", "may",
    "moment_on", "own_looks", "own_orders", "question", "today", "told_moves", "year_of",
]  # fmt: skip

ASK, DIRECT, PROGRAMME = holders(Right.ASK_RNCPS), holders(Right.DIRECT_CONTROL), holders(Right.SEE_PROGRAMME)
OVERSEE = holders(Right.DIRECT_CONTROL, Right.SAMPLE_JOURNAL)
WRITE = holders(Right.DIRECT_CONTROL, Right.TREAT_CONTROL)
# An auditor samples the journal too, and gives no visa.
VISA = holders(Right.SAMPLE_JOURNAL) & {Role.DATA_PROTECTION}


def own_looks(request: HttpRequest) -> QuerySet[RncpsConsultation]:
    """One's own look-ups and refused attempts; nobody else's, whatever the role."""
    return RncpsConsultation.objects.filter(officer_id=request.user.pk).select_related(
        "case", "result", "confirmation", "order"
    )


def own_orders(request: HttpRequest) -> QuerySet[RncpsOrder]:
    return RncpsOrder.objects.filter(officer_id=request.user.pk)


def told_moves(moves: QuerySet[Any]) -> list[Any]:
    """The moves with the full name of who made each (`who`), in one query more."""
    found = list(moves)
    names = full_names([one.by for one in found])
    for one in found:
        one.who = names.get(one.by, "le portail")
    return found


def year_of(text: str, day: date) -> int:
    """A year of an address, or that of the day."""
    return int(text) if text.isdecimal() and len(text) == 4 and 2016 <= int(text) <= day.year else day.year
