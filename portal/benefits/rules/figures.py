"""The dated figures of ARS and AEEH, as integers in the units of the rules: cents, euros, millionths, years."""

from datetime import date
from functools import cache
from pathlib import Path

from portal.benefits.rules.yearly import ending_each_year
from portal.legislation.figures import Read, Table
from portal.legislation.parameters import COMMON, NoParameterInForce, Parameters

FOLDER = Path(__file__).parent.parent / "parameters"
MILLION = 1_000_000
MAYOTTE = "MAYOTTE"

# What a payment reads on its day.
BMAF = Read("bmaf", 100, earlier="bmaf.until_march_2018")
ARS_PAYMENT: Table = {"bmaf": BMAF, "crds_rate": Read("crds_rate_on_benefit", MILLION)}
# What the differential reads on 1 January, when the switch says so.
ARS_JANUARY: Table = {"january_bmaf": BMAF}
# What a start of term reads on the day that the law looks at (15 September).
ARS_TERM: Table = {
    "ceiling_base": Read("ars.ceiling_base", 1),
    "ceiling_child_rate": Read("ars.ceiling_child_rate", MILLION),
    "rate_6_10": Read("ars.rate_6_10", MILLION),
    "rate_11_14": Read("ars.rate_11_14", MILLION),
    "rate_15_18": Read("ars.rate_15_18", MILLION),
    "second_band_age": Read("ars.second_band_age", 1),
    "third_band_age": Read("ars.third_band_age", 1),
    "declared_from_age": Read("ars.declared_from_age", 1),
    "first_birthday": Read("ars.first_birthday", 1),
    "age_limit": Read("ars.age_limit", 1),
    "resource_years_before": Read("ars.resource_years_before", 1),
    "minimum_paid": Read("ars.minimum_paid", 100),
    "takes_january": Read("ars.differential_amounts", "AT_1_JANUARY"),
    "exceptional_rate": Read("ars.exceptional_rate", MILLION, before=0),
    "smic_hour": Read("smic_hourly_gross", 100),
    "own_pay_hours": Read("own_pay.hours", 1),
    "own_pay_share": Read("own_pay.smic_share", MILLION),
}
ARS_TERM_AT_MAYOTTE: Table = {
    **ARS_TERM,
    "ceiling_base": Read("mayotte.ars_ceiling_base", 1),
    "ceiling_child_rate": Read("mayotte.ars_ceiling_child_rate", MILLION),
    "age_limit": Read("mayotte.ars_age_limit", 1),
    "has_differential": Read("mayotte.ars_differential", None),
    "levies_crds": Read("mayotte.ars_crds", None),
}
# What Mayotte's own figures say and the ordinary law has no figure for.
ARS_ORDINARY = {"has_differential": True, "levies_crds": True}

_NUMBERS = range(1, 6)
AEEH: Table = {
    "bmaf": BMAF,
    "base_rate": Read("aeeh.base_rate", MILLION),
    **{f"complement_{number}_rate": Read(f"aeeh.complement_{number}_rate", MILLION) for number in _NUMBERS},
    **{f"lone_parent_{number + 1}_rate": Read(f"aeeh.lone_parent_{number + 1}_rate", MILLION) for number in _NUMBERS},
    "age_limit": Read("aeeh.age_limit", 1),
    "full_incapacity_rate": Read("aeeh.full_incapacity_rate", 1),
    "least_incapacity_rate": Read("aeeh.least_incapacity_rate", 1),
    "boarding_month_days": Read("aeeh.boarding_month_days", 1),
}
AEEH_AT_MAYOTTE: Table = {
    **AEEH,
    "territory_incapacity_rate": Read("mayotte.aeeh_least_incapacity_rate", 1),
    "has_complements": Read("mayotte.aeeh_complements", None),
}
# Read apart: nobody knows it from April 2026, and the other categories do not need it.
COMPLEMENT_6: Table = {"complement_6": Read("aeeh.complement_6_amount", 100)}

# How long a decision usually runs.
AEEH_LENGTH: Table = {
    "full_incapacity_rate": AEEH["full_incapacity_rate"],
    "age_limit": AEEH["age_limit"],
    **{
        f"{kind}_years_{end}": Read(f"aeeh.{kind}_years_{end}", 1)
        for kind in ("support", "complement")
        for end in ("least", "most")
    },
}

_LEVELS = ("8h", "20h", "full_time")
_THRESHOLDS = ("1_alone", "2_alone", "3_with_8h", "3_alone", "4_with_20h", "4_with_8h", "4_alone", "5_with_full_time")
CATEGORY: Table = {
    "bmaf": BMAF,
    **{f"work_cut_{level}": Read(f"aeeh.work_cut_{level}", 1) for level in _LEVELS},
    **{f"helper_hours_{level}": Read(f"aeeh.helper_hours_{level}", 1) for level in _LEVELS},
    **{f"rate_{name}": Read(f"aeeh.expenses_{name}", MILLION) for name in _THRESHOLDS},
}

# Small sums: the month of the due date.
SMALL: Table = {
    "social_security_ceiling": Read("social_security_ceiling.monthly", 1),
    "ceiling_share": Read("small_payments.ceiling_share", MILLION),
    "applies_at_mayotte": Read("small_payments.applies_at_mayotte", None),
    "minimum_paid": Read("ars.minimum_paid", 100),
    "ars_overpayment_is_general": Read("small_payments.ars_overpayment", "GENERAL"),
}


@cache
def benefit_parameters() -> Parameters:
    """Every dated figure of these benefits, those that they share with others included; the yearly ones end each year."""
    return ending_each_year(Parameters.load(COMMON, FOLDER))


def missing_words(missing: NoParameterInForce) -> str:
    """Which figure lacks on which day, who writes it and where: for agents and simulations."""
    figure = benefit_parameters().figures[missing.key]
    told = f"{figure.term} : aucune valeur connue au {missing.day:%d/%m/%Y}."
    return f"{told} L’exploitant du portail écrit sa ligne dans {figure.file}."


def day_of_year(key: str, year: int, parameters: Parameters) -> date:
    """A day of the year that a figure writes as month-day. Raises NoParameterInForce."""
    return date.fromisoformat(f"{year:04d}-{parameters.value(key, date(year, 1, 1))}")


def is_known(key: str, day: date, parameters: Parameters) -> bool:
    """Whether a figure is in force on `day`."""
    try:
        parameters.dated(key, day)
    except NoParameterInForce:
        return False
    return True
