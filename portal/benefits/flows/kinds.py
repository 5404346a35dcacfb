"""The six kinds of files about the families of ARS and AEEH, as data: columns, keys, order; and how rows are derived."""

import polars as pl

from portal.banking.iban import ibans_valid
from portal.benefits.flows import rules
from portal.benefits.models import PeriodPlace, Scheme, SchoolCycle, SchoolingSource, SchoolingStatus
from portal.exchange.buckets import buckets_of
from portal.exchange.cells import Column
from portal.exchange.flows import FlowKind, register
from portal.people.identity import name_keys, nirs_valid

BENEFIT = "benefits"
ORDER = ("updated_at",)
LATEST_YEAR, HIGHEST_RATE, HIGHEST_COMPLEMENT = 2100, 100, 6


def _bucketed(frame: pl.DataFrame) -> pl.DataFrame:
    """A family keeps its slice whatever the file: the fund and its number alone decide."""
    numbers = frame.select(pl.concat_str("fund", "beneficiary_no", separator=":")).to_series()
    return frame.with_columns(buckets_of(numbers).alias("bucket"))


def _families(frame: pl.DataFrame) -> pl.DataFrame:
    return _bucketed(frame).with_columns(
        nirs_valid(frame["nir"]).fill_null(value=False).alias("nir_valid"),
        ibans_valid(frame["iban"]).fill_null(value=False).alias("iban_valid"),
        pl.col("iban").str.tail(4).fill_null("").alias("iban_tail"),
        pl.col("first_names").fill_null(""),
        # Some letters become two or more without their accents (œ, ﬁ).
        name_key=name_keys(pl.concat_str("last_name", "first_names", separator=" ", ignore_nulls=True)).str.head(210),
    ).drop("nir", "iban")  # fmt: skip


def _resources(frame: pl.DataFrame) -> pl.DataFrame:
    return _bucketed(frame).rename({"net_category_income": "net_category_income_cents"})


def _schooling(frame: pl.DataFrame) -> pl.DataFrame:
    return _bucketed(frame).rename({"monthly_pay": "monthly_pay_cents"})


FAMILY = (Column("fund", "fund", required=True), Column("beneficiary_no", "id", required=True))
UPDATED_AT = Column("updated_at", "instant", required=True)
FAMILIES = FlowKind(
    name="benefit-families",
    benefit=BENEFIT,
    fund="fund",
    table="benefits_familyfile",
    key=("fund", "beneficiary_no"),
    order=ORDER,
    derive=_families,
    identified={"nir": "NIR", "iban": "IBAN"},
    rules=rules.FAMILY_RULES,
    columns=(
        *FAMILY,
        Column("scheme", "choice", required=True, choices=tuple(Scheme.values)),
        Column("nir", "free"),
        Column("last_name", "name", required=True),
        Column("first_names", "name"),
        Column("birth_date", "date"),
        Column("isolated_parent", "flag"),
        Column("iban", "free"),
        UPDATED_AT,
    ),
)
CHILDREN = FlowKind(
    name="benefit-children",
    benefit=BENEFIT,
    fund="fund",
    table="benefits_familychild",
    key=("fund", "beneficiary_no", "child_id"),
    order=ORDER,
    derive=_bucketed,
    rules=rules.CHILD_RULES,
    columns=(
        *FAMILY,
        Column("child_id", "id", required=True),
        Column("first_name", "name"),
        Column("birth_date", "date", required=True),
        Column("dependent_from", "date", required=True),
        Column("dependent_until", "date"),
        UPDATED_AT,
    ),
)
RESOURCES = FlowKind(
    name="benefit-resources",
    benefit=BENEFIT,
    fund="fund",
    table="benefits_familyresources",
    key=("fund", "beneficiary_no", "resource_year"),
    order=ORDER,
    derive=_resources,
    money="net_category_income",
    rules=rules.RESOURCE_RULES,
    columns=(
        *FAMILY,
        Column("resource_year", "count", required=True, largest=LATEST_YEAR),
        Column("net_category_income", "amount_large", required=True),
        UPDATED_AT,
    ),
)
SCHOOLING = FlowKind(
    name="schooling",
    benefit=BENEFIT,
    fund="fund",
    table="benefits_schooling",
    key=("fund", "beneficiary_no", "child_id", "school_year"),
    order=ORDER,
    derive=_schooling,
    money="monthly_pay",
    rules=rules.SCHOOLING_RULES,
    columns=(
        *FAMILY,
        Column("child_id", "id", required=True),
        Column("school_year", "count", required=True, largest=LATEST_YEAR),
        Column("status", "choice", required=True, choices=tuple(SchoolingStatus.values)),
        Column("cycle", "choice", choices=tuple(SchoolCycle.values)),
        Column("monthly_pay", "amount"),
        Column("declared_on", "date"),
        Column("source", "choice", required=True, choices=tuple(SchoolingSource.values)),
        UPDATED_AT,
    ),
)
DECISIONS = FlowKind(
    name="commission-decisions",
    benefit=BENEFIT,
    fund="fund",
    table="benefits_commissiondecision",
    key=("fund", "decision_no"),
    order=ORDER,
    derive=_bucketed,
    rules=rules.DECISION_RULES,
    columns=(
        Column("decision_no", "id", required=True),
        *FAMILY,
        Column("child_id", "id", required=True),
        Column("incapacity_rate", "count", required=True, largest=HIGHEST_RATE),
        Column("has_support", "flag", required=True),
        Column("complement", "count", required=True, largest=HIGHEST_COMPLEMENT),
        Column("complement_by_help", "flag", required=True),
        Column("chose_compensation", "flag", required=True),
        Column("filed_on", "date", required=True),
        Column("decided_on", "date", required=True),
        Column("starts_on", "date", required=True),
        Column("ends_on", "date"),
        UPDATED_AT,
    ),
)
BOARDING = FlowKind(
    name="boarding-periods",
    benefit=BENEFIT,
    fund="fund",
    table="benefits_boardingperiod",
    key=("fund", "beneficiary_no", "child_id", "place", "starts_on"),
    order=ORDER,
    derive=_bucketed,
    rules=rules.BOARDING_RULES,
    columns=(
        *FAMILY,
        Column("child_id", "id", required=True),
        Column("place", "choice", required=True, choices=tuple(PeriodPlace.values)),
        Column("starts_on", "date", required=True),
        Column("ends_on", "date"),
        UPDATED_AT,
    ),
)
KINDS = (FAMILIES, CHILDREN, RESOURCES, SCHOOLING, DECISIONS, BOARDING)


def register_kinds() -> None:
    """Make the kinds of the benefits known to the exchange."""
    for kind in KINDS:
        register(kind)
