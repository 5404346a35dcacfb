"""`simulate ars`: one family at one start of term, its children being at school, paid on the ordinary day."""

from datetime import date
from typing import Any

from portal.benefits.rules.ars import (
    CHILD_STEPS,
    CYCLES,
    FAMILY_STEPS,
    NET_STEPS,
    SHARE_STEPS,
    ArsAnswer,
    ArsChild,
    ars_of_family,
)
from portal.benefits.rules.ars_figures import LAST_DAY, ars_figures, term_day, term_table, usual_payment_day
from portal.benefits.rules.articles import Cite, citing
from portal.benefits.rules.figures import ARS_JANUARY, ARS_PAYMENT, MAYOTTE, benefit_parameters
from portal.benefits.rules.first_term import first_terms_words
from portal.benefits.simulations.answers import (
    Answer,
    Steps,
    Values,
    answering,
    figures_of,
    missing_figure,
    refused,
    steps_told,
)
from portal.legislation import simulations
from portal.legislation.facts import (
    TERRITORIES,
    Error,
    a_count,
    a_date,
    a_list,
    error,
    one_of,
    read_object,
    read_objects,
    whole_euros,
)
from portal.legislation.trace import euros

CHILDREN_MAX, CENTS = 20, 100
FACTS = {
    "school_year": a_count(1900, 2999),
    "territory": one_of(*TERRITORIES, default="METROPOLE"),
    "annual_resources": whole_euros(),
    "dependent_children": a_count(0, 99),
    "children": a_list(CHILDREN_MAX, "enfants", shortest=0),
}
CHILD_FACTS = {"birth_date": a_date(), "cycle": one_of(*CYCLES, default=None)}
EXAMPLE = (
    'Donnez {"school_year": 2026, "annual_resources": "28000", "dependent_children": 1, "children": ["2015-03-12"]}.'
)
CHILD_EXAMPLE = 'Donnez "2015-03-12", ou {"birth_date": "2015-03-12", "cycle": "COLLEGE"}.'
# Own pay is not asked: the steps and figures that look at it.
NOT_ASKED = ("own_pay_limit_cents", "earns_little")
FIGURES_NOT_ASKED = ("smic_hour", "own_pay_hours", "own_pay_share")
# Steps that say nothing where their rule does not exist, by the figure that says so.
NO_EXCEPTIONAL = (
    "exceptional_full_cents", "exceptional_cents", "child_exceptional_crds_cents", "exceptional_crds_cents",
)  # fmt: skip
TOO_YOUNG = "benefits.child_too_young"
OTHER_KEYS = ("ars.first_birthday_before", "ars.age_limit_day", "ars.situation_day", "ars.payment_day")
MAYOTTE_KEYS = ("mayotte.ars_uprating_mode", LAST_DAY)


def read(facts: Any) -> tuple[Values, list[Error]]:
    """The values of one object, and every error found."""
    values, errors = read_object(facts, FACTS, EXAMPLE)
    bare = {place for place, one in enumerate(values.get("children") or []) if isinstance(one, str)}
    objects = [{"birth_date": one} if isinstance(one, str) else one for one in values.get("children") or []]
    children, wrong = read_objects({"children": objects}, "children", CHILD_FACTS, CHILD_EXAMPLE)
    wrong = [one | {"key": _place_of(one["key"], bare)} for one in wrong]
    together = [one for place, child in enumerate(children) for one in _about_child(child, place, values)]
    together = [one for one in together if one["key"] not in {other["key"] for other in wrong}]
    told = errors + wrong + together + _about_number(values, children) + _about_year(values)
    return values | {"children": children}, told


def _place_of(key: str, bare: set[int]) -> str:
    """A child given as a date alone has no key inside it."""
    return next((f"children[{place}]" for place in bare if key == f"children[{place}].birth_date"), key)


def _about_child(child: Values, place: int, values: Values) -> list[Error]:
    """What the facts of a child must be beside those of the family."""
    errors, year = [], values.get("school_year")
    if child and child["birth_date"] and year and child["birth_date"].year > year:
        errors.append(error(f"children[{place}].birth_date", "born_later", "Cet enfant n’est pas encore né à cette rentrée.",
                            "Donnez sa date de naissance, ou une rentrée qui la suit."))  # fmt: skip
    if child and child["cycle"] is None and values.get("territory") == MAYOTTE:
        errors.append(error(f"children[{place}].cycle", "required", "À Mayotte, le montant suit la classe de l’enfant.",
                            f"Donnez {CHILD_FACTS['cycle'].expected}."))  # fmt: skip
    return errors


def _about_number(values: Values, children: list[Values]) -> list[Error]:
    dependent = values.get("dependent_children")
    if dependent is None or dependent >= len(children):
        return []
    return [error("dependent_children", "below_children", "Il y a plus d’enfants à l’école que d’enfants à charge.",
                  "Comptez tous les enfants à charge.")]  # fmt: skip


def _about_year(values: Values) -> list[Error]:
    year, territory = values.get("school_year"), values.get("territory")
    if year is None or territory is None:
        return []
    remedy = "Choisissez une rentrée dont le barème est connu."
    return missing_figure("school_year", lambda: ars_figures(*_term(year, territory), benefit_parameters()), remedy)


def _term(year: int, territory: str) -> tuple[int, str, date]:
    return year, territory, usual_payment_day(year, benefit_parameters())


def _answer(values: Values) -> Answer:
    year, territory, paid_on = _term(values["school_year"], values["territory"])
    found = ars_of_family(
        [ArsChild(one["birth_date"], one["cycle"], is_at_school=True) for one in values["children"]],
        annual_resources_cents=values["annual_resources"] * CENTS, dependent_children=values["dependent_children"],
        school_year=year, territory=territory, paid_on=paid_on,
    )  # fmt: skip
    family, cite = found.family, citing(territory, paid_on)
    return {
        "result": {
            "amounts": [euros(row["share_cents"]) for row in found.children],
            "total": euros(family["gross_cents"]),
            "net_total": euros(family["net_cents"]),
            "differential": family["is_differential"],
            "exceptional": euros(family["exceptional_cents"]),
        },
        "refusals": _refused(found, year, cite),
        "steps": steps_of_family(found, cite),
        "parameters": figures_read(year, territory, paid_on),
    }


def _refused(found: ArsAnswer, year: int, cite: Cite) -> list[dict[str, str]]:
    """Each reason once; for the children who are too young, with the start of term at which they no longer are."""
    told = refused([*(row["child_refusal"] for row in found.children), _family_refusal(found)], cite)
    born = [row["birth_date"] for row in found.children]
    later = first_terms_words(born, after=year, parameters=benefit_parameters())
    return [one | {"message": f"{one['message']} {later}"} if one["code"] == TOO_YOUNG else one for one in told]


def _family_refusal(found: ArsAnswer) -> str | None:
    """The children's own reasons, when there are children, say why none opens the right."""
    code: str | None = found.family["refusal"]
    return None if code == "benefits.no_child" and found.children else code


def steps_of_family(found: ArsAnswer, cite: Cite) -> Steps:
    family, rows = found.family, found.children
    without = {
        *NOT_ASKED,
        *(NO_EXCEPTIONAL if not family["exceptional_rate"] else ()),
        *(("has_known_cycle",) if not family["is_by_cycle"] else ()),
        *(("is_after_limit",) if not family["is_past_last_day"] else ()),
    }
    first, last = (
        [one for place, row in enumerate(rows)
         for one in steps_told(row, steps, cite, without=without, place=place, of=len(rows))]
        for steps in (CHILD_STEPS, SHARE_STEPS)
    )  # fmt: skip
    return [
        *first, *steps_told(family, FAMILY_STEPS, cite, without=without),
        *last, *steps_told(family, NET_STEPS, cite, without=without),
    ]  # fmt: skip


def figures_read(year: int, territory: str, paid_on: date) -> list[dict[str, Any]]:
    parameters = benefit_parameters()
    term = term_day(year, parameters)
    takes_january = ars_figures(year, territory, paid_on, parameters)["takes_january"]
    january = figures_of(ARS_JANUARY, date(year, 1, 1)) if takes_january else []
    others = (*OTHER_KEYS, *(MAYOTTE_KEYS if territory == MAYOTTE else ()))
    table = {name: one for name, one in term_table(territory).items() if name not in FIGURES_NOT_ASKED}
    return [*figures_of(ARS_PAYMENT, paid_on), *figures_of(table, term, others), *january]


simulate = simulations.one_by_one(answering(read, _answer))
