"""A population on disk: which rows go to which file, sender and lot."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

import polars as pl

from cmg.population import lots
from cmg.population.bundle import Bundle
from cmg.population.files import PARIS, FlowFile
from cmg.population.plan import Month

PAJEMPLOI, FAMILY_BRANCH = "PAJEMPLOI", "CNAF-CCMSA"
SENDERS = {
    "accounts": PAJEMPLOI,
    "rights_pajemploi": PAJEMPLOI,
    "requests": FAMILY_BRANCH,
    "employees": PAJEMPLOI,
    "structure_invoices": FAMILY_BRANCH,
}
EXPECTED = "expected-anomalies.csv"
LATE = "late"
WRONG_BY_CENTS = 100


@dataclass(slots=True)
class Population:
    """The files of one population, filled batch by batch."""

    out: Path
    month: Month
    first_lot: int
    missing_lot: str | None
    wrong_sum: str | None
    whole: dict[str, FlowFile] = field(default_factory=dict)
    closed: list[Path] = field(default_factory=list)
    late: list[Path] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)
    declaration_lots: int = 0

    def __post_init__(self) -> None:
        self.out.mkdir(parents=True, exist_ok=True)
        for kind, sender in SENDERS.items():
            self.whole[kind] = self._file(kind, kind, sender)
        (self.out / EXPECTED).write_text("declaration_no,code\n", encoding="utf-8")

    def _file(self, name: str, kind: str, sender: str, lot: int = 0, folder: Path | None = None) -> FlowFile:
        created_at = datetime.combine(self.month.first_day + timedelta(days=self.month.days), time(6), PARIS)
        (folder or self.out).mkdir(exist_ok=True)
        return FlowFile(folder or self.out, name, kind, sender, self.first_lot + lot, created_at)

    def write(self, bundle: Bundle) -> None:
        """Add the rows of a group of whole funds."""
        month = pl.lit(self.month.text).alias("care_month")
        self.whole["accounts"].write(bundle.accounts.sort("family", maintain_order=True))
        self.whole["rights_pajemploi"].write(bundle.rights_pajemploi)
        self.whole["requests"].write(bundle.requests.sort("request_no"))
        self.whole["employees"].write(bundle.employees.sort("family", "employee_no"))
        self.whole["structure_invoices"].write(bundle.structure_invoices.sort("family").with_columns(month))
        for (fund,), rows in bundle.rights_fund.partition_by("fund", as_dict=True, maintain_order=True).items():
            self._fund(fund, rows)
        declarations = bundle.declarations.with_columns(month, kind="row_kind")
        self._declarations(declarations.sort("received_at", "declaration_no"))

    def _fund(self, fund: str, rows: pl.DataFrame) -> None:
        name = f"rights_fund_{fund}"
        if fund not in (self.missing_lot, self.wrong_sum):
            self._close(name, fund, rows)
            return
        for lot in (lots.EARLIER, lots.SMALL, lots.LATER):
            self._close(f"{name}_{self.first_lot + lot}", fund, rows.filter(pl.col("lot") == lot), lot)

    def _close(self, name: str, fund: str, rows: pl.DataFrame, lot: int = 0) -> None:
        is_late = lot == lots.SMALL and fund == self.missing_lot
        is_wrong = lot == lots.SMALL and fund == self.wrong_sum
        file = self._file(name, "rights_fund", fund, lot, self.out / LATE if is_late else None)
        file.write(rows)
        self.rows["rights_fund"] += file.rows
        (self.late if is_late else self.closed).append(file.close(wrong_by_cents=WRONG_BY_CENTS if is_wrong else 0))

    def _declarations(self, rows: pl.DataFrame) -> None:
        lot = self.declaration_lots
        file = self._file(f"declarations_{lot + 1:03}", "declarations", PAJEMPLOI, lot)
        file.write(rows)
        self.declaration_lots += 1
        self.rows["declarations"] += file.rows
        self.closed.append(file.close())
        seeded = rows.filter("hit").select("declaration_no", code="seeded").sort("declaration_no")
        with (self.out / EXPECTED).open("ab") as listing:
            listing.write(seeded.write_csv(include_header=False).encode())
        self.expected.update(seeded["code"].to_list())

    def close(self) -> tuple[dict[str, int], tuple[Path, ...], tuple[Path, ...]]:
        """Finish the files: rows by kind, paths in the order to import them, paths kept for later."""
        whole = [file.close() for file in self.whole.values()]
        self.rows.update({kind: file.rows for kind, file in self.whole.items()})
        return dict(self.rows), (*whole, *self.closed), tuple(self.late)
