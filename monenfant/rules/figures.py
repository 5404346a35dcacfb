"""The dated figures of monenfant, as integers in the units of the rules: cents and millionths."""

from functools import cache
from pathlib import Path

from portal.legislation.figures import Unit
from portal.legislation.parameters import COMMON, Parameters

FOLDER = Path(__file__).parent.parent / "parameters"
MILLION = 1_000_000

Table = dict[str, tuple[str, Unit]]
PSU: Table = {"income_floor_cents": ("psu.floor", 100), "national_ceiling_cents": ("psu.ceiling", 100)}
OUTSIDE: Table = {
    "credit_rate": ("tax_credit.outside.rate", MILLION),
    "child_cap_cents": ("tax_credit.outside.cap", 100),
    "age_limit": ("tax_credit.outside.age_limit", 1),
    "daily_upkeep_cap_cents": ("tax_credit.outside.daily_upkeep_cap", 100),
    "shared_share": ("tax_credit.shared_residence_share", MILLION),
}
HOME: Table = {
    "credit_rate": ("tax_credit.home.rate", MILLION),
    "base_cap_cents": ("tax_credit.home.cap", 100),
    "cap_per_child_cents": ("tax_credit.home.cap_per_child", 100),
    "most_cap_cents": ("tax_credit.home.cap_most", 100),
    "shared_share": ("tax_credit.shared_residence_share", MILLION),
}


@cache
def monenfant_parameters() -> Parameters:
    """Every dated figure of monenfant, those that it shares with other benefits included."""
    return Parameters.load(COMMON, FOLDER)
