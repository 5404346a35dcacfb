"""The hard prohibitions of CASF L. 421-4, III, and the way of a follow-up."""

from datetime import date

import pytest

from monenfant.rules import follow_up as rules
from monenfant.rules.follow_up import Ground

MISSING = "AVAILABILITY_NOT_DECLARED"


@pytest.mark.parametrize("grounds", [[MISSING], [MISSING, "SAFETY"], ["HEALTH", MISSING]])
def test_no_suspension_for_a_missing_declaration_even_beside_another_ground(grounds: list[str]) -> None:
    with pytest.raises(rules.ForbiddenGroundError):
        rules.check_suspension(grounds)


@pytest.mark.parametrize("grounds", [["SAFETY"], ["PUBLICATION_NOT_AUTHORISED"]])
def test_a_suspension_for_another_ground(grounds: list[str]) -> None:
    rules.check_suspension(grounds)


@pytest.mark.parametrize(
    "grounds",
    [
        [Ground(MISSING, "constat")],
        [Ground(MISSING, "constat"), Ground("SAFETY")],
        [Ground(MISSING, "constat"), Ground("SAFETY", "  ")],
        # It touches a condition of the approval, but is no condition of care.
        [Ground(MISSING), Ground("PUBLICATION_NOT_AUTHORISED", "lettre")],
    ],
)
def test_no_withdrawal_for_a_missing_declaration_alone(grounds: list[Ground]) -> None:
    with pytest.raises(rules.SoleGroundError):
        rules.check_withdrawal(grounds)


@pytest.mark.parametrize(
    "grounds",
    [
        [Ground(MISSING), Ground("HEALTH", "rapport de PMI")],
        [Ground("PUBLICATION_NOT_AUTHORISED", "lettre")],
        [Ground("SAFETY")],
    ],
)
def test_a_withdrawal_for_another_ground(grounds: list[Ground]) -> None:
    rules.check_withdrawal(grounds)


def test_no_state_leads_to_a_sanction_and_each_leads_to_declared_or_exempt() -> None:
    states = set(rules.ALLOWED_MOVES)

    assert all(set(after) <= states for after in rules.ALLOWED_MOVES.values())
    assert not any("SUSPEN" in state or "WITHDR" in state for state in states)
    waiting = states - {rules.COMPLIANT, rules.EXEMPT}
    assert all({rules.COMPLIANT, rules.EXEMPT} <= {*rules.ALLOWED_MOVES[state]} for state in waiting)


def test_a_warning_is_never_jumped_to() -> None:
    with pytest.raises(rules.MoveNotAllowed):
        rules.check_move(rules.OVERDUE, rules.WARNED)
    rules.check_move(rules.REFERRED, rules.WARNED)


def test_deadlines_of_june_and_december() -> None:
    assert rules.deadlines_between(date(2022, 6, 1), date(2023, 6, 1)) == [date(2022, 6, 1), date(2022, 12, 1)]
    assert rules.deadlines_between(date(2022, 6, 2), date(2022, 12, 1)) == []
    assert rules.campaign_opens(date(2022, 6, 1)) == date(2022, 4, 17)


@pytest.mark.parametrize(
    ("cured", "on", "shown"),
    [
        (None, date(2027, 8, 31), True),
        (None, date(2027, 9, 1), False),
        (date(2022, 10, 1), date(2022, 11, 1), False),
    ],
)
def test_a_breach_that_is_cured_or_five_years_old_is_not_shown(cured: date | None, on: date, shown: bool) -> None:
    assert rules.is_breach_shown(date(2022, 9, 1), cured, on) is shown


def test_a_breach_of_a_leap_day_is_forgotten_too() -> None:
    assert rules.is_breach_shown(date(2024, 2, 29), None, date(2029, 2, 27))
    assert not rules.is_breach_shown(date(2024, 2, 29), None, date(2029, 2, 28))


def test_the_reminder_and_the_letter_leave_thirty_days_and_nothing_else_goes_on_by_itself() -> None:
    assert rules.moves_on(rules.REMINDED, date(2022, 6, 10)) == date(2022, 7, 10)
    assert rules.moves_on(rules.REFERRED, date(2022, 7, 10)) == date(2022, 8, 9)
    assert {rules.moves_on(state, date(2022, 6, 10)) for state in (rules.OVERDUE, rules.WARNED, rules.RECORDED)} == {
        None
    }


@pytest.mark.parametrize(
    ("deadline", "end"), [(date(2022, 6, 1), date(2022, 12, 1)), (date(2022, 12, 1), date(2023, 6, 1))]
)
def test_a_deadline_is_about_the_six_months_to_the_next(deadline: date, end: date) -> None:
    assert rules.period_end(deadline) == end


@pytest.mark.parametrize(
    ("on", "reminder"),
    [
        (date(2022, 4, 16), None),
        (date(2022, 4, 17), "OPENING"),
        (date(2022, 5, 16), "OPENING"),
        (date(2022, 5, 17), "MIDWAY"),
        (date(2022, 5, 28), "MIDWAY"),
        (date(2022, 5, 29), "LAST"),
        (date(2022, 5, 31), "LAST"),
        (date(2022, 6, 1), None),
    ],
)
def test_the_reminder_of_a_day(on: date, reminder: str | None) -> None:
    assert rules.reminder_on(date(2022, 6, 1), on) == reminder


@pytest.mark.parametrize(
    ("on", "may"),
    [
        (date(2022, 4, 16), False),
        (date(2022, 4, 17), True),
        (date(2022, 5, 17), True),
        (date(2022, 5, 18), False),
    ],
)
def test_nobody_is_asked_before_the_opening_nor_in_the_last_fortnight(on: date, may: bool) -> None:
    assert rules.may_open(date(2022, 6, 1), on) is may
