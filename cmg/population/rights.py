"""The rights the funds decided, one row per child and care mode, and what goes with them: requests and invoices."""

import polars as pl
from polars import Expr

from cmg.population.households import CHILDMINDER, HOME_EMPLOYEE, instant, limit_end
from cmg.population.plan import CLOSED, ENDED, NO_NUMBER, REFUSED, TOO_OLD, Month, first_of
from portal.invented.draws import Draws, scattered
from portal.invented.identities import padded

MODES = {CHILDMINDER: 0, HOME_EMPLOYEE: 1, "STRUCTURE": 2}
SECOND_RIGHT = 3
P_ONLY, BOTH_SIDES, F_ONLY = 0, 1, 2
"""Tiers of a fund's messages: what only Pajemploi still holds is older, what it has not received yet is newer."""
TRANSITION_UNTIL, TRANSITION_BORN_BEFORE = (2029, 9), (2025, 6)


def right_no(key: Expr) -> Expr:
    """The number of a right, from the number of its family, child's rank and care mode."""
    return "R" + padded(scattered(key, factor=742_938_287, shift=8_191, modulus=10**10), 10)


def _per_mode(children: pl.DataFrame) -> pl.DataFrame:
    """One row per child and mode: `slot` numbers the mode, `key` the row."""
    minded = children.filter(pl.col("mode").is_in([CHILDMINDER, "MIXED"])).with_columns(care_mode=pl.lit(CHILDMINDER))
    at_home = children.filter(pl.col("mode").is_in([HOME_EMPLOYEE, "MIXED"])).with_columns(
        care_mode=pl.lit(HOME_EMPLOYEE)
    )
    structure = children.filter(pl.col("structure_mode").is_not_null()).with_columns(care_mode="structure_mode")
    return (
        pl.concat([minded, at_home, structure])
        .with_columns(
            slot=pl.col("care_mode").replace_strict(MODES, default=MODES["STRUCTURE"], return_dtype=pl.Int64),
        )
        .with_columns(key=(pl.col("family") * 4 + pl.col("rank")) * 4 + pl.col("slot"))
    )


def rights(children: pl.DataFrame, draws: Draws, month: Month) -> pl.DataFrame:
    """The rights as both sides know them when nothing is wrong; `tier` and `decided_at` order a fund's messages."""
    rows = _per_mode(children).filter(~pl.col("kind").is_in([NO_NUMBER, REFUSED]))
    rows = rows.with_columns(
        right_no=right_no(pl.col("key")),
        status=_status(draws),
        start_index=pl.max_horizontal(pl.col("birth_index") + 3, month.index - draws.below("start", 30, "key")),
        end=_end(draws, month),
        transition_supplement=_supplement(draws, month),
        **_decision(draws, month),
        shared_residence="shared",
        tier=pl.lit(BOTH_SIDES),
    )
    is_lapsed = pl.col("kind").is_in([CLOSED, ENDED, TOO_OLD])
    lapsed_start = pl.max_horizontal(pl.col("end").dt.offset_by("-8mo"), first_of(pl.col("birth_index")))
    return rows.with_columns(start=pl.when(is_lapsed).then(lapsed_start).otherwise(first_of(pl.col("start_index"))))


def _status(draws: Draws) -> Expr:
    closed = (pl.col("kind") == CLOSED) | ((pl.col("kind") == TOO_OLD) & draws.chance("closed", 700))
    return pl.when(closed).then(pl.lit("CLOSED")).otherwise(pl.lit("ACTIVE"))


def _end(draws: Draws, month: Month) -> Expr:
    """Open for most, at the age limit or at New Year for some; if lapsed, at the latest on the month's first day."""
    limit = limit_end(pl.col("birth_index"))
    next_year = pl.date(pl.lit(month.care_month.year + 1), 1, 1)
    is_young = pl.col("birth_index") + 72 >= month.index
    drawn = draws.below("end", 100, "key")
    running = pl.when((drawn < 20) & is_young).then(limit).when(drawn < 30).then(next_year)
    past = first_of(pl.max_horizontal(month.index - draws.below("past", 6, "key"), pl.col("birth_index") + 1))
    return (
        pl.when(pl.col("seeded") == "CMG-011")
        .then(None)
        .when(pl.col("kind") == TOO_OLD)
        .then(limit)
        .when(pl.col("kind").is_in([CLOSED, ENDED]))
        .then(past)
        .otherwise(running.otherwise(None))
    )


def _supplement(draws: Draws, month: Month) -> Expr:
    is_open = month.is_regime_b and (month.care_month.year, month.care_month.month) < TRANSITION_UNTIL
    granted = (
        draws.chance("transition", 9, "key")
        & pl.lit(is_open)
        & (pl.col("slot") < 2)
        & (pl.col("child_birth_date") < pl.date(*TRANSITION_BORN_BEFORE, 1))
    )
    return pl.when(granted).then(draws.between("supplement", 500, 9000, "key"))


def _decision(draws: Draws, month: Month) -> dict[str, Expr]:
    """Decided some time before, received one to three days later. The fund's ends come first and last."""
    before = draws.between("decided", 25, 400, "key")
    before = pl.when(pl.col("place") == 0).then(405).when(pl.col("place") == 2).then(22).otherwise(before)
    before = pl.when(pl.col("seeded") == "CMG-026").then(draws.between("lost", 150, 250, "key")).otherwise(before)
    # The later of two files that claim one child.
    before = pl.when(pl.col("twin_of").is_not_null()).then(draws.between("later", 23, 24, "key")).otherwise(before)
    before = pl.when("is_partner").then(pl.max_horizontal(before, 60)).otherwise(before)
    day = pl.lit(month.care_month) - pl.duration(days=before)
    decided = instant(draws, "decided", day, "key")
    return {
        "decided_at": decided,
        "received_at": instant(
            draws,
            "received",
            decided.dt.truncate("1d") + pl.duration(days=draws.between("transport", 1, 3, "key")),
            "key",
        ),
    }


def requests(children: pl.DataFrame, draws: Draws, month: Month) -> pl.DataFrame:
    """Requests decided without a right: the fund has answered, and the answer is no."""
    rows = _per_mode(children.filter(pl.col("kind") == REFUSED))
    return as_requests(rows, draws, month).with_columns(
        filed_on=_day(month, draws.between("filed", -200, -70, "child")),
        decided_on=_day(month, draws.between("refused", -60, -5, "child")),
    )


def _day(month: Month, days: Expr) -> Expr:
    """The date so many days after the month's first."""
    return (pl.lit(month.care_month) + pl.duration(days=days)).cast(pl.Date)


def as_requests(rows: pl.DataFrame, draws: Draws, month: Month) -> pl.DataFrame:
    """The rows as requests filed around the month and not decided yet."""
    return rows.with_columns(
        request_no="Q" + padded(scattered(pl.col("key"), factor=950_706_377, shift=65_537, modulus=10**10), 10),
        filed_on=_day(month, draws.between("filed", -60, 20, "child")),
        decided_on=pl.lit(None, dtype=pl.Date),
    )


def invoices(children: pl.DataFrame, draws: Draws, month: Month) -> pl.DataFrame:
    """One invoice of a structure a child: at least sixteen hours, a micro-crèche at most at ten euros an hour."""
    rows = children.filter(pl.col("structure_mode").is_not_null())
    is_micro = pl.col("structure_mode") == "MICRO_CRECHE"
    quarters = draws.between("structure hours", 64, 640, "child")
    tariff = draws.between("tariff", 700, 1000, "child")
    hourly = pl.when(is_micro).then(tariff).otherwise(draws.between("structure price", 700, 2400, "child"))
    return rows.with_columns(
        invoice_no="F"
        + month.text.replace("-", "")
        + padded(scattered(pl.col("family"), factor=48_271, shift=21, modulus=10**8), 8),
        care_mode="structure_mode",
        hours=quarters * 25,
        amount=quarters * hourly // 4,
        hourly_tariff=pl.when(is_micro).then(tariff),
        fnas_funded=pl.lit(value=False),
        paid_on=_day(month, draws.between("paid", 16, 23, "child")),
    )
