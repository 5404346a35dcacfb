"""The anomalies seeded in a population: for each code of the catalogue, how two clean sides come to disagree.

Each function takes the bundle of the families that bear its code and returns it spoilt, with the declarations
concerned marked. `target` marks the child or children touched (the first, or all; for home care always all), and
`variant` (0 to 5) chooses between the forms a code can take.
"""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
from polars import Expr

from cmg.population import work
from cmg.population.bundle import Bundle
from cmg.population.households import (
    CHILDMINDER,
    HOME_EMPLOYEE,
    SECOND_HOUSEHOLD,
    beneficiary_no,
    child_id,
)
from cmg.population.plan import Month, first_of
from cmg.population.rights import F_ONLY, P_ONLY, SECOND_RIGHT, as_requests, right_no
from portal.invented.draws import Draws
from portal.invented.identities import padded
from portal.organisations import directory

TARGET, VARIANT = pl.col("target"), pl.col("variant")
Spoil = Callable[[Bundle, Draws, Month], Bundle]


def _variant(*numbers: int) -> Expr:
    return VARIANT.is_in(numbers)


def _swap(condition: Expr, value: Expr | str | None, column: str) -> Expr:
    """The value where the condition holds, else the column as it is."""
    new = value if isinstance(value, Expr) else pl.lit(value)
    return pl.when(condition).then(new).otherwise(column)


def right_missing_at_pajemploi(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """001: the fund decided lately, its message is not at Pajemploi."""
    day = pl.lit(month.care_month) - pl.duration(days=draws.between("fresh", 1, 12, "key"))
    return replace(
        bundle.with_fund(
            tier=_swap(TARGET, pl.lit(F_ONLY), "tier"),
            decided_at=_swap(TARGET, day.cast(pl.Datetime("us")) + pl.duration(hours=10), "decided_at"),
            received_at=_swap(TARGET, None, "received_at"),
        ),
        rights_pajemploi=bundle.rights_pajemploi.filter(~TARGET),
    ).hit(TARGET)


def request_pending(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """002: no right anywhere, a request the fund has not decided."""
    pending = as_requests(bundle.rights_fund, draws, month)
    return replace(
        bundle,
        rights_fund=bundle.rights_fund.clear(),
        rights_pajemploi=bundle.rights_pajemploi.clear(),
        requests=pl.concat([bundle.requests, pending], how="diagonal_relaxed"),
    ).hit()


def right_without_source(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """003: Pajemploi holds a right the fund's file no longer knows, older than all the fund's messages."""
    old = pl.col("decided_at") - pl.duration(days=500)
    return replace(
        bundle.with_pajemploi(
            tier=_swap(TARGET, pl.lit(P_ONLY), "tier"),
            decided_at=_swap(TARGET, old, "decided_at"),
            received_at=_swap(TARGET, pl.col("received_at") - pl.duration(days=500), "received_at"),
        ),
        rights_fund=bundle.rights_fund.filter(~TARGET),
    ).hit(TARGET)


def income_differs(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """004: another bracket or income on one side; in regime B also another number of children."""
    by_children = _variant(4, 5) & (pl.col("dependent_children") <= 2) & pl.lit(month.is_regime_b)
    more = draws.between("other income", 40_000, 44_000)
    return (
        bundle.with_fund(
            annual_resources=_swap(_variant(2, 3), more, "annual_resources"),
        )
        .with_pajemploi(
            annual_resources=_swap(_variant(0, 1, 4, 5) & ~by_children, more, "annual_resources"),
            dependent_children=_swap(by_children, pl.col("dependent_children") + 1, "dependent_children"),
        )
        .hit()
    )


def dates_differ(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """005: the month lies in one side's dates only, whichever side."""
    this, following = first_of(pl.lit(month.index)), first_of(pl.lit(month.index + 1))
    bundle = bundle.with_rights(
        start=pl.min_horizontal("start", first_of(pl.lit(month.index - 2))),
        end=_swap(TARGET & (pl.col("end") <= following), None, "end"),
    )
    return (
        bundle.with_pajemploi(
            start=_swap(TARGET & _variant(0, 1), following, "start"),
            end=_swap(TARGET & _variant(2), this, "end"),
        )
        .with_fund(
            start=_swap(TARGET & _variant(3, 4), following, "start"),
            end=_swap(TARGET & _variant(5), this, "end"),
        )
        .hit(TARGET)
    )


def _stopped(month: Month) -> dict[str, Expr]:
    """Suspended, or closed from the next month on, or closed without a date."""
    following = first_of(pl.lit(month.index + 1))
    status = pl.when(_variant(0, 1, 2)).then(pl.lit("SUSPENDED")).otherwise(pl.lit("CLOSED"))
    return {"status": _swap(TARGET, status, "status"), "end": _swap(TARGET & _variant(3, 4), following, "end")}


def suspended_but_paid(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """006: stopped at the fund, active at Pajemploi."""
    return bundle.with_fund(**_stopped(month)).hit(TARGET)


def active_but_suspended(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """007: active at the fund, stopped at Pajemploi."""
    return bundle.with_pajemploi(**_stopped(month)).hit(TARGET)


def child_unknown(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """008: the declaration names a child the household does not have."""
    stranger = child_id((pl.col("family") + SECOND_HOUSEHOLD) * 4)
    birth = first_of(month.index - draws.between("stranger", 5, 60)).dt.to_string("%Y-%m-%d")
    first = pl.col("rank") == 0
    return replace(
        bundle,
        declarations=bundle.declarations.with_columns(
            child_ids=_swap(first, pl.col("child_ids").str.replace(r"^[^|]+", stranger), "child_ids"),
            child_birth_dates=_swap(
                first, pl.col("child_birth_dates").str.replace(r"^[^|]+", birth), "child_birth_dates"
            ),
        ),
    ).hit(first)


def one_right_for_two(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """009: two children declared, a right for one."""
    known = pl.col("rank") != 1
    return replace(
        bundle,
        rights_fund=bundle.rights_fund.filter(known),
        rights_pajemploi=bundle.rights_pajemploi.filter(known),
    ).hit((pl.col("rank") == 1) | (pl.col("job") == work.AT_HOME))


def age_limit_passed(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """011: the family was built with a child past six; the right still runs on both sides."""
    return bundle.hit()


def wrong_nir(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """012: the account bears the other parent's number, or a key is wrong, on the account or everywhere."""
    key = padded((pl.col("nir").str.slice(13).cast(pl.Int64) + 7) % 97 + 1, 2)
    wrong = pl.col("nir").str.slice(0, 13) + key
    bundle = bundle.with_account(nir=pl.when(_variant(0, 1, 2)).then("partner_nir").otherwise(wrong))
    return bundle.with_rights(nir=_swap(_variant(5), wrong, "nir")).hit()


def wrong_beneficiary_no(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """013: two persons under one number, or an account that still bears the number of the fund the family left."""
    neighbour = beneficiary_no(pl.col("fund"), pl.col("twin_of"))
    is_twin = pl.col("twin_of").is_not_null()
    former = pl.col("former_fund")
    former_no = beneficiary_no(former, pl.col("family") + SECOND_HOUSEHOLD)
    is_moved = ~is_twin & ~pl.col("is_partner")
    bundle = bundle.with_rights(beneficiary_no=_swap(is_twin, neighbour, "beneficiary_no"))
    return bundle.with_account(
        fund=_swap(is_moved, former, "fund"),
        beneficiary_no=pl.when(is_twin).then(neighbour).when(is_moved).then(former_no).otherwise("beneficiary_no"),
    ).hit()


def employer_no_differs(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """014: the employer number of the right lost its leading nought."""
    return bundle.with_rights(employer_no=pl.col("employer_no").str.slice(1)).hit()


def duplicate_family(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """015: a second account of the same person, without any right of its own."""
    return replace(
        bundle, rights_fund=bundle.rights_fund.clear(), rights_pajemploi=bundle.rights_pajemploi.clear()
    ).hit()


def child_in_two_households(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """016: built as a second, later household of its neighbour's first child, without shared residence."""
    return bundle.hit()


def declared_twice(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """018: the first declaration comes again under another number, the same or with other amounts."""
    first = bundle.declarations.filter(pl.col("rank") == 0)
    is_other = VARIANT % 2 == 1
    copy = first.with_columns(
        declaration_no=work.declaration_no(pl.col("family") * 8 + work.COPY_SLOT, month),
        received_at=pl.col("received_at") + pl.duration(minutes=draws.between("again", 5, 230)),
        net_salary=_swap(is_other, pl.col("net_salary") - draws.between("less", 200, 2500), "net_salary"),
        hours=_swap(is_other, pl.col("hours") - 50, "hours"),
        hit=pl.lit(value=True),
    )
    return replace(bundle, declarations=pl.concat([bundle.declarations, copy]))


def right_arrived_late(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """025: more than five business days, holidays included, between decision and reception."""
    late = pl.col("decided_at") + pl.duration(days=draws.between("late", 15, 21))
    return bundle.with_rights(received_at=late).hit()


def message_lost(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """026: a number in the middle of the fund's messages never reached Pajemploi."""
    return replace(
        bundle.with_fund(received_at=_swap(TARGET, None, "received_at")),
        rights_pajemploi=bundle.rights_pajemploi.filter(~TARGET),
    ).hit(TARGET)


def resources_missing(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """028: no resources on the fund's side, or on either."""
    nothing = pl.lit(None, dtype=pl.Int64)
    both = _swap(_variant(0, 1, 2), None, "annual_resources")
    return bundle.with_fund(annual_resources=nothing).with_pajemploi(annual_resources=both).hit()


def uplift_differs(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """031: a lone parent, an AAH or an AEEH known on one side only."""
    return bundle.with_pajemploi(
        isolated_parent=_swap(_variant(0, 1), ~pl.col("isolated_parent"), "isolated_parent"),
        aah=_swap(_variant(2, 3), ~pl.col("aah"), "aah"),
        aeeh_children=_swap(_variant(4, 5), 1 - pl.col("aeeh_children"), "aeeh_children"),
    ).hit()


def full_parental_leave(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """032: full-rate PreParE the same month."""
    return bundle.with_rights(prepare=pl.lit("FULL")).hit()


def bank_details_missing(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """033: no IBAN, no mandate, or an IBAN whose key is wrong."""
    return bundle.with_account(
        iban=pl.when(_variant(0, 1))
        .then(None)
        .when(_variant(2, 3))
        .then(pl.col("iban").str.replace("FR76", "FR67"))
        .otherwise("iban"),
        mandate_ref=_swap(_variant(4, 5), None, "mandate_ref"),
        mandate_signed_on=_swap(_variant(4, 5), None, "mandate_signed_on"),
    ).hit()


def employee_not_registered(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """034: the employee was never registered, or the licence ended before the month."""
    can_expire = (pl.col("job") != work.AT_HOME) & _variant(0, 1, 2)
    before = (pl.lit(month.care_month) - pl.duration(days=draws.between("expired", 1, 200))).cast(pl.Date)
    known = bundle.employees.filter(can_expire).with_columns(licence_end=before)
    return replace(bundle, employees=known).hit()


def care_mode_differs(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """035: the right is for the other way of caring."""
    other = pl.col("care_mode").replace({CHILDMINDER: HOME_EMPLOYEE, HOME_EMPLOYEE: CHILDMINDER})
    return bundle.with_rights(care_mode=_swap(TARGET, other, "care_mode")).hit(TARGET)


def rights_overlap(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """038: a second active right for the same child and mode, decided later, on both sides."""
    again = bundle.rights_fund.filter(TARGET).with_columns(
        right_no=right_no(pl.col("key") - pl.col("slot") + SECOND_RIGHT),
        start=pl.max_horizontal("start", first_of(pl.lit(month.index - 1))),
        decided_at=pl.col("decided_at") + pl.duration(days=18),
        received_at=pl.col("received_at") + pl.duration(days=18),
    )
    return replace(
        bundle,
        rights_fund=pl.concat([bundle.rights_fund, again]),
        rights_pajemploi=pl.concat([bundle.rights_pajemploi, again]),
    ).hit(TARGET)


def moving_between_schemes(bundle: Bundle, draws: Draws, month: Month) -> Bundle:
    """039: closed at one scheme from the month on, the account already with the other, which has no right yet."""
    other = pl.col("fund").replace_strict(_other_schemes(bundle.accounts["fund"].unique().to_list()))
    return (
        bundle.with_rights(
            status=pl.lit("CLOSED"),
            end=first_of(pl.lit(month.index)),
            start=pl.min_horizontal("start", first_of(pl.lit(month.index - 2))),
        )
        .with_account(fund=other, beneficiary_no=beneficiary_no(other, pl.col("family") + SECOND_HOUSEHOLD))
        .hit()
    )


def _other_schemes(codes: list[str]) -> dict[str, str]:
    """The MSA competent in each Caf's département, and the Caf of each MSA's seat."""
    swapped = {}
    for code in codes:
        body, number = code[:3], code[3:]
        serving = directory.competent_fund("CAF" if body == "MSA" else "MSA", number)
        swapped[code] = serving.code if serving else f"MSA{number}"
    return swapped


SPOIL: dict[str, Spoil] = {
    "CMG-001": right_missing_at_pajemploi,
    "CMG-002": request_pending,
    "CMG-003": right_without_source,
    "CMG-004": income_differs,
    "CMG-005": dates_differ,
    "CMG-006": suspended_but_paid,
    "CMG-007": active_but_suspended,
    "CMG-008": child_unknown,
    "CMG-009": one_right_for_two,
    "CMG-011": age_limit_passed,
    "CMG-012": wrong_nir,
    "CMG-013": wrong_beneficiary_no,
    "CMG-014": employer_no_differs,
    "CMG-015": duplicate_family,
    "CMG-016": child_in_two_households,
    "CMG-018": declared_twice,
    "CMG-025": right_arrived_late,
    "CMG-026": message_lost,
    "CMG-028": resources_missing,
    "CMG-031": uplift_differs,
    "CMG-032": full_parental_leave,
    "CMG-033": bank_details_missing,
    "CMG-034": employee_not_registered,
    "CMG-035": care_mode_differs,
    "CMG-038": rights_overlap,
    "CMG-039": moving_between_schemes,
}
