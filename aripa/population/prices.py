"""Indices of consumer prices that look like the published ones: both series, both bases, no month left out."""

from datetime import date
from itertools import pairwise

from aripa.life.facts import Price

FIRST = date(2010, 1, 1)
REBASED_ON = date(2026, 2, 20)
REBASED_FROM = date(2026, 1, 1)
# Hundredths in base 2015, between which months lie on a line; the last slope goes on.
ANCHORS = {
    "ALL_HOUSEHOLDS": (
        (date(2010, 1, 1), 92_80), (date(2013, 1, 1), 98_30), (date(2016, 3, 1), 100_02), (date(2017, 3, 1), 101_14),
        (date(2019, 1, 1), 102_67), (date(2021, 1, 1), 104_24), (date(2022, 1, 1), 107_06), (date(2023, 1, 1), 113_30),
        (date(2024, 1, 1), 116_52), (date(2025, 1, 1), 118_10), (date(2025, 11, 1), 118_62), (date(2026, 11, 1), 120_20),
    ),
    "URBAN_WORKERS": (
        (date(2010, 1, 1), 92_95), (date(2013, 1, 1), 98_42), (date(2016, 3, 1), 100_03), (date(2019, 1, 1), 102_70),
        (date(2021, 1, 1), 104_10), (date(2022, 1, 1), 106_90), (date(2023, 1, 1), 113_23), (date(2023, 6, 1), 116_00),
        (date(2023, 11, 1), 116_69), (date(2025, 1, 1), 118_05), (date(2025, 11, 1), 118_60), (date(2026, 11, 1), 120_10),
    ),
}  # fmt: skip
# Hundredths in base 2025 of November 2025.
NOVEMBER_2025 = {"ALL_HOUSEHOLDS": 99_87, "URBAN_WORKERS": 100_03}


def prices(until: date) -> list[Price]:
    """Every index published by `until`."""
    found = []
    for series in ANCHORS:
        scale = NOVEMBER_2025[series], _value(series, date(2025, 11, 1))
        for month in _months(until):
            value, out = _value(series, month), _next(month).replace(day=15)
            if month < REBASED_FROM:
                found.append(_price(series, 2015, month, value, out))
            rebased = (2 * value * scale[0] + scale[1]) // (2 * scale[1])
            found.append(_price(series, 2025, month, rebased, max(out, REBASED_ON)))
    return sorted((one for one in found if one.published_on <= until), key=lambda one: (one.published_on, one.month))


def _price(series: str, base: int, month: date, value: int, published_on: date) -> Price:
    return Price(series=series, base=base, month=month, value=value, published_on=published_on)


def _months(until: date) -> list[date]:
    month, found = FIRST, []
    while month < until:
        found.append(month)
        month = _next(month)
    return found


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _value(series: str, month: date) -> int:
    anchors = ANCHORS[series]
    (start, low), (end, high) = next(
        ((one, other) for one, other in pairwise(anchors) if month < other[0]), (anchors[-2], anchors[-1])
    )
    return low + (high - low) * (month - start).days // (end - start).days
