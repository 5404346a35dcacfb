"""The named people of the demonstration and what happened to them, as rows of the four flow files; the bank tells the rest.

Scene S10: Sandra Meunier's debit of 12 October comes back on the 15th. Scene S11: Marc Tissier, who must not learn where
Laure Besson lives, pays 400.00 after three months in default. Two more returned debits whose notices leave by Friday 30, and what else
a caseworker meets: an end asked, an end agreed, an answer that nobody had asked for.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from aripa.life.facts import Event
from aripa.population.cast import Person, Row
from portal.people.identity import name_key

FIRST_EVENT = 500_000
Told = tuple[Event, str]


@dataclass(frozen=True)
class Named:
    """One case: its parents, its child, where the parent who receives lives, and the day it is due."""

    number: int
    creditor: Person
    debtor: Person
    child: str
    born_on: date
    home: tuple[str, str, str, str]
    due_day: int
    dated: date
    violence: bool = False
    means: str = "DIRECT_DEBIT"
    cash: int = 250_00

    @property
    def case_no(self) -> str:
        return f"A{self.number:08}"

    @property
    def received_on(self) -> date:
        return self.dated + timedelta(days=7)


def _person(number: int, sex: int, born: str, last: str, first: str) -> Person:
    return Person(number, sex, date.fromisoformat(born), last, first)


FAURE = Named(
    900_001, _person(900_001, 1, "1985-03-14", "Faure", "Julien"), _person(900_002, 2, "1987-09-02", "Meunier", "Sandra"),
    "Lina", date(2017, 6, 21), ("CAF63", "12 rue des Gras", "63000", "Clermont-Ferrand"), 10, date(2025, 1, 13),
)  # fmt: skip
BESSON = Named(
    900_002, _person(900_003, 2, "1990-11-30", "Besson", "Laure"), _person(900_004, 1, "1988-01-19", "Tissier", "Marc"),
    "Tom", date(2020, 4, 8), ("CAF43", "3 montée du Plot", "43000", "Le Puy-en-Velay"), 10, date(2025, 9, 8), violence=True,
    means="TRANSFER",
)  # fmt: skip
RENARD = Named(
    900_003, _person(900_005, 2, "1989-05-05", "Renard", "Camille"), _person(900_006, 1, "1986-12-11", "Lefort", "Hugo"),
    "Zoé", date(2019, 2, 3), ("CAF63", "8 avenue de la Libération", "63200", "Riom"), 15, date(2025, 5, 19), cash=180_00,
)  # fmt: skip
PERRIN = Named(
    900_004, _person(900_007, 2, "1984-07-27", "Perrin", "Sonia"), _person(900_008, 1, "1983-02-16", "Girard", "Alexis"),
    "Noah", date(2016, 10, 12), ("CAF03", "21 rue de Paris", "03000", "Moulins"), 15, date(2025, 6, 16), cash=210_00,
)  # fmt: skip
LEROY = Named(
    900_005, _person(900_009, 2, "1991-04-04", "Leroy", "Élodie"), _person(900_010, 1, "1990-08-23", "Marchand", "Thibault"),
    "Inès", date(2018, 12, 1), ("CAF63", "5 rue du Port", "63000", "Clermont-Ferrand"), 5, date(2025, 2, 10), cash=150_00,
)  # fmt: skip
DUBOIS = Named(
    900_006, _person(900_011, 2, "1986-10-09", "Dubois", "Karine"), _person(900_012, 1, "1985-06-30", "Colin", "Franck"),
    "Mila", date(2015, 9, 17), ("CAF15", "2 place du Square", "15000", "Aurillac"), 1, date(2025, 3, 10), cash=120_00,
)  # fmt: skip
GARNIER = Named(
    900_007, _person(900_013, 1, "1982-02-28", "Garnier", "Olivier"), _person(900_014, 2, "1984-11-05", "Robin", "Valérie"),
    "Jules", date(2014, 7, 7), ("CAF63", "17 cours Sablon", "63000", "Clermont-Ferrand"), 1, date(2025, 4, 14), cash=100_00,
)  # fmt: skip
# The debits that the bank gives back, and the day on which the portal learns it: no file tells them.
RETURNS = (
    (FAURE, date(2026, 10, 15), "AM04"), (RENARD, date(2026, 10, 26), "MD06"), (PERRIN, date(2026, 10, 26), "MD06"),
)  # fmt: skip
NAMED = (FAURE, BESSON, RENARD, PERRIN, LEROY, DUBOIS, GARNIER)
PLACES_OF_DEBTORS = ("CAF63", "44 boulevard Lafayette", "63000", "Clermont-Ferrand")


@dataclass
class Files:
    """Rows of the files, before they are written."""

    parents: list[Row] = field(default_factory=list)
    titles: list[Row] = field(default_factory=list)
    events: list[Told] = field(default_factory=list)


def stories() -> Files:
    """Everything that happened to the named people by the demonstration's day, and a little after."""
    files = Files()
    for one in NAMED:
        files.parents += [_parent(one.creditor, one, one.home), _parent(one.debtor, one, PLACES_OF_DEBTORS)]
        files.titles.append(_title(one))
        _tell(files, one, one.received_on + timedelta(days=14), "INFORMATION", party="BOTH", reason="FULL")
    _faure(files)
    _besson(files)
    _others(files)
    return files


def _others(files: Files) -> None:
    """An end asked and not answered, an end agreed for 1 November, an answer of a garnishee nobody had asked."""
    _tell(files, LEROY, date(2026, 10, 12), "END_REQUEST", party="CREDITOR")
    _tell(
        files,
        LEROY,
        date(2026, 10, 16),
        "NOTICE_RECEIVED",
        letter="L13",
        party="DEBTOR",
        effective_on=date(2026, 10, 15),
    )
    _tell(files, DUBOIS, date(2026, 10, 5), "END_REQUEST", party="DEBTOR")
    _tell(files, DUBOIS, date(2026, 10, 20), "END_CONSENT", party="CREDITOR")
    _tell(files, GARNIER, date(2026, 10, 23), "GARNISHEE_ANSWER", ref="EMP000404", reason="NOT_HELD")


def _faure(files: Files) -> None:
    """S10: debit of Monday 12, paid out on the 13th, returned on the 15th; notice of the 16th received on the 20th."""
    october = date(2026, 10, 1)
    _tell(files, FAURE, date(2026, 10, 19), "ASF_CLAIM", reason="C1")
    _tell(files, FAURE, date(2026, 10, 21), "NOTICE_RECEIVED", letter="L08", party="DEBTOR", month=october,
          effective_on=date(2026, 10, 20))  # fmt: skip


def _besson(files: Files) -> None:
    """S11: July to September in default, an order to the employer, then 400.00: 250.00 to Laure, 150.00 to the fund."""
    month = date(2025, 11, 1)
    while month < date(2026, 7, 1):
        _tell(files, BESSON, month.replace(day=9), "PAYMENT_RECEIVED", amount=250_00, means="TRANSFER")
        month = (month + timedelta(days=31)).replace(day=1)
    _tell(files, BESSON, date(2026, 7, 21), "NOTICE_RECEIVED", letter="L08", party="DEBTOR", month=date(2026, 7, 1),
          effective_on=date(2026, 7, 20))  # fmt: skip
    _tell(files, BESSON, date(2026, 7, 22), "ASF_CLAIM", reason="C1")
    _tell(
        files, BESSON, date(2026, 9, 21), "RECOVERY_DECISION", reason="DIRECT_PAYMENT", ref="EMP000912", amount=1600_00
    )
    _tell(files, BESSON, date(2026, 9, 29), "GARNISHEE_ANSWER", ref="EMP000912", reason="ACCEPTED")
    _tell(files, BESSON, date(2026, 10, 20), "PAYMENT_RECEIVED", amount=400_00, means="GARNISHEE")


def _tell(files: Files, one: Named, day: date, kind: str, **said: Any) -> None:
    number = FIRST_EVENT + len(files.events)
    files.events.append((Event(number=number, day=day, case=one.case_no, kind=kind, **said), ""))


def _parent(person: Person, one: Named, home: tuple[str, str, str, str]) -> Row:
    fund, address, postcode, city = home
    first = name_key(person.first_names).lower()
    means = one.means if person is one.debtor else None
    debited = means == "DIRECT_DEBIT"
    return {
        "parent_no": person.parent_no, "nir": person, "birth_name": person.last_name, "usual_name": None,
        "first_names": person.first_names, "birth_date": person.born_on, "birth_place": "Clermont-Ferrand", "fund": fund,
        "address": address, "postcode": postcode, "city": city, "country": "FR", "phone": f"06 39 98 40 {person.number % 100:02}",
        "email": f"{first}@courriel.example", "stable_residence": True, "lawful_stay": True,
        "employer_no": "EMP000912" if person is BESSON.debtor else None, "payment_means": means, "payment_day": None,
        "iban": (person.number, 1), "bank_statement_on": one.received_on,
        "mandate_ref": f"ARIPA-{person.number}" if debited else None, "mandate_signed_on": one.received_on if debited else None,
        "updated_at": one.received_on,
    }  # fmt: skip


def _title(one: Named) -> Row:
    return {
        "title_no": f"T{one.number:08}-1", "case_no": one.case_no, "supersedes": None, "kind": "COURT_DECISION",
        "divorce": True, "issuer": "TJ Clermont-Ferrand", "minute_no": f"{one.dated:%y}/{one.number % 1000:05}",
        "title_date": one.dated, "enforceable_on": one.dated, "provides_intermediation": True, "refused_by_both": False,
        "excluded_by_judge": False, "cancels_support": False, "violence": one.violence,
        "creditor_no": one.creditor.parent_no, "debtor_no": one.debtor.parent_no, "due_day": one.due_day,
        "intermediation_end": None, "indexation": "EXCLUDED", "index_series": None, "base_month": None,
        "first_indexation_on": None, "rounding": None, "child_id": f"K{one.number:08}-1", "child_first_name": one.child,
        "child_birth_date": one.born_on, "monthly_total": one.cash, "cash_share": one.cash, "in_kind": None,
        "effective_on": one.dated, "amount_end": None, "end_condition": "SELF_SUPPORTING", "sender": "CLERK",
        "received_at": one.received_on,
    }  # fmt: skip
