"""One declaration of CMG, or one structure invoice, in exact fractions: the second opinion of `simulate cmg`."""

from fractions import Fraction
from math import floor
from typing import Any

from tests.oracle.tables import (
    BMAF,
    DAILY_CAP,
    EFFORT,
    HOME_CAP,
    HOURLY,
    INCOME_CEILING,
    INCOME_FLOOR,
    LOWER,
    RATES,
    SCALE,
    UPPER,
    on,
)

Facts = dict[str, Any]
ZERO = Fraction(0)


def half_up(value: Fraction, places: int = 2) -> Fraction:
    return Fraction(floor(value * 10**places + Fraction(1, 2)), 10**places)


def euros(value: Fraction) -> str:
    cents = value * 100
    assert cents.denominator == 1, value
    return f"{'-' if cents < 0 else ''}{abs(cents.numerator) // 100}.{abs(cents.numerator) % 100:02d}"


def amount(facts: Facts, key: str) -> Fraction:
    return Fraction(facts.get(key, "0"))


def months(text: str) -> int:
    """Months since year 0 of a month or a date."""
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def is_direct(facts: Facts) -> bool:
    return facts["care_mode"] in RATES


def regime(facts: Facts) -> str:
    return "B" if is_direct(facts) and facts["care_month"] >= "2025-09" else "A"


def youngest_age(facts: Facts) -> int:
    """In months, from the month of birth: a birthday counts from the first day of the month after it."""
    return months(facts["care_month"]) - max(months(birth) for birth in facts["child_birth_date"])


def is_active(facts: Facts) -> bool:
    grounds = facts.get("activity_ground") or ["WORK"]
    alone = {"WORK", "ASSIMILATED", "AAH", "ASS", "RSA_INSERTION"}
    civic = set(grounds) == {"CIVIC_SERVICE"} and facts["care_month"] >= "2019-12"
    return bool(alone & set(grounds)) or set(grounds) == {"STUDENT"} or civic


def refusals(facts: Facts) -> list[str]:
    """Every reason why the right, or its amounts, are refused."""
    late = 144 if regime(facts) == "B" and facts.get("isolated_parent") else 72
    found = {
        "cmg.mayotte": facts.get("territory") == "MAYOTTE",
        "cmg.activity_condition": not is_active(facts),
        "cmg.age_limit_passed": youngest_age(facts) > late,
        "cmg.full_parental_leave": facts.get("prepare") == "FULL",
    }
    found |= refusals_of_pay(facts) if is_direct(facts) else refusals_of_structure(facts)
    return [code for code, is_met in found.items() if is_met]


def refusals_of_structure(facts: Facts) -> dict[str, bool]:
    micro = facts["care_mode"] == "MICRO_CRECHE"
    return {
        "cmg.fnas_funded": bool(facts.get("fnas_funded")),
        "cmg.tariff_above_cap": micro and amount(facts, "hourly_tariff") > 10,
        "cmg.too_few_hours": facts["care_month"] < "2025-09" and amount(facts, "hours") < 16,
    }


def refusals_of_pay(facts: Facts) -> dict[str, bool]:
    if regime(facts) == "B":
        return {"cmg.missing_hours": amount(facts, "hours") == 0 and cost(facts) > excluded(facts)}
    if facts["care_mode"] == "HOME_EMPLOYEE":
        return {}
    days, pay = facts["days"], gross(facts)
    return {
        "cmg.missing_days": days == 0 and pay > 0,
        "cmg.daily_cap_exceeded": days > 0 and half_up(pay / days) > Fraction(on(DAILY_CAP, facts["care_month"])),
    }


def is_full(facts: Facts) -> bool:
    """Under three; in regime A also until 31 August of the year of the third birthday, and never at half-time PreParE."""
    age, month = youngest_age(facts), facts["care_month"]
    if regime(facts) == "B":
        return age <= 36
    third = months(month) - age + 36
    school = month >= "2020-01" and third // 12 == months(month) // 12 and third % 12 < 8 and months(month) % 12 < 8
    return (age <= 36 or school) and facts.get("prepare") != "PARTIAL_LE_50"


def bracket(facts: Facts) -> int:
    children, factor = facts["dependent_children"], Fraction(14, 10) if facts.get("isolated_parent") else 1
    above = 0
    for table in (LOWER, UPPER):
        one, two, further = on(table, facts["care_month"])
        ceiling = one if children == 1 else two + (children - 2) * further
        above += int(facts["annual_resources"]) > ceiling * factor
    return above


def uplift(facts: Facts) -> Fraction:
    tenths = 3 * bool(facts.get("aah")) + 3 * bool(facts.get("isolated_parent"))
    tenths += 3 * (facts.get("aeeh_children", 0) > 0 and facts["care_month"] >= "2019-11")
    return Fraction(tenths + (amount(facts, "specific_hours") >= 25), 10)


def maximum(facts: Facts) -> Fraction:
    scale = SCALE["DIRECT" if is_direct(facts) else facts["care_mode"]]
    percent = Fraction(scale[0 if is_full(facts) else 1][bracket(facts)])
    plain = half_up(percent / 100 * Fraction(on(BMAF, facts["care_month"])))
    raised = half_up(plain * (1 + uplift(facts)))
    return raised - Fraction(floor(raised * Fraction("0.005") * 100), 100)


def gross(facts: Facts) -> Fraction:
    employee = Fraction(on(RATES[facts["care_mode"]], facts["care_month"])[0]) / 100
    return half_up(amount(facts, "net_salary") / (1 - employee))


def contributions(facts: Facts) -> Fraction:
    employer = Fraction(on(RATES[facts["care_mode"]], facts["care_month"])[1]) / 100
    return gross(facts) - amount(facts, "net_salary") + half_up(gross(facts) * employer)


def deduction(facts: Facts) -> Fraction:
    if facts["care_mode"] != "HOME_EMPLOYEE":
        return ZERO
    return half_up(amount(facts, "hours") * Fraction("3.70" if facts.get("territory") == "OVERSEAS" else "2"))


def cost(facts: Facts) -> Fraction:
    extra = amount(facts, "maintenance_allowance") + amount(facts, "meal_allowance")
    return amount(facts, "net_salary") + (extra if facts["care_mode"] == "CHILDMINDER" else 0)


def excluded(facts: Facts) -> Fraction:
    return amount(facts, "terminal_indemnities") if facts["care_month"] >= "2026-01" else ZERO


def kept_share(facts: Facts) -> Fraction:
    """Of the cost without terminal indemnities, what the hourly cap keeps: one when it holds."""
    tested = cost(facts) - excluded(facts)
    allowed = Fraction(on(HOURLY[facts["care_mode"]], facts["care_month"])[1]) * amount(facts, "hours")
    return allowed / tested if tested > allowed else Fraction(1)


def part_b_of_regime_b(facts: Facts) -> Fraction:
    counted = (cost(facts) - excluded(facts)) * kept_share(facts) + excluded(facts)
    income = half_up(Fraction(int(facts["annual_resources"]), 12), 0)
    income = min(max(income, Fraction(on(INCOME_FLOOR, facts["care_month"]))), Fraction(INCOME_CEILING))
    children = facts["dependent_children"]
    band = 4 if children >= 8 else 3 if children >= 4 else children - 1
    rate = Fraction(EFFORT[facts["care_mode"]][min(4, band + facts.get("aeeh_children", 0))]) / 100
    reference = Fraction(on(HOURLY[facts["care_mode"]], facts["care_month"])[0])
    return half_up(max(ZERO, counted * (1 - income * rate / reference)))


def part_a(facts: Facts) -> Fraction:
    due = contributions(facts)
    if facts["care_mode"] == "CHILDMINDER":
        return half_up(due * kept_share(facts)) if regime(facts) == "B" else due
    full, reduced = on(HOME_CAP, facts["care_month"])
    return min(half_up(max(ZERO, due - deduction(facts)) / 2), Fraction(full if is_full(facts) else reduced))


def part_b(facts: Facts) -> Fraction:
    if not is_direct(facts):
        return min(maximum(facts), half_up(amount(facts, "invoice_amount") * Fraction("0.85")))
    if regime(facts) == "B":
        return part_b_of_regime_b(facts)
    base = amount(facts, "net_salary") + amount(facts, "maintenance_allowance")
    return min(maximum(facts), half_up(base * Fraction("0.85")))


def supplement(facts: Facts, given: Fraction) -> Fraction:
    left = half_up(amount(facts, "net_salary") * Fraction("0.9")) - given
    return max(ZERO, min(amount(facts, "transition_supplement"), left)) if regime(facts) == "B" else ZERO


def expected(facts: Facts) -> dict[str, str]:
    """The result that the text gives."""
    found = settled(facts) if is_direct(facts) else invoiced(facts)
    return {"regime": regime(facts)} | {name: euros(value) for name, value in found.items()}


def invoiced(facts: Facts) -> dict[str, Fraction]:
    given = ZERO if refusals(facts) else part_b(facts)
    names = ("contributions", "deduction", "part_a", "supplement", "offset", "debit", "total_debit")
    left = amount(facts, "invoice_amount") - given
    return dict.fromkeys(names, ZERO) | {"part_b": given, "payout": given, "left_to_family": left}


def settled(facts: Facts) -> dict[str, Fraction]:
    no_right = bool(refusals(facts))
    a, b = (ZERO, ZERO) if no_right else (part_a(facts), part_b(facts))
    more = ZERO if no_right else supplement(facts, b)
    left = max(ZERO, contributions(facts) - deduction(facts) - a)
    offset = min(b + more, left)
    tax = amount(facts, "withholding_tax") if facts["care_month"] >= "2020-01" else ZERO
    pay = sum(amount(facts, key) for key in ("net_salary", "maintenance_allowance", "meal_allowance"))
    debit, payout, single = left - offset + tax, b + more - offset, ZERO
    if facts.get("all_in_one"):
        debit, payout, single = ZERO, ZERO, pay + left - offset - payout
    return {
        "contributions": contributions(facts), "deduction": deduction(facts), "part_a": a, "part_b": b,
        "supplement": more, "offset": offset, "debit": debit, "payout": payout, "total_debit": single,
        "left_to_family": pay + left - b - more,
    }  # fmt: skip
