"""Dated figures of the law's tables, and indexation from the initial amount."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import takewhile
from math import ceil, floor

from tests.oracle.aripa.calendar import DAY, anniversary, first_of
from tests.oracle.aripa.flow import Flow, Row, Title, cents, day_in

BMAF = (
    ("2018-04-01", "411.92"), ("2019-04-01", "413.16"), ("2020-04-01", "414.40"), ("2021-04-01", "414.81"),
    ("2022-04-01", "422.28"), ("2022-07-01", "439.17"), ("2023-04-01", "445.93"), ("2024-04-01", "466.44"),
    ("2025-04-01", "474.37"), ("2026-04-01", "478.16"),
)  # fmt: skip
ASF_RATES = (("2018-04-01", ("0.2813", "0.375")), ("2022-11-01", ("0.422", "0.5625")))
RSA = (
    ("2018-04-01", "550.93"), ("2019-04-01", "559.74"), ("2020-04-01", "564.78"), ("2021-04-01", "565.34"),
    ("2022-04-01", "575.52"), ("2022-07-01", "598.54"), ("2023-04-01", "607.75"), ("2024-04-01", "635.71"),
    ("2025-04-01", "646.52"), ("2026-04-01", "651.69"),
)  # fmt: skip
LOOKBACK = (("1985-12-21", 24), ("2026-04-01", 60))
JUDGES = ("COURT_DECISION", "HOMOLOGATED_AGREEMENT")


def on(table, day: date):
    return [value for since, value in table if since <= day.isoformat()][-1]


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def net_asf(month: int, both: bool) -> int:
    """Nearest cent, an exact half down; CRDS cut down."""
    day = first_of(month)
    gross = ceil(Fraction(on(BMAF, day)) * Fraction(on(ASF_RATES, day)[both]) * 100 - Fraction(1, 2))
    return gross - floor(Fraction(gross * 5, 1000))


def penalty(day: date) -> int:
    return ceil(Fraction(on(BMAF, day)) / 4) * 100


def is_indexed(title: Title) -> bool:
    return title.kind not in JUDGES or title.indexation != "EXCLUDED"


def anniversaries(title: Title) -> Iterator[date]:
    clause = title.indexation == "CLAUSE" and day_in(title.first_indexation_on)
    first = clause or title.dated
    for years in range(0 if clause else 1, 200):
        yield anniversary(first, years)


def last_published(flow: Flow, series: str, day: date) -> Row | None:
    known = [row for row in flow.prices if row["published_on"] <= day.isoformat() and row["series"] == series]
    return max(known, key=lambda row: (row["month"], row["base"])) if known else None


def index_in(flow: Flow, series: str, base: str, month: str, day: date) -> Fraction | None:
    for row in flow.prices:
        if (row["series"], row["base"], row["month"]) == (series, base, month) and row[
            "published_on"
        ] <= day.isoformat():
            return Fraction(row["value"])
    return None


def ratio(flow: Flow, title: Title, day: date) -> Fraction | None:
    """New index over base index, both in the base of the newer one."""
    series = (title.indexation == "CLAUSE" and title.index_series) or "ALL_HOUSEHOLDS"
    clause = title.base_month if title.indexation == "CLAUSE" else ""
    old = last_published(flow, series, title.dated)
    new, month = last_published(flow, series, day), clause or (old["month"] if old else "")
    base = index_in(flow, series, new["base"], month, day) if new and month else None
    return Fraction(new["value"]) / base if new and base else None


ROUNDINGS = {
    "CENT": half_up,
    "EURO_NEAREST": lambda value: half_up(value / 100) * 100,
    "EURO_UP": lambda value: ceil(value / 100) * 100,
    "EURO_DOWN": lambda value: floor(value / 100) * 100,
}


class Indexes:
    """Amounts of a title on a day; each anniversary is worked out once."""

    def __init__(self, flow: Flow) -> None:
        self.flow, self.known = flow, {}

    def ratio(self, title: Title, day: date) -> Fraction | None:
        key = (title.title_no, day)
        if key not in self.known:
            self.known[key] = ratio(self.flow, title, day)
        return self.known[key]

    def moves_on(self, day: date, title: Title) -> bool:
        """Whether the day is an anniversary, and some amount is not that of the day before."""
        if not is_indexed(title) or day not in takewhile(day.__ge__, anniversaries(title)):
            return False
        return any(self.amount(title, row, day) != self.amount(title, row, day - DAY) for row in title.rows)

    def amount(self, title: Title, row: Row, day: date) -> int:
        amount = cents(row["cash_share"])
        if not is_indexed(title):
            return amount
        initial = amount
        for reached in anniversaries(title):
            if reached > day:
                return amount
            if (found := self.ratio(title, reached)) is not None:
                amount = ROUNDINGS[title.rounding or "CENT"](initial * found)
        return amount
