"""What a place costs, in exact fractions: the second opinion of `simulate creche` and `simulate childcare_comparison`.

Typed from the text and not read from the project's files; the CMG is that of `tests.oracle.cmg`.
"""

from fractions import Fraction
from typing import Any

from tests.oracle import cmg
from tests.oracle.cmg import Facts, amount, euros, half_up
from tests.oracle.tables import Table, on

# Per cent of the month's resources for an hour: the columns of the circular, then how many children open each.
RATES: Table = [
    ("2002-01", ("0.0600", "0.0500", "0.0400", "0.0300", "0.0200")),
    ("2019-09", ("0.0605", "0.0504", "0.0403", "0.0302", "0.0202")),
    ("2020-01", ("0.0610", "0.0508", "0.0406", "0.0305", "0.0203")),
    ("2021-01", ("0.0615", "0.0512", "0.0410", "0.0307", "0.0205")),
    ("2022-01", ("0.0619", "0.0516", "0.0413", "0.0310", "0.0206")),
]
COLLECTIVE_COLUMNS, FAMILY_COLUMNS = (1, 2, 3, 4, 8), (1, 2, 3, 6)
FLOOR: Table = [
    ("2018-01", "687.30"), ("2019-09", "705.27"), ("2021-01", "711.62"), ("2022-01", "712.33"), ("2023-01", "754.16"),
    ("2024-01", "765.77"), ("2025-01", "801.00"), ("2026-01", "814.62"),
]  # fmt: skip
CEILING: Table = [
    ("2018-01", "4874.62"), ("2019-09", "5300"), ("2020-01", "5600"), ("2021-01", "5800"), ("2022-01", "6000"),
    ("2024-09", "7000"), ("2025-09", "8500"),
]  # fmt: skip
CREDIT_CAP: Table = [("2018-01", 2300), ("2022-01", 3500)]
DAILY_UPKEEP = Fraction("2.65")
FLOOR_CASES = {"CHILD_PLACED", "EMERGENCY", "FOSTER_FAMILY"}
AT_HOME = {"HOME_EMPLOYEE", "STRUCTURE_HOME"}


def is_collective(facts: Facts) -> bool:
    """Micro-crèches left the family scale in September 2019."""
    kind = facts["care_kind"]
    return bool(kind == "COLLECTIVE" or (kind == "MICRO" and facts["care_month"] >= "2019-09"))


def rate(facts: Facts) -> Fraction:
    """The column of the number of children, then one column lower for each child with AEEH, down to the last."""
    collective = is_collective(facts)
    opened = COLLECTIVE_COLUMNS if collective else FAMILY_COLUMNS
    column = sum(facts["dependent_children"] >= first for first in opened) - 1 + facts.get("disabled_children", 0)
    percents = on(RATES, facts["care_month"])[0 if collective else 1 :]
    return Fraction(percents[min(column, len(percents) - 1)]) / 100


def counted_income(facts: Facts) -> Fraction:
    floor, ceiling = (Fraction(on(table, facts["care_month"])) for table in (FLOOR, CEILING))
    ceiling = max(ceiling, amount(facts, "agreed_ceiling"))
    case = facts.get("resources_case", "KNOWN")
    if case != "KNOWN":
        return floor if case in FLOOR_CASES else ceiling
    return min(max(Fraction(int(facts["annual_resources"]), 12), floor), ceiling)


def creche(facts: Facts) -> tuple[Fraction, Fraction]:
    """The price of an hour, then of the month."""
    hour = half_up(counted_income(facts) * rate(facts))
    hours = amount(facts, "hours_month")
    if "annual_hours" in facts:
        hours = amount(facts, "annual_hours") / facts["invoices"]
    return hour, half_up(hour * hours)


def expected_creche(facts: Facts) -> dict[str, str]:
    hour, month = creche(facts)
    return {"hourly_rate": euros(hour), "monthly": euros(month)}


def family_of(facts: Facts, aeeh_name: str) -> Facts:
    """The family as the simulator of a mode names it, with the month."""
    family = dict(facts["family"]) | {"care_month": facts["care_month"]}
    given = [family.pop(key) for key in ("aeeh_children", "disabled_children") if key in family]
    return family | ({aeeh_name: given[0]} if given else {})


def is_credited_by_age(facts: Facts) -> bool:
    """Under six on 1 January of the year of care."""
    return six_on(facts["family"]["child_birth_date"][0]) > f"{facts['care_month'][:4]}-01-01"


def six_on(birth: str) -> str:
    """The sixth birthday as a text that sorts; who is born on a 29 February is six on 1 March of a year without one."""
    return f"{int(birth[:4]) + 6}{birth[4:]}"


def refused_by_age(facts: Facts, mode: Facts) -> set[str]:
    """A crèche receives children until the day before six years; the credit outside the home looks at 1 January."""
    birth, found = facts["family"]["child_birth_date"][0], set()
    if ("care_kind" in mode or mode["care_mode"] == "MICRO_CRECHE") and six_on(birth) <= f"{facts['care_month']}-01":
        found.add("monenfant.too_old_for_creche")
    if mode.get("care_mode") not in AT_HOME and not is_credited_by_age(facts):
        found.add("monenfant.too_old_for_credit")
    return found


def credit_cap(facts: Facts, *, at_home: bool) -> Fraction:
    shared = facts["family"].get("shared_residence", False)
    if at_home:
        more = Fraction(1500, 2 if shared else 1) * facts["family"]["dependent_children"]
        return min(Fraction(15_000), 12_000 + more)
    return Fraction(on(CREDIT_CAP, facts["care_month"]), 2 if shared else 1)


def credited_month(mode: Facts, left: Fraction) -> Fraction:
    """What the month leaves to pay, without meals, and without upkeep or above its limit a day."""
    upkeep = amount(mode, "maintenance_allowance")
    if mode.get("care_mode") == "CHILDMINDER":
        upkeep = max(Fraction(0), upkeep - DAILY_UPKEEP * mode.get("days", 0))
    elif mode.get("care_mode") != "HOME_EMPLOYEE":
        upkeep = Fraction(0)
    return max(Fraction(0), left - amount(mode, "meal_allowance") - upkeep)


def paid_and_left(facts: Facts, mode: Facts) -> tuple[Fraction, Fraction]:
    """What a mode costs before any aid, and once the CMG is taken off."""
    if "care_kind" in mode:
        month = creche(family_of(facts, "disabled_children") | mode)[1]
        return month, month
    asked = family_of(facts, "aeeh_children") | mode
    found = {name: Fraction(value) for name, value in cmg.expected(asked).items() if name != "regime"}
    if not cmg.is_direct(asked):
        return amount(mode, "invoice_amount"), found["left_to_family"]
    pay = sum(amount(mode, key) for key in ("net_salary", "maintenance_allowance", "meal_allowance"))
    return pay + max(Fraction(0), found["contributions"] - found["deduction"]), found["left_to_family"]


def compared(facts: Facts, mode: Facts) -> dict[str, Any]:
    """One mode of the answer."""
    cost, left = paid_and_left(facts, mode)
    months, at_home = facts.get("months", 12), mode.get("care_mode") in AT_HOME
    outlay = min(credited_month(mode, left) * months, credit_cap(facts, at_home=at_home))
    credit = half_up(outlay / 2) if at_home or is_credited_by_age(facts) else Fraction(0)
    month = {"cost": cost, "aids": cost - left, "tax_credit": half_up(credit / 12)}
    year = {"cost": cost * months, "aids": (cost - left) * months, "tax_credit": credit}
    named = "care_kind" if "care_kind" in mode else "care_mode"
    return {named: mode[named]} | told(month) | {"year": told(year)}


def told(amounts: dict[str, Fraction]) -> dict[str, str]:
    net = amounts["cost"] - amounts["aids"] - amounts["tax_credit"]
    return {name: euros(value) for name, value in (amounts | {"net_cost": net}).items()}
