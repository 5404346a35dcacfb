"""Small flow files for tests: one clean family, changed cell by cell."""

import csv
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

NIR = "284016300100141"


def nir_with_key(first_thirteen: str) -> str:
    return f"{first_thirteen}{97 - int(first_thirteen) % 97:02d}"


def iban_with_key(account: str) -> str:
    """A French IBAN of the fictitious bank 99999 with its check digits."""
    body = f"9999900001{account:0>11}12"
    return f"FR{98 - int(body + '152700') % 97:02d}{body}"


FAMILY = {
    "accounts": {
        "employer_no": "E1", "nir": nir_with_key("2840163001001"), "last_name": "Martin", "first_names": "Anne",
        "birth_date": "1984-01-05", "fund": "CAF63", "beneficiary_no": "B1", "iban": iban_with_key("1"),
        "mandate_ref": "M1", "mandate_signed_on": "2020-01-01", "all_in_one": "0",
        "updated_at": "2024-01-01T10:00:00+01:00",
    },
    "rights_fund": {
        "right_no": "R1", "fund": "CAF63", "beneficiary_no": "B1", "nir": nir_with_key("2840163001001"),
        "employer_no": "E1", "child_id": "C1", "child_first_name": "Léa", "child_birth_date": "2024-03-10",
        "care_mode": "CHILDMINDER", "status": "ACTIVE", "start": "2025-01-01", "end": "", "annual_resources": "30000",
        "dependent_children": "1", "isolated_parent": "0", "aah": "0", "aeeh_children": "0", "prepare": "NONE",
        "shared_residence": "0", "sequence_no": "10", "decided_at": "2025-01-10T09:00:00+01:00",
        "received_at": "2025-01-13T09:00:00+01:00",
    },
    "employees": {
        "employee_no": "S1", "employer_no": "E1", "employee_kind": "CHILDMINDER", "licence_no": "L1",
        "licence_end": "2029-01-01", "registered_on": "2020-01-01",
    },
    "declarations": {
        "declaration_no": "D1", "version": "1", "kind": "ORIGINAL", "employer_no": "E1", "employee_no": "S1",
        "care_month": "2026-10", "child_ids": "C1", "child_birth_dates": "2024-03-10", "net_salary": "560.00",
        "maintenance_allowance": "66.00", "meal_allowance": "", "mileage": "", "terminal_indemnities": "",
        "hours": "120", "specific_hours": "", "days": "18", "withholding_tax": "",
        "received_at": "2026-10-25T18:00:00+02:00",
    },
    "requests": {
        "request_no": "Q1", "fund": "CAF63", "beneficiary_no": "B1", "nir": nir_with_key("2840163001001"),
        "child_id": "C1", "child_birth_date": "2024-03-10", "care_mode": "CHILDMINDER", "filed_on": "2026-09-20",
        "decided_on": "",
    },
}  # fmt: skip


def row(flow: str, /, **changes: Any) -> dict[str, str]:
    """A row of a flow file with some cells changed."""
    base = FAMILY["rights_fund" if flow == "rights_pajemploi" else flow]
    return base | {name: str(value) for name, value in changes.items()}


def clean_family() -> dict[str, list[dict[str, str]]]:
    """The files of one clean family: both sides agree, October 2026 declared."""
    return {
        "accounts": [row("accounts")],
        "rights_fund": [row("rights_fund")],
        "rights_pajemploi": [row("rights_pajemploi")],
        "employees": [row("employees")],
        "declarations": [row("declarations")],
        "requests": [],
    }


def write(folder: Path, name: str, rows: list[dict[str, str]], manifest: dict[str, Any] | None = None) -> Path:
    """NAME.csv, and its manifest when one is given (rows and sha256 filled in unless given)."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    if manifest is not None:
        content = {"rows": len(rows), "sha256": sha256(path.read_bytes()).hexdigest()} | manifest
        path.with_name(f"{name}.manifest.json").write_text(json.dumps(content))
    return path


def write_all(folder: Path, files: dict[str, list[dict[str, str]]]) -> list[Path]:
    return [write(folder, kind, rows) for kind, rows in files.items() if rows]
