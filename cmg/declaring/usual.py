"""Which cares a family is expected to declare in a month: what it declared lately, and the children whose right is open."""

from datetime import date

from cmg.declaring.cares import Care, CareMonth, Family, living_declarations, months_of_cares
from cmg.declaring.windows import open_windows, previous_month
from cmg.models import Right, RightStatus, Side
from cmg.reconciliation.sides import next_month

MONTHS_LATELY = 3


def expected_cares(family: Family, month: date) -> tuple[list[CareMonth], list[CareMonth]]:
    """The cares of a month: those that are declared, begun or expected; then those that only could be declared.

    A family may have had several people and several children: every pair is possible, few are real.
    """
    cares = months_of_cares(family, month)
    lately, history, declared = _lately(family, month), _history(family), _children_declared(cares)
    expected: list[CareMonth] = []
    others: list[CareMonth] = []
    for one in cares:
        key = (one.care.employee_no, one.care.child_ids)
        is_real = one.declared is not None or one.draft is not None or key in lately
        is_expected = is_real or _is_due(one.care, family, month, history, declared)
        (expected if is_expected else others).append(one)
    return expected, others


def left_to_declare(family: Family, on: date) -> dict[date, int]:
    """How many expected cares are not declared, in the months whose window is open and in time."""
    found = {}
    for window in reversed(open_windows(on)):
        expected, _others = expected_cares(family, window.month)
        left = sum(one.declared is None for one in expected)
        if left and not window.is_late:
            found[window.month] = left
    return found


def _lately(family: Family, month: date) -> set[tuple[str, str]]:
    """The cares of the three months before."""
    found, before = set(), month
    for _ in range(MONTHS_LATELY):
        before = previous_month(before)
        found |= {(one.employee_no, one.child_ids) for one in living_declarations(family, before)}
    return found


def _history(family: Family) -> dict[str, set[str]]:
    """Every child ever declared, by employee."""
    found: dict[str, set[str]] = {}
    for one in family.declarations:
        found.setdefault(one.employee_no, set()).update(one.child_ids.split("|"))
    return found


def _children_declared(cares: list[CareMonth]) -> set[str]:
    return {child.child_id for one in cares if one.declared is not None for child in one.care.children}


def _is_due(care: Care, family: Family, month: date, history: dict[str, set[str]], declared: set[str]) -> bool:
    """A child whose right is open, whom nobody declared, with somebody who kept no other child before."""
    children = {child.child_id for child in care.children}
    known = history.get(care.employee_no, set())
    return (not known or bool(known & children)) and any(
        right.child_id in children - declared and _covers(right, month) for right in family.rights
    )


def _covers(right: Right, month: date) -> bool:
    return (
        right.side == Side.FUND and right.status != RightStatus.SUSPENDED and right.starts_on < next_month(month)
        and (right.ends_on is None or right.ends_on > month)
    )  # fmt: skip
