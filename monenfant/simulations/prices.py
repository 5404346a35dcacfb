"""From prices of an hour and of a day, which families know, to the amounts of a month that the simulators read."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.frame.simulators import Shaped
from portal.legislation.facts import matched

# The prices asked; each that is written compares one mode more.
PRICES = (
    "childminder_hourly", "childminder_upkeep", "childminder_meals", "home_hourly", "micro_hourly", "body_hourly",
    "body_childminder_hourly",
)  # fmt: skip
# The modes of which a body sends the bill.
BODIES = {"body_hourly": "STRUCTURE_HOME", "body_childminder_hourly": "STRUCTURE_CHILDMINDER"}
FAMILY = (
    "annual_resources", "dependent_children", "disabled_children", "isolated_parent", "shared_residence"
)  # fmt: skip
Typed = dict[str, Any]
# A mode, and the field of the page that each of its facts comes from.
Mode = tuple[dict[str, Any], dict[str, str]]


def shaped(typed: Typed) -> Shaped:
    """The facts of the comparison; a text that is no number stays, for its own simulator to refuse it at its field."""
    family = {name: typed[name] for name in FAMILY if name in typed}
    if "child_birth_date" in typed:
        family["child_birth_date"] = [typed["child_birth_date"]]
    bodies = [_body(typed, field) for field in BODIES]
    modes = [mode for mode in (_childminder(typed), _home(typed), _creche(typed), _micro(typed), *bodies) if mode]
    facts = {"family": family, "modes": [mode for mode, _fields in modes]}
    if "care_month" in typed:
        facts["care_month"] = typed["care_month"]
    fields = {
        f"modes[{place}].{fact}": field for place, (_mode, own) in enumerate(modes) for fact, field in own.items()
    }
    return Shaped(facts, fields | {"modes": "childminder_hourly"})


def times(price: str, count: Any) -> str:
    """Price × count to the nearest cent, half up; what is no number is given back as it was typed."""
    try:
        number = Decimal(matched(price, r"\d{1,6}(\.\d{1,2})?")) * Decimal(matched(str(count), r"\d{1,4}(\.\d{1,2})?"))
    except ValueError:
        return price
    return str(number.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _hours(typed: Typed) -> dict[str, Any]:
    return {"hours": typed["hours"]} if "hours" in typed else {}


def _childminder(typed: Typed) -> Mode | None:
    if "childminder_hourly" not in typed:
        return None
    mode = {"care_mode": "CHILDMINDER", "net_salary": times(typed["childminder_hourly"], typed.get("hours"))}
    mode |= _hours(typed) | ({"days": typed["days"]} if "days" in typed else {})
    daily = {"maintenance_allowance": "childminder_upkeep", "meal_allowance": "childminder_meals"}
    mode |= {fact: times(typed[field], typed.get("days", 0)) for fact, field in daily.items() if field in typed}
    return mode, {"net_salary": "childminder_hourly"} | daily


def _home(typed: Typed) -> Mode | None:
    if "home_hourly" not in typed:
        return None
    salary = times(typed["home_hourly"], typed.get("hours"))
    return {"care_mode": "HOME_EMPLOYEE", "net_salary": salary} | _hours(typed), {"net_salary": "home_hourly"}


def _creche(typed: Typed) -> Mode | None:
    if "creche_kind" not in typed:
        return None
    hours = {"hours_month": typed["hours"]} if "hours" in typed else {}
    return {"care_kind": typed["creche_kind"]} | hours, {"care_kind": "creche_kind", "hours_month": "hours"}


def _micro(typed: Typed) -> Mode | None:
    if "micro_hourly" not in typed:
        return None
    tariff, bill = typed["micro_hourly"], times(typed["micro_hourly"], typed.get("hours"))
    mode = {"care_mode": "MICRO_CRECHE", "hourly_tariff": tariff, "invoice_amount": bill} | _hours(typed)
    return mode, {"hourly_tariff": "micro_hourly", "invoice_amount": "micro_hourly"}


def _body(typed: Typed, field: str) -> Mode | None:
    if field not in typed:
        return None
    bill = times(typed[field], typed.get("hours"))
    return {"care_mode": BODIES[field], "invoice_amount": bill} | _hours(typed), {"invoice_amount": field}
