"""The public simulator: what is typed, read as `simulate cmg` reads it; its result, and the calculation to check.

The same code as the command and the API: the form only translates, and says errors beside its fields.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cmg.chapters import Chapter, chapters_of, figure_value
from cmg.models import CareMode, Prepare
from cmg.rules.figures import cmg_parameters
from cmg.rules.refusals import REFUSALS
from cmg.simulated_facts import DIRECT, FIRST_MONTH, read_facts
from cmg.simulation import settled_alone, simulate
from cmg.used_facts import TERRITORIES
from cmg.what_if import REMEDIES
from cmg.words import FIGURES
from portal.frame.figures import FIGURE_STATUSES, UsedFigure, number
from portal.frame.questions import YES_NO, Choices, Question, cents, iso_day, plain, typed_text, whole
from portal.frame.templatetags.portal import money, month_key, month_name

GROUNDS: Choices = (
    ("WORK", "travail"), ("ASSIMILATED", "chômage, formation, congé assimilé"), ("STUDENT", "études"),
    ("CIVIC_SERVICE", "service civique"), ("AAH", "AAH"), ("ASS", "ASS"), ("RSA_INSERTION", "RSA et insertion"),
    ("NONE", "aucune activité"),
)  # fmt: skip
AMOUNTS = ("net_salary", "maintenance_allowance", "meal_allowance", "terminal_indemnities", "withholding_tax",
           "transition_supplement", "invoice_amount", "hourly_tariff")  # fmt: skip
HOURS = ("hours", "specific_hours")
COUNTS = ("dependent_children", "aeeh_children", "days")
FLAGS = ("isolated_parent", "aah", "all_in_one", "fnas_funded")
EXAMPLES = REMEDIES | {
    "child_birth_date": "Écrivez une date de naissance par enfant, par exemple 11/02/2025.",
    "invoice_amount": "Écrivez le montant de la facture, par exemple 620,00.",
    "hourly_tariff": "Écrivez le tarif d’une heure, par exemple 9,50.",
    "net_salary": "Écrivez le salaire net du mois, par exemple 560,00.",
    "days": "Écrivez un nombre de jours de 0 à 31, par exemple 18.",
    "dependent_children": "Écrivez un nombre d’enfants de 1 à 20, par exemple 2.",
    "care_month": "Choisissez un mois depuis juin 2019.",
    "care_mode": "Choisissez un mode de garde.",
}


@dataclass(frozen=True)
class Step:
    """A step of a structure's calculation, in words."""

    label: str
    value: str
    article: str


@dataclass(frozen=True)
class Simulated:
    """The form with its errors, and the answer once everything is given."""

    groups: list[tuple[str, list[Question]]]
    errors: list[dict[str, str]] = field(default_factory=list)
    result: dict[str, int] | None = None
    is_structure: bool = False
    all_in_one: bool = False
    refusals: list[dict[str, str]] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)
    figures: list[UsedFigure] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def months_until(today: date) -> Choices:
    """Every month with figures, the latest first."""
    found, month = [], today.replace(day=1)
    while month >= FIRST_MONTH:
        found.append((month_key(month), month_name(month)))
        month = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    return tuple(found)


def blank(today: date) -> Simulated:
    """The form before anything is typed."""
    typed = {"care_month": month_key(today), "care_mode": "CHILDMINDER", "ground_1": "WORK", "ground_2": "WORK"}
    return Simulated(_groups(typed, {}, today))


def retyped(typed: Mapping[str, str], today: date) -> Simulated:
    """The form as it was typed, without calculating anything."""
    return Simulated(_groups(typed, {}, today))


def simulated(typed: Mapping[str, str], today: date) -> Simulated:
    """The answer to a form, or every error at once."""
    facts = facts_typed(typed)
    answer, accepted = simulate(facts)
    if not accepted:
        errors = {one["key"]: _sentence(one) for one in reversed(answer["errors"])}
        groups = _groups(typed, errors, today)
        labels = {one.name: one.label for _title, questions in groups for one in questions}
        listed = [
            {"column": FORM_NAMES.get(key, key), "label": labels.get(FORM_NAMES.get(key, key), "Calcul"),
             "message": told, "remedy": ""}
            for key, told in reversed(errors.items())
        ]  # fmt: skip
        return Simulated(groups, listed)
    values, _errors = read_facts(facts)
    result = {name: cents(text) for name, text in answer["result"].items() if name != "regime"}
    direct = values["care_mode"] in DIRECT
    chapters, figures = chapters_of(settled_alone(values), values["care_month"]) if direct else ([], [])
    return Simulated(
        _groups(typed, {}, today), [], result, not direct, values["all_in_one"], answer["refusals"], chapters,
        figures or _figures(answer, values["care_month"]), [] if direct else _steps(answer),
    )  # fmt: skip


FORM_NAMES = {"activity_ground": "ground_1"}


def _sentence(error: Mapping[str, str]) -> str:
    """What to write: the form's own words for a value, the simulator's for what does not go together."""
    if error["code"] in ("bad_value", "required") and error["key"] in EXAMPLES:
        return EXAMPLES[error["key"]]
    return f"{error['message']} {error['remedy']}"


def facts_typed(typed: Mapping[str, str]) -> dict[str, Any]:
    """The JSON of `simulate cmg`: empty fields are left out, so that defaults and missing facts are the simulator's."""
    text = {name: typed_text(value) for name, value in typed.items()}
    facts: dict[str, Any] = {
        name: text[name] for name in ("care_month", "care_mode", "prepare", "territory") if text.get(name)
    }
    facts |= {name: plain(text[name]) for name in (*AMOUNTS, *HOURS, "annual_resources") if text.get(name)}
    facts |= {name: whole(text[name]) for name in COUNTS if text.get(name)}
    facts |= {name: text.get(name) == "1" for name in FLAGS}
    if text.get("child_birth_date"):
        facts["child_birth_date"] = [iso_day(part) for part in re.split(r"[,;]", text["child_birth_date"])]
    grounds = [text.get("ground_1") or "WORK", text.get("ground_2") or "WORK"]
    return facts | {"activity_ground": grounds[:1] if facts["isolated_parent"] else grounds}


def _groups(typed: Mapping[str, str], errors: Mapping[str, str], today: date) -> list[tuple[str, list[Question]]]:
    named = {FORM_NAMES.get(key, key): told for key, told in errors.items()}

    def ask(name: str, label: str, unit: str = "", choices: Choices = ()) -> Question:
        return Question(name, label, str(typed.get(name, ""))[:200], unit, choices, named.get(name, ""))

    modes = tuple((value, str(label)) for value, label in CareMode.choices)
    prepare = tuple((value, str(label)) for value, label in Prepare.choices)
    return [
        ("La garde", [
            ask("care_month", "Mois de garde", choices=months_until(today)), ask("care_mode", "Mode de garde", choices=modes),
            ask("child_birth_date", "Naissance de l’enfant", "jj/mm/aaaa ; à domicile, une date par enfant, avec des virgules"),
            ask("hours", "Heures de garde du mois", "heures"), ask("days", "Jours d’accueil du mois", "jours"),
        ]),
        ("Ce que vous payez", [
            ask("net_salary", "Salaire net versé", "€"), ask("maintenance_allowance", "Indemnités d’entretien", "€"),
            ask("meal_allowance", "Indemnités de repas", "€"),
            ask("invoice_amount", "Facture, pour une structure", "€"),
            ask("hourly_tariff", "Tarif d’une heure, pour une micro-crèche", "€"),
        ]),
        ("Votre foyer", [
            ask("annual_resources", "Ressources annuelles", "€, avis d’impôt d’il y a deux ans"),
            ask("dependent_children", "Enfants à charge"), ask("isolated_parent", "Foyer d’un seul parent", choices=YES_NO),
            ask("ground_1", "Votre activité", choices=GROUNDS), ask("ground_2", "L’activité de l’autre parent", choices=GROUNDS),
        ]),
        ("Situations particulières", [
            ask("specific_hours", "Heures de nuit, de dimanche ou de jour férié", "heures"),
            ask("terminal_indemnities", "Indemnités de fin de contrat, comprises dans le salaire", "€"),
            ask("withholding_tax", "Impôt retenu sur le salaire", "€"),
            ask("aah", "Un parent reçoit l’AAH", choices=YES_NO), ask("aeeh_children", "Enfants avec AEEH"),
            ask("prepare", "Congé parental (PreParE)", choices=prepare),
            ask("transition_supplement", "Complément différentiel accordé", "€"),
            ask("all_in_one", "Pajemploi+", choices=YES_NO), ask("fnas_funded", "Structure déjà financée par la Caf", choices=YES_NO),
            ask("territory", "Territoire", choices=tuple(TERRITORIES.items())),
        ]),
    ]  # fmt: skip


def _steps(answer: Mapping[str, Any]) -> list[Step]:
    return [Step(one["label"], _shown(one), one["article"]) for one in answer["steps"]]


def _shown(one: Mapping[str, Any]) -> str:
    """The value of a step of a structure's calculation as people read it."""
    value, unit = one["value"], one["unit"]
    if value is None:
        return "non" if unit == "text" else "–"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if unit == "EUR":
        return money(cents(value))
    if unit == "text":
        return REFUSALS[value].message if value in REFUSALS else str(value)
    return str(value) if unit == "ratio" else number(value)


def _figures(answer: Mapping[str, Any], month: date) -> list[UsedFigure]:
    """The figures of a structure's calculation, with their value since when and their source."""
    parameters, found = cmg_parameters(), []
    for one in answer["parameters"]:
        key, dated = one["key"], parameters.dated(one["key"], month)
        value = figure_value(dated, parameters.figures[key].unit, "childminder")
        found.append(
            UsedFigure(key, FIGURES.get(key, key), value, dated.since, "", FIGURE_STATUSES[dated.status], dated.source)
        )
    return sorted(found, key=lambda figure: figure.label)
