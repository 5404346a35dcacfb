"""Who looks after the children and what is declared for the month: contracts, registered employees, declarations.

Amounts of a clean family obey the law: in regime A a childminder's pay stays under the daily cap of 2019, the lowest;
in regime B the hourly cost stays under the cap, but for one declaration in a hundred, which the law only clips.
"""

from datetime import date

import polars as pl
from polars import Expr

from cmg.population.households import CHILDMINDER, HOME_EMPLOYEE, instant
from cmg.population.plan import Month
from portal.invented.draws import Draws, scattered
from portal.invented.identities import padded

MINDER, SECOND_MINDER, AT_HOME = 0, 1, 2
SLOTS = {MINDER: 0, SECOND_MINDER: 3, AT_HOME: 4}
COPY_SLOT = 5
DAILY_NET_IN_REGIME_A = 3800
"""Cents a day and child: 5 × SMIC of 2019 gross (50.15 €) is 39.12 € net."""
WITHHOLDING_FROM = date(2020, 1, 1)
OWN_EMPLOYEES = 10_000_000


def contracts(children: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """One row per employee and child, for home care one for all: `job, child_ids, child_birth_dates, contract`."""
    texts = children.filter(pl.col("mode") != "").with_columns(
        child_ids="child_id", child_birth_dates=pl.col("child_birth_date").dt.to_string("%Y-%m-%d")
    )
    minded = texts.filter(pl.col("mode") != HOME_EMPLOYEE)
    second = minded.filter(pl.col("has_second"), pl.col("rank") == 0)
    at_home = texts.filter(pl.col("mode") != CHILDMINDER)
    joined = at_home.group_by("family", maintain_order=True).agg(
        pl.col("child_ids").str.join("|"), pl.col("child_birth_dates").str.join("|")
    )
    at_home = (
        at_home.filter(pl.col("rank") == 0)
        .drop("child_ids", "child_birth_dates")
        .join(joined, on="family", maintain_order="left")
        .select(texts.columns)
    )
    jobs = [(minded, MINDER), (second, SECOND_MINDER), (at_home, AT_HOME)]
    rows = pl.concat([frame.with_columns(job=pl.lit(job)) for frame, job in jobs])
    slot = pl.col("job").replace_strict(SLOTS) + pl.when(pl.col("job") == MINDER).then("rank").otherwise(0)
    return rows.with_columns(contract=pl.col("family") * 8 + slot).with_columns(employee=_employee(draws))


def _employee(draws: Draws) -> Expr:
    """The person employed: a childminder of the fund's area who works for others too, or somebody of one's own."""
    pool = pl.max_horizontal(pl.lit(5), pl.col("fund_size") * 55 // 100)
    shared = pl.col("fund_first") + (draws.below("minder", 1 << 40, "brood") + pl.col("job")) % pool
    own = OWN_EMPLOYEES + pl.col("family") * 3 + pl.col("job")
    is_own = (pl.col("job") == AT_HOME) | pl.col("seeded").is_not_null()
    return pl.when(is_own).then(own).otherwise(shared)


def employees(contracts: pl.DataFrame, draws: Draws, month: Month) -> pl.DataFrame:
    """The registered employees, one row per employer and employee; a childminder's licence runs past the month."""
    rows = contracts.unique(["family", "employee"], keep="first", maintain_order=True)
    is_minder = pl.col("job") != AT_HOME
    licence = (
        pl.lit(month.care_month).dt.offset_by("1mo") + pl.duration(days=draws.between("licence", 5, 1700, "employee"))
    ).cast(pl.Date)
    registered = pl.lit(month.care_month) - pl.duration(days=draws.between("registered", 3, 900, "contract"))
    return rows.with_columns(
        employee_no=employee_no(),
        employee_kind=pl.when(is_minder).then(pl.lit(CHILDMINDER)).otherwise(pl.lit(HOME_EMPLOYEE)),
        licence_no=pl.when(is_minder).then("AM" + padded(pl.col("employee"), 9)),
        licence_end=pl.when(is_minder).then(licence),
        registered_on=registered.cast(pl.Date),
    )


def employee_no() -> Expr:
    """The employee's number in every file."""
    return "S" + padded(scattered(pl.col("employee"), factor=16_807, shift=401, modulus=10**9), 9)


def declaration_no(contract: Expr, month: Month) -> Expr:
    """The number of a declaration: the month, then the contract's own number."""
    return "D" + month.text.replace("-", "") + padded(scattered(contract, factor=69_621, shift=1_009, modulus=10**9), 9)


def declarations(contracts: pl.DataFrame, draws: Draws, month: Month) -> pl.DataFrame:
    """The month's declarations; `hit` marks those an anomaly concerns, none yet."""
    rows = contracts.with_columns(employee_no=employee_no(), **_time(draws))
    rows = rows.with_columns(**_money(draws, month))
    is_taxed = draws.chance("taxed", 180, "contract") & pl.lit(month.care_month >= WITHHOLDING_FROM)
    rows = rows.with_columns(
        net_salary=pl.col("net_salary") + pl.col("terminal_indemnities"),
        withholding_tax=pl.when(is_taxed)
        .then(pl.col("net_salary") * draws.between("tax", 5, 60, "contract") // 1000)
        .otherwise(0),
        declaration_no=declaration_no(pl.col("contract"), month),
        version=pl.lit(1),
        row_kind=pl.lit("ORIGINAL"),
        hit=pl.lit(value=False),
        received_at=instant(
            draws,
            "declared",
            pl.lit(month.first_day) + pl.duration(days=draws.below("declared", month.days, "contract")),
            "contract",
        ),
    )
    return pl.concat([rows, _later_versions(rows, draws)])


def _time(draws: Draws) -> dict[str, Expr]:
    days = draws.between("days", 8, 21, "contract")
    quarters = days * draws.between("day length", 22, 38, "contract")
    at_home = draws.between("home hours", 60, 600, "contract")
    is_home = pl.col("job") == AT_HOME
    return {
        "quarters": pl.when(is_home).then(at_home).otherwise(quarters),
        "days": pl.when(is_home).then(pl.max_horizontal(1, at_home // 28)).otherwise(days),
        "specific_hours": pl.when(draws.chance("specific", 20, "contract"))
        .then(draws.between("specific hours", 4, 40, "contract") * 100 // 4)
        .otherwise(0),
    }


def _money(draws: Draws, month: Month) -> dict[str, Expr]:
    is_home = pl.col("job") == AT_HOME
    is_dear = draws.chance("dear", 10, "contract") & pl.lit(month.is_regime_b)
    minder = (
        pl.when(is_dear)
        .then(draws.between("dear pay", 830, 950, "contract"))
        .otherwise(draws.between("pay", 330, 440, "contract"))
    )
    at_home = (
        pl.when(is_dear)
        .then(draws.between("dear home pay", 1560, 1900, "contract"))
        .otherwise(draws.between("home pay", 960, 1380, "contract"))
    )
    net = pl.when(is_home).then(at_home).otherwise(minder) * pl.col("quarters") // 4
    if not month.is_regime_b:
        net = pl.when(is_home).then(net).otherwise(pl.min_horizontal(net, pl.col("days") * DAILY_NET_IN_REGIME_A))
    ends = draws.chance("contract ends", 8, "contract") & pl.lit(month.is_regime_b)
    per_day = pl.when(is_home).then(0).otherwise(pl.col("days"))
    has_meals = draws.chance("meals", 300, "contract")
    return {
        "hours": pl.col("quarters") * 25,
        "net_salary": net,
        "terminal_indemnities": pl.when(ends)
        .then(net * draws.between("indemnity", 40, 150, "contract") // 1000)
        .otherwise(0),
        "maintenance_allowance": per_day * draws.between("upkeep", 300, 420, "contract"),
        "meal_allowance": pl.when(has_meals).then(per_day * draws.between("meal", 200, 350, "contract")).otherwise(0),
        "mileage": pl.when(draws.chance("drives", 40, "contract"))
        .then(draws.between("drive", 800, 6000, "contract"))
        .otherwise(0),
    }


def _later_versions(rows: pl.DataFrame, draws: Draws) -> pl.DataFrame:
    """Some clean families correct or cancel a declaration the same month: same number, next version."""
    moved = draws.below("versions", 1000, "contract")
    later = rows.filter(pl.col("seeded").is_null(), ~pl.col("is_paired"), moved < 14).with_columns(moved=moved)
    is_gone = pl.col("moved") < 2
    amounts = (
        "net_salary",
        "maintenance_allowance",
        "meal_allowance",
        "mileage",
        "withholding_tax",
        "hours",
        "specific_hours",
        "days",
        "terminal_indemnities",
    )
    return (
        later.with_columns(
            version=pl.lit(2),
            row_kind=pl.when(is_gone).then(pl.lit("CANCELLATION")).otherwise(pl.lit("CORRECTION")),
            received_at=pl.col("received_at")
            + pl.duration(minutes=draws.between("second thought", 20, 200, "contract")),
            net_salary=pl.col("net_salary") * draws.between("corrected", 85, 98, "contract") // 100,
        )
        .with_columns(*(pl.when(is_gone).then(0).otherwise(name).alias(name) for name in amounts))
        .drop("moved")
    )
