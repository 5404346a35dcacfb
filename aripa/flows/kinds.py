"""The four kinds of files of intermediation, as data (columns, keys, order), and the derivation of their rows."""

import polars as pl

from aripa.flows.events import EVENT_RULES, LETTERS, PAYERS
from aripa.flows.titles import PARENT_RULES, PRICE_RULES, TITLE_AGREEMENTS, TITLE_RULES, months_left_out
from aripa.models import (
    EndCondition,
    EventKind,
    Indexation,
    IndexSeries,
    Party,
    PaymentMeans,
    Rounding,
    Sender,
    TitleKind,
)
from portal.banking.iban import ibans_valid
from portal.exchange.buckets import buckets_of
from portal.exchange.cells import Column
from portal.exchange.flows import FlowKind, register
from portal.people.identity import name_keys, nirs_valid

PAYMENT_DAYS = ("1", "10", "15")
BASES = ("2015", "2025")
LARGEST_NUMBER = 10**15


def _parents(frame: pl.DataFrame) -> pl.DataFrame:
    names = pl.concat_str("usual_name", "birth_name", "first_names", separator=" ", ignore_nulls=True)
    return frame.with_columns(
        nirs_valid(frame["nir"]).fill_null(value=False).alias("nir_valid"),
        ibans_valid(frame["iban"]).fill_null(value=False).alias("iban_valid"),
        pl.col("iban").str.tail(4).fill_null("").alias("iban_tail"),
        pl.col("payment_day").cast(pl.Int64),
        name_key=name_keys(names).fill_null("").str.head(310),
        updated_on=pl.col("updated_at").dt.convert_time_zone("Europe/Paris").dt.date(),
    ).drop("nir", "iban")


def _titles(frame: pl.DataFrame) -> pl.DataFrame:
    """What the contract calls a default stands where the cell is empty; everything else unknown stays unknown."""
    return frame.with_columns(
        buckets_of(frame["creditor_no"]).alias("bucket"),
        pl.col("indexation").fill_null(Indexation.NONE_MENTIONED.value),
        pl.col("index_series").fill_null(IndexSeries.ALL_HOUSEHOLDS.value),
        pl.col("rounding").fill_null(Rounding.CENT.value),
    ).rename(
        {"monthly_total": "monthly_total_cents", "cash_share": "cash_share_cents", "received_at": "received_on"}
    )  # fmt: skip


def _prices(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("base").cast(pl.Int64)).rename({"value": "value_hundredths"})


def _events(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({"amount": "amount_cents"})


PARENTS = FlowKind(
    name="parents",
    table="aripa_parent",
    key=("parent_no", "updated_on"),
    order=("updated_at",),
    derive=_parents,
    identified={"nir": "NIR", "iban": "IBAN"},
    fund="fund",
    rules=PARENT_RULES,
    columns=(
        Column("parent_no", "id", required=True),
        Column("nir", "free"),
        Column("birth_name", "name"),
        Column("usual_name", "name"),
        Column("first_names", "name"),
        Column("birth_date", "date"),
        Column("birth_place", "free"),
        Column("fund", "fund"),
        Column("address", "text"),
        Column("postcode", "postcode"),
        Column("city", "free"),
        Column("country", "country"),
        Column("phone", "phone"),
        Column("email", "email"),
        Column("stable_residence", "flag"),
        Column("lawful_stay", "flag"),
        Column("employer_no", "id"),
        Column("payment_means", "choice", choices=tuple(PaymentMeans.values)),
        Column("payment_day", "choice", choices=PAYMENT_DAYS),
        Column("iban", "free"),
        Column("bank_statement_on", "date"),
        Column("mandate_ref", "mandate"),
        Column("mandate_signed_on", "date"),
        Column("updated_at", "instant", required=True),
    ),
)
TITLES = FlowKind(
    name="titles",
    table="aripa_title",
    key=("title_no", "child_id"),
    order=("received_on",),
    derive=_titles,
    money="cash_share",
    rules=TITLE_RULES,
    agreements=TITLE_AGREEMENTS,
    columns=(
        Column("title_no", "id", required=True),
        Column("case_no", "id", required=True),
        Column("supersedes", "id"),
        Column("kind", "choice", required=True, choices=tuple(TitleKind.values)),
        Column("divorce", "flag"),
        Column("issuer", "free"),
        Column("minute_no", "free"),
        Column("title_date", "date"),
        Column("enforceable_on", "date"),
        Column("provides_intermediation", "flag"),
        Column("refused_by_both", "flag"),
        Column("excluded_by_judge", "flag"),
        Column("cancels_support", "flag"),
        Column("violence", "flag"),
        Column("creditor_no", "id", required=True),
        Column("debtor_no", "id"),
        Column("due_day", "count", largest=28),
        Column("intermediation_end", "date"),
        Column("indexation", "choice", choices=tuple(Indexation.values)),
        Column("index_series", "choice", choices=tuple(IndexSeries.values)),
        Column("base_month", "month"),
        Column("first_indexation_on", "date"),
        Column("rounding", "choice", choices=tuple(Rounding.values)),
        Column("child_id", "id", required=True),
        Column("child_first_name", "name"),
        Column("child_birth_date", "date"),
        Column("monthly_total", "amount"),
        Column("cash_share", "amount"),
        Column("in_kind", "text"),
        Column("effective_on", "date"),
        Column("amount_end", "date"),
        Column("end_condition", "choice", choices=tuple(EndCondition.values)),
        Column("sender", "choice", choices=tuple(Sender.values)),
        Column("received_at", "day", required=True),
    ),
)
PRICES = FlowKind(
    name="prices",
    table="aripa_price",
    key=("series", "base", "month"),
    order=("published_on",),
    derive=_prices,
    rules=PRICE_RULES,
    whole=months_left_out,
    columns=(
        Column("series", "choice", required=True, choices=tuple(IndexSeries.values)),
        Column("base", "choice", required=True, choices=BASES),
        Column("month", "month", required=True),
        Column("value", "index", required=True),
        Column("published_on", "date", required=True),
    ),
)
EVENTS = FlowKind(
    name="events",
    table="aripa_event",
    key=("event_no",),
    derive=_events,
    money="amount",
    immutable=True,
    conflict=(
        "Ce numéro d’évènement est déjà connu avec un autre contenu : un évènement ne change pas.",
        "Pour dire autre chose, envoyer un nouvel évènement avec un autre numéro.",
    ),
    rules=EVENT_RULES,
    columns=(
        Column("event_no", "count", required=True, largest=LARGEST_NUMBER),
        Column("day", "date", required=True),
        Column("case_no", "id", required=True),
        Column("kind", "choice", required=True, choices=tuple(EventKind.values)),
        Column("party", "choice", choices=tuple(Party.values)),
        Column("child_id", "id"),
        Column("letter", "choice", choices=LETTERS),
        Column("month", "month"),
        Column("means", "choice", choices=PAYERS),
        Column("reason", "free"),
        Column("amount", "amount"),
        Column("effective_on", "date"),
        Column("ref", "free"),
        Column("text", "text"),
    ),
)


def register_kinds() -> None:
    """Make the kinds of intermediation known to the exchange."""
    for kind in (PARENTS, TITLES, PRICES, EVENTS):
        register(kind)
