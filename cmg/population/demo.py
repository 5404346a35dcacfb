"""Émilie Chabrol's family, with fixed numbers, for the demonstration.

In regime B, Noé is with a childminder; the family moved from Le Puy to Clermont-Ferrand in September, the fund of
Puy-de-Dôme opened the right under a new number, and the employer account still bears the old one (CMG-013). In
regime A, Rose is with a childminder and the right of the fund of Haute-Loire never reached Pajemploi (CMG-001).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import polars as pl

from cmg.population.bundle import Bundle
from cmg.population.plan import MOST_FAMILIES, ORDINARY, Month
from cmg.population.rights import BOTH_SIDES, F_ONLY
from cmg.population.work import MINDER
from portal.invented.identities import NIR_PLACES, iban_of, nir

FORMER_FUND, FORMER_NO = "CAF43", "4300772190"
FUND, NEW_NO = "CAF63", "6302118457"
FUNDS = {FORMER_FUND, FUND}
EMPLOYER_NO = "4300077219"
FAMILY = MOST_FAMILIES + 1
BRANCH, ACCOUNT = 63_000, 11_800_002_045
BIRTH = date(1990, 4, 12)
MOVED_ON = date(2026, 9, 1)


@dataclass(frozen=True, slots=True)
class Care:
    """The child looked after, and the pay declared (cents, hundredths of hours)."""

    first_name: str
    child_id: str
    birth: date
    fund: str
    beneficiary_no: str
    start: date
    decided_on: date
    received_on: date | None
    dependent_children: int
    net_salary: int
    maintenance_allowance: int
    hours: int
    days: int
    code: str


def _care(month: Month) -> Care:
    if month.is_regime_b:
        return Care(
            "Noé",
            "E63-2118457-02",
            date(2025, 2, 11),
            FUND,
            NEW_NO,
            MOVED_ON,
            date(2026, 9, 11),
            date(2026, 9, 14),
            2,
            56000,
            6600,
            12000,
            20,
            "CMG-013",
        )
    return Care(
        "Rose",
        "E63-2118457-01",
        date(2018, 5, 17),
        FORMER_FUND,
        FORMER_NO,
        date(2018, 9, 1),
        month.care_month - timedelta(days=3),
        None,
        1,
        50000,
        6000,
        14400,
        18,
        "CMG-001",
    )


def families(month: Month, funds: set[str]) -> list[Bundle]:
    """The demonstration's bundle, in the batch that holds the fund of the right; none in the others."""
    care = _care(month)
    return [_bundle(care, month)] if care.fund in funds else []


def _bundle(care: Care, month: Month) -> Bundle:
    person = pl.select(
        family=pl.lit(FAMILY, dtype=pl.Int64),
        kind=pl.lit(ORDINARY),
        seeded=pl.lit(care.code),
        last_name=pl.lit("Chabrol"),
        first_names=pl.lit("Émilie"),
        birth_date=pl.lit(BIRTH),
        nir=nir(pl.lit(NIR_PLACES - 1), pl.lit(2), pl.lit(BIRTH)),
        iban=iban_of(pl.lit(BRANCH), pl.lit(ACCOUNT)),
        employer_no=pl.lit(EMPLOYER_NO),
        place=pl.lit(1, dtype=pl.Int64),
        is_paired=pl.lit(value=False),
    )
    account = person.with_columns(
        fund=pl.lit(FORMER_FUND),
        beneficiary_no=pl.lit(FORMER_NO),
        mandate_ref=pl.lit("PAJ4300772190"),
        mandate_signed_on=pl.lit(date(2018, 9, 3)),
        all_in_one=pl.lit(value=False),
        updated_at=_at(date(2018, 9, 3), time(10)),
    )
    right = _right(person, care, month)
    job = person.with_columns(
        fund=pl.lit(care.fund),
        employee_no=pl.lit("S4300077219"),
        employee_kind=pl.lit("CHILDMINDER"),
        licence_no=pl.lit("AM063000417"),
        licence_end=pl.lit(month.care_month + timedelta(days=900)),
        registered_on=pl.lit(care.start),
        job=pl.lit(MINDER),
    )
    copies = right if care.received_on else right.clear()
    return Bundle(account, right, copies, right.clear(), job, _declaration(job, care, month), right.clear())


def _right(person: pl.DataFrame, care: Care, month: Month) -> pl.DataFrame:
    return person.with_columns(
        right_no=pl.lit(f"R63-2118457-{care.child_id[-2:]}"),
        fund=pl.lit(care.fund),
        beneficiary_no=pl.lit(care.beneficiary_no),
        child_id=pl.lit(care.child_id),
        child_first_name=pl.lit(care.first_name),
        child_birth_date=pl.lit(care.birth),
        care_mode=pl.lit("CHILDMINDER"),
        status=pl.lit("ACTIVE"),
        start=pl.lit(min(care.start, month.care_month)),
        end=pl.lit(None, dtype=pl.Date),
        annual_resources=pl.lit(30_000, dtype=pl.Int64),
        dependent_children=pl.lit(care.dependent_children),
        isolated_parent=pl.lit(value=False),
        aah=pl.lit(value=False),
        aeeh_children=pl.lit(0),
        prepare=pl.lit("NONE"),
        shared_residence=pl.lit(value=False),
        tier=pl.lit(BOTH_SIDES if care.received_on else F_ONLY),
        decided_at=_at(care.decided_on, time(10)),
        received_at=_at(care.received_on, time(9)),
    )


def _declaration(job: pl.DataFrame, care: Care, month: Month) -> pl.DataFrame:
    nothing = pl.lit(0, dtype=pl.Int64)
    return job.with_columns(
        declaration_no=pl.lit(f"D{month.text.replace('-', '')}{EMPLOYER_NO}"),
        version=pl.lit(1),
        row_kind=pl.lit("ORIGINAL"),
        child_ids=pl.lit(care.child_id),
        child_birth_dates=pl.lit(care.birth.isoformat()),
        net_salary=pl.lit(care.net_salary),
        maintenance_allowance=pl.lit(care.maintenance_allowance),
        meal_allowance=nothing,
        mileage=nothing,
        terminal_indemnities=nothing,
        hours=pl.lit(care.hours),
        specific_hours=nothing,
        days=pl.lit(care.days),
        withholding_tax=nothing,
        hit=pl.lit(value=True),
        # In June 2019 she declares on Wednesday 26: her debit falls on Friday 28.
        received_at=_at(month.first_day + timedelta(days=0 if month.is_regime_b else 1), time(8, 14)),
    )


def _at(day: date | None, hour: time) -> pl.Expr:
    """A moment in Paris time, as everywhere before the files are written."""
    moment = None if day is None else datetime.combine(day, hour)
    return pl.lit(moment, dtype=pl.Datetime("us"))
