"""Lives written by hand, as flow files: each paragraph of the `.txt` files is one case, named for what it tries.

`parent CREDITOR|DEBTOR DAY column=…` changes the usual row, `title NAME DAY CHILD=amount@effective<end*birth … column=…`
is one title, `link` a row without one, `DAY KIND PARTY column=…` an event; `informed` stands for both parents' receipts of
L01 on 22 January 2024 and their full answers on the 25th. Nothing said: one child, an account that can be debited, a
ruling of 2024 due on the fifth.
"""

import csv
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from tests.cmg.files import iban_with_key, nir_with_key

HERE = Path(__file__).parent
Row = dict[str, str]
PARENT = {
    "birth_name": "Nom", "usual_name": "", "first_names": "Prénom", "birth_date": "1985-05-05", "birth_place": "Lyon",
    "fund": "CAF69", "address": "1 rue A", "postcode": "69001", "city": "Lyon", "country": "FR", "phone": "", "email": "",
    "stable_residence": "1", "lawful_stay": "1", "employer_no": "", "payment_means": "", "payment_day": "",
    "bank_statement_on": "2020-01-01", "mandate_ref": "", "mandate_signed_on": "",
}  # fmt: skip
PAYER = {"employer_no": "E1", "payment_means": "DIRECT_DEBIT", "payment_day": "1", "mandate_ref": "M1",
         "mandate_signed_on": "2020-01-01"}  # fmt: skip
TITLE = {
    "supersedes": "", "kind": "COURT_DECISION", "divorce": "0", "issuer": "TJ", "minute_no": "1",
    "title_date": "2024-01-10", "enforceable_on": "2024-01-10", "provides_intermediation": "0", "refused_by_both": "0",
    "excluded_by_judge": "0", "cancels_support": "0", "violence": "0", "due_day": "5", "intermediation_end": "",
    "indexation": "NONE_MENTIONED", "index_series": "", "base_month": "", "first_indexation_on": "", "rounding": "",
    "in_kind": "", "sender": "CLERK",
}  # fmt: skip
LINK = TITLE | dict.fromkeys(("issuer", "minute_no", "title_date", "enforceable_on", "due_day", "indexation"), "")
LINK |= {"kind": "NONE", "sender": "FUND"}
EVENT = ["party", "child_id", "letter", "month", "means", "reason", "amount", "effective_on", "ref", "text"]
CHILD = re.compile(
    r"(?P<child>K\d)(=(?P<cash>[\d.]+))?(@(?P<effective>[\d-]+))?(<(?P<end>[\d-]+))?(\*(?P<birth>[\d-]+))?$"
)
INFORMED = """
2024-01-22 NOTICE_RECEIVED CREDITOR letter=L01 effective_on=2024-01-22
2024-01-22 NOTICE_RECEIVED DEBTOR letter=L01 effective_on=2024-01-22
2024-01-25 INFORMATION CREDITOR reason=FULL
2024-01-25 INFORMATION DEBTOR reason=FULL
"""
# Series, base, first and last month, first value and monthly step in hundredths, first day of publication.
SERIES = (
    ("ALL_HOUSEHOLDS", "2015", 2015, 2025, 9950, 14, ""), ("URBAN_WORKERS", "2015", 2015, 2025, 9940, 13, ""),
    ("ALL_HOUSEHOLDS", "2025", 2020, 2026, 8650, 15, "2026-02-20"), ("URBAN_WORKERS", "2025", 2015, 2026, 7800, 16, "2026-02-20"),
)  # fmt: skip


def prices() -> Iterator[Row]:
    for series, base, first, last, value, step, since in SERIES:
        for number in range(first * 12, last * 12 + 12):
            month, after = (f"{one // 12}-{one % 12 + 1:02d}" for one in (number, number + 1))
            yield {"series": series, "base": base, "month": month, "value": f"{value // 100}.{value % 100:02d}",
                   "published_on": max(f"{after}-15", since)}  # fmt: skip
            value += step + (number % 12 + 1) % 3


def said(words: list[str]) -> Row:
    return dict(word.split("=", 1) for word in words if "=" in word and not CHILD.match(word))


class Lives:
    """Rows of the four files, told paragraph by paragraph."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {"parents": [], "titles": [], "events": [], "prices": list(prices())}
        self.people = count(1)

    def tell(self, paragraph: str) -> None:
        case, *lines = paragraph.strip().split("\n")
        usual = {f"{case}-C": {}, f"{case}-D": PAYER}
        for number, of_role in usual.items():
            self.rows["parents"].append(self.identity(number) | PARENT | of_role | {"updated_at": "2020-01-01"})
        for line in lines:
            told = INFORMED.strip().split("\n") if line.strip() == "informed" else [line]
            for one in told:
                self.tell_line(case, one.split())

    def identity(self, number: str) -> Row:
        one = next(self.people)
        return {"parent_no": number, "nir": nir_with_key(f"2850563{one:06d}"), "iban": iban_with_key(str(one))}

    def tell_line(self, case: str, words: list[str]) -> None:
        if words[0] == "parent":
            self.change_parent(f"{case}-{words[1][0]}", words[2], said(words))
        elif words[0] in ("title", "link"):
            self.add_title(case, words)
        else:
            party = words[2] if len(words) > 2 and "=" not in words[2] else ""
            row = (
                dict.fromkeys(EVENT, "")
                | {"day": words[0], "case_no": case, "kind": words[1], "party": party}
                | said(words)
            )
            if child := next((word for word in words if word.startswith("child_id=")), ""):
                row["child_id"] = f"{case}-{child.removeprefix('child_id=')}"
            self.rows["events"].append(row)

    def change_parent(self, number: str, on: str, values: Row) -> None:
        of_parent = [row for row in self.rows["parents"] if row["parent_no"] == number]
        row = of_parent[0] | values | {"updated_at": on}
        if on == of_parent[0]["updated_at"]:
            of_parent[0].update(row)
        else:
            self.rows["parents"].append(row)

    def add_title(self, case: str, words: list[str]) -> None:
        facts = (LINK if words[0] == "link" else TITLE) | {
            "title_no": f"{case}-{words[1]}", "case_no": case, "creditor_no": f"{case}-C", "received_at": words[2],
            "debtor_no": "" if words[0] == "link" else f"{case}-D",
        } | said(words)  # fmt: skip
        facts["supersedes"] = facts["supersedes"] and f"{case}-{facts['supersedes']}"
        for word in words:
            if found := CHILD.match(word):
                self.rows["titles"].append(facts | line_of(case, found.groupdict(), is_link=words[0] == "link"))

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        self.rows["events"].sort(key=lambda row: row["day"])
        for number, row in enumerate(self.rows["events"], 1):
            row["event_no"] = str(number)
        for name, rows in self.rows.items():
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as lines:
                writer = csv.DictWriter(lines, sorted({column for row in rows for column in row}))
                writer.writeheader()
                writer.writerows(rows)
        return folder


def line_of(case: str, child: dict[str, str | None], *, is_link: bool) -> Row:
    cash, end = child["cash"] or "", child["end"] or ""
    condition = "" if is_link else "DATE" if end else "MAJORITY"
    return {
        "child_id": f"{case}-{child['child']}", "child_first_name": "Enfant", "amount_end": end, "end_condition": condition,
        "child_birth_date": child["birth"] or "2015-03-03", "monthly_total": cash, "cash_share": cash,
        "effective_on": "" if is_link else child["effective"] or "2024-01-01",
    }  # fmt: skip


def written(folder: Path) -> Path:
    lives = Lives()
    for path in sorted(HERE.glob("*.txt")):
        for paragraph in path.read_text(encoding="utf-8").strip().split("\n\n"):
            lives.tell(paragraph)
    return lives.write(folder)
