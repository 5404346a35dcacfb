"""When things happen to a declaration in the two circuits: pure dates, from the calendar and the service promises."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from cmg.rules.figures import cmg_parameters
from portal.legislation.calendar import nth_business_day

DEBIT_AFTER = 2
"""Business days from the declaration to the debit (CSS D. 133-13-18), in both circuits."""


@dataclass(frozen=True)
class Promises:
    """Business days: until the other body answers when it is asked again, and until a person has answered."""

    asked_again: int
    person: int


def promises_on(day: date) -> Promises:
    """The service promises, as the portal keeps them. Raises NoParameterInForce."""
    value = cmg_parameters().value
    return Promises(int(value("policy.repull_business_days", day)), int(value("policy.hold_business_days_max", day)))


def with_days(rows: pl.DataFrame, promises: Promises) -> pl.DataFrame:
    """`rows` (declared_on, wait, is_decided) with `taken_on` and `leaves_on`.

    What is held leaves on the last day of its promise, never before the debit's own day; without a decision it does
    not leave: a hold never ends by itself.
    """
    waited = {"NONE": DEBIT_AFTER, "AT_ONCE": DEBIT_AFTER, "AUTO": promises.asked_again, "PERSON": promises.person}
    days = rows["declared_on"].unique().to_list()
    calendar = pl.DataFrame(
        [
            {"declared_on": day, "wait": wait, "taken_on": nth_business_day(day, DEBIT_AFTER),
             "answered_on": nth_business_day(day, max(count, DEBIT_AFTER))}
            for day in days
            for wait, count in waited.items()
        ],
        schema={"declared_on": pl.Date, "wait": pl.String, "taken_on": pl.Date, "answered_on": pl.Date},
    )  # fmt: skip
    stays = (pl.col("wait") == "PERSON") & ~pl.col("is_decided")
    return (
        rows.join(calendar, on=["declared_on", "wait"], how="left")
        .with_columns(leaves_on=pl.when(~stays).then("answered_on"))
        .drop("answered_on")
    )
