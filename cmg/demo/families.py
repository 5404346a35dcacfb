"""The families of the demonstration's stories, as rows of flow files: who they are, what both sides say, what was declared.

Fixed numbers, so that every demonstration tells the same. Their amounts come from the engine, never from here.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from cmg.population import demo as chabrol
from portal.invented.identities import NIR_PLACES, iban_of, nir

Row = dict[str, str]
FIRST_ACCOUNT, BRANCH = 11_900_000_000, 63_001
# Numbers of security of the stories stand just below Émilie Chabrol's, the last place of all.
FIRST_NIR = NIR_PLACES - 100


@dataclass(frozen=True)
class Child:
    """A child looked after, and what the childminder is paid for it (cells of a declaration)."""

    child_id: str
    first_name: str
    birth: date
    net_salary: str = "560.00"
    maintenance_allowance: str = "66.00"
    hours: str = "120"


@dataclass(frozen=True)
class Family:
    """One family. `right`: cells of the fund's right that differ from the ordinary; None when only a request was filed.

    `rightless`: children for whom no right was opened; `wrong_nir`: Pajemploi holds another person's number;
    `declared_birth`: the birth date that the employer typed.
    """

    number: int
    last_name: str
    first_names: str
    birth: date
    fund: str
    children: tuple[Child, ...]
    right: dict[str, str] | None = None
    rightless: tuple[str, ...] = ()
    wrong_nir: bool = False
    declared_birth: date | None = None

    @property
    def employer_no(self) -> str:
        return f"63000001{self.number:02d}"

    @property
    def beneficiary_no(self) -> str:
        return f"9{self.number:06d}"

    @property
    def subject(self) -> str:
        return f"cmg:employer:{self.employer_no}"


LAMBERT = Family(1, "Lambert", "Sophie", date(1988, 6, 21), "CAF63", (Child("S01-1", "Hugo", date(2024, 3, 10)),), {})
MARTIN = Family(2, "Martin", "Claire", date(1991, 2, 3), "CAF63",
                (Child("S02-1", "Léo", date(2023, 5, 4)), Child("S02-2", "Jade", date(2024, 11, 20))),
                {"dependent_children": "2"}, rightless=("S02-2",))  # fmt: skip
BERNARD = Family(3, "Bernard", "Lucie", date(1993, 9, 14), "CAF63", (Child("S03-1", "Nina", date(2025, 1, 7)),))
ROUSSEL = Family(4, "Roussel", "Marie", date(1987, 12, 1), "CAF03", (Child("S04-1", "Tom", date(2024, 3, 10)),), {},
                 declared_birth=date(2024, 10, 3))  # fmt: skip
GIRARD = Family(5, "Girard", "Paul", date(1985, 4, 30), "CAF42", (Child("S05-1", "Maël", date(2025, 2, 2)),))
FONTAINE = Family(6, "Fontaine", "Nadia", date(1990, 8, 8), "CAF63", (Child("S06-1", "Ilan", date(2024, 6, 15)),), {},
                  wrong_nir=True)  # fmt: skip
PETIT = Family(7, "Petit", "Julie", date(1989, 1, 19), "CAF63", (Child("S07-1", "Zoé", date(2023, 9, 9)),), {})
GARNIER = Family(8, "Garnier", "Aurélie", date(1992, 7, 27), "CAF63", (Child("S08-1", "Eden", date(2024, 12, 5)),), {})
MOREL = Family(9, "Morel", "Sandrine", date(1986, 10, 11), "CAF63",
               (Child("S09-1", "Adam", date(2025, 3, 3), "950.00", "120.00", "190"),),
               {"annual_resources": "15000", "isolated_parent": "1"}, wrong_nir=True)  # fmt: skip
FAMILIES = (LAMBERT, MARTIN, BERNARD, ROUSSEL, GIRARD, FONTAINE, PETIT, GARNIER, MOREL)


def rows_of(family: Family) -> dict[str, list[Row]]:
    """What both sides know of one family, before anything is declared."""
    asked = [child for child in family.children if family.right is None or child.child_id in family.rightless]
    rights = [_right(family, child) for child in family.children if child not in asked]
    return {
        "accounts": [_account(family)],
        "employees": [
            {"employee_no": f"S{family.employer_no}", "employer_no": family.employer_no, "employee_kind": "CHILDMINDER",
             "licence_no": f"AM0630{family.number:04d}", "licence_end": "2029-01-01", "registered_on": "2025-01-06"}
        ],
        "rights_fund": rights,
        "rights_pajemploi": rights,
        "requests": [_request(family, child) for child in asked if family.right is None],
    }  # fmt: skip


def declared(
    family: Family, month: date, on: date, *, version: int = 1, net_salary: str = ""
) -> list[Row]:  # fmt: skip
    """The declarations of one month: one a child, received on the evening of `on`."""
    return [
        {
            "declaration_no": f"D{month:%Y%m}{family.employer_no}{index}", "version": str(version),
            "kind": "ORIGINAL" if version == 1 else "CORRECTION", "employer_no": family.employer_no,
            "employee_no": f"S{family.employer_no}", "care_month": f"{month:%Y-%m}", "child_ids": child.child_id,
            "child_birth_dates": str(family.declared_birth or child.birth),
            "net_salary": net_salary or child.net_salary, "maintenance_allowance": child.maintenance_allowance,
            "meal_allowance": "", "mileage": "", "terminal_indemnities": "", "hours": child.hours,
            "specific_hours": "", "days": "18", "withholding_tax": "", "received_at": f"{on}T18:00:00+02:00",
        }
        for index, child in enumerate(family.children, start=1)
    ]  # fmt: skip


def _account(family: Family) -> Row:
    return {
        "employer_no": family.employer_no, "nir": _nir(family, other=family.wrong_nir), "last_name": family.last_name,
        "first_names": family.first_names, "birth_date": str(family.birth), "fund": family.fund,
        "beneficiary_no": family.beneficiary_no, "iban": _iban(family.number), "mandate_ref": f"PAJ{family.employer_no}",
        "mandate_signed_on": "2025-01-06", "all_in_one": "0", "updated_at": "2025-01-06T10:00:00+01:00",
    }  # fmt: skip


def _right(family: Family, child: Child) -> Row:
    opened = max(child.birth + timedelta(days=90), date(2025, 1, 1)).replace(day=1)
    ordinary = {
        "right_no": f"R{family.employer_no}", "fund": family.fund, "beneficiary_no": family.beneficiary_no,
        "nir": _nir(family), "employer_no": family.employer_no, "child_id": child.child_id,
        "child_first_name": child.first_name, "child_birth_date": str(child.birth), "care_mode": "CHILDMINDER",
        "status": "ACTIVE", "start": str(opened), "end": "", "annual_resources": "30000", "dependent_children": "1",
        "isolated_parent": "0", "aah": "0", "aeeh_children": "0", "prepare": "NONE", "shared_residence": "0",
        "sequence_no": "", "decided_at": f"{opened}T09:00:00+01:00", "received_at": f"{opened}T15:00:00+01:00",
    }  # fmt: skip
    return ordinary | (family.right or {})


def _request(family: Family, child: Child) -> Row:
    return {
        "request_no": f"Q{child.child_id}", "fund": family.fund, "beneficiary_no": family.beneficiary_no,
        "nir": _nir(family), "child_id": child.child_id, "child_birth_date": str(child.birth),
        "care_mode": "CHILDMINDER", "filed_on": "2026-09-02", "decided_on": "",
    }  # fmt: skip


def _nir(family: Family, *, other: bool = False) -> str:
    place = FIRST_NIR + 2 * family.number + other
    return str(pl.select(nir(pl.lit(place), pl.lit(2), pl.lit(family.birth))).item())


def _iban(number: int) -> str:
    return str(pl.select(iban_of(pl.lit(BRANCH), pl.lit(FIRST_ACCOUNT + number))).item())


def chabrol_nir() -> str:
    """Émilie Chabrol's number, as the region's files give it."""
    return str(pl.select(nir(pl.lit(NIR_PLACES - 1), pl.lit(2), pl.lit(chabrol.BIRTH))).item())


def write_rows(folder: Path, name: str, rows: dict[str, list[Row]]) -> list[Path]:
    """Flow files ``NAME-kind.csv`` of the kinds that have rows."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / f"{name}-{kind}.csv", found) for kind, found in rows.items() if found]


def _write(path: Path, rows: list[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def merged(*parts: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Several families' rows in one set of files."""
    whole: dict[str, list[Row]] = {}
    for part in parts:
        for kind, rows in part.items():
            whole.setdefault(kind, []).extend(rows)
    return whole
