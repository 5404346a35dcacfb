"""Activity condition of the household (CSS L. 531-5, D. 531-19, R. 531-6): plain functions over codes."""

from collections.abc import Sequence
from datetime import date

GROUNDS = ("NONE", "WORK", "ASSIMILATED", "STUDENT", "CIVIC_SERVICE", "AAH", "ASS", "RSA_INSERTION")
# One member is enough for these; every member must be in the case of the others.
ONE_IS_ENOUGH = frozenset({"WORK", "ASSIMILATED", "AAH", "ASS", "RSA_INSERTION"})
CIVIC_SERVICE_FROM = date(2019, 12, 28)


def is_activity_condition_met(grounds: Sequence[str], month: date) -> bool:
    """Whether the household opens the right in `month` (first day). Both must study, or both be in civic service.

    Work counts towards the couple's condition with one working member (public guidance, kept as policy ANY).
    """
    if any(ground in ONE_IS_ENOUGH for ground in grounds):
        return True
    allowed = {"STUDENT"}
    # In force from 28 December 2019: the month that holds that day is open.
    if month >= date(CIVIC_SERVICE_FROM.year, CIVIC_SERVICE_FROM.month, 1):
        allowed.add("CIVIC_SERVICE")
    return all(ground in allowed for ground in grounds)
