"""Small files of the benefits for tests: one clean family, changed cell by cell."""

from pathlib import Path
from typing import Any

from portal.exchange.operations import FileReport, import_file
from tests.cmg.files import iban_with_key, nir_with_key, write

HEARD = {"updated_at": "2026-08-01T06:00:00+02:00"}
FAMILY = {"fund": "CAF63", "beneficiary_no": "0123456"}
ROWS: dict[str, dict[str, str]] = {
    "benefit-families": FAMILY | {
        "scheme": "GENERAL", "nir": nir_with_key("2850363001001"), "last_name": "Lefèvre", "first_names": "Maud",
        "birth_date": "1985-03-14", "isolated_parent": "0", "iban": iban_with_key("7"), **HEARD,
    },
    "benefit-children": FAMILY | {
        "child_id": "K1", "first_name": "Enzo", "birth_date": "2009-03-02", "dependent_from": "2009-03-02",
        "dependent_until": "", **HEARD,
    },
    "benefit-resources": FAMILY | {"resource_year": "2024", "net_category_income": "20000.00", **HEARD},
    "schooling": FAMILY | {
        "child_id": "K1", "school_year": "2026", "status": "SCHOOL", "cycle": "", "monthly_pay": "",
        "declared_on": "2026-07-20", "source": "FAMILY", **HEARD,
    },
    "commission-decisions": {"decision_no": "D1", **FAMILY} | {
        "child_id": "K1", "incapacity_rate": "80", "has_support": "0", "complement": "3", "complement_by_help": "1",
        "chose_compensation": "0", "filed_on": "2025-06-12", "decided_on": "2025-09-18", "starts_on": "2025-07-01",
        "ends_on": "2028-07-01", **HEARD,
    },
    "boarding-periods": FAMILY | {
        "child_id": "K1", "place": "BOARDED", "starts_on": "2026-09-02", "ends_on": "2027-07-04", **HEARD,
    },
}  # fmt: skip


def row(kind: str, /, **changes: Any) -> dict[str, str]:
    return ROWS[kind] | {name: str(value) for name, value in changes.items()}


def take_in(folder: Path, kind: str, *rows: dict[str, str], name: str = "") -> FileReport:
    return import_file(write(folder, name or kind, list(rows)))


def family_in(folder: Path, number: str = "0123456", fund: str = "CAF63", **cells: Any) -> None:
    """A family with one boy of seventeen and resources under the ceiling; nothing told of his schooling."""
    own = {"beneficiary_no": number, "fund": fund}
    for kind in ("benefit-families", "benefit-children", "benefit-resources"):
        report = take_in(folder / number, kind, row(kind, **own) | (cells if kind == "benefit-families" else {}))
        assert not report.errors, report.errors
