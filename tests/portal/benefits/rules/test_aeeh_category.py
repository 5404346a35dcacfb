"""The category of the complement: the published thresholds, each condition on both sides."""

from datetime import date

import pytest

from portal.benefits.rules.aeeh_help import Help, category_of

APRIL_2020, JULY_2022, APRIL_2023, APRIL_2025 = (
    date(2020, 4, 1), date(2022, 7, 1), date(2023, 4, 1), date(2025, 4, 1),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "day", "published"),
    [
        ("threshold_1_alone_cents", APRIL_2020, 23_206), ("threshold_2_alone_cents", APRIL_2020, 40_197),
        ("threshold_3_alone_cents", APRIL_2020, 51_386), ("threshold_3_with_8h_cents", JULY_2022, 25_911),
        ("threshold_3_with_8h_cents", APRIL_2023, 26_310), ("threshold_3_with_8h_cents", APRIL_2025, 27_988),
        ("threshold_4_with_8h_cents", APRIL_2025, 51_977),
    ],
)  # fmt: skip
def test_the_seven_published_thresholds(name: str, day: date, published: int) -> None:
    assert category_of(Help(), day)[name] == published


@pytest.mark.parametrize(
    ("case", "work_cut", "hours", "expenses", "supervision", "category"),
    [
        ("nothing", 0, 0, 0, False, 0),
        ("expenses under the first threshold", 0, 0, 23_205, False, 0),
        ("expenses at it", 0, 0, 23_206, False, 1),
        ("expenses of category 2", 0, 0, 40_196, False, 1),
        ("at them", 0, 0, 40_197, False, 2),
        ("expenses of category 3", 0, 0, 51_385, False, 2),
        ("at them", 0, 0, 51_386, False, 3),
        ("expenses of category 4", 0, 0, 72_341, False, 3),
        ("at them", 0, 0, 72_342, False, 4),
        ("expenses alone reach no more", 0, 0, 500_000, False, 4),
        ("work cut by less than a fifth", 19, 0, 0, False, 0),
        ("by a fifth", 20, 0, 0, False, 2),
        ("seven hours of help", 0, 7, 0, False, 0),
        ("eight hours", 0, 8, 0, False, 2),
        ("a fifth, and expenses of category 3", 20, 0, 24_449, False, 2),
        ("at them", 20, 0, 24_450, False, 3),
        ("a fifth, and expenses of category 4", 20, 0, 45_405, False, 3),
        ("at them", 0, 8, 45_406, False, 4),
        ("work cut by less than half", 49, 0, 0, False, 2),
        ("by half", 50, 0, 0, False, 3),
        ("nineteen hours", 0, 19, 0, False, 2),
        ("twenty hours", 0, 20, 0, False, 3),
        ("half, and expenses of category 4", 50, 0, 34_216, False, 3),
        ("at them", 0, 20, 34_217, False, 4),
        ("almost no work", 99, 0, 0, False, 3),
        ("no work at all", 100, 0, 0, False, 4),
        ("help almost full time", 0, 34, 0, False, 3),
        ("full time", 0, 35, 0, False, 4),
        ("full time, and expenses of category 5", 100, 0, 29_687, False, 4),
        ("at them", 0, 35, 29_688, False, 5),
        ("full time and supervision", 100, 0, 0, True, 6),
        ("supervision without full time", 50, 0, 0, True, 3),
    ],
)
def test_the_category_in_april_2020(
    case: str, work_cut: int, hours: int, expenses: int, supervision: bool, category: int
) -> None:
    assert category_of(Help(work_cut, hours, expenses, supervision), APRIL_2020)["category"] == category, case


@pytest.mark.parametrize(
    ("case", "found", "is_by_help"),
    [
        ("help alone", Help(20), True),
        ("help and expenses", Help(20, 0, 24_450), True),
        ("expenses alone", Help(0, 0, 51_386), False),
        ("help gives less than the expenses", Help(20, 0, 72_342), True),
        ("category 2 by either", Help(20, 0, 40_197), True),
        ("help of category 3, expenses of category 4 alone", Help(50, 0, 72_342), True),
        ("nothing", Help(), False),
    ],
)
def test_what_the_category_rests_on(case: str, found: Help, is_by_help: bool) -> None:
    """Beside help, expenses that would be enough alone are also enough with it: the category rests on both."""
    assert category_of(found, APRIL_2020)["is_by_help"] == is_by_help, case


def test_the_thresholds_are_derived_from_base_and_complements() -> None:
    """Base + complement of the category, less the complement that answers to the help already counted."""
    facts = category_of(Help(), APRIL_2020)
    parts = {1: 240_000, 2: 650_000, 3: 920_000, 4: 1_425_700, 5: 1_822_100}
    derived = {
        "1_alone": 320_000 + parts[1], "2_alone": 320_000 + parts[2], "3_alone": 320_000 + parts[3],
        "3_with_8h": 320_000 + parts[3] - parts[2], "4_alone": 320_000 + parts[4],
        "4_with_8h": 320_000 + parts[4] - parts[2], "4_with_20h": 320_000 + parts[4] - parts[3],
        "5_with_full_time": 320_000 + parts[5] - parts[4],
    }  # fmt: skip

    assert {name: facts[f"rate_{name}"] for name in derived} == derived
