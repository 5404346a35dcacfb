"""Families and months of care drawn at random, most of them on the edge of a rule."""

from fractions import Fraction
from random import Random
from typing import Any

from tests.oracle.childcare import CEILING, FLOOR
from tests.oracle.drawing import birth, drawn, text
from tests.oracle.tables import on

MONTHS = [f"{year}-{month:02d}" for year in range(2018, 2027) for month in range(1, 13)]
CHANGES = [
    "2018-01", "2018-12", "2019-01", "2019-08", "2019-09", "2019-12", "2020-01", "2020-12", "2021-01", "2021-12", "2022-01",
    "2022-12", "2023-01", "2023-12", "2024-01", "2024-08", "2024-09", "2024-12", "2025-01", "2025-08", "2025-09", "2025-12",
    "2026-01", "2026-12",
]  # fmt: skip
KINDS = ("COLLECTIVE", "MICRO", "FAMILY", "PARENTAL")
CASES = ("KNOWN", "RESOURCES_UNKNOWN", "CHILD_PLACED", "EMERGENCY", "FOSTER_FAMILY")
CHILDREN = (1, 1, 2, 3, 4, 5, 6, 7, 8, 9)
HOURS = ("0", "0.01", "0.5", "99.99", "150", "150.25", "160.50", "744")
OF_A_MODE = (
    "care_mode", "hours", "specific_hours", "days", "net_salary", "maintenance_allowance", "meal_allowance",
    "terminal_indemnities", "withholding_tax", "transition_supplement", "all_in_one", "invoice_amount", "hourly_tariff",
    "fnas_funded",
)  # fmt: skip


def resources(random: Random, month: str) -> str:
    """Within two euros a year of the floor or of the ceiling, or anything."""
    edges = [int(Fraction(on(table, month)) * 12) for table in (FLOOR, CEILING)]
    near = random.choice(edges) + random.randint(-2, 2)
    return str(random.choice((near, near, random.randint(0, 120_000), 0, 99_999_999)))


def children(random: Random) -> dict[str, int]:
    count = random.choice(CHILDREN)
    return {"dependent_children": count, "disabled_children": random.choice((0, 0, 0, 1, min(2, count), count))}


def drawn_creche(random: Random, month: str | None = None) -> dict[str, Any]:
    """One object of facts of `creche`, always without error."""
    month = month or random.choice(random.choice((MONTHS, CHANGES)))
    facts = {"care_month": month, "annual_resources": resources(random, month)} | children(random)
    return facts | drawn_place(random, month)


def drawn_place(random: Random, month: str, months: int = 0) -> dict[str, Any]:
    """A place by the month; or by the year, with as many invoices as `months` if they are told."""
    national = int(Fraction(on(CEILING, month)) * 100)
    hours = random.choice((*HOURS, text(random.randint(0, 74_400)), text(random.randint(0, 20_000))))
    place: dict[str, Any] = {"care_kind": random.choice(KINDS), "hours_month": hours}
    if random.random() < 0.2:
        invoices = months or random.randint(1, 12)
        del place["hours_month"]
        place |= {"annual_hours": text(random.randint(0, 74_400 * invoices)), "invoices": invoices}
    if random.random() < 0.3:
        place["resources_case"] = random.choice(CASES)
    if random.random() < 0.2:
        place["agreed_ceiling"] = text(national + random.choice((0, 1, random.randint(0, 200_000))))
    return place


def drawn_comparison(random: Random, month: str | None = None) -> dict[str, Any]:
    """One family and up to four modes: a crèche and what the CMG aids, its own edges kept."""
    aided = drawn(random, month)
    month = aided["care_month"]
    family = {name: value for name, value in aided.items() if name not in OF_A_MODE and name != "care_month"}
    family["child_birth_date"] = [birth_of(random, month)]
    family["shared_residence"] = random.random() < 0.3
    family["aeeh_children"] = min(family.get("aeeh_children", 0), family["dependent_children"])
    if random.random() < 0.3:
        family["annual_resources"] = resources(random, month)
    others = [drawn(random, month) for _ in range(random.randint(0, 2))]
    modes = [{name: one[name] for name in OF_A_MODE if name in one} for one in (aided, *others)]
    for mode in modes:
        if "invoice_amount" in mode and random.random() < 0.3:
            mode["meal_allowance"] = text(random.randint(0, 20_000))
    months = random.choice((12, random.randint(1, 12)))
    modes.insert(random.randint(0, len(modes)), drawn_place(random, month, months))
    facts = {"care_month": month, "family": family, "modes": modes}
    return facts if months == 12 else facts | {"months": months}


def birth_of(random: Random, month: str) -> str:
    """Born by the month of care; half of the time around the 1 January on which a child is six."""
    year = int(month[:4]) - 6
    on_new_year = random.choice((f"{year - 1}-12-31", f"{year}-01-01", f"{year}-01-02"))
    born = random.choice((on_new_year, birth(random, month)))
    return f"{month}-01" if born[:7] > month else born
