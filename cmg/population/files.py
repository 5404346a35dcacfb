"""The flow files on disk: columns in their published order, euros with two decimals, a manifest beside each.

A file is written piece by piece, so that the country's families never stand in memory together.
"""

import hashlib
import io
import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
from polars import Expr

PARIS = ZoneInfo("Europe/Paris")
PLAIN, CENTS, FLAG, INSTANT = "plain", "cents", "flag", "instant"

RIGHT_COLUMNS = {
    "right_no": PLAIN,
    "fund": PLAIN,
    "beneficiary_no": PLAIN,
    "nir": PLAIN,
    "employer_no": PLAIN,
    "child_id": PLAIN,
    "child_first_name": PLAIN,
    "child_birth_date": PLAIN,
    "care_mode": PLAIN,
    "status": PLAIN,
    "start": PLAIN,
    "end": PLAIN,
    "annual_resources": PLAIN,
    "dependent_children": PLAIN,
    "isolated_parent": FLAG,
    "aah": FLAG,
    "aeeh_children": PLAIN,
    "prepare": PLAIN,
    "shared_residence": FLAG,
    "sequence_no": PLAIN,
    "decided_at": INSTANT,
    "received_at": INSTANT,
    "transition_supplement": CENTS,
}
COLUMNS: dict[str, dict[str, str]] = {
    "accounts": {
        "employer_no": PLAIN,
        "nir": PLAIN,
        "last_name": PLAIN,
        "first_names": PLAIN,
        "birth_date": PLAIN,
        "fund": PLAIN,
        "beneficiary_no": PLAIN,
        "iban": PLAIN,
        "mandate_ref": PLAIN,
        "mandate_signed_on": PLAIN,
        "all_in_one": FLAG,
        "updated_at": INSTANT,
    },
    "rights_fund": RIGHT_COLUMNS,
    "rights_pajemploi": RIGHT_COLUMNS,
    "requests": {
        "request_no": PLAIN,
        "fund": PLAIN,
        "beneficiary_no": PLAIN,
        "nir": PLAIN,
        "child_id": PLAIN,
        "child_birth_date": PLAIN,
        "care_mode": PLAIN,
        "filed_on": PLAIN,
        "decided_on": PLAIN,
    },
    "employees": {
        "employee_no": PLAIN,
        "employer_no": PLAIN,
        "employee_kind": PLAIN,
        "licence_no": PLAIN,
        "licence_end": PLAIN,
        "registered_on": PLAIN,
    },
    "declarations": {
        "declaration_no": PLAIN,
        "version": PLAIN,
        "kind": PLAIN,
        "employer_no": PLAIN,
        "employee_no": PLAIN,
        "care_month": PLAIN,
        "child_ids": PLAIN,
        "child_birth_dates": PLAIN,
        "net_salary": CENTS,
        "maintenance_allowance": CENTS,
        "meal_allowance": CENTS,
        "mileage": CENTS,
        "terminal_indemnities": CENTS,
        "hours": CENTS,
        "specific_hours": CENTS,
        "days": PLAIN,
        "withholding_tax": CENTS,
        "received_at": INSTANT,
    },
    "structure_invoices": {
        "invoice_no": PLAIN,
        "fund": PLAIN,
        "beneficiary_no": PLAIN,
        "child_id": PLAIN,
        "care_mode": PLAIN,
        "care_month": PLAIN,
        "hours": CENTS,
        "amount": CENTS,
        "hourly_tariff": CENTS,
        "fnas_funded": FLAG,
        "paid_on": PLAIN,
    },
}
SUMS: dict[str, Expr] = {
    "rights_fund": pl.col("annual_resources") * 100,
    "rights_pajemploi": pl.col("annual_resources") * 100,
    "declarations": pl.col("net_salary"),
    "structure_invoices": pl.col("amount"),
}
"""The money of a file in cents; resources are kept in whole euros."""


def _text(name: str, form: str) -> Expr:
    column = pl.col(name)
    if form == CENTS:
        fraction = (column % 100).cast(pl.String).str.zfill(2)
        return ((column // 100).cast(pl.String) + "." + fraction).alias(name)
    if form == FLAG:
        return column.cast(pl.Int8)
    if form == INSTANT:
        return column.dt.replace_time_zone(PARIS.key).dt.to_string("%Y-%m-%dT%H:%M:%S%:z")
    return column


@dataclass(slots=True)
class FlowFile:
    """One file of a lot being written: `write` as often as needed, then `close` for its manifest."""

    folder: Path
    name: str
    kind: str
    sender: str
    sequence_no: int
    created_at: datetime
    rows: int = 0
    sum_cents: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def path(self) -> Path:
        return self.folder / f"{self.name}.csv"

    def write(self, frame: pl.DataFrame) -> None:
        """Add these rows; the header comes with the first piece."""
        is_first = self.digest.digest() == hashlib.sha256().digest()
        shown = frame.select(*(_text(name, form) for name, form in COLUMNS[self.kind].items()))
        buffer = io.BytesIO()
        shown.write_csv(buffer, include_header=is_first)
        with self.path.open("wb" if is_first else "ab") as file:
            file.write(buffer.getvalue())
        self.digest.update(buffer.getvalue())
        self.rows += frame.height
        if self.kind in SUMS:
            self.sum_cents += frame.select(SUMS[self.kind].sum()).item()

    def close(self, *, wrong_by_cents: int = 0) -> Path:
        """Write the manifest, its sum wrong by so many cents if asked, and give the file's path."""
        manifest = {
            "kind": self.kind,
            "sender": self.sender,
            "sequence_no": self.sequence_no,
            "rows": self.rows,
            "sum_cents": self.sum_cents + wrong_by_cents,
            "sha256": self.digest.hexdigest(),
            "created_at": self.created_at.isoformat(),
        }
        text = json.dumps(manifest, indent=2) + "\n"
        (self.folder / f"{self.name}.manifest.json").write_text(text, encoding="utf-8")
        return self.path
