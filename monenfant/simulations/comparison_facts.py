"""The facts of `simulate childcare_comparison`: one family, several modes of care, every error at once at its own place.

A mode of the CMG is read by the simulator `cmg`, a crèche by the simulator `creche`, each with the family's facts: what
they know, they check.
"""

from typing import Any

from monenfant.simulations import creche
from portal.legislation import simulations
from portal.legislation.facts import (
    TERRITORIES,
    Error,
    Fact,
    a_count,
    a_flag,
    a_list,
    a_month,
    error,
    one_of,
    read_object,
    some_dates,
    whole_euros,
)

Values = dict[str, Any]
MODES_MAX = 12


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError
    return value


def _anything(value: Any) -> Any:
    return value


FACTS = {
    "care_month": a_month(),
    "family": Fact(_object, "les faits de la famille"),
    "modes": a_list(MODES_MAX, "modes de garde"),
    "months": a_count(1, 12, default=12),
}
FAMILY_FACTS = {
    "child_birth_date": some_dates(),
    "annual_resources": whole_euros(),
    "dependent_children": a_count(1, 99),
    "isolated_parent": a_flag(),
    "aah": a_flag(),
    "aeeh_children": a_count(0, 99, default=None),
    "disabled_children": a_count(0, 99, default=None),
    "prepare": Fact(_anything, "", default=None),
    "territory": one_of(*TERRITORIES, default="METROPOLE"),
    "activity_ground": Fact(_anything, "", default=None),
    "shared_residence": a_flag(),
}
# Facts of the family that the tax credit alone reads, or that two simulators name differently.
DISABILITY = ("aeeh_children", "disabled_children")
OF_THE_COMPARISON = {"shared_residence", *DISABILITY}
EXAMPLE = (
    'Donnez {"care_month": "2026-10", "family": {"child_birth_date": ["2025-02-11"], "annual_resources": "36000",'
    ' "dependent_children": 1}, "modes": [{"care_kind": "COLLECTIVE", "hours_month": "150"}]}.'
)


def read(facts: Any) -> tuple[Values, list[Error]]:
    """The values of one object, and the errors of its own keys: those of each mode are its simulator's to find.

    `modes` are the facts given, each with `asked`, what its own simulator is asked; one that cannot be asked is empty.
    """
    values, errors = read_object(facts, FACTS, EXAMPLE)
    if not values or values["family"] is None:
        return values | {"modes": []}, errors
    family, wrong = read_object(values["family"], FAMILY_FACTS, EXAMPLE, under="family.")
    modes = [_mode(given, place, values["family"], facts, errors) for place, given in enumerate(values["modes"] or [])]
    read_values = values | {"family": family, "modes": modes}
    return read_values, (
        errors + wrong + _about_disability(family) + _about_the_child(read_values) + _about_the_invoices(read_values)
    )


def _about_disability(family: Values) -> list[Error]:
    named = {family[name] for name in DISABILITY} - {None}
    if len(named) < 2:
        return []
    return [error("family.disabled_children", "contradiction", "Le nombre d’enfants avec AEEH est donné deux fois.",
                  "Gardez un seul des deux faits.")]  # fmt: skip


def _about_the_child(values: Values) -> list[Error]:
    """A crèche knows no child: what the CMG asks of the dates of birth holds for it too."""
    births, month, errors = values["family"]["child_birth_date"] or [], values["care_month"], []
    if month and any(birth.replace(day=1) > month for birth in births):
        errors.append(error("family.child_birth_date", "born_later", "Un enfant n’est pas encore né ce mois-là.",
                            "Donnez sa date de naissance, ou un mois de garde qui la suit."))  # fmt: skip
    if len(births) > 1 and any(kind_of(mode) == "creche" for mode in values["modes"]):
        errors.append(error("family.child_birth_date", "one_child", "Une place en crèche est celle d’un seul enfant.",
                            "Donnez une seule date, et une comparaison par enfant."))  # fmt: skip
    return errors


def _about_the_invoices(values: Values) -> list[Error]:
    """A contract by the year has as many invoices as months of care: another number would be another year."""
    months = values["months"]
    return [
        error(f"modes[{place}].invoices", "contradiction", f"L’année compte {months} mois de garde.",
              "Donnez autant de factures, ou changez le nombre de mois.")
        for place, mode in enumerate(values["modes"])
        if "annual_hours" in mode and type(mode.get("invoices")) is int and mode["invoices"] != months and months
    ]  # fmt: skip


def kind_of(mode: Values) -> str:
    """The simulator of a mode."""
    return "creche" if "care_kind" in mode else "cmg"


def _mode(given: Any, place: int, family: Values, facts: Values, errors: list[Error]) -> Values:
    """What the simulator of a mode is asked; its errors are added to `errors` under their own place."""
    under = f"modes[{place}]"
    if not isinstance(given, dict):
        errors.append(error(under, "not_an_object", "Un objet de faits est attendu.", EXAMPLE))
        return {}
    if ("care_mode" in given) == ("care_kind" in given):
        errors.append(error(f"{under}.care_mode", "one_mode", "Un mode porte care_mode, ou care_kind pour une crèche.",
                            "Donnez l’un des deux."))  # fmt: skip
        return {}
    foreign = [key for key in given if key in FAMILY_FACTS or key == "care_month"]
    errors += [error(f"{under}.{key}", "unknown_key", "Ce fait est celui de la famille.", "Retirez-le du mode.")
               for key in foreign]  # fmt: skip
    asked = simulations.JsonObject(_family_of(kind_of(given), family))
    asked |= {key: value for key, value in given.items() if key not in foreign}
    asked.repeated = getattr(given, "repeated", ())
    if "care_month" in facts:
        asked["care_month"] = facts["care_month"]
    return given | {"asked": asked}


def _family_of(kind: str, family: Values) -> Values:
    """The facts of the family as the simulator of a mode names them."""
    if kind == "creche":
        named = {key: value for key, value in family.items() if key in creche.FACTS and key != "disabled_children"}
        return named | _disability(family, "disabled_children")
    named = {key: value for key, value in family.items() if key in FAMILY_FACTS and key not in OF_THE_COMPARISON}
    return named | _disability(family, "aeeh_children")


def _disability(family: Values, name: str) -> Values:
    given = [family[key] for key in DISABILITY if key in family]
    return {name: given[0]} if given else {}


def place_of(key: str, place: int, family: Values) -> str:
    """Where an error of a mode's simulator belongs: the month, the family under the name it gave, or the mode itself."""
    if key == "care_month":
        return key
    if key in DISABILITY:
        key = next((name for name in DISABILITY if name in family), key)
    return f"family.{key}" if key in FAMILY_FACTS else f"modes[{place}].{key}"
