"""AEEH: the worked examples, the published tables month by month, each bound on both sides, one child as a column."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.benefits.rules.aeeh import STEPS, AeehChild, aeeh_columns, aeeh_of_child
from portal.benefits.rules.refusals import REFUSALS
from portal.legislation.parameters import NoParameterInForce

# From: base, complements 1 to 6, lone-parent increase 2 to 6. None: nobody knows.
TABLE: tuple[tuple[str, tuple[int | None, ...], tuple[int, ...]], ...] = (
    ("2019-04", (13221, 9916, 26855, 38011, 58904, 75282, 112192), (5371, 7437, 23550, 30161, 44208)),
    ("2020-04", (13261, 9946, 26936, 38125, 59081, 75508, 112529), (5387, 7459, 23621, 30251, 44341)),
    ("2021-04", (13274, 9955, 26963, 38163, 59139, 75583, 112641), (5393, 7467, 23644, 30281, 44385)),
    ("2022-07", (14053, 10540, 28546, 40404, 62612, 80021, 119255), (5709, 7905, 25033, 32059, 46991)),
    ("2023-04", (14270, 10702, 28985, 41026, 63576, 81253, 121090), (5797, 8027, 25418, 32553, 47715)),
    ("2024-04", (14926, 11195, 30319, 42912, 66500, 84990, 126660), (6064, 8396, 26587, 34050, 49909)),
    ("2025-04", (15180, 11385, 30834, 43642, 67631, 86435, 128813), (6167, 8539, 27039, 34629, 50758)),
    ("2026-04", (15301, 11476, 31080, 43991, 68171, 87126, None), (6216, 8607, 27255, 34906, 51163)),
)  # fmt: skip
# Not printed there: the base by its rate, category 6 as the increase for a third person was.
BETWEEN = (
    ("2018-01", 13051, 110749),
    ("2018-03", 13051, 110749),
    ("2018-04", 13181, 111857),
    ("2022-04", 13513, 114669),
)
# Until the BMAF of April 2027, which nobody knows.
MONTHS = [date(2018 + number // 12, number % 12 + 1, 1) for number in range(12 * 9 + 3)]
LAST_KNOWN_6 = date(2026, 3, 1)
MAY_2019 = date(2019, 5, 1)


def child(rate: int = 80, month: date = MAY_2019, territory: str = "METROPOLE", **facts: Any) -> dict[str, Any]:
    return aeeh_of_child(AeehChild(rate, **facts), month=month, territory=territory)


def amounts(row: dict[str, Any]) -> tuple[int, int, int, int]:
    return row["base_cents"], row["complement_cents"], row["increase_cents"], row["total_cents"]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_the_published_amounts(row: tuple[str, tuple[int | None, ...], tuple[int, ...]]) -> None:
    since, (base, *complements), increases = row
    month = date.fromisoformat(f"{since}-01")
    found = [child(month=month, complement=number, isolated_parent=True) for number in range(1, 7)]

    assert {one["base_cents"] for one in found} == {base}
    assert [one["complement_cents"] for one in found] == [amount or 0 for amount in complements]
    assert [one["increase_cents"] for one in found] == [0, *increases]
    assert [one["refusal"] for one in found[:5]] == [None] * 5
    assert (found[5]["refusal"] is None) == (complements[5] is not None)


@pytest.mark.parametrize(("month", "base", "sixth"), BETWEEN)
def test_the_months_between(month: str, base: int, sixth: int) -> None:
    row = child(month=date.fromisoformat(f"{month}-01"), complement=6)

    assert (row["base_cents"], row["complement_cents"]) == (base, sixth)


@pytest.mark.parametrize(
    ("case", "facts", "total"),
    [
        ("17 base", {}, 13_221),
        ("17 category 1, couple", {"complement": 1}, 23_137),
        ("17 category 2, couple", {"complement": 2}, 40_076),
        ("17 category 3", {"complement": 3}, 51_232),
        ("17 category 6, couple", {"complement": 6}, 125_413),
        ("17 category 6, alone", {"complement": 6, "isolated_parent": True}, 169_621),
    ],
)
def test_the_worked_examples(case: str, facts: dict[str, Any], total: int) -> None:
    assert child(**facts)["total_cents"] == total, case


@pytest.mark.parametrize("complement", range(7))
@pytest.mark.parametrize("territory", ["METROPOLE", "OVERSEAS", "MAYOTTE"])
def test_every_month_computes_or_waits_exactly_where_nothing_is_known(territory: str, complement: int) -> None:
    for month in MONTHS:
        row = child(month=month, territory=territory, complement=complement)
        waits = complement == 6 and month > LAST_KNOWN_6
        assert row["refusal"] == ("benefits.complement_amount_unknown" if waits else None), month
        assert row["base_cents"] > 13_000
        assert (row["complement_cents"] > 0) == (complement > 0 and not waits)


def test_before_april_2017_nothing_is_known() -> None:
    assert child(month=date(2017, 4, 1))["base_cents"] == 13_051
    with pytest.raises(NoParameterInForce):
        child(month=date(2017, 3, 31))


@pytest.mark.parametrize(
    ("case", "facts", "refusal"),
    [
        ("eighty: enough", {"rate": 80}, None),
        ("seventy-nine alone", {"rate": 79}, "benefits.support_missing"),
        ("seventy-nine with support", {"rate": 79, "has_support": True}, None),
        ("fifty with support", {"rate": 50, "has_support": True}, None),
        ("forty-nine with support", {"rate": 49, "has_support": True}, "benefits.rate_too_low"),
        ("forty-nine", {"rate": 49}, "benefits.rate_too_low"),
        ("boarding at full cost of others", {"boarding_fully_covered": True}, "benefits.boarding_covered"),
    ],
)
def test_the_rate_and_the_support(case: str, facts: dict[str, Any], refusal: str | None) -> None:
    row = child(**facts)

    assert row["refusal"] == refusal, case
    assert row["total_cents"] == (13_221 if refusal is None else 0)


@pytest.mark.parametrize(
    ("case", "birth", "refusal"),
    [
        ("the month before the birthday", "1999-06-01", None),
        ("the month of the birthday, even before it", "1999-05-31", "benefits.disabled_child_too_old"),
        ("the month after", "1999-04-30", "benefits.disabled_child_too_old"),
    ],
)
def test_the_child_is_under_twenty(case: str, birth: str, refusal: str | None) -> None:
    assert child(child_birth_date=date.fromisoformat(birth))["refusal"] == refusal, case


@pytest.mark.parametrize(
    ("case", "facts", "increase"),
    [
        ("alone, category 2 by help", {"complement": 2}, 5_371),
        ("category 1 has none", {"complement": 1}, 0),
        ("no complement", {"complement": 0}, 0),
        ("by expenses alone", {"complement": 2, "complement_by_help": False}, 0),
        (
            "the compensation was chosen",
            {"complement": 2, "complement_by_help": False, "chose_compensation": True},
            5_371,
        ),
        ("in a couple", {"complement": 2, "isolated_parent": False}, 0),
    ],
)
def test_the_increase_for_a_lone_parent(case: str, facts: dict[str, Any], increase: int) -> None:
    assert child(**{"isolated_parent": True} | facts)["increase_cents"] == increase, case


@pytest.mark.parametrize(
    ("case", "facts", "increase", "refusal"),
    [
        ("no category told: the base is paid and the increase waits", {}, 0, "benefits.compensation_category_unknown"),
        ("category 1 is told: there is no increase", {"complement": 1}, 0, None),
        ("category 2", {"complement": 2}, 5_371, None),
        ("category 6", {"complement": 6}, 44_208, None),
        ("in a couple nothing depends on it", {"isolated_parent": False}, 0, None),
        ("nobody told whether the parent is alone", {"isolated_parent": None}, 0, "benefits.isolated_parent_unknown"),
        ("no compensation: no category is lacking", {"chose_compensation": False}, 0, None),
        ("at Mayotte too", {"territory": "MAYOTTE"}, 0, "benefits.compensation_category_unknown"),
        ("at Mayotte in 2017 there was no increase", {"territory": "MAYOTTE", "month": date(2017, 12, 1)}, 0, None),
    ],
)  # fmt: skip
def test_compensation_chosen_by_a_lone_parent(
    case: str, facts: dict[str, Any], increase: int, refusal: str | None
) -> None:
    row = child(**{"isolated_parent": True, "chose_compensation": True, "complement_by_help": False} | facts)

    assert (row["increase_cents"], row["refusal"]) == (increase, refusal), case
    assert row["base_cents"] > 0
    assert row["complement_cents"] == 0


def test_a_household_nobody_knows_waits_where_the_increase_depends_on_it() -> None:
    waiting = child(complement=2, isolated_parent=None)

    assert amounts(waiting) == (13_221, 26_855, 0, 40_076)
    assert waiting["refusal"] == "benefits.isolated_parent_unknown"
    assert child(complement=1, isolated_parent=None)["refusal"] is None
    assert child(complement=2, isolated_parent=None, complement_by_help=False)["refusal"] is None


def test_complement_or_compensation() -> None:
    assert amounts(child(complement=4, chose_compensation=True)) == (13_221, 0, 0, 13_221)


def test_the_amount_nobody_knows_waits_and_the_rest_stands() -> None:
    row = child(month=date(2026, 4, 1), complement=6, isolated_parent=True)

    assert amounts(row) == (15_301, 0, 51_163, 66_464)
    assert row["refusal"] == "benefits.complement_amount_unknown"
    chosen = child(month=date(2026, 4, 1), complement=6, isolated_parent=True, chose_compensation=True)
    assert (chosen["refusal"], chosen["total_cents"]) == (None, 66_464), "the compensation needs no such amount"
    assert child(40, date(2026, 4, 1), complement=6)["refusal"] == "benefits.rate_too_low"


@pytest.mark.parametrize(
    ("days", "expected"), [(0, 0), (1, 441), (10, 4_407), (29, 12_780), (30, 13_221), (31, 13_221)]
)
def test_days_at_home_within_a_boarding_period(days: int, expected: int) -> None:
    """A thirtieth a day, never more than the month; without boarding they have no effect."""
    assert child(boarding_fully_covered=True, days_at_home=days)["base_cents"] == expected
    assert child(days_at_home=days)["base_cents"] == 13_221


@pytest.mark.parametrize(
    ("case", "month", "facts", "expected"),
    [
        ("2017: base alone", "2017-12", {"complement": 2, "isolated_parent": True}, (13_051, 0, 0, 13_051)),
        ("2018: complement and increase", "2018-01", {"complement": 2, "isolated_parent": True},
         (13_051, 26_510, 5_302, 44_863)),
        ("May 2021: 79 % is not enough", "2021-05", {"rate": 79, "has_support": True}, (0, 0, 0, 0)),
        ("June 2021: it is", "2021-06", {"rate": 79, "has_support": True}, (13_274, 0, 0, 13_274)),
        ("June 2021: with support, as elsewhere", "2021-06", {"rate": 79}, (0, 0, 0, 0)),
        ("80 % runs on, before", "2021-05", {"rate": 80}, (13_274, 0, 0, 13_274)),
        ("and after", "2021-06", {"rate": 80}, (13_274, 0, 0, 13_274)),
    ],
)  # fmt: skip
def test_mayotte_as_it_converges(case: str, month: str, facts: dict[str, Any], expected: tuple[int, ...]) -> None:
    assert amounts(child(month=date.fromisoformat(f"{month}-01"), territory="MAYOTTE", **facts)) == expected, case


def test_at_mayotte_before_2018_a_complement_is_refused_and_the_base_paid() -> None:
    def told(day: date, **facts: Any) -> tuple[str | None, bool]:
        row = child(month=day, territory="MAYOTTE", **facts)
        return row["refusal"], row["base_cents"] > 0

    assert told(date(2017, 12, 31), complement=1) == ("benefits.no_complement_mayotte", True)
    assert told(date(2017, 12, 31)) == (None, True)
    assert told(date(2018, 1, 1), complement=1) == (None, True)
    assert told(date(2017, 12, 31), rate=79, complement=1) == ("benefits.rate_too_low_mayotte", False)
    assert child(month=date(2017, 12, 1), complement=1)["refusal"] is None, "elsewhere the complement is paid"


@pytest.mark.parametrize(
    ("day", "territory", "rate", "refusal"),
    [
        ("2021-05-31", "MAYOTTE", 79, "benefits.rate_too_low_mayotte"), ("2021-05-31", "MAYOTTE", 40, "benefits.rate_too_low_mayotte"),
        ("2021-06-01", "MAYOTTE", 49, "benefits.rate_too_low"), ("2021-05-31", "OVERSEAS", 49, "benefits.rate_too_low"),
    ],
)  # fmt: skip
def test_the_rate_that_lacked_is_that_of_the_place(day: str, territory: str, rate: int, refusal: str) -> None:
    assert child(rate, date.fromisoformat(day), territory, has_support=True)["refusal"] == refusal


def test_20_a_claim_of_march_2021_at_60_percent() -> None:
    """Mayotte: refused from March to May, open in June. Guyane: from the month after the claim."""
    facts = {"has_support": True, "filed_on": date(2021, 3, 1)}
    months = [date(2021, number, 1) for number in range(3, 7)]
    there = [child(60, month, "MAYOTTE", **facts) for month in months]
    elsewhere = [child(60, month, "OVERSEAS", **facts) for month in months]

    assert [one["base_cents"] for one in there] == [0, 0, 0, 13_274]
    assert [one["refusal"] for one in there] == [
        "benefits.before_claim", *["benefits.rate_too_low_mayotte"] * 2, None
    ]  # fmt: skip
    assert [one["refusal"] for one in elsewhere] == ["benefits.before_claim", None, None, None]
    assert [one["base_cents"] for one in elsewhere] == [0, 13_274, 13_274, 13_274]


@pytest.mark.parametrize(
    ("filed_on", "first"), [("2021-05-31", "2021-06"), ("2021-06-01", "2021-07"), ("2021-06-30", "2021-07")]
)
def test_a_claim_around_the_day_mayotte_changed(filed_on: str, first: str) -> None:
    facts = {"has_support": True, "filed_on": date.fromisoformat(filed_on)}
    paid = [month for month in MONTHS if child(60, month, "MAYOTTE", **facts)["base_cents"]]

    assert f"{paid[0]:%Y-%m}" == first


FACTS = st.builds(
    AeehChild,
    incapacity_rate=st.sampled_from([0, 49, 50, 79, 80, 100]),
    has_support=st.booleans(),
    complement=st.integers(0, 6),
    complement_by_help=st.booleans(),
    chose_compensation=st.booleans(),
    isolated_parent=st.none() | st.booleans(),
    boarding_fully_covered=st.booleans(),
    days_at_home=st.integers(0, 31),
    child_birth_date=st.none() | st.dates(date(1998, 1, 1), date(2017, 12, 31)),
    filed_on=st.none() | st.dates(date(2017, 12, 1), date(2026, 12, 31)),
)
WHERE = st.sampled_from(["METROPOLE", "OVERSEAS", "MAYOTTE"])


@settings(deadline=None)
@given(st.lists(FACTS, min_size=1, max_size=6), st.sampled_from(MONTHS), WHERE)
def test_columns_give_the_cents_of_one_child_at_a_time(drawn: list[AeehChild], month: date, territory: str) -> None:
    alone = [aeeh_of_child(one, month=month, territory=territory) for one in drawn]
    rows = pl.DataFrame(
        [{name: getattr(one, name) for name in AeehChild.__slots__} for one in drawn],
        schema_overrides={"child_birth_date": pl.Date, "filed_on": pl.Date, "isolated_parent": pl.Boolean},
    )

    assert aeeh_columns(rows, month=month, territory=territory).select(list(STEPS)).to_dicts() == [
        {name: row[name] for name in STEPS} for row in alone
    ]


@settings(deadline=None)
@given(FACTS, st.sampled_from(MONTHS), WHERE)
def test_never_negative_and_nothing_without_a_right(one: AeehChild, month: date, territory: str) -> None:
    row = aeeh_of_child(one, month=month, territory=territory)

    assert min(amounts(row)) >= 0
    assert row["total_cents"] == sum(amounts(row)[:3])
    assert (row["base_cents"] > 0) == (row["refusal"] is None or REFUSALS[row["refusal"]].waits)


def test_columns_may_lack_what_is_optional_and_hold_nulls() -> None:
    rows = pl.DataFrame(
        {"incapacity_rate": [80], "has_support": [False], "complement": [2], "complement_by_help": [True],
         "isolated_parent": [True], "boarding_fully_covered": [False], "child_birth_date": [None]}
    )  # fmt: skip

    found = aeeh_columns(rows, month=MAY_2019, territory="METROPOLE").row(0, named=True)
    assert amounts(found) == (13_221, 26_855, 5_371, 45_447)
    nulls = rows.with_columns(
        days_at_home=pl.lit(None, pl.Int64), chose_compensation=pl.lit(None, pl.Boolean),
        isolated_parent=pl.lit(None, pl.Boolean),
    )  # fmt: skip
    found = aeeh_columns(nulls, month=MAY_2019, territory="METROPOLE").row(0, named=True)
    assert amounts(found) == (13_221, 26_855, 0, 40_076)
