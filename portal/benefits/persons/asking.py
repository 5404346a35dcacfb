"""What starts of term ask of a family: the schooling of those past the age of compulsory school, the class at Mayotte, and
what an answer brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from portal.batches.models import Run, RunState
from portal.benefits.models import AwardStatus, Benefit, Schooling, SchoolingSource, SchoolingStatus
from portal.benefits.persons.selectors import Child, Family, Shown, resources_for
from portal.benefits.rules.ars import ArsAnswer, ArsChild, ars_of_family
from portal.benefits.rules.ars_figures import situation_day, usual_payment_day
from portal.benefits.rules.figures import MAYOTTE, benefit_parameters, day_of_year
from portal.benefits.running.closing import ISSUED_STATES
from portal.benefits.running.kinds import ARS, day_kept, knew, term_of_year
from portal.legislation.calendar import months_later
from portal.legislation.parameters import NoParameterInForce
from portal.organisations.directory import territory_of

CLAIM_MONTHS = "schooling.claim_months"
# At Mayotte, an answer brings at least this class's amount while the class is not known.
LEAST_CLASS = "PRIMARY"


@dataclass(frozen=True)
class Term:
    """A start of term as families are asked about it: from `opens` to `closes`, both included. `amounts_on` is the day whose
    amounts count, `runs` those of the term that were issued, in their order."""

    school_year: int
    opens: date
    closes: date
    amounts_on: date
    runs: tuple[Run, ...] = ()

    def is_open_on(self, day: date) -> bool:
        return self.opens <= day <= self.closes

    @property
    def words(self) -> str:
        return f"{self.school_year}-{self.school_year + 1}"


@dataclass(frozen=True)
class Asked:
    """A child of whom something must be told. `told`: the present answer; `gain_cents`: what an answer adds to what the family
    receives (a yes; the class), None while nobody can say; `is_settled`: paid already, so that only the fund changes it;
    `is_by_class`: the amount follows the class; `is_class_alone`: nothing else is asked, school being compulsory;
    `waits_for_run`: the answer came after the last run of the term."""

    child: Child
    told: Schooling | None
    gain_cents: int | None
    is_awaited: bool
    is_settled: bool
    is_by_class: bool
    is_class_alone: bool
    waits_for_run: bool

    @property
    def is_least(self) -> bool:
        """Whether `gain_cents` is the least that an answer brings: the class decides."""
        return self.is_by_class and not (self.told and self.told.cycle)


@dataclass(frozen=True)
class Questions:
    """What one start of term asks of a family; `awaited` are those who have no answer yet, while the term is open."""

    term: Term
    asked: list[Asked]
    awaited: list[Asked]

    @property
    def is_told(self) -> bool:
        """Whether something of a former term still concerns the family: an answer awaited, or one that no run has read."""
        return bool(self.awaited) or any(one.waits_for_run for one in self.asked)


def terms_on(day: date) -> list[Term]:
    """The start of term of the civil year, then those before it that the portal pays and that may still be claimed: until the
    two years of L. 553-1 are over, counted from the ordinary day of the payment. Raises NoParameterInForce."""
    runs = _runs_since(day.year - 1 - _claim_months(day) // 12)
    former = sorted((year for year in runs if year < day.year), reverse=True)
    terms = [_term(year, runs.get(year, []), day) for year in (day.year, *former)]
    return [one for one in terms if one.school_year == day.year or day <= one.closes]


def last_day_to_answer(school_year: int) -> date:
    """The last day on which the ARS of a start of term may be claimed. Raises NoParameterInForce."""
    due = usual_payment_day(school_year, benefit_parameters())
    return months_later(due, _claim_months(due))


def _claim_months(day: date) -> int:
    return int(benefit_parameters().value(CLAIM_MONTHS, day))


def _runs_since(school_year: int) -> dict[int, list[Run]]:
    """By start of term, its runs that count. One query."""
    found: dict[int, list[Run]] = {}
    runs = Run.objects.filter(kind=ARS.code, month__gte=term_of_year(school_year), dry_run=False)
    for run in runs.exclude(state=RunState.SUPERSEDED).order_by("month", "ordinal"):
        found.setdefault(run.month.year, []).append(run)
    return found


def _term(school_year: int, runs: Sequence[Run], day: date) -> Term:
    """Amounts are those of the first issued run, as a later run reads them; before it, those of the payment to come."""
    figures = benefit_parameters()
    issued = tuple(one for one in runs if one.state in ISSUED_STATES)
    due = usual_payment_day(school_year, figures)
    return Term(
        school_year, day_of_year("schooling.asked_from_day", school_year, figures), last_day_to_answer(school_year),
        day_kept(issued[0], "amounts_on") if issued else max(day, due), issued,
    )  # fmt: skip


def dependants(family: Family, school_year: int) -> list[Child]:
    """The children in the family's charge on the day that the start of term looks at."""
    on = situation_day(school_year, benefit_parameters())
    return [one for one in family.children if one.is_dependent_on(on)]


def questions_of(family: Family, awards: Sequence[Shown], day: date) -> list[Questions]:
    """What each term that is open asks, that of the civil year first. Raises NoParameterInForce."""
    found = [(term, asked_of(family, awards, term)) for term in terms_on(day)]
    return [
        Questions(term, asked, [one for one in asked if one.is_awaited and term.is_open_on(day)])
        for term, asked in found
    ]  # fmt: skip


def asked_of(family: Family, awards: Sequence[Shown], term: Term) -> list[Asked]:
    """The children of whom the family is asked something, the eldest first; none while a figure of the term is not known."""
    children = dependants(family, term.school_year)
    facts = [_fact(one, term.school_year) for one in children]
    steps = _answer(family, facts, term)
    if steps is None:
        return []
    return [
        _asked(one, row, _gain(family, facts, index, term, must_declare=row["must_declare"]), awards, term)
        for index, (one, row) in enumerate(zip(children, steps.children, strict=True))
        if _is_asked(one.told_for(term.school_year), row)
    ]


def _is_asked(told: Schooling | None, row: Mapping[str, Any]) -> bool:
    """Whoever must declare; at Mayotte, whose class is not known, or is known from the family alone."""
    if not (row["is_old_enough"] and row["is_young_enough"]):
        return False
    own = told is not None and told.source == SchoolingSource.FAMILY
    return row["must_declare"] or _lacks_class(row) or (row["is_by_cycle"] and own)


def _lacks_class(row: Mapping[str, Any]) -> bool:
    return not (row["has_known_cycle"] or row["is_declared_elsewhere"])


def _asked(
    child: Child, row: Mapping[str, Any], gain_cents: int | None, awards: Sequence[Shown], term: Term
) -> Asked:  # fmt: skip
    told = child.told_for(term.school_year)
    awaited = _lacks_class(row) or told is None
    return Asked(
        child, told, gain_cents, awaited, not awaited and _is_settled(told, awards, term.school_year),
        row["is_by_cycle"], not row["must_declare"],
        bool(told and term.runs) and not any(knew(run, told.known_from) for run in term.runs),  # type: ignore[union-attr]
    )  # fmt: skip


def is_scale_known(family: Family, term: Term) -> bool:
    """Whether every figure of the start of term is written: until then nothing is asked, nor foreseen."""
    return _answer(family, [], term) is not None


def expected_cents(family: Family, term: Term) -> int | None:
    """What the next payment of ARS brings with what is known; None while nobody can say."""
    if resources_for(family, term.school_year) is None:
        return None
    found = _answer(family, [_fact(one, term.school_year) for one in dependants(family, term.school_year)], term)
    return int(found.family["net_cents"]) if found else None


def _fact(child: Child, year: int) -> ArsChild:
    told = child.told_for(year)
    at_school = None if told is None else told.status != SchoolingStatus.NONE
    cycle, pay = (told.cycle, told.monthly_pay_cents) if told else (None, None)
    return ArsChild(child.row.birth_date, cycle=cycle, is_at_school=at_school, monthly_pay_cents=pay)


def _answer(family: Family, facts: Sequence[ArsChild], term: Term) -> ArsAnswer | None:
    """The ARS of the family as the facts stand; None when a figure is not known."""
    known = resources_for(family, term.school_year)
    try:
        return ars_of_family(
            facts,
            annual_resources_cents=known.net_category_income_cents if known else None,
            dependent_children=len(facts),
            school_year=term.school_year,
            territory=territory_of(family.file.fund),
            paid_on=term.amounts_on,
        )
    except NoParameterInForce:
        return None


def _gain(
    family: Family, facts: Sequence[ArsChild], index: int, term: Term, *, must_declare: bool
) -> int | None:  # fmt: skip
    """What the family receives with an answer for this child, less what it receives with a no, or without the class of one
    whose school is compulsory; both with what is told of the others. An apprentice is counted with the pay that was told."""
    if resources_for(family, term.school_year) is None:
        return None
    child = facts[index]
    by_class = territory_of(family.file.fund) == MAYOTTE
    answered = replace(child, is_at_school=True, cycle=child.cycle or (LEAST_CLASS if by_class else None))
    said = []
    for one in (answered, replace(child, is_at_school=False) if must_declare else replace(child, cycle=None)):
        found = _answer(family, [*facts[:index], one, *facts[index + 1 :]], term)
        if found is None:
            return None
        said.append(int(found.family["net_cents"]))
    return said[0] - said[1]


def _is_settled(told: Schooling | None, awards: Sequence[Shown], year: int) -> bool:
    """A yes that an issued run has read and paid: from then on, the fund alone changes it."""
    if told is None or told.status == SchoolingStatus.NONE:
        return False
    return any(
        one.award.benefit == Benefit.ARS and one.award.status == AwardStatus.PAID and one.award.month.year == year
        and one.award.run.issued_at is not None and knew(one.award.run, told.known_from)
        for one in awards
    )  # fmt: skip
