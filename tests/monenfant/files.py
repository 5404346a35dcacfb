"""Small files of the offer for tests: one crèche, one approval, one desk, changed cell by cell."""

from pathlib import Path
from typing import Any

from portal.exchange.operations import FileReport, import_file
from tests.cmg.files import write

PLACE = {
    "address": "3 rue des Forges", "postcode": "63000", "city": "Clermont-Ferrand", "insee_code": "63113",
    "lat": "45.7801", "lon": "3.0822", "phone": "04 73 00 00 00", "email": "accueil@exemple.fr",
}  # fmt: skip
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "07:30-18:30")
ROWS = {
    "care-structures": {
        "cnaf_id": "S0000001", "siret": "21750001600019", "finess": "", "name": "Les Lucioles", "type": "COLLECTIVE",
        "funding": "PSU", "manager_siret": "21750001600019", "manager_name": "Ville", **PLACE,
        "web": "https://lucioles.exemple.fr", "fund": "CAF63", "capacity": "30", "age_min_months": "2",
        "age_max_months": "48", **WEEK, "saturday": "", "sunday": "", "closed_periods": "2026-08-03/2026-08-24",
        "listing_status": "LISTED", "software_vendor": "", "updated_at": "2026-01-05T08:00:00+01:00",
    },
    "childminder-approvals": {
        "approval_number": "A63-1", "childminder_no": "AM1", "departement": "63", "last_name": "Martin",
        "first_names": "Anne", "start": "2024-01-01", "end": "2029-01-01", "max_children": "4", "place": "HOME",
        "house_no": "", **PLACE, "employer_kind": "PARENTS", "publication_authorised_on": "2024-01-01",
        "hides_address": "0", "hides_email": "0", "hides_phone": "0", "stopped_on": "",
        "updated_at": "2026-01-05T08:00:00+01:00",
    },
    "childcare-desks": {
        "desk_no": "R1", "kind": "CHILDCARE_DESK", "name": "Relais petite enfance", **PLACE, "web": "",
        "fund": "CAF63", "served": "63113|63164", "updated_at": "2026-01-05T08:00:00+01:00",
    },
}  # fmt: skip
MICRO = {"type": "MICRO", "capacity": "12"}
HOUSE = {
    "type": "CHILDMINDER_HOUSE", "siret": "", "manager_siret": "", "manager_name": "", "funding": "OTHER",
    "capacity": "16",
}  # fmt: skip


def row(kind: str, /, **changes: Any) -> dict[str, str]:
    """A row of a file of the offer with some cells changed."""
    return ROWS[kind] | {name: str(value) for name, value in changes.items()}


def take_in(folder: Path, kind: str, *rows: dict[str, str]) -> FileReport:
    """Write the rows to a file and import it."""
    return import_file(write(folder, kind, list(rows)))


def problems(report: FileReport) -> dict[int, list[tuple[str, str]]]:
    """By line, the column and code of each error."""
    return {line: [(one["column"], one["code"]) for one in errors] for line, errors in report.errors.items()}
