"""The reference amount of an agreement: the least a fund accepts, child by child, and the indicative table beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from aripa.agreements.questions import STAYS, Answers, income_cents
from aripa.agreements.text import Child, children_of, dependants_of
from aripa.rules import agreement as rules
from aripa.rules.amounts import scale_row
from aripa.rules.scales import STEPS
from portal.frame.templatetags.portal import money
from portal.legislation.engine import Step, compute_one, in_order, steps_of
from portal.legislation.trace import FINER

RESOURCES = steps_of(rules)
_RESOURCES = in_order(RESOURCES, ("own_annual_cents", "joint_annual_cents"))
PERCENT = 10_000


@dataclass(frozen=True)
class Line:
    """One step of the calculation, as people read it."""

    label: str
    value: str
    article: str


@dataclass(frozen=True)
class ChildReference:
    """What the rules say for one child. Cents; `indicative_cents` binds nobody."""

    child: Child
    stay: str
    least_cents: int
    indicative_cents: int
    steps: list[Line]
    indicative_steps: list[Line]

    @property
    def is_enough(self) -> bool:
        return self.child.cents >= self.least_cents


@dataclass(frozen=True)
class Reference:
    """The reference amounts of a day: the debtor's resources a month, who is in charge, then each child."""

    day: date
    resources_cents: int
    steps: list[Line]
    children: list[ChildReference]

    @property
    def is_enough(self) -> bool:
        return all(one.is_enough for one in self.children)


def monthly_resources(own_annual_cents: int, joint_annual_cents: int = 0) -> int:
    """What the debtor has a month (R. 582-1, III). Cents."""
    row = compute_one(
        {"own_annual_cents": own_annual_cents, "joint_annual_cents": joint_annual_cents}, _RESOURCES
    )  # fmt: skip
    return int(row["monthly_resources_cents"])


def count_in_charge(shared: Answers, day: date) -> int:
    """The children of the agreement and the others, those that D. 582-1 counts on the day."""
    own = [counts(one, day) for one in children_of(shared)]
    others = [rules.is_in_charge(one.charge, one.born, day) for one in dependants_of(shared)]
    return sum(own) + sum(others)


def counts(child: Child, day: date) -> bool:
    """A minor, whatever was said once of a child of age; a child of age by their situation."""
    is_grown = bool(child.grown) and rules.is_in_charge(child.grown, child.born, day)
    return rules.is_in_charge("MINOR", child.born, day) or is_grown


def reference_of(shared: Answers, day: date) -> Reference | None:
    """The amounts of the day; None while the children or the resources are not known. Raises NoParameterInForce."""
    children, count = children_of(shared), count_in_charge(shared, day)
    if not children or not shared.get("own_annual") or not count:
        return None
    own, joint = income_cents(shared["own_annual"]), income_cents(shared.get("joint_annual", ""))
    resources = monthly_resources(own, joint)
    article = RESOURCES["monthly_resources_cents"].article
    steps = [
        Line("Revenus propres de l’année", money(own), article), Line("Revenus communs de l’année", money(joint), article),
        Line(RESOURCES["monthly_resources_cents"].label, money(resources), article),
        Line("Enfants à charge du parent qui paie", str(count), "CSS D. 582-1"),
    ]  # fmt: skip
    return Reference(day, resources, steps, [_of_child(one, resources, count, day) for one in children])


def _of_child(child: Child, resources: int, count: int, day: date) -> ChildReference:
    least = scale_row("CAF_TITLE", resources, count, child.stay, day)
    indicative = scale_row("JUSTICE", resources, count, child.stay, day)
    return ChildReference(
        child, dict(STAYS)[child.stay], int(least["title_threshold_cents"]), int(indicative["amount_per_child_cents"]),
        told(least, STEPS["CAF_TITLE"]), told(indicative, STEPS["JUSTICE"]),
    )  # fmt: skip


def told(row: Mapping[str, Any], steps: Mapping[str, Step]) -> list[Line]:
    """Each step in words, its value as people write it, its article."""
    return [Line(one.label, _written(row[one.name], one.unit), one.article) for one in steps.values()]


def _written(value: Any, unit: str) -> str:
    if unit == "flag":
        return "oui" if value else "non"
    if unit == "millionths":
        whole, rest = divmod(int(value), PERCENT)
        return f"{whole},{rest:04d}".rstrip("0").rstrip(",") + " %"
    if unit in FINER:
        whole, rest = divmod(int(value), FINER[unit])
        return f"{whole},{rest * 10_000 // FINER[unit]:04d} €"
    return money(int(value))
