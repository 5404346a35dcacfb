"""The dated figures of the CMG, as integers in the units of the rules."""

from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

from portal.legislation.figures import Unit, as_integer
from portal.legislation.parameters import COMMON as COMMON_FOLDER
from portal.legislation.parameters import Parameters

FOLDER = Path(__file__).parent.parent / "parameters"
REGIME_B_FROM = date(2025, 9, 1)
MILLION = 1_000_000
BRACKETS = ("max", "mid", "min")
EFFORT_BANDS = ("children_1", "children_2", "children_3", "children_4_to_7", "children_8_and_more")
MODES = ("childminder", "home_employee")

CONTRIBUTION_CHOICE = "policy.contribution_rates"
CONTRIBUTION_TOTALS = "contributions.test_set"
SHARES = ("contributions.employee.", "contributions.employer.")
CSG_BASE = "contributions.employee.csg_crds_base_share"
# A base and not a rate; local; capped by payslip: none is in the totals that are published.
NOT_IN_TOTALS = (
    CSG_BASE,
    "contributions.employee.alsace_moselle_extra",
    "contributions.employer.occupational_health",
)
# Parameter of a rule -> (key of the figure, how it becomes an integer).
COMMON: dict[str, tuple[str, Unit]] = {
    "age_limit": ("age_limit.general", 1),
    "home_deduction": ("home_employee.hourly_deduction", 100),
    "home_deduction_overseas": ("home_employee.hourly_deduction_overseas", 100),
    "home_share": ("home_employee.contribution_share", MILLION),
    "home_cap": ("home_employee.contribution_cap.full", 100),
    "home_cap_reduced": ("home_employee.contribution_cap.reduced", 100),
    "age_limit_isolated": ("age_limit.isolated_parent_direct", 1),
}
CEILINGS: dict[str, tuple[str, Unit]] = {
    f"{level}_{name}": (f"regime_a.{level}_ceiling.{key}", 1)
    for level in ("lower", "upper")
    for name, key in (("one", "one_child"), ("two", "two_children"), ("extra", "per_extra_child"))
}
SCALE_A = CEILINGS | {
    "bmaf": ("bmaf", 100),
    "crds_rate": ("crds_rate_on_benefit", MILLION),
    "isolated_ceiling_factor": ("regime_a.isolated_parent_ceiling_factor", 100),
    "uplift_specific_hours": ("regime_a.uplift.specific_hours", MILLION),
    "uplift_hours_threshold": ("regime_a.uplift.specific_hours_threshold", 100),
    "uplift_aah": ("regime_a.uplift.aah", MILLION),
    "uplift_isolated": ("regime_a.uplift.isolated_parent", MILLION),
    "uplift_aeeh": ("regime_a.uplift.aeeh", MILLION),
    "full_until_august": ("regime_a.full_amount_until_31_august", None),
    "uplifts_add_up": ("regime_a.uplift.combination", "additive"),
}
DIRECT_A = COMMON | SCALE_A | {
    "share_of_cost": ("regime_a.max_share_of_cost", MILLION),
    "smic": ("smic_hourly_gross", 100),
    "daily_cap_multiple": ("regime_a.daily_pay_cap_smic_multiple", 1),
} | {
    f"{kind}_{bracket}": (f"regime_a.pct_bmaf{reduced}.direct_{bracket}", 100)
    for kind, reduced in (("pct", ""), ("half_pct", "_reduced"))
    for bracket in BRACKETS
}  # fmt: skip
DIRECT_B = COMMON | {
    "income_floor": ("regime_b.income_floor", 1),
    "income_ceiling": ("regime_b.income_ceiling", 1),
    "crds_rate": ("crds_rate_on_benefit", MILLION),
    "terminal_excluded": ("regime_b.terminal_indemnities_excluded_from_cap", None),
    "supplement_share": ("transition.max_share_of_net_pay", MILLION),
} | {
    f"reference_{mode}": (f"regime_b.reference_hourly_cost.{mode}", MILLION) for mode in MODES
} | {
    f"hourly_cap_{mode}": (f"regime_b.hourly_cap.{mode}", 100) for mode in MODES
} | {
    # Percent of a monthly income per hour: millionths of it.
    f"effort_{mode}_{index}": (f"regime_b.effort_rate.{mode}.{band}", 10_000)
    for mode in MODES
    for index, band in enumerate(EFFORT_BANDS)
}  # fmt: skip
STRUCTURE = SCALE_A | {
    "age_limit": ("age_limit.general", 1),
    "share_of_cost": ("structure.max_share_of_cost", MILLION),
    "micro_tariff_cap": ("structure.micro_creche_max_tariff", 100),
} | {
    f"{short}_{half}{bracket}": (f"regime_a.pct_bmaf{'_reduced' if half else ''}.struct_{kind}_{bracket}", 100)
    for short, kind in (("childminder", "childminder"), ("home", "home_or_micro"))
    for half in ("", "half_")
    for bracket in BRACKETS
}  # fmt: skip
TRANSITION = {name: figure for name, figure in CEILINGS.items() if name.startswith("upper")} | {
    "isolated_ceiling_factor": ("regime_a.isolated_parent_ceiling_factor", 100),
    "age_limit": ("age_limit.general", 1),
    "months_min": ("transition.min_months_declared", 1),
    "excluded_birth_year": ("transition.excluded_birth_year", 1),
    "end_month_under_three": ("transition.end_month_under_three", 1),
    "hours_one_under_three": ("transition.min_avg_hours.childminder_one_child_under_3", 100),
    "hours_one_over_three": ("transition.min_avg_hours.childminder_one_child_over_3", 100),
    "hours_several_under_three": ("transition.min_avg_hours.childminder_several_under_3", 100),
    "hours_several_one_over_three": ("transition.min_avg_hours.childminder_several_one_over_3", 100),
    "hours_home_employee": ("transition.min_avg_hours.home_employee", 100),
}
# Rules that come or go by date: outside their period the figure is this, not a guess.
OPTIONAL = {
    "uplift_aeeh": 0,
    "uplift_isolated": 0,
}


@cache
def cmg_parameters() -> Parameters:
    """Every dated figure of the CMG, those that it shares with other benefits included."""
    return Parameters.load(COMMON_FOLDER, FOLDER)


def regime_of(month: date) -> str:
    """``A`` for care up to August 2025, ``B`` from September 2025 (direct employment)."""
    return "B" if month >= REGIME_B_FROM else "A"


def figures_on(table: dict[str, tuple[str, Unit]], month: date, parameters: Parameters) -> dict[str, int | bool]:
    """The figures of `table` in force in `month`, as integers. Raises NoParameterInForce."""
    found: dict[str, int | bool] = {}
    for name, (key, factor) in table.items():
        started = parameters.figures[key].values[0].since <= month
        if name in OPTIONAL and not started:
            found[name] = OPTIONAL[name]
            continue
        found[name] = as_integer(parameters.value(key, month), factor, key)
    return found


def contribution_rates(month: date, parameters: Parameters) -> dict[str, int]:
    """Total rates in millionths of gross pay: employee and employer, by care mode.

    `policy.contribution_rates` chooses: TOTALS, those of `contributions.test_set`; LINES, the dated lines that a
    deployer loads. Raises NoParameterInForce, also when one line that is needed is not known in `month`.
    """
    lines = parameters.value(CONTRIBUTION_CHOICE, month) == "LINES"
    rate = rate_of_lines if lines else _rate_of_totals
    return {
        f"{share}_rate_{mode}": as_integer(rate(share, mode, month, parameters), 10_000, f"contributions.{share}")
        for share in ("employee", "employer")
        for mode in MODES
    }


def contribution_keys(month: date, parameters: Parameters) -> set[str]:
    """The keys of the figures that `contribution_rates` reads in `month`, for the explanation of an amount."""
    if parameters.value(CONTRIBUTION_CHOICE, month) == "LINES":
        return {CONTRIBUTION_CHOICE, *(key for key in parameters.figures if key.startswith(SHARES))}
    return {CONTRIBUTION_TOTALS}


def _rate_of_totals(share: str, mode: str, month: date, parameters: Parameters) -> Fraction:
    return Fraction(parameters.value(CONTRIBUTION_TOTALS, month)[mode][share])


def rate_of_lines(share: str, mode: str, month: date, parameters: Parameters) -> Fraction:
    """Per cent of gross: the total observed on payslips where one is known, else the sum of the lines of `share`.

    The sum is rounded half up to the hundredth of a per cent, as totals are published. A line counts from its first
    date; one whose value is not known raises NoParameterInForce.
    """
    observed = parameters.figures.get(f"contributions.{share}.total.{mode}")
    if observed and observed.values[0].since <= month:
        return Fraction(observed.on(month).value)
    total = sum((_line(key, month, parameters) for key in _lines(share, mode, month, parameters)), Fraction(0))
    return Fraction(int(total * 100 + Fraction(1, 2)), 100)


def _lines(share: str, mode: str, month: date, parameters: Parameters) -> list[str]:
    """The lines of `share` that `mode` pays in `month`; another mode's own line is left out, and NOT_IN_TOTALS."""
    others = tuple(f".{other}" for other in MODES if other != mode)
    return [
        key
        for key, figure in parameters.figures.items()
        if key.startswith(f"contributions.{share}.")
        and not key.startswith((*NOT_IN_TOTALS, f"contributions.{share}.total."))
        and not key.endswith(others)
        and figure.values[0].since <= month
    ]


def _line(key: str, month: date, parameters: Parameters) -> Fraction:
    """CSG and CRDS are due on a share of gross only; every other line on the whole."""
    rate = Fraction(parameters.value(key, month))
    if key == "contributions.employee.csg_crds":
        return rate * Fraction(parameters.value(CSG_BASE, month)) / 100
    return rate
