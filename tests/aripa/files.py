"""Small flow files of intermediation for tests: one case of two children, changed cell by cell."""

from pathlib import Path
from typing import Any

from portal.exchange.operations import FileReport, import_file
from tests.cmg.files import iban_with_key, nir_with_key, write

ROWS = {
    "parents": {
        "parent_no": "P1", "nir": nir_with_key("2840163001001"), "birth_name": "Martin", "usual_name": "Lefèvre",
        "first_names": "Anne", "birth_date": "1984-01-05", "birth_place": "Clermont-Ferrand", "fund": "CAF63",
        "address": "3 rue des Forges", "postcode": "63000", "city": "Clermont-Ferrand", "country": "FR",
        "phone": "+33 6 12 34 56 78", "email": "anne.martin@exemple.fr", "stable_residence": "1", "lawful_stay": "1",
        "employer_no": "", "payment_means": "", "payment_day": "", "iban": iban_with_key("1"),
        "bank_statement_on": "2025-11-01", "mandate_ref": "", "mandate_signed_on": "", "updated_at": "2025-12-01",
    },
    "titles": {
        "title_no": "T1", "case_no": "C1", "supersedes": "", "kind": "COURT_DECISION", "divorce": "1",
        "issuer": "TJ Clermont-Ferrand", "minute_no": "25/01234", "title_date": "2025-11-14",
        "enforceable_on": "2025-11-20", "provides_intermediation": "1", "refused_by_both": "0",
        "excluded_by_judge": "0", "cancels_support": "0", "violence": "0", "creditor_no": "P1", "debtor_no": "P2",
        "due_day": "10", "intermediation_end": "", "indexation": "NONE_MENTIONED", "index_series": "", "base_month": "",
        "first_indexation_on": "", "rounding": "", "child_id": "K1", "child_first_name": "Léa",
        "child_birth_date": "2017-05-02", "monthly_total": "250.00", "cash_share": "250.00", "in_kind": "",
        "effective_on": "2025-12-01", "amount_end": "", "end_condition": "MAJORITY", "sender": "CLERK",
        "received_at": "2025-12-01",
    },
    "prices": {
        "series": "ALL_HOUSEHOLDS", "base": "2025", "month": "2025-10", "value": "99.85", "published_on": "2025-11-14",
    },
    "events": {
        "event_no": "1", "day": "2026-01-05", "case_no": "C1", "kind": "COMPLAINT", "party": "", "child_id": "",
        "letter": "", "month": "", "means": "", "reason": "", "amount": "", "effective_on": "", "ref": "", "text": "",
    },
}  # fmt: skip


def row(kind: str, /, **changes: Any) -> dict[str, str]:
    """A row of a flow file with some cells changed."""
    return ROWS[kind] | {name: str(value) for name, value in changes.items()}


def event(kind: str, /, **changes: Any) -> dict[str, str]:
    """An event of that kind, nothing said but what is given."""
    return row("events", kind=kind, **changes)


def title_of_two(**changes: Any) -> list[dict[str, str]]:
    """The rows of a title of two children."""
    return [row("titles", **changes), row("titles", child_id="K2", child_first_name="Tom", **changes)]


def take_in(folder: Path, kind: str, *rows: dict[str, str], name: str = "") -> FileReport:
    """Write the rows to a file and import it."""
    return import_file(write(folder, name or kind, list(rows)))


def problems(report: FileReport) -> dict[int, list[tuple[str, str]]]:
    """By line, the column and code of each error."""
    return {line: [(one["column"], one["code"]) for one in errors] for line, errors in report.errors.items()}
