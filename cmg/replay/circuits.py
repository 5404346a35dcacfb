"""The two circuits on the same declarations: frames in, one row per declaration out.

Left, the circuit of 2019: each declaration is settled with the right as Pajemploi holds it under the employer's number
on the day the family declares; a copy that is missing, stopped or not open that month makes an ordinary employer, who
is debited of everything. Right, the portal: what its reconciliation and its rules decide (`cmg.closing`). Between them,
what was due: the fund's decision for the month, computed by the same rules and by neither circuit.
"""

from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from cmg.closing.figures import MonthFigures
from cmg.closing.settling import Outcome, rule_facts
from cmg.reconciliation.catalogue import HOLDING, catalogue
from cmg.reconciliation.detections import F_OPEN, P_OPEN, with_judgement
from cmg.reconciliation.sides import Received, lay_side_by_side
from cmg.reconciliation.verdict import per_declaration, with_facts
from cmg.rules.month import settle

LIVING = ~pl.col("past_age") & ~pl.col("mayotte")
# A copy without resources gave the lowest aid (catalogue, CMG-028): resources above every ceiling.
NO_RESOURCES = 999_999


@dataclass(frozen=True)
class Slice:
    """Some families of the month: their living declarations (duplicates left out), what both sides say of them, and
    what the portal decides."""

    live: pl.DataFrame
    received: Received
    outcome: Outcome


def side_by_side(part: Slice, month: date, day: date, figures: MonthFigures) -> pl.DataFrame:
    """One row per declaration: its amounts in the two circuits, what was due, and what the portal waited for."""
    copies = _amounts(part.live, _copies_alone(part), P_OPEN, month, day, figures)
    decisions = _amounts(part.live, part.received, F_OPEN, month, day, figures)
    rows = (
        part.live.select("id", declared_on=paris_day("received_at"))
        .join(copies.rename(lambda name: name if name == "id" else f"left_{name}"), on="id")
        .join(decisions.rename(lambda name: name if name == "id" else f"fund_{name}"), on="id")
        .join(_portal(part.outcome), left_on="id", right_on="declaration_id")
        .join(part.outcome.names.select("employer_no", "name", family_fund="fund"), on="employer_no", how="left")
    )
    return _with_due(rows)


def paris_day(name: str) -> pl.Expr:
    """The day in Paris of an instant."""
    return pl.col(name).dt.convert_time_zone("Europe/Paris").dt.date()


def _copies_alone(part: Slice) -> Received:
    """Pajemploi's copies filed under the family's own number, as they stood on the day of its first declaration."""
    first = part.live.group_by("employer_no").agg(declared_on=paris_day("received_at").min())
    rights = (
        part.received.rights.filter((pl.col("side") == "P") & (pl.col("employer_no") == pl.col("family")))
        .join(first, left_on="family", right_on="employer_no")
        .filter(paris_day("received_at").fill_null(date.min) <= pl.col("declared_on"))
        .drop("declared_on")
        .with_columns(
            pl.col("resources").fill_null(NO_RESOURCES),
            pl.col("dependent_children").fill_null(1),
        )
    )
    nothing = {name: getattr(part.received, name).clear() for name in ("requests", "findings", "lots")}
    return replace(part.received, rights=rights, **nothing)


def _amounts(
    live: pl.DataFrame, received: Received, is_open: pl.Expr, month: date, day: date, figures: MonthFigures
) -> pl.DataFrame:
    """id, debit_cents, payout_cents, has_right: each declaration settled with the open rights of one side, no gate."""
    pairs = lay_side_by_side(replace(received, declarations=live), month, day, figures.scale.late_business_days)
    chosen = with_facts(with_judgement(pairs, figures.scale), is_open & LIVING)
    verdicts = per_declaration(chosen).with_columns(codes=pl.lit(""))
    facts = rule_facts(live, verdicts, received.accounts, figures)
    settled = settle(facts, care_month=month, parameters=figures.parameters)
    return settled.select("id", "debit_cents", "payout_cents", "has_right")


def _portal(outcome: Outcome) -> pl.DataFrame:
    """What the portal decided, and how: held by a person, held until the other side answers, repaired at once."""
    lines = pl.DataFrame([{"code": line.code, "catalogue_effect": line.effect} for line in catalogue().values()])
    repaired = (pl.col("effect") == "PROCEED") & (pl.col("catalogue_effect") != "PROCEED")
    per_declaration = (
        outcome.anomalies.join(lines, on="code")
        .group_by("id")
        .agg(
            asked_again=(repaired & pl.col("catalogue_effect").is_in(HOLDING)).any(),
            repaired=repaired.any(),
        )
    )
    wait = (
        pl.when(pl.col("status") == "HELD")
        .then(pl.lit("PERSON"))
        .when("asked_again")
        .then(pl.lit("AUTO"))
        .when("repaired")
        .then(pl.lit("AT_ONCE"))
        .otherwise(pl.lit("NONE"))
    )
    columns = ("declaration_id", "declaration_no", "employer_no", "fund", "status", "debit_cents", "payout_cents",
               "payout_blocked", "anomaly_codes")  # fmt: skip
    return (
        outcome.settlements.select(columns)
        .join(per_declaration, left_on="declaration_id", right_on="id", how="left")
        .with_columns(pl.col("asked_again", "repaired").fill_null(value=False))
        .with_columns(wait=wait)
    )


def _with_due(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds what was due and whether anybody had decided it, then what each circuit took wrongly or left unpaid.

    Due: the fund's decision when it has one for the month; else what the portal settles on another positive decision
    (a right that ended, a refusal, an age passed, a move); else nobody has decided, and the best that is known stands.
    """
    decided = pl.col("fund_has_right") | (pl.col("status") == "SETTLED")
    paid = pl.when((pl.col("status") == "SETTLED") & pl.col("payout_blocked")).then(0).otherwise(pl.col("payout_cents"))
    by_fund = pl.col("fund_has_right")
    found = rows.with_columns(
        is_decided=decided,
        due_debit_cents=pl.when(by_fund).then("fund_debit_cents").otherwise("debit_cents"),
        due_payout_cents=pl.when(by_fund).then("fund_payout_cents").otherwise(paid),
    )
    # What a person releases at the end is what was due.
    held = pl.col("status") == "HELD"
    found = found.with_columns(
        right_debit_cents=pl.when(held).then("due_debit_cents").otherwise("debit_cents"),
        right_payout_cents=pl.when(held).then("due_payout_cents").otherwise(paid),
        fund=pl.when(pl.col("fund") == "").then(pl.col("family_fund")).otherwise("fund").fill_null(""),
        name=pl.col("name").fill_null(""),
    )
    return found.with_columns(
        left_wrong_cents=pl.when("is_decided").then(_excess("left_debit_cents")).otherwise(0),
        left_undecided_cents=pl.when("is_decided").then(0).otherwise("left_debit_cents"),
        left_missing_cents=pl.when("is_decided").then(_lack("left_payout_cents")).otherwise(0),
        right_wrong_cents=pl.when("is_decided").then(_excess("right_debit_cents")).otherwise(0),
    )


def _excess(taken: str) -> pl.Expr:
    return (pl.col(taken) - pl.col("due_debit_cents")).clip(0)


def _lack(paid: str) -> pl.Expr:
    return (pl.col("due_payout_cents") - pl.col(paid)).clip(0)
