"""The two sides laid next to each other: one row per declared child, with the fund's right and Pajemploi's copy.

Pure frames in, one frame out. Half-open periods; a right that is closed with an end after the month's first day
still covers that month (it was closed later). Columns of the fund's right start with ``f_``, of Pajemploi's ``p_``.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from portal.legislation.calendar import public_holidays

CHILD_SEPARATOR = "|"
HOLIDAYS = [day for year in range(2017, 2041) for day in sorted(public_holidays(year))]
DIRECT_MODES = ("CHILDMINDER", "HOME_EMPLOYEE")
STATE_RANK = {"OPEN": 0, "SUSPENDED": 1, "ENDED": 2, "FUTURE": 3}
RIGHT_FACTS = (
    "id", "state", "status", "care_mode", "fund", "beneficiary_no", "nir_key", "employer_no", "child_birth_date",
    "starts_on", "ends_on", "resources", "dependent_children", "isolated_parent", "aah", "aeeh_children", "prepare",
    "shared_residence", "sequence_no", "decided_at", "received_at", "supplement_cents",
)  # fmt: skip


@dataclass(frozen=True)
class Received:
    """What was received for some families: the frames that the reconciliation reads.

    `rights` carry `family`, the employer number of the account they are linked to; `findings` what only shows
    across families (code, employer_no, child_id); `lots` the funds a lot of which is missing or was refused (fund, code);
    `former_numbers` the one that an account bore when the month was over, if it changed since (employer_no, fund,
    beneficiary_no, until: the day it changed).
    """

    declarations: pl.DataFrame
    accounts: pl.DataFrame
    rights: pl.DataFrame
    requests: pl.DataFrame
    employees: pl.DataFrame
    findings: pl.DataFrame
    lots: pl.DataFrame
    former_numbers: pl.DataFrame


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def business_days(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Business days after `start`, up to and including `end`."""
    return pl.business_day_count(start + pl.duration(days=1), end + pl.duration(days=1), holidays=HOLIDAYS)


def with_state(rights: pl.DataFrame, month: date) -> pl.DataFrame:
    """Rights with their `state` in `month`: OPEN, SUSPENDED, ENDED or FUTURE.

    A right that ends on the day it starts was cancelled: it covers no day, of this month or any other.
    """
    ended = pl.col("ends_on").is_not_null() & (pl.col("ends_on") <= month)
    cancelled = (pl.col("ends_on") <= pl.col("starts_on")).fill_null(value=False)
    covers = (pl.col("starts_on") < next_month(month)) & ~ended & ~cancelled
    closed = pl.col("status") == "CLOSED"
    state = (
        pl.when(covers & ((pl.col("status") == "ACTIVE") | (closed & pl.col("ends_on").is_not_null())))
        .then(pl.lit("OPEN"))
        .when(closed | ended)
        .then(pl.lit("ENDED"))
        .when(covers)
        .then(pl.lit("SUSPENDED"))
        .otherwise(pl.lit("FUTURE"))
    )
    return rights.with_columns(state=state)


def declared_children(received: Received) -> pl.DataFrame:
    """One row per declaration and child, with the employee's kind and the account's keys."""
    children = received.declarations.with_columns(
        child_id=pl.col("child_ids").str.split(CHILD_SEPARATOR),
        birth_date=pl.col("child_birth_dates").str.split(CHILD_SEPARATOR),
    ).explode("child_id", "birth_date")
    employees = received.employees.select(
        "employer_no", "employee_no", "employee_kind", "licence_end", registered=pl.lit(value=True)
    )
    accounts = received.accounts.select(
        "employer_no",
        *(pl.col(name).alias(f"a_{name}") for name in received.accounts.columns if name != "employer_no"),
    )
    return (
        children.with_columns(pl.col("birth_date").str.to_date("%Y-%m-%d"))
        .join(employees, on=["employer_no", "employee_no"], how="left")
        .join(accounts, on="employer_no", how="left")
        .with_columns(
            pl.col("registered").fill_null(value=False),
            care_mode=pl.col("employee_kind"),
            all_in_one=pl.col("a_all_in_one").fill_null(value=False),
        )
    )


def own_rights(
    rights: pl.DataFrame, accounts: pl.DataFrame, declared: pl.DataFrame, former_numbers: pl.DataFrame
) -> pl.DataFrame:
    """Rights that do belong to the family they are linked to, with the keys on which they agree with its account.

    One key alone never links two files: it takes two of employer number, beneficiary number, NIR and child. A family
    that moved since keeps the rights that were over under its `former_number`, when employer number and NIR both say
    so; of one still open under a number that the account left, somebody looks.
    """
    keys = accounts.select(family="employer_no", a_fund="fund", a_beneficiary_no="beneficiary_no", a_nir_key="nir_key")
    children = declared.select(family="employer_no", child_id="child_id").unique().with_columns(child_is_declared=1)
    beneficiary = (pl.col("fund") == pl.col("a_fund")) & (pl.col("beneficiary_no") == pl.col("a_beneficiary_no"))
    criteria = (
        (pl.col("employer_no") == pl.col("family")).fill_null(value=False).cast(pl.Int8)
        + beneficiary.fill_null(value=False).cast(pl.Int8)
        + (pl.col("nir_key") == pl.col("a_nir_key")).fill_null(value=False).cast(pl.Int8)
        + pl.col("child_is_declared").fill_null(0).cast(pl.Int8)
    )
    former = former_numbers.rename({"employer_no": "family"})
    same_family = (pl.col("employer_no") == pl.col("family")) & (pl.col("nir_key") == pl.col("a_nir_key"))
    return (
        rights.join(keys, on="family", how="left")
        .join(children, on=["family", "child_id"], how="left")
        .join(former, on=["family", "fund", "beneficiary_no"], how="left")
        .with_columns(
            criteria=criteria,
            former_number=(same_family & (pl.col("ends_on") <= pl.col("until"))).fill_null(value=False),
        )
        .drop("until")
        .filter(pl.col("criteria") >= 2)
    )


def _best(declared: pl.DataFrame, rights: pl.DataFrame, side: str) -> pl.DataFrame:
    """For each declared child, the right of `side` that counts: same mode, open first, latest decision."""
    joined = declared.select("row", "employer_no", "child_id", "care_mode").join(
        rights.filter(pl.col("side") == side).select(
            pl.col("family"), pl.col("child_id"), *(pl.col(name).alias(f"_{name}") for name in RIGHT_FACTS)
        ),
        left_on=["employer_no", "child_id"],
        right_on=["family", "child_id"],
    )
    same_mode = pl.col("care_mode").is_null() & pl.col("_care_mode").is_in(DIRECT_MODES) | (
        pl.col("care_mode") == pl.col("_care_mode")
    ).fill_null(value=False)
    is_open = pl.col("_state") == "OPEN"
    joined = joined.with_columns(
        same_mode=same_mode,
        rank=pl.col("_state").replace_strict(STATE_RANK, return_dtype=pl.Int8),
        other_open=~same_mode & is_open & pl.col("_care_mode").is_in(DIRECT_MODES),
    )
    prefix = side.lower()
    counts = (
        joined.group_by("row")
        .agg(pl.col("other_open").any().alias(f"{prefix}_other_open"))
        .join(_overlaps(joined.filter(pl.col("same_mode") & is_open), f"{prefix}_overlap"), on="row", how="left")
    )
    best = (
        joined.filter(pl.col("same_mode"))
        .sort(
            ["rank", "_decided_at", "_sequence_no", "_id"],
            descending=[False, True, True, True],
            nulls_last=True,
        )
        .unique("row", keep="first", maintain_order=True)
        .select("row", *(pl.col(f"_{name}").alias(f"{prefix}_{name}") for name in RIGHT_FACTS))
    )
    return counts.join(best, on="row", how="left")


def _overlaps(open_rights: pl.DataFrame, name: str) -> pl.DataFrame:
    """The rows whose open rights cover a same day: one begins before another ends. Consecutive rights do not."""
    ordered = open_rights.sort("row", "_starts_on")
    until = pl.col("_ends_on").fill_null(date.max).cum_max().shift(1).over("row")
    overlapping = ordered.filter((pl.col("_starts_on") < until).fill_null(value=False))
    return overlapping.select("row", pl.lit(value=True).alias(name)).unique()


def _other_mode_facts(declared: pl.DataFrame, rights: pl.DataFrame) -> pl.DataFrame:
    """The open right of the other direct mode, if any: the best-known right of a care mode mismatch (CMG-035)."""
    return (
        declared.select("row", "employer_no", "child_id", "care_mode")
        .join(
            rights.filter((pl.col("state") == "OPEN") & pl.col("care_mode").is_in(DIRECT_MODES)).select(
                "family", "child_id", "side", *(pl.col(name).alias(f"o_{name}") for name in RIGHT_FACTS)
            ),
            left_on=["employer_no", "child_id"],
            right_on=["family", "child_id"],
        )
        .filter(pl.col("o_care_mode") != pl.col("care_mode"))
        .sort(["row", "side", "o_decided_at", "o_id"], descending=[False, False, True, True], nulls_last=True)
        .unique("row", keep="first", maintain_order=True)
        .drop("employer_no", "child_id", "care_mode", "side")
    )


def _requests(
    declared: pl.DataFrame, requests: pl.DataFrame, month: date, day: date, late_business_days: int
) -> pl.DataFrame:
    """Whether a request for the child is pending (filed by the month's end, undecided), or was refused.

    A file of requests does not say what was decided: no right after the days that a right may take to arrive is a
    refusal, before them nobody knows.
    """
    filed = pl.col("filed_on") < next_month(month)
    decided = pl.col("decided_on").is_not_null() & (pl.col("decided_on") <= day)
    arrived_by_now = business_days(pl.col("decided_on"), pl.lit(day)) > late_business_days
    same_mode = pl.col("care_mode").is_null() | (pl.col("care_mode") == pl.col("request_mode"))
    return (
        declared.select("row", "employer_no", "child_id", "care_mode")
        .join(
            requests.rename({"care_mode": "request_mode", "fund": "request_fund"}),
            on=["employer_no", "child_id"],
        )
        .with_columns(same_mode=same_mode)
        .group_by("row")
        .agg(
            pending=(filed & ~decided & pl.col("same_mode")).any(),
            refused=(decided & arrived_by_now & pl.col("same_mode")).any(),
            pending_fund=pl.col("request_fund").filter(filed & ~decided).first(),
        )
    )


def _household(rights: pl.DataFrame, requests: pl.DataFrame) -> pl.DataFrame:
    """Per family: how many children are known, the most dependent children a right counts, and the last known figures.

    Resources and dependent children are the household's: what the latest decision says of them holds for every child.
    `isolation_stated`: an open right says whether the parent is alone.
    """
    known = pl.concat(
        [
            rights.select("family", "child_id"),
            requests.select(family="employer_no", child_id="child_id"),
        ]
    ).unique()
    counts = known.group_by("family").agg(known_children=pl.len())
    latest_first = rights.sort(["decided_at", "side", "id"], descending=[True, False, True], nulls_last=True)
    dependants = latest_first.group_by("family", maintain_order=True).agg(
        most_dependants=pl.col("dependent_children").max(),
        isolated_known=pl.col("isolated_parent").fill_null(value=False).any(),
        isolation_stated=((pl.col("state") == "OPEN") & pl.col("isolated_parent").is_not_null()).any(),
        known_resources=pl.col("resources").drop_nulls().first(),
        known_dependent_children=pl.col("dependent_children").drop_nulls().first(),
    )
    return counts.join(dependants, on="family", how="left")


def _births(rights: pl.DataFrame, requests: pl.DataFrame) -> pl.DataFrame:
    """The birth dates known of each family's children: the fund's rights say it, else Pajemploi's, else a request."""
    said = pl.concat(
        [
            rights.select(
                employer_no="family", child_id="child_id", birth_date="child_birth_date",
                source=pl.when(pl.col("side") == "F").then(0).otherwise(1),
            ),
            requests.select("employer_no", "child_id", birth_date="child_birth_date", source=pl.lit(2, dtype=pl.Int32))
            .filter(pl.col("birth_date").is_not_null()),
        ]
    )  # fmt: skip
    best = pl.col("source") == pl.col("source").min().over("employer_no", "child_id")
    return said.filter(best).drop("source").unique()


def _keys(rights: pl.DataFrame) -> pl.DataFrame:
    """Per family: which matching keys of its open rights disagree with its account."""
    is_open = pl.col("state") == "OPEN"
    fund_side = pl.col("side") == "F"
    other_nir = (pl.col("nir_key") != pl.col("a_nir_key")).fill_null(value=False)
    bad_nir = pl.col("nir_key").is_not_null() & ~pl.col("nir_valid")
    other_number = (
        (pl.col("beneficiary_no") != pl.col("a_beneficiary_no")) | (pl.col("fund") != pl.col("a_fund"))
    ).fill_null(value=False) & pl.col("a_beneficiary_no").is_not_null()
    # A right under the account's own number, for the same child and not over, is the link between two numbers.
    linked = (
        (pl.col("beneficiary_no") == pl.col("a_beneficiary_no")) & (pl.col("fund") == pl.col("a_fund"))
    ).fill_null(value=False) & (fund_side & pl.col("state").is_in(["OPEN", "FUTURE"]) & (pl.col("status") == "ACTIVE"))
    rights = rights.with_columns(linked=linked.any().over("family", "child_id"))
    other_employer = (pl.col("employer_no") != pl.col("family")).fill_null(value=False)
    return rights.group_by("family").agg(
        nir_differs=(is_open & (other_nir | bad_nir)).any(),
        number_differs=(is_open & fund_side & other_number & ~pl.col("linked") & ~pl.col("former_number")).any(),
        employer_differs=(is_open & other_employer).any(),
        children_with_right=pl.col("child_id").filter(is_open & pl.col("care_mode").is_in(DIRECT_MODES)).n_unique(),
    )


def lay_side_by_side(received: Received, month: date, day: date, late_business_days: int) -> pl.DataFrame:
    """One row per declared child (`row`), everything both sides say about it, and what is known of its household.

    `month` is the care month's first day, `day` the day of the run; a right may arrive `late_business_days` after
    it was decided.
    """
    declared = declared_children(received).with_row_index("row")
    rights = own_rights(with_state(received.rights, month), received.accounts, declared, received.former_numbers)
    births = _births(rights, received.requests)
    known = rights.select(employer_no="family", child_id="child_id", in_rights=pl.lit(value=True)).unique()
    asked = received.requests.select("employer_no", "child_id", in_requests=pl.lit(value=True)).unique()
    pairs = (
        declared.join(_best(declared, rights, "F"), on="row", how="left")
        .join(_best(declared, rights, "P"), on="row", how="left")
        .join(_other_mode_facts(declared, rights), on="row", how="left")
        .join(_requests(declared, received.requests, month, day, late_business_days), on="row", how="left")
        .join(_household(rights, received.requests), left_on="employer_no", right_on="family", how="left")
        .join(_keys(rights), left_on="employer_no", right_on="family", how="left")
        .join(
            births.with_columns(birth_agrees=pl.lit(value=True)),
            on=["employer_no", "child_id", "birth_date"],
            how="left",
        )
        .join(
            births.select("employer_no", "child_id", birth_known=pl.lit(value=True)).unique(),
            on=["employer_no", "child_id"],
            how="left",
        )
        .join(known, on=["employer_no", "child_id"], how="left")
        .join(asked, on=["employer_no", "child_id"], how="left")
        .join(_findings(received.findings), on="employer_no", how="left")
        .join(_child_findings(received.findings), on=["employer_no", "child_id"], how="left")
        .join(_lots(received.lots), left_on="a_fund", right_on="fund", how="left")
    )
    flags = [
        name for name, kind in pairs.schema.items() if kind == pl.Boolean and name not in ("f_aah", "p_aah", "o_aah")
        and not name.endswith(("isolated_parent", "shared_residence"))
    ]  # fmt: skip
    return pairs.with_columns(
        pl.col(flags).fill_null(value=False),
        pl.col("f_state", "p_state").fill_null("NONE"),
        pl.col("known_children", "children_with_right").fill_null(0),
    ).with_columns(_siblings())


def _siblings() -> list[pl.Expr]:
    """What the other declared children of the same family say of this one."""
    has_right = (pl.col("f_state") == "OPEN") | (pl.col("p_state") == "OPEN")
    unknown = ~pl.col("in_rights") & ~pl.col("in_requests")
    return [
        has_right.any().over("employer_no").alias("sibling_has_right"),
        pl.when(has_right)
        .then(pl.col("child_id"))
        .drop_nulls()
        .n_unique()
        .over("employer_no")
        .alias("declared_with_right"),
        unknown.alias("child_unknown"),
        pl.when(unknown).then(pl.col("child_id")).drop_nulls().n_unique().over("employer_no").alias("unknown_children"),
    ]


FAMILY_FINDINGS = ("CMG-013", "CMG-015", "CMG-033")
CHILD_FINDINGS = ("CMG-001", "CMG-016", "CMG-026")


def _findings(findings: pl.DataFrame) -> pl.DataFrame:
    return findings.group_by("employer_no").agg(
        *((pl.col("code") == code).any().alias(f"found_{code[-3:]}") for code in FAMILY_FINDINGS),
        number_confirmed=(pl.col("detail") == "CONFIRMED").any(),
    )


def _child_findings(findings: pl.DataFrame) -> pl.DataFrame:
    return (
        findings.filter(pl.col("child_id") != "")
        .group_by("employer_no", "child_id")
        .agg((pl.col("code") == code).any().alias(f"found_{code[-3:]}") for code in CHILD_FINDINGS)
    )


def _lots(lots: pl.DataFrame) -> pl.DataFrame:
    return lots.group_by("fund").agg(
        lot_missing=(pl.col("code") == "CMG-026").any(), lot_refused=(pl.col("code") == "CMG-027").any()
    )
