"""The bodies of social security: who they are, where, from when until when.

CSV files beside this module hold the facts, each row with a note where a fact is not certain. They are read once.
`funds` are those that a file may name; `bodies` adds the others, with the days between which each one lives.
A file may name a fund by any code of the form CAF or MSA followed by a département number; the directory names such a
code even when it lists no body under it. Pure module: no database, no clock.
"""

import csv
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
BODIES = ("CAF", "MSA", "URSSAF")
# MSA and Urssaf merged, region by region, until then: before it, a département may have had one of another name.
NAMES_SURE_FROM = date(2018, 1, 1)
FUND_CODE = re.compile(r"(CAF|MSA)(0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-5]|97[1-8])")


class UnknownFund(LookupError):
    """The text is neither a listed code nor of the form CAF or MSA followed by a département number."""


@dataclass(frozen=True, slots=True)
class Departement:
    """A département or an overseas collectivity of the same rank, with its legal population (official code of 2026)."""

    number: str
    name: str
    region: str
    territory: str
    population: int
    note: str


@dataclass(frozen=True, slots=True)
class Fund:
    """A body. `listed` is false for a valid code that names no known body. It lives from `valid_from` (none: before what is
    known here) until `valid_to`, excluded."""

    code: str
    name: str
    body: str
    seat_departement: str
    departements: tuple[str, ...]
    seat_city: str
    note: str
    listed: bool = True
    valid_from: date | None = None
    valid_to: date | None = None

    def lives_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Mission:
    """A joint fund holds a branch in a département, taken over from `former`. Without a first day, nobody knows it yet.

    `experimental_until`: the day on which the experiment of the first law ends, or ended before an order made it permanent.
    """

    body: str
    name: str
    branch: str
    departement: str
    former: str
    starts_on: date | None
    ends_on: date | None
    note: str = ""
    experimental_until: date | None = None

    def covers(self, departement: str, branch: str, day: date) -> bool:
        here = (self.departement, self.branch) == (departement, branch)
        since, until = self.starts_on, self.ends_on
        return here and since is not None and since <= day and (until is None or day < until)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, or will happen, to a joint fund, with its text."""

    departement: str
    day: date
    what: str
    article: str
    makes_permanent: bool = False


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def departements() -> dict[str, Departement]:
    """Every département by number, in the order of the file."""
    places = (
        Departement(row["number"], row["name"], row["region"], row["territory"], int(row["population"]), row["note"])
        for row in _rows("departements.csv")
    )
    return {place.number: place for place in places}


@cache
def funds() -> dict[str, Fund]:
    """Every listed body by code, in the order of the file."""
    return {row["code"]: _fund(row) for row in _rows("funds.csv")}


def _fund(row: dict[str, str]) -> Fund:
    served = tuple(filter(None, row["departements"].split("|")))
    return Fund(
        row["code"], row["name"], row["body"], row["seat_departement"], served, row["seat_city"], row["note"],
        valid_from=_day(row.get("valid_from")), valid_to=_day(row.get("valid_to")),
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def bodies() -> dict[str, Fund]:
    """Every body by code: the funds, and those that no file names. A fund that a joint fund replaced bears its own name
    here, and its last day; in the files its code goes on and tells the joint fund."""
    return funds() | {row["code"]: _fund(row) for row in _rows("bodies.csv")}


@cache
def _serving() -> dict[tuple[str, str], tuple[Fund, ...]]:
    found: dict[tuple[str, str], tuple[Fund, ...]] = {}
    for body in bodies().values():
        for number in body.departements:
            found[body.body, number] = (*found.get((body.body, number), ()), body)
    return found


def body_on(kind: str, departement: str, day: date) -> Fund | None:
    """The body of that kind serving the département on `day`, or None if none is known."""
    return next((body for body in _serving().get((kind, departement), ()) if body.lives_on(day)), None)


@cache
def missions() -> tuple[Mission, ...]:
    """What joint funds hold, as the directory knows it; one without a first day waits for it."""
    return tuple(
        Mission(
            row["body"], bodies()[row["body"]].name if row["starts_on"] else row["body"], row["branch"], row["departement"],
            row["former"], _day(row["starts_on"]), _day(row["ends_on"]), row["note"],
            _day(row["experimental_until"]),
        )
        for row in _rows("missions.csv")
    )  # fmt: skip


@cache
def history() -> tuple[Event, ...]:
    """What happened to the joint funds that exist, in order."""
    found = (
        Event(
            row["departement"],
            date.fromisoformat(row["day"]),
            row["what"],
            row["article"],
            row["makes_permanent"] == "1",
        )
        for row in _rows("history.csv")
    )
    return tuple(sorted(found, key=lambda event: (event.departement, event.day)))


@cache
def _competences() -> dict[tuple[str, str], Fund]:
    return {(fund.body, number): fund for fund in funds().values() for number in fund.departements}


def is_fund_code(text: str) -> bool:
    """Whether the text is a fund's code as files may bear it: CAF or MSA, then 01 to 95, 2A, 2B or 971 to 978."""
    return FUND_CODE.fullmatch(text) is not None


def competent_fund(body: str, departement: str) -> Fund | None:
    """The body of that kind ("CAF", "MSA", "URSSAF") serving the département, or None if it has none there.

    Raises ValueError for another kind of body.
    """
    if body not in BODIES:
        raise ValueError(f"unknown kind of body: {body!r}")
    return _competences().get((body, departement))


def fund_of(code: str) -> Fund:
    """The body bearing this code; a valid code that is not listed gives a Fund with `listed` false.

    Raises UnknownFund if the text is no such code.
    """
    listed = funds().get(code)
    if listed is not None:
        return listed
    if not is_fund_code(code):
        raise UnknownFund(code)
    return _unlisted(code)


def _unlisted(code: str) -> Fund:
    body, number = code[:3], code[3:]
    serving = competent_fund(body, number)
    if serving is not None:
        name = f"{serving.name} (numéro {number})"
    else:
        label = "Caf" if body == "CAF" else "MSA"
        name = f"{label}, {departements()[number].name} ({number})"
    return Fund(code, name, body, number, (number,), "", "Code valable, absent de l'annuaire", listed=False)


def fund_name(code: str) -> str:
    """The French name to show for a fund's code. Raises UnknownFund as `fund_of`."""
    return fund_of(code).name


def territory_of(fund_code: str) -> str:
    """METROPOLE, OVERSEAS or MAYOTTE, from the département in the code. Raises UnknownFund as `fund_of`."""
    place = departements()[fund_of(fund_code).seat_departement]
    return place.territory
