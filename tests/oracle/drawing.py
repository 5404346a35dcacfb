"""Facts drawn at random, most of them on the edge of a rule: birthdays, ceilings, caps, thresholds, dates of change."""

from calendar import monthrange
from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

from tests.oracle.tables import DAILY_CAP, HOURLY, LOWER, RATES, UPPER, on

MONTHS = [f"{y}-{m:02d}" for y in range(2019, 2027) for m in range(1, 13) if (y, m) >= (2019, 6)]
CHANGES = [
    "2019-06", "2019-10", "2019-11", "2019-12", "2020-01", "2020-08", "2020-09", "2021-10", "2022-07", "2024-11",
    "2025-08", "2025-09", "2025-12", "2026-01", "2026-03", "2026-04",
]  # fmt: skip
MODES = ("CHILDMINDER", "HOME_EMPLOYEE", "STRUCTURE_CHILDMINDER", "STRUCTURE_HOME", "MICRO_CRECHE")
GROUNDS = ("NONE", "WORK", "ASSIMILATED", "STUDENT", "CIVIC_SERVICE", "AAH", "ASS", "RSA_INSERTION")
HOURS = ("0", "0.01", "15.99", "16", "16.00", "77.5", "151.67", "744")


def text(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def drawn(random: Random, month: str | None = None) -> dict[str, Any]:
    """One object of facts, always without error."""
    mode = random.choice(MODES[:2] * 2 + MODES[2:])
    month = month or random.choice(random.choice((MONTHS, CHANGES)))
    alone, children = random.random() < 0.35, random.choice((1, 1, 2, 3, 4, 7, 8, 9))
    count = random.choice((1, 1, 2, 3)) if mode in ("HOME_EMPLOYEE", "STRUCTURE_HOME") else 1
    facts = {
        "care_month": month, "care_mode": mode, "dependent_children": children, "isolated_parent": alone,
        "child_birth_date": [birth(random, month) for _ in range(count)],
        "annual_resources": resources(random, month, children, alone=alone),
        "hours": random.choice((*HOURS, text(random.randint(0, 30_000)), text(random.randint(0, 30_000)))),
    }  # fmt: skip
    facts |= circumstances(random, alone=alone)
    return facts | (pay(random, facts) if mode in RATES else invoice(random))


def birth(random: Random, month: str) -> str:
    """Any age up to thirteen; most often within two months of birth or of the third, sixth or twelfth birthday."""
    near = random.choice((0, 36, 72, 144)) + random.randint(-2, 2)
    age = max(0, near if random.random() < 0.7 else random.randint(0, 156))
    number = int(month[:4]) * 12 + int(month[5:]) - 1 - age
    year, index = divmod(number, 12)
    day = min(random.choice((1, 1, 15, 28, 29, 31)), monthrange(year, index + 1)[1])
    return f"{year}-{index + 1:02d}-{day:02d}"


def resources(random: Random, month: str, children: int, *, alone: bool) -> str:
    one, two, further = on(random.choice((LOWER, UPPER)), month)
    ceiling = (one if children == 1 else two + (children - 2) * further) * (Fraction(14, 10) if alone else 1)
    at_ceiling = int(ceiling) + random.randint(-1, 2)
    income = random.choice((815, 821, 8500, 7835, 7836, 8384, 8385)) * 12 + random.randint(-8, 8)
    return str(random.choice((at_ceiling, at_ceiling, at_ceiling, income, random.randint(0, 150_000), 99_999_999)))


def circumstances(random: Random, *, alone: bool) -> dict[str, Any]:
    """What only some families have: each is left out more often than not."""
    choices: dict[str, Callable[[], Any]] = {
        "aah": lambda: random.random() < 0.8,
        "aeeh_children": lambda: random.randint(0, 5),
        "prepare": lambda: random.choice(("NONE", "PARTIAL_LE_50", "PARTIAL_50_80", "FULL")),
        "territory": lambda: random.choice(("METROPOLE", "OVERSEAS", "OVERSEAS", "MAYOTTE")),
        "activity_ground": lambda: [random.choice(GROUNDS) for _ in range(1 if alone else 2)],
        "specific_hours": lambda: random.choice(("0", "24.99", "25", "25.00", "40")),
    }
    return {key: draw() for key, draw in choices.items() if random.random() < 0.25}


def pay(random: Random, facts: dict[str, Any]) -> dict[str, Any]:
    mode, month = facts["care_mode"], facts["care_month"]
    extra = {
        key: text(random.choice((0, random.randint(0, 20_000)))) for key in ("maintenance_allowance", "meal_allowance")
    }
    days = random.choice((0, random.randint(1, 31), random.randint(10, 22), random.randint(10, 22)))
    net = random.choice((0, random.randint(0, 300), random.randint(20_000, 250_000), random.randint(20_000, 250_000)))
    if random.random() < 0.5:
        net = at_a_cap(random, facts, extra, days)
    indemnities = random.choice((0, 0, random.randint(0, 90_000)))
    found = extra | {"net_salary": text(net + indemnities), "terminal_indemnities": text(indemnities)}
    if mode == "CHILDMINDER" and month < "2025-09":
        found["days"] = days
    found["withholding_tax"] = text(random.choice((0, random.randint(0, 9_000))))
    found["transition_supplement"] = text(random.choice((0, random.randint(0, 60_000), 99_999_999)))
    return found | {"all_in_one": random.random() < 0.25}


def at_a_cap(random: Random, facts: dict[str, Any], extra: dict[str, str], days: int) -> int:
    """A net pay within a few cents of the daily cap, or of the hourly one."""
    mode, month = facts["care_mode"], facts["care_month"]
    if month < "2025-09":
        net_share = 1 - Fraction(on(RATES[mode], month)[0]) / 100
        return max(0, int(Fraction(on(DAILY_CAP, month)) * max(1, days) * net_share * 100) + random.randint(-3, 3))
    allowed = int(Fraction(on(HOURLY[mode], month)[1]) * Fraction(facts["hours"]) * 100)
    beside = sum(int(Fraction(value) * 100) for value in extra.values()) if mode == "CHILDMINDER" else 0
    return max(0, allowed - beside + random.randint(-2, 2))


def invoice(random: Random) -> dict[str, Any]:
    return {
        "invoice_amount": text(random.choice((0, random.randint(0, 300_000), random.randint(60_000, 130_000)))),
        "hourly_tariff": random.choice(("0", "7.5", "9.99", "10", "10.00", "10.01")),
        "fnas_funded": random.random() < 0.05,
    }
