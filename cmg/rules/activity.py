"""Activity condition of the household (CSS L. 531-5, D. 531-19, R. 531-6): plain functions over codes."""

from collections.abc import Sequence
from datetime import date

GROUNDS = ("NONE", "WORK", "ASSIMILATED", "STUDENT", "CIVIC_SERVICE", "AAH", "ASS", "RSA_INSERTION")
WORKING = frozenset({"WORK", "ASSIMILATED"})
# One member is enough for these, whatever the other does.
BENEFITS = frozenset({"AAH", "ASS", "RSA_INSERTION"})
CIVIC_SERVICE_FROM = date(2019, 12, 28)


def is_activity_condition_met(grounds: Sequence[str], month: date, *, rule: str = "ANY") -> bool:
    """Whether the household opens the right in `month` (first day). Both must study, or both be in civic service.

    `rule` is `policy.household_activity_rule`: ANY, one working member is enough (public guidance); ALL, every member
    works, as the article reads.
    """
    working = [ground in WORKING for ground in grounds]
    if any(working) if rule == "ANY" else all(working):
        return True
    if any(ground in BENEFITS for ground in grounds):
        return True
    # One who studies beside one in civic service fulfils neither condition: each asks it of both.
    return any(all(ground == shared for ground in grounds) for shared in _shared_grounds(month))


def _shared_grounds(month: date) -> tuple[str, ...]:
    """Conditions that every member must fulfil. Civic service counts from the month that holds 28 December 2019."""
    if month >= CIVIC_SERVICE_FROM.replace(day=1):
        return ("STUDENT", "CIVIC_SERVICE")
    return ("STUDENT",)
