"""How one family's two amounts are made, step by step, side by side: the facts kept with its line, by both sets of figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.batches.models import Run
from portal.benefits.models import Benefit, UpratingLine
from portal.benefits.rules.aeeh import STEPS, AeehChild, aeeh_of_child
from portal.benefits.rules.ars import CHILD_STEPS, FAMILY_STEPS, NET_STEPS, SHARE_STEPS, ArsChild, ars_of_family
from portal.benefits.rules.articles import Cite, citing
from portal.benefits.running.reasons import REASONS, sentence_of
from portal.benefits.uprating.amounts import Sides
from portal.benefits.uprating.previewing import sides_of
from portal.frame.simulators import step_value
from portal.frame.templatetags.portal import short_day
from portal.legislation.engine import Step
from portal.legislation.parameters import Parameters
from portal.legislation.trace import told

WORDS = {code: one.message for code, one in REASONS.items()}
# Facts that are not the rule's own.
NOT_OF_THE_RULE = ("child_id", "unfit")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Both:
    """One step by the figures in force and by the value announced."""

    label: str
    before: str
    after: str
    article: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Chapter:
    """The steps of a child, or of the family; `reason` when there are none."""

    title: str
    steps: list[Both]
    reason: str = ""


def chapters_of(line: UpratingLine, run: Run) -> list[Chapter]:
    """Raises NoParameterInForce when a figure of the whole territory is not known."""
    make = _aeeh if line.benefit == Benefit.AEEH else _ars
    return make(line, sides_of(run))


def _aeeh(line: UpratingLine, sides: Sides) -> list[Chapter]:
    isolated = line.facts["isolated_parent"]
    return [
        _aeeh_child(_named(place, child["child_birth_date"]), child, isolated, line.territory, sides)
        for place, child in enumerate(line.facts["children"], start=1)
    ]


def _aeeh_child(title: str, child: Row, isolated: bool | None, territory: str, sides: Sides) -> Chapter:  # noqa: FBT001
    if child["unfit"]:
        return Chapter(title, [], sentence_of(child["unfit"]))
    facts = {name: value for name, value in child.items() if name not in NOT_OF_THE_RULE}
    days = {name: _day(facts[name]) for name in ("child_birth_date", "filed_on")}
    one = AeehChild(**facts | days, isolated_parent=isolated)

    def rows(parameters: Parameters) -> Row:
        return aeeh_of_child(one, month=sides.month, territory=territory, parameters=parameters)

    return Chapter(title, _both(rows, sides, citing(territory, sides.month)))


def _ars(line: UpratingLine, sides: Sides) -> list[Chapter]:
    facts, term = line.facts, sides.term
    children = [
        ArsChild(date.fromisoformat(one["birth_date"]), one["cycle"], one["is_at_school"], one["monthly_pay_cents"])
        for one in facts["children"]
    ]
    before, after = (
        ars_of_family(
            children, annual_resources_cents=facts["annual_resources_cents"], dependent_children=facts["dependent_children"],
            school_year=term.school_year, territory=line.territory, paid_on=term.amounts_on, parameters=parameters,
        )
        for parameters in (sides.before, sides.after)
    )  # fmt: skip
    cite = citing(line.territory, term.amounts_on)
    own = [
        Chapter(
            _named(place, line.facts["children"][place - 1]["birth_date"]),
            _pairs(first, second, CHILD_STEPS | SHARE_STEPS, cite),
        )
        for place, (first, second) in enumerate(zip(before.children, after.children, strict=True), start=1)
    ]
    return [*own, Chapter("Famille", _pairs(before.family, after.family, FAMILY_STEPS | NET_STEPS, cite))]


def _named(place: int, birth: str | None) -> str:
    return f"Enfant {place}" + (f", naissance le {short_day(_day(birth))}" if birth else "")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _both(rows: Callable[[Parameters], Row], sides: Sides, cite: Cite) -> list[Both]:
    return _pairs(rows(sides.before), rows(sides.after), STEPS, cite)


def _pairs(before: Row, after: Row, steps: Mapping[str, Step], cite: Cite) -> list[Both]:
    return [
        Both(first["label"], step_value(first, WORDS), step_value(second, WORDS), cite(first["article"]))
        for first, second in zip(told(before, steps), told(after, steps), strict=True)
    ]
