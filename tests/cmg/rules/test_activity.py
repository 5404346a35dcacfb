"""Activity condition of the household: worked examples A30 and A31, every ground, and civic service from its date."""

from datetime import date

import pytest

from cmg.rules.activity import GROUNDS, is_activity_condition_met

JUNE_2019 = date(2019, 6, 1)


@pytest.mark.parametrize(
    ("case", "grounds", "met"),
    [
        ("A30 both inactive", ("NONE", "NONE"), False),
        ("A30 one receives the AAH", ("AAH", "NONE"), True),
        ("A31 one studies, the other is inactive", ("STUDENT", "NONE"), False),
        ("both study", ("STUDENT", "STUDENT"), True),
        ("one works: enough (policy)", ("WORK", "NONE"), True),
        ("one is on maternity leave", ("NONE", "ASSIMILATED"), True),
        ("one receives the ASS", ("NONE", "ASS"), True),
        ("one is on an insertion path", ("RSA_INSERTION", "NONE"), True),
        ("one works, the other studies", ("WORK", "STUDENT"), True),
        ("a person alone who studies", ("STUDENT",), True),
        ("a person alone who works", ("WORK",), True),
        ("a person alone, inactive", ("NONE",), False),
    ],
)
def test_a_household_is_active(case: str, grounds: tuple[str, ...], met: bool) -> None:
    assert is_activity_condition_met(grounds, JUNE_2019) == met, case


@pytest.mark.parametrize(
    ("month", "grounds", "met"),
    [
        (date(2019, 11, 1), ("CIVIC_SERVICE", "CIVIC_SERVICE"), False),
        (date(2019, 12, 1), ("CIVIC_SERVICE", "CIVIC_SERVICE"), True),
        (date(2020, 1, 1), ("CIVIC_SERVICE",), True),
        (date(2020, 1, 1), ("CIVIC_SERVICE", "NONE"), False),
        (date(2019, 11, 1), ("CIVIC_SERVICE",), False),
        (date(2020, 1, 1), ("CIVIC_SERVICE", "STUDENT"), False),
        (date(2020, 1, 1), ("STUDENT", "CIVIC_SERVICE"), False),
        (date(2020, 1, 1), ("STUDENT", "STUDENT"), True),
        (date(2019, 11, 1), ("WORK", "CIVIC_SERVICE"), True),
    ],
)
def test_civic_service_opens_the_right_from_december_2019_and_for_both_members(
    month: date, grounds: tuple[str, ...], met: bool
) -> None:
    assert is_activity_condition_met(grounds, month) == met


def test_every_ground_alone_opens_the_right_but_none() -> None:
    met = {ground for ground in GROUNDS if is_activity_condition_met([ground], date(2020, 1, 1))}

    assert met == set(GROUNDS) - {"NONE"}


@pytest.mark.parametrize(
    ("grounds", "one", "every"),
    [
        (("WORK", "NONE"), True, False),
        (("WORK", "ASSIMILATED"), True, True),
        (("WORK", "STUDENT"), True, False),
        (("AAH", "NONE"), True, True),
        (("STUDENT", "STUDENT"), True, True),
        (("WORK",), True, True),
        (("NONE", "NONE"), False, False),
    ],
)
def test_whether_one_working_member_is_enough_is_a_dated_choice(
    grounds: tuple[str, ...], one: bool, every: bool
) -> None:
    found = [is_activity_condition_met(grounds, JUNE_2019, rule=rule) for rule in ("ANY", "ALL")]

    assert found == [one, every]
