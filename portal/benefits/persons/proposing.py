"""The category of a complement proposed from help and expenses: a help to who types, the commission alone decides."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from portal.benefits.models import CommissionDecision
from portal.benefits.persons.selectors import Family
from portal.benefits.rules.aeeh_help import STEPS, Help, category_of
from portal.benefits.rules.aeeh_length import Length, unusual_length
from portal.benefits.rules.articles import citing
from portal.benefits.rules.figures import missing_words
from portal.frame.questions import cents, iso_day, plain
from portal.legislation.parameters import NoParameterInForce
from portal.organisations.directory import territory_of

WHOLE = re.compile(r"\d{1,3}", re.ASCII)
AMOUNT = re.compile(r"\d{1,6}(\.\d{1,2})?", re.ASCII)
PERCENT_MOST, HOURS_MOST = 100, 168


class Fields(Protocol):
    """What was typed, by name."""

    def __getitem__(self, name: str) -> str: ...


@dataclass(frozen=True)
class Proposal:
    """The category with its steps; `errors` by field when what was typed gives none."""

    errors: dict[str, str] = field(default_factory=dict)
    category: int = 0
    is_by_help: bool = False
    steps: tuple[tuple[str, str, Any], ...] = ()

    @property
    def fields(self) -> dict[str, str]:
        """What the proposal writes in the form."""
        if self.errors:
            return {}
        return {"complement": str(self.category), "complement_by_help": str(int(self.is_by_help))}


def propose(typed: Fields, territory: str, day: date) -> Proposal:
    """The category on the first day of the decision, or on `day` while that is not typed."""
    errors = _problems(typed)
    if errors:
        return Proposal(errors)
    found = Help(
        work_cut=int(typed["work_cut"] or 0), helper_hours=int(typed["helper_hours"] or 0),
        expenses_cents=cents(plain(typed["expenses"]) or "0"), needs_supervision=typed["needs_supervision"] == "1",
    )  # fmt: skip
    starts_on = _day(typed["starts_on"]) or day
    try:
        steps = category_of(found, starts_on)
    except NoParameterInForce as unknown:
        return Proposal({"starts_on": f"Aucune catégorie ne peut être proposée pour ce jour. {missing_words(unknown)}"})
    cite = citing(territory, starts_on)
    shown = tuple(
        (step.label, cite(step.article), steps[name]) for name, step in STEPS.items() if _counts(name, steps[name])
    )
    return Proposal({}, int(steps["category"]), bool(steps["is_by_help"]), shown)


def length_words(decision: CommissionDecision, family: Family) -> str:
    """What to look at again when the decision runs for an unusual time; empty when it does not, or nobody can say."""
    child = family.child(decision.child_id)
    told = Length(
        decision.incapacity_rate, decision.complement, decision.starts_on, decision.ends_on, child.row.birth_date if child else None
    )  # fmt: skip
    try:
        unusual = unusual_length(told, decided_on=decision.decided_on)
    except NoParameterInForce:
        return ""
    return (
        f"Durée à vérifier sur la décision : {unusual} (CSS R. 541-4) La commission décide : rien n’est refusé."
        if unusual
        else ""
    )


def category_words(decision: CommissionDecision, family: Family) -> str:
    """What to ask for when a lone parent's increase waits for the category; empty when nothing of theirs depends on it."""
    if not decision.lacks_category or family.file.isolated_parent is False:
        return ""
    cite = citing(territory_of(family.file.fund), decision.starts_on)
    return (
        f"Décision {decision.decision_no} : la PCH est choisie et la catégorie du complément manque. Demandez-la à la MDPH, la "
        f"CDAPH la donne ; jusque-là la majoration pour parent isolé attend, le reste de l’AEEH est payé ({cite('CSS L. 541-4')})."
    )


def _counts(name: str, value: Any) -> bool:
    """The steps worth reading: categories that are met."""
    return name.startswith("category") and bool(value)


def _problems(typed: Fields) -> dict[str, str]:
    found = {}
    if typed["work_cut"] and not (WHOLE.fullmatch(typed["work_cut"]) and int(typed["work_cut"]) <= PERCENT_MOST):
        found["work_cut"] = "Un nombre entier de 0 à 100, par exemple 50 pour un mi-temps."
    if typed["helper_hours"] and not (
        WHOLE.fullmatch(typed["helper_hours"]) and int(typed["helper_hours"]) <= HOURS_MOST
    ):
        found["helper_hours"] = "Un nombre entier d’heures par semaine, par exemple 20."
    if typed["expenses"] and not AMOUNT.fullmatch(plain(typed["expenses"])):
        found["expenses"] = "Un montant par mois, par exemple 312,50."
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(iso_day(text))
    except ValueError:
        return None
