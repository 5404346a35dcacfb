"""The dated figures of ARIPA, as integers in the units of the rules: cents, millionths, sixtieths of a band."""

from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from portal.legislation.figures import Read, Table, as_integer
from portal.legislation.parameters import COMMON, Parameters

FOLDER = Path(__file__).parent.parent / "parameters"
MILLION = 1_000_000
# Sixtieths hold every fraction of the scale of seizures exactly: 1/20, 1/10, 1/5, 1/4, 1/3, 2/3.
SIXTIETHS = 60


ASF: Table = {
    "bmaf": Read("bmaf", 100),
    "rate_one_parent": Read("asf_rate_one_parent", MILLION),
    "rate_two_parents": Read("asf_rate_two_parents", MILLION),
    "crds_rate": Read("crds_rate_on_benefit", MILLION),
    "age_limit": Read("asf_child_age_limit", 1),
    # CSS D. 523-3 came on 1 July 2018: before it any amount was paid.
    "family_minimum": Read("asf_minimum_total_paid", 100, before=0),
}
JUSTICE: Table = {"vital_minimum": Read("justice_reference_vital_minimum", 100)}
CAF_TITLE: Table = {
    "rsa": Read("rsa_base_amount", 100),
    "resource_factor": Read("caf_title_min_resource_factor", MILLION),
    "resource_ceiling": Read("caf_title_max_resource", 100),
    "rate_ceiling": Read("caf_title_max_rate_per_child", MILLION),
}
SEIZABLE: Table = {
    "rsa": Read("rsa_base_amount", 100),
    "dependant_increase": Read("wage_seizure_dependant_increase", 100),
    **{f"limit_{number}": Read("wage_seizure_band_limits", 100, number - 1) for number in range(1, 7)},
    **{f"sixtieths_{number}": Read("wage_seizure_fractions", SIXTIETHS, number - 1) for number in range(1, 8)},
}
DIRECT_PAYMENT: Table = {
    "rsa": Read("rsa_base_amount", 100),
    "bmaf": Read("bmaf", 100),
    "lookback": Read("direct_payment_lookback_months_caf", 1),
    "short_spread": Read("direct_payment_spread_short_months_caf", 1),
    "long_spread": Read("direct_payment_spread_max_months_caf", 1),
    "small_debt_factor": Read("small_debt_factor_bmaf", MILLION),
    "small_debt_months": Read("small_debt_max_instalments", 1),
}


@cache
def aripa_parameters() -> Parameters:
    """Every dated figure of ARIPA, those that it shares with other benefits included."""
    return Parameters.load(COMMON, FOLDER)


@lru_cache(maxsize=4096)
def cents_on(key: str, day: date) -> int:
    """A figure in euros, in cents. Raises NoParameterInForce."""
    return int(as_integer(aripa_parameters().value(key, day), 100, key))


@lru_cache(maxsize=4096)
def number_on(key: str, day: date) -> int:
    """A figure that counts days, months or payments. Raises NoParameterInForce."""
    return int(as_integer(aripa_parameters().value(key, day), 1, key))


@cache
def first_day_of(*keys: str) -> date:
    """The first day on which all of these figures are known."""
    return max(aripa_parameters().figures[key].values[0].since for key in keys)


@lru_cache(maxsize=4096)
def millionths_on(key: str, day: date) -> int:
    """A rate. Raises NoParameterInForce."""
    return int(as_integer(aripa_parameters().value(key, day), MILLION, key))
