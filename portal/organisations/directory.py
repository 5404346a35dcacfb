"""The funds of the family branch and the Urssaf bodies: who they are and where they are competent.

Two CSV files beside this module hold the facts, each row with a note where a fact is not certain. They are read once.
A file may name a fund by any code of the form CAF or MSA followed by a département number; the directory names such a
code even when it lists no body under it. Pure module: no database, no clock.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
BODIES = ("CAF", "MSA", "URSSAF")
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
    """A body of the family or collection branch. `listed` is false for a valid code that names no known body."""

    code: str
    name: str
    body: str
    seat_departement: str
    departements: tuple[str, ...]
    seat_city: str
    note: str
    listed: bool = True


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
    return Fund(row["code"], row["name"], row["body"], row["seat_departement"], served, row["seat_city"], row["note"])


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
