"""An amount in chapters, in the order people ask: right, contributions, cost, income, share, aid, what leaves and arrives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from cmg.formulas import FORMULAS, Worked, eur, euros, percent
from cmg.rules.figures import DIRECT_A, DIRECT_B, cmg_parameters, contribution_keys
from cmg.rules.month import figures_for, steps_for
from cmg.rules.refusals import REFUSALS
from cmg.words import CHOICES, FIGURES
from portal.frame.figures import FIGURE_STATUSES, UsedFigure, decimal, figure_shown
from portal.legislation.engine import Step
from portal.legislation.parameters import DatedValue, NoParameterInForce

COST = ("monthly_cost_cents", "excluded_indemnities_cents", "hourly_cap_cents", "capped_cost", "hourly_cap_exceeded",
        "counted_cost")  # fmt: skip
SCALE = ("bracket_index", "is_full_amount", "bmaf_percent", "gross_maximum_cents", "uplift_rate",
         "uplifted_maximum_cents", "maximum_crds_cents", "net_maximum_cents")  # fmt: skip
FIRST = (
    ("Droit", ("is_childminder", "age_in_months", "is_under_age_limit", "right_refusal", "refusal")),
    ("Cotisations", ("gross_cents", "employee_share_cents", "employer_share_cents", "contributions_cents", "deduction_cents")),
)  # fmt: skip
LAST = (
    ("Règlement", ("remainder_cents", "offset_cents", "debit_cents", "payout_cents", "total_debit_cents")),
)  # fmt: skip
CHAPTERS = {
    "A": (
        *FIRST,
        ("Maximum du barème", SCALE),
        ("Limites", ("daily_gross_cents", "daily_cap_cents", "share_of_cost_cents")),
        ("Aide", ("part_b_cents",)),
        ("Prise en charge des cotisations", ("is_under_three", "contribution_cap_cents", "part_a_cents")),
        *LAST,
    ),
    "B": (
        *FIRST,
        ("Coût retenu", COST),
        ("Revenu retenu", ("counted_income",)),
        ("Part de la famille", ("effort_band", "effort_rate", "reference_hourly_cost", "family_share")),
        ("Aide", ("part_b_cents", "supplement_cents", "crds_cents")),
        ("Prise en charge des cotisations", ("is_under_three", "contribution_cap_cents", "part_a_cents")),
        *LAST,
    ),
}
# Shown beside the steps of the engine: (label, article).
ADDED = {
    "family_share": ("Part du coût laissée à la famille", "CSS D. 531-18"),
    "part_b_cents": ("CMG, part rémunération (b)", "CSS D. 531-18"),
}
# The engine's labels name its units; people read euros.
LABELS = {
    "is_childminder": "Mode de garde",
    "age_in_months": "Âge du plus jeune enfant",
    "right_refusal": "Droit refusé",
    "refusal": "Montants refusés",
    "capped_cost": "Coût au plafond horaire",
    "counted_income": "Revenu mensuel retenu",
    "effort_band": "Enfants comptés pour le taux d’effort",
    "bracket_index": "Tranche de ressources",
    "bmaf_percent": "Pourcentage de la BMAF",
    "uplift_rate": "Majorations",
    "crds_cents": "CRDS (pour les livres : l’aide est nette)",
    "total_debit_cents": "Mouvement unique de Pajemploi+",
}
OF_RESOURCES = (*SCALE[:1], *SCALE[2:4], *SCALE[5:], "counted_income", "family_share")
OF_CHILDREN = (*OF_RESOURCES, "effort_band", "effort_rate")
RESULTS = {"Cotisations": "contributions_cents", "Aide": "part_b_cents", "Règlement": "payout_cents"}
REFUSING = ("right_refusal", "refusal")
NEEDED_WITHOUT_RIGHT = {"birth_month": 0, "pool_before_cents": 0}


@dataclass(frozen=True)
class Line:
    """One step as people read it. `former` is its value in another calculation, when it changed."""

    name: str
    label: str
    worked: Worked
    value: str
    article: str
    former: str = ""


@dataclass(frozen=True)
class Chapter:
    """A title, its steps, and the value of the last one that counts."""

    title: str
    lines: list[Line]
    result: str


@dataclass
class _Seen:
    """The facts, steps and figures of one declaration; notes which figures are read, and by which text."""

    row: Mapping[str, Any]
    figures: Mapping[str, Any]
    article: str = ""
    used: dict[str, list[str]] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name in self.figures:
            texts = self.used.setdefault(name, [])
            if self.article not in texts:
                texts.append(self.article)
            return self.figures[name]
        if name in self.row:
            return self.row[name]
        if name in NEEDED_WITHOUT_RIGHT:
            return NEEDED_WITHOUT_RIGHT[name]
        raise AttributeError(name)


def chapters_of(row: Mapping[str, Any], month: date) -> tuple[list[Chapter], list[UsedFigure]]:
    """The chapters of one settled declaration (`row`: every column of `settle`), and the figures they used."""
    figures = figures_for(month, cmg_parameters())
    seen, steps = _Seen(row, figures), steps_for(month)
    told = []
    for title, names in CHAPTERS[row["regime"]]:
        lines = [line for name in names if (line := _line(name, seen, steps)) is not None]
        told.append(Chapter(title, lines, _result(title, lines)))
    return told, _figures(seen.used, month, row)


def _result(title: str, lines: list[Line]) -> str:
    if title == "Droit":
        return "refusé" if any(line.value != "non" for line in lines if line.name in REFUSING) else "ouvert"
    wanted = RESULTS.get(title, lines[-1].name)
    return next(line.value for line in lines if line.name == wanted)


def _line(name: str, seen: _Seen, steps: Mapping[str, Step]) -> Line | None:
    step = steps.get(name)
    label, article = ADDED.get(name, ("", ""))
    if step is not None:
        label, article = LABELS.get(name, step.label), step.article
    seen.article = article
    unknown = _unknown(name, seen.row)
    if unknown:
        return None if name == "family_share" else Line(name, label, Worked(words=unknown), "–", article)
    if name == "family_share":
        share = Fraction(seen.row["counted_income"] * seen.row["effort_rate"], seen.row["reference_hourly_cost"])
        return Line(name, label, FORMULAS[name](seen), _share(min(share, Fraction(1))), article)
    return Line(name, label, FORMULAS[name](seen), shown(name, seen.row[name]), article)


def _unknown(name: str, row: Mapping[str, Any]) -> str:
    """Why a step has no meaning: the engine computes it from nothing, and the refusal keeps it without effect."""
    if name in OF_RESOURCES and row["annual_resources"] is None:
        return "ressources inconnues"
    return "nombre d’enfants inconnu" if name in OF_CHILDREN and row["dependent_children"] is None else ""


def _share(share: Fraction) -> str:
    """Four decimals of a per cent; what is paid is computed without this rounding."""
    return percent(int(share * 1_000_000 + Fraction(1, 2)))


def shown(name: str, value: Any) -> str:
    """The value of a step as people read it."""
    if name in ("right_refusal", "refusal"):
        return REFUSALS[value].message if value else "non"
    if value is None:
        return "–"
    if name == "is_childminder":
        return "agrément" if value else "domicile"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if name == "age_in_months":
        return f"{value}\u00a0mois"
    if name == "bracket_index":
        return ("la plus basse", "moyenne", "la plus haute")[value]
    if name == "effort_band":
        return f"taux {value + 1}"
    if name in ("capped_cost", "counted_cost"):
        return eur(value, 4)
    if name == "counted_income":
        return euros(value)
    if name == "reference_hourly_cost":
        return eur(value, 6)
    if name in ("effort_rate", "uplift_rate"):
        return percent(value)
    if name == "bmaf_percent":
        return percent(value * 100)
    return eur(value)


def _figures(used: Mapping[str, list[str]], month: date, row: Mapping[str, Any]) -> list[UsedFigure]:
    table = {name: key for name, (key, _factor) in (DIRECT_A if row["regime"] == "A" else DIRECT_B).items()}
    mode = "childminder" if row["is_childminder"] else "home_employee"
    found: dict[str, list[str]] = {}
    for name, texts in used.items():
        rate = name.startswith(("employee_rate_", "employer_rate_"))
        for key in contribution_keys(month, cmg_parameters()) if rate else {table.get(name, "")} - {""}:
            found[key] = [*dict.fromkeys([*found.get(key, []), *texts])]
    lines = [one for key, texts in found.items() if (one := _figure(key, month, texts, mode)) is not None]
    return sorted(lines, key=lambda one: one.label)


def _figure(key: str, month: date, texts: list[str], mode: str) -> UsedFigure | None:
    """None for a figure that is not in force in `month`: its step took nothing from it."""
    parameters = cmg_parameters()
    try:
        dated = parameters.dated(key, month)
    except NoParameterInForce:
        return None
    value = figure_value(dated, parameters.figures[key].unit, mode)
    status = FIGURE_STATUSES[dated.status]
    return UsedFigure(key, FIGURES.get(key, key), value, dated.since, " ; ".join(texts), status, dated.source)


def figure_value(dated: DatedValue, unit: str, mode: str) -> str:
    """A figure with its unit, in French."""
    value = dated.value
    if isinstance(value, dict):
        return f"salarié {decimal(value[mode]['employee'])} %, employeur {decimal(value[mode]['employer'])} %"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, str):
        return CHOICES[value]
    return figure_shown(value, unit)


def with_former(chapters: list[Chapter], former: list[Chapter]) -> list[Chapter]:
    """`chapters` with, on each step that is not what it was in `former`, its former value."""
    before = {line.name: line.value for chapter in former for line in chapter.lines}
    return [
        Chapter(
            chapter.title,
            [
                Line(one.name, one.label, one.worked, one.value, one.article,
                     "" if before.get(one.name, one.value) == one.value else before[one.name])
                for one in chapter.lines
            ],
            chapter.result,
        )
        for chapter in chapters
    ]  # fmt: skip
