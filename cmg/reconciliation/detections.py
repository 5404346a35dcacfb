"""One set-based detection for each disagreement that files can show (CMG-001 to 018, 025 to 028, 031 to 039).

A detection is a boolean expression over the frame of `sides.lay_side_by_side`, one row per declared child, to which
`with_judgement` adds what several detections share (age, rule scale, positive decisions). The codes that look at
the portal's own settlements are in `controls.py`, those that need earlier months in `history.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from cmg.reconciliation.sides import business_days, next_month


@dataclass(frozen=True)
class Scale:
    """The figures of the care month that detections compare with."""

    month: date
    regime: str
    age_limit: int
    age_limit_isolated: int
    lower_ceilings: tuple[int, int, int] | None
    upper_ceilings: tuple[int, int, int] | None
    isolated_ceiling_percent: int
    late_business_days: int
    shared_residence_allowed: bool


def _is(side: str, state: str) -> pl.Expr:
    return pl.col(f"{side}_state") == state


def _differs(name: str) -> pl.Expr:
    return (pl.col(f"f_{name}") != pl.col(f"p_{name}")).fill_null(value=False)


F_OPEN, P_OPEN = _is("f", "OPEN"), _is("p", "OPEN")
BOTH_OPEN = F_OPEN & P_OPEN
NO_RIGHT = ~F_OPEN & ~P_OPEN
OTHER_MODE = ~F_OPEN & pl.col("f_other_open") | (_is("f", "NONE") & _is("p", "NONE") & pl.col("p_other_open"))


def _monthly_income(side: str) -> pl.Expr:
    """A twelfth of the resources, to the nearest euro: what is smaller is no other income."""
    return (pl.col(f"{side}_resources") * 2 + 12) // 24


def _bracket(side: str, scale: Scale) -> pl.Expr:
    """0, 1 or 2: under the lower ceiling, between, above the upper one (regime A; bounds included below)."""
    assert scale.lower_ceilings is not None
    assert scale.upper_ceilings is not None
    percent = (
        pl.when(pl.col(f"{side}_isolated_parent").fill_null(value=False))
        .then(scale.isolated_ceiling_percent)
        .otherwise(100)
    )

    def above(ceilings: tuple[int, int, int]) -> pl.Expr:
        one, two, extra = ceilings
        children = pl.col(f"{side}_dependent_children")
        ceiling = pl.when(children <= 1).then(one).otherwise(two + (children - 2) * extra)
        return (pl.col(f"{side}_resources") * 100 > ceiling.cast(pl.Int64) * percent).cast(pl.Int8)

    return above(scale.lower_ceilings) + above(scale.upper_ceilings)


def _scale_differs(scale: Scale) -> pl.Expr:
    """Another income a month, or (regime A) the same one on either side of a ceiling."""
    differs = _monthly_income("f") != _monthly_income("p")
    if scale.regime == "A":
        differs |= _bracket("f", scale) != _bracket("p", scale)
    return differs.fill_null(value=False)


def with_judgement(pairs: pl.DataFrame, scale: Scale) -> pl.DataFrame:
    """The pairs with what several detections share.

    Adds `age_in_months`, `past_age`, `age_in_doubt`, `facts_differ`, `bridged` (a move between funds), `moved`,
    `mayotte` and `positive` (the decision, or null).
    """
    isolated = pl.coalesce("f_isolated_parent", "p_isolated_parent", "isolated_known").fill_null(value=False)
    limit = pl.when(isolated).then(scale.age_limit_isolated).otherwise(scale.age_limit)
    # Past one limit and not the other: nobody has decided that the age is passed while the sides disagree on which
    # limit it is, or while a right is open or asked for and none says whether the parent is alone.
    unstated = ~pl.col("isolation_stated") & ~isolated & (F_OPEN | P_OPEN | pl.col("pending"))
    in_doubt = (_differs("isolated_parent") | unstated) & (pl.col("age_in_months") > 12 * scale.age_limit)
    in_doubt &= pl.col("age_in_months") <= 12 * scale.age_limit_isolated
    age_in_months = (
        (scale.month.year - pl.col("birth_date").dt.year()) * 12 + scale.month.month - pl.col("birth_date").dt.month()
    )
    ended_on = pl.coalesce("f_ends_on", pl.col("f_decided_at").dt.date())
    month_before = date(scale.month.year - (scale.month.month == 1), (scale.month.month - 2) % 12 + 1, 1)
    # An ended right closes the family's file where it was, not the file that the account has now.
    ended_fund = pl.when(_is("f", "NONE")).then("p_fund").otherwise("f_fund")
    ended_number = pl.when(_is("f", "NONE")).then("p_beneficiary_no").otherwise("f_beneficiary_no")
    other_fund = (pl.col("a_fund") != ended_fund) | (pl.col("pending") & (pl.col("pending_fund") != ended_fund))
    moved = other_fund.fill_null(value=False) | (pl.col("a_beneficiary_no") != ended_number).fill_null(value=False)
    bridged = (
        _is("f", "ENDED")
        & other_fund.fill_null(value=False)
        & (ended_on > month_before)
        & (ended_on < next_month(scale.month))
    )
    other_facts = ("dependent_children", "prepare", "supplement_cents", "child_birth_date")
    facts_differ = pl.any_horizontal(_scale_differs(scale), *(_differs(name) for name in other_facts))
    return (
        pairs.with_columns(age_in_months=age_in_months)
        .with_columns(
            past_age=(pl.col("age_in_months") > 12 * limit) & ~in_doubt,
            age_in_doubt=in_doubt,
            facts_differ=BOTH_OPEN & facts_differ,
            bridged=bridged.fill_null(value=False),
            moved=moved,
            mayotte=pl.col("a_fund").str.ends_with("976").fill_null(value=False),
        )
        .with_columns(positive=_positive_decision())
    )


def _positive_decision() -> pl.Expr:
    """The decision that there is, or is not, a right for the month; null when nobody decided (the gate then holds)."""
    no_number = pl.col("a_beneficiary_no").is_null() & pl.col("a_known") & (pl.col("known_children") == 0)
    # A right for the child under keys that the account does not have may be this family's.
    no_number &= ~pl.col("found_001")
    ended = (_is("f", "ENDED") | (_is("f", "NONE") & _is("p", "ENDED"))) & ~pl.col("moved")
    return (
        pl.when(pl.col("mayotte"))
        .then(pl.lit("MAYOTTE"))
        .when(pl.col("past_age"))
        .then(pl.lit("AGE_PASSED"))
        .when(pl.col("age_in_doubt"))
        .then(None)
        .when(F_OPEN | P_OPEN | pl.col("bridged"))
        .then(pl.lit("RIGHT"))
        .when(pl.col("pending") | OTHER_MODE)
        .then(None)
        .when(ended)
        .then(pl.lit("RIGHT_ENDED"))
        .when(_is("f", "NONE") & _is("p", "NONE") & pl.col("refused"))
        .then(pl.lit("REQUEST_REFUSED"))
        .when(_is("f", "NONE") & _is("p", "NONE") & no_number)
        .then(pl.lit("NO_BENEFICIARY"))
        .otherwise(None)
    )


UNDECIDED = pl.col("positive").is_null()
NEVER_HEARD_OF = UNDECIDED & _is("f", "NONE") & _is("p", "NONE") & ~pl.col("pending") & ~OTHER_MODE
# A child the fund counts without having given a right, rather than one taken for another: no right of the household
# waits for a child that nobody declared.
PLACE_AMONG_DEPENDANTS = (
    (pl.col("known_children") + pl.col("unknown_children") <= pl.col("most_dependants"))
    & (pl.col("children_with_right") <= pl.col("declared_with_right"))
).fill_null(value=False)
LIVING = ~pl.col("past_age") & ~pl.col("mayotte")


def _former(side: str, other: str) -> pl.Expr:
    """What `side` knows is an earlier right, over before that of the other side began: not its copy."""
    over = _is(side, "ENDED") & (pl.col(f"{side}_ends_on") <= pl.col(f"{other}_starts_on"))
    cancelled = pl.col(f"{side}_ends_on") <= pl.col(f"{side}_starts_on")
    return (over & ~cancelled).fill_null(value=False)


ONLY_FORMER_COPY = F_OPEN & _former("p", "f")
ONLY_FORMER_SOURCE = P_OPEN & _former("f", "p") & ~pl.col("bridged")


def right_missing() -> pl.Expr:
    no_copy = F_OPEN & _is("p", "NONE")
    return LIVING & (no_copy | ONLY_FORMER_COPY | (pl.col("found_001") & _is("f", "NONE") & _is("p", "NONE")))


def request_pending() -> pl.Expr:
    named_otherwise = OTHER_MODE | child_unknown() | only_some_children_have_a_right() | pl.col("found_001")
    return LIVING & UNDECIDED & ~named_otherwise


def right_without_source() -> pl.Expr:
    no_source = P_OPEN & _is("f", "NONE") & ~pl.col("lot_missing") & ~pl.col("lot_refused")
    return LIVING & (no_source | ONLY_FORMER_SOURCE) & ~OTHER_MODE


def amount_differs() -> pl.Expr:
    return LIVING & pl.col("facts_differ")


def dates_differ() -> pl.Expr:
    fund_only = F_OPEN & (_is("p", "FUTURE") | (_is("p", "ENDED") & (pl.col("p_status") == "ACTIVE")))
    pajemploi_only = P_OPEN & (_is("f", "FUTURE") | _is("f", "ENDED")) & ~stopped_but_paid() & ~pl.col("bridged")
    return LIVING & (fund_only | pajemploi_only) & ~ONLY_FORMER_COPY & ~ONLY_FORMER_SOURCE


def stopped_but_paid() -> pl.Expr:
    stopped = pl.col("f_status").is_in(["SUSPENDED", "CLOSED"]) & ~_is("f", "FUTURE")
    still_paid = P_OPEN & ((pl.col("p_status") == "ACTIVE") | _is("f", "SUSPENDED"))
    return LIVING & stopped.fill_null(value=False) & still_paid & ~pl.col("bridged") & ~ONLY_FORMER_SOURCE


def open_but_stopped() -> pl.Expr:
    stopped = pl.col("p_status").is_in(["SUSPENDED", "CLOSED"]) & ~_is("p", "FUTURE")
    closed_later_on_both = P_OPEN & (pl.col("f_status") == "CLOSED")
    return LIVING & F_OPEN & stopped.fill_null(value=False) & ~closed_later_on_both & ~ONLY_FORMER_COPY


def child_unknown() -> pl.Expr:
    wrong_birth_date = pl.col("birth_known") & ~pl.col("birth_agrees")
    absent = NEVER_HEARD_OF & pl.col("child_unknown") & (pl.col("known_children") > 0)
    expected = pl.col("sibling_has_right") & PLACE_AMONG_DEPENDANTS
    return ~pl.col("mayotte") & (wrong_birth_date | (LIVING & absent & ~expected))


def only_some_children_have_a_right() -> pl.Expr:
    expected = ~pl.col("child_unknown") | PLACE_AMONG_DEPENDANTS
    return LIVING & NEVER_HEARD_OF & pl.col("sibling_has_right") & expected


def age_limit_passed() -> pl.Expr:
    return pl.col("past_age") & (F_OPEN | P_OPEN)


def wrong_nir() -> pl.Expr:
    return pl.col("nir_differs") | (pl.col("a_nir_key").is_not_null() & ~pl.col("a_nir_valid"))


def wrong_beneficiary_number() -> pl.Expr:
    return pl.col("number_differs") | pl.col("found_013")


def wrong_employer_number() -> pl.Expr:
    return pl.col("employer_differs")


def duplicate_family() -> pl.Expr:
    return pl.col("found_015")


def child_in_two_households() -> pl.Expr:
    return LIVING & pl.col("found_016")


def duplicate_declaration() -> pl.Expr:
    return pl.col("duplicate").is_not_null()


def late_right(scale: Scale) -> pl.Expr:
    decided, received = pl.col("f_decided_at").dt.date(), pl.col("p_received_at").dt.date()
    return LIVING & F_OPEN & (business_days(decided, received) > scale.late_business_days).fill_null(value=False)


# Of the families that a fund knows, those about which none of its applied files says anything.
UNCONFIRMED = _is("f", "NONE") & pl.col("a_beneficiary_no").is_not_null()


def message_lost() -> pl.Expr:
    return LIVING & (pl.col("found_026") | (pl.col("lot_missing") & UNCONFIRMED))


def file_refused() -> pl.Expr:
    return LIVING & pl.col("lot_refused") & UNCONFIRMED


FUND_FACTS_MISSING = F_OPEN & (pl.col("f_resources").is_null() | pl.col("f_dependent_children").is_null())
PAJEMPLOI_FACTS_MISSING = P_OPEN & (pl.col("p_resources").is_null() | pl.col("p_dependent_children").is_null())


def resources_missing() -> pl.Expr:
    return LIVING & (FUND_FACTS_MISSING | PAJEMPLOI_FACTS_MISSING)


def uplift_differs() -> pl.Expr:
    aeeh = (pl.col("f_aeeh_children").fill_null(0) > 0) != (pl.col("p_aeeh_children").fill_null(0) > 0)
    counts = _differs("aeeh_children")
    return LIVING & BOTH_OPEN & (_differs("isolated_parent") | _differs("aah") | aeeh | counts)


def full_parental_leave() -> pl.Expr:
    chosen = pl.when(F_OPEN).then(pl.col("f_prepare")).when(P_OPEN).then(pl.col("p_prepare"))
    return LIVING & (chosen == "FULL").fill_null(value=False)


def bank_details_missing() -> pl.Expr:
    no_mandate = pl.col("a_mandate_ref").is_null() | pl.col("a_mandate_signed_on").is_null()
    no_account = pl.col("a_iban_key").is_null() | ~pl.col("a_iban_valid")
    return ~pl.col("a_known") | no_mandate | no_account | pl.col("found_033")


def employee_not_registered(scale: Scale) -> pl.Expr:
    expired = (pl.col("care_mode") == "CHILDMINDER") & (pl.col("licence_end") < scale.month)
    return ~pl.col("registered") | expired.fill_null(value=False)


def care_mode_differs() -> pl.Expr:
    return LIVING & ~P_OPEN & OTHER_MODE | (LIVING & P_OPEN & pl.col("f_other_open") & ~F_OPEN)


def rights_overlap() -> pl.Expr:
    return LIVING & (pl.col("f_overlap") | pl.col("p_overlap"))


def moving_between_funds() -> pl.Expr:
    return LIVING & pl.col("bridged")


def detections(scale: Scale) -> dict[str, pl.Expr]:
    """The boolean expression of each code."""
    simple: dict[str, Callable[[], pl.Expr]] = {
        "CMG-001": right_missing,
        "CMG-002": request_pending,
        "CMG-003": right_without_source,
        "CMG-004": amount_differs,
        "CMG-005": dates_differ,
        "CMG-006": stopped_but_paid,
        "CMG-007": open_but_stopped,
        "CMG-008": child_unknown,
        "CMG-009": only_some_children_have_a_right,
        "CMG-011": age_limit_passed,
        "CMG-012": wrong_nir,
        "CMG-013": wrong_beneficiary_number,
        "CMG-014": wrong_employer_number,
        "CMG-015": duplicate_family,
        "CMG-016": child_in_two_households,
        "CMG-018": duplicate_declaration,
        "CMG-026": message_lost,
        "CMG-027": file_refused,
        "CMG-028": resources_missing,
        "CMG-031": uplift_differs,
        "CMG-032": full_parental_leave,
        "CMG-033": bank_details_missing,
        "CMG-035": care_mode_differs,
        "CMG-038": rights_overlap,
        "CMG-039": moving_between_funds,
    }
    found = {code: detection() for code, detection in simple.items()}
    found["CMG-025"] = late_right(scale)
    found["CMG-034"] = employee_not_registered(scale)
    return dict(sorted(found.items()))
