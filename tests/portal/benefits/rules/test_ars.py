"""ARS: the worked examples, the published ceilings and amounts, each bound on both sides, one family as a column."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.benefits.rules.ars import (
    CHILD_STEPS,
    FAMILY_STEPS,
    NET_STEPS,
    SHARE_STEPS,
    ArsAnswer,
    ArsChild,
    ars_columns,
    ars_of_family,
)
from portal.benefits.rules.figures import FOLDER
from portal.legislation.parameters import COMMON, NoParameterInForce, Parameters

YEARS = range(2018, 2027)
# Year, base, per child, then one, two, three and four children.
CEILINGS = (
    (2018, 18810, 5643, 24453, 30096, 35739, 41382), (2019, 18998, 5699, 24697, 30396, 36095, 41794),
    (2020, 19302, 5791, 25093, 30884, 36675, 42466), (2021, 19476, 5843, 25319, 31162, 37005, 42848),
    (2022, 19515, 5855, 25370, 31225, 37080, 42935), (2023, 19827, 5948, 25775, 31723, 37671, 43619),
    (2024, 20878, 6263, 27141, 33404, 39667, 45930), (2025, 21880, 6564, 28444, 35008, 41572, 48136),
    (2026, 22274, 6682, 28956, 35638, 42320, 49002),
)  # fmt: skip
# Mayotte: base, per child; then the ceilings that were published.
MAYOTTE_CEILINGS = (
    (2018, 26741, 2674, ()),
    (2019, 27734, 2773, ()), (2020, 28072, 2807, (30879, 33686, 36493)), (2021, 28325, 2833, ()), (2022, 28382, 2838, ()),
    (2023, 28836, 2884, (31720, 34604, 37488)), (2024, 30364, 3036, ()), (2025, 31821, 3182, ()), (2026, 32394, 3239, ()),
)  # fmt: skip
# Gross and net by band: 6 to 10, 11 to 14, 15 to 18.
AMOUNTS = (
    (2018, 36957, 36773, 38996, 38802, 40348, 40147), (2019, 37069, 36884, 39114, 38919, 40469, 40267),
    (2020, 37180, 36995, 39231, 39035, 40590, 40388), (2021, 37217, 37031, 39270, 39074, 40631, 40428),
    (2022, 39402, 39205, 41576, 41369, 43017, 42802), (2023, 40009, 39809, 42216, 42005, 43679, 43461),
    (2024, 41849, 41640, 44158, 43938, 45688, 45460), (2025, 42560, 42348, 44909, 44685, 46465, 46233),
    (2026, 42901, 42687, 45267, 45041, 46836, 46602),
)  # fmt: skip
AGES = (8, 12, 16)
CYCLE_AGES = {"PRIMARY": 8, "COLLEGE": 12, "LYCEE": 16}


def pupil(age: int, year: int = 2019, **facts: Any) -> ArsChild:
    """A child who reaches `age` in May of the year, at school."""
    return ArsChild(date(year - age, 5, 1), **{"is_at_school": True} | facts)


def family(*children: ArsChild, resources: int | Fraction | None = 0, year: int = 2019, **facts: Any) -> ArsAnswer:
    told: dict[str, Any] = {
        "dependent_children": max(1, len(children)), "territory": "METROPOLE", "paid_on": date(year, 8, 15),
    }  # fmt: skip
    cents = None if resources is None else int(resources * 100)
    return ars_of_family(children, annual_resources_cents=cents, school_year=year, **told | facts)


def paid(*children: ArsChild, **facts: Any) -> tuple[int, int]:
    found = family(*children, **facts).family
    return found["gross_cents"], found["net_cents"]


@pytest.mark.parametrize("row", CEILINGS, ids=lambda row: row[0])
def test_the_ceilings_of_each_year(row: tuple[int, ...]) -> None:
    year, base, increase, *known = row
    found = [family(pupil(8, year), year=year, dependent_children=number).family for number in range(1, 5)]

    assert {one["ceiling_increase"] for one in found} == {increase}
    assert [one["ceiling"] for one in found] == known == [base + number * increase for number in range(1, 5)]


@pytest.mark.parametrize("row", MAYOTTE_CEILINGS, ids=lambda row: row[0])
def test_the_ceilings_of_mayotte(row: tuple[int, int, int, tuple[int, ...]]) -> None:
    year, base, increase, published = row
    found = [
        family(pupil(8, year, cycle="PRIMARY"), year=year, territory="MAYOTTE", dependent_children=number).family[
            "ceiling"
        ]
        for number in range(1, 4)
    ]

    assert found == [base + number * increase for number in range(1, 4)]
    assert tuple(found) == published or not published


def test_the_ceiling_of_mayotte_follows_prices_from_2021() -> None:
    """The steps of the mainland ceiling: 0.9 %, 0.2 %, 1.6 %, 5.3 %, 4.8 %, 1.8 %, to the euro."""
    bases = {year: base for year, base, _increase, _published in MAYOTTE_CEILINGS}
    steps = {2021: 1009, 2022: 1002, 2023: 1016, 2024: 1053, 2025: 1048, 2026: 1018}

    assert all((bases[year - 1] * step + 500) // 1000 == bases[year] for year, step in steps.items())


@pytest.mark.parametrize("row", AMOUNTS, ids=lambda row: row[0])
def test_the_amounts_of_each_year(row: tuple[int, ...]) -> None:
    year, *known = row

    assert [amount for age in AGES for amount in paid(pupil(age, year), year=year)] == known


@pytest.mark.parametrize("row", AMOUNTS, ids=lambda row: row[0])
def test_at_mayotte_the_amounts_are_the_gross_ones_by_cycle(row: tuple[int, ...]) -> None:
    year, gross = row[0], row[1::2]
    found = [paid(pupil(8, year, cycle=cycle), year=year, territory="MAYOTTE") for cycle in CYCLE_AGES]

    assert found == [(amount, amount) for amount in gross]


@pytest.mark.parametrize(
    ("case", "children", "facts", "gross", "net"),
    [
        ("1 one child of 8", (pupil(8),), {"resources": 20_000}, 37_069, 36_884),
        ("2 the same, 12 years", (pupil(12),), {"resources": 20_000}, 39_114, 38_919),
        ("3 the same, 16 years", (pupil(16),), {"resources": 20_000}, 40_469, 40_267),
        ("4 two children, at the ceiling", (pupil(8), pupil(12)), {"resources": 30_396}, 76_183, 75_803),
        ("5 at the ceiling", (pupil(8),), {"resources": 24_697}, 37_069, 36_884),
        ("5 one euro above", (pupil(8),), {"resources": 24_698}, 36_969, 36_785),
        ("all but twenty euros", (pupil(8),), {"resources": 25_047}, 2_069, 2_059),
        ("7 above the minimum of fifteen euros", (pupil(8),), {"resources": 25_052}, 1_569, 1_562),
        ("7 one euro more: not paid", (pupil(8),), {"resources": 25_053}, 0, 0),
        ("9 a child of 3 raises the ceiling", (pupil(7), pupil(12), pupil(3)), {"resources": 36_200}, 65_683, 65_355),
        ("one euro left", (pupil(8),), {"resources": 25_067}, 0, 0),
        ("7 and at 25 068", (pupil(8),), {"resources": 25_068}, 0, 0),
        ("11 turns 18 on 1 September", (ArsChild(date(2001, 9, 1), is_at_school=True),), {}, 0, 0),
        ("11 17 on 15 September, and one of 10",
         (ArsChild(date(2001, 10, 10), is_at_school=True), pupil(10)), {}, 77_538, 77_151),
        ("12 turns 11 on 20 December", (ArsChild(date(2008, 12, 20)),), {}, 39_114, 38_919),
        ("12 turns 15 on 20 December", (ArsChild(date(2004, 12, 20)),), {}, 40_469, 40_267),
        ("13 turns 6 on 15 January", (ArsChild(date(2014, 1, 15)),), {}, 37_069, 36_884),
        ("14 2020, one of 8", (pupil(8, 2020),), {"year": 2020}, 37_180, 36_995),
        ("14 2022, one of 8", (pupil(8, 2022),), {"year": 2022}, 39_402, 39_205),
        ("14 2024, 12 years", (pupil(12, 2024),), {"year": 2024}, 44_158, 43_938),
        ("19 Mayotte 2019, at the ceiling", (pupil(8, cycle="PRIMARY"),),
         {"resources": 30_507, "territory": "MAYOTTE"}, 37_069, 37_069),
        ("19 Mayotte 2019, one euro above", (pupil(8, cycle="PRIMARY"),),
         {"resources": 30_508, "territory": "MAYOTTE"}, 0, 0),
        ("19 Mayotte 2020, above", (pupil(8, 2020, cycle="PRIMARY"),),
         {"resources": 31_000, "territory": "MAYOTTE", "year": 2020}, 25_080, 25_080),
        ("19 Mayotte 2023, 19 years", (pupil(19, 2023, cycle="LYCEE"),), {"territory": "MAYOTTE", "year": 2023}, 43_679, 43_679),
        ("19 and not elsewhere", (pupil(19, 2023),), {"year": 2023}, 0, 0),
    ],
)  # fmt: skip
def test_the_worked_examples(
    case: str, children: tuple[ArsChild, ...], facts: dict[str, Any], gross: int, net: int
) -> None:
    assert paid(*children, **facts) == (gross, net), case


def test_9_the_reduced_amount_is_divided_by_the_children_who_open_the_right() -> None:
    """656.83 for two: 328.415 each, 328.42 to read; CRDS 1.64 each; the total is what is paid."""
    found = family(pupil(7), pupil(12), pupil(3), resources=36_200)

    assert [row["share_cents"] for row in found.children] == [32_842, 32_842, 0]
    assert [row["child_crds_cents"] for row in found.children] == [164, 164, 0]
    assert found.children[2]["child_refusal"] == "benefits.child_too_young"
    assert found.family["is_differential"]


@pytest.mark.parametrize(
    ("case", "resources", "gross", "refusal"),
    [
        ("at the ceiling", "24697.00", 37_069, None),
        ("a cent above", "24697.01", 37_068, None),
        ("ninety-nine cents above", "24697.99", 36_970, None),
        ("a euro above", "24698.00", 36_969, None),
        ("fifteen euros left, paid", "25052.69", 1_500, None),
        ("a cent less is not", "25052.70", 0, "benefits.below_minimum"),
        ("the last cent", "25067.68", 0, "benefits.below_minimum"),
        ("nothing left", "25067.69", 0, "benefits.above_ceiling"),
    ],
)
def test_a_cent_above_the_ceiling_is_a_cent_less(case: str, resources: str, gross: int, refusal: str | None) -> None:
    """R. 543-6-1 takes off what is above the ceiling; no text rounds the resources."""
    found = family(pupil(8), resources=Fraction(resources)).family

    assert (found["gross_cents"], found["refusal"]) == (gross, refusal), case
    assert found["is_differential"] == (0 < gross < 37_069)


def test_a_cent_above_the_ceiling_of_mayotte_before_2020_is_nothing() -> None:
    at, above = (
        family(pupil(8, cycle="PRIMARY"), resources=Fraction(resources), territory="MAYOTTE").family["gross_cents"]
        for resources in ("30507.00", "30507.01")
    )

    assert (at, above) == (37_069, 0)


@pytest.mark.parametrize(
    ("case", "birth", "refusal"),
    [
        ("six on 31 January", "2014-01-31", None),
        ("six on 1 February", "2014-02-01", "benefits.child_too_young"),
        ("eighteen on 16 September", "2001-09-16", None),
        ("eighteen on 15 September", "2001-09-15", "benefits.child_too_old"),
    ],
)
def test_the_ages_of_the_right(case: str, birth: str, refusal: str | None) -> None:
    (row,) = family(ArsChild(date.fromisoformat(birth), is_at_school=True)).children

    assert row["child_refusal"] == refusal, case
    assert row["opens_right"] == (refusal is None)


@pytest.mark.parametrize(
    ("case", "birth", "refusal"),
    [
        ("twenty on 16 September", "1999-09-16", None),
        ("twenty on 15 September", "1999-09-15", "benefits.child_too_old"),
    ],
)
def test_the_age_limit_of_mayotte(case: str, birth: str, refusal: str | None) -> None:
    child = ArsChild(date.fromisoformat(birth), "LYCEE", is_at_school=True)

    assert family(child, territory="MAYOTTE").children[0]["child_refusal"] == refusal, case


@pytest.mark.parametrize(
    ("case", "birth", "amount"),
    [
        ("eleven on 31 December", "2008-12-31", 39_114), ("eleven on 1 January", "2009-01-01", 37_069),
        ("fifteen on 31 December", "2004-12-31", 40_469), ("fifteen on 1 January", "2005-01-01", 39_114),
    ],
)  # fmt: skip
def test_the_band_is_that_of_the_calendar_year(case: str, birth: str, amount: int) -> None:
    assert paid(ArsChild(date.fromisoformat(birth)))[0] == amount, case


@pytest.mark.parametrize(
    ("case", "age", "told", "refusal"),
    [
        ("fifteen, nothing declared", 15, None, None),
        ("sixteen, nothing declared", 16, None, "benefits.schooling_not_declared"),
        ("sixteen, at school", 16, True, None),
        ("sixteen, out of school", 16, False, "benefits.not_at_school"),
        ("eight, out of school: it is believed", 8, False, "benefits.not_at_school"),
        ("eight, at school", 8, True, None),
    ],
)
def test_schooling_is_presumed_until_sixteen(case: str, age: int, told: bool | None, refusal: str | None) -> None:
    assert family(pupil(age, is_at_school=told)).children[0]["child_refusal"] == refusal, case


def test_sixteen_in_the_calendar_year() -> None:
    """Born on 31 December 2003: 16 in 2019, to be declared; the day after, not."""
    found = [family(ArsChild(day)).family["gross_cents"] for day in (date(2003, 12, 31), date(2004, 1, 1))]

    assert found == [0, 40_469]


def test_own_pay_up_to_55_percent_of_the_minimum_wage() -> None:
    """2019: 10.03 × 169 × 0.55 = 932.2885."""
    found = [family(pupil(17, monthly_pay_cents=pay)).children[0]["child_refusal"] for pay in (None, 0, 93_228, 93_229)]

    assert found == [None, None, None, "benefits.own_pay_too_high"]


def test_at_mayotte_a_class_that_nobody_knows_waits() -> None:
    found = family(pupil(8), pupil(12, cycle="COLLEGE"), territory="MAYOTTE")

    assert [row["child_refusal"] for row in found.children] == ["benefits.cycle_unknown", None]
    assert found.family["gross_cents"] == 39_114


@pytest.mark.parametrize(
    ("case", "facts", "refusal"),
    [
        ("resources of nought", {"resources": 0}, None),
        ("resources that nobody knows", {"resources": None}, "benefits.resources_unknown"),
        ("too rich", {"resources": 25_068}, "benefits.above_ceiling"),
        ("under the minimum", {"resources": 25_053}, "benefits.below_minimum"),
    ],
)
def test_why_a_family_has_nothing(case: str, facts: dict[str, Any], refusal: str | None) -> None:
    assert family(pupil(8), **facts).family["refusal"] == refusal, case


def test_nothing_is_due_on_resources_that_nobody_knows() -> None:
    found = family(pupil(8), resources=None)

    assert (found.family["gross_cents"], found.family["net_cents"], found.children[0]["share_cents"]) == (0, 0, 0)


def test_resources_are_those_of_two_years_before() -> None:
    assert family(pupil(8)).family["resource_year"] == 2017


def test_no_child_no_right() -> None:
    assert family(resources=0).family["refusal"] == "benefits.no_child"
    assert family(pupil(3)).family["refusal"] == "benefits.no_child"


def test_the_minimum_is_that_of_the_family_and_strict() -> None:
    """Ceiling 30 396, full 761.83: fifteen euros and eighty-three cents, then less than fifteen."""
    assert paid(pupil(8), pupil(12), resources=31_142)[0] == 1_583
    assert paid(pupil(8), pupil(12), resources=31_143)[0] == 0


def with_figure(tmp_path: Path, key: str, value: str) -> Parameters:
    """The figures of the project, all values of one of them changed."""
    figures = dict(Parameters.load(COMMON, FOLDER).figures)
    written = tmp_path / "one.yaml"
    written.write_text(
        f"{key}: {{term: x, unit: x, checked_on: 2026-11-26, values: [{{from: 1990-01-01, value: {value}, "
        "status: policy, source: x}]}",
        encoding="utf-8",
    )
    return Parameters(figures | Parameters.load(tmp_path).figures)


def test_the_minimum_of_exactly_fifteen_euros_is_paid(tmp_path: Path) -> None:
    parameters = with_figure(tmp_path, "ars.minimum_paid", '"15.69"')

    assert paid(pupil(8), resources=25_052, parameters=parameters)[0] == 1_569
    parameters = with_figure(tmp_path, "ars.minimum_paid", '"15.70"')
    assert paid(pupil(8), resources=25_052, parameters=parameters)[0] == 0


def test_the_switch_of_the_differential(tmp_path: Path) -> None:
    """By the letter, the amounts of 1 January: 369.57 in 2019 (BMAF 411.92), 365.91 in 2018 (BMAF 407.84)."""
    january = with_figure(tmp_path, "ars.differential_amounts", "AT_1_JANUARY")

    assert paid(pupil(8), resources=24_698, parameters=january)[0] == 36_957 - 100
    assert paid(pupil(8), resources=24_697, parameters=january)[0] == 37_069, "the full amount is that of the payment"
    assert paid(pupil(8), resources=24_454, year=2018, parameters=january)[0] == 36_591 - 100


def test_a_payment_reads_the_base_of_its_day_and_the_rules_of_its_term() -> None:
    """The term of 2019 paid in May 2020: BMAF 414.40, ceiling and ages of 2019, no increase of 2020."""
    found = family(pupil(8), resources=24_697, paid_on=date(2020, 5, 4)).family

    assert (found["gross_cents"], found["ceiling"], found["exceptional_cents"]) == (37_180, 24_697, 0)


def test_the_exceptional_increase_is_of_2020_alone() -> None:
    """24.26 % of 414.40 is 100.53 for each child who opens the right, CRDS 0.50; in no other amount."""
    found = {
        year: family(pupil(8, year), pupil(12, year), pupil(3, year), year=year).family for year in (2019, 2020, 2021)
    }

    assert [found[year]["exceptional_cents"] for year in found] == [0, 20_106, 0]
    assert found[2020]["exceptional_crds_cents"] == 100
    assert found[2020]["gross_cents"] == 37_180 + 39_231


def test_the_exceptional_increase_comes_with_an_ars_that_is_paid() -> None:
    """2020, ceiling 25 093, full 371.80: reduced to 15.80, then under the minimum."""
    found = [family(pupil(8, 2020), year=2020, resources=resources).family for resources in (25_449, 25_450)]

    assert [one["gross_cents"] for one in found] == [1_580, 0]
    assert [one["exceptional_cents"] for one in found] == [10_053, 0]
    at_mayotte = family(pupil(8, 2020, cycle="PRIMARY"), year=2020, territory="MAYOTTE").family
    assert (at_mayotte["exceptional_cents"], at_mayotte["exceptional_crds_cents"]) == (10_053, 0)


@pytest.mark.parametrize(
    ("case", "paid_on", "resources", "gross", "refusal"),
    [
        ("the last day", "2020-12-31", 31_000, 25_080, None),
        ("the day after: a person looks", "2021-01-01", 31_000, 0, "benefits.differential_after_limit"),
        ("a full amount has no last day", "2021-01-01", 30_000, 37_180, None),
        ("nor what is under the minimum", "2021-01-01", 31_236, 0, "benefits.below_minimum"),
    ],
)
def test_the_last_day_of_mayotte_s_differential(
    case: str, paid_on: str, resources: int, gross: int, refusal: str | None
) -> None:
    found = family(
        pupil(8, 2020, cycle="PRIMARY"), resources=resources, year=2020, territory="MAYOTTE",
        paid_on=date.fromisoformat(paid_on),
    ).family  # fmt: skip

    assert (found["gross_cents"], found["refusal"]) == (gross, refusal), case


def test_a_decree_may_have_extended_it(tmp_path: Path) -> None:
    extended = with_figure(tmp_path, "mayotte.ars_differential_extended", "true")
    found = [
        family(pupil(8, 2020, cycle="PRIMARY"), resources=31_000, year=2020, territory="MAYOTTE", paid_on=day,
               parameters=extended).family["refusal"]
        for day in (date(2021, 3, 31), date(2021, 6, 30), date(2021, 7, 1))
    ]  # fmt: skip

    assert found == [None, None, "benefits.differential_after_limit"]


def test_the_last_day_is_of_2020_and_of_mayotte_alone() -> None:
    later = family(
        pupil(8, 2021, cycle="PRIMARY"), resources=31_300, year=2021, territory="MAYOTTE", paid_on=date(2022, 3, 1)
    )
    elsewhere = family(pupil(8, 2020), resources=25_100, year=2020, paid_on=date(2021, 3, 1), territory="OVERSEAS")

    assert later.family["gross_cents"] > 0
    assert elsewhere.family["gross_cents"] > 0


@pytest.mark.parametrize("territory", ["METROPOLE", "OVERSEAS", "MAYOTTE"])
@pytest.mark.parametrize("year", range(2016, 2030))
def test_a_year_computes_or_is_refused_exactly_where_nothing_is_known(year: int, territory: str) -> None:
    child = pupil(8, year, cycle="PRIMARY")
    if year in YEARS:
        assert family(child, year=year, territory=territory).family["gross_cents"] > 36_000
    else:
        with pytest.raises(NoParameterInForce):
            family(child, year=year, territory=territory)


CHILDREN = st.builds(
    ArsChild,
    birth_date=st.dates(date(1998, 1, 1), date(2021, 12, 31)) | st.sampled_from(
        [date(2001, 9, 15), date(2001, 9, 16), date(2014, 1, 31), date(2014, 2, 1), date(2008, 12, 31), date(2009, 1, 1)]
    ),
    cycle=st.none() | st.sampled_from(list(CYCLE_AGES)),
    is_at_school=st.none() | st.booleans(),
    monthly_pay_cents=st.none() | st.integers(0, 200_000),
)  # fmt: skip
# In euros, with their cents.
RESOURCES = st.integers(2_000_000, 4_500_000).map(lambda cents: Fraction(cents, 100))
FAMILIES = st.tuples(st.lists(CHILDREN, max_size=4), st.none() | RESOURCES, st.integers(1, 6))
PLACES = st.sampled_from([(place, year) for place in ("METROPOLE", "MAYOTTE") for year in YEARS])


@settings(deadline=None)
@given(FAMILIES, PLACES)
def test_never_negative_never_more_than_the_gross_and_less_with_more_resources(
    drawn: tuple[list[ArsChild], Fraction | None, int], place: tuple[str, int]
) -> None:
    children, resources, dependent = drawn
    territory, year = place
    found, richer = (
        family(*children, resources=amount, year=year, territory=territory, dependent_children=dependent).family
        for amount in (resources or 0, (resources or 0) + Fraction("7.01"))
    )

    assert 0 <= found["net_cents"] <= found["gross_cents"]
    assert found["gross_cents"] == 0 or found["gross_cents"] >= 1_500
    assert richer["gross_cents"] <= found["gross_cents"]
    assert richer["net_cents"] <= found["net_cents"]
    assert (found["gross_cents"] == 0) == (found["refusal"] is not None)


@settings(deadline=None)
@given(st.lists(FAMILIES, min_size=1, max_size=5), PLACES)
def test_columns_give_the_cents_of_one_family_at_a_time(
    drawn: list[tuple[list[ArsChild], Fraction | None, int]], place: tuple[str, int]
) -> None:
    territory, year = place
    alone = [
        family(*children, resources=resources, year=year, territory=territory, dependent_children=dependent)
        for children, resources, dependent in drawn
    ]
    rows = [
        {"family": number, "birth_date": child.birth_date, "cycle": child.cycle, "is_at_school": child.is_at_school,
         "monthly_pay_cents": child.monthly_pay_cents}
        for number, (children, _resources, _dependent) in enumerate(drawn) for child in children
    ]  # fmt: skip
    families = [
        {
            "family": number,
            "annual_resources_cents": None if resources is None else int(resources * 100),
            "dependent_children": dependent,
        }
        for number, (_children, resources, dependent) in enumerate(drawn)
    ]
    found, told = ars_columns(
        pl.DataFrame(rows, schema=CHILD_SCHEMA), pl.DataFrame(families, schema=FAMILY_SCHEMA),
        school_year=year, territory=territory, paid_on=date(year, 8, 15),
    )  # fmt: skip

    by_child, by_family = [*CHILD_STEPS, *SHARE_STEPS], [*FAMILY_STEPS, *NET_STEPS]
    assert found.select(by_child).to_dicts() == [
        {name: row[name] for name in by_child} for one in alone for row in one.children
    ]
    assert told.select(by_family).to_dicts() == [{name: one.family[name] for name in by_family} for one in alone]


CHILD_SCHEMA = {
    "family": pl.Int64, "birth_date": pl.Date, "cycle": pl.String, "is_at_school": pl.Boolean, "monthly_pay_cents": pl.Int64,
}  # fmt: skip
FAMILY_SCHEMA = {"family": pl.Int64, "annual_resources_cents": pl.Int64, "dependent_children": pl.Int64}


@pytest.mark.parametrize(
    ("case", "families"),
    [
        ("a child without its family", [{"family": 2, "annual_resources_cents": 0, "dependent_children": 1}]),
        ("a family twice", [{"family": 1, "annual_resources_cents": 0, "dependent_children": 1}] * 2),
    ],
)
def test_columns_lose_no_family_and_pay_none_twice(case: str, families: list[dict[str, int]]) -> None:
    children = pl.DataFrame([{"family": 1, "birth_date": date(2011, 5, 1)}], schema=CHILD_SCHEMA)

    with pytest.raises(ValueError, match="famil"):
        ars_columns(children, pl.DataFrame(families, schema=FAMILY_SCHEMA), school_year=2019, territory="METROPOLE",
                    paid_on=date(2019, 8, 15))  # fmt: skip
