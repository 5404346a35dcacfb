"""Reads a population back from its files, as whoever receives them would: texts only, grouped by employer."""

import csv
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

Row = dict[str, str]


@dataclass
class Household:
    """What the files say of one employer number."""

    account: Row
    fund: list[Row] = field(default_factory=list)
    pajemploi: list[Row] = field(default_factory=list)
    employees: list[Row] = field(default_factory=list)
    declarations: list[Row] = field(default_factory=list)
    requests: list[Row] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)


@dataclass
class World:
    """A population on disk. Rights join a household by employer number, or else by NIR (a number may be wrong)."""

    folder: Path
    households: dict[str, Household]
    rights_fund: list[Row]
    rights_pajemploi: list[Row]
    declarations: list[Row]
    accounts: list[Row]
    invoices: list[Row]
    expected: list[Row]

    def seeded(self, code: str) -> list[Household]:
        return [home for home in self.households.values() if code in home.codes.values()]

    def clean(self) -> list[Household]:
        return [home for home in self.households.values() if not home.codes]


def rows(folder: Path, pattern: str) -> list[Row]:
    found = []
    for path in sorted(folder.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as file:
            found.extend(csv.DictReader(file))
    return found


def manifests(folder: Path) -> dict[str, dict]:
    return {
        path.name.removesuffix(".manifest.json"): json.loads(path.read_text("utf-8"))
        for path in sorted(folder.rglob("*.manifest.json"))
    }


def read(folder: Path) -> World:
    accounts = rows(folder, "accounts.csv")
    homes = {row["employer_no"]: Household(row) for row in accounts}
    by_nir = {row["nir"]: homes[row["employer_no"]] for row in reversed(accounts)}
    fund, pajemploi = rows(folder, "**/rights_fund_*.csv"), rows(folder, "rights_pajemploi.csv")
    for name, rights in (("fund", fund), ("pajemploi", pajemploi)):
        for row in rights:
            home = homes.get(row["employer_no"]) or by_nir.get(row["nir"])
            if home:
                getattr(home, name).append(row)
    for row in rows(folder, "requests.csv"):
        by_nir[row["nir"]].requests.append(row)
    for row in rows(folder, "employees.csv"):
        homes[row["employer_no"]].employees.append(row)
    declarations, expected = rows(folder, "declarations_*.csv"), rows(folder, "expected-anomalies.csv")
    codes = defaultdict(dict, {row["declaration_no"]: row["code"] for row in expected})
    for row in declarations:
        homes[row["employer_no"]].declarations.append(row)
        if row["declaration_no"] in codes:
            homes[row["employer_no"]].codes[row["declaration_no"]] = codes[row["declaration_no"]]
    invoices = rows(folder, "structure_invoices.csv")
    return World(folder, homes, fund, pajemploi, declarations, accounts, invoices, expected)


def nir_is_valid(nir: str) -> bool:
    digits = nir[:13].replace("2A", "19").replace("2B", "18")
    return len(nir) == 15 and 97 - int(digits) % 97 == int(nir[13:])


def iban_is_valid(iban: str) -> bool:
    turned = "".join(str(int(c, 36)) for c in iban[4:] + iban[:4])
    bank, branch, account, key = iban[4:9], iban[9:14], iban[14:25], iban[25:]
    rib = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    return len(iban) == 27 and int(turned) % 97 == 1 and rib == int(key)


def cents(text: str) -> int:
    euros, _, fraction = text.partition(".")
    return int(euros) * 100 + int(fraction.ljust(2, "0") or 0)


def months(day: str) -> int:
    """Months since year 0 of an ISO date or month."""
    return int(day[:4]) * 12 + int(day[5:7]) - 1


def covers(right: Row, care_month: str) -> bool:
    """Whether the right is active on the whole month: half-open dates that begin and end on first days."""
    first = f"{care_month}-01"
    return right["status"] == "ACTIVE" and right["start"] <= first and (not right["end"] or right["end"] > first)


def business_days(start: str, end: str) -> int:
    """Weekdays after `start` up to `end`, holidays counted: an upper bound."""
    day, last, count = date.fromisoformat(start[:10]), date.fromisoformat(end[:10]), 0
    while day < last:
        day += timedelta(days=1)
        count += day.weekday() < 5
    return count
