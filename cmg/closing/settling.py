"""One slice of a month, computed: from what was received to settlements and anomalies, without writing anything."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from cmg.closing.families import Families
from cmg.closing.figures import MonthFigures
from cmg.closing.loading import load_declarations, load_received
from cmg.closing.past import Past, load_past
from cmg.closing.people import apply, load_people
from cmg.reconciliation import history
from cmg.reconciliation.catalogue import EFFECTS, HOLDING
from cmg.reconciliation.duplicates import mark_duplicates
from cmg.reconciliation.sides import lay_side_by_side
from cmg.reconciliation.verdict import judge, without
from cmg.rules.limitation import last_day_for_contributions, last_day_to_claim
from cmg.rules.month import settle
from portal.batches.models import Run

LIVE_KINDS = ("ORIGINAL", "CORRECTION")
MONEY = (
    "contributions_cents", "deduction_cents", "part_a_cents", "part_b_cents", "supplement_cents", "offset_cents",
    "debit_cents", "payout_cents", "withholding_tax_cents", "total_debit_cents",
)  # fmt: skip
# What the right says, as the rules name it: kept with each settlement so that its trace can be rebuilt.
RIGHT_FACTS = (
    "has_right", "annual_resources", "dependent_children", "isolated_parent", "aah", "aeeh_children", "prepare",
    "territory", "transition_supplement_cents", "child_birth_dates", "child_id", "claimed_too_late",
)  # fmt: skip
RESULT = (
    "declaration_id", "declaration_no", "version", "employer_no", "fund", "right_ids", "care_month", "care_mode",
    "regime", *MONEY, "all_in_one", "status", "debit_effect", "held_debit_cents", "payout_blocked", "anomaly_codes",
    "decision", "decision_month", "refusal", "facts",
)  # fmt: skip
# A right whose figures are not known cannot be computed, and what is unknown is never debited.
UNKNOWN_FACTS = "cmg.missing_"
TIME_BARRED = "cmg.time_barred"


@dataclass(frozen=True)
class Outcome:
    """`settlements` has the columns RESULT; `anomalies` declaration_id, declaration_no, employer_no, child_id, code,
    effect; `names` employer_no, name, fund of the families seen."""

    settlements: pl.DataFrame
    anomalies: pl.DataFrame
    names: pl.DataFrame


def compute_slice(run: Run, families: Families, figures: MonthFigures) -> Outcome:
    """Reconcile, settle and judge some families."""
    month = run.month
    versions = load_declarations(run, families).with_columns(
        first_received_at=pl.col("received_at").min().over("declaration_no")
    )
    latest = versions.sort("version", descending=True).unique("declaration_no", keep="first", maintain_order=True)
    live = mark_duplicates(latest.filter(pl.col("kind").is_in(LIVE_KINDS)))
    received = load_received(run.pk, month, live, families)
    pairs = lay_side_by_side(received, month, run.day, figures.scale.late_business_days)
    people = load_people(month, families)
    verdicts, anomalies = judge(pairs, figures.scale, people.set_aside)
    settled = _settle(live, verdicts, received.accounts, month, figures)
    past = load_past(month, families)
    settled, later = _look_back(settled, anomalies, past, figures, people.set_aside)
    settled = apply(settled, people)
    others = _without_money(versions, live, month, figures)
    settlements = pl.concat([_results(settled, month), others]).sort("declaration_no", "version")
    names = received.accounts.select("employer_no", "name", "fund")
    return Outcome(settlements, pl.concat([anomalies, later]), names)


def rule_facts(
    live: pl.DataFrame, verdicts: pl.DataFrame, accounts: pl.DataFrame, figures: MonthFigures
) -> pl.DataFrame:
    """The facts of the rules for each declaration: its own, and those of the right that counts."""
    joined = live.join(verdicts, on="id").join(
        accounts.select("employer_no", "fund", account_all_in_one="all_in_one"), on="employer_no", how="left"
    )
    in_time = pl.col("received_at").dt.convert_time_zone("Europe/Paris").dt.date() <= figures.all_in_one_until
    month, first = figures.scale.month, pl.col("first_received_at").dt.convert_time_zone("Europe/Paris").dt.date()
    full_leave = pl.col("codes").str.contains("CMG-032", literal=True)
    return joined.with_columns(
        # The children who count, in the order of their birth dates.
        child_id=pl.when(pl.col("has_right")).then(pl.col("child_ids_with_right")).otherwise(pl.col("child_ids")),
        care_mode=pl.coalesce("care_mode_declared", "right_mode").fill_null("CHILDMINDER"),
        territory=figures.territory(pl.coalesce("right_fund", "fund")),
        all_in_one=pl.coalesce("issued_all_in_one", pl.col("account_all_in_one").fill_null(value=False) & in_time),
        isolated_parent=pl.col("isolated_parent").fill_null(value=False),
        aah=pl.col("aah").fill_null(value=False),
        aeeh_children=pl.col("aeeh_children").fill_null(0),
        # Full-rate PreParE stops the payout alone: the debit is computed with the right (CMG-032).
        prepare=pl.when(full_leave).then(pl.lit("NONE")).otherwise(pl.col("prepare").fill_null("NONE")),
        transition_supplement_cents=pl.col("transition_supplement_cents").fill_null(0),
        child_birth_dates=pl.when(pl.col("has_right"))
        .then(pl.col("child_birth_dates_with_right"))
        .otherwise(pl.col("all_birth_dates")),
        pool_key=pl.col("employer_no"),
        claimed_too_late=(first > last_day_to_claim(month, figures.parameters)).fill_null(value=False),
        contributions_too_old=(first > last_day_for_contributions(month, figures.parameters)).fill_null(value=False),
    )


def _settle(
    live: pl.DataFrame, verdicts: pl.DataFrame, accounts: pl.DataFrame, month: date, figures: MonthFigures
) -> pl.DataFrame:
    facts = rule_facts(live, verdicts, accounts, figures)
    # A rejected copy takes nothing from the maxima that its family shares.
    counted = settle(facts.filter(~pl.col("rejected")), care_month=month, parameters=figures.parameters)
    unknown = pl.col("has_right") & pl.col("refusal").fill_null("").str.starts_with(UNKNOWN_FACTS)
    # An aid claimed too late decides nothing of the contributions: they leave in full on the decision of a person alone.
    barred = pl.col("has_right") & (pl.col("refusal") == TIME_BARRED).fill_null(value=False)
    held = pl.col("held") | pl.col("undecided") | unknown | barred | pl.col("contributions_too_old")
    counted = counted.with_columns(
        decision=pl.when(barred).then(pl.lit("")).otherwise(pl.col("decision")),
        status=pl.when(held).then(pl.lit("HELD")).otherwise(pl.lit("SETTLED")),
        effect=pl.when(held & ~pl.col("effect").is_in(HOLDING))
        .then(pl.lit("HOLD_DISPUTED"))
        .otherwise(pl.col("effect")),
        codes=pl.when(held & ~pl.col("held") & ~pl.col("codes").str.contains("CMG-002", literal=True))
        .then(_joined("codes", pl.lit("CMG-002")))
        .otherwise(pl.col("codes")),
    )
    rejected = facts.filter(pl.col("rejected")).with_columns(
        *(pl.lit(0, dtype=pl.Int64).alias(name) for name in MONEY),
        regime=pl.lit(figures.regime),
        refusal=pl.lit(None, dtype=pl.String),
        status=pl.lit("REJECTED"),
    )
    return pl.concat([counted, rejected], how="diagonal_relaxed")


def _joined(name: str, more: pl.Expr) -> pl.Expr:
    """The codes of `name` with one or several more, in order and once each."""
    return (
        pl.concat_list(pl.col(name).str.split("|"), more)
        .list.eval(pl.element().filter(pl.element() != ""))
        .list.unique()
        .list.sort()
        .list.join("|")
    )


def _look_back(
    settled: pl.DataFrame, anomalies: pl.DataFrame, past: Past, figures: MonthFigures, set_aside: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Apply the disagreements that need earlier months: a hold of one declaration holds its whole family."""
    of_run = anomalies.select("id", "employer_no", "code")
    paying = settled.filter(pl.col("status") == "SETTLED")
    found = pl.concat(
        [
            history.abnormal_jumps(paying, past.debits, figures.history),
            history.first_debits(paying, past.debits, figures.history),
            history.recurrences(of_run.join(paying.select("id"), on="id"), past.resolved),
            history.late_rights(paying.filter(pl.col("has_right")), past.without_right),
        ]
    ).unique()
    later = found.join(settled.select("id", "employer_no", child_id="child_ids"), on="id").select(
        "code",
        pl.when(pl.col("code") == "CMG-017").then(pl.lit("PROCEED")).otherwise(pl.lit("HOLD_ALL")).alias("effect"),
        "id",
        "child_id",
        "employer_no",
    )
    later = without(later, set_aside)
    if later.is_empty():
        return settled, later.select(anomalies.columns)
    per_family = (
        later.filter(pl.col("effect") == "HOLD_ALL")
        .group_by("employer_no")
        .agg(family_codes=pl.col("code").unique().sort().str.join("|"))
    )
    per_row = later.filter(pl.col("effect") == "PROCEED").select("id", row_codes="code")
    settled = settled.join(per_family, on="employer_no", how="left").join(per_row, on="id", how="left")
    stops = pl.col("family_codes").is_not_null() & pl.col("status").is_in(["SETTLED", "HELD"])
    extra = pl.concat_str([pl.col("family_codes").fill_null(""), pl.col("row_codes").fill_null("")], separator="|")
    all_codes = _joined("codes", extra.str.split("|"))
    settled = settled.with_columns(
        status=pl.when(stops).then(pl.lit("HELD")).otherwise(pl.col("status")),
        effect=pl.when(stops).then(pl.lit("HOLD_ALL")).otherwise(pl.col("effect")),
        codes=pl.when(stops | pl.col("row_codes").is_not_null()).then(all_codes).otherwise(pl.col("codes")),
    ).drop("family_codes", "row_codes")
    return settled, later.select(anomalies.columns)


def _results(settled: pl.DataFrame, month: date) -> pl.DataFrame:
    """The columns of RESULT. What is held would have left without the right: contributions less deduction, and tax."""
    held = pl.col("status") == "HELD"
    without_right = (pl.col("contributions_cents") - pl.col("deduction_cents")).clip(0) + pl.col(
        "withholding_tax_cents"
    )
    is_settled = pl.col("status") == "SETTLED"
    with_last_known = (
        pl.col("net_salary_cents") + pl.col("maintenance_allowance_cents") + pl.col("meal_allowance_cents")
    )
    return settled.with_columns(
        declaration_id=pl.col("id"),
        fund=pl.col("fund").fill_null(""),
        right_ids=pl.col("right_ids").fill_null(""),
        care_month=pl.lit(month),
        debit_effect=pl.col("effect"),
        held_debit_cents=pl.when(held).then(without_right).otherwise(0),
        # Under a hold the employee is paid all the same: salary less the last known part (b), taken at the issue.
        total_debit_cents=pl.when(held & pl.col("all_in_one"))
        .then(with_last_known)
        .otherwise(pl.col("total_debit_cents")),
        anomaly_codes=pl.col("codes"),
        decision=pl.when(is_settled).then(pl.col("decision")).otherwise(pl.lit("")),
        decision_month=pl.when(is_settled).then(pl.lit(month)),
        refusal=pl.col("refusal").fill_null(""),
        facts=pl.struct(RIGHT_FACTS).struct.json_encode(),
    ).select(RESULT)


def _without_money(versions: pl.DataFrame, live: pl.DataFrame, month: date, figures: MonthFigures) -> pl.DataFrame:
    """Versions replaced by a later one, and cancellations: they are in the month and move nothing themselves."""
    rest = versions.join(live.select("id"), on="id", how="anti")
    last = pl.col("version") == pl.col("version").max().over("declaration_no")
    zeros = {name: pl.lit(0, dtype=pl.Int64) for name in (*MONEY, "held_debit_cents")}
    return (
        versions.with_columns(last=last)
        .join(rest.select("id"), on="id")
        .with_columns(
            declaration_id=pl.col("id"),
            fund=pl.lit(""),
            right_ids=pl.lit(""),
            care_month=pl.lit(month),
            care_mode=pl.lit(""),
            regime=pl.lit(figures.regime),
            all_in_one=pl.lit(value=False),
            status=pl.when((pl.col("kind") == "CANCELLATION") & pl.col("last"))
            .then(pl.lit("CANCELLED"))
            .otherwise(pl.lit("SUPERSEDED")),
            debit_effect=pl.lit(EFFECTS[-1]),
            payout_blocked=pl.lit(value=False),
            anomaly_codes=pl.lit(""),
            decision=pl.lit(""),
            decision_month=pl.lit(None, dtype=pl.Date),
            refusal=pl.lit(""),
            facts=pl.lit("{}"),
            **zeros,
        )
        .select(RESULT)
    )
