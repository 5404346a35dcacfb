"""Who the stories are about: creditors, their cases, the debtors and children, and the first title of each case."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from aripa.population.chance import Chance
from portal.invented.names import CHILDREN, LAST_NAMES, MEN, WOMEN

Row = dict[str, Any]
PLACES = (
    ("CAF63", "63000", "Clermont-Ferrand"), ("CAF63", "63200", "Riom"), ("CAF03", "03000", "Moulins"),
    ("CAF15", "15000", "Aurillac"), ("CAF43", "43000", "Le Puy-en-Velay"), ("MSA63", "63500", "Issoire"),
    ("CAF69", "69003", "Lyon"), ("CAF59", "59000", "Lille"), ("CAF13", "13001", "Marseille"),
    ("CAF974", "97400", "Saint-Denis"),
)  # fmt: skip
STREETS = ("rue des Forges", "rue de l’Église", "avenue Jean-Jaurès", "place du Marché", "chemin des Vignes")
# Cents a month and child: 170 EUR on average.
AMOUNTS = (80_00, 100_00, 120_00, 130_00, 150_00, 150_00, 160_00, 170_00, 180_00, 200_00, 220_00, 250_00, 300_00)
KINDS = {
    "COURT_DECISION": 550, "HOMOLOGATED_AGREEMENT": 150, "MUTUAL_CONSENT_AGREEMENT": 180, "NOTARIAL_DEED": 30,
    "CAF_ENFORCEABLE_AGREEMENT": 60, "COUNTERSIGNED_DEED": 30,
}  # fmt: skip
JUDICIAL = ("COURT_DECISION", "HOMOLOGATED_AGREEMENT")
SENDERS = {
    "COURT_DECISION": "CLERK", "HOMOLOGATED_AGREEMENT": "CLERK", "MUTUAL_CONSENT_AGREEMENT": "LAWYER",
    "NOTARIAL_DEED": "NOTARY", "CAF_ENFORCEABLE_AGREEMENT": "FUND", "COUNTERSIGNED_DEED": "LAWYER",
}  # fmt: skip
# The sixth kind of title exists since law 2021-1754; earlier ones were notaries' deeds.
COUNTERSIGNED_FROM = date(2021, 12, 25)
ALL_REQUESTS, AUTOMATIC_DIVORCE, AUTOMATIC_ALL = date(2021, 1, 1), date(2022, 3, 1), date(2023, 1, 1)


@dataclass
class Person:
    """One parent; `number` gives the NIR and the accounts when the files are written."""

    number: int
    sex: int
    born_on: date
    last_name: str
    first_names: str

    @property
    def parent_no(self) -> str:
        return f"P{self.number:08}"


@dataclass
class Traits:
    """What a case is inclined to."""

    defaults: bool
    means: str
    employer: str
    answers: str
    violence_later: bool
    becomes_unable: bool
    lone: bool


@dataclass
class CaseCast:
    """A case before anything happens: its parents and its first title, one row a child."""

    case_no: str
    debtor: Person | None
    titles: list[Row]
    traits: Traits
    request_on: date | None = None
    numbers: int = field(default=1)

    @property
    def title(self) -> Row:
        return self.titles[0]


def person(chance: Chance, number: int, *, is_creditor: bool) -> Person:
    woman = chance.hit(850 if is_creditor else 120)
    born_on = date(chance.between(1975, 1998), chance.between(1, 12), chance.between(1, 28))
    first = chance.pick(WOMEN if woman else MEN)
    return Person(number, 2 if woman else 1, born_on, chance.pick(LAST_NAMES), first)


def parent_row(chance: Chance, one: Person, known_on: date) -> Row:
    """A parent as first known: neither account nor mandate, which the parent gives when asked."""
    fund, postcode, city = chance.pick(PLACES)
    return {
        "parent_no": one.parent_no, "nir": one, "birth_name": one.last_name,
        "usual_name": chance.pick(LAST_NAMES) if one.sex == 2 and chance.hit(400) else None,
        "first_names": one.first_names, "birth_date": one.born_on, "birth_place": chance.pick(PLACES)[2], "fund": fund,
        "address": f"{chance.between(1, 120)} {chance.pick(STREETS)}", "postcode": postcode, "city": city,
        "country": "FR", "phone": f"06 39 98 {chance.below(100):02} {chance.below(100):02}",
        "email": f"parent{one.number}@courriel.example", "stable_residence": True, "lawful_stay": True,
        "employer_no": None, "payment_means": None, "payment_day": None, "iban": None, "bank_statement_on": None,
        "mandate_ref": None, "mandate_signed_on": None, "updated_at": known_on,
    }  # fmt: skip


def traits(chance: Chance, number: int) -> Traits:
    return Traits(
        defaults=chance.hit(190),
        means=chance.weighted({"DIRECT_DEBIT": 860, "TRANSFER": 80, "CARD": 25, "CHEQUE": 15, "BENEFIT_CONSENT": 20}),
        employer=f"EMP{chance.between(1, 4000):06}",
        answers=chance.weighted({"soon": 880, "warned": 80, "late": 25, "never": 15}),
        violence_later=chance.hit(20), becomes_unable=chance.hit(85), lone=chance.hit(800),
    )  # fmt: skip


def case_cast(
    chance: Chance, number: int, creditor: Person, debtor: Person, first: date, last: date, *, with_title: bool
) -> CaseCast:
    """A case whose title comes in between `first` and `last`."""
    received = chance.day_between(first, last)
    is_old = chance.hit(300)
    dated = received - timedelta(days=chance.between(200, 2500) if is_old else chance.between(9, 45))
    cast = CaseCast(f"A{number:08}", debtor, [], traits(chance, number))
    cast.titles = (
        _title(chance, number, creditor, debtor, dated, received, is_old=is_old)
        if with_title
        else _bond(chance, number, creditor, debtor, received)
    )
    if with_title and not _opens_by_itself(cast.title):
        soonest = max(received + timedelta(days=2), ALL_REQUESTS)
        cast.request_on = soonest + timedelta(days=chance.between(0, 30 if is_old else 500))
    if not with_title and chance.hit(300):
        cast.debtor = None
        cast.titles = [row | {"debtor_no": None} for row in cast.titles]
    return cast


def _opens_by_itself(title: Row) -> bool:
    if title["refused_by_both"] and not title["violence"]:
        return False
    dated, is_divorce = title["title_date"], title["divorce"] and title["kind"] == "COURT_DECISION"
    is_automatic = dated >= AUTOMATIC_ALL or (is_divorce and dated >= AUTOMATIC_DIVORCE)
    return is_automatic or (title["provides_intermediation"] and title["received_at"] >= ALL_REQUESTS)


def _title(
    chance: Chance, number: int, creditor: Person, debtor: Person, dated: date, received: date, *, is_old: bool
) -> list[Row]:
    kind = chance.weighted(KINDS)
    if kind == "COUNTERSIGNED_DEED" and dated < COUNTERSIGNED_FROM:
        kind = "NOTARIAL_DEED"
    clause = kind in JUDICIAL and chance.hit(250)
    excluded = kind in JUDICIAL and not clause and chance.hit(80)
    violence = chance.hit(115)
    head = _empty_title(number, creditor, debtor) | {
        "kind": kind, "divorce": kind == "COURT_DECISION" and chance.hit(400), "issuer": _issuer(chance, kind),
        "minute_no": f"{dated:%y}/{chance.between(1, 9999):05}", "title_date": dated,
        "enforceable_on": None if chance.hit(4) else dated + timedelta(days=chance.between(0, 8)),
        "provides_intermediation": dated >= date(2020, 6, 1) and chance.hit(600),
        "refused_by_both": not is_old and not violence and chance.hit(40), "excluded_by_judge": False,
        "violence": violence, "due_day": chance.pick((None, 1, 5, 10, 15)) if kind in JUDICIAL else None,
        "intermediation_end": received + timedelta(days=chance.between(400, 1800)) if chance.hit(15) else None,
        "indexation": "CLAUSE" if clause else "EXCLUDED" if excluded else "NONE_MENTIONED",
        "index_series": "URBAN_WORKERS" if clause and chance.hit(500) else None,
        "base_month": dated.replace(day=1) - timedelta(days=62) if clause else None,
        "first_indexation_on": date(dated.year + 1, 1, 1) if clause else None,
        "rounding": chance.weighted({"CENT": 700, "EURO_NEAREST": 150, "EURO_UP": 100, "EURO_DOWN": 50}) if clause else None,
        "sender": "PARENT" if is_old else SENDERS[kind], "received_at": received,
    }  # fmt: skip
    if head["base_month"]:
        head["base_month"] = head["base_month"].replace(day=1)
    effective = dated.replace(day=1) if chance.hit(300) else _next_month(dated)
    return [head | one for one in _children(chance, number, effective)]


def _empty_title(number: int, creditor: Person, debtor: Person) -> Row:
    return {
        "title_no": f"T{number:08}-1", "case_no": f"A{number:08}", "supersedes": None, "kind": "NONE", "divorce": False,
        "issuer": None, "minute_no": None, "title_date": None, "enforceable_on": None, "provides_intermediation": False,
        "refused_by_both": False, "excluded_by_judge": False, "cancels_support": False, "violence": False,
        "creditor_no": creditor.parent_no, "debtor_no": debtor.parent_no, "due_day": None, "intermediation_end": None,
        "indexation": None, "index_series": None, "base_month": None, "first_indexation_on": None, "rounding": None,
    }  # fmt: skip


def _children(chance: Chance, number: int, effective: date) -> list[Row]:
    rows = []
    for rank in range(chance.weighted({1: 540, 2: 340, 3: 100, 4: 20})):
        born = effective - timedelta(days=chance.between(200, 5900))
        cash = chance.pick(AMOUNTS) + (chance.below(2000) if chance.hit(200) else 0)
        in_kind = chance.hit(60)
        condition = chance.weighted({"MAJORITY": 300, "END_OF_STUDIES": 250, "SELF_SUPPORTING": 330, "DATE": 120})
        rows.append({
            "child_id": f"K{number:08}-{rank + 1}", "child_first_name": chance.pick(CHILDREN), "child_birth_date": born,
            "monthly_total": cash + (50_00 if in_kind else 0), "cash_share": cash,
            "in_kind": "Cantine et assurance scolaire" if in_kind else None, "effective_on": effective,
            "amount_end": _next_month(born.replace(day=1, year=born.year + 21)) if condition == "DATE" else None,
            "end_condition": condition,
        })  # fmt: skip
    return rows


def _bond(chance: Chance, number: int, creditor: Person, debtor: Person, received: date) -> list[Row]:
    """No title: rows that only link a parent and children, for ASF."""
    head = _empty_title(number, creditor, debtor) | {"sender": "FUND", "received_at": received}
    nothing = {"monthly_total": None, "cash_share": None, "in_kind": None, "end_condition": None, "amount_end": None}
    return [head | one | nothing | {"effective_on": None} for one in _children(chance, number, received)]


def _issuer(chance: Chance, kind: str) -> str:
    city = chance.pick(PLACES)[2]
    if kind in JUDICIAL:
        return f"TJ {city}"
    return f"CAF {city}" if kind == "CAF_ENFORCEABLE_AGREEMENT" else f"Me {chance.pick(LAST_NAMES)}, {city}"


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
